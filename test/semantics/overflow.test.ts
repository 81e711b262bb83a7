/**
 * Overflow: a result that does not fit its type fails the row (DSD4003), never wraps around. A query fails with it; in a
 * view the row becomes a dead letter and the others stay. SUM has a wider type than its argument.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

test('a query fails, whatever the operation', () =>
  withSession('postgres', async session => {
    for (const sql of [
      'CAST(2147483647 AS INT) + CAST(1 AS INT)',
      'CAST(-2147483648 AS INT) - CAST(1 AS INT)',
      'CAST(65536 AS INT) * CAST(65536 AS INT)',
      'ABS(CAST(-2147483648 AS INT))',
      'CAST(3000000000 AS INT)',
      'CAST(9223372036854775807 AS BIGINT) + CAST(1 AS BIGINT)',
      'CAST(99.995 AS DECIMAL(4, 2))',
    ]) {
      await assert.rejects(session.execute(`SELECT ${sql} FROM (VALUES (1)) AS v(x)`), { code: 'DSD4003' }, sql)
    }
  }))

test('in a view the row is a dead letter, which goes with the row', () =>
  withSession('postgres', async session => {
    await session.execute(`CREATE TABLE t (id INT, x INT);
      CREATE MATERIALIZED VIEW v AS SELECT id, x + 1 AS y FROM t;
      INSERT INTO t VALUES (1, 2147483646), (2, 2147483647), (3, 0)`)
    assert.deepEqual(await answer(session, 'SELECT * FROM v'), ['1 2147483647', '3 1'])
    assert.deepEqual(
      session.deadLetters().map(({ code }) => code),
      ['DSD4003'],
    )
    await session.execute('UPDATE t SET x = 5 WHERE id = 2')
    assert.deepEqual(await answer(session, 'SELECT * FROM v'), ['1 2147483647', '2 6', '3 1'])
    assert.deepEqual(session.deadLetters(), [])
  }))

test('sums are wider than what they add up', () =>
  withSession('postgres', async session => {
    await session.execute(`CREATE TABLE t (i INT, b BIGINT);
      INSERT INTO t VALUES (2147483647, 9223372036854775807), (2147483647, 9223372036854775807)`)
    const sql = 'SELECT CAST(SUM(i) AS VARCHAR), CAST(SUM(b) AS VARCHAR) FROM t'
    assert.deepEqual(await answer(session, sql), ['4294967294 18446744073709551614'])
  }))
