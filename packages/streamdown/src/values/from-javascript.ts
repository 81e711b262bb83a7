import { StreamdownError } from '../errors/error.ts'
import type { DataType, Field } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { Decimal } from './decimal.ts'
import { parseNumeric } from './numeric.ts'
import { Timestamp } from './timestamp.ts'

/**
 * A value that a program gives, as a plan value of a type. Throws DSD5008, with the name, for one that does not fit: NULL
 * where none may be, a number with a fraction for an integer, digits beyond a decimal's scale.
 */
export function valueOfType(type: DataType, nullable: boolean, value: unknown, name: string): Value {
  if (value === null || value === undefined) {
    if (!nullable) throw new StreamdownError('DSD5008', `Column '${name}' has no value and cannot be NULL.`)
    return null
  }
  switch (type.is) {
    case 'null':
      return null
    case 'boolean':
      return typeof value === 'boolean' ? value : misfits(name, value, 'true or false')
    case 'tinyint':
      return integer(value, 7, name)
    case 'smallint':
      return integer(value, 15, name)
    case 'int':
      return integer(value, 31, name)
    case 'bigint':
      return long(value, name)
    case 'real':
    case 'double':
      return typeof value === 'number' ? value : misfits(name, value, 'a number')
    case 'decimal':
      return unscaled(value, type.precision, type.scale, name)
    case 'numeric':
      return numeric(value, name)
    case 'string':
      return text(value, type.length, name)
    case 'bytes':
      return value instanceof Uint8Array ? value : misfits(name, value, 'a Uint8Array')
    case 'date':
      return day(value, name)
    case 'time':
      return timeOfDay(value, name)
    case 'timestamp':
      return micros(value, name)
    case 'interval':
      return isInterval(value) ? value : misfits(name, value, 'an interval')
    case 'row':
      return rowValues(type.fields, value, name)
    case 'array':
      if (!Array.isArray(value)) return misfits(name, value, 'an array')
      return value.map((one: unknown) => valueOfType(type.element, true, one, `${name}[]`))
    case 'map':
      return entriesOf(value, name).map(([key, one]) => [
        valueOfType(type.key, false, key, `${name} key`),
        valueOfType(type.value, true, one, `${name} value`),
      ])
    case 'json':
      return JSON.stringify(value)
  }
}

/** A row given as an object, in the order of the fields. */
export function rowValues(fields: readonly Field[], value: unknown, name: string): readonly Value[] {
  if (typeof value !== 'object' || value === null) return misfits(name, value, 'a row')
  return fields.map(field =>
    valueOfType(
      field.type,
      field.nullable,
      Reflect.get(value, field.name),
      name === '' ? field.name : `${name}.${field.name}`,
    ),
  )
}

function integer(value: unknown, bits: number, name: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) return misfits(name, value, 'an integer')
  const limit = 2 ** bits
  return value >= -limit && value < limit ? value : misfits(name, value, `an integer of ${bits + 1} bits`)
}

function long(value: unknown, name: string): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    return misfits(name, value, 'an integer, and beyond 2^53 a bigint')
  if (typeof value !== 'number' && typeof value !== 'bigint') return misfits(name, value, 'an integer')
  const exact = BigInt(value)
  return BigInt.asIntN(64, exact) === exact ? exact : misfits(name, value, 'an integer of 64 bits')
}

function unscaled(value: unknown, precision: number, scale: number, name: string): bigint {
  if (
    !(value instanceof Decimal || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
  ) {
    return misfits(name, value, 'a decimal')
  }
  const decimal = Decimal.from(value)
  const rounded = decimal.round(scale)
  const fits = rounded.unscaled < 10n ** BigInt(precision) && rounded.unscaled > -(10n ** BigInt(precision))
  return fits && (decimal.scale <= scale || rounded.equals(decimal))
    ? rounded.unscaled
    : misfits(name, value, `a DECIMAL(${precision}, ${scale})`)
}

function text(value: unknown, length: number | undefined, name: string): string {
  if (typeof value !== 'string') return misfits(name, value, 'a string')
  if (!value.isWellFormed()) return misfits(name, value, 'a string without lone surrogates')
  if (length !== undefined && value.length > length && [...value].length > length)
    return misfits(name, value, `at most ${length} characters`)
  return value
}

function numeric(value: unknown, name: string): Value {
  const given =
    typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal ? String(value) : value
  const parsed = typeof given === 'string' ? parseNumeric(given) : undefined
  return parsed === undefined || parsed === 'too large' ? misfits(name, value, 'a number or its text') : parsed
}

function day(value: unknown, name: string): number {
  if (typeof value !== 'string' && !(value instanceof Date)) return misfits(name, value, 'a day like 2026-01-31')
  return Number(micros(value, name) / 86_400_000_000n)
}

function micros(value: unknown, name: string): bigint {
  if (!(value instanceof Date || typeof value === 'string'))
    return misfits(name, value, 'a Date or a time like 2026-01-31T12:00:00Z')
  return Timestamp.from(value).micros
}

function timeOfDay(value: unknown, name: string): bigint {
  if (typeof value !== 'string') return misfits(name, value, 'a time of day like 12:30:00')
  return Timestamp.from(`1970-01-01T${value}Z`).micros
}

const isInterval = (value: unknown): value is { months: number; days: number; micros: bigint } =>
  typeof value === 'object' &&
  value !== null &&
  'months' in value &&
  'days' in value &&
  'micros' in value &&
  typeof value.micros === 'bigint'

function entriesOf(value: unknown, name: string): readonly (readonly [unknown, unknown])[] {
  if (value instanceof Map) return [...value.entries()]
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
    : misfits(name, value, 'a Map or an object')
}

function misfits(name: string, value: unknown, wanted: string): never {
  throw misfit(name, value, wanted)
}

/** What a value that does not fit is told by. */
export function misfit(name: string, value: unknown, wanted: string): StreamdownError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return new StreamdownError('DSD5008', `Column '${name}' wants ${wanted}, not ${shown}.`)
}
