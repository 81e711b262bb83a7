// The first rows of each partition of rows that are only ever added.
//
// A partition's state row holds how many rows its top has (u32), their slots in order (u32 each), and a mark (u32). Rows
// of a batch take their places in the tops by reference first; what is left of them at the end of the batch is stored.
// What a top was before the step is kept in an entry when the step first changes it, and compared with at its end:
//
//   entry   u32 slot of the partition, rows of its top; i64 ordinal of the row that changed it; slots of its top

import { columnIsNull, columnPhysical, columnValue } from './column'
import { compareWithState } from './rank'
import { equalPayload } from './payload'
import { fieldAt, fieldPhysical, fieldValid, fieldValue, hasPayload, rowAddress } from './table-fields'
import { compareValues, equalValues } from './value'

/** In the place of a slot: the number of a row of the batch. */
const IN_BATCH: u32 = 0x80000000
const ENTRY_HEAD: usize = 16
/** Rows whose way into their tops is looked at together. */
const TOUCHED_ROWS: usize = 64

@inline
function entryBytes(limit: usize): usize {
  return ENTRY_HEAD + (((limit + 1) >> 1) << 3)
}

/** The order of two rows of the batch. */
function compareInBatch(columns: usize, fields: usize, count: usize, a: usize, b: usize): i32 {
  for (let c: usize = 0; c < count; c++) {
    const flags = load<u32>(fields + (c << 4), 8)
    const aNull = columnIsNull(columns, c, a)
    const bNull = columnIsNull(columns, c, b)
    if (aNull || bNull) {
      if (aNull == bNull) continue
      return aNull == ((flags & 2) != 0) ? -1 : 1
    }
    const order = compareValues(columnPhysical(columns, c), columnValue(columns, c, a), columnValue(columns, c, b))
    if (order != 0) return (flags & 1) != 0 ? -order : order
  }
  return 0
}

@inline
function contains(slots: usize, count: usize, slot: u32): bool {
  for (let i: usize = 0; i < count; i++) if (load<u32>(slots + (i << 2)) == slot) return true
  return false
}

let touched: u64 = 0

/** Loads the last stored rows of the tops that a block of rows wants to enter, so that the cache misses overlap. */
function touchLast(partitions: usize, from: usize, end: usize, top: usize, table: usize, storedOrdinal: usize): void {
  let sum = touched
  for (let i = from; i < end; i++) {
    const at = <usize>load<u32>(partitions + (i << 2)) + top
    const length = <usize>load<u32>(at)
    const last = load<u32>(at + (length << 2))
    if (length != 0 && (last & IN_BATCH) == 0) sum += load<u64>(rowAddress(table, last) + storedOrdinal)
  }
  touched = sum
}

/**
 * Rows of a batch into the tops of their partitions, `limit` rows each. `columns` and `fields` describe the order as in
 * `rank_can_enter`; rows that tie stand by ordinal, with `latest` from the highest, and by arrival. `partitions`: u32 a row,
 * the address of the state row, of which `top` is the offset of the count, with the slots behind it, and `mark` that of the
 * mark; `partitionSlots` their slots. `table`: of the stored rows. `entries`: `entered` of them from this step already,
 * and room for one more a row. `gone`: room for the slots of stored rows that are in no top, before or after; `goneRows`:
 * u32, their number. Returns how many entries there are.
 */
export function top_enter(
  columns: usize,
  fields: usize,
  count: i32,
  partitions: usize,
  partitionSlots: usize,
  rows: i32,
  limit: i32,
  ordinals: usize,
  latest: i32,
  table: usize,
  storedOrdinal: usize,
  top: usize,
  mark: usize,
  entries: usize,
  entered: i32,
  gone: usize,
  goneRows: usize,
): i32 {
  const most = <usize>limit
  let goneCount: usize = 0
  let entryCount = <usize>entered
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (i % TOUCHED_ROWS == 0) touchLast(partitions, i, min(i + TOUCHED_ROWS, <usize>rows), top, table, storedOrdinal)
    const partition = <usize>load<u32>(partitions + (i << 2))
    const slots = partition + top + 4
    const length = <usize>load<u32>(partition + top)
    const ordinal = load<i64>(ordinals + (i << 3))
    let place = length
    while (place > 0) {
      const other = load<u32>(slots + ((place - 1) << 2))
      let order: i32
      let its: i64
      if ((other & IN_BATCH) != 0) {
        const at = <usize>(other & ~IN_BATCH)
        order = compareInBatch(columns, fields, <usize>count, i, at)
        its = load<i64>(ordinals + (at << 3))
      } else {
        const row = rowAddress(table, other)
        order = compareWithState(columns, fields, <usize>count, row, i)
        its = load<i64>(row + storedOrdinal)
      }
      if (order > 0) break
      if (order == 0 && (latest != 0 ? ordinal <= its : ordinal >= its)) break
      place--
    }
    if (place == most) continue
    let entry = <usize>load<u32>(partition + mark)
    if (entry == 0) {
      const at = entries + entryCount * entryBytes(most)
      store<u32>(at, load<u32>(partitionSlots + (i << 2)))
      store<u32>(at, <u32>length, 4)
      store<i64>(at, ordinal, 8)
      memory.copy(at + ENTRY_HEAD, slots, length << 2)
      entry = ++entryCount
      store<u32>(partition + mark, <u32>entry)
    }
    if (length == most) {
      const last = load<u32>(slots + ((length - 1) << 2))
      const before = entries + (entry - 1) * entryBytes(most)
      if ((last & IN_BATCH) == 0 && !contains(before + ENTRY_HEAD, <usize>load<u32>(before, 4), last)) {
        store<u32>(gone + (goneCount << 2), last)
        goneCount++
      }
    } else {
      store<u32>(partition + top, <u32>length + 1)
    }
    for (let at = min(length, most - 1); at > place; at--) {
      store<u32>(slots + (at << 2), load<u32>(slots + ((at - 1) << 2)))
    }
    store<u32>(slots + (place << 2), <u32>i | IN_BATCH)
  }
  store<u32>(goneRows, <u32>goneCount)
  return <i32>entryCount
}

/** The rows of the batch that are in a top: their numbers (i32), in order. Returns how many there are. */
export function top_entered(partitions: usize, rows: i32, top: usize, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const partition = <usize>load<u32>(partitions + (i << 2))
    if (!contains(partition + top + 4, <usize>load<u32>(partition + top), <u32>i | IN_BATCH)) continue
    store<u32>(out + (count << 2), <u32>i)
    count++
  }
  return <i32>count
}

/** Puts the slots of stored rows where the rows of the batch stood. */
export function top_stored(partitions: usize, numbers: usize, slots: usize, rows: i32, top: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const number = load<u32>(numbers + (i << 2))
    const partition = <usize>load<u32>(partitions + (<usize>number << 2))
    let at = partition + top + 4
    while (load<u32>(at) != (number | IN_BATCH)) at += 4
    store<u32>(at, load<u32>(slots + (i << 2)))
  }
}

/** Whether the first `count` fields of two stored rows are equal, and their payload. */
function equalRows(table: usize, slotA: u32, slotB: u32, count: usize): bool {
  const a = rowAddress(table, slotA)
  const b = rowAddress(table, slotB)
  for (let i: usize = 0; i < count; i++) {
    const field = fieldAt(table, i)
    const valid = load<u8>(a + fieldValid(field))
    if (valid != load<u8>(b + fieldValid(field))) return false
    if (valid != 0 && !equalValues(fieldPhysical(field), a + fieldValue(field), b + fieldValue(field))) return false
  }
  return !hasPayload(table) || equalPayload(table, slotA, slotB)
}

let changes: usize = 0
let changeSlots: usize = 0
let changeWeights: usize = 0
let changeNumbers: usize = 0
let changeOrdinals: usize = 0

@inline
function change(slot: u32, weight: i32, place: usize, ordinal: i64): void {
  store<u32>(changeSlots + (changes << 2), slot)
  store<i32>(changeWeights + (changes << 2), weight)
  store<i64>(changeNumbers + (changes << 3), <i64>place + 1)
  store<i64>(changeOrdinals + (changes << 3), ordinal)
  changes++
}

/**
 * What a step did to the tops, entry by entry, for the places from `from` (1: the first) on. `paired` 1: place by place the
 * old row, then the new, unless they are equal in the first `fields` fields of `table`, where the rows are, and in payload; else the rows
 * that are in the top no more, then those that were not before. For each row its slot, weight (i32), number (i64) and the
 * ordinal of its entry (i64); twice `limit` an entry at most. `partitions`: their table. Returns how many there are.
 */
export function top_changes(
  entries: usize,
  count: i32,
  limit: i32,
  from: i32,
  paired: i32,
  partitions: usize,
  top: usize,
  table: usize,
  fields: i32,
  slots: usize,
  weights: usize,
  numbers: usize,
  ordinals: usize,
): i32 {
  const first = <usize>from - 1
  changes = 0
  changeSlots = slots
  changeWeights = weights
  changeNumbers = numbers
  changeOrdinals = ordinals
  for (let e: usize = 0; e < <usize>count; e++) {
    const entry = entries + e * entryBytes(limit)
    const ordinal = load<i64>(entry, 8)
    const now = rowAddress(partitions, load<u32>(entry)) + top
    const before = entry + ENTRY_HEAD
    const after = now + 4
    const beforeRows = <usize>load<u32>(entry, 4)
    const afterRows = <usize>load<u32>(now)
    if (paired != 0) {
      // Tops of such rows never become smaller.
      for (let place = first; place < afterRows; place++) {
        const slot = load<u32>(after + (place << 2))
        if (place < beforeRows) {
          const old = load<u32>(before + (place << 2))
          if (old == slot || equalRows(table, old, slot, fields)) continue
          change(old, -1, place, ordinal)
        }
        change(slot, 1, place, ordinal)
      }
      continue
    }
    for (let place = first; place < beforeRows; place++) {
      const slot = load<u32>(before + (place << 2))
      if (!contains(after + (first << 2), afterRows - first, slot)) change(slot, -1, place, ordinal)
    }
    for (let place = first; place < afterRows; place++) {
      const slot = load<u32>(after + (place << 2))
      if (beforeRows <= first || !contains(before + (first << 2), beforeRows - first, slot)) change(slot, 1, place, ordinal)
    }
  }
  return <i32>changes
}

/** Rows that have moved: in the tops of their partitions their new slots stand for the old. */
export function top_moved(partitions: usize, old: usize, slots: usize, rows: i32, top: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    let at = <usize>load<u32>(partitions + (i << 2)) + top + 4
    while (load<u32>(at) != load<u32>(old + (i << 2))) at += 4
    store<u32>(at, load<u32>(slots + (i << 2)))
  }
}

/** Slots of the rows that have left their tops; the marks of the partitions are taken away. Returns how many there are. */
export function top_left(entries: usize, count: i32, limit: i32, partitions: usize, top: usize, mark: usize, out: usize): i32 {
  let left: usize = 0
  for (let e: usize = 0; e < <usize>count; e++) {
    const entry = entries + e * entryBytes(limit)
    const partition = rowAddress(partitions, load<u32>(entry))
    store<u32>(partition + mark, 0)
    const before = <usize>load<u32>(entry, 4)
    for (let place: usize = 0; place < before; place++) {
      const slot = load<u32>(entry + ENTRY_HEAD + (place << 2))
      if (contains(partition + top + 4, <usize>load<u32>(partition + top), slot)) continue
      store<u32>(out + (left << 2), slot)
      left++
    }
  }
  return <i32>left
}
