import type { Column, Pointer } from '../batch/batch.ts'
import type { Field } from '../types/data-type.ts'

/** Keys belong to 256 groups, groups to workers: what a rescale moves. */
export const KEY_GROUPS = 256

/**
 * What a state table holds. Rows are stored row-wise at a fixed stride in the accounted heap; strings are copied there.
 *
 * - `keys` are the first `keys` fields. `unique` tables hold one row a key (find or insert); others any number
 *   (a multimap: join sides, partitions of a top-N).
 * - `groupBy`: how many of the key fields decide the key group (exchange and state must agree); default all.
 * - `order`: fields (after the keys) that order the rows of one key, for `ordered` tables.
 */
export interface StateTableSpec {
  readonly name: string
  readonly fields: readonly Field[]
  readonly keys: number
  readonly unique: boolean
  readonly order?: readonly { readonly field: number; readonly descending: boolean; readonly nullsFirst: boolean }[]
}

/**
 * The only way to state. Vectorised: every call takes whole columns and vectors of slots. A slot names a row until it
 * is removed. As keys NULL equals NULL, -0 equals 0 and NaN equals NaN.
 *
 * Pointers returned are chunk memory. `slots` vectors are i32 a row, -1 for none.
 */
export interface StateTable {
  readonly spec: StateTableSpec
  readonly rows: number
  /** Unique tables: the slot of each row's key, inserted with zeroed (NULL) value fields when absent. */
  findOrInsert(keys: readonly Column[], rows: number): { readonly slots: Pointer; readonly fresh: Pointer; readonly inserted: number }
  /** Unique tables: the slot of each row's key or -1. */
  find(keys: readonly Column[], rows: number): Pointer
  /** Multimaps: append rows (all fields, keys first); returns their slots. */
  insert(columns: readonly Column[], rows: number): Pointer
  /**
   * Multimaps: for each probe row all slots with its key, in insertion order (by `order` in ordered tables): pairs
   * (probe row, slot). Rows whose key has a NULL match nothing when `nullsMatch` is false.
   */
  matches(keys: readonly Column[], rows: number, nullsMatch: boolean): { readonly pairs: number; readonly probe: Pointer; readonly slots: Pointer }
  /** One field of the rows in `slots` (a slot -1 gives NULL) as a column in chunk memory; views may point into state. */
  gather(slots: Pointer, rows: number, field: number): Column
  /** Overwrites one field of the rows in `slots`. */
  scatter(slots: Pointer, rows: number, field: number, values: Column): void
  /** Removes rows; a slot may occur once. */
  remove(slots: Pointer, rows: number): void
  /** All live slots, in key group order, insertion order within. */
  all(): { readonly slots: Pointer; readonly rows: number }
  /** Addresses (u32 a row, 0 for slot -1) of rows, for kernels that update fields in place; valid until the next insert. */
  addresses(slots: Pointer, rows: number): Pointer
  /** Byte offset of a field's value and of its null byte (1: not NULL) inside a row. */
  offsets(field: number): { readonly value: number; readonly valid: number }
  clear(): void
  bytes(): number
  /** Rows as columns grouped by key group; `restore` takes the groups that this worker owns. */
  snapshot(): TableSnapshot
  restore(from: TableSnapshot, owns: (keyGroup: number) => boolean): void
}

/** Portable bytes: `groups[k]` holds the rows of key group k in the encoding of `batch/wire.ts`, absent when empty. */
export interface TableSnapshot {
  readonly name: string
  readonly fields: readonly Field[]
  readonly groups: ReadonlyMap<number, Uint8Array>
}

/** An operator's state: its tables, and small values (positions, timers' clock) by name. */
export interface StateSnapshot {
  readonly tables: readonly TableSnapshot[]
  readonly values: Readonly<Record<string, string>>
}
