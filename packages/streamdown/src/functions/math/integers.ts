import { failures } from '../../errors/table.ts'
import { compareValues } from '../../types/compare-values.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { commonOfArguments, isInteger } from '../common-type.ts'
import { definer, js } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction } from '../definition.ts'
import { divideWhole } from '../numeric/arithmetic.ts'
import { greatestCommon, greatestCommonNumeric, leastCommonNumeric } from '../numeric/divisors.ts'
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

const integerPair: Coerce = args => (args.every(arg => isInteger(arg.type)) ? args.map(() => bigint) : undefined)

const divisionByZero = (): never => {
  throw new RowError(failures.divisionByZero, 'division by zero')
}

/** Whole numbers: divisors, factorials, buckets. */
export const integerFunctions: readonly ScalarFunction[] = [
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
          if (BigInt.asIntN(64, result) !== result)
            throw new RowError(failures.overflow, 'the least common multiple is out of range')
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
]
