import type { DataType } from '../../packages/streamdown/src/types/data-type.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'
import { daysOf } from '../../packages/streamdown/src/values/calendar.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A JSON cell of a case as a value of a column. More fraction digits than the type has are cut. */
export function cellValue(json: Json | undefined, type: DataType): Value {
  if (json === null || json === undefined) return null
  switch (type.is) {
    case 'null':
      return null
    case 'boolean':
      return json === true || json === 'true'
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'real':
    case 'double':
      return Number(json)
    case 'bigint':
      return BigInt(String(json))
    case 'decimal':
      return unscaled(String(json), type.scale)
    case 'numeric':
      throw new TypeError('no type of Flink is a NUMERIC of any size')
    case 'string':
    case 'json':
      return typeof json === 'string' ? json : JSON.stringify(json)
    case 'bytes':
      return bytesOf(json)
    case 'date':
      return dateOf(String(json))
    case 'time':
      return timeOf(String(json))
    case 'timestamp':
      return timestampOf(String(json), type.precision)
    case 'row':
      return type.fields.map((field, at) =>
        cellValue(Array.isArray(json) ? (json as readonly Json[])[at] : null, field.type),
      )
    case 'array':
      return (json as readonly Json[]).map(element => cellValue(element, type.element))
    case 'map': {
      const pairs = (json as { readonly $map: readonly (readonly [Json, Json])[] }).$map
      return pairs.map(([key, value]) => [cellValue(key, type.key), cellValue(value, type.value)])
    }
    case 'interval':
      throw new Error('no case feeds intervals')
  }
}

function bytesOf(json: Json): Uint8Array {
  const encoded = (json as { readonly $bytes?: string }).$bytes
  return encoded === undefined ? new TextEncoder().encode(String(json)) : new Uint8Array(Buffer.from(encoded, 'base64'))
}

/** Unscaled digits at a scale; digits past it are cut. */
export function unscaled(text: string, scale: number): bigint {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text.trim())
  if (match === null) throw new Error(`not a number: ${text}`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = `${whole}${fraction}`
  const point = whole.length + Number(exponent)
  const padded = digits.padEnd(Math.max(digits.length, point + scale), '0')
  const cut = point + scale > 0 ? padded.slice(0, point + scale) : '0'
  const value = BigInt(cut === '' ? '0' : cut)
  return sign === '-' ? -value : value
}

function dateOf(text: string): number {
  const [year = '1970', month = '1', day = '1'] = text.split('T')[0]?.split('-') ?? []
  return daysOf(Number(year), Number(month), Number(day))
}

function timeOf(text: string): bigint {
  const [clock = '', fraction = ''] = text.replace('Z', '').split('.')
  const [hours = '0', minutes = '0', seconds = '0'] = clock.split(':')
  return (
    (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * 1_000_000n +
    BigInt(fraction.padEnd(6, '0').slice(0, 6))
  )
}

function timestampOf(text: string, precision: number): bigint {
  const [date = '', clock = '00:00'] = text.split(/[T ]/)
  const micros = BigInt(dateOf(date)) * 86_400_000_000n + timeOf(clock)
  const unit = 10n ** BigInt(Math.max(0, 6 - precision))
  return micros - (((micros % unit) + unit) % unit)
}
