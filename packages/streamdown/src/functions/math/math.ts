import { compareValues } from '../../types/compare-values.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { divideRounded, fitsPrecision, powerOfTen, rescaled } from '../../values/decimal-digits.ts'
import { trimmedNumeric } from '../../values/numeric.ts'
import { commonOfArguments, isInteger, isNumeric } from '../common-type.ts'
import { roundedType } from '../decimal-types.ts'
import { type BoundArgument, definer, type FunctionContext, firstType, inline, js, jsOrNull } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { ceiling, divideWhole, floor, round, truncate } from '../numeric/arithmetic.ts'
import { greatestCommon, greatestCommonNumeric, leastCommonNumeric } from '../numeric/divisors.ts'
import { cutNumeric, ofNumeric, pairOfExact, pairOfNumeric, signOfNumeric, TEN } from '../numeric/signatures.ts'
import {
  exponential,
  integerRoot,
  naturalLogarithm,
  logarithm as numericLogarithm,
  power as numericPower,
  squareRoot,
} from '../numeric/transcendental.ts'
import { ceilTime, floorTime } from '../time/shared.ts'
import { asArray, asBigint, asCount, asNumber, asNumeric } from '../values.ts'
import { gamma, lgamma } from './gamma.ts'

const define = definer('math')
const { double, int, bigint, string } = types

const domain = (message: string): never => {
  throw new RowError(5, message)
}

/** A function of doubles; exact numbers are converted by the binder. */
const real = (
  name: string,
  summary: string,
  sql: string,
  gives: string,
  call: (x: number) => number,
  aliases?: readonly string[],
): ScalarFunction =>
  define(
    name,
    summary,
    [[sql, gives]],
    [js(['double'], double, args => call(asNumber(args[0])))],
    aliases === undefined ? {} : { aliases },
  )

/** The bits of an integer, negative ones in two's complement. */
const inBase = (name: string, base: string, radix: number, sql: string, gives: string): ScalarFunction =>
  define(
    name,
    `The integer in ${base} digits.`,
    [[sql, gives]],
    [
      js(['int'], string, args => (asNumber(args[0]) >>> 0).toString(radix)),
      js(['bigint'], string, args => BigInt.asUintN(64, asBigint(args[0])).toString(radix)),
    ],
  )

const direct = (name: string, summary: string, sql: string, gives: string): ScalarFunction =>
  define(name, summary, [[sql, gives]], [inline(['double'], double)])

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

const decimalScale = (type: DataType | undefined): number => (type?.is === 'decimal' ? type.scale : 0)

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
      throw new RowError(3, 'the rounded value has too many digits')
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

/** Fraction digits of an exact square root. */
const ROOT_SCALE = 18

const rootOf = (x: number): number => (x < 0 ? domain('the square root of a negative number') : Math.sqrt(x))

const logarithm = (x: number, log: (x: number) => number): number => {
  if (x <= 0) domain('a logarithm is taken of a number that is not above zero')
  return log(x)
}

const exactRounding: readonly Signature[] = [
  js(['decimal', 'int'], roundType, cutDecimal(true), { optional: 1, coerce: isDecimal }),
  cutNumeric(round),
  js(['integer', 'int'], firstType, cutInteger(true), { optional: 1, coerce: integerWithDigits }),
]

function halfToEven(x: number): number {
  return Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)
}

function exponentialInRange(x: number): number {
  const result = Math.exp(x)
  if (!Number.isFinite(x)) return result
  if (result === Infinity) throw new RowError(3, 'the exponential is out of range')
  if (result === 0) throw new RowError(3, 'the exponential is too near to zero')
  return result
}

function power(args: readonly Value[]): number {
  const base = asNumber(args[0])
  const exponent = asNumber(args[1])
  // As in C, where 1 raised to anything is 1, and -1 raised to an infinity; JavaScript gives NaN.
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1
  if (Number.isNaN(base) || Number.isNaN(exponent)) return base ** exponent
  if (base === 0 && exponent < 0) domain('zero raised to a negative power is not defined')
  if (base < 0 && Number.isFinite(exponent) && !Number.isInteger(exponent))
    domain('a negative number raised to a fraction is complex')
  const result = base ** exponent
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent))
    throw new RowError(3, 'the power is out of range')
  return result
}

function factorial(n: number): bigint {
  if (n < 0) domain('the factorial of a negative number is not defined')
  if (n > 33) throw new RowError(3, 'the factorial has more than 38 digits')
  let result = 1n
  for (let i = 2n; i <= BigInt(n); i++) result *= i
  return result
}

function widthBucket(args: readonly Value[]): number {
  const [x, low, high] = [asNumber(args[0]), asNumber(args[1]), asNumber(args[2])]
  const count = asCount(args[3])
  if (count <= 0 || low === high) domain('WIDTH_BUCKET needs a range and at least one bucket')
  const inside = low < high ? x >= low && x < high : x <= low && x > high
  if (inside) return Math.floor((Math.abs(x - low) / Math.abs(high - low)) * count) + 1
  return (low < high ? x < low : x > low) ? 0 : count + 1
}

/** How many of the sorted bounds are not above the value. */
function boundsUpTo(value: Value, bounds: readonly Value[]): number {
  if (bounds.includes(null)) domain('the bounds of WIDTH_BUCKET must not be NULL')
  const above = bounds.findIndex(bound => compareValues(bound, value) > 0)
  return above < 0 ? bounds.length : above
}

/** Degrees whose sine is exact are answered exactly, as PostgreSQL does. */
const sinDegrees = (x: number): number => {
  const turn = ((x % 360) + 360) % 360
  const exact = exactSines[turn]
  return exact ?? Math.sin((turn * Math.PI) / 180)
}
const exactSines: Readonly<Record<number, number>> = {
  0: 0,
  30: 0.5,
  90: 1,
  150: 0.5,
  180: 0,
  210: -0.5,
  270: -1,
  330: -0.5,
}
const exactTangents: Readonly<Record<number, number>> = {
  0: 0,
  45: 1,
  90: Infinity,
  135: -1,
  180: 0,
  225: 1,
  270: -Infinity,
  315: -1,
}
const tanDegrees = (x: number): number => {
  const turn = ((x % 360) + 360) % 360
  const exact = exactTangents[turn]
  return exact ?? Math.tan((turn * Math.PI) / 180)
}

const integerPair: Coerce = args => (args.every(arg => isInteger(arg.type)) ? args.map(() => bigint) : undefined)

export const mathFunctions: readonly ScalarFunction[] = [
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
    'power',
    'The first number raised to the second.',
    [['POWER(2, 10)', '1024']],
    [js(['double', 'double'], double, power), pairOfNumeric(numericPower)],
    { aliases: ['pow', '^'] },
  ),
  define('sqrt', 'The square root.', [['SQRT(9)', '3']], [js(['double'], double, args => rootOf(asNumber(args[0])))], {
    insteadIn: { functions: 'postgres', name: 'sqrt_exact' },
  }),
  define(
    'sqrt_exact',
    'The square root; of a DECIMAL a DECIMAL, of a NUMERIC a NUMERIC.',
    [['sqrt_exact(2.25)', '1.5']],
    [
      js(['decimal'], types.decimal(38, ROOT_SCALE), (args, { types: all }) => {
        const digits = asBigint(args[0])
        if (digits < 0n) domain('the square root of a negative number')
        return integerRoot((digits * powerOfTen(2 * ROOT_SCALE + 2)) / powerOfTen(decimalScale(all[0]))) / 10n
      }),
      js(['double'], double, args => rootOf(asNumber(args[0]))),
      ofNumeric(squareRoot),
    ],
  ),
  direct('cbrt', 'The cube root.', 'CBRT(27)', '3'),
  define('exp', 'e raised to the number.', [['EXP(0)', '1']], [inline(['double'], double), ofNumeric(exponential)], {
    insteadIn: { functions: 'postgres', name: 'exp_in_range' },
  }),
  define(
    'exp_in_range',
    'e raised to the number; one beyond what a DOUBLE holds, or too near to zero, fails.',
    [['exp_in_range(0)', '1']],
    [js(['double'], double, args => exponentialInRange(asNumber(args[0]))), ofNumeric(exponential)],
  ),
  define(
    'ln',
    'The natural logarithm.',
    [['LN(1)', '0']],
    [js(['double'], double, args => logarithm(asNumber(args[0]), Math.log)), ofNumeric(naturalLogarithm)],
  ),
  define(
    'log10',
    'The logarithm to base 10.',
    [['LOG10(1000)', '3']],
    [
      js(['double'], double, args => logarithm(asNumber(args[0]), Math.log10)),
      ofNumeric(a => numericLogarithm(TEN, a)),
    ],
  ),
  real('log2', 'The logarithm to base 2.', 'LOG2(8)', '3', x => logarithm(x, Math.log2)),
  define(
    'log',
    'The natural logarithm; with two arguments the logarithm of the second to the base of the first.',
    [['LOG(2, 8)', '3']],
    [
      js(['double'], double, args => logarithm(asNumber(args[0]), Math.log)),
      js(['double', 'double'], double, args => logOfBase(asNumber(args[0]), asNumber(args[1]))),
    ],
    { insteadIn: { functions: 'postgres', name: 'log_postgres' } },
  ),
  define(
    'log_postgres',
    'LOG as PostgreSQL has it: to base 10 with one argument.',
    [['log_postgres(100)', '2']],
    [
      js(['double'], double, args => logarithm(asNumber(args[0]), Math.log10)),
      js(['double', 'double'], double, args => logOfBase(asNumber(args[0]), asNumber(args[1]))),
      ofNumeric(a => numericLogarithm(TEN, a)),
      pairOfNumeric(numericLogarithm),
    ],
  ),
  define(
    'sign',
    '-1, 0 or 1 by the sign.',
    [['SIGN(-7)', '-1']],
    [
      js(['integer'], firstType, (args, { returns }) =>
        returns.is === 'bigint' ? BigInt(Math.sign(asCount(args[0]))) : Math.sign(asCount(args[0])),
      ),
      js(['decimal'], types.decimal(1, 0), args => (asBigint(args[0]) > 0n ? 1n : asBigint(args[0]) < 0n ? -1n : 0n)),
      js(['double'], double, args => Math.sign(asNumber(args[0]))),
      ofNumeric(signOfNumeric),
    ],
  ),
  direct('sin', 'The sine.', 'SIN(0)', '0'),
  direct('cos', 'The cosine.', 'COS(0)', '1'),
  direct('tan', 'The tangent.', 'TAN(0)', '0'),
  direct('sinh', 'The hyperbolic sine.', 'SINH(0)', '0'),
  direct('cosh', 'The hyperbolic cosine.', 'COSH(0)', '1'),
  direct('tanh', 'The hyperbolic tangent.', 'TANH(0)', '0'),
  direct('atan', 'The inverse tangent.', 'ATAN(0)', '0'),
  define(
    'atan2',
    'The angle of a point from its y and x.',
    [['ATAN2(0, 1)', '0']],
    [inline(['double', 'double'], double)],
  ),
  real('asin', 'The inverse sine; NaN outside of -1 to 1.', 'ASIN(0)', '0', Math.asin),
  real('acos', 'The inverse cosine; NaN outside of -1 to 1.', 'ACOS(1)', '0', Math.acos),
  real('cot', 'The cotangent.', 'ROUND(COT(1), 4)', '0.6421', x => 1 / Math.tan(x)),
  real('sec', 'The secant.', 'ROUND(SEC(1), 4)', '1.8508', x => 1 / Math.cos(x)),
  real('csc', 'The cosecant.', 'ROUND(CSC(1), 4)', '1.1884', x => 1 / Math.sin(x)),
  real('sech', 'The hyperbolic secant.', 'ROUND(SECH(1), 4)', '0.6481', x => 1 / Math.cosh(x)),
  real('csch', 'The hyperbolic cosecant.', 'ROUND(CSCH(1), 4)', '0.8509', x => 1 / Math.sinh(x)),
  real('asinh', 'The inverse hyperbolic sine.', 'ASINH(0)', '0', Math.asinh),
  real('acosh', 'The inverse hyperbolic cosine; NaN below 1.', 'ACOSH(1)', '0', Math.acosh),
  real('atanh', 'The inverse hyperbolic tangent; NaN outside of -1 to 1.', 'ATANH(0)', '0', Math.atanh),
  real('coth', 'The hyperbolic cotangent.', 'ROUND(COTH(1), 4)', '1.313', x => 1 / Math.tanh(x)),
  real('sind', 'The sine of degrees.', 'SIND(30)', '0.5', sinDegrees),
  real('cosd', 'The cosine of degrees.', 'COSD(60)', '0.5', x => sinDegrees(x + 90)),
  real('tand', 'The tangent of degrees.', 'TAND(45)', '1', tanDegrees),
  real('cotd', 'The cotangent of degrees.', 'COTD(45)', '1', x => 1 / tanDegrees(x)),
  real('asind', 'The inverse sine, in degrees.', 'ASIND(0.5)', '30', x =>
    x === 0.5 ? 30 : x === -0.5 ? -30 : (Math.asin(x) * 180) / Math.PI,
  ),
  real('acosd', 'The inverse cosine, in degrees.', 'ACOSD(0.5)', '60', x =>
    x === 0.5 ? 60 : x === -0.5 ? 120 : (Math.acos(x) * 180) / Math.PI,
  ),
  real('atand', 'The inverse tangent, in degrees.', 'ATAND(1)', '45', x =>
    Math.abs(x) === 1 ? x * 45 : (Math.atan(x) * 180) / Math.PI,
  ),
  define(
    'atan2d',
    'The angle of a point from its y and x, in degrees.',
    [['ATAN2D(1, 1)', '45']],
    [js(['double', 'double'], double, args => (Math.atan2(asNumber(args[0]), asNumber(args[1])) * 180) / Math.PI)],
  ),
  direct('degrees', 'Radians as degrees.', 'DEGREES(PI())', '180'),
  direct('radians', 'Degrees as radians.', 'RADIANS(0)', '0'),
  define('pi', 'The number pi.', [['ROUND(PI(), 4)', '3.1416']], [js([], double, () => Math.PI)]),
  define('e', "Euler's number.", [['ROUND(E(), 4)', '2.7183']], [js([], double, () => Math.E)]),
  real('gamma', 'The gamma function.', 'GAMMA(5)', '24', x => finite(x, gamma(x))),
  real('lgamma', 'The logarithm of the absolute value of the gamma function.', 'LGAMMA(1)', '0', x =>
    finite(Math.abs(x), lgamma(x)),
  ),
  define(
    'bin',
    'The integer in binary digits.',
    [['BIN(12)', '1100']],
    [js(['integer'], string, args => BigInt.asUintN(64, BigInt(asWhole(args[0]))).toString(2))],
  ),
  define(
    'hex',
    'The integer, or the bytes of a text, in hexadecimal digits.',
    [
      ['HEX(255)', 'FF'],
      ["HEX('ab')", '6162'],
    ],
    [
      js(['integer'], string, args => BigInt.asUintN(64, asWhole(args[0])).toString(16).toUpperCase()),
      js(['text'], string, args =>
        Array.from(new TextEncoder().encode(String(args[0])), byte => byte.toString(16).padStart(2, '0'))
          .join('')
          .toUpperCase(),
      ),
    ],
  ),
  inBase('to_hex', 'hexadecimal', 16, 'TO_HEX(255)', 'ff'),
  inBase('to_bin', 'binary', 2, 'TO_BIN(5)', '101'),
  inBase('to_oct', 'octal', 8, 'TO_OCT(64)', '100'),
  define(
    'conv',
    'A number written in one base, in another.',
    [["CONV('ff', 16, 10)", '255']],
    [
      jsOrNull(['text', 'int', 'int'], string, args => {
        const value = Number.parseInt(String(args[0]), asCount(args[1]))
        return Number.isNaN(value) ? null : value.toString(Math.abs(asCount(args[2]))).toUpperCase()
      }),
    ],
  ),
  define(
    'gcd',
    'The greatest common divisor.',
    [['GCD(12, 18)', '6']],
    [
      js(['integer', 'integer'], bigint, args => greatestCommon(asBigint(args[0]), asBigint(args[1])), {
        coerce: integerPair,
      }),
      pairOfExact(greatestCommonNumeric),
    ],
  ),
  define(
    'lcm',
    'The least common multiple.',
    [['LCM(4, 6)', '12']],
    [
      js(
        ['integer', 'integer'],
        bigint,
        args => {
          const [a, b] = [asBigint(args[0]), asBigint(args[1])]
          if (a === 0n || b === 0n) return 0n
          const result = (a / greatestCommon(a, b)) * b
          if (BigInt.asIntN(64, result) !== result) throw new RowError(3, 'the least common multiple is out of range')
          return result < 0n ? -result : result
        },
        { coerce: integerPair },
      ),
      pairOfExact(leastCommonNumeric),
    ],
  ),
  define(
    'factorial',
    'The product of the whole numbers up to n.',
    [['FACTORIAL(5)', '120']],
    [js(['int'], types.decimal(38, 0), args => factorial(asNumber(args[0])))],
  ),
  define(
    'div',
    'The quotient without its fraction.',
    [['DIV(7, 2)', '3']],
    [
      js(
        ['integer', 'integer'],
        bigint,
        args => (asBigint(args[1]) === 0n ? divisionByZero() : asBigint(args[0]) / asBigint(args[1])),
        { coerce: integerPair },
      ),
      js(['double', 'double'], double, args =>
        asNumber(args[1]) === 0 ? divisionByZero() : Math.trunc(asNumber(args[0]) / asNumber(args[1])),
      ),
      pairOfNumeric(divideWhole),
    ],
  ),
  define(
    'width_bucket',
    'The number of the bucket that the value falls in: of so many of equal width over a range, or by their lower bounds.',
    [
      ['WIDTH_BUCKET(5.5, 0, 10, 5)', '3'],
      ['WIDTH_BUCKET(5, ARRAY[1, 3, 6])', '2'],
    ],
    [
      js(['double', 'double', 'double', 'int'], int, widthBucket),
      js(['each', 'array'], int, ([value, bounds]) => boundsUpTo(value ?? null, asArray(bounds)), {
        coerce: ([value, bounds], rules) => {
          if (value === undefined || bounds?.type.is !== 'array') return undefined
          const type = commonOfArguments([value, { type: bounds.type.element, nullable: false }], rules)
          return type === undefined ? undefined : [type, types.array(type)]
        },
      }),
    ],
  ),
  define(
    'scale',
    'The digits behind the point of a DECIMAL.',
    [['SCALE(1.250)', '3']],
    [
      js(['decimal'], int, (_, { types: all }) => decimalScale(all[0])),
      js(['numeric'], int, ([a]) => asNumeric(a).scale),
    ],
  ),
  define(
    'min_scale',
    'The digits behind the point that are needed.',
    [['MIN_SCALE(1.250)', '2']],
    [
      js(['decimal'], int, (args, { types: all }) => {
        let scale = decimalScale(all[0])
        let digits = asBigint(args[0])
        while (scale > 0 && digits % 10n === 0n) {
          digits /= 10n
          scale--
        }
        return scale
      }),
      js(['numeric'], int, ([a]) => trimmedNumeric(asNumeric(a)).scale),
    ],
  ),
  define(
    'trim_scale',
    'The number without zeros at the end of its fraction.',
    [["TRIM_SCALE('8.4100')", '8.41']],
    [ofNumeric(trimmedNumeric)],
  ),
  define(
    'is_nan',
    'Whether the number is NaN.',
    [["IS_NAN(CAST('NaN' AS DOUBLE))", 'TRUE']],
    [js(['double'], types.boolean, args => Number.isNaN(asNumber(args[0])))],
    { aliases: ['isnan'] },
  ),
  define(
    'is_decimal',
    'Whether the text reads as a number.',
    [["IS_DECIMAL('12.5')", 'TRUE']],
    [js(['text'], types.boolean, args => /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/.test(String(args[0])))],
  ),
  define(
    'is_digit',
    'Whether the text is digits only.',
    [["IS_DIGIT('123')", 'TRUE']],
    [js(['text'], types.boolean, args => /^\d+$/.test(String(args[0])))],
  ),
  define(
    'is_alpha',
    'Whether the text is letters only.',
    [["IS_ALPHA('abc')", 'TRUE']],
    [js(['text'], types.boolean, args => /^\p{L}+$/u.test(String(args[0])))],
  ),
  define(
    'rand',
    'A random number from 0 to below 1; with a seed always the same.',
    [['RAND() < 1', 'TRUE']],
    [
      js([], double, (_, context) => context.random(), { nullable: false }),
      js(['int'], double, args => seeded(asNumber(args[0]))),
    ],
    { aliases: ['random'], deterministic: false },
  ),
  define(
    'rand_integer',
    'A random integer from 0 to below the limit.',
    [['RAND_INTEGER(1)', '0']],
    [
      js(['int'], int, (args, context) => Math.floor(context.random() * asNumber(args[0]))),
      js(['int', 'int'], int, args => Math.floor(seeded(asNumber(args[0])) * asNumber(args[1]))),
    ],
    { deterministic: false },
  ),
]

/** A result out of the range of doubles, from an argument within, fails. */
function finite(x: number, result: number): number {
  if (Number.isNaN(x) || x === Infinity) return result
  if (!Number.isFinite(result)) throw new RowError(3, 'the value is out of range: overflow')
  if (result === 0 && Math.abs(x) > 100) throw new RowError(3, 'the value is out of range: underflow')
  return result
}

const divisionByZero = (): never => {
  throw new RowError(2, 'division by zero')
}

const asWhole = (value: Value | undefined): bigint => (typeof value === 'bigint' ? value : BigInt(asNumber(value)))

function logOfBase(base: number, x: number): number {
  if (base <= 0 || base === 1) domain('the base of a logarithm is above zero and not 1')
  const exact = base === 2 ? Math.log2 : base === 10 ? Math.log10 : undefined
  return logarithm(x, exact ?? (value => Math.log(value) / Math.log(base)))
}

/** One number of Lehmer's generator. */
const seeded = (seed: number): number => ((((seed >>> 0) + 1) * 48271) % 2147483647) / 2147483647
