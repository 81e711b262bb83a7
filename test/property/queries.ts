import { type Column, type Kind, kinds, kindsOf, type Sql, type Table } from './columns.ts'
import type { Draw } from './draw.ts'
import { condition, expression, joined } from './expressions.ts'
import { overTime, overWindows } from './windows.ts'

/** A query, what it gives, and the columns whose values together are in no two rows (none known: undefined). */
export interface Query {
  readonly sql: Sql
  readonly columns: readonly Column[]
  readonly unique: readonly string[] | undefined
}

/** What stands behind FROM. */
type Source = Query

export const from = ({ name, columns }: Table): Source => ({ sql: () => name, columns, unique: ['id'] })

/** A random query over tables, `depth` subqueries deep at most. */
export function drawQuery(draw: Draw, tables: readonly Table[], depth: number): Query {
  const source = drawSource(draw, tables, depth)
  const shape = draw.integer(0, 11)
  if (shape < 3) return projection(draw, source)
  if (shape < 7) return aggregation(draw, source)
  if (shape < 8) return distinct(draw, source)
  if (shape < 10) return overWindows(draw, source) ?? projection(draw, source)
  return shape === 10 ? union(draw, tables, source, depth) : (top(draw, source) ?? projection(draw, source))
}

function drawSource(draw: Draw, tables: readonly Table[], depth: number): Source {
  const table = draw.oneOf(tables)
  switch (draw.integer(0, 5)) {
    case 0:
    case 1:
      return depth > 0 ? asSource(drawQuery(draw, tables, depth - 1), 'q') : from(table)
    case 2:
      return join(draw, subquery(draw, tables, depth), subquery(draw, tables, depth))
    case 3:
      return windowed(table, draw.oneOf([1, 5, 10]), draw.oneOf([1, 2, 3]))
    default:
      return from(table)
  }
}

const subquery = (draw: Draw, tables: readonly Table[], depth: number): Source =>
  depth > 0 && draw.sometimes(3) ? asSource(drawQuery(draw, tables, depth - 1), 'q') : from(draw.oneOf(tables))

const asSource = (query: Query, alias: string): Source => ({ ...query, sql: joined('(', query.sql, `) AS ${alias}`) })

/** TUMBLE or HOP over a table: rows of several windows are no longer unique by themselves. */
function windowed({ name, columns }: Table, slide: number, times: number): Source {
  const bounds = ['window_start', 'window_end'].map(
    (bound): Column => ({ name: bound, kind: 'timestamp', near: false }),
  )
  return {
    sql: rules => (times === 1 ? rules.tumble(name, 'ts', slide) : rules.hop(name, 'ts', slide, slide * times)),
    columns: [...columns, ...bounds],
    unique: ['id', 'window_start'],
  }
}

/** An inner join by an equal column, with a further condition now and then. */
function join(draw: Draw, left: Source, right: Source): Source {
  const pairs = left.columns.flatMap(a =>
    right.columns.flatMap(b => (!a.near && !b.near && a.kind === b.kind ? [`l.${a.name} = r.${b.name}`] : [])),
  )
  return pairs.length === 0 ? left : joinOn(draw, left, right, draw.oneOf(pairs))
}

/** A join of the same windows of two tables, whose rows have the bounds of their window. */
function windowJoin(draw: Draw, tables: readonly [Table, Table]): Source {
  const slide = draw.oneOf([5, 10])
  const times = draw.oneOf([1, 2])
  const [left, right] = tables.map(table => windowed(table, slide, times))
  if (left === undefined || right === undefined) throw new RangeError('a join has two sides')
  return joinOn(draw, left, right, 'l.window_start = r.window_start AND l.window_end = r.window_end AND l.k = r.k')
}

/** The columns of both, by new names; the bounds of the left one's windows keep theirs. */
function joinOn(draw: Draw, left: Source, right: Source, equal: string): Source {
  const columns = [...renamed(left, 'l'), ...renamed(right, 'r')]
  const nameAt = (at: number): string => /^l\.(window_.*)$/.exec(columns[at]?.name ?? '')?.[1] ?? `j${at}`
  const further = draw.sometimes(3) ? joined(' AND ', condition(draw, columns, 1)) : joined('')
  const list = columns.map(({ name }, at) => `${name} AS ${nameAt(at)}`).join(', ')
  const unique = [left, right].every(side => side.unique !== undefined)
    ? columns.flatMap(({ name }, at) => {
        const side = name.startsWith('l.') ? left : right
        return side.unique?.includes(name.slice(2)) === true ? [nameAt(at)] : []
      })
    : undefined
  const aliased = (side: Source, alias: string): Sql => joined('(SELECT * FROM ', side.sql, `) AS ${alias}`)
  return {
    sql: joined(
      `(SELECT ${list} FROM `,
      aliased(left, 'l'),
      ' JOIN ',
      aliased(right, 'r'),
      ` ON ${equal}`,
      further,
      ') AS j',
    ),
    columns: columns.map((column, at) => ({ ...column, name: nameAt(at) })),
    unique,
  }
}

const renamed = (source: Source, alias: string): readonly Column[] =>
  source.columns.map(column => ({ ...column, name: `${alias}.${column.name}` }))

/** WHERE in every third query. */
function where(draw: Draw, source: Source): Sql {
  return !draw.sometimes(3) ? joined('') : joined(' WHERE ', condition(draw, source.columns))
}

/** One of the columns' kinds, now and then another. */
function anyKind(draw: Draw, columns: readonly Column[]): Kind {
  const present = kindsOf(columns)
  return present.length === 0 || draw.sometimes(6) ? draw.oneOf(kinds) : draw.oneOf(present)
}

export function projection(draw: Draw, source: Source): Query {
  const items = Array.from({ length: draw.integer(1, 3) }, (_, at) => {
    const column: Column = { name: `c${at}`, kind: anyKind(draw, source.columns), near: false }
    return { column, sql: expression(draw, column.kind, source.columns) }
  })
  const kept = source.columns.filter(({ name }) => source.unique?.includes(name) === true || draw.sometimes(4))
  const own = kept.map((column, at) => ({ ...column, name: `p${at}` }))
  const list = joined(
    ...kept.map(({ name }, at) => `${name} AS p${at}, `),
    ...items.flatMap(({ column, sql }, at) => [at > 0 ? ', ' : '', sql, ` AS ${column.name}`]),
  )
  return {
    sql: joined('SELECT ', list, ' FROM ', source.sql, where(draw, source)),
    columns: [...own, ...items.map(({ column }) => column)],
    unique: source.unique?.map(name => `p${kept.findIndex(column => column.name === name)}`),
  }
}

function distinct(draw: Draw, source: Source): Query {
  const query = projection(draw, { ...source, unique: undefined, columns: source.columns.filter(({ near }) => !near) })
  return {
    sql: joined('SELECT DISTINCT * FROM (', query.sql, ') AS d'),
    columns: query.columns,
    unique: query.columns.map(({ name }) => name),
  }
}

function union(draw: Draw, tables: readonly Table[], source: Source, depth: number): Query {
  const shape = Array.from({ length: draw.integer(1, 3) }, () => anyKind(draw, source.columns))
  const side = (of: Source): Sql => {
    const items = shape.map(kind => expression(draw, kind, of.columns))
    const list = items.flatMap((sql, at) => [at > 0 ? ', ' : '', sql, ` AS u${at}`])
    return joined('SELECT ', ...list, ' FROM ', of.sql, where(draw, of))
  }
  return {
    sql: joined(side(source), ' UNION ALL ', side(subquery(draw, tables, depth))),
    columns: shape.map((kind, at) => ({ name: `u${at}`, kind, near: false })),
    unique: undefined,
  }
}

/** GROUP BY columns or expressions (windows by both of their bounds), or one group of all rows. */
export function aggregation(draw: Draw, source: Source): Query {
  const bounds = source.columns.filter(({ name }) => name.startsWith('window_'))
  const free = source.columns.filter(column => !column.near && !bounds.includes(column))
  const keys: { readonly kind: Kind; readonly sql: Sql }[] = bounds.map(({ name, kind }) => ({ kind, sql: () => name }))
  for (let more = draw.integer(0, 2); more > 0 && free.length > 0; more--) {
    const column = draw.oneOf(free)
    const asIs = draw.sometimes(2)
    keys.push({ kind: column.kind, sql: asIs ? () => column.name : expression(draw, column.kind, source.columns, 1) })
  }
  const aggregates = Array.from({ length: draw.integer(1, 3) }, () => aggregate(draw, source.columns))
  const columns: Column[] = [
    ...keys.map(({ kind }, at): Column => ({ name: `g${at}`, kind, near: false })),
    ...aggregates.map(({ kind, near }, at): Column => ({ name: `a${at}`, kind, near })),
  ]
  const list = [...keys, ...aggregates].flatMap(({ sql }, at) => [at > 0 ? ', ' : '', sql, ` AS ${columns[at]?.name}`])
  const groupBy = keys.flatMap(({ sql }, at) => [at > 0 ? ', ' : ' GROUP BY ', sql])
  const having = draw.sometimes(3)
    ? joined(' HAVING COUNT(*) ', draw.oneOf(['>', '<', '<>']), ` ${draw.integer(1, 4)}`)
    : joined('')
  return {
    sql: joined('SELECT ', ...list, ' FROM ', source.sql, where(draw, source), ...groupBy, having),
    columns,
    unique: keys.map((_key, at) => `g${at}`),
  }
}

function aggregate(draw: Draw, columns: readonly Column[]): { kind: Kind; near: boolean; sql: Sql } {
  const filter = draw.sometimes(3) ? joined(' FILTER (WHERE ', condition(draw, columns, 1), ')') : joined('')
  const numbers = (['int', 'bigint', 'decimal', 'double'] as const).filter(kind => kindsOf(columns).includes(kind))
  const number = numbers.length === 0 ? 'int' : draw.oneOf(numbers)
  const of = (kind: Kind): Sql => expression(draw, kind, columns, 1)
  switch (draw.integer(0, 5)) {
    case 0:
      return { kind: 'bigint', near: false, sql: joined('COUNT(*)', filter) }
    case 1:
      return { kind: 'bigint', near: false, sql: joined('COUNT(', of(anyKind(draw, columns)), ')', filter) }
    case 2:
      return { kind: 'bigint', near: false, sql: joined('COUNT(DISTINCT ', of(anyKind(draw, columns)), ')', filter) }
    case 3:
      return { kind: 'double', near: true, sql: joined('AVG(', of(number), ')', filter) }
    case 4: {
      const kind = draw.oneOf(
        kindsOf(columns)
          .filter(each => each !== 'boolean')
          .concat(number),
      )
      return { kind, near: false, sql: joined(draw.oneOf(['MIN(', 'MAX(']), of(kind), ')', filter) }
    }
    default: {
      const argument = of(number)
      if (number === 'bigint')
        return { kind: 'decimal', near: false, sql: rules => rules.sumOfBigint(argument(rules), filter(rules)) }
      return { kind: number === 'int' ? 'bigint' : number, near: false, sql: joined('SUM(', argument, ')', filter) }
    }
  }
}

/** The first rows of each partition; the unique columns come last in the order, so that nothing is left to chance. */
export function top(draw: Draw, source: Source): Query | undefined {
  const { unique } = source
  if (unique === undefined) return undefined
  const free = source.columns.filter(({ near }) => !near)
  const bound = source.columns.filter(({ name }) => name.startsWith('window_')).map(({ name }) => name)
  const by = bound.length > 0 ? bound : [draw.oneOf(free).name]
  const order = [draw.oneOf(free).name, ...unique]
  const directions = order.map(() => draw.sometimes(2))
  const list = (rules: Parameters<Sql>[0]): string =>
    order.map((name, at) => rules.order(name, directions[at] === true)).join(', ')
  const columns = source.columns.map((column, at): Column => ({ ...column, name: `t${at}` }))
  const names = source.columns.map(({ name }, at) => `${name} AS t${at}`).join(', ')
  const shown = draw.sometimes(2)
  const place: Column = { name: 'place', kind: 'bigint', near: false }
  const given = shown ? [...columns, place] : columns
  return {
    sql: joined(
      `SELECT ${given.map(({ name }) => name).join(', ')} FROM (SELECT ${names}, ROW_NUMBER() OVER (PARTITION BY ${by.join(', ')} ORDER BY `,
      list,
      ') AS place FROM ',
      source.sql,
      `) AS ranked WHERE place <= ${draw.integer(1, 3)}`,
    ),
    columns: given,
    unique: columns.flatMap((column, at) => (unique.includes(source.columns[at]?.name ?? '') ? [column.name] : [])),
  }
}

/** Rows of two tables whose times are near each other: state ends with the watermark. */
function intervalJoin(draw: Draw, tables: readonly [Table, Table]): Source {
  const [left, right] = tables
  const before = draw.integer(0, 10)
  const behind = draw.integer(0, 10)
  const near = draw.oneOf([
    `l.ts BETWEEN r.ts - INTERVAL '${before}' SECOND AND r.ts + INTERVAL '${behind}' SECOND`,
    `r.ts >= l.ts - INTERVAL '${before}' SECOND AND r.ts < l.ts + INTERVAL '${behind}' SECOND`,
  ])
  return joinOn(draw, from(left), from(right), `l.k = r.k AND ${near}`)
}

/** Rows that have what is most in their window, as auctions their highest bid: the join's state ends with the window. */
function winnersJoin(draw: Draw, table: Table): Source {
  const size = draw.oneOf([5, 10])
  const source = windowed(table, size, 1)
  const bounds = ['window_start', 'window_end'].map((name): Column => ({ name, kind: 'timestamp', near: false }))
  const most: Source = {
    sql: joined(
      `(SELECT window_start, window_end, ${draw.oneOf(['MAX', 'MIN'])}(k) AS k FROM `,
      source.sql,
      ' GROUP BY window_start, window_end) AS most',
    ),
    columns: [...bounds, { name: 'k', kind: 'int', near: false }],
    unique: ['window_start', 'window_end'],
  }
  const within = draw.oneOf([
    `l.ts BETWEEN r.window_end - INTERVAL '${size}' SECOND AND r.window_end`,
    'l.ts >= r.window_start AND l.ts < r.window_end',
  ])
  return joinOn(draw, from(table), most, `l.k = r.k AND ${within}`)
}

/** Programs over event time: aggregates, tops and joins of windows, joins within a time, and what can be made of them. */
export function drawWindowQuery(draw: Draw, tables: readonly [Table, Table]): Query {
  if (draw.sometimes(5)) return overTime(draw, from(tables[0]))
  const source = drawTimedSource(draw, tables)
  const query = draw.sometimes(4) ? (top(draw, source) ?? aggregation(draw, source)) : aggregation(draw, source)
  return draw.sometimes(3) ? projection(draw, asSource({ ...query, unique: undefined }, 'closed')) : query
}

function drawTimedSource(draw: Draw, tables: readonly [Table, Table]): Source {
  switch (draw.integer(0, 6)) {
    case 0:
      return windowJoin(draw, tables)
    case 1:
      return intervalJoin(draw, tables)
    case 2:
      return winnersJoin(draw, tables[0])
    default:
      return windowed(tables[0], draw.oneOf([1, 5, 10]), draw.oneOf([1, 2, 3]))
  }
}
