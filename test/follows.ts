/** Views over tables that change, against DuckDB or PostgreSQL. */
import assert from 'node:assert/strict'
import { PGlite } from '@electric-sql/pglite'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import type { SessionOptions } from '../packages/streamdown/src/session/session.ts'
import { assertSameRows, type Cells, openOracle, ourRows, plainNumber, rowsOfOracle } from './property/oracle.ts'

export interface Followed {
  /** CREATE TABLE of each. */
  readonly tables: readonly string[]
  readonly changes: readonly string[]
  /** With another query for DuckDB that means the same, where it refuses the first one or answers it wrongly. */
  readonly queries: readonly (string | readonly [query: string, same: string])[]
  readonly workers: number
  /** Who is asked: DuckDB, if nothing is said. */
  readonly oracle?: 'duckdb' | 'postgres'
}

interface Oracle {
  run(sql: string): Promise<unknown>
  rows(sql: string): Promise<readonly Cells[]>
  close(): Promise<void>
}

async function duckdb(): Promise<Oracle> {
  const connection = await openOracle()
  return {
    run: sql => connection.run(sql),
    rows: sql => rowsOfOracle(connection, sql),
    close: async () => connection.closeSync(),
  }
}

/** The numbers that PostgreSQL writes with a fraction: float8 and numeric. */
const FRACTIONS = [701, 1700]

async function postgres(): Promise<Oracle> {
  const server = await PGlite.create()
  return {
    run: sql => server.exec(sql),
    rows: async sql => {
      const { rows, fields } = await server.query<readonly unknown[]>(sql, [], { rowMode: 'array' })
      const cell = (value: unknown, at: number): string => {
        if (value === null) return 'NULL'
        return FRACTIONS.includes(fields[at]?.dataTypeID ?? 0) ? plainNumber(String(value)) : String(value)
      }
      return rows.map(row => row.map(cell))
    },
    close: () => server.close(),
  }
}

/**
 * Makes a view of each query and carries out the changes, in steps of random size, with a restore by another number of
 * workers in the middle: after each change every view holds what the oracle answers.
 */
export async function assertFollows({ tables, changes, queries, workers, ...asked }: Followed): Promise<void> {
  const oracle = await (asked.oracle === 'postgres' ? postgres() : duckdb())
  const environment = await createNodeEnvironment()
  const options: SessionOptions = { dialect: 'postgres', workers, clock: 0n, stepRows: 'random', seed: workers }
  let session = await createSession(options, environment)
  const middle = Math.floor(changes.length / 2)
  for (const table of tables) {
    await session.execute(table)
    await oracle.run(table)
  }
  const pairs = queries.map(each => (typeof each === 'string' ? ([each, each] as const) : each))
  for (const [at, [query]] of pairs.entries()) await session.execute(`CREATE MATERIALIZED VIEW v${at} AS ${query}`)
  for (const [number, change] of changes.entries()) {
    if (number === middle) {
      const bytes = await session.snapshot()
      await session.close()
      session = await createSession({ ...options, workers: 1 + (workers % 3) }, environment)
      await session.restore(bytes)
    }
    await session.execute(change)
    await oracle.run(change)
    for (const [at, [query, same]] of pairs.entries()) {
      const [result] = await session.execute(`SELECT * FROM v${at}`)
      assert.equal(result?.is, 'rows')
      try {
        assertSameRows(ourRows(result.schema, result.rows), await oracle.rows(same), [])
      } catch (cause) {
        throw new Error(`${query}\nafter ${change}`, { cause })
      }
    }
  }
  assert.deepEqual(session.deadLetters(), [])
  await session.close()
  await oracle.close()
}
