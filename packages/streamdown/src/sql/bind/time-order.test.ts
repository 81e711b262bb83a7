import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'

test('ORDER BY of an event time, into a sink: rows leave in order behind the watermark, late ones do not', async () => {
  const session = await createSession({ stepRows: 1 }, await createNodeEnvironment())
  const minute = (number: number): bigint => BigInt(number) * 60_000_000n
  const push = async (...rows: readonly (readonly [number, number])[]): Promise<unknown> => {
    session.push(
      'src',
      rows.map(([at, id]) => ({ values: [minute(at), id] })),
    )
    await session.settle()
    return session.changes('snk').map(({ weight, values }) => [weight, ...values])
  }
  try {
    await session.execute(`CREATE TABLE src (ts TIMESTAMP(3), id INT, WATERMARK FOR ts AS ts - INTERVAL '5' MINUTE)
        WITH ('connector' = 'feed');
      CREATE TABLE snk (id INT) WITH ('connector' = 'feed');
      INSERT INTO snk SELECT id FROM src ORDER BY ts, id DESC`)
    assert.deepEqual(await push([10, 1], [8, 2], [10, 3]), [])
    // The watermark is at minute 6 behind the row of minute 11: that of minute 5 is late.
    assert.deepEqual(await push([11, 4], [5, 5], [7, 6]), [])
    // At minute 10, which may still come: rows before it are complete.
    assert.deepEqual(await push([15, 7]), [
      [1, 6],
      [1, 2],
    ])
    await session.end()
    assert.deepEqual(
      session.changes('snk').map(({ values }) => values[0]),
      [3, 1, 4, 7],
    )
  } finally {
    await session.close()
  }
})
