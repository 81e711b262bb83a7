import { type Column, type Kind, kindsOf, type Sql, type Table } from './columns.ts'
import { condition, expression, joined, listed } from './expressions.ts'
import { anyKind, type Query, type Source, where } from './queries.ts'
import type { Draw } from './tape.ts'

interface Aggregate {
  readonly kind: Kind
  readonly near: boolean
  readonly sql: Sql
}

/** GROUP BY columns or expressions (windows by both of their bounds), or one group of all rows. */
export function aggregation(draw: Draw, source: Source, tables: readonly Table[]): Query {
  const bounds = source.columns.filter(({ name }) => name.startsWith('window_'))
  const free = source.columns.filter(column => !column.near && !bounds.includes(column))
  const further = draw.list(0, free.length === 0 ? 0 : 2, 1, () => {
    const { kind, name } = draw.oneOf(free)
    return { kind, sql: draw.sometimes(2) ? expression(draw, kind, source.columns, 1) : (): string => name }
  })
  const keys = [...bounds.map(({ name, kind }) => ({ kind, sql: (): string => name })), ...further]
  const aggregates = draw.list(1, 3, 1, () => aggregate(draw, source))
  const columns = namedColumns(keys, aggregates)
  const having = draw.sometimes(3) ? joined(' HAVING ', havingOf(draw, source, tables)) : joined('')
  const groupBy = keys.length === 0 ? joined('') : joined(' GROUP BY ', listed(keys.map(({ sql }) => sql)))
  return {
    sql: joined(selected(columns, [...keys, ...aggregates]), source.sql, where(draw, source, tables), groupBy, having),
    columns,
    unique: keys.length === 0 ? undefined : keys.map((_key, at) => `g${at}`),
  }
}

/** GROUP BY of several sets of columns. */
export function groupingSets(draw: Draw, source: Source, tables: readonly Table[]): Query {
  const free = source.columns.filter(({ near }) => !near)
  const names = [...new Set(draw.list(1, 3, 2, () => draw.oneOf(free.length > 0 ? free : source.columns).name))]
  if (free.length === 0) return aggregation(draw, source, tables)
  const keys = names.map(name => ({ kind: free.find(column => column.name === name)?.kind ?? 'int', sql: () => name }))
  const set = (): string => `(${names.filter(() => draw.sometimes(2)).join(', ')})`
  const sets = draw.oneOf([
    () => `ROLLUP (${names.join(', ')})`,
    () => `CUBE (${names.join(', ')})`,
    () => `GROUPING SETS ((${names.join(', ')}), ${draw.list(1, 3, 2, set).join(', ')})`,
  ])()
  const grouping: readonly Aggregate[] = draw.sometimes(2)
    ? [{ kind: 'bigint', near: false, sql: () => `GROUPING(${names.join(', ')})` }]
    : []
  const aggregates = [...grouping, ...draw.list(1, 2, 1, () => aggregate(draw, source))]
  const columns = namedColumns(keys, aggregates)
  return {
    sql: joined(
      selected(columns, [...keys, ...aggregates]),
      source.sql,
      where(draw, source, tables),
      ` GROUP BY ${sets}`,
      draw.sometimes(4) ? joined(' HAVING ', havingOf(draw, source, tables)) : '',
    ),
    columns,
    unique: undefined,
  }
}

const namedColumns = (
  keys: readonly { readonly kind: Kind }[],
  aggregates: readonly Aggregate[],
): readonly Column[] => [
  ...keys.map(({ kind }, at): Column => ({ name: `g${at}`, kind, near: false })),
  ...aggregates.map(({ kind, near }, at): Column => ({ name: `a${at}`, kind, near })),
]

const selected = (columns: readonly Column[], parts: readonly { readonly sql: Sql }[]): Sql =>
  joined('SELECT ', listed(parts.map(({ sql }, at) => joined(sql, ` AS ${columns[at]?.name}`))), ' FROM ')

function havingOf(draw: Draw, source: Source, tables: readonly Table[]): Sql {
  const keyed = tables.filter(({ columns }) => columns.some(({ name }) => name === 'k'))
  if (keyed.length > 0 && draw.sometimes(4)) {
    const counted = `(SELECT COUNT(*) FROM ${draw.oneOf(keyed).name} WHERE k = ${draw.integer(0, 3)})`
    return joined('COUNT(*) ', draw.oneOf(['>', '<=', '<>']), ` ${counted}`)
  }
  if (draw.sometimes(2)) return joined('COUNT(*) ', draw.oneOf(['>', '<', '<>']), ` ${draw.integer(1, 4)}`)
  const { kind, near, sql } = aggregate(draw, source)
  return near || kind === 'boolean'
    ? joined(sql, ' IS NOT NULL')
    : joined(sql, draw.oneOf([' > ', ' < ']), sql, ' IS NOT TRUE')
}

const distinctTexts = (text: Sql, descending: boolean, filter: Sql): Sql => {
  return rules =>
    `STRING_AGG(DISTINCT ${text(rules)}, ',' ORDER BY ${rules.order(text(rules), descending)})${filter(rules)}`
}

export function aggregate(draw: Draw, { columns, unique }: Source): Aggregate {
  const filter = draw.sometimes(3) ? joined(' FILTER (WHERE ', condition(draw, columns, 1), ')') : joined('')
  const numbers = (['int', 'bigint', 'decimal', 'double'] as const).filter(kind => kindsOf(columns).includes(kind))
  const number = numbers.length === 0 ? 'int' : draw.oneOf(numbers)
  const of = (kind: Kind): Sql => expression(draw, kind, columns, 1)
  const exact = (kind: Kind, sql: Sql): Aggregate => ({ kind, near: false, sql })
  switch (draw.integer(0, 12)) {
    case 11: {
      const kind = draw.oneOf(
        (['int', 'date', 'timestamp', 'bigint'] as const).filter(
          each => each === 'int' || kindsOf(columns).includes(each),
        ),
      )
      return exact(kind, joined('PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY ', of(kind), ')', filter))
    }
    case 12:
      return exact('int', joined(draw.oneOf(['BIT_AND(', 'BIT_OR(', 'BIT_XOR(']), of('int'), ')', filter))
    case 10:
      return exact('string', distinctTexts(of('string'), draw.sometimes(2), filter))
    case 0:
      return exact('bigint', joined('COUNT(*)', filter))
    case 1:
      return exact('bigint', joined('COUNT(', of(anyKind(draw, columns)), ')', filter))
    case 2:
      return exact('bigint', joined('COUNT(DISTINCT ', of(anyKind(draw, columns)), ')', filter))
    case 3:
      return { kind: 'double', near: true, sql: joined('AVG(', draw.oneOf(['', 'DISTINCT ']), of(number), ')', filter) }
    case 4:
    case 5: {
      const kind = draw.oneOf([number, ...kindsOf(columns).filter(each => each !== 'boolean')])
      return exact(kind, joined(draw.oneOf(['MIN(', 'MAX(']), of(kind), ')', filter))
    }
    case 6:
      return exact('boolean', joined(draw.oneOf(['BOOL_AND(', 'BOOL_OR(']), of('boolean'), ')', filter))
    case 7:
      if (unique !== undefined) {
        const exactly = columns.filter(({ name, near }) => unique.includes(name) && !near)
        const direction = draw.sometimes(2)
        const order = (rules: Parameters<Sql>[0]): string =>
          exactly.map(({ name }) => rules.order(name, direction)).join(', ')
        return exact('string', joined('STRING_AGG(', of('string'), ", ',' ORDER BY ", order, ')', filter))
      }
  }
  const argument = joined(draw.sometimes(5) ? 'DISTINCT ' : '', of(number))
  if (number === 'bigint') return exact('decimal', rules => rules.sumOfBigint(argument(rules), filter(rules)))
  return exact(number === 'int' ? 'bigint' : number, joined('SUM(', argument, ')', filter))
}
