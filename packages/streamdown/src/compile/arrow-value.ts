import { dateText, parseDate, parseTime, timeText } from '../functions/time/text.ts'
import { decimalText, fitsPrecision, parseDecimal, rescaled } from '../functions/decimal.ts'
import { RowError } from '../functions/definition.ts'
import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { Decimal } from '../values/decimal.ts'
import { Timestamp } from '../values/timestamp.ts'

/** The row that a TypeScript function returned a value that its column cannot hold. */
const THREW = 7

/** What a TypeScript function sees of a value: Decimal, Timestamp, dates and times as text, ROW and MAP as objects. */
export function toArrow(value: Value, type: DataType): unknown {
  if (value === null) return null
  switch (type.is) {
    case 'decimal':
      return typeof value === 'bigint' ? new Decimal(value, type.scale) : null
    case 'timestamp':
      return typeof value === 'bigint' ? new Timestamp(value) : null
    case 'date':
      return dateText(Number(value))
    case 'time':
      return timeText(Number(value), 'shortest')
    case 'json':
      return typeof value === 'string' ? JSON.parse(value) : null
    case 'array':
      return Array.isArray(value) ? value.map(item => toArrow(item, type.element)) : null
    case 'row':
      return Array.isArray(value)
        ? Object.fromEntries(type.fields.map((field, i) => [field.name, toArrow(value[i] ?? null, field.type)]))
        : null
    case 'map':
      return Array.isArray(value)
        ? new Map(value.map(pair => [toArrow(pair[0] ?? null, type.key), toArrow(pair[1] ?? null, type.value)]))
        : null
    default:
      return value
  }
}

/** A value that a TypeScript function returned, as one of the column's type; throws RowError where it is none. */
export function fromArrow(value: unknown, type: DataType): Value {
  if (value === null || value === undefined) return null
  switch (type.is) {
    case 'null':
      return null
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(value, type)
    case 'tinyint':
      return integer(value, type, 127)
    case 'smallint':
      return integer(value, type, 32767)
    case 'int':
      return integer(value, type, 2147483647)
    case 'bigint': {
      const whole = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
      return typeof whole === 'bigint' && BigInt.asIntN(64, whole) === whole ? whole : refuse(value, type)
    }
    case 'real':
      return typeof value === 'number' ? Math.fround(value) : refuse(value, type)
    case 'double':
      return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : refuse(value, type)
    case 'decimal':
      return decimal(value, type)
    case 'string':
      return typeof value === 'string' ? value : refuse(value, type)
    case 'bytes':
      return value instanceof Uint8Array ? value : refuse(value, type)
    case 'date': {
      const days = typeof value === 'string' ? parseDate(value) : value instanceof Date ? Math.floor(value.getTime() / 86_400_000) : undefined
      return days === undefined || Number.isNaN(days) ? refuse(value, type) : days
    }
    case 'time': {
      const micros = typeof value === 'string' ? parseTime(value) : undefined
      return micros === undefined ? refuse(value, type) : BigInt(micros)
    }
    case 'timestamp': {
      if (typeof value !== 'string' && typeof value !== 'bigint' && !(value instanceof Date)) return refuse(value, type)
      return Timestamp.from(value).micros
    }
    case 'interval':
      return typeof value === 'object' && 'micros' in value && 'months' in value && 'days' in value && isIntervalLike(value)
        ? { months: value.months, days: value.days, micros: value.micros }
        : refuse(value, type)
    case 'json':
      return JSON.stringify(value)
    case 'array':
      return isIterable(value) ? Array.from(value, item => fromArrow(item, type.element)) : refuse(value, type)
    case 'row': {
      if (typeof value !== 'object') return refuse(value, type)
      const properties = new Map<string, unknown>(Object.entries(value))
      return type.fields.map(field => fromArrow(properties.get(field.name), field.type))
    }
    case 'map': {
      const entries: Iterable<readonly [unknown, unknown]> = value instanceof Map ? value : typeof value === 'object' ? Object.entries(value) : refuse(value, type)
      return Array.from(entries, ([key, item]) => [fromArrow(key, type.key), fromArrow(item, type.value)])
    }
  }
}

function refuse(value: unknown, type: DataType): never {
  const shown = typeof value === 'object' ? (value?.constructor?.name ?? 'object') : `${typeof value} ${String(value)}`
  throw new RowError(THREW, `the function returned ${shown} for a column of type ${type.is.toUpperCase()}`)
}

function integer(value: unknown, type: DataType, most: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= -most - 1 && number <= most) return number
  return refuse(value, type)
}

function decimal(value: unknown, type: Extract<DataType, { is: 'decimal' }>): bigint {
  let digits: bigint | undefined
  if (value instanceof Decimal) digits = rescaled(value.unscaled, value.scale, type.scale)
  else if (typeof value === 'bigint') digits = rescaled(value, 0, type.scale)
  else if (typeof value === 'number' || typeof value === 'string') digits = parseDecimal(String(value), type.scale)
  if (digits === undefined) return refuse(value, type)
  if (!fitsPrecision(digits, type.precision)) {
    throw new RowError(3, `${decimalText(digits, type.scale)} does not fit DECIMAL(${type.precision}, ${type.scale})`)
  }
  return digits
}

function isIntervalLike(value: object): value is { months: number; days: number; micros: bigint } {
  const properties = new Map<string, unknown>(Object.entries(value))
  return typeof properties.get('months') === 'number' && typeof properties.get('days') === 'number' && typeof properties.get('micros') === 'bigint'
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
