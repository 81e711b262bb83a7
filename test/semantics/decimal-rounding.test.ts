/**
 * Rounding: a DECIMAL that must lose digits rounds halves away from zero, as PostgreSQL's numeric does. A DOUBLE becomes an
 * integer by rounding halves to even in the postgres dialect (as rint does), and by cutting off in Flink's (as Java does).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const postgres: readonly (readonly [sql: string, value: string])[] = [
  ['CAST(CAST(2.345 AS DECIMAL(10, 2)) AS VARCHAR)', '2.35'],
  ['CAST(CAST(-2.345 AS DECIMAL(10, 2)) AS VARCHAR)', '-2.35'],
  ['CAST(ROUND(2.5) AS VARCHAR)', '3'],
  ['CAST(ROUND(-2.5) AS VARCHAR)', '-3'],
  ['CAST(ROUND(1234.567, -2) AS VARCHAR)', '1200'],
  ['CAST(0.1 + 0.2 AS VARCHAR)', '0.3'],
  ['CAST(2.5 AS INT)', '3'],
  ['CAST(CAST(2.5 AS DOUBLE PRECISION) AS INT)', '2'],
  ['CAST(CAST(3.5 AS DOUBLE PRECISION) AS INT)', '4'],
  ['-7 / 2', '-3'],
  ['-7 % 2', '-1'],
]

test('in the postgres dialect', () =>
  withSession('postgres', async session => {
    for (const [sql, value] of postgres) assert.deepEqual(await answer(session, `SELECT ${sql}`), [value], sql)
  }))

test("in Flink's", () =>
  withSession('flink', async session => {
    for (const [sql, value] of [
      ['CAST(CAST(2.345 AS DECIMAL(10, 2)) AS STRING)', '2.35'],
      ['CAST(CAST(2.7 AS DOUBLE) AS INT)', '2'],
      ['CAST(CAST(-2.7 AS DOUBLE) AS INT)', '-2'],
      ['CAST(2.7 AS INT)', '2'],
    ])
      assert.deepEqual(await answer(session, `SELECT ${sql}`), [value], sql)
  }))

test('values are rounded when they are stored, before they are summed', () =>
  withSession('postgres', async session => {
    const sql = `CREATE TABLE t (x DECIMAL(10, 2)); INSERT INTO t VALUES (0.005), (0.005), (-0.004);
      SELECT CAST(SUM(x) AS VARCHAR) FROM t`
    assert.deepEqual(await answer(session, sql), ['0.02'])
  }))
