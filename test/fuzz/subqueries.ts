import { type Column, kindsOf, type Sql, type Table } from './columns.ts'
import { condition, expression, joined, listed } from './expressions.ts'
import { anyKind, type Source } from './queries.ts'
import type { Draw } from './tape.ts'

/** A table whose columns have names of their own, so that those of the query outside are seen inside. */
export function inner({ name, columns, unique }: Table): Source {
  const own = columns.map((column, at) => ({ ...column, name: `i${at}` }))
  const list = columns.map((column, at) => `${column.name} AS i${at}`).join(', ')
  return {
    sql: () => `(SELECT ${list} FROM ${name}) AS i`,
    columns: own,
    unique: unique?.map(key => `i${columns.findIndex(column => column.name === key)}`),
  }
}

/** WHERE inside: nothing, about itself, or about both sides. */
export function correlation(draw: Draw, outer: readonly Column[], inside: Source): Sql {
  const pairs = outer.flatMap(a =>
    inside.columns.flatMap(b =>
      a.near || b.near || a.kind !== b.kind || a.kind === 'boolean' ? [] : [[a, b] as const],
    ),
  )
  switch (pairs.length === 0 ? 0 : draw.integer(0, 6)) {
    case 0:
    case 1:
      return draw.sometimes(2) ? joined(' WHERE ', condition(draw, inside.columns, 1)) : joined('')
    case 2: {
      const [a, b] = draw.oneOf(pairs)
      return joined(` WHERE ${b.name} ${draw.oneOf(['<', '>=', '<>'])} ${a.name}`)
    }
    case 3: {
      const [a, b] = draw.oneOf(pairs)
      const both = condition(draw, [...outer, ...inside.columns], 1)
      return joined(` WHERE ${b.name} = ${a.name} AND `, both)
    }
    default: {
      const [a, b] = draw.oneOf(pairs)
      return joined(` WHERE ${b.name} = ${a.name}`)
    }
  }
}

/** EXISTS, IN, a comparison with one value or with ANY and ALL of a subquery; undefined: there is nothing to compare. */
export function subqueryCondition(draw: Draw, { columns: outer }: Source, table: Table): Sql | undefined {
  const inside = inner(table)
  const kinds = kindsOf(outer).filter(kind => kindsOf(inside.columns).includes(kind))
  if (kinds.length === 0) return undefined
  const kind = draw.oneOf(kinds)
  const value = expression(draw, kind, outer, 1)
  const given = expression(draw, kind, inside.columns, 1)
  const rows = joined(' FROM ', inside.sql, correlation(draw, outer, inside))
  switch (draw.integer(0, 7)) {
    case 7:
      return rowMember(draw, outer, inside)
    case 0:
      return joined('EXISTS (SELECT 1', rows, ')')
    case 1:
      return joined('NOT EXISTS (SELECT 1', rows, ')')
    case 2:
      return joined(value, ' IN (SELECT ', given, rows, ')')
    case 3:
    case 4:
      return joined(value, ' NOT IN (SELECT ', given, rows, ')')
    case 5:
      if (kind !== 'boolean')
        return joined(value, draw.oneOf([' > ANY ', ' <= ALL ', ' = ANY ', ' <> ALL ']), '(SELECT ', given, rows, ')')
  }
  return kind === 'boolean'
    ? joined('EXISTS (SELECT 1', rows, ')')
    : joined(value, draw.oneOf([' = ', ' < ', ' >= ']), '(SELECT ', draw.oneOf(['MIN(', 'MAX(']), given, ')', rows, ')')
}

/** A row of two columns among the rows of a subquery; DuckDB has no correlated ones of rows. */
function rowMember(draw: Draw, outer: readonly Column[], inside: Source): Sql {
  const rows = joined(' FROM ', inside.sql, correlation(draw, [], inside))
  const kinds = kindsOf(outer).filter(kind => kindsOf(inside.columns).includes(kind))
  const own = [draw.oneOf(kinds), draw.oneOf(kinds)]
  const of = (columns: readonly Column[]): Sql => listed(own.map(kind => expression(draw, kind, columns, 0)))
  return joined('(', of(outer), ') IN (SELECT ', of(inside.columns), rows, ')')
}

/** One value of a subquery in the list of SELECT. */
export function scalarSubquery(
  draw: Draw,
  { columns: outer }: Source,
  table: Table,
): { readonly column: Column; readonly sql: Sql } | undefined {
  const inside = inner(table)
  const kind = anyKind(draw, inside.columns)
  const given = expression(draw, kind, inside.columns, 1)
  const rows = joined(' FROM ', inside.sql, correlation(draw, outer, inside))
  const { unique } = inside
  switch (draw.integer(0, 3)) {
    case 0:
      return { column: { name: 's', kind: 'bigint', near: false }, sql: joined('(SELECT COUNT(*)', rows, ')') }
    case 1:
      return { column: { name: 's', kind: 'boolean', near: false }, sql: joined('EXISTS (SELECT 1', rows, ')') }
    case 2:
      if (unique !== undefined) {
        const sql = joined(
          '(SELECT ',
          given,
          rows,
          rules => ` ORDER BY ${unique.map(key => rules.order(key, true)).join(', ')} LIMIT 1)`,
        )
        return { column: { name: 's', kind, near: false }, sql }
      }
  }
  if (kind === 'boolean') return undefined
  return { column: { name: 's', kind, near: false }, sql: joined('(SELECT MAX(', given, ')', rows, ')') }
}
