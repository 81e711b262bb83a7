import { StreamdownError } from '../../errors/error.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { columnsOfArktype } from './arktype.ts'
import { columnsOfJsonSchema } from './json-schema.ts'
import { companionOf } from './json-schema-companion.ts'
import { RowType } from './row-type.ts'
import type { Schema } from './schema.ts'
import { columnsOfValibot } from './valibot.ts'
import { columnsOfZod } from './zod.ts'

/**
 * The columns that a schema declares. Standard Schema itself only checks values, so each library has an adapter that
 * knows how to ask it; others are asked for their JSON Schema. Throws DSD5004 naming a column whose type is not known.
 */
export function columnsOf(schema: Schema): readonly ColumnDraft[] {
  if (schema instanceof RowType) return Object.entries(schema.fields).map(([name, type]) => ({ name, type }))
  const vendor: unknown = schema?.['~standard']?.vendor
  switch (vendor) {
    case 'zod':
      return columnsOfZod(schema)
    case 'arktype':
      return columnsOfArktype(schema)
    case 'valibot':
      return columnsOfValibot(schema)
    case undefined:
      throw new StreamdownError(
        'DSD5004',
        'This is no schema: give t.row({...}) or a schema that speaks Standard Schema.',
      )
    default:
      return columnsOfJsonSchema(companionOf(schema, {}), String(vendor))
  }
}
