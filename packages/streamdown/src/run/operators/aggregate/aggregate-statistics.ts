import { add, type DoubleDouble, divide, doubleDouble, multiply, numberOf, subtract } from './double-double.ts'

const none = doubleDouble(0)

/** sum(ab) - sum(a) * sum(b) / n: the sum of products around the means. */
const around = (products: DoubleDouble, a: DoubleDouble, b: DoubleDouble, n: number): number =>
  numberOf(subtract(products, divide(multiply(a, b), n)))

/**
 * A statistic from n values and their sums: of one column its sum and its sum of squares; of pairs the sums of y, x, yy,
 * xx and xy. `special`: one of them is NaN or infinite. `scale`: the values were taken without their decimal point.
 * Definitions as in SQL:2003 (PostgreSQL); NULL where a divisor would be 0.
 */
export function statistic(
  name: string,
  n: number,
  sums: readonly DoubleDouble[],
  special: boolean,
  scale: number,
): number | null {
  const [first = none, second = none, third = none, fourth = none, fifth = none] = sums
  if (n <= 0) return null
  switch (name) {
    case 'stddev_pop':
    case 'stddev_samp':
    case 'var_pop':
    case 'var_samp': {
      const sample = name.endsWith('samp')
      if (sample && n < 2) return null
      if (special) return Number.NaN
      const squares = Math.max(0, around(second, first, first, n))
      const variance = squares / (sample ? n - 1 : n)
      return name.startsWith('var') ? variance / 10 ** (2 * scale) : Math.sqrt(variance) / 10 ** scale
    }
    default:
      return ofPairs(name, n, { y: first, x: second, yy: third, xx: fourth, xy: fifth }, special)
  }
}

function ofPairs(
  name: string,
  n: number,
  sums: Readonly<Record<'y' | 'x' | 'yy' | 'xx' | 'xy', DoubleDouble>>,
  special: boolean,
): number | null {
  if (name === 'covar_samp' && n < 2) return null
  if (special) return Number.NaN
  const sxx = Math.max(0, around(sums.xx, sums.x, sums.x, n))
  const syy = Math.max(0, around(sums.yy, sums.y, sums.y, n))
  const sxy = around(sums.xy, sums.x, sums.y, n)
  switch (name) {
    case 'covar_pop':
      return sxy / n
    case 'covar_samp':
      return sxy / (n - 1)
    case 'corr':
      return sxx === 0 || syy === 0 ? null : Math.max(-1, Math.min(1, sxy / Math.sqrt(sxx * syy)))
    case 'regr_slope':
      return sxx === 0 ? null : sxy / sxx
    case 'regr_intercept':
      return sxx === 0 ? null : numberOf(divide(add(sums.y, multiply(sums.x, doubleDouble(-sxy / sxx))), n))
    case 'regr_r2':
      return sxx === 0 ? null : syy === 0 ? 1 : (sxy * sxy) / (sxx * syy)
    case 'regr_avgx':
      return numberOf(divide(sums.x, n))
    case 'regr_avgy':
      return numberOf(divide(sums.y, n))
    case 'regr_sxx':
      return sxx
    case 'regr_syy':
      return syy
    case 'regr_sxy':
      return sxy
    default:
      throw new RangeError(`no statistic ${name}`)
  }
}
