/**
 * Lateness: the watermark of a source follows its newest time by the declared delay. A row is late for a window whose end
 * the watermark before the row has reached; it is not counted there, and LATE shows it. A window with later rows is not
 * touched by that.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const at = (id: number, second: number): string =>
  `INSERT INTO t VALUES (${id}, TIMESTAMP '2024-01-01 00:00:${String(second).padStart(2, '0')}')`

const tables = `
  SET window_emit = 'close';
  CREATE TABLE t (id INT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND);`

test('a row is late once the watermark has reached the end of its window, not before', () =>
  withSession('postgres', async session => {
    await session.execute(`${tables}
      CREATE MATERIALIZED VIEW v AS SELECT EXTRACT(SECOND FROM window_start) AS s, COUNT(*) AS n
        FROM TUMBLE(t, ts, INTERVAL '10' SECOND) GROUP BY window_start, window_end`)
    // Watermark 9 s: the window [0, 10) is open. Watermark 10 s: it has closed.
    for (const row of [at(1, 1), at(2, 14), at(3, 2), at(4, 15), at(5, 3), at(6, 10)]) await session.execute(row)
    await session.end()
    assert.deepEqual(await answer(session, 'SELECT CAST(s AS INT), n FROM v'), ['0 2', '10 3'])
    assert.equal(session.status()[0]?.late, 1)
    assert.deepEqual(await answer(session, 'SELECT id, windows_missed, windows_total FROM LATE(TABLE v)'), ['5 1 1'])
  }))

test('a row that is late for one of its windows counts in the others', () =>
  withSession('postgres', async session => {
    await session.execute(`${tables}
      CREATE MATERIALIZED VIEW v AS SELECT EXTRACT(SECOND FROM window_end) AS e, COUNT(*) AS n
        FROM HOP(t, ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end`)
    // 6 s lies in [0, 10), which has closed at watermark 10 s, and in [5, 15), which is open.
    for (const row of [at(1, 15), at(2, 6)]) await session.execute(row)
    await session.end()
    assert.deepEqual(await answer(session, 'SELECT CAST(e AS INT), n FROM v'), ['15 1', '20 1', '25 1'])
    assert.deepEqual(await answer(session, 'SELECT id, windows_missed, windows_total FROM LATE(TABLE v)'), ['2 1 2'])
  }))
