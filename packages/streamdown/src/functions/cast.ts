import { failures } from '../errors/table.ts'
import type { DataType } from '../types/data-type.ts'
import { type IntegerType, integerRanges } from '../types/integer-range.ts'
import { isInterval, type Numeric, type Value } from '../types/value.ts'
import { floorDivide, joinMicros, MICROS_PER_DAY, MICROS_PER_SECOND, splitMicros } from '../values/calendar.ts'
import {
  decimalText,
  decimalToDouble,
  fitsPrecision,
  parseDecimal,
  powerOfTen,
  rescaled,
} from '../values/decimal-digits.ts'
import { intervalText, shortestFraction } from '../values/interval.ts'
import { isNumeric, numericText, numericToDouble, parseNumeric } from '../values/numeric.ts'
import { MAX_PRECISION } from './decimal-types.ts'
import { RowError } from './definition.ts'
import { castJson, jsonOf } from './json/convert.ts'
import { populate } from './json/populate.ts'
import { read } from './json/read.ts'
import { parseNested } from './nested/text.ts'
import { doubleText, realText } from './number-text.ts'
import { flinkIntervalText, parseInterval } from './time/interval-text.ts'
import {
  dateText,
  type MoreDigits,
  parseDate,
  parseTime,
  parseTimestampText,
  timestampText,
  timeText,
} from './time/text.ts'
import { findZone, localToUtc, utcToLocal } from './time/zone.ts'
import { asBigint, asInterval, asNumber, asNumeric, asText } from './values.ts'

export type CastRule = 'flink' | 'postgres'

/** CAST of one value that is not NULL; throws RowError where the value does not fit. */
export function castValue(value: Value, from: DataType, to: DataType, rule: CastRule, timeZone: string): Value {
  if (value === null || isJsonNull(value, from, to)) return null
  switch (to.is) {
    case 'null':
      return null
    case 'string':
      return fitText(from.is === 'string' ? asText(value) : textOf(value, from, rule, timeZone), to)
    case 'boolean':
      return toBoolean(value, from)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return toInteger(value, from, to, rule)
    case 'real':
      return inFloatRange(Math.fround(toDouble(value, from, to)), value, rule)
    case 'double':
      return inFloatRange(toDouble(value, from, to), value, rule)
    case 'decimal':
      return toDecimal(value, from, to.precision, to.scale)
    case 'numeric':
      return toNumeric(value, from)
    case 'date':
      return toDate(value, from, timeZone)
    case 'time':
      return toTime(value, from, to.precision, rule, timeZone)
    case 'timestamp':
      return limitFraction(toTimestamp(value, from, to, rule, timeZone), to.precision, rule)
    case 'interval':
      return toInterval(value, from)
    case 'bytes':
      return toBytes(value, from, to, rule)
    case 'json':
      return from.is === 'string' ? castJson(asText(value)) : jsonOf(value, from)
    case 'array':
      if (from.is === 'array' && Array.isArray(value)) {
        return value.map(v => castValue(v, from.element, to.element, rule, timeZone))
      }
      return nestedOf(value, from, to, rule, timeZone)
    case 'map':
      if (from.is === 'map' && Array.isArray(value)) {
        return value.map(pair => [
          castValue(pair[0] ?? null, from.key, to.key, rule, timeZone),
          castValue(pair[1] ?? null, from.value, to.value, rule, timeZone),
        ])
      }
      return nestedOf(value, from, to, rule, timeZone)
    case 'row':
      if (from.is === 'row' && Array.isArray(value)) {
        return to.fields.map((field, i) => {
          const source = from.fields[i]
          return source === undefined ? null : castValue(value[i] ?? null, source.type, field.type, rule, timeZone)
        })
      }
      return nestedOf(value, from, to, rule, timeZone)
  }
}

/** JSON's null is NULL as a value of another kind. */
const isJsonNull = (value: Value, from: DataType, to: DataType): boolean =>
  from.is === 'json' && value === 'null' && to.is !== 'string' && to.is !== 'json'

function refuse(value: Value, from: DataType, to: string): never {
  const shown =
    typeof value === 'string' ? `'${value.length > 40 ? `${value.slice(0, 40)}...` : value}'` : `a ${from.is}`
  throw new RowError(failures.cast, `${shown} is not a valid ${to.toUpperCase()}`)
}

function nestedOf(value: Value, from: DataType, to: DataType, rule: CastRule, timeZone: string): Value {
  if (from.is === 'json') return populate(read(value), to, null, timeZone)
  if (from.is !== 'string') refuse(value, from, to.is)
  const parsed = parseNested(asText(value), to, (text, type) => castValue(text, from, type, rule, timeZone))
  return parsed === undefined ? refuse(value, from, to.is) : parsed
}

function fitText(text: string, to: Extract<DataType, { is: 'string' }>): string {
  if (to.length === undefined) return text
  if (text.length > to.length) {
    const points = Array.from(text)
    if (points.length > to.length) return points.slice(0, to.length).join('')
  }
  return to.fixed === true ? text.padEnd(to.length, ' ') : text
}

/** What CAST to STRING gives. */
export function textOf(value: Value, type: DataType, rule: CastRule, timeZone: string): string {
  if (value === null) return 'NULL'
  switch (type.is) {
    case 'null':
      return 'NULL'
    case 'string':
    case 'json':
      return asText(value)
    case 'boolean':
      return rule === 'flink' ? (value === true ? 'TRUE' : 'FALSE') : value === true ? 'true' : 'false'
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return String(value)
    case 'real':
      return realText(asNumber(value), rule)
    case 'double':
      return doubleText(asNumber(value), rule)
    case 'decimal':
      return rule === 'postgres' && type.precision === MAX_PRECISION
        ? shortDecimal(asBigint(value), type.scale)
        : decimalText(asBigint(value), type.scale)
    case 'numeric':
      return numericText(asNumeric(value))
    case 'date':
      return dateText(asNumber(value))
    case 'time':
      return timeText(Number(asBigint(value)), rule === 'flink' ? type.precision : 'shortest')
    case 'timestamp': {
      const fraction = rule === 'flink' ? type.precision : 'shortest'
      if (!type.zoned) return timestampText(asBigint(value), fraction)
      const zone = findZone(timeZone)
      if (zone === undefined) throw new RowError(failures.cast, `unknown time zone ${timeZone}`)
      const text = timestampText(utcToLocal(zone, asBigint(value)), fraction)
      return rule === 'flink' ? text : text + offsetText(zone.offsetAt(asBigint(value)))
    }
    case 'interval':
      return rule === 'flink' ? flinkIntervalText(asInterval(value)) : intervalText(asInterval(value), shortestFraction)
    case 'bytes':
      if (!(value instanceof Uint8Array)) return ''
      return rule === 'flink' ? new TextDecoder().decode(value) : `\\x${hexOf(value)}`
    case 'array':
      return nestedText(
        value,
        rule === 'flink' ? ['[', ']'] : ['{', '}'],
        v => nestedItem(v, type.element, rule, timeZone),
        rule,
      )
    case 'row':
      return nestedText(value, ['(', ')'], (v, i) => rowItem(v, type.fields[i]?.type, rule, timeZone), rule)
    case 'map':
      return nestedText(
        value,
        ['{', '}'],
        pair =>
          Array.isArray(pair)
            ? `${mapItem(pair[0] ?? null, type.key, rule, timeZone)}${rule === 'flink' ? '=' : ':'}${mapItem(pair[1] ?? null, type.value, rule, timeZone)}`
            : '',
        rule,
      )
  }
}

function nestedText(
  value: Value,
  [open, close]: readonly [string, string],
  item: (v: Value, i: number) => string,
  rule: CastRule,
) {
  return Array.isArray(value) ? `${open}${value.map(item).join(rule === 'flink' ? ', ' : ',')}${close}` : ''
}

/** Nested values stand in maps as they are. */
const mapItem = (value: Value, type: DataType, rule: CastRule, timeZone: string): string =>
  type.is === 'map' || type.is === 'row' ? textOf(value, type, rule, timeZone) : nestedItem(value, type, rule, timeZone)

function nestedItem(value: Value, type: DataType, rule: CastRule, timeZone: string): string {
  // A boolean within a nested value prints short, as PostgreSQL's output function does.
  if (rule === 'postgres' && typeof value === 'boolean') return value ? 't' : 'f'
  const text = textOf(value, type, rule, timeZone)
  if (rule === 'flink' || value === null || type.is === 'array') return text
  return text === '' || /[\s{},"\\]/.test(text) || /^null$/i.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}

function rowItem(value: Value, type: DataType | undefined, rule: CastRule, timeZone: string): string {
  if (type === undefined) return ''
  if (rule === 'flink') return textOf(value, type, rule, timeZone)
  if (value === null) return ''
  const text = type.is === 'boolean' ? (value === true ? 't' : 'f') : textOf(value, type, rule, timeZone)
  return text === '' || /[\s(),"\\]/.test(text) ? `"${text.replace(/["\\]/g, '$&$&')}"` : text
}

/** A NUMERIC of undeclared size keeps no scale of its own here: zeros at the end of its fraction are not shown. */
function shortDecimal(digits: bigint, scale: number): string {
  let rest = digits
  let shown = scale
  while (shown > 0 && rest % 10n === 0n) {
    rest /= 10n
    shown--
  }
  return decimalText(rest, shown)
}

/** +00:00 */
export function offsetText(offset: bigint): string {
  const minutes = Number(offset / 60_000_000n)
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`
}

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

const truths = new Set(['true', 't', 'yes', 'y', 'on', '1', 'tru', 'tr', 'ye'])
const lies = new Set(['false', 'f', 'no', 'n', 'off', '0', 'fals', 'fal', 'fa', 'of'])

function toBoolean(value: Value, from: DataType): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  if (isNumeric(value)) return value.digits !== 0n || value.special !== undefined
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value === 'string') {
    const word = value.trim().toLowerCase()
    if (truths.has(word)) return true
    if (lies.has(word)) return false
  }
  return refuse(value, from, 'boolean')
}

function toInteger(value: Value, from: DataType, to: IntegerType, rule: CastRule): number | bigint {
  let whole: bigint
  if (typeof value === 'boolean') whole = value ? 1n : 0n
  else if (typeof value === 'bigint') whole = from.is === 'decimal' ? integerPart(value, from.scale, rule) : value
  else if (typeof value === 'number') whole = integerOfDouble(value, rule)
  else if (isNumeric(value)) whole = integerOfNumeric(value, rule)
  else if (typeof value === 'string') whole = integerOfText(value, from, to, rule)
  else return refuse(value, from, to.is)
  if (from.is === 'timestamp') whole = floorDivide(whole, MICROS_PER_SECOND)
  const [least, most] = integerRanges[to.is]
  if (whole < least || whole > most) {
    throw new RowError(
      from.is === 'string' ? failures.cast : failures.overflow,
      `${whole} is out of range of ${to.is.toUpperCase()}`,
    )
  }
  return to.is === 'bigint' ? whole : Number(whole)
}

const integerPart = (digits: bigint, scale: number, rule: CastRule): bigint =>
  rule === 'flink' ? digits / powerOfTen(scale) : rescaled(digits, scale, 0)

function integerOfNumeric(value: Numeric, rule: CastRule): bigint {
  if (value.special !== undefined) throw new RowError(failures.overflow, `${value.special} is no integer`)
  return integerPart(value.digits, value.scale, rule)
}

function integerOfDouble(value: number, rule: CastRule): bigint {
  if (!Number.isFinite(value)) throw new RowError(failures.overflow, `${value} is no integer`)
  return BigInt(rule === 'flink' ? Math.trunc(value) : roundHalfEven(value))
}

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

function integerOfText(text: string, from: DataType, to: DataType, rule: CastRule): bigint {
  const match = /^\s*([+-]?\d+)(\.\d*)?\s*$/.exec(text)
  if (match === null || (match[2] !== undefined && rule === 'postgres')) {
    if (from.is === 'json') {
      const digits = parseDecimal(text.trim(), 0)
      if (digits !== undefined) return digits
    }
    return refuse(text, from, to.is)
  }
  return BigInt(match[1] ?? '0')
}

function toDouble(value: Value, from: DataType, to: DataType): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return from.is === 'decimal' ? decimalToDouble(value, from.scale) : Number(value)
  if (isNumeric(value)) return numericToDouble(value)
  if (typeof value === 'string') {
    const text = value.trim()
    if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[df]?$/i.test(text)) return Number(text.replace(/[dDfF]$/, ''))
    const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
    if (word !== null) return word[2]?.toLowerCase() === 'nan' ? Number.NaN : word[1] === '-' ? -Infinity : Infinity
  }
  return refuse(value, from, to.is)
}

/** In PostgreSQL a number too large, or too near to zero, for the type fails. */
function inFloatRange(result: number, value: Value, rule: CastRule): number {
  if (rule !== 'postgres' || (Number.isFinite(result) && result !== 0)) return result
  const fits = result === 0 ? isZero(value) : Number.isNaN(result) || !isFiniteNumber(value)
  if (!fits) throw new RowError(failures.overflow, 'the number is out of the range of the type')
  return result
}

function isZero(value: Value): boolean {
  if (typeof value === 'string') return !/[1-9]/.test(value.replace(/e.*$/i, ''))
  if (isNumeric(value)) return value.digits === 0n
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) === 0 : value === false
}

function isFiniteNumber(value: Value): boolean {
  if (typeof value === 'string') return /\d/.test(value)
  if (isNumeric(value)) return value.special === undefined
  return typeof value !== 'number' || Number.isFinite(value)
}

function toDecimal(value: Value, from: DataType, precision: number, scale: number): bigint {
  let digits: bigint | undefined
  if (typeof value === 'bigint') digits = rescaled(value, from.is === 'decimal' ? from.scale : 0, scale)
  else if (typeof value === 'boolean') digits = value ? powerOfTen(scale) : 0n
  else if (typeof value === 'number') digits = Number.isFinite(value) ? parseDecimal(String(value), scale) : undefined
  else if (typeof value === 'string') digits = parseDecimal(value.trim(), scale)
  else if (isNumeric(value) && value.special === undefined) digits = rescaled(value.digits, value.scale, scale)
  if (digits === undefined) return refuse(value, from, 'decimal')
  if (!fitsPrecision(digits, precision)) {
    throw new RowError(failures.overflow, `the value has more digits than DECIMAL(${precision}, ${scale})`)
  }
  return digits
}

/** PostgreSQL reads a double by fifteen significant digits, a real by six; here by all that its shortest text has. */
function toNumeric(value: Value, from: DataType): Numeric {
  if (isNumeric(value)) return value
  if (typeof value === 'bigint') return { digits: value, scale: from.is === 'decimal' ? from.scale : 0 }
  if (typeof value === 'boolean') return { digits: value ? 1n : 0n, scale: 0 }
  const text = typeof value === 'number' ? (from.is === 'real' ? realText(value, 'postgres') : String(value)) : value
  const parsed = typeof text === 'string' ? parseNumeric(text) : undefined
  if (parsed === undefined) return refuse(value, from, 'numeric')
  if (parsed === 'too large') throw new RowError(failures.overflow, 'the value overflows the numeric format')
  return parsed
}

function local(value: bigint, timeZone: string): bigint {
  const zone = findZone(timeZone)
  if (zone === undefined) throw new RowError(failures.cast, `unknown time zone ${timeZone}`)
  return utcToLocal(zone, value)
}

function toDate(value: Value, from: DataType, timeZone: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint' && from.is === 'timestamp') {
    return Number(floorDivide(from.zoned ? local(value, timeZone) : value, MICROS_PER_DAY))
  }
  const days = typeof value === 'string' ? parseDate(value) : undefined
  return days === undefined ? refuse(value, from, 'date') : days
}

function toTime(value: Value, from: DataType, precision: number, rule: CastRule, timeZone: string): bigint {
  let micros: bigint | undefined
  if (typeof value === 'bigint') {
    if (from.is === 'timestamp') micros = BigInt(splitMicros(from.zoned ? local(value, timeZone) : value).micros)
    else if (from.is === 'time') micros = value
  } else if (typeof value === 'string') {
    const parsed = parseTime(value, moreDigits(rule))
    if (parsed !== undefined) micros = BigInt(parsed)
    else {
      const timestamp = parseTimestampText(value, undefined, 'first', moreDigits(rule))
      if (timestamp !== undefined) micros = BigInt(splitMicros(timestamp).micros)
    }
  } else if (isInterval(value)) {
    micros = ((value.micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
  }
  if (micros === undefined) return refuse(value, from, 'time')
  return limitFraction(micros, precision, rule)
}

function toTimestamp(
  value: Value,
  from: DataType,
  to: Extract<DataType, { is: 'timestamp' }>,
  rule: CastRule,
  timeZone: string,
): bigint {
  const ambiguous = rule === 'postgres' ? 'last' : 'first'
  const zone = findZone(timeZone)
  if (zone === undefined) throw new RowError(failures.cast, `unknown time zone ${timeZone}`)
  switch (from.is) {
    case 'timestamp': {
      const micros = asBigint(value)
      if (from.zoned === to.zoned) return micros
      return from.zoned ? utcToLocal(zone, micros) : localToUtc(zone, micros, ambiguous)
    }
    case 'date': {
      const micros = joinMicros({ days: asNumber(value), micros: 0 })
      return to.zoned ? localToUtc(zone, micros, ambiguous) : micros
    }
    case 'time': {
      const micros = asBigint(value)
      return to.zoned ? localToUtc(zone, micros) : micros
    }
    case 'string':
    case 'json': {
      const zoneOfText = to.zoned ? timeZone : undefined
      const parsed = parseTimestampText(asText(value), zoneOfText, ambiguous, moreDigits(rule))
      return parsed === undefined ? refuse(value, from, 'timestamp') : parsed
    }
    default: {
      // Numbers are seconds since 1970.
      const digits = toDecimal(value, from, 38, 6)
      return digits
    }
  }
}

const moreDigits = (rule: CastRule): MoreDigits => (rule === 'postgres' ? 'round' : 'cut')

/** Digits of the fraction beyond the precision: Flink cuts them, PostgreSQL rounds. */
function limitFraction(micros: bigint, precision: number, rule: CastRule): bigint {
  if (precision >= 6) return micros
  const unit = 10n ** BigInt(6 - precision)
  return (rule === 'flink' ? floorDivide(micros, unit) : floorDivide(micros + unit / 2n, unit)) * unit
}

function toInterval(value: Value, from: DataType): Value {
  if (isInterval(value)) return value
  if (typeof value === 'bigint' && from.is === 'time') return { months: 0, days: 0, micros: value }
  const parsed = typeof value === 'string' ? parseInterval(value) : undefined
  return parsed === undefined ? refuse(value, from, 'interval') : parsed
}

function toBytes(value: Value, from: DataType, to: Extract<DataType, { is: 'bytes' }>, rule: CastRule): Uint8Array {
  let bytes: Uint8Array
  if (value instanceof Uint8Array) bytes = value
  else if (typeof value === 'string')
    bytes = rule === 'postgres' ? parseBytea(value, from) : new TextEncoder().encode(value)
  else return refuse(value, from, 'bytes')
  if (to.length === undefined) return bytes
  if (bytes.length > to.length) return bytes.slice(0, to.length)
  if (to.fixed !== true || bytes.length === to.length) return bytes
  const padded = new Uint8Array(to.length)
  padded.set(bytes)
  return padded
}

/** PostgreSQL's bytea input: `\x00ff`, or text with `\\` and `\ooo`. */
function parseBytea(text: string, from: DataType): Uint8Array {
  if (text.startsWith('\\x')) {
    const digits = text.slice(2).replace(/\s/g, '')
    if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return refuse(text, from, 'bytes')
    return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16))
  }
  const encoded = new TextEncoder().encode(text)
  const out: number[] = []
  for (let i = 0; i < encoded.length; i++) {
    const byte = encoded[i] ?? 0
    if (byte !== 0x5c) {
      out.push(byte)
      continue
    }
    const octal = /^[0-3][0-7]{2}$/.exec(String.fromCharCode(...encoded.slice(i + 1, i + 4)))
    if (octal !== null) {
      out.push(Number.parseInt(octal[0], 8))
      i += 3
    } else if (encoded[i + 1] === 0x5c) {
      out.push(0x5c)
      i += 1
    } else return refuse(text, from, 'bytes')
  }
  return Uint8Array.from(out)
}
