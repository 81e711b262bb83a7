/**
 * Numbers of about 106 bits as unevaluated sums of two doubles (Dekker 1971): for variances, where the difference of two
 * large sums must not lose its digits.
 */
export interface DoubleDouble {
  readonly high: number
  readonly low: number
}

const twoSum = (a: number, b: number): DoubleDouble => {
  const sum = a + b
  const part = sum - a
  return { high: sum, low: a - (sum - part) + (b - part) }
}

const SPLITTER = 134217729

function twoProduct(a: number, b: number): DoubleDouble {
  const product = a * b
  if (Math.abs(a) > 6e299 || Math.abs(b) > 6e299 || Math.abs(product) > 6e299) return { high: product, low: 0 }
  const ca = SPLITTER * a
  const a1 = ca - (ca - a)
  const a2 = a - a1
  const cb = SPLITTER * b
  const b1 = cb - (cb - b)
  const b2 = b - b1
  return { high: product, low: a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2 }
}

export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const sum = twoSum(a.high, b.high)
  return twoSum(sum.high, sum.low + a.low + b.low)
}

export const subtract = (a: DoubleDouble, b: DoubleDouble): DoubleDouble => add(a, { high: -b.high, low: -b.low })

export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const product = twoProduct(a.high, b.high)
  return twoSum(product.high, product.low + a.high * b.low + a.low * b.high)
}

export function divide(a: DoubleDouble, divisor: number): DoubleDouble {
  const first = a.high / divisor
  const rest = subtract(a, twoProduct(first, divisor))
  return twoSum(first, rest.high / divisor)
}

export const numberOf = (value: DoubleDouble): number => value.high + value.low

export const doubleDouble = (high: number, low = 0): DoubleDouble => ({ high, low })
