/** JSON paths lead where PostgreSQL's lead: drawn documents under drawn paths, and the clauses of the standard's functions. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { SeededRandom } from '../../packages/streamdown/src/run/clock.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { rowTexts } from './answers.ts'
import { JsonPathDraw } from './json-path-draw.ts'

const seed = Number(process.env.DSD_SEED ?? 20_261_125)
const runs = Number(process.env.DSD_RUNS ?? 60) * 40

const VARIABLES = '{"x": 2, "y": 1, "z": "a"}'

/** Each gives a text, or NULL also where it fails; `id` of keyvalue() names an object and is any number. */
const questions: readonly string[] = [
  `jsonb_path_query_array(d, p, '${VARIABLES}')::text`,
  `jsonb_path_query_array(d, p, '${VARIABLES}', true)::text`,
  `jsonb_path_exists(d, p, '${VARIABLES}')::text`,
  `jsonb_path_match(d, p, '${VARIABLES}')::text`,
]

let postgres: PGlite

before(async () => {
  postgres = await PGlite.create()
  await postgres.exec("SET timezone = 'UTC'")
})
after(() => postgres.close())

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const withoutIds = (text: string): string => text.replace(/"id": \d+/g, '"id": 0')

test(`drawn JSON paths lead where PostgreSQL's do (seed ${seed}, ${runs} paths)`, async () => {
  const draw = new JsonPathDraw(new SeededRandom(seed))
  const pairs = Array.from({ length: runs }, () => [draw.document(), draw.path()] as const)
  const rows = pairs.map(([document, path], i) => `(${i}, ${quoted(document)}, ${quoted(path)})`).join(',\n')
  const session = await createSession(
    { dialect: 'postgres', settings: { on_error: 'null' } },
    await createNodeEnvironment(),
  )
  try {
    await session.execute(`CREATE TABLE drawn (i INT, d VARCHAR, p VARCHAR); INSERT INTO drawn VALUES ${rows}`)
    await postgres.exec(`CREATE TABLE drawn (i INT, d TEXT, p TEXT); INSERT INTO drawn VALUES ${rows}`)
    for (const [n, question] of questions.entries()) {
      await postgres.exec(`CREATE FUNCTION answer${n}(document text, path text) RETURNS text LANGUAGE plpgsql AS $$
        BEGIN
          RETURN (SELECT ${question} FROM (SELECT document::jsonb AS d, path::jsonpath AS p) AS one);
        EXCEPTION WHEN OTHERS THEN RETURN NULL;
        END $$`)
      const theirs = await postgres.query<{ readonly answer: string | null }>(
        `SELECT answer${n}(d, p) AS answer FROM drawn ORDER BY i`,
      )
      // What fails in a view is NULL under this session's setting.
      await session.execute(`CREATE MATERIALIZED VIEW v${n} AS SELECT i, ${question} AS answer
        FROM (SELECT i, d::jsonb AS d, p FROM drawn) AS t`)
      const ours = rowTexts((await session.execute(`SELECT answer FROM v${n} ORDER BY i`)).at(-1))
      const different = theirs.rows.flatMap(({ answer }, i) => {
        const [expected, actual] = [withoutIds(answer ?? 'NULL'), withoutIds(ours[i] ?? '')]
        return expected === actual ? [] : [{ document: pairs[i]?.[0], path: pairs[i]?.[1], expected, actual }]
      })
      assert.deepEqual(different, [], question)
    }
  } finally {
    await session.close()
  }
})
