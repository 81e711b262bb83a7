import { StreamdownError } from '../../errors/error.ts'
import type { Schema } from './schema.ts'

/** Asks a schema for its output's JSON Schema (Standard Schema 1.1). Throws DSD5004 where there is none. */
export function companionOf(schema: Schema, libraryOptions: Readonly<Record<string, unknown>>): unknown {
  const { vendor } = schema['~standard']
  const companion: unknown = Reflect.get(schema['~standard'], 'jsonSchema')
  const output: unknown =
    typeof companion === 'object' && companion !== null ? Reflect.get(companion, 'output') : undefined
  if (typeof output !== 'function') {
    throw new StreamdownError(
      'DSD5004',
      `Schemas of ${vendor} do not say what their columns are (no JSON Schema companion).`,
    )
  }
  return Reflect.apply(output, companion, [{ target: 'draft-2020-12', libraryOptions }])
}
