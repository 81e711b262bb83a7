import { aggregation, groupingSets } from './aggregates.ts'
import { chain } from './chains.ts'
import { type Column, type Kind, kinds, kindsOf, type Sql, type Table, typed } from './columns.ts'
import { condition, expression, joined, listed } from './expressions.ts'
import { join, sharedNames } from './joins.ts'
import { lateral } from './lateral.ts'
import { distinctOn, first, top } from './ranks.ts'
import { setOperation } from './sets.ts'
import { scalarSubquery, subqueryCondition } from './subqueries.ts'
import type { Draw } from './tape.ts'
import { overWindows } from './windows.ts'

/** A query, what it gives, and the columns whose values together are in no two rows (none known: undefined). */
export interface Query {
  readonly sql: Sql
  readonly columns: readonly Column[]
  readonly unique: readonly string[] | undefined
  /** The rows have one order. */
  readonly ordered?: true
}

/** What stands behind FROM. */
export type Source = Query

export const from = ({ name, columns, unique }: Table): Source => ({ sql: () => name, columns, unique })

/** A random query over tables, `depth` subqueries deep at most. */
export const drawQuery = (draw: Draw, tables: readonly Table[], depth: number): Query =>
  draw.span(() => drawShape(draw, tables, depth))

/** The same for the whole of a statement: with WITH, and in an order. */
export function drawStatement(draw: Draw, tables: readonly Table[]): Query {
  if (draw.sometimes(8)) return withQuery(draw, tables)
  const query = drawQuery(draw, tables, 2)
  return draw.sometimes(8) ? (first(draw, asSource(query, 'o')) ?? query) : query
}

function drawShape(draw: Draw, tables: readonly Table[], depth: number): Query {
  const shape = draw.integer(0, 17)
  if (shape >= 16) return setOperation(draw, tables, depth)
  const source = drawSource(draw, tables, depth)
  if (shape >= 14) return overWindows(draw, source) ?? projection(draw, source, tables)
  if (shape >= 12) return draw.oneOf([top, top, distinctOn])(draw, source) ?? projection(draw, source, tables)
  if (shape === 11) return groupingSets(draw, source, tables)
  if (shape === 10) return distinct(draw, source, tables)
  return shape >= 5 ? aggregation(draw, source, tables) : projection(draw, source, tables)
}

function drawSource(draw: Draw, tables: readonly Table[], depth: number): Source {
  const table = draw.oneOf(tables)
  switch (draw.integer(0, 12)) {
    case 0:
    case 1:
      return from(table)
    case 12:
      return draw.sometimes(2) ? chain(draw, tables) : sharedNames(draw, from(table), from(draw.oneOf(tables)))
    case 2:
    case 3:
      return depth > 0 ? asSource(drawQuery(draw, tables, depth - 1), 'q') : from(table)
    case 4:
      return table.timed ? windowed(table, draw.oneOf([5, 1, 10]), draw.oneOf([1, 2, 3])) : from(table)
    case 5:
      return values(draw)
    case 6:
    case 7:
      return lateral(draw, subquery(draw, tables, depth), draw.oneOf(tables))
    default:
      return join(draw, subquery(draw, tables, depth), subquery(draw, tables, depth), tables)
  }
}

export const subquery = (draw: Draw, tables: readonly Table[], depth: number): Source =>
  depth > 0 && draw.sometimes(3) ? asSource(drawQuery(draw, tables, depth - 1), 'q') : from(draw.oneOf(tables))

export const asSource = (query: Query, alias: string): Source => ({
  sql: joined('(', query.sql, `) AS ${alias}`),
  columns: query.columns,
  unique: query.unique,
})

/** A query that is there by a name, and is read more than once. */
function withQuery(draw: Draw, tables: readonly Table[]): Query {
  const named = drawQuery(draw, tables, 1)
  const table: Table = { ...named, name: 'w', timed: false, primaryKey: false }
  const query = drawQuery(draw, [table, table, ...tables.slice(0, 1)], 1)
  return { ...query, sql: joined('WITH w AS (', named.sql, ') ', query.sql) }
}

/** TUMBLE or HOP over a table: rows of several windows are no longer unique by themselves. */
export function windowed({ name, columns, unique }: Table, slide: number, times: number): Source {
  const bounds = ['window_start', 'window_end'].map(
    (bound): Column => ({ name: bound, kind: 'timestamp', near: false }),
  )
  return {
    sql: rules => (times === 1 ? rules.tumble(name, 'ts', slide) : rules.hop(name, 'ts', slide, slide * times)),
    columns: [...columns, ...bounds],
    unique: unique === undefined ? undefined : [...unique, 'window_start'],
  }
}

function values(draw: Draw): Source {
  const columns = draw.list(1, 3, 1, (at): Column => ({ name: `v${at}`, kind: draw.oneOf(kinds), near: false }))
  const rows = draw.list(1, 4, 2, () => `(${columns.map(({ kind }) => typed(draw, kind)).join(', ')})`)
  const names = columns.map(({ name }) => name).join(', ')
  return { sql: () => `(VALUES ${rows.join(', ')}) AS v(${names})`, columns, unique: undefined }
}

/** WHERE in every second query. */
export function where(draw: Draw, source: Source, tables: readonly Table[]): Sql {
  switch (draw.integer(0, 7)) {
    case 5:
      return joined(' WHERE ', condition(draw, source.columns))
    case 6:
    case 7: {
      const subqueried = tables.length === 0 ? undefined : subqueryCondition(draw, source, draw.oneOf(tables))
      if (subqueried === undefined) return joined('')
      return draw.sometimes(3)
        ? joined(' WHERE ', condition(draw, source.columns, 1), draw.oneOf([' AND ', ' OR ']), subqueried)
        : joined(' WHERE ', subqueried)
    }
    default:
      return joined('')
  }
}

/** One of the columns' kinds, now and then another. */
export function anyKind(draw: Draw, columns: readonly Column[]): Kind {
  const present = kindsOf(columns)
  return present.length === 0 || draw.sometimes(6) ? draw.oneOf(kinds) : draw.oneOf(present)
}

export function projection(draw: Draw, source: Source, tables: readonly Table[]): Query {
  const items = draw.list(1, 4, 1, at => {
    const scalar =
      tables.length > 0 && draw.sometimes(10) ? scalarSubquery(draw, source, draw.oneOf(tables)) : undefined
    if (scalar !== undefined) return { column: { ...scalar.column, name: `c${at}` }, sql: scalar.sql }
    const kind = anyKind(draw, source.columns)
    const column = { name: `c${at}`, kind, near: false }
    const plain = expression(draw, kind, source.columns)
    const test =
      tables.length > 0 && draw.sometimes(12) ? subqueryCondition(draw, source, draw.oneOf(tables)) : undefined
    if (test === undefined) return { column, sql: plain }
    return {
      column,
      sql: joined('CASE WHEN ', test, ' THEN ', plain, ' ELSE ', expression(draw, kind, source.columns, 1), ' END'),
    }
  })
  const kept = source.columns.filter(({ name }) => source.unique?.includes(name) === true || draw.sometimes(4))
  const own = kept.map((column, at) => ({ ...column, name: `p${at}` }))
  const list = listed([
    ...kept.map(({ name }, at) => `${name} AS p${at}`),
    ...items.map(({ column, sql }) => joined(sql, ` AS ${column.name}`)),
  ])
  return {
    sql: joined('SELECT ', list, ' FROM ', source.sql, where(draw, source, tables)),
    columns: [...own, ...items.map(({ column }) => column)],
    unique: source.unique?.map(name => `p${kept.findIndex(column => column.name === name)}`),
  }
}

function distinct(draw: Draw, source: Source, tables: readonly Table[]): Query {
  const exact = { ...source, unique: undefined, columns: source.columns.filter(({ near }) => !near) }
  const query = projection(draw, exact, tables)
  if (query.columns.some(({ near }) => near)) return query
  return {
    sql: joined('SELECT DISTINCT * FROM (', query.sql, ') AS d'),
    columns: query.columns,
    unique: undefined,
  }
}
