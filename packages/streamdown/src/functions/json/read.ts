import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { type Json, parseJson, writeJson } from '../../values/json.ts'
import { type Coerce, RowError } from '../definition.ts'
import { asArray, asText } from '../values.ts'

const { string, json } = types

/** JSON values are text in canonical form; a text argument must be valid JSON. */
export function read(value: Value | undefined): Json {
  const parsed = parseJson(asText(value))
  if (parsed === undefined) throw new RowError(failures.argument, 'the text is not valid JSON')
  return parsed
}

/** A value as text: strings without quotes, JSON null as NULL. */
export function textual(value: Json | undefined): Value {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : writeJson(value)
}

/** A value as JSON text; NULL where there is none. */
export const written = (value: Json | undefined): Value => (value === undefined ? null : writeJson(value))

/** A path of keys, as an array of texts. */
export function keysOf(value: Value | undefined): readonly string[] {
  return asArray(value).map(part => (part === null ? '' : asText(part)))
}

/** A JSON value and a path of keys. */
export const jsonPathArgs: Coerce = ([value, path]) =>
  value !== undefined &&
  (value.type.is === 'json' || value.type.is === 'string') &&
  path !== undefined &&
  (path.type.is === 'array' || path.type.is === 'string')
    ? [json, types.array(string)]
    : undefined

/** JSON values, of which one is no text. */
export const anyJson: Coerce = args =>
  args.every(arg => arg.type.is === 'json' || arg.type.is === 'string') && args.some(arg => arg.type.is === 'json')
    ? args.map(() => json)
    : undefined
