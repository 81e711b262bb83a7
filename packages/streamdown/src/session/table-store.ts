import type { WeightedRow } from '../connect/memory.ts'
import type { Value } from '../types/value.ts'
import { rowKey } from '../types/value-key.ts'

interface Stored {
  values: readonly Value[]
  weight: number
}

/**
 * The contents of an in-memory table or of a view, in the order in which rows first came. With key columns a row is
 * named by its key, else by all its values.
 */
export class TableStore {
  readonly #key: readonly number[]
  readonly #rows = new Map<string, Stored>()
  readonly #byKey = new Map<string, readonly Value[]>()

  constructor(key: readonly number[] = []) {
    this.#key = key
  }

  /** Adds changes as they are: weights are summed by whole row. */
  apply(changes: readonly WeightedRow[]): void {
    for (const { values, weight } of changes) {
      const name = rowKey(values)
      const stored = this.#rows.get(name)
      this.#index(values, weight)
      if (stored === undefined) this.#rows.set(name, { values, weight })
      else {
        stored.weight += weight
        if (stored.weight === 0) this.#rows.delete(name)
      }
    }
  }

  rows(): readonly WeightedRow[] {
    return [...this.#rows.values()]
  }

  /** The row of a key, for tables with a key. */
  byKey(key: readonly Value[]): readonly Value[] | undefined {
    return this.#byKey.get(rowKey(key))
  }

  /** A change retracts the old row of a key before it adds the new one, or the other way round. */
  #index(values: readonly Value[], weight: number): void {
    if (this.#key.length === 0) return
    const key = rowKey(this.#key.map(column => values[column] ?? null))
    if (weight > 0) this.#byKey.set(key, values)
    else if (rowKey(this.#byKey.get(key) ?? []) === rowKey(values)) this.#byKey.delete(key)
  }
}
