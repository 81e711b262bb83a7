import type { Value } from '../../types/value.ts'
import { type Json, parseJson, writeJson } from '../../values/json.ts'
import { RowError } from '../definition.ts'
import { asText } from '../values.ts'

/** JSON values are text in canonical form; a text argument must be valid JSON. */
export function read(value: Value | undefined): Json {
  const parsed = parseJson(asText(value))
  if (parsed === undefined) throw new RowError(5, 'the text is not valid JSON')
  return parsed
}

/** A value as text: strings without quotes, JSON null as NULL. */
export function textual(value: Json | undefined): Value {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : writeJson(value)
}
