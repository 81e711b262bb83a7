import type { Column, Sql, Table } from './columns.ts'
import { condition, joined } from './expressions.ts'
import type { Source } from './queries.ts'
import type { Draw } from './tape.ts'

const kinds = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'] as const

/** Three or four tables joined one to the other, in one FROM: what a planner puts into another order. */
export function chain(draw: Draw, tables: readonly Table[]): Source {
  const first = draw.oneOf(tables)
  let columns = aliased(first, 'c0')
  const parts: (string | Sql)[] = [`${first.name} AS c0`]
  const tests: (string | Sql)[] = []
  const others = draw.list(1, 3, 1, at => ({ table: draw.oneOf(tables), alias: `c${at + 1}` }))
  for (const { table, alias } of others) {
    const own = aliased(table, alias)
    const pairs = columns.flatMap(a => own.flatMap(b => (a.kind === b.kind ? [`${a.name} = ${b.name}`] : [])))
    const equal = pairs.length === 0 ? 'TRUE' : draw.oneOf(pairs)
    columns = [...columns, ...own]
    const further = draw.sometimes(4) ? joined(' AND ', condition(draw, columns, 1)) : ''
    if (draw.sometimes(3)) {
      parts.push(` CROSS JOIN ${table.name} AS ${alias}`)
      tests.push(joined(equal, further))
    } else {
      parts.push(` ${draw.oneOf(kinds)} ${table.name} AS ${alias} ON ${equal}`, further)
    }
  }
  if (draw.sometimes(2)) tests.push(condition(draw, columns, 1))
  const where = tests.flatMap((test, at) => [at === 0 ? ' WHERE ' : ' AND ', test])
  const list = columns.map(({ name }, at) => `${name} AS j${at}`).join(', ')
  return {
    sql: joined(`(SELECT ${list} FROM `, ...parts, ...where, ') AS j'),
    columns: columns.map((column, at): Column => ({ ...column, name: `j${at}` })),
    unique: undefined,
  }
}

const aliased = ({ columns }: Table, alias: string): readonly Column[] =>
  columns.map(column => ({ ...column, name: `${alias}.${column.name}` }))
