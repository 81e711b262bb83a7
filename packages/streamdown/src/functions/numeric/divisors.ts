import type { Numeric } from '../../types/value.ts'
import { NUMERIC_NAN, withScale } from '../../values/numeric.ts'
import { checked } from './arithmetic.ts'

/** Of integers, not negative. */
export function greatestCommon(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a
  let y = b < 0n ? -b : b
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** Of integers, not negative. */
export function leastCommon(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n
  const multiple = (a / greatestCommon(a, b)) * b
  return multiple < 0n ? -multiple : multiple
}

/** The largest number of which both are whole multiples; of NaN and infinities NaN, as in PostgreSQL. */
export const greatestCommonNumeric = (a: Numeric, b: Numeric): Numeric => alike(a, b, greatestCommon)

/** The smallest number that is a whole multiple of both. */
export const leastCommonNumeric = (a: Numeric, b: Numeric): Numeric => alike(a, b, leastCommon)

/** Over the digits of both at the larger scale. */
function alike(a: Numeric, b: Numeric, compute: (a: bigint, b: bigint) => bigint): Numeric {
  if (a.special !== undefined || b.special !== undefined) return NUMERIC_NAN
  const scale = Math.max(a.scale, b.scale)
  return checked({ digits: compute(withScale(a, scale).digits, withScale(b, scale).digits), scale })
}
