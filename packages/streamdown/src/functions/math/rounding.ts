import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { divideRounded, fitsPrecision, powerOfTen, rescaled } from '../../values/decimal-digits.ts'
import { isInteger, isNumeric } from '../common-type.ts'
import { roundedType } from '../decimal-types.ts'
import { type BoundArgument, definer, type FunctionContext, firstType, inline, js } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { ceiling, floor, round, truncate } from '../numeric/arithmetic.ts'
import { cutNumeric, ofNumeric, signOfNumeric } from '../numeric/signatures.ts'
import { ceilTime, floorTime } from '../time/shared.ts'
import { asBigint, asCount, asNumber } from '../values.ts'
import { decimalScale } from './shared.ts'

const define = definer('math')

/** As in PostgreSQL neither -0 nor NaN has a sign. */
const signOf = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : 0)

/** Of a DECIMAL in Flink its own scale, in PostgreSQL none. */
const signType: Signature['returns'] = ([value], rules) => {
  const { precision, scale } = value?.type.is === 'decimal' ? value.type : { precision: 1, scale: 0 }
  if (rules.functions !== 'flink') return types.decimal(1, 0)
  return precision > scale
    ? types.decimal(precision, scale)
    : types.decimal(Math.min(scale + 1, 38), Math.min(scale, 37))
}
const { double, int } = types

/** NUMERIC parameters that keep their type. */
const numeric: Coerce = args => (args.every(arg => isNumeric(arg.type)) ? args.map(arg => arg.type) : undefined)

const isDecimal: Coerce = ([first, second]) => {
  if (first?.type.is !== 'decimal') return undefined
  if (second === undefined) return [first.type]
  return isInteger(second.type) ? [first.type, int] : undefined
}

const digitsOf = (args: readonly BoundArgument[]): number | undefined => {
  if (args[1] === undefined) return 0
  const literal = args[1].literal
  return typeof literal === 'number' || typeof literal === 'bigint' ? Number(literal) : undefined
}

const roundType: Signature['returns'] = args => {
  const first = firstType(args)
  const digits = digitsOf(args)
  return first.is === 'decimal' && digits !== undefined ? roundedType(first, digits) : first
}

const truncateType: Signature['returns'] = args => {
  const first = firstType(args)
  const digits = digitsOf(args)
  if (first.is !== 'decimal' || digits === undefined) return first
  return types.decimal(
    Math.max(1, Math.min(38, first.precision - first.scale + Math.max(0, Math.min(digits, first.scale)))),
    Math.max(0, Math.min(digits, first.scale)),
  )
}

function cutDecimal(round: boolean): (args: readonly Value[], context: FunctionContext) => bigint {
  return (args, { types: all, returns }) => {
    const scale = decimalScale(all[0])
    const digits = args[1] === undefined ? 0 : asCount(args[1])
    const value = asBigint(args[0])
    let cut = value
    if (digits < scale) {
      const unit = powerOfTen(scale - digits)
      cut = (round ? divideRounded(value, unit) : value / unit) * unit
    }
    const result = rescaled(cut, scale, decimalScale(returns))
    if (returns.is === 'decimal' && !fitsPrecision(result, returns.precision))
      throw new RowError(failures.overflow, 'the rounded value has too many digits')
    return result
  }
}

function cutDouble(round: boolean): (args: readonly Value[]) => number {
  return args => {
    const value = asNumber(args[0])
    const digits = args[1] === undefined ? 0 : asCount(args[1])
    if (!Number.isFinite(value) || digits > 17) return value
    // Rounds the shortest decimal text, so that 1.005 rounds as it is written.
    const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e')
    const shifted = Number(`${mantissa}e${Number(exponent) + digits}`)
    // From here on all numbers are whole, and adding a half would round to even.
    if (shifted >= 2 ** 52 && digits >= 0) return value
    const whole = round ? Math.floor(shifted + 0.5) : Math.floor(shifted)
    const [wholeMantissa = '0', wholeExponent = '0'] = whole.toExponential().split('e')
    const result = Number(`${wholeMantissa}e${Number(wholeExponent) - digits}`)
    return value < 0 ? -result : result
  }
}

function cutInteger(round: boolean): (args: readonly Value[], context: FunctionContext) => Value {
  return (args, { returns }) => {
    const digits = args[1] === undefined ? 0 : asCount(args[1])
    if (digits >= 0) return args[0] ?? null
    const value = BigInt(
      asCount(args[0]) === Number(args[0]) && typeof args[0] === 'bigint' ? args[0] : asCount(args[0]),
    )
    const unit = powerOfTen(Math.min(-digits, 20))
    const result = (round ? divideRounded(value, unit) : value / unit) * unit
    return returns.is === 'bigint' ? result : Number(result)
  }
}

const integerWithDigits: Coerce = ([first, second]) => {
  if (first === undefined || !isInteger(first.type)) return undefined
  if (second === undefined) return [first.type]
  return isInteger(second.type) ? [first.type, int] : undefined
}

const wholeDecimal: Signature['returns'] = args => {
  const first = firstType(args)
  return first.is === 'decimal' ? types.decimal(Math.min(38, first.precision - first.scale + 1), 0) : first
}

function boundary(up: boolean): (args: readonly Value[], context: FunctionContext) => bigint {
  return (args, { types: all }) => {
    const unit = powerOfTen(decimalScale(all[0]))
    const value = asBigint(args[0])
    const quotient = value / unit
    const rest = value % unit
    if (up) return rest > 0n ? quotient + 1n : quotient
    return rest < 0n ? quotient - 1n : quotient
  }
}

const exactRounding: readonly Signature[] = [
  js(['decimal', 'int'], roundType, cutDecimal(true), { optional: 1, coerce: isDecimal }),
  cutNumeric(round),
  js(['integer', 'int'], firstType, cutInteger(true), { optional: 1, coerce: integerWithDigits }),
]

function halfToEven(x: number): number {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)
}

/** Sign and size of a number, and the whole numbers beside it. */
export const roundingFunctions: readonly ScalarFunction[] = [
  define(
    'abs',
    'The number without its sign.',
    [['ABS(-3)', '3']],
    [inline(['number'], firstType, { coerce: numeric })],
  ),
  define(
    'floor',
    'The largest whole number that is not above; of a time the start of its unit.',
    [['FLOOR(-1.5)', '-2']],
    [
      inline(['double'], double),
      inline(['real'], types.real),
      js(['decimal'], wholeDecimal, boundary(false)),
      inline(['integer'], firstType),
      ofNumeric(floor),
      floorTime,
    ],
  ),
  define(
    'ceil',
    'The smallest whole number that is not below; of a time the start of the next unit.',
    [['CEIL(1.2)', '2']],
    [
      inline(['double'], double),
      inline(['real'], types.real),
      js(['decimal'], wholeDecimal, boundary(true)),
      inline(['integer'], firstType),
      ofNumeric(ceiling),
      ceilTime,
    ],
    { aliases: ['ceiling'] },
  ),
  define(
    'round',
    'The number rounded to so many digits behind the point, halves away from zero.',
    [
      ['ROUND(2.345, 2)', '2.35'],
      ['ROUND(-2.5)', '-3'],
    ],
    [...exactRounding, js(['double', 'int'], double, cutDouble(true), { optional: 1 })],
    { insteadIn: { functions: 'postgres', name: 'round_half_even' } },
  ),
  define(
    'round_half_even',
    'The number rounded to so many digits behind the point, halves away from zero; of a DOUBLE to the even neighbour.',
    [
      ['round_half_even(2.5e0)', '2'],
      ['round_half_even(2.5)', '3'],
    ],
    [
      ...exactRounding,
      js(['double'], double, args => halfToEven(asNumber(args[0]))),
      js(['double', 'int'], double, cutDouble(true)),
    ],
  ),
  define(
    'truncate',
    'The number with the digits behind so many places cut off.',
    [['TRUNCATE(2.349, 2)', '2.34']],
    [
      js(['decimal', 'int'], truncateType, cutDecimal(false), { optional: 1, coerce: isDecimal }),
      cutNumeric(truncate),
      js(['integer', 'int'], firstType, cutInteger(false), { optional: 1, coerce: integerWithDigits }),
      js(['double', 'int'], double, cutDouble(false), { optional: 1 }),
    ],
    { aliases: ['trunc'] },
  ),
  define(
    'sign',
    '-1, 0 or 1 by the sign.',
    [['SIGN(-7)', '-1']],
    [
      js(['integer'], firstType, (args, { returns }) =>
        returns.is === 'bigint' ? BigInt(Math.sign(asCount(args[0]))) : Math.sign(asCount(args[0])),
      ),
      js(['decimal'], signType, (args, { returns }) => {
        const digits = asBigint(args[0])
        const one = powerOfTen(returns.is === 'decimal' ? returns.scale : 0)
        return digits > 0n ? one : digits < 0n ? -one : 0n
      }),
      js(['double'], double, args => signOf(asNumber(args[0]))),
      ofNumeric(signOfNumeric),
    ],
  ),
]
