import type { Column, Sql, Table } from './columns.ts'
import { expression, joined } from './expressions.ts'
import { anyKind, type Source } from './queries.ts'
import { correlation, inner } from './subqueries.ts'
import type { Draw } from './tape.ts'

/** A table, and for each of its rows those of a query that sees it: some of another table, what they come to, or elements. */
export function lateral(draw: Draw, outer: Source, table: Table): Source {
  const kept = draw.sometimes(2)
  const inside = inner(table)
  const { sql, columns, unique, names = '' } = drawn(draw, outer, inside)
  return {
    sql: joined(
      `(SELECT ${[...outer.columns, ...columns].map(({ name }) => name).join(', ')} FROM `,
      outer.sql,
      kept ? ' LEFT JOIN LATERAL (' : ' CROSS JOIN LATERAL (',
      sql,
      `) AS x${names}${kept ? ' ON TRUE' : ''}) AS q`,
    ),
    columns: [...outer.columns, ...columns],
    unique: outer.unique === undefined || unique === undefined ? undefined : [...outer.unique, ...unique],
  }
}

function drawn(draw: Draw, outer: Source, inside: Source): Source & { readonly names?: string } {
  const rows = joined(' FROM ', inside.sql, correlation(draw, outer.columns, inside))
  const kind = anyKind(draw, inside.columns)
  const value = expression(draw, kind, inside.columns, 1)
  const x0: Column = { name: 'x0', kind, near: false }
  const { unique } = inside
  switch (draw.integer(0, 2)) {
    case 0:
      return unique === undefined
        ? { sql: joined('SELECT ', value, ' AS x0', rows), columns: [x0], unique: undefined }
        : {
            sql: joined('SELECT ', value, ' AS x0, i0 AS x1', rows, firstOf(draw, unique)),
            columns: [x0, key],
            unique: ['x1'],
          }
    case 1: {
      const count: Column = { name: 'x1', kind: 'bigint', near: false }
      const most: readonly Column[] = kind === 'boolean' ? [] : [x0]
      const list = [...(kind === 'boolean' ? [] : [joined('MAX(', value, ') AS x0, ')]), 'COUNT(*) AS x1']
      return { sql: joined('SELECT ', ...list, rows), columns: [...most, count], unique: [] }
    }
    default: {
      const of = anyKind(draw, outer.columns)
      const each = (): Sql => joined('(', expression(draw, of, outer.columns, 1), ')')
      return {
        sql: joined('VALUES ', each(), ', ', each()),
        names: '(x0)',
        columns: [{ ...x0, kind: of }],
        unique: undefined,
      }
    }
  }
}

const key: Column = { name: 'x1', kind: 'int', near: false }

function firstOf(draw: Draw, unique: readonly string[]): Sql {
  if (draw.sometimes(2)) return joined('')
  const descending = draw.sometimes(2)
  const limit = draw.integer(1, 3)
  return rules => ` ORDER BY ${unique.map(name => rules.order(name, descending)).join(', ')} LIMIT ${limit}`
}
