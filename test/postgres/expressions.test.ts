/** Expressions mean what PostgreSQL itself makes of them: each line of expressions.sql and refused.sql is run by both. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { StreamdownError } from '../../packages/streamdown/src/errors/error.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { rowTexts } from './answers.ts'

const linesOf = (file: string): readonly string[] =>
  readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('--'))

/** Values of every type as the server's text. The numbers of its own types are below 10,000. */
const asText = Object.fromEntries(Array.from({ length: 10_000 }, (_, type) => [type, (text: string) => text]))

test('expressions give what PostgreSQL gives', async () => {
  const postgres = await PGlite.create()
  await postgres.exec("SET timezone = 'UTC'")
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  try {
    for (const expression of linesOf('expressions.sql')) {
      const { rows } = await postgres.query<readonly (string | null)[]>(`SELECT ${expression}`, [], {
        rowMode: 'array',
        parsers: asText,
      })
      const result = (await session.execute(`SELECT ${expression}`)).at(-1)
      assert.deepEqual(
        rowTexts(result),
        rows.map(row => row.map(value => value ?? 'NULL').join(' | ')),
        expression,
      )
    }
  } finally {
    await session.close()
    await postgres.close()
  }
})

test('expressions that PostgreSQL refuses are refused', async () => {
  const postgres = await PGlite.create()
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  try {
    for (const expression of linesOf('refused.sql')) {
      await assert.rejects(postgres.query(`SELECT ${expression}`), expression)
      await assert.rejects(session.execute(`SELECT ${expression}`), StreamdownError, expression)
    }
  } finally {
    await session.close()
    await postgres.close()
  }
})
