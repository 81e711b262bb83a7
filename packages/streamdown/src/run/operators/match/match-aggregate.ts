import { failures } from '../../../errors/table.ts'
import { RowError } from '../../../functions/definition.ts'
import { emptyTotal, including, type NumericTotal, resultOfTotal } from '../../../functions/numeric/total.ts'
import type { AggregateCall } from '../../../plan/expressions/aggregate-call.ts'
import { compareValues } from '../../../types/compare-values.ts'
import type { DataType } from '../../../types/data-type.ts'
import { isInterval, type Value } from '../../../types/value.ts'
import { isNumeric } from '../../../values/numeric.ts'
import { averageOf, decimalLimit } from '../aggregate/aggregate-finish.ts'

/** An aggregate so far. It never changes: matches that have rows in common share it. */
export interface Total {
  readonly rows: bigint
  /** Values that are not NULL. */
  readonly count: bigint
  /** Exact, of integers and decimals; of intervals the µs. */
  readonly sum: bigint
  /** Of doubles, with what was lost by rounding (Neumaier). */
  readonly high: number
  readonly lost: number
  readonly months: number
  readonly days: number
  /** The smallest or the largest. */
  readonly best: Value
  /** Of NUMERIC. */
  readonly numbers: NumericTotal
}

export const nothing: Total = {
  rows: 0n,
  count: 0n,
  sum: 0n,
  high: 0,
  lost: 0,
  months: 0,
  days: 0,
  best: null,
  numbers: emptyTotal,
}

/** With one more row: the value of the aggregate's argument there. */
export function withValue({ name }: AggregateCall, total: Total, value: Value): Total {
  const rows = total.rows + 1n
  if (value === null) return { ...total, rows }
  const counted = { ...total, rows, count: total.count + 1n }
  switch (name) {
    case 'min':
      return total.best === null || compareValues(value, total.best) < 0 ? { ...counted, best: value } : counted
    case 'max':
      return total.best === null || compareValues(value, total.best) > 0 ? { ...counted, best: value } : counted
    case 'count':
      return counted
    default:
      return added(counted, value)
  }
}

function added(total: Total, value: Value): Total {
  if (isNumeric(value)) return { ...total, numbers: including(total.numbers, value, 1n, false) }
  if (typeof value === 'bigint') return { ...total, sum: total.sum + value }
  if (isInterval(value))
    return {
      ...total,
      sum: total.sum + value.micros,
      months: total.months + value.months,
      days: total.days + value.days,
    }
  const number = Number(value)
  const { high } = total
  const next = high + number
  const lost = Number.isFinite(next)
    ? Math.abs(high) >= Math.abs(number)
      ? high - next + number
      : number - next + high
    : 0
  return {
    ...total,
    sum: Number.isSafeInteger(number) ? total.sum + BigInt(number) : total.sum,
    high: next,
    lost: total.lost + lost,
  }
}

/** The aggregate's value. Throws RowError when it does not fit its type. */
export function resultOf({ name, type }: AggregateCall, argument: DataType | undefined, total: Total): Value {
  if (argument?.is === 'numeric' && ['sum', 'sum0', 'avg'].includes(name)) return resultOfTotal(name, total.numbers)
  switch (name) {
    case 'count':
      return argument === undefined ? total.rows : total.count
    case 'min':
    case 'max':
      return total.best
    case 'sum':
      return total.count === 0n ? null : sumOf(total, type)
    case 'sum0':
      return total.count === 0n ? zeroOf(type) : sumOf(total, type)
    case 'avg':
      return total.count === 0n ? null : meanOf(total, argument, type)
    default:
      throw new RangeError(`${name} is not computed over matches`)
  }
}

const isWhole = (type: DataType): boolean =>
  type.is === 'tinyint' || type.is === 'smallint' || type.is === 'int' || type.is === 'bigint' || type.is === 'decimal'

const isWide = (type: DataType): boolean => type.is === 'bigint' || type.is === 'decimal'

const zeroOf = (type: DataType): Value => (isWide(type) ? 0n : 0)

function sumOf({ sum, high, lost, months, days }: Total, type: DataType): Value {
  if (type.is === 'interval') return { months, days, micros: sum }
  if (!isWhole(type)) return high + lost
  const fitted = fitting(sum, type)
  return isWide(type) ? fitted : Number(fitted)
}

function meanOf(
  { sum, high, lost, months, days, count }: Total,
  argument: DataType | undefined,
  type: DataType,
): Value {
  const rows = Number(count)
  if (type.is === 'interval')
    return { months: Math.trunc(months / rows), days: Math.trunc(days / rows), micros: sum / count }
  if (argument === undefined || !isWhole(argument)) return (high + lost) / rows
  if (type.is === 'decimal') {
    const scale = type.scale - (argument.is === 'decimal' ? argument.scale : 0)
    return fitting(averageOf(sum, count, scale), type)
  }
  if (type.is === 'double') return Number(sum) / rows
  return isWide(type) ? sum / count : Number(sum / count)
}

const bits: Readonly<Record<string, bigint>> = { tinyint: 7n, smallint: 15n, int: 31n, bigint: 63n }

function fitting(value: bigint, type: DataType): bigint {
  const limit = type.is === 'decimal' ? decimalLimit : 1n << (bits[type.is] ?? 63n)
  const fits = value < limit && (type.is === 'decimal' ? value > -limit : value >= -limit)
  if (!fits) throw new RowError(failures.overflow, `The aggregate does not fit ${type.is.toUpperCase()}.`)
  return value
}
