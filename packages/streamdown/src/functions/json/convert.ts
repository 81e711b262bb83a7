import { failures } from '../../errors/table.ts'
import type { DataType } from '../../types/data-type.ts'
import type { Numeric, Value } from '../../types/value.ts'
import { decimalText } from '../../values/decimal-digits.ts'
import { intervalText, shortestFraction } from '../../values/interval.ts'
import { isJsonArray, isJsonObject, type Json, JsonNumber, parseJson, writeJson } from '../../values/json.ts'
import { numericText, parseNumeric } from '../../values/numeric.ts'
import { hexOf } from '../cast.ts'
import { RowError } from '../definition.ts'
import { dateText, timestampText, timeText } from '../time/text.ts'
import { asInterval, asNumeric } from '../values.ts'

/** Text as a JSON value in canonical form; an invalid text fails the row. */
export function castJson(text: string): string {
  const parsed = parseJson(text)
  if (parsed === undefined) throw new RowError(failures.cast, 'the text is not valid JSON')
  return writeJson(unusualNumber.test(text) ? withPlainNumbers(parsed) : parsed)
}

/** What may be a number with an exponent, or minus zero. */
const unusualNumber = /\d[eE]|-0/

/** Numbers as NUMERIC prints them. */
function withPlainNumbers(value: Json): Json {
  if (isJsonArray(value)) return value.map(withPlainNumbers)
  if (isJsonObject(value)) return new Map([...value].map(([key, item]) => [key, withPlainNumbers(item)]))
  if (!(value instanceof JsonNumber)) return value
  const number = parseNumeric(value.text)
  if (number === undefined || number === 'too large')
    throw new RowError(failures.overflow, `the number ${value.text} is too large`)
  return new JsonNumber(numericText(number))
}

export const jsonOf = (value: Value, type: DataType): string => writeJson(toJson(value, type))

/** JSON has no NaN and no infinities: they are text. */
const numericJson = (value: Numeric): Json =>
  value.special === undefined ? new JsonNumber(numericText(value)) : numericText(value)

/** A SQL value as JSON: numbers as numbers, times as ISO text, rows and maps as objects, bytes as hex. */
export function toJson(value: Value, type: DataType): Json {
  if (value === null) return null
  switch (type.is) {
    case 'null':
      return null
    case 'boolean':
      return value === true
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return new JsonNumber(String(value))
    case 'real':
    case 'double':
      return Number.isFinite(Number(value)) ? new JsonNumber(String(value)) : String(value)
    case 'decimal':
      return typeof value === 'bigint' ? new JsonNumber(decimalText(value, type.scale)) : null
    case 'numeric':
      return numericJson(asNumeric(value))
    case 'string':
      return typeof value === 'string' ? value : null
    case 'json':
      return typeof value === 'string' ? (parseJson(value) ?? null) : null
    case 'bytes':
      return value instanceof Uint8Array ? `\\x${hexOf(value)}` : null
    case 'date':
      return typeof value === 'number' ? dateText(value) : null
    case 'time':
      return timeText(Number(value), 'shortest')
    case 'timestamp':
      return typeof value === 'bigint' ? `${timestampText(value, 'shortest', 'T')}${type.zoned ? '+00:00' : ''}` : null
    case 'interval':
      return intervalText(asInterval(value), shortestFraction)
    case 'array':
      return Array.isArray(value) ? value.map(item => toJson(item, type.element)) : null
    case 'row': {
      const object = new Map<string, Json>()
      if (Array.isArray(value)) {
        for (const [i, field] of type.fields.entries()) object.set(field.name, toJson(value[i] ?? null, field.type))
      }
      return object
    }
    case 'map': {
      const object = new Map<string, Json>()
      if (Array.isArray(value)) {
        for (const pair of value) {
          const key = toJson(pair[0] ?? null, type.key)
          object.set(typeof key === 'string' ? key : writeJson(key), toJson(pair[1] ?? null, type.value))
        }
      }
      return object
    }
  }
}
