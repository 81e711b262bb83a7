import type { Sql, Table } from './columns.ts'
import { expression, joined, listed } from './expressions.ts'
import { anyKind, type Query, type Source, subquery, where } from './queries.ts'
import type { Draw } from './tape.ts'

const operations = ['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL']

/** Two or three queries that give the same kinds of columns, put together. */
export function setOperation(draw: Draw, tables: readonly Table[], depth: number): Query {
  const first = subquery(draw, tables, depth)
  const shape = draw.list(1, 3, 1, () => anyKind(draw, first.columns))
  const side = (of: Source): Sql => {
    const items = shape.map((kind, at) => joined(expression(draw, kind, of.columns, 1), ` AS u${at}`))
    return joined('SELECT ', listed(items), ' FROM ', of.sql, where(draw, of, tables))
  }
  const others = draw.list(1, 2, 0, () => joined(` ${draw.oneOf(operations)} `, side(subquery(draw, tables, depth))))
  return {
    sql: joined(side(first), ...others),
    columns: shape.map((kind, at) => ({ name: `u${at}`, kind, near: false })),
    unique: undefined,
  }
}
