import { failures } from '../../errors/table.ts'
import type { Numeric } from '../../types/value.ts'
import { divideRounded, powerOfTen } from '../../values/decimal-digits.ts'
import {
  digitsIn,
  fitsNumeric,
  MAX_NUMERIC_SCALE,
  MAX_WHOLE_DIGITS,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  plain,
  signOf,
  withScale,
} from '../../values/numeric.ts'
import { RowError } from '../definition.ts'

/*
 * Arithmetic of NUMERIC, with the scales that PostgreSQL's numeric.c gives its results.
 */

/** Significant digits that an inexact result has at least. */
const MIN_SIGNIFICANT_DIGITS = 16
/** Fraction digits that an inexact result has at most. */
const MAX_DISPLAY_SCALE = 1000
/** Decimal digits of one digit of PostgreSQL's, by which it judges sizes. */
const DIGIT = 4

/** The value, if NUMERIC has room for it. */
export function checked(value: Numeric): Numeric {
  if (!fitsNumeric(value)) throw new RowError(failures.overflow, 'the value overflows the numeric format')
  return value
}

export const domain = (message: string): never => {
  throw new RowError(failures.argument, message)
}

export function add(a: Numeric, b: Numeric): Numeric {
  if (a.special !== undefined || b.special !== undefined) {
    if (a.special === undefined) return b
    return b.special === undefined || a.special === b.special ? a : NUMERIC_NAN
  }
  const scale = Math.max(a.scale, b.scale)
  return checked({ digits: withScale(a, scale).digits + withScale(b, scale).digits, scale })
}

export const subtract = (a: Numeric, b: Numeric): Numeric => add(a, negate(b))

export function negate(a: Numeric): Numeric {
  if (a.special === undefined) return { digits: -a.digits, scale: a.scale }
  return a.special === 'NaN' ? a : a.special === 'Infinity' ? NUMERIC_MINUS_INFINITY : NUMERIC_INFINITY
}

export const absolute = (a: Numeric): Numeric => (signOf(a) < 0 ? negate(a) : a)

const isNotANumber = (a: Numeric): boolean => a.special === 'NaN'
const infinity = (sign: number): Numeric =>
  sign > 0 ? NUMERIC_INFINITY : sign < 0 ? NUMERIC_MINUS_INFINITY : NUMERIC_NAN

export function multiply(a: Numeric, b: Numeric): Numeric {
  if (isNotANumber(a) || isNotANumber(b)) return NUMERIC_NAN
  if (a.special !== undefined || b.special !== undefined) return infinity(signOf(a) * signOf(b))
  return checked(limited({ digits: a.digits * b.digits, scale: a.scale + b.scale }))
}

/** A product has no more fraction digits than there is room for. */
const limited = (value: Numeric): Numeric =>
  value.scale > MAX_NUMERIC_SCALE ? withScale(value, MAX_NUMERIC_SCALE) : value

export function divide(a: Numeric, b: Numeric): Numeric {
  if (isNotANumber(a) || isNotANumber(b)) return NUMERIC_NAN
  if (signOf(b) === 0) throw new RowError(failures.divisionByZero, 'division by zero')
  if (a.special !== undefined) return b.special === undefined ? infinity(signOf(a) * signOf(b)) : NUMERIC_NAN
  if (b.special !== undefined) return plain(0n)
  return divideAt(a, b, quotientScale(a, b))
}

/** The quotient of two numbers at a scale, halves away from zero. */
export function divideAt(a: Numeric, b: Numeric, scale: number): Numeric {
  const shift = scale + b.scale - a.scale
  const numerator = shift >= 0 ? a.digits * powerOfTen(shift) : a.digits
  const denominator = shift >= 0 ? b.digits : b.digits * powerOfTen(-shift)
  return checked({ digits: divideRounded(numerator, denominator), scale })
}

/** The quotient towards zero, without a fraction. */
export function divideWhole(a: Numeric, b: Numeric): Numeric {
  if (isNotANumber(a) || isNotANumber(b)) return NUMERIC_NAN
  if (signOf(b) === 0) throw new RowError(failures.divisionByZero, 'division by zero')
  if (a.special !== undefined) return b.special === undefined ? infinity(signOf(a) * signOf(b)) : NUMERIC_NAN
  if (b.special !== undefined) return plain(0n)
  const scale = Math.max(a.scale, b.scale)
  return plain(withScale(a, scale).digits / withScale(b, scale).digits)
}

export function remainder(a: Numeric, b: Numeric): Numeric {
  if (isNotANumber(a) || isNotANumber(b)) return NUMERIC_NAN
  if (signOf(b) === 0) throw new RowError(failures.divisionByZero, 'division by zero')
  if (a.special !== undefined) return NUMERIC_NAN
  if (b.special !== undefined) return a
  const scale = Math.max(a.scale, b.scale)
  return { digits: withScale(a, scale).digits % withScale(b, scale).digits, scale }
}

/** The weight of the first digit to base 10000, and that digit. */
function leading({ digits, scale }: Numeric): { readonly weight: number; readonly digit: number } {
  if (digits === 0n) return { weight: 0, digit: 0 }
  const text = (digits < 0n ? -digits : digits).toString()
  const exponent = text.length - scale - 1
  const weight = Math.floor(exponent / DIGIT)
  const width = exponent - weight * DIGIT + 1
  return { weight, digit: Number(text.slice(0, width).padEnd(width, '0')) }
}

export const weightOf = (a: Numeric): number => leading(a).weight

/** The scale of a result with so many decimal digits before the point, from arguments of these scales. */
export const resultScale = (wholeDigits: number, ...scales: readonly number[]): number =>
  Math.min(MAX_DISPLAY_SCALE, Math.max(0, MIN_SIGNIFICANT_DIGITS - wholeDigits, ...scales))

/** numeric.c, select_div_scale. */
export function quotientScale(a: Numeric, b: Numeric): number {
  const first = leading(a)
  const second = leading(b)
  const weight = first.weight - second.weight - (first.digit <= second.digit ? 1 : 0)
  return resultScale(weight * DIGIT, a.scale, b.scale)
}

/** Rounded to so many digits behind the point, or before it where they are negative; halves away from zero. */
export const round = (a: Numeric, digits: number): Numeric => cut(a, digits, divideRounded)

export const truncate = (a: Numeric, digits: number): Numeric => cut(a, digits, (value, unit) => value / unit)

function cut(a: Numeric, digits: number, divideBy: (value: bigint, unit: bigint) => bigint): Numeric {
  if (a.special !== undefined) return a
  const places = Math.max(-MAX_WHOLE_DIGITS, Math.min(MAX_NUMERIC_SCALE, digits))
  if (places >= a.scale) return withScale(a, places)
  const unit = a.scale - places
  // More digits than the number has: nothing is left, whatever the unit.
  const kept = unit > digitsIn(a.digits) + 1 ? 0n : divideBy(a.digits, powerOfTen(unit))
  return places >= 0 ? { digits: kept, scale: places } : checked(plain(kept * powerOfTen(-places)))
}

export const floor = (a: Numeric): Numeric => toWhole(a, -1n)

export const ceiling = (a: Numeric): Numeric => toWhole(a, 1n)

/** The next whole number in a direction. */
function toWhole(a: Numeric, direction: 1n | -1n): Numeric {
  if (a.special !== undefined) return a
  const unit = powerOfTen(a.scale)
  const whole = a.digits / unit
  const rest = a.digits % unit
  return plain(rest * direction > 0n ? whole + direction : whole)
}
