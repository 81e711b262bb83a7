// Multimaps: any number of rows a key, in insertion order.

import { hashKeys } from './hash-index'
import { beginPairs, pairCount, pushPair } from './pairs'
import { storePayload } from './payload'
import { storeRows } from './rows'
import { CAPACITY, newRow, newRows, recordOf } from './slots'
import { get, hasPayload, LAST, LINKS_AT_ONCE, NEXT, PAGE_SHIFT, rowAddress, UNLINKED } from './table-fields'
import { addUnlinked, addUnlinkedRun, linkRows } from './unlinked'

/** Multimaps: appends rows of all fields. */
export function table_insert(table: usize, columns: usize, rows: i32, slots: usize): void {
  const hashes = hashKeys(table, columns, rows)
  const count = <usize>rows
  const atOnce = get(table, LINKS_AT_ONCE) != 0
  if (hasPayload(table)) {
    newRows(table, hashes, count, slots)
    storeRows(table, columns, slots, count)
    storePayloads(table, columns, slots, count, atOnce)
  } else {
    for (let i: usize = 0; i < count; i++) {
      const slot = newRow(table, load<u32>(hashes + (i << 2)))
      if (!atOnce) {
        store<u32>(rowAddress(table, slot), UNLINKED, NEXT)
        addUnlinked(table, slot)
      }
      store<u32>(slots + (i << 2), slot)
    }
    storeRows(table, columns, slots, count)
  }
  if (atOnce) linkRows(table, slots, hashes, count)
}

/** The payload of new rows, page by page; with `atOnce` they enter the index then. */
function storePayloads(table: usize, columns: usize, slots: usize, rows: usize, atOnce: bool): void {
  const shift = get(table, PAGE_SHIFT)
  const mask = (<u32>1 << shift) - 1
  let from: usize = 0
  while (from < rows) {
    const first = load<u32>(slots + (from << 2))
    const record = recordOf(table, (first >> shift) + 1)
    const capacity = load<u32>(record, CAPACITY)
    // Places of a page follow each other; the first page may have grown meanwhile.
    let end = from + 1
    while (end < rows && load<u32>(slots + (end << 2)) >> shift == first >> shift) end++
    storePayload(table, record, capacity, <usize>(first & mask), columns, from, end - from)
    if (!atOnce) addUnlinkedRun(table, first, <u32>(end - from))
    from = end
  }
}

/**
 * Multimaps: pairs of probe row and slot for the references that `table_find` gave, at most `limit`, from a cursor on
 * (two u32: probe row, slot + 1 to go on with or 0), which is moved. Returns their number, 0 at the end.
 */
export function table_walk(table: usize, references: usize, rows: i32, cursor: usize, limit: u32): i32 {
  beginPairs(min(limit, <u32>max(rows, 64)))
  let row = load<u32>(cursor)
  let next = load<u32>(cursor, 4)
  while (row < <u32>rows) {
    if (next == 0) next = load<u32>(references + (<usize>row << 2))
    while (next != 0) {
      if (<u32>pairCount == limit) {
        store<u32>(cursor, row)
        store<u32>(cursor, next, 4)
        return <i32>pairCount
      }
      const slot = next - 1
      pushPair(row, slot)
      const after = load<u32>(rowAddress(table, slot), NEXT)
      next = (after & LAST) != 0 ? 0 : after + 1
    }
    row++
  }
  store<u32>(cursor, row)
  store<u32>(cursor, 0, 4)
  return <i32>pairCount
}
