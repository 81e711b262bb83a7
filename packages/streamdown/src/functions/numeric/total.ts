import { type DataType, field, types } from '../../types/data-type.ts'
import type { Numeric, Value } from '../../types/value.ts'
import {
  isNumeric,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  plain,
  withScale,
} from '../../values/numeric.ts'
import { add, divide, divideAt, multiply, quotientScale, subtract } from './arithmetic.ts'
import { rootAt } from './transcendental.ts'

/**
 * What NUMERIC values come to, so that each can be taken back: their sum and the sum of their squares, and how many there
 * are of NaN, of each infinity and of each scale, for a sum has the largest scale of its values.
 */
export interface NumericTotal {
  readonly sum: Numeric
  readonly squares: Numeric
  readonly count: bigint
  readonly special: { readonly NaN: bigint; readonly Infinity: bigint; readonly '-Infinity': bigint }
  readonly scales: ReadonlyMap<number, bigint>
}

const zero = plain(0n)

export const emptyTotal: NumericTotal = {
  sum: zero,
  squares: zero,
  count: 0n,
  special: { NaN: 0n, Infinity: 0n, '-Infinity': 0n },
  scales: new Map(),
}

/** The type that a total is kept as. */
export const totalType: DataType = types.row([
  field('sum', types.numeric),
  field('squares', types.numeric),
  field('count', types.bigint),
  field('nan', types.bigint),
  field('infinity', types.bigint),
  field('minus_infinity', types.bigint),
  field('scales', types.map(types.int, types.bigint)),
])

export const totalValue = ({ sum, squares, count, special, scales }: NumericTotal): Value => [
  sum,
  squares,
  count,
  special.NaN,
  special.Infinity,
  special['-Infinity'],
  [...scales],
]

const big = (value: Value | undefined): bigint => (typeof value === 'bigint' ? value : 0n)
const number = (value: Value | undefined): Numeric => (isNumeric(value) ? value : zero)

/** NULL is the total of nothing. */
export function totalOf(value: Value): NumericTotal {
  if (!Array.isArray(value)) return emptyTotal
  const [sum, squares, count, nan, plus, minus, scales] = value
  return {
    sum: number(sum),
    squares: number(squares),
    count: big(count),
    special: { NaN: big(nan), Infinity: big(plus), '-Infinity': big(minus) },
    scales: new Map(
      (Array.isArray(scales) ? scales : []).map((pair: Value): [number, bigint] =>
        Array.isArray(pair) ? [Number(pair[0]), big(pair[1])] : [0, 0n],
      ),
    ),
  }
}

/** The total with a value `times` times more, or less often where that is negative. */
export function including(total: NumericTotal, value: Numeric, times: bigint, squared: boolean): NumericTotal {
  const count = total.count + times
  if (value.special !== undefined) {
    const special = { ...total.special, [value.special]: total.special[value.special] + times }
    return { ...total, count, special }
  }
  const weight = plain(times)
  const scales = new Map(total.scales)
  countScale(scales, value.scale, times)
  return {
    ...total,
    sum: add(total.sum, multiply(value, weight)),
    squares: squared ? add(total.squares, multiply(multiply(value, value), weight)) : total.squares,
    count,
    scales,
  }
}

function countScale(scales: Map<number, bigint>, scale: number, times: bigint): void {
  const left = (scales.get(scale) ?? 0n) + times
  if (left === 0n) scales.delete(scale)
  else scales.set(scale, left)
}

export function joined(a: NumericTotal, b: NumericTotal): NumericTotal {
  const scales = new Map(a.scales)
  for (const [scale, times] of b.scales) countScale(scales, scale, times)
  return {
    sum: add(a.sum, b.sum),
    squares: add(a.squares, b.squares),
    count: a.count + b.count,
    special: {
      NaN: a.special.NaN + b.special.NaN,
      Infinity: a.special.Infinity + b.special.Infinity,
      '-Infinity': a.special['-Infinity'] + b.special['-Infinity'],
    },
    scales,
  }
}

const scaleOf = ({ scales }: NumericTotal): number => Math.max(0, ...scales.keys())

/** The result of SUM, AVG, VARIANCE and their like; NULL over too few values. Throws RowError where it has no room. */
export function resultOfTotal(name: string, total: NumericTotal): Value {
  const { count } = total
  switch (name) {
    case 'sum0':
      return sumOf(total)
    case 'sum':
      return count === 0n ? null : sumOf(total)
    case 'avg':
      return count === 0n ? null : divide(sumOf(total), plain(count))
    case 'var_pop':
    case 'stddev_pop':
      return count === 0n ? null : deviation(total, count, name === 'stddev_pop')
    default:
      return count < 2n ? null : deviation(total, count - 1n, name === 'stddev_samp')
  }
}

function sumOf(total: NumericTotal): Numeric {
  const { special } = total
  if (special.NaN > 0n || (special.Infinity > 0n && special['-Infinity'] > 0n)) return NUMERIC_NAN
  if (special.Infinity > 0n) return NUMERIC_INFINITY
  if (special['-Infinity'] > 0n) return NUMERIC_MINUS_INFINITY
  return withScale(total.sum, scaleOf(total))
}

/** numeric.c, numeric_stddev_internal: (n * squares - sum * sum) / (n * divisor), or its root. */
function deviation(total: NumericTotal, divisor: bigint, root: boolean): Numeric {
  const { special, count } = total
  if (special.NaN > 0n || special.Infinity > 0n || special['-Infinity'] > 0n) return NUMERIC_NAN
  const sum = withScale(total.sum, scaleOf(total))
  const squares = withScale(total.squares, scaleOf(total) * 2)
  const numerator = subtract(multiply(plain(count), squares), multiply(sum, sum))
  if (numerator.digits <= 0n) return zero
  const denominator = multiply(plain(count), plain(divisor))
  const scale = quotientScale(numerator, denominator)
  const variance = divideAt(numerator, denominator, scale)
  return root ? rootAt(variance, scale) : variance
}

/** The total of the values of a list. */
export const totalOfValues = (values: readonly Value[]): NumericTotal =>
  values.reduce<NumericTotal>(
    (total, value) => (isNumeric(value) ? including(total, value, 1n, true) : total),
    emptyTotal,
  )
