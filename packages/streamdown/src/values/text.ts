import type { DataType } from '../types/data-type.ts'
import type { Interval, Numeric, Value } from '../types/value.ts'
import { civilOf, MICROS_PER_DAY } from './calendar.ts'
import { decimalText } from './decimal-digits.ts'
import { intervalText } from './interval.ts'
import { numericText } from './numeric.ts'

/**
 * How values are printed.
 * - `postgres`: as PostgreSQL and RisingWave print them: `t`, `2015-07-15 00:00:01.500`, `{1,NULL}`, `(1,"a b",)`.
 * - `flink`: as Flink's rows print themselves, which is as Java does: `true`, `2020-10-10T00:00:01`, `[1, null]`.
 */
export type TextStyle = 'postgres' | 'flink'

/** The zone in which TIMESTAMP_LTZ is shown: µs to add to UTC at an instant. */
export interface TextZone {
  readonly offsetAt: (utc: bigint) => bigint
}

const utc: TextZone = { offsetAt: () => 0n }

export function textOf(value: Value, type: DataType, style: TextStyle, zone: TextZone = utc): string {
  if (value === null || type.is === 'null') return style === 'postgres' ? 'NULL' : 'null'
  switch (type.is) {
    case 'boolean':
      return style === 'postgres' ? (value === true ? 't' : 'f') : String(value)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return String(value)
    case 'real':
      return doubleText(shortestReal(Number(value)), style)
    case 'double':
      return doubleText(Number(value), style)
    case 'decimal':
      return decimalText(BigInt(value as bigint), type.scale)
    case 'numeric':
      return numericText(value as Numeric)
    case 'string':
    case 'json':
      return String(value)
    case 'bytes':
      return bytesText(value as Uint8Array, style)
    case 'date':
      return dateText(Number(value), style)
    case 'time':
      return timeText(value as bigint, style)
    case 'timestamp':
      return timestampText(value as bigint, style, type.zoned, zone)
    case 'interval':
      return intervalText(value as Interval, fractionText)
    case 'row': {
      const parts = (value as readonly Value[]).map((part, at) => {
        const partType = type.fields[at]?.type ?? { is: 'null' }
        if (style === 'flink') return textOf(part, partType, style, zone)
        return part === null ? '' : fieldText(textOf(part, partType, style, zone))
      })
      return style === 'postgres' ? `(${parts.join(',')})` : `+I[${parts.join(', ')}]`
    }
    case 'array': {
      const parts = (value as readonly Value[]).map(part => elementText(part, type.element, style, zone))
      return style === 'postgres' ? `{${parts.join(',')}}` : `[${parts.join(', ')}]`
    }
    case 'map': {
      const pairs = value as readonly (readonly [Value, Value])[]
      const sign = style === 'postgres' ? ':' : '='
      const parts = pairs.map(
        ([k, v]) => `${entryText(k, type.key, style, zone)}${sign}${entryText(v, type.value, style, zone)}`,
      )
      return `{${parts.join(style === 'postgres' ? ',' : ', ')}}`
    }
  }
}

/** A field of PostgreSQL's row text: quotes are doubled. */
const fieldText = (text: string): string =>
  text === '' || /[\s,()"\\]/.test(text) ? `"${text.replace(/"/g, '""').replace(/\\/g, '\\\\')}"` : text

/** A key or value of a map: nested values stand as they are, others as in arrays. */
const entryText = (value: Value, type: DataType, style: TextStyle, zone: TextZone): string =>
  type.is === 'array' || type.is === 'map' || type.is === 'row'
    ? textOf(value, type, style, zone)
    : elementText(value, type, style, zone)

/** An element of PostgreSQL's array text: quotes are escaped, inner arrays stand as they are. */
function elementText(value: Value, type: DataType, style: TextStyle, zone: TextZone): string {
  const text = textOf(value, type, style, zone)
  if (style === 'flink' || value === null || type.is === 'array') return text
  return /^$|^null$|[\s,{}"\\]/i.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}

/** A REAL as the shortest text that reads back to it, as a number. */
function shortestReal(value: number): number {
  if (value === 0) return value
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return shorter
  }
  return value
}

/** As few digits as read back to it. The bounds beyond which an exponent is written are PostgreSQL's, or Java's. */
function doubleText(value: number, style: TextStyle): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (style === 'postgres') {
    if (size === 0 || (size >= 1e-4 && size < 1e15)) return sign + String(size)
    return sign + size.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return `${sign}${size}${Number.isInteger(size) ? '.0' : ''}`
  const [digits = '', exponent = ''] = size.toExponential().split('e')
  return `${sign}${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

function bytesText(bytes: Uint8Array, style: TextStyle): string {
  if (style === 'flink') return `[${Array.from(bytes, byte => (byte << 24) >> 24).join(', ')}]`
  return `\\x${Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')}`
}

const two = (number: number | bigint): string => String(number).padStart(2, '0')

/** Years before 1 are years BC, or as ISO 8601 has them: 0000, -0001. */
export function dateText(days: number, style: TextStyle = 'postgres'): string {
  const { year, month, day } = civilOf(days)
  const bc = style === 'postgres' && year < 1
  const shown = bc ? 1 - year : year
  const digits = String(Math.abs(shown)).padStart(4, '0')
  return `${shown < 0 ? '-' : ''}${digits}-${two(month)}-${two(day)}${bc ? ' BC' : ''}`
}

/** 3 or 6 digits, or none when there is no fraction. */
function fractionText(micros: bigint): string {
  if (micros === 0n) return ''
  const digits = String(micros).padStart(6, '0')
  return `.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`
}

function clockText(micros: bigint, withSeconds: boolean): string {
  const seconds = micros / 1_000_000n
  const fraction = micros % 1_000_000n
  const hours = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}`
  return withSeconds || seconds % 60n !== 0n || fraction !== 0n
    ? `${hours}:${two(seconds % 60n)}${fractionText(fraction)}`
    : hours
}

const timeText = (micros: bigint, style: TextStyle): string => clockText(micros, style === 'postgres')

function timestampText(micros: bigint, style: TextStyle, zoned: boolean, zone: TextZone): string {
  const offset = zoned ? zone.offsetAt(micros) : 0n
  const local = micros + offset
  const ofDay = ((local % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
  const date = dateText(Number((local - ofDay) / MICROS_PER_DAY), style)
  if (style === 'flink') {
    const shown = !zoned ? '' : offset === 0n ? 'Z' : offsetText(offset)
    return `${date}T${clockText(ofDay, zoned)}${shown}`
  }
  const clock = `${clockText(ofDay, true)}${zoned ? offsetText(offset) : ''}`
  return date.endsWith(' BC') ? `${date.slice(0, -3)} ${clock} BC` : `${date} ${clock}`
}

function offsetText(micros: bigint): string {
  const minutes = Number((micros < 0n ? -micros : micros) / 60_000_000n)
  return `${micros < 0n ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`
}
