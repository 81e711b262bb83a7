import type { Value } from '../../types/value.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { fromInput } from './from-input.ts'
import { toRowValue } from './to-row.ts'

/** A row of a relation as programs see it, from its plan values. */
export function rowObject(columns: readonly ColumnDraft[], values: readonly Value[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const [i, { name, type }] of columns.entries()) row[name] = toRowValue(type, values[i] ?? null)
  return row
}

/** The plan values of a row that a program gives. Throws DSD5008 naming the column that does not fit. */
export function rowInput(columns: readonly ColumnDraft[], row: object): readonly Value[] {
  return columns.map(({ name, type }) => fromInput(type, Reflect.get(row, name), name))
}
