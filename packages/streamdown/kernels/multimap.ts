// Multimaps: any number of rows a key, in insertion order.

import { hashKeys } from './hash-index'
import { beginPairs, pairCount, pushPair } from './pairs'
import { storeRows } from './rows'
import { newRow } from './slots'
import { get, LAST, LINKS_AT_ONCE, NEXT, rowAddress, UNLINKED } from './table-fields'
import { addUnlinked, linkRows } from './unlinked'

/** Multimaps: appends rows of all fields. */
export function table_insert(table: usize, columns: usize, rows: i32, slots: usize): void {
  const hashes = hashKeys(table, columns, rows)
  const count = <usize>rows
  const atOnce = get(table, LINKS_AT_ONCE) != 0
  for (let i: usize = 0; i < count; i++) {
    const slot = newRow(table, load<u32>(hashes + (i << 2)))
    if (!atOnce) {
      store<u32>(rowAddress(table, slot), UNLINKED, NEXT)
      addUnlinked(table, slot)
    }
    store<u32>(slots + (i << 2), slot)
  }
  storeRows(table, columns, slots, count)
  if (atOnce) linkRows(table, slots, hashes, count)
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
