import type { Column, Sql, Table } from './columns.ts'
import { condition, joined } from './expressions.ts'
import type { Source } from './queries.ts'
import { subqueryCondition } from './subqueries.ts'
import type { Draw } from './tape.ts'

const joinKinds = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'] as const
type JoinKind = (typeof joinKinds)[number]

/** A join of every kind: by equal columns and a further condition, by the condition alone, or of all pairs. */
export function join(draw: Draw, left: Source, right: Source, tables: readonly Table[]): Source {
  const pairs = left.columns.flatMap(a =>
    right.columns.flatMap(b => (!a.near && !b.near && a.kind === b.kind ? [[a.name, b.name] as const] : [])),
  )
  const kind = draw.oneOf(joinKinds)
  if (pairs.length === 0 || draw.sometimes(8)) return joinOn(draw, left, right, kind, undefined, tables)
  const keys = draw.list(1, 2, 1, () => {
    const [a, b] = draw.oneOf(pairs)
    return `l.${a}${draw.sometimes(6) ? ' IS NOT DISTINCT FROM ' : ' = '}r.${b}`
  })
  return joinOn(draw, left, right, kind, keys.join(' AND '), tables)
}

/** The columns of both, by new names; the bounds of the left one's windows keep theirs. */
export function joinOn(
  draw: Draw,
  left: Source,
  right: Source,
  kind: JoinKind,
  equal: string | undefined,
  tables: readonly Table[] = [],
): Source {
  const columns = [...renamed(left, 'l'), ...renamed(right, 'r')]
  const nameAt = (at: number): string => /^l\.(window_.*)$/.exec(columns[at]?.name ?? '')?.[1] ?? `j${at}`
  const tested =
    tables.length > 0 && draw.sometimes(8)
      ? subqueryCondition(draw, { ...left, columns: columns.filter(({ near }) => !near) }, draw.oneOf(tables))
      : undefined
  const further = tested ?? (equal === undefined || draw.sometimes(3) ? condition(draw, columns, 1) : undefined)
  const on = joined(equal ?? '', equal === undefined || further === undefined ? '' : ' AND ', further ?? '')
  const list = columns.map(({ name }, at) => `${name} AS ${nameAt(at)}`).join(', ')
  const aliased = (side: Source, alias: string): Sql => joined('(SELECT * FROM ', side.sql, `) AS ${alias}`)
  return {
    sql: joined(`(SELECT ${list} FROM `, aliased(left, 'l'), ` ${kind} `, aliased(right, 'r'), ' ON ', on, ') AS j'),
    columns: columns.map((column, at) => ({ ...column, name: nameAt(at) })),
    unique: uniqueOf(left, right, kind, columns, nameAt),
  }
}

/** Of both sides together; a row that met nothing has NULLs, which a key of the other may be as well. */
function uniqueOf(
  left: Source,
  right: Source,
  kind: JoinKind,
  columns: readonly Column[],
  nameAt: (at: number) => string,
): readonly string[] | undefined {
  if (kind === 'FULL JOIN' || left.unique === undefined || right.unique === undefined) return undefined
  return columns.flatMap(({ name }, at) => {
    const side = name.startsWith('l.') ? left : right
    return side.unique?.includes(name.slice(2)) === true ? [nameAt(at)] : []
  })
}

const renamed = (source: Source, alias: string): readonly Column[] =>
  source.columns.map(column => ({ ...column, name: `${alias}.${column.name}` }))

/** USING or NATURAL: a column that both have by the same name is there once. */
export function sharedNames(draw: Draw, left: Source, right: Source): Source {
  const both = left.columns.filter(({ name, kind, near }) => {
    const other = right.columns.find(column => column.name === name)
    return other !== undefined && other.kind === kind && !near && !other.near
  })
  const names = left.columns.map(({ name }) => name)
  const shared = right.columns.map(({ name }) => name).filter(name => names.includes(name))
  if (shared.length === 0 || shared.length !== both.length) return left
  const kind = draw.oneOf(joinKinds)
  const key = draw.oneOf(both)
  const natural = shared.length === 1 && draw.sometimes(2)
  const own = (side: Source, alias: string): readonly Column[] =>
    side.columns.filter(({ name }) => name !== key.name).map(column => ({ ...column, name: `${alias}.${column.name}` }))
  const columns = [key, ...own(left, 'l'), ...own(right, 'r')]
  const list = columns.map(({ name }, at) => `${name} AS j${at}`).join(', ')
  const on = natural ? '' : ` USING (${key.name})`
  const aliased = (side: Source, alias: string): Sql => joined('(SELECT * FROM ', side.sql, `) AS ${alias}`)
  return {
    sql: joined(
      `(SELECT ${list} FROM `,
      aliased(left, 'l'),
      natural ? ` NATURAL ${kind} ` : ` ${kind} `,
      aliased(right, 'r'),
      `${on}) AS j`,
    ),
    columns: columns.map((column, at) => ({ ...column, name: `j${at}` })),
    unique: undefined,
  }
}
