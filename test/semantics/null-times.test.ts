/**
 * NULL as an event time, which Flink refuses at run time: the row has no place in event time. Where windows close by it
 * the row is a dead letter, as a record that cannot be read is; where nothing closes it is in no window.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const rows = `
  INSERT INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, NULL), (3, TIMESTAMP '2024-01-01 00:00:02')`

const queries = {
  tumble:
    "SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
  rows: "SELECT id FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '10' SECOND))",
  session:
    "SELECT COUNT(*) FROM TABLE(SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
  over: 'SELECT id, COUNT(*) OVER (ORDER BY ts) FROM t',
  top: `SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY id) AS n
    FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE n = 1`,
}
const expected = { tumble: ['2'], rows: ['1', '3'], session: ['2'], over: ['1 1', '3 2'], top: ['1'] }

test('where event time closes windows the row is a dead letter', () =>
  withSession('flink', async session => {
    await session.execute(`CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) APPEND ONLY;
      ${Object.entries(queries)
        .map(([name, sql]) => `CREATE MATERIALIZED VIEW v_${name} AS ${sql};`)
        .join('\n')}
      ${rows}`)
    await session.end()
    for (const [name, answers] of Object.entries(expected))
      assert.deepEqual(await answer(session, `SELECT * FROM v_${name}`), answers, name)
    const letters = session.deadLetters()
    assert.deepEqual(new Set(letters.map(({ code }) => code)), new Set(['DSD4006']))
    assert.deepEqual(
      session.status().map(({ dead, late }) => [dead, late]),
      letters.map(() => [1, 0]),
    )
  }))

test('a query over it goes on, unless it is told to stop at the first', () =>
  withSession('flink', async session => {
    await session.execute(`CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts); ${rows}`)
    assert.deepEqual(await answer(session, queries.tumble), expected.tumble)
    await assert.rejects(session.execute(`SET on_error = 'fail'; ${queries.tumble}`), { code: 'DSD4006' })
  }))

test('where nothing closes the row is in no window', () =>
  withSession('postgres', async session => {
    await session.execute(`CREATE TABLE t (id INT, ts TIMESTAMP);
      CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) AS n FROM TUMBLE(t, ts, INTERVAL '10' SECOND)
        GROUP BY window_start; ${rows}`)
    assert.deepEqual(await answer(session, 'SELECT n FROM v'), ['2'])
    assert.deepEqual(session.deadLetters(), [])
  }))
