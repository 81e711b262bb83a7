import type { DataType } from '../types/data-type.ts'
import type { Interval, Value } from '../types/value.ts'
import { base64Text } from '../values/base64.ts'
import { decimalText } from '../values/decimal-digits.ts'
import { isNumeric, numericText } from '../values/numeric.ts'

/** A double in as few digits as read back to it. */
export const doubleText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** A REAL in as few digits as read back to it. */
export function realText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return doubleText(value)
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

const DAY = 86_400_000_000n

export function dateText(days: number): string {
  const date = new Date(days * 86_400_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const year = date.getUTCFullYear()
  const years = `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`
  return `${years}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

export function timeText(micros: bigint): string {
  const two = (value: bigint) => String(value).padStart(2, '0')
  const seconds = micros / 1_000_000n
  const fraction = micros % 1_000_000n
  const whole = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
  if (fraction === 0n) return whole
  const digits = String(fraction).padStart(6, '0')
  return `${whole}.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`
}

export function timestampText(micros: bigint, zoned: boolean, iso: boolean): string {
  const time = ((micros % DAY) + DAY) % DAY
  return `${dateText(Number((micros - time) / DAY))}${iso ? 'T' : ' '}${timeText(time)}${zoned ? 'Z' : ''}`
}

/** ISO-8601 duration. */
export function intervalText({ months, days, micros }: Interval): string {
  const years = Math.trunc(months / 12)
  const negative = micros < 0n
  const total = negative ? -micros : micros
  const sign = negative ? '-' : ''
  const seconds = decimalText(total % 60_000_000n, 6).replace(/\.?0+$/, '')
  const date = `${years === 0 ? '' : `${years}Y`}${months % 12 === 0 ? '' : `${months % 12}M`}${days === 0 ? '' : `${days}D`}`
  const hours = total / 3_600_000_000n
  const minutes = (total / 60_000_000n) % 60n
  const time = `${hours === 0n ? '' : `${sign}${hours}H`}${minutes === 0n ? '' : `${sign}${minutes}M`}${seconds === '0' ? '' : `${sign}${seconds}S`}`
  return `P${date}${time === '' ? (date === '' ? 'T0S' : '') : `T${time}`}`
}

/** A value as JSON text: exact numbers, bytes as base64, maps as objects. */
export function jsonTextOf(type: DataType, value: Value, iso: boolean): string {
  if (value === null) return 'null'
  switch (type.is) {
    case 'row':
      return `{${type.fields.map((field, index) => `${JSON.stringify(field.name)}:${jsonTextOf(field.type, itemOf(value, index), iso)}`).join(',')}}`
    case 'array':
      return `[${listOf(value)
        .map(item => jsonTextOf(type.element, item, iso))
        .join(',')}]`
    case 'map':
      return `{${listOf(value)
        .map(
          pair =>
            `${JSON.stringify(plainText(type.key, itemOf(pair, 0), iso))}:${jsonTextOf(type.value, itemOf(pair, 1), iso)}`,
        )
        .join(',')}}`
    case 'json':
      return String(value)
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'decimal':
      return plainText(type, value, iso)
    case 'numeric':
      return isNumeric(value) && value.special === undefined ? numericText(value) : `"${plainText(type, value, iso)}"`
    case 'double':
    case 'real':
      return Number.isFinite(value) ? plainText(type, value, iso) : `"${plainText(type, value, iso)}"`
    default:
      return JSON.stringify(plainText(type, value, iso))
  }
}

/** A value as bare text, as CSV has it. */
export function plainText(type: DataType, value: Value, iso: boolean): string {
  if (value === null) return ''
  if (value instanceof Uint8Array) return base64Text(value)
  if (typeof value === 'bigint') {
    if (type.is === 'decimal') return decimalText(value, type.scale)
    if (type.is === 'timestamp') return timestampText(value, type.zoned, iso)
    return type.is === 'time' ? timeText(value) : String(value)
  }
  if (typeof value === 'number') {
    if (type.is === 'date') return dateText(value)
    return type.is === 'real' ? realText(value) : doubleText(value)
  }
  if (typeof value === 'object' && 'months' in value) return intervalText(value)
  if (isNumeric(value)) return numericText(value)
  return typeof value === 'object' ? jsonTextOf(type, value, iso) : String(value)
}

function listOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : []
}

function itemOf(value: Value, index: number): Value {
  return listOf(value)[index] ?? null
}
