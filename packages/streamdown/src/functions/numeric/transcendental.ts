import { failures } from '../../errors/table.ts'
import type { Numeric } from '../../types/value.ts'
import { divideRounded, powerOfTen, rescaled } from '../../values/decimal-digits.ts'
import {
  MAX_WHOLE_DIGITS,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  numericToDouble,
  plain,
  signOf,
  wholeDigits,
} from '../../values/numeric.ts'
import { RowError } from '../definition.ts'
import { checked, divideAt, domain, multiply, negate, resultScale, weightOf } from './arithmetic.ts'

/*
 * Roots, exponentials and logarithms of NUMERIC: calculated in whole numbers with guard digits behind those that the
 * result shows; the scales are those of PostgreSQL's numeric.c.
 */

const GUARD_DIGITS = 12
const { LOG10E } = Math
/** Beyond these exponents of e a result has no room, or no digit. */
const MAX_EXPONENT = 6000

/** The whole part of a square root, by Newton's method. */
export function integerRoot(n: bigint): bigint {
  if (n < 2n) return n
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

export function squareRoot(a: Numeric): Numeric {
  if (signOf(a) < 0) domain('the square root of a negative number')
  if (a.special !== undefined) return a
  return rootAt(a, resultScale((weightOf(a) + 1) * 2 - 1, a.scale))
}

/** The square root of a number that is not negative, at a scale. */
export function rootAt({ digits, scale: from }: Numeric, scale: number): Numeric {
  const shift = 2 * (scale + 1) - from
  const square = shift >= 0 ? digits * powerOfTen(shift) : digits / powerOfTen(-shift)
  return { digits: divideRounded(integerRoot(square), 10n), scale }
}

export function exponential(a: Numeric): Numeric {
  if (a.special !== undefined) return a.special === '-Infinity' ? plain(0n) : a
  const estimate = Math.max(-2000, Math.min(2000, numericToDouble(a) * LOG10E))
  return exponentialAt(a, resultScale(Math.trunc(estimate), a.scale))
}

function exponentialAt(a: Numeric, scale: number): Numeric {
  const size = numericToDouble(a)
  if (size > MAX_EXPONENT) throw new RowError(failures.overflow, 'the value overflows the numeric format')
  if (size < -MAX_EXPONENT) return { digits: 0n, scale }
  const digits = scale + Math.max(0, Math.ceil(size * LOG10E)) + GUARD_DIGITS
  return checked({
    digits: rescaled(fixedExponential(rescaled(a.digits, a.scale, digits), digits), digits, scale),
    scale,
  })
}

/** e^x with `digits` fraction digits: the argument is halved until Taylor's series is short, then squared back. */
function fixedExponential(x: bigint, digits: number): bigint {
  const halvings = Math.max(0, (x < 0n ? -x : x).toString(2).length - powerOfTen(digits).toString(2).length) + 8
  // Each squaring doubles the error.
  const inner = digits + Math.ceil(halvings / 3) + 3
  const one = powerOfTen(inner)
  const argument = rescaled(x, digits, inner) >> BigInt(halvings)
  let term = one
  let sum = one
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = (term * argument) / (one * n)
    sum += term
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) / one
  return rescaled(sum, inner, digits)
}

function positive(a: Numeric): void {
  if (signOf(a) < 0) domain('the logarithm of a negative number')
  if (signOf(a) === 0 && a.special === undefined) domain('the logarithm of zero')
}

export function naturalLogarithm(a: Numeric): Numeric {
  positive(a)
  if (a.special !== undefined) return a
  return logarithmAt(a, resultScale(logarithmWeight(a), a.scale))
}

/** The decimal digit that the natural logarithm begins at, estimated as numeric.c does. */
function logarithmWeight(a: Numeric): number {
  const near = numericToDouble(a)
  if (near >= 0.9 && near <= 1.1) {
    const rest = { digits: a.digits - powerOfTen(a.scale), scale: a.scale }
    return rest.digits === 0n ? 0 : wholeDigits(rest) - 1
  }
  return Math.trunc(Math.log10(Math.abs(approximateLogarithm(a))))
}

/** Also of numbers that no double holds. */
function approximateLogarithm(a: Numeric): number {
  const text = a.digits.toString()
  return Math.log(Number(`0.${text.slice(0, 17)}`)) + (text.length - a.scale) * Math.LN10
}

function logarithmAt(a: Numeric, scale: number): Numeric {
  const digits = scale + GUARD_DIGITS
  return { digits: rescaled(fixedLogarithm(a, digits), digits, scale), scale }
}

/** ln a with `digits` fraction digits: a is brought near one by powers of ten and roots, then by atanh's series. */
function fixedLogarithm(a: Numeric, digits: number): bigint {
  const inner = digits + 12
  const one = powerOfTen(inner)
  const exponent = wholeDigits(a)
  const series = (x: bigint): bigint => {
    // Roots until x is close to one; each halves the logarithm.
    let root = x
    let doublings = 0
    while (root - one > one / 100n || one - root > one / 100n) {
      root = integerRoot(root * one)
      doublings++
    }
    const z = ((root - one) * one) / (root + one)
    const square = (z * z) / one
    let power = z
    let sum = 0n
    for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
      sum += power / n
      power = (power * square) / one
    }
    return sum << BigInt(doublings + 1)
  }
  // a = fraction * 10^exponent with a fraction from 0.1 to below 1.
  const shift = inner - (a.scale + exponent)
  const fraction = shift >= 0 ? a.digits * powerOfTen(shift) : a.digits / powerOfTen(-shift)
  const near = exponent === 0 || exponent === 1
  if (near) return rescaled(series(rescaled(a.digits, a.scale, inner)), inner, digits)
  return rescaled(series(fraction) + BigInt(exponent) * series(10n * one), inner, digits)
}

/** The logarithm of `a` to a base. */
export function logarithm(base: Numeric, a: Numeric): Numeric {
  positive(base)
  positive(a)
  if (base.special === 'NaN' || a.special === 'NaN') return NUMERIC_NAN
  if (base.special !== undefined) return a.special === undefined ? plain(0n) : NUMERIC_NAN
  if (a.special !== undefined) return a
  if (base.digits === powerOfTen(base.scale)) throw new RowError(failures.divisionByZero, 'division by zero')
  const ofBase = logarithmWeight(base)
  const ofNumber = logarithmWeight(a)
  const scale = resultScale(ofNumber - ofBase, base.scale, a.scale)
  const numerator = logarithmAt(a, Math.max(0, scale + ofBase - ofNumber + 8) + scale)
  const denominator = logarithmAt(base, Math.max(0, scale + ofBase - ofNumber + 8) + scale)
  return divideAt(numerator, denominator, scale)
}

const isWhole = (a: Numeric): boolean => a.digits % powerOfTen(a.scale) === 0n
const wholeOf = (a: Numeric): bigint => a.digits / powerOfTen(a.scale)

export function power(base: Numeric, exponent: Numeric): Numeric {
  const special = specialPower(base, exponent)
  if (special !== undefined) return special
  if (signOf(base) === 0 && signOf(exponent) < 0) domain('zero raised to a negative power is not defined')
  if (isWhole(exponent)) {
    const n = wholeOf(exponent)
    if (n >= -(2n ** 31n) && n < 2n ** 31n) return integerPower(base, Number(n), exponent.scale)
  } else if (signOf(base) < 0) domain('a negative number raised to a fraction is complex')
  if (signOf(base) === 0) return { digits: 0n, scale: 16 }
  const size = numericToDouble(exponent) * approximateLogarithm(absoluteOf(base))
  if (size > MAX_EXPONENT) throw new RowError(failures.overflow, 'the value overflows the numeric format')
  const scale = resultScale(Math.trunc(Math.max(-2000, size * LOG10E)), base.scale, exponent.scale)
  const digits = Math.max(0, scale + Math.trunc(size * LOG10E)) + GUARD_DIGITS + exponentDigits(exponent)
  const product = multiply(exponent, logarithmAt(absoluteOf(base), digits))
  const result = exponentialAt(product, scale)
  return signOf(base) < 0 && wholeOf(exponent) % 2n !== 0n ? negate(result) : result
}

const absoluteOf = (a: Numeric): Numeric => (a.digits < 0n ? { digits: -a.digits, scale: a.scale } : a)
const exponentDigits = (a: Numeric): number => Math.max(0, wholeDigits(a))

/** Powers in which NaN or an infinity stands, by POSIX; undefined: none does. */
function specialPower(base: Numeric, exponent: Numeric): Numeric | undefined {
  if (base.special === undefined && exponent.special === undefined) return undefined
  const isOne = (a: Numeric): boolean => a.special === undefined && a.digits === powerOfTen(a.scale)
  const isZero = (a: Numeric): boolean => a.special === undefined && a.digits === 0n
  if (isZero(exponent) || isOne(base)) return plain(1n)
  if (base.special === 'NaN' || exponent.special === 'NaN') return NUMERIC_NAN
  if (isZero(base)) {
    if (signOf(exponent) < 0) domain('zero raised to a negative power is not defined')
    return plain(0n)
  }
  if (exponent.special !== undefined) {
    const size = base.special === undefined ? Math.abs(numericToDouble(base)) : Infinity
    if (size === 1) return plain(1n)
    return size > 1 === (exponent.special === 'Infinity') ? NUMERIC_INFINITY : plain(0n)
  }
  if (signOf(exponent) < 0) return plain(0n)
  if (base.special === 'Infinity') return NUMERIC_INFINITY
  if (!isWhole(exponent)) domain('a negative number raised to a fraction is complex')
  return wholeOf(exponent) % 2n === 0n ? NUMERIC_INFINITY : NUMERIC_MINUS_INFINITY
}

/** A power by repeated multiplication, of as many digits as the result shows. */
function integerPower(base: Numeric, exponent: number, exponentScale: number): Numeric {
  const plainScale = resultScale(0, base.scale, exponentScale)
  if (exponent === 0) return { digits: powerOfTen(plainScale), scale: plainScale }
  if (base.digits === 0n) return { digits: 0n, scale: plainScale }
  const size = (approximateLogarithm(absoluteOf(base)) * exponent) / Math.LN10
  if (size > MAX_WHOLE_DIGITS) throw new RowError(failures.overflow, 'the value overflows the numeric format')
  const scale = resultScale(Math.trunc(size), base.scale, exponentScale)
  if (size < -scale - 2) return { digits: 0n, scale }
  const times = Math.abs(exponent)
  // Exact while that costs nothing, else with digits to spare for the errors of all multiplications.
  const digits = scale + Math.ceil(Math.abs(size)) + 2 * String(times).length + GUARD_DIGITS
  const invert = exponent < 0
  let factor: Numeric = base
  let result: Numeric = plain(1n)
  for (let rest = times; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = shortened(result, factor, digits)
    if (rest > 1) factor = shortened(factor, factor, digits)
  }
  if (invert) return divideAt(plain(1n), result, scale)
  return checked({ digits: rescaled(result.digits, result.scale, scale), scale })
}

/** A product without the fraction digits beyond so many significant ones. */
function shortened(a: Numeric, b: Numeric, digits: number): Numeric {
  const product = { digits: a.digits * b.digits, scale: a.scale + b.scale }
  const most = Math.max(0, digits - Math.min(0, wholeDigits(product)))
  return product.scale <= most ? product : { digits: rescaled(product.digits, product.scale, most), scale: most }
}
