import type { Column, Pointer } from '../batch/batch.ts'
import type { Field } from '../types/data-type.ts'

/** Keys belong to 256 groups, groups to workers: what a rescale moves. */
export const KEY_GROUPS = 256

/**
 * What a state table holds. Rows are stored row-wise at a fixed stride in the accounted heap; strings are copied there.
 *
 * - `keys` are the first `keys` fields. `unique` tables hold one row a key (find or insert); others any number
 *   (a multimap: join sides, partitions of a top-N). With no key fields all rows are of one key.
 * - `groupBy`: how many of the key fields decide the key group (exchange and state must agree); default all. Without
 *   such fields the key group is 0.
 * - `order`: fields (after the keys) that order the rows of one key; rows that tie stand in insertion order. Order fields
 *   are never scattered into. An ordered `unique` table holds one row for each key and order fields together: its
 *   `find` and `findOrInsert` take the key columns, then a column for each field of `order`.
 */
export interface StateTableSpec {
  readonly name: string
  readonly fields: readonly Field[]
  readonly keys: number
  readonly unique: boolean
  readonly groupBy?: number
  /**
   * How many of the last fields are payload: no kernel sees them in the row, nothing scatters into them, and pages keep
   * them column by column, narrow (kernels/payload.ts). For multimaps without an order. A page is freed with its last
   * row: who removes rows in another order than that in which they came calls `moveSparse`.
   */
  readonly payload?: number
  readonly order?: readonly OrderField[]
  /**
   * Keys are told apart by every bit, not by whether they are equal: the NUMERICs 1.0 and 1.00, the intervals of a month
   * and of 30 days. For tables whose keys are whole rows.
   */
  readonly exact?: true
  /**
   * The unique table to whose rows these belong. The first key field is then the slot of the owner's row
   * (`stored-rows.ts: ownerColumn`), which is not removed before them. In snapshots the owner's key stands in its place,
   * and the owner's `groupBy` decides the key group; the owner is restored first.
   */
  readonly owner?: StateTable
}

export interface OrderField {
  readonly field: number
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** Pairs of a probe row (index) and the slot of a row that it met, by probe row; both i32 in chunk memory. */
export interface Matches {
  readonly pairs: number
  readonly probe: Pointer
  readonly slots: Pointer
}

/** Where the rows of keys are. `fresh`: u8 a row, 1 where it was inserted; `addresses` as `StateTable.addresses` gives them. */
export interface FoundRows {
  readonly slots: Pointer
  readonly fresh: Pointer
  readonly addresses: Pointer
  readonly inserted: number
}

/**
 * Matches in portions, so that one probe with a million matches does not need memory for all. The table must not change
 * while a cursor is in use. Each portion is chunk memory of its own and may be released before the next.
 */
export interface MatchCursor {
  /** At most `limit` pairs; none at the end. */
  next(limit: number): Matches
}

/**
 * The only way to state. Vectorised: every call takes whole columns and vectors of slots. A slot names a row until it
 * is removed. As keys NULL equals NULL, -0 equals 0 and NaN equals NaN; the row keeps the bits that came first.
 *
 * Pointers returned are chunk memory. `slots` vectors are i32 a row, -1 for none.
 */
export interface StateTable {
  readonly spec: StateTableSpec
  /** The table's description in memory, for kernels that work on state tables. */
  readonly address: Pointer
  readonly rows: number
  /** Unique tables: the slot of each row's key, inserted with zeroed (NULL) value fields when absent. */
  findOrInsert(keys: readonly Column[], rows: number): FoundRows
  /** Unique tables: the slot of each row's key or -1. */
  find(keys: readonly Column[], rows: number): Pointer
  /** Multimaps: append rows (all fields, keys first); returns their slots. */
  insert(columns: readonly Column[], rows: number): Pointer
  /**
   * Multimaps: for each probe row all slots with its key, in insertion order (by `order` in ordered tables): pairs
   * (probe row, slot). Rows whose key has a NULL match nothing when `nullsMatch` is false.
   */
  matches(keys: readonly Column[], rows: number, nullsMatch: boolean): Matches
  /** The same in portions. */
  matchCursor(keys: readonly Column[], rows: number, nullsMatch: boolean): MatchCursor
  /** Ordered tables: the first rows of each probe row's key, at most `limit` each, in order. */
  firstOf(keys: readonly Column[], rows: number, limit: number): Matches
  /** Ordered tables: the last rows of each probe row's key, at most `limit` each, in order. */
  lastOf(keys: readonly Column[], rows: number, limit: number): Matches
  /**
   * Ordered tables: the rows of each probe row's key whose first order field is from `lower` to `upper`, both included,
   * in order. A bound is a column of that field's type; where it is NULL nothing is met, and NULL is in no range.
   */
  rangeOf(keys: readonly Column[], rows: number, bounds: RangeBounds): Matches
  rangeCursor(keys: readonly Column[], rows: number, bounds: RangeBounds): MatchCursor
  /** Ordered tables: how many rows each probe row's key has; i32 a row. */
  countOf(keys: readonly Column[], rows: number): Pointer
  /** Ordered tables: the slot at the 0-based position (i32 a row) in the order of each probe row's key, or -1. */
  slotAt(keys: readonly Column[], positions: Pointer, rows: number): Pointer
  /**
   * Ordered tables: the slot of each probe row's first row, in the order of its key, whose first order field is not
   * before `bound` (with `strict`: stands behind it), or -1. NULL meets nothing, as a bound and as a field.
   */
  firstFrom(keys: readonly Column[], bound: Column, rows: number, strict: boolean): Pointer
  /** Ordered tables: for each row in `slots` how many rows of its key stand before it; i32 a row. */
  positionOf(slots: Pointer, rows: number): Pointer
  /** Ordered tables: the slot of the next, or the previous, row of the same key, -1 at the end. */
  nextOf(slots: Pointer, rows: number): Pointer
  previousOf(slots: Pointer, rows: number): Pointer
  /** One field of the rows in `slots` (a slot -1 gives NULL) as a column in chunk memory; views may point into state. */
  gather(slots: Pointer, rows: number, field: number): Column
  /** Overwrites one field of the rows in `slots`; not a key or order field. */
  scatter(slots: Pointer, rows: number, field: number, values: Column): void
  /** Removes rows; a slot may occur once. -1 is skipped. */
  remove(slots: Pointer, rows: number): void
  /**
   * Tables with a payload: the rows of a page of which few are left are inserted anew; `each` is told of their old and new
   * slots. They keep their place in the order of insertion.
   */
  moveSparse(each: (moved: { readonly from: Pointer; readonly to: Pointer; readonly rows: number }) => void): void
  /** Unique tables without an order: the rows in `slots`, each once, stand last in the order of insertion from now on. */
  renew(slots: Pointer, rows: number): void
  /** Multimaps: removes all rows of one key, as `matches` gives them. */
  removeKey(slots: Pointer, rows: number): void
  /** Tables with an owner: removes what belongs to these of its rows (each once); looks through the whole table. */
  removeOwned(owners: Pointer, rows: number): void
  /** All live slots, in key group order, insertion order within. */
  all(): { readonly slots: Pointer; readonly rows: number }
  /** Addresses (u32 a row, 0 for slot -1) of rows, for kernels that update fields in place; valid until the next insert. */
  addresses(slots: Pointer, rows: number): Pointer
  /** Byte offset of a field's value and of its null byte (1: not NULL) inside a row. */
  offsets(field: number): { readonly value: number; readonly valid: number }
  clear(): void
  /** Bytes of the heap that the table holds. */
  bytes(): number
  /** Rows as columns grouped by key group; `restore` adds the groups that this worker owns. */
  snapshot(): TableSnapshot
  restore(from: TableSnapshot, owns: (keyGroup: number) => boolean): void
}

export interface RangeBounds {
  readonly lower?: Column
  readonly upper?: Column
  /** Whether a key with a NULL meets rows of the same key; default false. */
  readonly nullsMatch?: boolean
}

/** Portable bytes: `groups[k]` holds the rows of key group k as frames of `batch/wire.ts`, absent when empty. */
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
