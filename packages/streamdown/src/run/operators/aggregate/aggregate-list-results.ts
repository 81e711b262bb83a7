import { RowError } from '../../../functions/definition.ts'
import { toJson } from '../../../functions/json/convert.ts'
import { resultOfTotal, totalOfValues } from '../../../functions/numeric/total.ts'
import { bucketOf, count, type QuantileSketch, quantileOf } from '../../../functions/sketches/quantile-sketch.ts'
import { compareValues } from '../../../types/compare-values.ts'
import { type DataType, types } from '../../../types/data-type.ts'
import { integerRanges, isInteger } from '../../../types/integer-range.ts'
import { type Interval, isInterval, type Value } from '../../../types/value.ts'
import { valueKey } from '../../../types/value-key.ts'
import { type Json, writeJson } from '../../../values/json.ts'
import { plain } from '../../../values/numeric.ts'
import { averageOf, decimalLimit } from './aggregate-finish.ts'
import { statistic } from './aggregate-statistics.ts'
import { add, type DoubleDouble, doubleDouble, multiply, numberOf } from './double-double.ts'

/** A row of a group, as a list aggregate keeps it. */
export interface ListRow {
  readonly args: readonly Value[]
  readonly order: readonly Value[]
  readonly ordinal: bigint
}

/** What the result of a list aggregate is when it does not fit its type, or a row of it is not allowed. */
export const OVERFLOW = Symbol('overflow')

export interface ListCall {
  readonly name: string
  readonly type: DataType
  readonly argumentTypes: readonly DataType[]
  readonly distinct: boolean
  readonly orderBy: readonly { readonly descending: boolean; readonly nullsFirst: boolean }[]
  readonly quantile?: { readonly fraction: number; readonly error: number }
  readonly fold?: { readonly initial: Value; readonly step: (state: Value, args: readonly Value[]) => Value }
}

/** The result over the rows of a group, which stand in order of arrival. */
export function listResult(call: ListCall, arrived: readonly ListRow[]): Value | typeof OVERFLOW {
  const ordered = call.orderBy.length === 0 ? arrived : arrived.toSorted((a, b) => compareOrder(call, a, b))
  const rows = call.distinct || call.name === 'approx_count_distinct' ? distinctRows(ordered) : ordered
  const values = rows.map(row => row.args[0] ?? null)
  switch (call.name) {
    case 'fold':
      return folded(call, rows)
    case 'count':
    case 'approx_count_distinct':
    case 'regr_count':
      return BigInt(rows.length)
    case 'array_agg':
      return rows.length === 0 ? null : values
    case 'jsonb_agg':
      return jsonArray(call, values)
    case 'jsonb_agg_strict':
      return jsonArray(call, values, value => value !== null)
    case 'jsonb_object_agg':
      return jsonObject(call, rows)
    case 'jsonb_object_agg_strict':
      return jsonObject(call, rows, value => value !== null)
    case 'sum0':
      if (rows.length === 0) return zeroOf(call.type)
      return call.type.is === 'numeric' ? numericResult(call, values) : sum(call, values)
  }
  if (rows.length === 0) return null
  if (call.name === 'collect') return timesOf(values).map(({ value, count }) => [value, count])
  if (call.argumentTypes[0]?.is === 'numeric' && totals.has(call.name)) return numericResult(call, values)
  switch (call.name) {
    case 'sum':
      return sum(call, values)
    case 'avg':
      return average(call, values)
    case 'min':
      return best(values, values, -1)
    case 'max':
      return best(values, values, 1)
    case 'arg_min':
      return best(
        values,
        rows.map(row => row.args[1] ?? null),
        -1,
      )
    case 'arg_max':
      return best(
        values,
        rows.map(row => row.args[1] ?? null),
        1,
      )
    case 'first_value':
    case 'any_value':
      return values[0] ?? null
    case 'last_value':
      return values.at(-1) ?? null
    case 'bool_and':
      return values.every(value => value === true)
    case 'bool_or':
      return values.includes(true)
    case 'bit_and':
      return bits(call, values, (a, b) => a & b)
    case 'bit_or':
      return bits(call, values, (a, b) => a | b)
    case 'bit_xor':
      return bits(call, values, (a, b) => a ^ b)
    case 'string_agg':
      return joined(call, rows)
    case 'median':
      return quantile(values.toSorted(compareValues), 0.5)
    case 'percentile_cont':
      return percentile(rows, (sorted, fraction) => quantile(sorted, fraction))
    case 'percentile_disc':
      return percentile(
        rows,
        (sorted, fraction) => sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? null,
      )
    case 'approx_percentile':
      return approximateQuantile(call, values)
    case 'mode':
      return mostFrequent(values)
    default:
      return statistics(call, rows)
  }
}

/** What the sketch of the values gives, so that the answer does not depend on how rows are kept. */
function approximateQuantile({ quantile: wanted }: ListCall, values: readonly Value[]): Value {
  if (wanted === undefined) return null
  const sketch: QuantileSketch = new Map()
  for (const value of values) if (typeof value === 'number') count(sketch, bucketOf(value, wanted.error), 1)
  return quantileOf(sketch, wanted.fraction, wanted.error) ?? null
}

/** A fold over rows that may be taken back starts anew each time; one that throws has no result. */
function folded({ fold }: ListCall, rows: readonly ListRow[]): Value | typeof OVERFLOW {
  try {
    return rows.reduce<Value>((state, row) => fold?.step(state, row.args) ?? null, fold?.initial ?? null)
  } catch {
    return OVERFLOW
  }
}

function compareOrder({ orderBy }: ListCall, a: ListRow, b: ListRow): number {
  for (const [index, { descending, nullsFirst }] of orderBy.entries()) {
    const x = a.order[index] ?? null
    const y = b.order[index] ?? null
    if (x === null && y === null) continue
    if (x === null || y === null) return (x === null) === nullsFirst ? -1 : 1
    const order = compareValues(x, y)
    if (order !== 0) return descending ? -order : order
  }
  return a.ordinal < b.ordinal ? -1 : a.ordinal > b.ordinal ? 1 : 0
}

/** The first row of each combination of arguments. */
function distinctRows(rows: readonly ListRow[]): readonly ListRow[] {
  const seen = new Set<string>()
  return rows.filter(({ args }) => {
    const key = args.map(valueKey).join(' ')
    return !seen.has(key) && seen.add(key) !== undefined
  })
}

/** The value whose `by` is smallest (sign -1) or largest (1); of equal ones the first. */
function best(values: readonly Value[], by: readonly Value[], sign: number): Value {
  let at = 0
  for (let i = 1; i < by.length; i++) {
    if (compareValues(by[i] ?? null, by[at] ?? null) * sign > 0) at = i
  }
  return values[at] ?? null
}

/** An exact integer as a value of a type. */
export function integer(type: DataType, value: bigint): Value | typeof OVERFLOW {
  if (type.is === 'decimal') return value < decimalLimit && value > -decimalLimit ? value : OVERFLOW
  if (!isInteger(type)) return OVERFLOW
  const [least, most] = integerRanges[type.is]
  if (value > most || value < least) return OVERFLOW
  return type.is === 'bigint' ? value : Number(value)
}

export function zeroOf(type: DataType): Value {
  if (type.is === 'numeric') return plain(0n)
  return type.is === 'bigint' || type.is === 'decimal' ? 0n : 0
}

/** Aggregates of NUMERIC that are NUMERIC. */
const totals = new Set(['sum', 'avg', 'stddev_samp', 'stddev_pop', 'var_samp', 'var_pop'])

function numericResult(call: ListCall, values: readonly Value[]): Value | typeof OVERFLOW {
  try {
    return resultOfTotal(call.name, totalOfValues(values))
  } catch (error) {
    if (error instanceof RowError) return OVERFLOW
    throw error
  }
}

export const isExact = (type: DataType | undefined): boolean =>
  type !== undefined && ['tinyint', 'smallint', 'int', 'bigint', 'decimal'].includes(type.is)

function exactSum(values: readonly Value[]): bigint {
  let total = 0n
  for (const value of values) if (typeof value === 'bigint' || typeof value === 'number') total += BigInt(value)
  return total
}

function doubles(values: readonly Value[]): DoubleDouble {
  let total = doubleDouble(0)
  let special: number | undefined
  for (const value of values) {
    if (typeof value !== 'number') continue
    if (Number.isFinite(value)) total = add(total, doubleDouble(value))
    else special = special === undefined ? value : special + value
  }
  return special === undefined ? total : doubleDouble(special)
}

function intervals(values: readonly Value[]): Interval {
  let months = 0
  let days = 0
  let micros = 0n
  for (const value of values.filter(isInterval)) {
    months += value.months
    days += value.days
    micros += value.micros
  }
  return { months, days, micros }
}

function sum(call: ListCall, values: readonly Value[]): Value | typeof OVERFLOW {
  if (call.type.is === 'interval') return intervals(values)
  if (isExact(call.argumentTypes[0])) return integer(call.type, exactSum(values))
  const total = numberOf(doubles(values))
  return call.type.is === 'real' ? Math.fround(total) : total
}

const DAY = 86_400_000_000n

function average(call: ListCall, values: readonly Value[]): Value | typeof OVERFLOW {
  const n = values.length
  const [argument] = call.argumentTypes
  if (call.type.is === 'interval') {
    const total = intervals(values)
    const months = Math.trunc(total.months / n)
    const allDays = total.days + (total.months - months * n) * 30
    const days = Math.trunc(allDays / n)
    return { months, days, micros: (total.micros + BigInt(allDays - days * n) * DAY) / BigInt(n) }
  }
  if (isExact(argument)) return exactAverage(call, exactSum(values), n)
  const mean = numberOf(doubles(values)) / n
  return call.type.is === 'real' ? Math.fround(mean) : mean
}

/** The mean of `n` exact numbers. */
export function exactAverage(call: ListCall, total: bigint, n: number): Value | typeof OVERFLOW {
  if (call.type.is === 'double') return Number(total) / n
  if (call.type.is !== 'decimal') return integer(call.type, total / BigInt(n))
  const [argument] = call.argumentTypes
  const scale = call.type.scale - (argument?.is === 'decimal' ? argument.scale : 0)
  return integer(call.type, averageOf(total, BigInt(n), scale))
}

function bits(
  call: ListCall,
  values: readonly Value[],
  join: (a: bigint, b: bigint) => bigint,
): Value | typeof OVERFLOW {
  const integers = values.flatMap(value =>
    typeof value === 'bigint' || typeof value === 'number' ? [BigInt(value)] : [],
  )
  return integer(call.type, integers.reduce(join))
}

/** Each value after the first comes after its own row's separator. */
function joined(call: ListCall, rows: readonly ListRow[]): Value {
  if (call.type.is === 'bytes') {
    const parts = rows.flatMap(({ args: [value, separator] }, i) => (i === 0 ? [value] : [separator, value]))
    return new Uint8Array(parts.flatMap(part => (part instanceof Uint8Array ? [...part] : [])))
  }
  return rows
    .map(({ args }, i) => {
      const separator = args.length > 1 ? args[1] : ','
      return `${i === 0 || separator === null ? '' : separator}${args[0]}`
    })
    .join('')
}

const always = (): boolean => true

function jsonArray(call: ListCall, values: readonly Value[], kept: (value: Value) => boolean = always): Value {
  if (values.length === 0) return null
  return writeJson(values.filter(kept).map(value => toJson(value, call.argumentTypes[0] ?? types.null)))
}

function jsonObject(
  call: ListCall,
  rows: readonly ListRow[],
  kept: (value: Value) => boolean = always,
): Value | typeof OVERFLOW {
  if (rows.length === 0) return null
  const object = new Map<string, Json>()
  for (const { args } of rows) {
    const [name, value = null] = args
    if (typeof name !== 'string') return OVERFLOW
    if (kept(value)) object.set(name, toJson(value, call.argumentTypes[1] ?? types.null))
  }
  return writeJson(object)
}

function quantile(sorted: readonly Value[], fraction: number): number | null {
  const place = fraction * (sorted.length - 1)
  const below = Number(sorted[Math.floor(place)])
  const above = Number(sorted[Math.ceil(place)])
  return below === above ? below : below + (above - below) * (place - Math.floor(place))
}

function percentile(rows: readonly ListRow[], at: (sorted: readonly Value[], fraction: number) => Value): Value {
  const fraction = rows[0]?.args[0]
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1)) return null
  return at(
    rows.map(row => row.args[1] ?? null),
    fraction,
  )
}

/** Each value and how often it is there, in order. */
function timesOf(values: readonly Value[]): readonly { readonly value: Value; readonly count: number }[] {
  const counts = new Map<string, { readonly value: Value; count: number }>()
  for (const value of values.toSorted(compareValues)) {
    const key = valueKey(value)
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { value, count: 1 })
    else known.count++
  }
  return [...counts.values()]
}

function mostFrequent(values: readonly Value[]): Value {
  let top: { readonly value: Value; readonly count: number } | undefined
  for (const each of timesOf(values)) if (top === undefined || each.count > top.count) top = each
  return top?.value ?? null
}

function statistics(call: ListCall, rows: readonly ListRow[]): number | null {
  const scales = call.argumentTypes.map(type => (type.is === 'decimal' ? type.scale : 0))
  const pairs = rows.map(({ args }) => args.map((value, i) => doubleDouble(Number(value) / 10 ** (scales[i] ?? 0))))
  const total = (of: (pair: readonly DoubleDouble[]) => DoubleDouble): DoubleDouble =>
    pairs.reduce((known, pair) => add(known, of(pair)), doubleDouble(0))
  const at = (pair: readonly DoubleDouble[], i: number): DoubleDouble => pair[i] ?? doubleDouble(0)
  const special = pairs.some(pair => pair.some(({ high }) => !Number.isFinite(high)))
  const product = (i: number, j: number): DoubleDouble => total(pair => multiply(at(pair, i), at(pair, j)))
  const first = total(pair => at(pair, 0))
  const sums =
    call.argumentTypes.length === 1
      ? [first, product(0, 0)]
      : [first, total(pair => at(pair, 1)), product(0, 0), product(1, 1), product(1, 0)]
  return statistic(call.name, rows.length, sums, special, 0)
}
