/** What a user of Flink SQL writes, with the results that its documentation names. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import type { Value } from '../types/value.ts'
import { createSession } from './create.ts'

const opened = async (dialect: 'flink' | 'postgres' = 'flink') =>
  createSession({ dialect }, await createNodeEnvironment())

async function rowsOf(sql: string, dialect?: 'flink' | 'postgres'): Promise<readonly (readonly Value[])[]> {
  const session = await opened(dialect)
  const last = (await session.execute(sql)).at(-1)
  await session.close()
  return last?.is === 'rows' ? last.rows : []
}

test('JSON_OBJECT and JSON_ARRAY as in the documentation of Flink', async () => {
  for (const [expression, expected] of [
    ['JSON_OBJECT()', '{}'],
    ["JSON_OBJECT('K1' VALUE 'V1', 'K2' VALUE 'V2')", '{"K1":"V1","K2":"V2"}'],
    ["JSON_OBJECT('orderNo' VALUE 12345)", '{"orderNo":12345}'],
    ["JSON_OBJECT(KEY 'K1' VALUE CAST(NULL AS STRING) NULL ON NULL)", '{"K1":null}'],
    ["JSON_OBJECT(KEY 'K1' VALUE CAST(NULL AS STRING) ABSENT ON NULL)", '{}'],
    ["JSON_OBJECT('a' VALUE 1, KEY 'b' VALUE CAST(NULL AS INT), 'c' VALUE TRUE ABSENT ON NULL)", '{"a":1,"c":true}'],
    ["JSON_OBJECT(KEY 'K1' VALUE JSON_OBJECT(KEY 'K2' VALUE 'V'))", '{"K1":{"K2":"V"}}'],
    ['JSON_ARRAY()', '[]'],
    ["JSON_ARRAY(1, '2')", '[1,"2"]'],
    ['JSON_ARRAY(CAST(NULL AS STRING) NULL ON NULL)', '[null]'],
    ['JSON_ARRAY(CAST(NULL AS STRING) ABSENT ON NULL)', '[]'],
    ['JSON_ARRAY(CAST(NULL AS STRING))', '[]'],
    ['JSON_ARRAY(JSON_ARRAY(1))', '[[1]]'],
  ] as const) {
    assert.deepEqual(await rowsOf(`SELECT ${expression}`), [[expected]], expression)
  }
})

test('OVERLAPS as in the documentation of Flink, and of PostgreSQL', async () => {
  for (const [expression, expected] of [
    ["(TIME '2:55:00', INTERVAL '1' HOUR) OVERLAPS (TIME '3:30:00', INTERVAL '2' HOUR)", true],
    ["(TIME '9:00:00', TIME '10:00:00') OVERLAPS (TIME '10:15:00', INTERVAL '3' HOUR)", false],
    // Ends in the other order; ends that touch.
    ["(TIME '10:00:00', TIME '9:00:00') OVERLAPS (TIME '9:30:00', TIME '9:40:00')", true],
    ["(TIME '9:00:00', TIME '10:00:00') OVERLAPS (TIME '10:00:00', TIME '11:00:00')", true],
    ["(CAST(NULL AS TIME), TIME '10:00:00') OVERLAPS (TIME '10:00:00', TIME '11:00:00')", null],
  ] as const) {
    assert.deepEqual(await rowsOf(`SELECT ${expression}`), [[expected]], expression)
  }
  for (const [expression, expected] of [
    ["(DATE '2001-02-16', DATE '2001-12-21') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')", true],
    ["(DATE '2001-02-16', INTERVAL '100 days') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')", false],
    ["(DATE '2001-10-29', DATE '2001-10-30') OVERLAPS (DATE '2001-10-30', DATE '2001-10-31')", false],
    ["(DATE '2001-10-30', DATE '2001-10-30') OVERLAPS (DATE '2001-10-30', DATE '2001-10-31')", true],
  ] as const) {
    assert.deepEqual(await rowsOf(`SELECT ${expression}`, 'postgres'), [[expected]], expression)
  }
})

test('PERCENTILE is what DuckDB calls quantile_cont, also of rows that are taken back', async () => {
  const values = [5, 1, 9, 2, 2, 40, 7]
  const rows = values.map((value, i) => `(${i % 2}, ${value})`).join(', ')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const oracle = async (condition: string, fraction: number) => {
    const query = `SELECT k, quantile_cont(v, ${fraction}) FROM (VALUES ${rows}) t(k, v) WHERE ${condition} GROUP BY k ORDER BY k`
    return (await connection.runAndReadAll(query)).getRowsJson()
  }
  for (const fraction of [0, 0.25, 0.5, 0.75, 1]) {
    const session = await opened()
    await session.execute(`CREATE TABLE t (k INT, v INT); INSERT INTO t VALUES ${rows};
      CREATE MATERIALIZED VIEW p AS SELECT k, PERCENTILE(v, ${fraction}) AS p FROM t GROUP BY k`)
    const [all] = await session.execute('SELECT * FROM p ORDER BY k')
    assert.deepEqual(all?.is === 'rows' && all.rows, await oracle('TRUE', fraction))
    await session.execute('DELETE FROM t WHERE v = 40 OR v = 9')
    const [left] = await session.execute('SELECT * FROM p ORDER BY k')
    assert.deepEqual(left?.is === 'rows' && left.rows, await oracle('v <> 40 AND v <> 9', fraction))
    await session.close()
  }
  connection.closeSync()
})

test('COLLECT is a multiset: how often each value is there, without NULLs', async () => {
  const session = await opened()
  await session.execute(`CREATE TABLE t (k INT, v STRING);
    INSERT INTO t VALUES (1, 'a'), (1, 'b'), (1, 'a'), (1, NULL), (2, NULL), (3, 'c');
    CREATE MATERIALIZED VIEW c AS SELECT k, COLLECT(v) AS c, COLLECT(DISTINCT v) AS d FROM t GROUP BY k`)
  const rows = async () => {
    const [result] = await session.execute('SELECT * FROM c ORDER BY k')
    return result?.is === 'rows' ? result.rows : []
  }
  const ab = (a: number, b: number) => [
    ['a', a],
    ['b', b],
  ]
  assert.deepEqual(await rows(), [
    [1, ab(2, 1), ab(1, 1)],
    [2, null, null],
    [3, [['c', 1]], [['c', 1]]],
  ])
  await session.execute(`INSERT INTO t VALUES (1, 'b'), (1, 'b'); DELETE FROM t WHERE k = 3`)
  assert.deepEqual(await rows(), [
    [1, ab(2, 3), ab(1, 1)],
    [2, null, null],
  ])
  await session.close()
})

test('VARIANT holds what PARSE_JSON makes, compares and groups by it; malformed text fails', async () => {
  const table = `CREATE TABLE t (id INT, v VARIANT);
    INSERT INTO t SELECT id, PARSE_JSON(s) FROM (VALUES (1, '{"a": 1, "b": 2}'), (2, '{"b":2,"a":1}'), (3, '[1]')) x(id, s);`
  assert.deepEqual(await rowsOf(`${table} SELECT COUNT(*) AS n FROM t GROUP BY v ORDER BY n`), [[1n], [2n]])
  assert.deepEqual(await rowsOf(`${table} SELECT COUNT(DISTINCT v) FROM t`), [[2n]])
  assert.deepEqual(await rowsOf("SELECT TRY_PARSE_JSON('{')"), [[null]])
  await assert.rejects(rowsOf("SELECT PARSE_JSON('{')"))
})
