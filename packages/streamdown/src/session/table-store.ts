import type { WeightedRow } from '../connect/memory.ts'
import type { UniqueRule } from '../sql/catalog.ts'
import type { Value } from '../types/value.ts'
import { exactRowKey, rowKey } from '../types/value-key.ts'
import { UniqueIndex } from './unique-index.ts'

interface Stored {
  readonly values: readonly Value[]
  weight: number
  /** That of the first of equal rows. */
  readonly watermark?: bigint
}

/**
 * The contents of an in-memory table or of a view, in the order in which rows first came. With key columns a row is
 * named by its key, else by all its values.
 */
export class TableStore {
  readonly #key: readonly number[]
  readonly #rows = new Map<string, Stored>()
  readonly #byKey = new Map<string, readonly Value[]>()
  #unique: readonly UniqueIndex[]

  constructor(key: readonly number[] = [], unique: readonly UniqueRule[] = []) {
    this.#key = key
    this.#unique = unique.map(rule => new UniqueIndex(rule))
  }

  /** Other rows and other rules in place of those that there are. */
  replace(rows: readonly WeightedRow[], unique: readonly UniqueRule[]): void {
    this.#rows.clear()
    this.#byKey.clear()
    this.#unique = unique.map(rule => new UniqueIndex(rule))
    this.apply(rows)
  }

  /** The first rule that the changes would break. */
  broken(changes: readonly WeightedRow[]): UniqueRule | undefined {
    return this.#unique.find(index => index.wouldBreak(changes))?.rule
  }

  /** Adds changes as they are: weights are summed by whole row. */
  apply(changes: readonly WeightedRow[]): void {
    for (const { values, weight, watermark } of changes) {
      const name = exactRowKey(values)
      const stored = this.#rows.get(name)
      this.#index(values, weight)
      for (const index of this.#unique) index.add(values, weight)
      if (stored === undefined) {
        this.#rows.set(name, watermark === undefined ? { values, weight } : { values, weight, watermark })
      } else {
        stored.weight += weight
        if (stored.weight === 0) this.#rows.delete(name)
      }
    }
  }

  rows(): readonly WeightedRow[] {
    return [...this.#rows.values()]
  }

  /** The row with the `values` of the columns `key` where rows are named by these; else all rows, it among them. */
  rowsOf(key: readonly number[], values: readonly Value[] | undefined): readonly WeightedRow[] {
    if (values === undefined || key.length === 0 || key.join() !== this.#key.join()) return this.rows()
    const row = this.byKey(values)
    return row === undefined ? [] : [{ values: row, weight: 1 }]
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
    else if (exactRowKey(this.#byKey.get(key) ?? []) === exactRowKey(values)) this.#byKey.delete(key)
  }
}
