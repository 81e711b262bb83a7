import type { StateSnapshot, StateTable } from '../../state/state-table.ts'

/** What an operator's snapshot is made of: its tables and small values. Derived tables are rebuilt, not saved. */
export function snapshotOf(
  tables: readonly StateTable[],
  values: Readonly<Record<string, string>> = {},
): StateSnapshot {
  return { tables: tables.map(table => table.snapshot()), values }
}

/** The snapshot holds only what this worker owns. */
export function restoreTables(tables: readonly StateTable[], from: StateSnapshot): void {
  for (const table of tables) {
    const saved = from.tables.find(({ name }) => name === table.spec.name)
    if (saved !== undefined) table.restore(saved, () => true)
  }
}

export function bytesOf(tables: readonly StateTable[]): number {
  return tables.reduce((sum, table) => sum + table.bytes(), 0)
}
