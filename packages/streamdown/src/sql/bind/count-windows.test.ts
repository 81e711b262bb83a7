import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import type { Session } from '../../session/session.ts'

async function rowsOf(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? result.rows : []
}

const rows = `INSERT INTO t VALUES ('a', 1), ('b', 10), ('a', 2), ('a', 3), ('a', 4), ('b', 20);
  INSERT INTO t VALUES ('a', 5), ('a', 6), ('b', 30)`

const views = `
  CREATE MATERIALIZED VIEW plain AS SELECT k, window_number AS w, COUNT(*) AS n, SUM(x) AS s
    FROM TABLE(COUNT_WINDOW(TABLE t PARTITION BY k, 2)) GROUP BY k, window_number;
  CREATE MATERIALIZED VIEW sliding AS SELECT k, window_number AS w, ARRAY_AGG(x) AS xs, SUM(x) FILTER (WHERE x > 1) AS s
    FROM TABLE(COUNT_WINDOW(TABLE t PARTITION BY k, SLIDE => 2, SIZE => 3)) GROUP BY window_number, k HAVING COUNT(*) > 0;
  CREATE MATERIALIZED VIEW everything AS SELECT window_number AS w, MAX(x) AS m
    FROM COUNT_WINDOW(t, 4) GROUP BY window_number;
  CREATE MATERIALIZED VIEW each AS SELECT * FROM COUNT_WINDOW(t, 2, 3);
  CREATE MATERIALIZED VIEW some AS SELECT window_number AS w, COUNT(*) AS n FROM COUNT_WINDOW(t, 4) WHERE k = 'a' GROUP BY window_number`

/** By hand, as Flink's countWindow(size) and countWindow(size, slide) have it. */
async function check(session: Session): Promise<void> {
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM plain ORDER BY k, w'), [
    ['a', 1n, 2n, 3n],
    ['a', 2n, 2n, 7n],
    ['a', 3n, 2n, 11n],
    ['b', 1n, 2n, 30n],
  ])
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM sliding ORDER BY k, w'), [
    ['a', 1n, [1, 2], 2n],
    ['a', 2n, [2, 3, 4], 9n],
    ['a', 3n, [4, 5, 6], 15n],
    ['b', 1n, [10, 20], 30n],
  ])
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM everything ORDER BY w'), [
    [1n, 10],
    [2n, 20],
  ])
  assert.deepEqual(
    await rowsOf(session, 'SELECT * FROM each WHERE window_number IN (1, 2, 5) ORDER BY window_number, x'),
    [
      ['a', 1, 1n],
      ['b', 10, 1n],
      ['a', 2, 2n],
      ['a', 3, 2n],
      ['b', 10, 2n],
      ['a', 6, 5n],
      ['b', 30, 5n],
    ],
  )
  // Groups over other rows than those of the windows are like all groups: there at once.
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM some ORDER BY w'), [
    [1n, 3n],
    [2n, 3n],
  ])
}

test('windows of counted rows, in order of arrival', async () => {
  const environment = await createNodeEnvironment()
  for (const options of [
    { stepRows: 1, workers: 1, seed: 1 },
    { stepRows: 'random', workers: 2, seed: 4 },
  ] as const) {
    let session = await createSession({ dialect: 'postgres', ...options }, environment)
    const [first = '', second = ''] = rows.split(';')
    await session.execute(`CREATE TABLE t (k TEXT, x INT) APPEND ONLY; ${views}; ${first}`)
    const bytes = await session.snapshot()
    await session.close()
    session = await createSession({ dialect: 'postgres', ...options }, environment)
    await session.restore(bytes)
    await session.execute(second)
    await check(session)
    await session.close()
  }
})

test('rows that are taken back are no longer counted', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE t (k TEXT, x INT); ${views};
    INSERT INTO t VALUES ('b', 7), ('a', 0); ${rows}; DELETE FROM t WHERE x IN (0, 7)`)
  await check(session)
  await session.close()
})

test('what COUNT_WINDOW does not take', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute('CREATE TABLE t (k TEXT, x INT)')
  for (const [args, says] of [
    ['t', /DSD2012.*numbers of rows/s],
    ['t, 0', /DSD2004.*at least one row/s],
    ['t, 1.5', /DSD2004.*whole number/s],
    ['t, x', /DSD2004.*whole number/s],
    ['t, 1, 2, 3', /DSD2012.*numbers of rows/s],
  ] as const)
    await assert.rejects(session.execute(`SELECT * FROM COUNT_WINDOW(${args})`), says, args)
  await session.close()
})
