import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { coded } from '../connect/relation.fixture.ts'
import { createSession } from './create.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-copy-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const tables = `CREATE TABLE t (id INT, s STRING);
  INSERT INTO t VALUES (1, 'a'), (2, 'b;c'), (2, NULL);`

async function opened() {
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await session.execute(tables)
  return session
}

async function rowsOf(sql: string): Promise<readonly unknown[]> {
  const session = await opened()
  const last = (await session.execute(sql)).at(-1)
  await session.close()
  assert.equal(last?.is, 'rows')
  return last.is === 'rows' ? last.rows : []
}

async function duckdb(sql: string): Promise<unknown> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const result = await connection.runAndReadAll(sql)
  const rows = result.getRowsJson()
  connection.closeSync()
  return rows
}

test('COPY TO is done when it returns; DuckDB reads what is there', async () => {
  const session = await opened()
  const at = (name: string) => join(folder, name)
  const [first] = await session.execute(`COPY t TO '${at('t.csv')}'`)
  assert.deepEqual(first, { is: 'done', message: `3 rows copied to '${at('t.csv')}'` })
  assert.equal(readFileSync(at('t.csv'), 'utf8'), 'id,s\n1,a\n2,b;c\n2,\n')
  await session.execute(`COPY t (s) TO '${at('plain')}' (FORMAT csv, HEADER false, DELIMITER ';', NULL 'none')`)
  assert.equal(readFileSync(at('plain'), 'utf8'), 'a\n"b;c"\nnone\n')
  await session.execute(
    `COPY (SELECT id, COUNT(*) AS n FROM t GROUP BY id ORDER BY id DESC) TO '${at('t.parquet')}' WITH (FORMAT parquet)`,
  )
  assert.deepEqual(await duckdb(`FROM '${at('t.parquet')}'`), [
    [2, '2'],
    [1, '1'],
  ])
  await session.execute(`COPY t TO '${at('t.ndjson')}'; COPY (FROM t WHERE id = 1) TO '${at('t.ndjson')}'`)
  assert.deepEqual(await duckdb(`SELECT id, s FROM '${at('t.ndjson')}'`), [['1', 'a']])
  await session.execute(`COPY (FROM t) TO '${at('t.avro')}'`)
  const [read] = await session.execute(`SELECT SUM(id) AS total FROM '${at('t.avro')}'`)
  assert.deepEqual(read?.is === 'rows' && read.rows, [[5]])
  await session.close()
})

test('COPY refuses what never ends, what the file cannot have, and options that there are not', async () => {
  const session = await opened()
  await session.execute(`CREATE TABLE g (a INT) WITH ('connector' = 'datagen')`)
  await assert.rejects(session.execute(`COPY g TO 'x.csv'`), coded('DSD2006', /"g" never ends/))
  await assert.rejects(session.execute(`COPY (SELECT id, id FROM t) TO 'x.csv'`), coded('DSD2008', /Two columns/))
  await assert.rejects(
    session.execute(`COPY t TO 'x.csv' (SPEED 3)`),
    coded('DSD2014', /no option SPEED; it has FORMAT/),
  )
  await assert.rejects(session.execute(`COPY t TO 'x.parquet' (HEADER)`), coded('DSD2014', /option of CSV/))
  await assert.rejects(session.execute(`COPY t TO 'x.csv' (FORMAT xml)`), coded('DSD3002', /no format 'xml'/))
  await session.close()
})

test('FROM may stand first, as in DuckDB', async () => {
  for (const query of [
    'FROM t',
    'FROM t SELECT s, id WHERE id = 2 ORDER BY s NULLS LAST',
    'FROM t AS u WHERE u.id = 1',
    'SELECT * FROM (FROM t SELECT id) AS x WHERE id > 1',
    'FROM t SELECT id, COUNT(*) AS n GROUP BY id HAVING COUNT(*) > 1',
    'FROM t SELECT DISTINCT id ORDER BY id LIMIT 1',
    'FROM t AS a JOIN t AS b ON a.id = b.id SELECT COUNT(*)',
    'SELECT id FROM t UNION ALL FROM t SELECT 9',
    'SELECT (FROM t SELECT MAX(id))',
    'WITH x AS (FROM t SELECT id) FROM x',
  ]) {
    const values = "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b;c'), (2, NULL)) v(id, s);"
    const sorted = (rows: unknown): string[] =>
      (Array.isArray(rows) ? rows : []).map(row => row.map(String).join('|')).sort()
    assert.deepEqual(sorted(await rowsOf(query)), sorted(await duckdb(`${values} ${query}`)), query)
  }
})

test('DESCRIBE takes queries and files', async () => {
  const path = join(folder, 'd.csv')
  const expected = [
    ['id', 'BIGINT', true, null, null, null],
    ['s', 'STRING', true, null, null, null],
  ]
  assert.deepEqual(await rowsOf(`COPY t TO '${path}'; DESCRIBE '${path}'`), expected)
  assert.deepEqual(await rowsOf(`DESCRIBE FROM '${path}'`), expected)
  assert.deepEqual(await rowsOf(`DESCRIBE SELECT id + 1 AS next FROM '${path}'`), [
    ['next', 'BIGINT', true, null, null, null],
  ])
})

test('window functions take a path', async () => {
  const path = join(folder, 'w.ndjson')
  const write = `CREATE TABLE e (id INT, ts TIMESTAMP(3));
    INSERT INTO e VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:59'),
      (3, TIMESTAMP '2024-01-01 00:01:01'); COPY e TO '${path}';`
  for (const table of [
    `TUMBLE('${path}', ts, INTERVAL '1' MINUTE)`,
    `TABLE(TUMBLE(TABLE '${path}', DESCRIPTOR(ts), INTERVAL '1' MINUTE))`,
    `HOP('${path}', ts, INTERVAL '1' MINUTE, INTERVAL '1' MINUTE)`,
  ]) {
    const rows = await rowsOf(
      `${write} SELECT COUNT(*) AS n FROM ${table} GROUP BY window_start, window_end ORDER BY window_start`,
    )
    assert.deepEqual(rows, [[2n], [1n]], table)
  }
})
