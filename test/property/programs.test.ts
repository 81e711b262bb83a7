/**
 * Random programs over random rows, each in two modes: row by row with one worker; and with two workers, steps of
 * random size, and a snapshot to bytes and restore in the middle. The final table is DuckDB's. A failure is a seed:
 * DSD_SEED and DSD_RUNS say which programs and how many.
 */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { DuckDBConnection } from '@duckdb/node-api'
import fc from 'fast-check'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import type { Session, SessionOptions } from '../../packages/streamdown/src/session/session.ts'
import { createTable, drawRow, drawTable, type Table, timestamp } from './columns.ts'
import { type Draw, drawFrom } from './draw.ts'
import { condition, cut, expression } from './expressions.ts'
import { assertSameRows, openOracle, ourRows, rowsOfOracle, runs, seed } from './oracle.ts'
import { drawQuery, drawWindowQuery, type Query } from './queries.ts'
import { duckdb, ours } from './translate.ts'

/** A counterexample is made smaller for as long. */
const SHRINK_LIMIT_MS = 120_000

interface Mode extends SessionOptions {
  readonly restore: boolean
}

const modes: readonly Mode[] = [
  { dialect: 'postgres', workers: 1, stepRows: 1, seed, clock: 0n, restore: false },
  { dialect: 'postgres', workers: 2, stepRows: 'random', seed, clock: 0n, restore: true },
]

let environment: Environment
let oracle: DuckDBConnection

before(async () => {
  environment = await createNodeEnvironment()
  oracle = await openOracle()
  console.log(`DSD_SEED=${seed} DSD_RUNS=${runs}`)
})

/** One statement after the other, in a session of the mode; a restoring one goes on in another from the middle. */
async function finalTable(mode: Mode, statements: readonly string[], query: Query, endsTime: boolean): Promise<void> {
  let session: Session = await createSession(mode, environment)
  try {
    for (const [at, statement] of statements.entries()) {
      if (mode.restore && at === Math.ceil(statements.length / 2)) {
        const bytes = await session.snapshot()
        await session.close()
        session = await createSession(mode, environment)
        await session.restore(bytes)
      }
      await session.execute(statement)
    }
    await session.settle()
    if (endsTime) await session.end()
    assert.deepEqual(session.deadLetters(), [])
    const [result] = await session.execute('SELECT * FROM result')
    assert.equal(result?.is, 'rows')
    const expected = await rowsOfOracle(oracle, query.sql(duckdb))
    assertSameRows(
      ourRows(result.schema, result.rows),
      expected,
      query.columns.map(({ near }) => near),
    )
  } finally {
    await session.close()
  }
}

/** INSERTs of batches, and DELETEs and UPDATEs of what a condition says; the view is created somewhere between them. */
function drawChanges(draw: Draw, tables: readonly Table[]): readonly ((rules: typeof ours) => string)[] {
  let id = 0
  return Array.from({ length: draw.integer(2, 7) }, (_, at) => {
    const table = draw.oneOf(tables)
    if (at > 0 && draw.sometimes(4)) {
      const which = draw.sometimes(2) ? cut(draw, draw.oneOf(table.columns)) : condition(draw, table.columns, 1)
      if (draw.sometimes(2)) return (rules: typeof ours): string => `DELETE FROM ${table.name} WHERE ${which(rules)}`
      const { name, kind } = draw.oneOf(table.columns.slice(1))
      const value = expression(draw, kind, table.columns, 1)
      return (rules: typeof ours): string => `UPDATE ${table.name} SET ${name} = ${value(rules)} WHERE ${which(rules)}`
    }
    const rows = Array.from({ length: draw.integer(1, 12) }, () => `(${drawRow(draw, table, ++id).join(', ')})`)
    return (): string => `INSERT INTO ${table.name} VALUES ${rows.join(', ')}`
  })
}

test('programs over tables that change', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async g => {
      const draw = drawFrom(g)
      const tables = [drawTable(draw, 't'), drawTable(draw, 's')]
      const query = drawQuery(draw, tables, 2)
      const changes = drawChanges(draw, tables)
      for (const { name } of tables) await oracle.run(`DROP TABLE IF EXISTS ${name}`)
      for (const table of tables) await oracle.run(createTable(table))
      for (const change of changes) await oracle.run(change(duckdb))
      const view = `CREATE MATERIALIZED VIEW result AS ${query.sql(ours)}`
      const at = draw.integer(0, changes.length)
      const statements = changes.map(change => change(ours))
      const program = [...tables.map(createTable), ...statements.slice(0, at), view, ...statements.slice(at)]
      for (const mode of modes) await explained(program, query, () => finalTable(mode, program, query, false))
    }),
    { seed, numRuns: runs, interruptAfterTimeLimit: SHRINK_LIMIT_MS },
  )
})

const LATENESS_MS = 5000

interface TimedRow {
  readonly ms: number
  readonly values: readonly string[]
}

function timedRow(draw: Draw, table: Table, id: number): TimedRow {
  const ms = draw.integer(0, 600) * 100
  const values = drawRow(draw, table, id)
  return { ms, values: values.map((value, at) => (table.columns[at]?.name === 'ts' ? timestamp(ms) : value)) }
}

const createTimedTable = (table: Table, appendOnly: boolean): string =>
  createTable(table).replace(
    /\)$/,
    `, WATERMARK FOR ts AS ts - INTERVAL '${LATENESS_MS / 1000}' SECOND)${appendOnly ? ' APPEND ONLY' : ''}`,
  )

const insertOf = ({ name }: Table, rows: readonly TimedRow[]): string =>
  `INSERT INTO ${name} VALUES ${rows.map(({ values }) => `(${values.join(', ')})`).join(', ')}`

/** Behind the last INSERT into the table: the order of its rows stays. */
const lastOf = (inserts: readonly string[], { name }: Table): number =>
  inserts.findLastIndex(insert => insert.startsWith(`INSERT INTO ${name} `)) + 1

/** Any order of the rows in which none is further behind the newest than the lateness. */
function shuffled<T extends { readonly ms: number }>(draw: Draw, rows: readonly T[]): readonly T[] {
  return rows
    .map(row => ({ row, at: row.ms + draw.integer(0, LATENESS_MS) }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
}

function batches<T>(draw: Draw, rows: readonly T[]): readonly (readonly T[])[] {
  const cuts: T[][] = []
  for (let from = 0; from < rows.length; ) {
    const to = from + draw.integer(1, 15)
    cuts.push(rows.slice(from, to))
    from = to
  }
  return cuts
}

test('windows that close, their rows in any order within the lateness', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async g => {
      const draw = drawFrom(g)
      const tables = [drawTable(draw, 't'), drawTable(draw, 's')] as const
      const query = drawWindowQuery(draw, tables)
      const appendOnly = draw.sometimes(2)
      const inserts: string[] = []
      for (const table of tables) {
        const rows = Array.from({ length: draw.integer(1, 40) }, (_, id) => timedRow(draw, table, id))
        await oracle.run(`DROP TABLE IF EXISTS ${table.name}`)
        await oracle.run(createTable(table))
        await oracle.run(insertOf(table, rows))
        for (const batch of batches(draw, shuffled(draw, rows))) {
          inserts.splice(draw.integer(lastOf(inserts, table), inserts.length), 0, insertOf(table, batch))
        }
      }
      const program = [
        "SET window_emit = 'close'",
        ...tables.map(table => createTimedTable(table, appendOnly)),
        `CREATE MATERIALIZED VIEW result AS ${query.sql(ours)}`,
        ...inserts,
      ]
      for (const mode of modes) await explained(program, query, () => finalTable(mode, program, query, true))
    }),
    { seed, numRuns: Math.ceil(runs / 2), interruptAfterTimeLimit: SHRINK_LIMIT_MS },
  )
})

/** A counterexample is the program, not only what was drawn. */
async function explained(program: readonly string[], query: Query, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Error(`${program.join(';\n')};\n-- DuckDB:\n${query.sql(duckdb)}\n${text}`, { cause: error })
  }
}
