import type { Numeric } from '../../../types/value.ts'
import { isJsonArray, isJsonObject, type Json, JsonNumber } from '../../../values/json.ts'
import { numericText, parseNumeric } from '../../../values/numeric.ts'
import { PathError } from './errors.ts'
import { PathTime, pathTimeText } from './times.ts'

/** What a path comes by: JSON, or a time that datetime() and its like have made of a text. */
export type Item = Json | PathTime

/** A time leaves the path as text. */
export const itemJson = (item: Item): Json => (item instanceof PathTime ? pathTimeText(item) : item)

export const isArray = (item: Item): item is readonly Json[] => !(item instanceof PathTime) && isJsonArray(item)
export const isObject = (item: Item): item is ReadonlyMap<string, Json> =>
  !(item instanceof PathTime) && isJsonObject(item)

/** The values in an array or object; of anything else none. */
export const inside = (item: Item): readonly Json[] => (isArray(item) ? item : isObject(item) ? [...item.values()] : [])

export function numericOf(number: JsonNumber): Numeric {
  const value = parseNumeric(number.text)
  if (value === undefined || value === 'too large') throw new PathError(`the number ${number.text} is too large`)
  return value
}

export const numberOf = (value: Numeric): JsonNumber => new JsonNumber(numericText(value))

export function typeName(item: Item): string {
  if (item === null) return 'null'
  if (item instanceof PathTime) return item.kind
  if (item instanceof JsonNumber) return 'number'
  return isArray(item) ? 'array' : isObject(item) ? 'object' : typeof item
}
