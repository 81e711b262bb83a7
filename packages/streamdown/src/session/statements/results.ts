import type { Catalog } from '../../sql/catalog.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { StatementResult } from '../session.ts'

export const done = (message: string): StatementResult => ({ is: 'done', message })

export const rows = (schema: Schema, values: readonly (readonly Value[])[], timeZone = 'UTC'): StatementResult => ({
  is: 'rows',
  schema,
  rows: values,
  timeZone,
})

/** A column of text in an answer of SHOW, DESCRIBE, EXPLAIN. */
export const text = (name: string) => field(name, types.string, false)

/** Whether IF NOT EXISTS makes a CREATE do nothing. */
export const isThere = (
  catalog: Catalog,
  name: string,
  { ifNotExists, orReplace }: { readonly ifNotExists: boolean; readonly orReplace: boolean },
): boolean => catalog.find(name) !== undefined && ifNotExists && !orReplace
