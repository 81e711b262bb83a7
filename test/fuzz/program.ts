import { createTable, definitions, drawRow, drawTable, type Sql, type Table, timestamp } from './columns.ts'
import { condition, cut, expression, joined } from './expressions.ts'
import { drawStatement, type Query } from './queries.ts'
import type { Draw } from './tape.ts'
import { drawLateQuery, drawTimedQuery } from './timed.ts'
import { duckdb, duckdbWithoutLate, ours, type Rules, WATERMARK } from './translate.ts'

/** What one engine is told: tables, their changes in order, and a query that is a view from before the first of them. */
export interface Script {
  readonly create: readonly string[]
  readonly changes: readonly string[]
  readonly query: string
}

export interface Program {
  readonly engine: Script
  readonly duckdb: Script
  /** Inputs that end when they have been read: windows close. Else the query can also be asked of the final rows. */
  readonly stream: boolean
  readonly ordered: boolean
}

/** Tables and their changes, and which queries are drawn over them. */
export interface Setup {
  readonly rows: { readonly late: number; readonly nulls: number }
  program(query: Query): Program
  drawQuery(draw: Draw): Query
}

/** `tables` change, of `punctual` streams no row is late, of `late` ones some are. */
export type SetupKind = 'tables' | 'punctual' | 'late'

export const drawSetup = (draw: Draw, kind: SetupKind): Setup =>
  kind === 'tables' ? drawTables(draw) : drawStreams(draw, kind)

const NULL = /\bNULL\b/g
const nullsIn = (rows: readonly string[]): number => rows.reduce((sum, row) => sum + (row.match(NULL)?.length ?? 0), 0)

function drawTables(draw: Draw): Setup {
  const tables = [drawTable(draw, 't', 'unique'), drawTable(draw, 's', 'unique'), drawTable(draw, 'd', 'any')] as const
  const create = tables.map(createTable)
  const changes = drawChanges(draw, tables)
  const script = (rules: Rules, query: Query): Script => ({
    create,
    changes: changes.map(change => change(rules)),
    query: query.sql(rules),
  })
  return {
    rows: { late: 0, nulls: nullsIn(changes.map(change => change(ours))) },
    drawQuery: of => drawStatement(of, tables),
    program: query => ({
      engine: script(ours, query),
      duckdb: script(duckdb, query),
      stream: false,
      ordered: query.ordered === true,
    }),
  }
}

/** INSERTs of batches, and DELETEs and UPDATEs of what a condition says. */
function drawChanges(draw: Draw, tables: readonly Table[]): readonly Sql[] {
  let id = 0
  return draw.list(1, 14, 9, at => {
    const table = draw.oneOf(tables)
    if (at === 0 || draw.integer(0, 2) < 2) {
      const rows = draw.list(1, 16, 8, () => `(${drawRow(draw, table, ++id).join(', ')})`)
      return joined(`INSERT INTO ${table.name} VALUES ${rows.join(', ')}`)
    }
    const which = draw.sometimes(2) ? cut(draw, draw.oneOf(table.columns)) : condition(draw, table.columns, 1)
    if (draw.sometimes(2)) return joined(`DELETE FROM ${table.name} WHERE `, which)
    const { name, kind } = draw.oneOf(table.columns.filter(column => column.name !== 'id'))
    const value = expression(draw, kind, table.columns, 1)
    return joined(`UPDATE ${table.name} SET ${name} = `, value, ' WHERE ', which)
  })
}

const LATENESS_MS = 5000

interface TimedRow {
  /** Undefined: its time is NULL. */
  readonly ms: number | undefined
  readonly values: readonly string[]
}

/** A stream's rows as they arrive. */
interface Stream {
  readonly table: Table
  readonly arrivals: readonly TimedRow[]
}

function drawStreams(draw: Draw, kind: 'punctual' | 'late'): Setup {
  const stream = (name: string): Stream => {
    const table = { ...drawTable(draw, name, 'unique'), primaryKey: false }
    return { table, arrivals: drawArrivals(draw, table, kind) }
  }
  const streams = [stream('t'), stream('s')] as const
  const tables = [streams[0].table, streams[1].table] as const
  const appendOnly = draw.sometimes(2)
  const engine = {
    create: [
      "SET window_emit = 'close'",
      ...tables.map(table => {
        const watermark = `WATERMARK FOR ts AS ts - INTERVAL '${LATENESS_MS / 1000}' SECOND`
        const parts = [...definitions(table), watermark].join(', ')
        return `CREATE TABLE ${table.name} (${parts})${appendOnly ? ' APPEND ONLY' : ''}`
      }),
    ],
    changes: interleaved(
      draw,
      streams.map(({ table, arrivals }) => batches(draw, arrivals).map(batch => insert(table, batch))),
    ),
  }
  const late = kind === 'late'
  const oracle = {
    create: tables.map(table =>
      late ? createTable(table).replace(/\)$/, `, ${WATERMARK} TIMESTAMP)`) : createTable(table),
    ),
    changes: streams.map(({ table, arrivals }) => insert(table, late ? withWatermarks(arrivals) : arrivals)),
  }
  return {
    rows: {
      late: streams.reduce((sum, { arrivals }) => sum + lateRows(arrivals), 0),
      nulls: nullsIn(oracle.changes),
    },
    drawQuery: of =>
      late ? drawLateQuery(of, tables, appendOnly ? 'append only' : 'any') : drawTimedQuery(of, tables),
    program: query => ({
      engine: { ...engine, query: query.sql(ours) },
      duckdb: { ...oracle, query: query.sql(late ? duckdbWithoutLate : duckdb) },
      stream: true,
      ordered: false,
    }),
  }
}

/** In any order in which none is further behind the newest than the lateness; or some are, by up to a minute. */
function drawArrivals(draw: Draw, table: Table, kind: 'punctual' | 'late'): readonly TimedRow[] {
  const rows = draw.list(1, 40, 16, at => {
    const values = drawRow(draw, table, at + 1)
    const ms = draw.sometimes(12) ? undefined : draw.integer(0, 600) * 100
    const delay =
      draw.integer(0, LATENESS_MS / 100) * 100 + (kind === 'late' && draw.sometimes(4) ? draw.integer(0, 600) * 100 : 0)
    const timed = values.map((value, column) =>
      table.columns[column]?.name !== 'ts' ? value : ms === undefined ? 'NULL' : timestamp(ms),
    )
    return { row: { ms, values: timed }, at: (ms ?? 0) + delay }
  })
  return [...rows].sort((a, b) => a.at - b.at).map(({ row }) => row)
}

/** The newest time of the rows before each, in ms; undefined: there is none. */
function newestBefore(arrivals: readonly TimedRow[]): readonly (number | undefined)[] {
  let newest: number | undefined
  return arrivals.map(({ ms }) => {
    const before = newest
    if (ms !== undefined) newest = Math.max(newest ?? ms, ms)
    return before
  })
}

function withWatermarks(arrivals: readonly TimedRow[]): readonly TimedRow[] {
  const newest = newestBefore(arrivals)
  return arrivals.map(({ ms, values }, at) => {
    const before = newest[at]
    return { ms, values: [...values, before === undefined ? 'NULL' : timestamp(before - LATENESS_MS)] }
  })
}

/** Rows that are late for the second they are in, the smallest window. */
const lateRows = (arrivals: readonly TimedRow[]): number => {
  const newest = newestBefore(arrivals)
  return arrivals.filter(({ ms }, at) => {
    const before = newest[at]
    return ms !== undefined && before !== undefined && before - LATENESS_MS >= (Math.floor(ms / 1000) + 1) * 1000
  }).length
}

const insert = ({ name }: Table, rows: readonly TimedRow[]): string =>
  `INSERT INTO ${name} VALUES ${rows.map(({ values }) => `(${values.join(', ')})`).join(', ')}`

function batches<T>(draw: Draw, rows: readonly T[]): readonly (readonly T[])[] {
  const cuts: T[][] = []
  for (let at = 0; at < rows.length; ) {
    const to = at + 1 + draw.integer(0, 14)
    cuts.push(rows.slice(at, to))
    at = to
  }
  return cuts
}

/** Several lists as one, each in its order. */
function interleaved<T>(draw: Draw, lists: readonly (readonly T[])[]): readonly T[] {
  const rest = lists.map(list => [...list])
  const all: T[] = []
  for (;;) {
    const filled = rest.filter(list => list.length > 0)
    if (filled.length === 0) return all
    all.push(...draw.oneOf(filled).splice(0, 1))
  }
}
