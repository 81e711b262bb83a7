import type { WeightedRow } from '../connect/memory.ts'
import type { UniqueRule } from '../sql/catalog.ts'
import type { Value } from '../types/value.ts'
import { rowKey } from '../types/value-key.ts'

/** How many rows a table has for each combination of the columns of a UNIQUE rule. Rows with a NULL there do not count. */
export class UniqueIndex {
  readonly rule: UniqueRule
  readonly #rows = new Map<string, number>()

  constructor(rule: UniqueRule) {
    this.rule = rule
  }

  add(values: readonly Value[], weight: number): void {
    const key = this.#keyOf(values)
    if (key === undefined) return
    const rows = (this.#rows.get(key) ?? 0) + weight
    if (rows === 0) this.#rows.delete(key)
    else this.#rows.set(key, rows)
  }

  wouldBreak(changes: readonly WeightedRow[]): boolean {
    const more = new Map<string, number>()
    for (const { values, weight } of changes) {
      const key = this.#keyOf(values)
      if (key !== undefined) more.set(key, (more.get(key) ?? 0) + weight)
    }
    return [...more].some(([key, rows]) => rows > 0 && (this.#rows.get(key) ?? 0) + rows > 1)
  }

  #keyOf(values: readonly Value[]): string | undefined {
    const own = this.rule.columns.map(column => values[column] ?? null)
    return own.includes(null) ? undefined : rowKey(own)
  }
}
