import type { DataType } from '../types/data-type.ts'
import type { Interval, Value } from '../types/value.ts'
import { civilOf } from './calendar.ts'

/**
 * How values are printed.
 * - `postgres`: as psql prints them: `t`, `2015-07-15 00:00:01.5`, `{1,NULL}`, `(1,"a b")`.
 * - `flink`: as Flink's rows print themselves: `true`, `2020-10-10T00:00:01`, `[1, null]`.
 */
export type TextStyle = 'postgres' | 'flink'

const MICROS_PER_DAY = 86_400_000_000n

export function textOf(value: Value, type: DataType, style: TextStyle): string {
  if (value === null) return style === 'postgres' ? 'NULL' : 'null'
  switch (type.is) {
    case 'null':
      return 'NULL'
    case 'boolean':
      return style === 'postgres' ? (value === true ? 't' : 'f') : String(value)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return String(value)
    case 'real':
    case 'double':
      return doubleText(Number(value), style)
    case 'decimal':
      return decimalText(BigInt(value as bigint), type.scale)
    case 'string':
    case 'json':
      return String(value)
    case 'bytes':
      return bytesText(value as Uint8Array, style)
    case 'date':
      return dateText(Number(value))
    case 'time':
      return timeText(value as bigint, style)
    case 'timestamp':
      return timestampText(value as bigint, style, type.zoned)
    case 'interval':
      return intervalText(value as Interval)
    case 'row': {
      const parts = (value as readonly Value[]).map((part, at) =>
        nestedText(part, type.fields[at]?.type ?? { is: 'null' }, style),
      )
      return style === 'postgres' ? `(${parts.join(',')})` : `+I[${parts.join(', ')}]`
    }
    case 'array': {
      const parts = (value as readonly Value[]).map(part => nestedText(part, type.element, style))
      return style === 'postgres' ? `{${parts.join(',')}}` : `[${parts.join(', ')}]`
    }
    case 'map': {
      const pairs = value as readonly (readonly [Value, Value])[]
      const sign = style === 'postgres' ? ':' : '='
      const parts = pairs.map(([k, v]) => `${nestedText(k, type.key, style)}${sign}${nestedText(v, type.value, style)}`)
      return `{${parts.join(style === 'postgres' ? ',' : ', ')}}`
    }
  }
}

function nestedText(value: Value, type: DataType, style: TextStyle): string {
  if (style === 'flink') return textOf(value, type, style)
  if (value === null) return type.is === 'row' ? '' : 'NULL'
  const text = textOf(value, type, style)
  return /^$|[\s,{}()"\\]/.test(text) && type.is !== 'array' && type.is !== 'map'
    ? `"${text.replace(/(["\\])/g, '\\$1')}"`
    : text
}

function doubleText(value: number, style: TextStyle): string {
  if (Object.is(value, -0)) return '-0'
  if (!Number.isFinite(value) || style === 'postgres' || !Number.isInteger(value) || Math.abs(value) >= 1e7)
    return String(value)
  return `${value}.0`
}

export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled)
  const negative = unscaled < 0n
  const digits = String(negative ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function bytesText(bytes: Uint8Array, style: TextStyle): string {
  if (style === 'flink') return `[${Array.from(bytes, byte => (byte << 24) >> 24).join(', ')}]`
  return `\\x${Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')}`
}

const two = (number: number | bigint): string => String(number).padStart(2, '0')

export function dateText(days: number): string {
  const { year, month, day } = civilOf(days)
  if (year < 1) return `${String(1 - year).padStart(4, '0')}-${two(month)}-${two(day)} BC`
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
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

function timestampText(micros: bigint, style: TextStyle, zoned: boolean): string {
  const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
  const date = dateText(Number((micros - ofDay) / MICROS_PER_DAY))
  if (style === 'flink') return `${date}T${clockText(ofDay, zoned)}${zoned ? 'Z' : ''}`
  const clock = `${clockText(ofDay, true)}${zoned ? '+00:00' : ''}`
  return date.endsWith(' BC') ? `${date.slice(0, -3)} ${clock} BC` : `${date} ${clock}`
}

/** PostgreSQL's style: `1 year 2 mons 3 days 04:05:06`. */
export function intervalText({ months, days, micros }: Interval): string {
  const parts: string[] = []
  const unit = (count: number, name: string): void => {
    if (count !== 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`)
  }
  unit(Math.trunc(months / 12), 'year')
  unit(months % 12, 'mon')
  unit(days, 'day')
  if (micros !== 0n || parts.length === 0)
    parts.push(`${micros < 0n ? '-' : ''}${clockText(micros < 0n ? -micros : micros, true)}`)
  return parts.join(' ')
}
