/** Views over tables that change, against DuckDB. */
import assert from 'node:assert/strict'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import { assertSameRows, openOracle, ourRows, rowsOfOracle } from './property/oracle.ts'

export interface Followed {
  /** CREATE TABLE of each. */
  readonly tables: readonly string[]
  readonly changes: readonly string[]
  /** With another query for DuckDB that means the same, where it refuses the first one or answers it wrongly. */
  readonly queries: readonly (string | readonly [query: string, same: string])[]
  readonly workers: number
}

/** Makes a view of each query and carries out the changes: after each every view holds what DuckDB answers. */
export async function assertFollows({ tables, changes, queries, workers }: Followed): Promise<void> {
  const oracle = await openOracle()
  const session = await createSession({ dialect: 'postgres', workers, clock: 0n }, await createNodeEnvironment())
  for (const table of tables) {
    await session.execute(table)
    await oracle.run(table)
  }
  const pairs = queries.map(each => (typeof each === 'string' ? ([each, each] as const) : each))
  for (const [at, [query]] of pairs.entries()) await session.execute(`CREATE MATERIALIZED VIEW v${at} AS ${query}`)
  for (const change of changes) {
    await session.execute(change)
    await oracle.run(change)
    for (const [at, [query, same]] of pairs.entries()) {
      const [result] = await session.execute(`SELECT * FROM v${at}`)
      assert.equal(result?.is, 'rows')
      try {
        assertSameRows(ourRows(result.schema, result.rows), await rowsOfOracle(oracle, same), [])
      } catch (cause) {
        throw new Error(`${query}\nafter ${change}`, { cause })
      }
    }
  }
  assert.deepEqual(session.deadLetters(), [])
  await session.close()
}
