import type { ColumnDraft } from '../draft/relation-draft.ts'
import { columnsOfJsonSchema, extraType } from './json-schema.ts'
import { companionOf } from './json-schema-companion.ts'
import type { Schema } from './schema.ts'

interface Override {
  readonly zodSchema: { readonly _zod: { readonly def: { readonly type: string } } }
  readonly jsonSchema: Record<string, unknown>
}

/** zod 4: it would throw at dates and bigints, which have no JSON Schema, unless it is told what to do with them. */
export function columnsOfZod(schema: Schema): readonly ColumnDraft[] {
  const override = ({ zodSchema, jsonSchema }: Override) => {
    const { type } = zodSchema._zod.def
    if (type === 'date' || type === 'bigint') jsonSchema[extraType] = type
  }
  return columnsOfJsonSchema(companionOf(schema, { unrepresentable: 'any', override }), 'zod')
}
