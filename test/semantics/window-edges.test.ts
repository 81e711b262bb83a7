/**
 * Edges of windows: a window holds its start and not its end; starts are multiples of the size (or slide) from 1970 on, also
 * before it; a row without a time is in no window.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const times = `
  CREATE TABLE t (id INT, ts TIMESTAMP);
  INSERT INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:00'), (2, TIMESTAMP '2024-01-01 00:00:09.999999'),
    (3, TIMESTAMP '2024-01-01 00:00:10'), (4, NULL), (5, TIMESTAMP '1969-12-31 23:59:59.999999'),
    (6, TIMESTAMP '1969-12-31 23:59:50');`

test('TUMBLE: the start belongs to the window, the end to the next', () =>
  withSession('postgres', async session => {
    const sql = `${times}
      SELECT id, CAST(window_start AS VARCHAR), CAST(window_end AS VARCHAR) FROM TUMBLE(t, ts, INTERVAL '10' SECOND)`
    assert.deepEqual(await answer(session, sql), [
      '1 2024-01-01 00:00:00 2024-01-01 00:00:10',
      '2 2024-01-01 00:00:00 2024-01-01 00:00:10',
      '3 2024-01-01 00:00:10 2024-01-01 00:00:20',
      '5 1969-12-31 23:59:50 1970-01-01 00:00:00',
      '6 1969-12-31 23:59:50 1970-01-01 00:00:00',
    ])
  }))

test('HOP: a row at a start is in the window that begins there and not in the one that ends there', () =>
  withSession('postgres', async session => {
    const sql = `${times}
      SELECT id, CAST(window_start AS VARCHAR) FROM HOP(t, ts, INTERVAL '5' SECOND, INTERVAL '10' SECOND) WHERE id IN (3, 6)`
    assert.deepEqual(await answer(session, sql), [
      '3 2024-01-01 00:00:05',
      '3 2024-01-01 00:00:10',
      '6 1969-12-31 23:59:45',
      '6 1969-12-31 23:59:50',
    ])
  }))
