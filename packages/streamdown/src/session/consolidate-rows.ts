import type { WeightedRow } from '../connect/memory.ts'
import { exactRowKey } from '../types/value-key.ts'

/** Sums weights by whole row and drops zeros, in the order of first occurrence. */
export function consolidateRows(changes: readonly WeightedRow[]): readonly WeightedRow[] {
  const byRow = new Map<string, { values: WeightedRow['values']; weight: number }>()
  for (const { values, weight } of changes) {
    const name = exactRowKey(values)
    const known = byRow.get(name)
    if (known === undefined) byRow.set(name, { values, weight })
    else known.weight += weight
  }
  return [...byRow.values()].filter(({ weight }) => weight !== 0)
}
