/** A window over the results of windows, whose time nobody selected: they have that of their window, as in Arroyo. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const setup = `SET window_emit = 'close';
  CREATE TABLE t (ts TIMESTAMP, k INT, WATERMARK FOR ts AS ts);
  INSERT INTO t VALUES ('2024-01-01 10:00:00', 1), ('2024-01-01 10:10:00', 3), ('2024-01-01 10:20:00', 1),
    ('2024-01-01 10:30:00', 2), ('2024-01-01 10:40:00', 3), ('2024-01-01 10:59:59', 3), ('2024-01-01 11:00:00', 2),
    ('2024-01-01 11:30:00', 2), ('2024-01-01 12:00:00', 1);`

test('keys with more than one row, counted by hour', () =>
  withSession('postgres', async session => {
    await session.execute(setup)
    assert.deepEqual(
      await answer(
        session,
        `SELECT CAST((w).start AS VARCHAR), CAST((w)."end" AS VARCHAR), n FROM (
           SELECT TUMBLE(INTERVAL '1 hour') AS w, COUNT(*) AS n FROM (
             SELECT k, COUNT(*) AS c FROM t GROUP BY k, TUMBLE(INTERVAL '1 hour')) AS q
           WHERE c > 1 GROUP BY 1) AS hours`,
      ),
      ['2024-01-01 10:00:00 2024-01-01 11:00:00 2', '2024-01-01 11:00:00 2024-01-01 12:00:00 1'],
    )
  }))

test('two hours in one, of the hours', () =>
  withSession('postgres', async session => {
    await session.execute(setup)
    assert.deepEqual(
      await answer(
        session,
        `SELECT CAST((w).start AS VARCHAR), n FROM (
           SELECT TUMBLE(INTERVAL '2 hours') AS w, SUM(c) AS n FROM (
             SELECT COUNT(*) AS c FROM t GROUP BY TUMBLE(INTERVAL '1 hour')) AS q GROUP BY 1) AS hours`,
      ),
      ['2024-01-01 10:00:00 8', '2024-01-01 12:00:00 1'],
    )
  }))
