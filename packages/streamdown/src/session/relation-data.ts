import { MemoryFeed, type WeightedRow } from '../connect/memory.ts'
import type { ChangeRow } from './session.ts'
import { TableStore } from './table-store.ts'

/**
 * The rows behind a name that the session itself keeps: an in-memory table, a materialized view, or a `memory` relation
 * that the program feeds and reads. Changes reach the store first, then every program that reads the relation.
 */
export class RelationData {
  readonly feed = new MemoryFeed()
  readonly store: TableStore
  /** Kept rows: tables and views; a `memory` connector relation only passes rows on. */
  readonly keeps: boolean
  #unread: ChangeRow[] | undefined

  constructor(key: readonly number[], keeps: boolean) {
    this.store = new TableStore(key)
    this.keeps = keeps
    this.#unread = keeps ? undefined : []
  }

  /** Rows from the program, into a relation that only passes them on. */
  push(rows: readonly WeightedRow[]): void {
    if (this.keeps) this.apply(rows)
    else this.feed.push(rows)
  }

  /** What a statement or a job changed. */
  apply(changes: readonly WeightedRow[]): void {
    if (changes.length === 0) return
    if (this.keeps) this.store.apply(changes)
    this.#unread?.push(...changes)
    this.feed.push(changes)
  }

  /** Changes since the last call. What keeps its rows starts to record at the first call, with what is there. */
  changes(): readonly ChangeRow[] {
    const changes = this.#unread ?? this.store.rows()
    this.#unread = []
    return changes
  }
}
