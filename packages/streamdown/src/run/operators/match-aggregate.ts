import { RowError } from '../../functions/definition.ts'
import type { AggregateCall } from '../../plan/expressions/aggregate-call.ts'
import { compareValues } from '../../types/compare-values.ts'
import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { valueKey } from '../../types/value-key.ts'
import { averageOf, decimalLimit } from './aggregate-finish.ts'

/**
 * An aggregate over a few rows at once: the values of its argument in order (NULL among them), or rows without one.
 * Throws RowError when the result does not fit its type.
 */
export function aggregateValues(call: AggregateCall, argument: DataType | undefined, values: readonly Value[]): Value {
  const present = values.filter(value => value !== null)
  const used = call.distinct ? [...new Map(present.map(value => [valueKey(value), value])).values()] : present
  switch (call.name) {
    case 'count':
      return BigInt(argument === undefined ? values.length : used.length)
    case 'min':
      return used.reduce<Value>((best, value) => (best === null || compareValues(value, best) < 0 ? value : best), null)
    case 'max':
      return used.reduce<Value>((best, value) => (best === null || compareValues(value, best) > 0 ? value : best), null)
    case 'sum':
      return used.length === 0 ? null : sumOf(used, call.type)
    case 'sum0':
      return used.length === 0 ? zeroOf(call.type) : sumOf(used, call.type)
    case 'avg':
      return used.length === 0 ? null : meanOf(used, argument, call.type)
    default:
      throw new RangeError(`${call.name} is not computed over matches`)
  }
}

const isWhole = (type: DataType): boolean =>
  type.is === 'tinyint' || type.is === 'smallint' || type.is === 'int' || type.is === 'bigint' || type.is === 'decimal'

const zeroOf = (type: DataType): Value => (type.is === 'bigint' || type.is === 'decimal' ? 0n : 0)

function sumOf(values: readonly Value[], type: DataType): Value {
  if (type.is === 'interval') return intervalSum(values)
  if (!isWhole(type)) return floatSum(values)
  const sum = wholeSum(values)
  return type.is === 'bigint' || type.is === 'decimal' ? fitting(sum, type) : Number(fitting(sum, type))
}

function meanOf(values: readonly Value[], argument: DataType | undefined, type: DataType): Value {
  const count = BigInt(values.length)
  if (argument === undefined || !isWhole(argument)) {
    if (type.is !== 'interval') return floatSum(values) / values.length
    const { months, days, micros } = intervalSum(values)
    return {
      months: Math.trunc(months / values.length),
      days: Math.trunc(days / values.length),
      micros: micros / count,
    }
  }
  const sum = wholeSum(values)
  if (type.is === 'decimal') {
    const scale = type.scale - (argument.is === 'decimal' ? argument.scale : 0)
    return fitting(averageOf(sum, count, scale), type)
  }
  if (type.is === 'double') return Number(sum) / values.length
  return type.is === 'bigint' ? sum / count : Number(sum / count)
}

const wholeSum = (values: readonly Value[]): bigint =>
  values.reduce<bigint>(
    (sum, value) => sum + (typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : 0n),
    0n,
  )

/** Compensated (Neumaier). */
function floatSum(values: readonly Value[]): number {
  let sum = 0
  let lost = 0
  for (const value of values) {
    const number = typeof value === 'number' ? value : Number(value)
    const next = sum + number
    if (Number.isFinite(next)) lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum
    sum = next
  }
  return sum + lost
}

function intervalSum(values: readonly Value[]): {
  readonly months: number
  readonly days: number
  readonly micros: bigint
} {
  const sum = { months: 0, days: 0, micros: 0n }
  for (const value of values) {
    if (typeof value !== 'object' || value === null || !('micros' in value)) continue
    sum.months += value.months
    sum.days += value.days
    sum.micros += value.micros
  }
  return sum
}

/** Byte of `rowErrorCodes` for a number out of range. */
const OUT_OF_RANGE = 3

const bits: Readonly<Record<string, bigint>> = { tinyint: 7n, smallint: 15n, int: 31n, bigint: 63n }

function fitting(value: bigint, type: DataType): bigint {
  const limit = type.is === 'decimal' ? decimalLimit : 1n << (bits[type.is] ?? 63n)
  const fits = value < limit && (type.is === 'decimal' ? value > -limit : value >= -limit)
  if (!fits) throw new RowError(OUT_OF_RANGE, `The aggregate does not fit ${type.is.toUpperCase()}.`)
  return value
}
