/**
 * Nothing to aggregate: a window or group without rows gives no row, the aggregate of all rows gives one, of which COUNT
 * is 0 and everything else NULL. GAP_FILL makes rows where there are none.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const table = 'CREATE TABLE t (k INT, x INT, ts TIMESTAMP);'
const minute = (at: number): string => `TIMESTAMP '2024-01-01 00:0${at}:00'`

test('windows without rows give none, also when their rows are deleted', () =>
  withSession('postgres', async session => {
    await session.execute(`${table}
      CREATE MATERIALIZED VIEW v AS SELECT CAST(EXTRACT(MINUTE FROM window_start) AS INT) AS m, COUNT(*) AS n
        FROM TUMBLE(t, ts, INTERVAL '1' MINUTE) GROUP BY window_start, window_end;
      INSERT INTO t VALUES (1, 1, ${minute(0)}), (1, 1, ${minute(3)})`)
    assert.deepEqual(await answer(session, 'SELECT * FROM v'), ['0 1', '3 1'])
    await session.execute(`DELETE FROM t WHERE ts = ${minute(0)}`)
    assert.deepEqual(await answer(session, 'SELECT * FROM v'), ['3 1'])
  }))

test('GAP_FILL makes the rows between', () =>
  withSession('postgres', async session => {
    const sql = `${table} INSERT INTO t VALUES (1, 10, ${minute(0)}), (1, 40, ${minute(3)});
      SELECT CAST(EXTRACT(MINUTE FROM ts) AS INT), x FROM GAP_FILL(t, ts, INTERVAL '1' MINUTE, LOCF(x))`
    assert.deepEqual(await answer(session, sql), ['0 10', '1 10', '2 10', '3 40'])
  }))

test('aggregates over no rows', () =>
  withSession('postgres', async session => {
    await session.execute(`${table}
      CREATE MATERIALIZED VIEW lone AS SELECT COUNT(*) AS n, SUM(x) AS s, MIN(x) AS m, AVG(x) AS a FROM t;
      CREATE MATERIALIZED VIEW grouped AS SELECT k, COUNT(*) AS n FROM t GROUP BY k`)
    assert.deepEqual(await answer(session, 'SELECT * FROM lone'), ['0 NULL NULL NULL'])
    assert.deepEqual(await answer(session, 'SELECT * FROM grouped'), [])
    await session.execute(`INSERT INTO t VALUES (1, 2, NULL); DELETE FROM t`)
    assert.deepEqual(await answer(session, 'SELECT * FROM lone'), ['0 NULL NULL NULL'])
    assert.deepEqual(await answer(session, 'SELECT * FROM grouped'), [])
  }))
