import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { base64Bytes } from '../values/base64.ts'
import { isJsonArray, type Json, JsonNumber, parseJson, writeJson } from '../values/json.ts'
import { dateOf, decimalOf, numericOf, type TimestampRules, timeOf, timestampOf } from './scalar-text.ts'

/** Thrown where a value of a record or a file does not fit its declared type. */
export class MisfitError extends Error {}

/** The JSON value of a text. Throws MisfitError where it is none. */
export function requireJson(text: string): Json {
  const json = parseJson(text)
  if (json === undefined) throw new MisfitError('malformed JSON')
  return json
}

/** A JSON value as a value of `type`, by the rules of the decode kernel. Throws MisfitError. */
export function valueOfJson(json: Json, type: DataType, rules: TimestampRules): Value {
  if (json === null) return null
  if (type.is === 'json') return writeJson(json)
  if (typeof json === 'boolean') return type.is === 'boolean' ? json : misfit(type)
  if (typeof json === 'string') return valueOfString(json, type, rules)
  if (json instanceof JsonNumber) return valueOfNumber(json.text, type, rules)
  if (isJsonArray(json)) {
    if (type.is !== 'array') return misfit(type)
    return json.map(item => valueOfJson(item, type.element, rules))
  }
  if (type.is === 'map') {
    return [...json].map(([key, item]) => [keyOf(key, type.key, rules), valueOfJson(item, type.value, rules)])
  }
  if (type.is !== 'row') return misfit(type)
  return type.fields.map(each => {
    const value = valueOfJson(json.get(each.name) ?? null, each.type, rules)
    if (value === null && !each.nullable) throw new MisfitError(`field "${each.name}" is NULL or missing, but NOT NULL`)
    return value
  })
}

function keyOf(key: string, type: DataType, rules: TimestampRules): Value {
  return type.is === 'string' ||
    !/^-?[0-9]/.test(key) ||
    type.is === 'timestamp' ||
    type.is === 'date' ||
    type.is === 'time'
    ? valueOfString(key, type, rules)
    : valueOfNumber(key, type, rules)
}

function valueOfString(text: string, type: DataType, rules: TimestampRules): Value {
  switch (type.is) {
    case 'string':
      return text
    case 'bytes':
      return bytesOf(text) ?? misfit(type)
    case 'date':
      return dateOf(text) ?? misfit(type)
    case 'time':
      return timeOf(text, type.precision) ?? misfit(type)
    case 'timestamp':
      return timestampOf(text, type.precision, rules) ?? misfit(type)
    case 'decimal':
      return /^-?[0-9]/.test(text) ? valueOfNumber(text, type, rules) : misfit(type)
    case 'numeric':
      return numericOf(text) ?? misfit(type)
    case 'double':
    case 'real':
      return /^(NaN|-?Infinity)$/.test(text) ? Number(text) : misfit(type)
    default:
      return misfit(type)
  }
}

const integerLimits = { tinyint: 7n, smallint: 15n, int: 31n, bigint: 63n } as const

function valueOfNumber(text: string, type: DataType, rules: TimestampRules): Value {
  switch (type.is) {
    case 'double':
    case 'real': {
      const number = type.is === 'real' ? Math.fround(Number(text)) : Number(text)
      return Number.isFinite(number) ? number : misfit(type)
    }
    case 'numeric':
      return numericOf(text) ?? misfit(type)
    case 'decimal':
      return decimalOf(text, type.precision, type.scale) ?? misfit(type)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const scaled = decimalOf(text, 38, 19)
      if (scaled === undefined || scaled % 10n ** 19n !== 0n) return misfit(type)
      const integer = scaled / 10n ** 19n
      const limit = 1n << integerLimits[type.is]
      if (integer >= limit || integer < -limit) return misfit(type)
      return type.is === 'bigint' ? integer : Number(integer)
    }
    case 'timestamp':
      return rules.epoch(text, type.precision) ?? misfit(type)
    default:
      return misfit(type)
  }
}

function bytesOf(base64: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined
  return base64Bytes(base64)
}

function misfit(type: DataType): never {
  throw new MisfitError(`value does not fit ${type.is.toUpperCase()}`)
}
