import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'

const tables = `
  CREATE TABLE a (k INT, x INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) APPEND ONLY;
  CREATE TABLE b (k INT, y INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) APPEND ONLY`
const at = (second: number): string => `TIMESTAMP '2026-01-01 00:00:${String(second).padStart(2, '0')}'`

test('what one bound between two times says of the state', async () => {
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await session.execute(tables)
  const planOf = async (join: string): Promise<string> => {
    const [result] = await session.execute(`EXPLAIN SELECT a.x, b.y FROM a ${join}`)
    return result?.is === 'rows' ? result.rows.join('\n') : ''
  }
  const leftEnds = /left rows end with the watermark, right rows never do/
  const rightEnds = /right rows end with the watermark, left rows never do/
  const neither = /^(?!.*rows end with)/s
  for (const [join, says] of [
    ['JOIN b ON a.k = b.k AND a.ts >= b.ts', leftEnds],
    [`LEFT JOIN b ON a.k = b.k AND a.ts > b.ts - INTERVAL '5' SECOND`, leftEnds],
    [`JOIN b ON a.k = b.k AND b.ts + INTERVAL '1' MINUTE >= a.ts`, rightEnds],
    ['RIGHT JOIN b ON a.k = b.k AND a.ts <= b.ts', rightEnds],
    // Rows that the join must show never end: all are kept, and corrected.
    ['LEFT JOIN b ON a.k = b.k AND a.ts <= b.ts', neither],
    ['FULL JOIN b ON a.k = b.k AND a.ts >= b.ts', neither],
  ] as const)
    assert.match(await planOf(join), says, join)
  await session.close()
})

test('an outer row comes once, when no partner can come any more', async () => {
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await session.execute(`${tables};
    CREATE MATERIALIZED VIEW v AS SELECT a.x, b.y FROM a LEFT JOIN b ON a.k = b.k AND a.ts >= b.ts;
    INSERT INTO a VALUES (1, 10, ${at(10)}), (2, 20, ${at(20)});
    INSERT INTO b VALUES (1, 1, ${at(5)}), (1, 2, ${at(10)}), (1, 3, ${at(15)})`)
  const rows = async (): Promise<unknown> => {
    const [result] = await session.execute('SELECT * FROM v ORDER BY x, y')
    return result?.is === 'rows' ? result.rows : undefined
  }
  assert.deepEqual(await rows(), [
    [10, 1],
    [10, 2],
  ])
  await session.execute(
    `INSERT INTO b VALUES (2, 4, ${at(30)}), (2, 5, ${at(31)}); INSERT INTO a VALUES (1, 30, ${at(40)})`,
  )
  // Rows of b stay for ever: the last one of a meets all three that came before it.
  assert.deepEqual(await rows(), [
    [10, 1],
    [10, 2],
    [20, null],
    [30, 1],
    [30, 2],
    [30, 3],
  ])
  await session.close()
})
