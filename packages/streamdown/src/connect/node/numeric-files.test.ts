import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { textOf } from '../../functions/cast.ts'
import { createSession } from '../../session/create.ts'
import type { Session } from '../../session/session.ts'
import { createNodeEnvironment } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-numeric-'))
after(() => rmSync(folder, { recursive: true }))

const long = `${'1234567890'.repeat(6)}.10`
const values = ['1.50', 'NaN', '-Infinity', long, '0.000', null]

const table = (name: string, format: string): string =>
  `CREATE TABLE ${name} (v NUMERIC, n INT) WITH (connector = 'file', path = '${join(folder, `${name}.${format}`)}', format = '${format}')`

async function textsOf(session: Session, sql: string): Promise<readonly (string | null)[]> {
  const result = (await session.execute(sql)).at(-1)
  assert.ok(result?.is === 'rows')
  return result.rows.map(([value = null]) =>
    value === null ? null : textOf(value, { is: 'numeric' }, 'postgres', 'UTC'),
  )
}

test('NUMERIC goes through NDJSON, CSV and Parquet with every digit', async () => {
  const rows = values.map((value, at) => `(${value === null ? 'NULL' : `'${value}'`}, ${at})`)
  for (const format of ['json', 'csv', 'parquet']) {
    const writer = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
    await writer.execute(`${table(format, format)}; INSERT INTO ${format} VALUES ${rows.join(', ')}`)
    await writer.end()
    await writer.close()
    const reader = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
    await reader.execute(table(format, format))
    assert.deepEqual(await textsOf(reader, `SELECT v FROM ${format} ORDER BY n`), values, format)
    await reader.close()
  }
})

test("DuckDB's decimals and integers are read as NUMERIC", async () => {
  const path = join(folder, 'duck.parquet')
  const duck = await (await DuckDBInstance.create()).connect()
  await duck.run(`COPY (SELECT 12.50::DECIMAL(9, 2) v, 7::BIGINT n UNION ALL SELECT -0.01, 8) TO '${path}'`)
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  try {
    await session.execute(
      `CREATE TABLE duck (v NUMERIC, n NUMERIC) WITH (connector = 'file', path = '${path}', format = 'parquet')`,
    )
    assert.deepEqual(await textsOf(session, 'SELECT v FROM duck ORDER BY n'), ['12.50', '-0.01'])
    assert.deepEqual(await textsOf(session, 'SELECT n FROM duck ORDER BY n'), ['7', '8'])
  } finally {
    await session.close()
  }
})

test('a JSON text that is no number is a dead letter', async () => {
  const path = join(folder, 'wrong.json')
  writeFileSync(path, '{"v":1.5,"n":1}\n{"v":"abc","n":2}\n{"v":true,"n":3}\n')
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  try {
    await session.execute(table('wrong', 'json'))
    assert.deepEqual(await textsOf(session, 'SELECT v FROM wrong'), ['1.5'])
    assert.equal(session.deadLetters().length, 2)
  } finally {
    await session.close()
  }
})
