import type { Numeric, Value } from '../types/value.ts'
import { decimalText, powerOfTen, rescaled, writtenNumber } from './decimal-digits.ts'

/** What PostgreSQL's NUMERIC has room for: digits before and behind the point. */
export const MAX_WHOLE_DIGITS = 131072
export const MAX_NUMERIC_SCALE = 16383

export const NUMERIC_NAN: Numeric = { digits: 0n, scale: 0, special: 'NaN' }
export const NUMERIC_INFINITY: Numeric = { digits: 0n, scale: 0, special: 'Infinity' }
export const NUMERIC_MINUS_INFINITY: Numeric = { digits: 0n, scale: 0, special: '-Infinity' }

export const isNumeric = (value: Value | undefined): value is Numeric =>
  typeof value === 'object' && value !== null && 'digits' in value

/** -1, 0 or 1; of NaN 0. */
export function signOf({ digits, special }: Numeric): -1 | 0 | 1 {
  if (special !== undefined) return special === 'Infinity' ? 1 : special === '-Infinity' ? -1 : 0
  return digits > 0n ? 1 : digits < 0n ? -1 : 0
}

export const digitsIn = (value: bigint): number => (value < 0n ? -value : value).toString().length

/** Digits before the point: at most zero for numbers below one, by the zeros that follow the point. */
export const wholeDigits = ({ digits, scale }: Numeric): number => digitsIn(digits) - scale

/** Whether PostgreSQL's NUMERIC has room for it. */
export const fitsNumeric = (value: Numeric): boolean =>
  value.scale <= MAX_NUMERIC_SCALE && wholeDigits(value) <= MAX_WHOLE_DIGITS

/** Reads a number with a point and an exponent, `NaN`, `inf` and `infinity`; undefined for any other text. */
export function parseNumeric(text: string): Numeric | undefined | 'too large' {
  const trimmed = text.trim()
  const word = /^(?:([+-]?)(?:inf|infinity)|nan)$/i.exec(trimmed)
  if (word !== null) {
    if (/^nan$/i.test(trimmed)) return NUMERIC_NAN
    return word[1] === '-' ? NUMERIC_MINUS_INFINITY : NUMERIC_INFINITY
  }
  const written = writtenNumber(trimmed)
  if (written === undefined) return undefined
  const { digits, scale } = written
  // Before a number is built that no value could hold.
  if (scale > MAX_NUMERIC_SCALE || -scale > MAX_WHOLE_DIGITS)
    return digits === 0n && scale < 0 ? plain(0n) : 'too large'
  const value = scale >= 0 ? { digits, scale } : plain(digits * powerOfTen(-scale))
  return fitsNumeric(value) ? value : 'too large'
}

/** A whole number. */
export const plain = (digits: bigint): Numeric => ({ digits, scale: 0 })

export const numericText = ({ digits, scale, special }: Numeric): string => special ?? decimalText(digits, scale)

/** The same value with another scale, halves away from zero. */
export const withScale = (value: Numeric, scale: number): Numeric =>
  value.special === undefined ? { digits: rescaled(value.digits, value.scale, scale), scale } : value

/** The same value without zeros at the end of its fraction. */
export function trimmedNumeric(value: Numeric): Numeric {
  let { digits, scale } = value
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n
    scale--
  }
  return scale === value.scale ? value : { ...value, digits, scale }
}

/** By value, NaN equal to itself and behind every other. */
export function compareNumerics(a: Numeric, b: Numeric): -1 | 0 | 1 {
  if (a.special !== undefined || b.special !== undefined) {
    const difference = rank(a) - rank(b)
    return difference < 0 ? -1 : difference > 0 ? 1 : 0
  }
  const scale = Math.max(a.scale, b.scale)
  const left = a.digits * powerOfTen(scale - a.scale)
  const right = b.digits * powerOfTen(scale - b.scale)
  return left < right ? -1 : left > right ? 1 : 0
}

const rank = ({ special }: Numeric): number =>
  special === undefined ? 0 : special === '-Infinity' ? -1 : special === 'Infinity' ? 1 : 2

/** The double nearest to it. */
export const numericToDouble = (value: Numeric): number => Number(numericText(value))
