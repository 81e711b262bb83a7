/**
 * Every Nexmark query from the generator and from NDJSON of the same events, with one worker and with two: each final
 * table equals DuckDB's over the same file. NEXMARK_EVENTS says how many (default 20,000).
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { DuckDBConnection } from '@duckdb/node-api'
import { eventsFile } from '../../bench/events-file.ts'
import { isQuery, type QueryName, queries, sideTables } from '../../bench/nexmark/queries.ts'
import { type EventSource, nexmarkTables } from '../../bench/nexmark/tables.ts'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import { assertSameRows, type Cells, openOracle, ourRows, rowsOfOracle } from '../property/oracle.ts'
import { golden, goldenTables } from './golden.ts'

const events = Number(process.env.NEXMARK_EVENTS ?? 20_000)
/** Events a second of event time: a minute of it, so that windows of ten seconds open and close. */
const rate = Math.ceil(events / 60)

let environment: Environment
let oracle: DuckDBConnection
let file: string

before(async () => {
  environment = await createNodeEnvironment()
  file = await eventsFile(events, rate)
  oracle = await openOracle()
  await oracle.run(goldenTables(file))
})

after(() => oracle.closeSync())

async function finalRows(query: QueryName, source: EventSource, workers: number): Promise<readonly Cells[]> {
  const session = await createSession({ workers, clock: 0n }, environment)
  try {
    await session.execute(`${nexmarkTables(source)}${sideTables[query] ?? ''}`)
    const [result] = await session.execute(queries[query])
    assert.equal(result?.is, 'rows')
    assert.deepEqual(session.deadLetters(), [])
    return ourRows(result.schema, result.rows)
  } finally {
    await session.close()
  }
}

for (const name of Object.keys(queries)) {
  test(name, async () => {
    assert.ok(isQuery(name))
    const expected = await rowsOfOracle(oracle, golden[name])
    assert.ok(expected.length > 0, 'the query has an answer over these events')
    const exact = expected[0]?.map(() => false) ?? []
    for (const workers of [1, 2]) {
      for (const source of [
        { is: 'nexmark', events, rate },
        { is: 'ndjson', path: file },
      ] as const) {
        const actual = await finalRows(name, source, workers)
        assertSameRows(actual, expected, exact)
      }
    }
  })
}
