import { type Interval, isInterval, type Numeric, type Value } from '../types/value.ts'
import { isNumeric } from '../values/numeric.ts'

/*
 * What functions take out of their arguments. The signature has decided the type, so another one is a defect.
 */

function wrong(expected: string, value: Value | undefined): never {
  throw new TypeError(`a function expected ${expected} and got ${value === null ? 'null' : typeof value}`)
}

export const asText = (value: Value | undefined): string => (typeof value === 'string' ? value : wrong('text', value))
export const asNumber = (value: Value | undefined): number =>
  typeof value === 'number' ? value : wrong('a number', value)
export const asBigint = (value: Value | undefined): bigint =>
  typeof value === 'bigint' ? value : wrong('a bigint', value)
export const asBytes = (value: Value | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : wrong('bytes', value)
export const asInterval = (value: Value | undefined): Interval =>
  isInterval(value) ? value : wrong('an interval', value)
export const asNumeric = (value: Value | undefined): Numeric => (isNumeric(value) ? value : wrong('a NUMERIC', value))
const isArray = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)
export const asArray = (value: Value | undefined): readonly Value[] =>
  isArray(value) ? value : wrong('an array', value)
/** Any integer as a number; only for counts and positions, where values past 2^53 are out of range anyway. */
export const asCount = (value: Value | undefined): number =>
  typeof value === 'bigint' ? Number(value) : asNumber(value)
