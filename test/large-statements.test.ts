/** What is large without being wrong is carried out, and what would take for ever is refused: nothing else happens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { StreamdownError } from '../packages/streamdown/src/errors/error.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'

const environment = await createNodeEnvironment()

/** The first value of the last statement's rows. */
async function answerTo(sql: string): Promise<unknown> {
  const session = await createSession({ dialect: 'postgres' }, environment)
  try {
    const result = (await session.execute(sql)).at(-1)
    assert.equal(result?.is, 'rows')
    return result.rows[0]?.[0]
  } finally {
    await session.close()
  }
}

const count = (n: number, each: (i: number) => string, between = ','): string =>
  Array.from({ length: n }, (_, i) => each(i)).join(between)

const carriedOut: readonly (readonly [name: string, sql: string, value: unknown])[] = [
  ['20,000 values in IN', `SELECT 19999 IN (${count(20_000, String)})`, true],
  [
    '20,000 rows of VALUES',
    `SELECT CAST(COUNT(*) AS INT) FROM (VALUES ${count(20_000, i => `(${i})`)}) AS t(a)`,
    20_000,
  ],
  ['2,000 columns', `SELECT ${count(2000, i => `${i} AS c${i}`)}`, 0],
  [
    '300 views on views',
    `${count(300, i => `CREATE VIEW v${i} AS SELECT a + 1 AS a FROM ${i === 0 ? '(SELECT 0 AS a) AS t' : `v${i - 1}`};`, '')} SELECT a FROM v299`,
    300,
  ],
  // 2^23 joins, were each written out
  [
    'joins of joins with themselves',
    `WITH ${count(24, i => `c${i} AS (SELECT ${i === 0 ? '1 AS a' : `x.a FROM c${i - 1} AS x JOIN c${i - 1} AS y ON x.a = y.a`})`)} SELECT a FROM c23`,
    1,
  ],
]

for (const [name, sql, value] of carriedOut) {
  test(`carried out: ${name}`, async () => {
    assert.equal(await answerTo(sql), value)
  })
}

const refused: readonly (readonly [name: string, sql: string, code: string])[] = [
  ['50,000 parentheses', `SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`, 'DSD1001'],
  ['a sum of 50,000 parts', `SELECT 1${'+1'.repeat(50_000)}`, 'DSD1001'],
  ['5,000 CASE in one another', `SELECT ${'CASE WHEN true THEN '.repeat(5000)}1${' END'.repeat(5000)}`, 'DSD1001'],
  ['a text of 2 GB', "SELECT LENGTH(REPEAT('x', 2000000000))", 'DSD4005'],
  ['edits between long texts', "SELECT LEVENSHTEIN(REPEAT('a', 20000), REPEAT('b', 20000))", 'DSD4005'],
  ['JSON of 100,000 levels', `SELECT '${'['.repeat(100_000)}${']'.repeat(100_000)}'::jsonb`, 'DSD4004'],
  ['rounds without end', 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r', 'DSD7102'],
]

for (const [name, sql, code] of refused) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(answerTo(sql), (error: unknown) => error instanceof StreamdownError && error.code === code)
  })
}
