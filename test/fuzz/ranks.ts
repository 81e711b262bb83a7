import type { Column, Sql } from './columns.ts'
import { joined } from './expressions.ts'
import type { Query, Source } from './queries.ts'
import type { Draw } from './tape.ts'

/** The first rows of each partition; places are given by unique columns last, or rows that tie have the same. */
export function top(draw: Draw, source: Source): Query | undefined {
  const free = source.columns.filter(({ near }) => !near)
  if (free.length === 0) return undefined
  const { unique } = source
  const ties = unique === undefined || draw.sometimes(3)
  const bound = source.columns.filter(({ name }) => name.startsWith('window_')).map(({ name }) => name)
  const by = bound.length > 0 ? bound : draw.list(0, 1, 3, () => draw.oneOf(free).name)
  const order = [draw.oneOf(free).name, ...(ties ? [] : (unique ?? []))]
  const call = ties ? draw.oneOf(['RANK()', 'DENSE_RANK()']) : 'ROW_NUMBER()'
  const partition = by.length === 0 ? '' : `PARTITION BY ${by.join(', ')} `
  const columns = source.columns.map((column, at): Column => ({ ...column, name: `t${at}` }))
  const names = source.columns.map(({ name }, at) => `${name} AS t${at}`).join(', ')
  const place: Column = { name: 'place', kind: 'bigint', near: false }
  const given = draw.sometimes(2) ? [...columns, place] : columns
  const wanted = `${draw.oneOf(['<=', '<=', '='])} ${draw.integer(1, 3)}`
  const uniqueTop =
    unique && columns.flatMap(({ name }, at) => (unique.includes(source.columns[at]?.name ?? '') ? [name] : []))
  if (draw.sometimes(4)) {
    const over = joined(`${call} OVER (${partition}ORDER BY `, ordering(draw, order), ')')
    return {
      sql: joined(`SELECT ${names} FROM `, source.sql, ' QUALIFY ', over, ` ${wanted}`),
      columns,
      unique: uniqueTop,
    }
  }
  return {
    sql: joined(
      `SELECT ${given.map(({ name }) => name).join(', ')} FROM (SELECT ${names}, ${call} OVER (${partition}ORDER BY `,
      ordering(draw, order),
      ') AS place FROM ',
      source.sql,
      `) AS ranked WHERE place ${wanted}`,
    ),
    columns: given,
    unique: uniqueTop,
  }
}

/** One row of each group of equal values: the first by unique columns. */
export function distinctOn(draw: Draw, source: Source): Query | undefined {
  const { unique, columns } = source
  const free = columns.filter(({ near }) => !near)
  if (unique === undefined || free.length === 0) return undefined
  const by = [...new Set(draw.list(1, 2, 1, () => draw.oneOf(free).name))]
  const order = [...by, draw.oneOf(free).name, ...unique]
  return {
    sql: joined(
      `SELECT DISTINCT ON (${by.join(', ')}) ${columns.map(({ name }) => name).join(', ')} FROM `,
      source.sql,
      ' ORDER BY ',
      ordering(draw, [...new Set(order)]),
    ),
    columns,
    unique,
  }
}

/** The first rows of all, in an order that leaves nothing to chance. */
export function first(draw: Draw, source: Source): Query | undefined {
  const { unique, columns } = source
  const free = columns.filter(({ near }) => !near)
  const others = free.filter(({ name }) => unique?.includes(name) !== true)
  // Rows that are equal in all of their columns are interchangeable.
  const last = unique ?? (free.length === columns.length ? free.map(({ name }) => name) : undefined)
  if (last === undefined) return undefined
  const by = draw.list(0, others.length === 0 ? 0 : 2, 1, () => draw.oneOf(others).name)
  const limit = draw.sometimes(4)
    ? ''
    : ` LIMIT ${draw.integer(1, 6)}${draw.sometimes(3) ? ` OFFSET ${draw.integer(1, 3)}` : ''}`
  const order = [...by, ...last.filter(name => !by.includes(name))]
  return {
    sql: joined(
      `SELECT ${columns.map(({ name }) => name).join(', ')} FROM `,
      source.sql,
      ' ORDER BY ',
      ordering(draw, order),
      limit,
    ),
    columns,
    unique,
    ordered: true,
  }
}

function ordering(draw: Draw, names: readonly string[]): Sql {
  const directions = names.map(() => draw.sometimes(2))
  return rules => names.map((name, at) => rules.order(name, directions[at] === true)).join(', ')
}
