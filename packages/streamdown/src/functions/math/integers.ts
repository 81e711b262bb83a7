import { failures } from '../../errors/table.ts'
import { compareValues } from '../../types/compare-values.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { commonOfArguments, isInteger } from '../common-type.ts'
import { definer, js } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { divideWhole } from '../numeric/arithmetic.ts'
import { greatestCommon, greatestCommonNumeric, leastCommon, leastCommonNumeric } from '../numeric/divisors.ts'
import { pairOfExact, pairOfNumeric } from '../numeric/signatures.ts'
import { asArray, asBigint, asCount, asNumber } from '../values.ts'
import { domain } from './shared.ts'

const define = definer('math')
const { double, int, bigint } = types

function factorial(n: number): bigint {
  if (n < 0) domain('the factorial of a negative number is not defined')
  if (n > 33) throw new RowError(failures.overflow, 'the factorial has more than 38 digits')
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

const small: Coerce = args =>
  args.every(({ type }) => isInteger(type) && type.is !== 'bigint') ? args.map(() => int) : undefined

const integerPair: Coerce = args => (args.every(arg => isInteger(arg.type)) ? args.map(() => bigint) : undefined)

/** Of two integers; of two that fit INT as INT, as in PostgreSQL. */
const ofIntegers = (name: string, compute: (a: bigint, b: bigint) => bigint): readonly Signature[] => {
  const within = (bits: number, a: bigint, b: bigint): bigint => {
    const result = compute(a, b)
    if (BigInt.asIntN(bits, result) !== result) throw new RowError(failures.overflow, `the ${name} is out of range`)
    return result
  }
  return [
    js(['integer', 'integer'], int, ([a, b]) => Number(within(32, BigInt(asNumber(a)), BigInt(asNumber(b)))), {
      coerce: small,
    }),
    js(['integer', 'integer'], bigint, ([a, b]) => within(64, asBigint(a), asBigint(b)), { coerce: integerPair }),
  ]
}

const divisionByZero = (): never => {
  throw new RowError(failures.divisionByZero, 'division by zero')
}

/** Whole numbers: divisors, factorials, buckets. */
export const integerFunctions: readonly ScalarFunction[] = [
  define(
    'gcd',
    'The greatest common divisor.',
    [['GCD(12, 18)', '6']],
    [...ofIntegers('greatest common divisor', greatestCommon), pairOfExact(greatestCommonNumeric)],
  ),
  define(
    'lcm',
    'The least common multiple.',
    [['LCM(4, 6)', '12']],
    [...ofIntegers('least common multiple', leastCommon), pairOfExact(leastCommonNumeric)],
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
]
