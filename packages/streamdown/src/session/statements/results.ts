import type { Catalog } from '../../sql/catalog.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { StatementResult } from '../session.ts'

/** `dead`: records of its sources that could not be decoded. */
export const done = (message: string, dead = 0): StatementResult => ({ is: 'done', message, ...deadOf(dead) })

export const deadOf = (dead: number): { readonly dead?: number } => (dead > 0 ? { dead } : {})

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
