import type { ColumnDraft } from '../draft/relation-draft.ts'
import { columnsOfJsonSchema, extraType } from './json-schema.ts'
import { companionOf } from './json-schema-companion.ts'
import type { Schema } from './schema.ts'

interface Fallback {
  readonly base: Readonly<Record<string, unknown>>
  readonly domain?: string
}

/** arktype: dates and bigints would come as `{}`, anything, unless a fallback says more. */
export function columnsOfArktype(schema: Schema): readonly ColumnDraft[] {
  const fallback = {
    default: ({ base }: Fallback) => base,
    date: ({ base }: Fallback) => ({ ...base, [extraType]: 'date' }),
    domain: ({ base, domain }: Fallback) => ({ ...base, [extraType]: domain }),
  }
  return columnsOfJsonSchema(companionOf(schema, { fallback }), 'arktype')
}
