import { type Column, type Kind, kindsOf, type Sql } from './columns.ts'
import { condition, expression, joined } from './expressions.ts'
import { anyKind, type Query } from './queries.ts'
import type { Draw } from './tape.ts'

/** A call with OVER, and what it gives. */
interface WindowCall {
  readonly name: string
  readonly kind: Kind
  readonly near: boolean
  /** `over`: the OVER clause. */
  readonly sql: (over: Sql) => Sql
}

/** The unique columns of the source, and calls with OVER: of places in a whole order, or of groups of peers. */
export function overWindows(draw: Draw, source: Query): Query | undefined {
  const { unique } = source
  if (unique === undefined) return undefined
  const free = source.columns.filter(({ near }) => !near)
  const kept = free.filter(({ name }) => unique.includes(name))
  const calls = Array.from({ length: draw.integer(1, 3) }, () => {
    const whole = draw.sometimes(2)
    const partition = draw.sometimes(4) ? [] : [draw.oneOf(free).name]
    const order = [draw.oneOf(free), ...(whole ? kept : [])]
    const { sql, ...column } = whole ? placeCall(draw, free) : peerCall(draw, free)
    const frame = draw.sometimes(4) ? '' : frameOf(draw, order, whole)
    return { column, sql: sql(windowOf(draw, partition, order, frame)) }
  })
  return selected(source, kept, calls)
}

/** The same in the order of the event time, over the rows before. */
export function overTime(draw: Draw, source: Query): Query {
  const { columns } = source
  const free = columns.filter(({ near }) => !near)
  const kept = free.filter(({ name }) => name === 'id')
  const calls = Array.from({ length: draw.integer(1, 3) }, () => {
    const whole = draw.sometimes(2)
    const partition = draw.sometimes(4) ? [] : [draw.oneOf(free.filter(({ name }) => name !== 'ts')).name]
    const order = [...free.filter(({ name }) => name === 'ts'), ...(whole ? kept : [])]
    const looksBack = (call: WindowCall): boolean => !/^(LEAD|NTILE|PERCENT_RANK|CUME_DIST)/.test(call.name)
    const drawn = Array.from({ length: 9 }, () => (whole ? placeCall(draw, free) : peerCall(draw, free)))
    const { sql, ...column } = drawn.find(looksBack) ?? aggregateCall(draw, free)
    return {
      column,
      sql: sql(windowOf(draw, partition, order, draw.sometimes(4) ? '' : frameBefore(draw, whole), true)),
    }
  })
  return selected(
    { ...source, sql: joined('(SELECT * FROM ', source.sql, ' WHERE ts IS NOT NULL) AS timed') },
    kept,
    calls,
  )
}

function frameBefore(draw: Draw, whole: boolean): string {
  const unit = whole ? 'ROWS' : 'RANGE'
  const [a, b] = [draw.integer(0, 4), draw.integer(0, 4)].sort((x, y) => y - x)
  const distance = (size: number | undefined): string => (whole ? `${size}` : `INTERVAL '${(size ?? 0) * 5}' SECOND`)
  const between = draw.oneOf([
    'UNBOUNDED PRECEDING AND CURRENT ROW',
    `${distance(a)} PRECEDING AND CURRENT ROW`,
    `${distance(a)} PRECEDING AND ${distance(b)} PRECEDING`,
    `UNBOUNDED PRECEDING AND ${distance(b)} PRECEDING`,
  ])
  return ` ${unit} BETWEEN ${between}`
}

function selected(
  source: Query,
  kept: readonly Column[],
  calls: readonly { readonly column: Omit<WindowCall, 'sql'>; readonly sql: Sql }[],
): Query {
  const list = [
    ...kept.map(({ name }, at) => joined(`${name} AS p${at}`)),
    ...calls.map(({ sql }, at) => joined(sql, ` AS w${at}`)),
  ]
  return {
    sql: joined('SELECT ', ...list.flatMap((sql, at) => [at > 0 ? ', ' : '', sql]), ' FROM ', source.sql),
    columns: [
      ...kept.map((column, at) => ({ ...column, name: `p${at}` })),
      ...calls.map(({ column: { kind, near } }, at): Column => ({ kind, near, name: `w${at}` })),
    ],
    unique: kept.map((_, at) => `p${at}`),
  }
}

function windowOf(
  draw: Draw,
  partition: readonly string[],
  order: readonly Column[],
  frame: string,
  ascending = false,
): Sql {
  const by = partition.length === 0 ? '' : `PARTITION BY ${partition.join(', ')} `
  const directions = order.map(() => !ascending && draw.sometimes(2))
  return rules =>
    `OVER (${by}ORDER BY ${order.map(({ name }, at) => rules.order(name, directions[at] === true)).join(', ')}${frame})`
}

function frameOf(draw: Draw, order: readonly Column[], whole: boolean): string {
  const [first] = order
  const distances = whole || first === undefined ? undefined : rangeDistances(draw, first.kind)
  const unit = whole ? 'ROWS' : distances === undefined || draw.sometimes(2) ? 'GROUPS' : 'RANGE'
  const size = (): string => (unit === 'RANGE' ? (distances?.() ?? '0') : String(draw.integer(0, 3)))
  const [a, b] = [size(), size()]
  const between = draw.oneOf([
    'UNBOUNDED PRECEDING AND CURRENT ROW',
    'UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
    'CURRENT ROW AND UNBOUNDED FOLLOWING',
    `${a} PRECEDING AND CURRENT ROW`,
    `${a} PRECEDING AND ${b} FOLLOWING`,
    `CURRENT ROW AND ${a} FOLLOWING`,
    `UNBOUNDED PRECEDING AND ${a} PRECEDING`,
    `${a} FOLLOWING AND UNBOUNDED FOLLOWING`,
  ])
  const exclude = draw.sometimes(4) ? ` EXCLUDE ${draw.oneOf(['CURRENT ROW', 'GROUP', 'TIES', 'NO OTHERS'])}` : ''
  return ` ${unit} BETWEEN ${between}${exclude}`
}

/** Distances in a column's own measure; undefined: it has none. */
function rangeDistances(draw: Draw, kind: Kind): (() => string) | undefined {
  switch (kind) {
    case 'int':
    case 'bigint':
      return () => String(draw.integer(0, 50))
    case 'decimal':
      return () => (draw.integer(0, 5000) / 100).toFixed(2)
    case 'double':
      return () => (draw.integer(0, 400) / 8).toFixed(3)
    case 'timestamp':
      return () => `INTERVAL '${draw.integer(0, 30)}' SECOND`
    default:
      return undefined
  }
}

/** A function of the row's place, or an aggregate over rows. */
function placeCall(draw: Draw, columns: readonly Column[]): WindowCall {
  const kind = anyKind(draw, columns)
  const value = expression(draw, kind, columns, 1)
  const nulls = draw.sometimes(3) ? ' IGNORE NULLS' : ''
  const number = (name: string): WindowCall => ({
    name,
    kind: 'bigint',
    near: false,
    sql: over => joined(`${name} `, over),
  })
  switch (draw.integer(0, 5)) {
    case 0: {
      const otherwise = draw.sometimes(2) ? joined(', ', expression(draw, kind, columns, 0)) : joined('')
      const name = draw.oneOf(['LAG', 'LEAD'])
      const distance = draw.integer(0, 3)
      return {
        name,
        kind,
        near: false,
        sql: over => joined(`${name}(`, value, `, ${distance}`, otherwise, `${nulls}) `, over),
      }
    }
    case 1: {
      const name = draw.oneOf(['FIRST_VALUE', 'LAST_VALUE'])
      return { name, kind, near: false, sql: over => joined(`${name}(`, value, `${nulls}) `, over) }
    }
    case 2: {
      const place = draw.integer(1, 3)
      return {
        name: 'NTH_VALUE',
        kind,
        near: false,
        sql: over => joined('NTH_VALUE(', value, `, ${place}${nulls}) `, over),
      }
    }
    case 3:
      return number(draw.oneOf(['ROW_NUMBER()', `NTILE(${draw.integer(1, 4)})`]))
    default:
      return aggregateCall(draw, columns)
  }
}

/** What is the same for all peers. */
function peerCall(draw: Draw, columns: readonly Column[]): WindowCall {
  const name = draw.sometimes(3) ? draw.oneOf(['RANK()', 'DENSE_RANK()', 'PERCENT_RANK()', 'CUME_DIST()']) : undefined
  if (name === undefined) return aggregateCall(draw, columns)
  const fraction = name.startsWith('PERCENT') || name.startsWith('CUME')
  return { name, kind: fraction ? 'double' : 'bigint', near: fraction, sql: over => joined(`${name} `, over) }
}

function aggregateCall(draw: Draw, columns: readonly Column[]): WindowCall {
  const filter = draw.sometimes(3) ? joined(' FILTER (WHERE ', condition(draw, columns, 1), ')') : joined('')
  const numbers = (['int', 'bigint', 'decimal', 'double'] as const).filter(kind => kindsOf(columns).includes(kind))
  const number = numbers.length === 0 ? 'int' : draw.oneOf(numbers)
  const any = draw.oneOf([number, ...kindsOf(columns).filter(kind => kind !== 'boolean')])
  const call = (kind: Kind, near: boolean, name: string, argument: Sql): WindowCall => ({
    name,
    kind,
    near,
    sql: over => joined(`${name}(`, argument, ')', filter, ' ', over),
  })
  switch (draw.integer(0, 5)) {
    case 0:
      return call('bigint', false, 'COUNT', () => '*')
    case 1: {
      const distinct = draw.sometimes(2) ? 'DISTINCT ' : ''
      return call('bigint', false, 'COUNT', joined(distinct, expression(draw, any, columns, 1)))
    }
    case 2:
      return call('double', true, draw.oneOf(['AVG', 'STDDEV_SAMP', 'VAR_POP']), expression(draw, number, columns, 1))
    case 3:
      return call(any, false, draw.oneOf(['MIN', 'MAX']), expression(draw, any, columns, 1))
    case 4:
      return call('boolean', false, draw.oneOf(['BOOL_AND', 'BOOL_OR']), expression(draw, 'boolean', columns, 1))
    default: {
      const argument = expression(draw, number, columns, 1)
      if (number !== 'bigint') return call(number === 'int' ? 'bigint' : number, false, 'SUM', argument)
      return {
        name: 'SUM',
        kind: 'decimal',
        near: false,
        sql: over => rules => rules.sumOfBigint(argument(rules), `${filter(rules)} ${over(rules)}`),
      }
    }
  }
}
