import type { WeightedRow } from '../../connect/memory.ts'
import { rowKey } from '../../types/value-key.ts'
import type { Change } from '../change.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { rowObject } from '../values/row-codec.ts'

/** A step's weighted rows as changes: what leaves and comes under one key is an update. */
export function changesOf(
  columns: readonly ColumnDraft[],
  key: readonly number[],
  rows: readonly WeightedRow[],
): readonly Change<unknown>[] {
  const keyText = ({ values }: WeightedRow) => rowKey(key.map(index => values[index] ?? null))
  const gone = new Map<string, WeightedRow>()
  if (key.length > 0) for (const row of rows) if (row.weight < 0) gone.set(keyText(row), row)
  const changes: Change<unknown>[] = []
  for (const row of rows) {
    const object = rowObject(columns, row.values)
    const before = key.length > 0 && row.weight > 0 ? gone.get(keyText(row)) : undefined
    if (before !== undefined) {
      gone.delete(keyText(row))
      changes.push({ type: 'update', row: object, before: rowObject(columns, before.values) })
      continue
    }
    if (row.weight > 0) for (let i = 0; i < row.weight; i++) changes.push({ type: 'insert', row: object })
    else if (key.length === 0) for (let i = 0; i < -row.weight; i++) changes.push({ type: 'delete', row: object })
  }
  for (const row of gone.values()) changes.push({ type: 'delete', row: rowObject(columns, row.values) })
  return changes
}
