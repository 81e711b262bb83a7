import { NO_WATERMARK } from '../batch/batch.ts'
import { type KeptRows, MemoryFeed, type WeightedRow } from '../connect/memory.ts'
import type { UniqueRule } from '../sql/catalog.ts'
import { changeKinds } from './change-kinds.ts'
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
  readonly #key: readonly number[] | undefined
  #unread: ChangeRow[] | undefined

  constructor(key: readonly number[], keeps: boolean, unique: readonly UniqueRule[] = []) {
    this.store = new TableStore(key, unique)
    this.#key = key.length === 0 ? undefined : key
    this.keeps = keeps
    this.#unread = keeps ? undefined : []
  }

  /** What a snapshot keeps of it. */
  kept(): KeptRows {
    const { time } = this.feed
    const rows = this.store.rows()
    return time.watermark === NO_WATERMARK && !time.idle ? { rows } : { rows, time }
  }

  /** Before anybody reads it. */
  restore({ rows, time }: KeptRows): void {
    this.store.apply(rows)
    if (time !== undefined) this.feed.reach(time)
  }

  /** Rows from the program, into a relation that only passes them on. */
  push(rows: readonly WeightedRow[]): void {
    if (this.keeps) this.apply(rows)
    else this.feed.push(rows)
  }

  /** What a statement or a job changed; `key` is that of the job's rows, where it knows one. */
  apply(changes: readonly WeightedRow[], key = this.#key): void {
    if (changes.length === 0) return
    if (this.keeps) this.store.apply(changes)
    this.#unread?.push(...changeKinds(changes, key))
    this.feed.push(changes)
  }

  /** Changes since the last call. What keeps its rows starts to record at the first call, with what is there. */
  changes(): readonly ChangeRow[] {
    const changes = this.#unread ?? changeKinds(this.store.rows(), undefined)
    this.#unread = []
    return changes
  }
}
