// The rows of one key of a multimap: a ring of links, of which the index entry refers to the first. Not kernels.

import { addEntry, entryAddress, entryLike, entryOf, removeEntry } from './hash-index'
import { HASH, LAST, NEXT, PREVIOUS, rowAddress } from './table-fields'

/** Puts a row behind the others of its key. */
export function link(table: usize, slot: u32): void {
  const row = rowAddress(table, slot)
  const hash = load<u32>(row, HASH)
  const entry = entryLike(table, row, hash)
  if (entry == 0) {
    store<u32>(row, slot | LAST, NEXT)
    store<u32>(row, slot, PREVIOUS)
    addEntry(table, hash, slot + 1)
    return
  }
  const first = load<u32>(entry, 4) - 1
  const firstRow = rowAddress(table, first)
  const last = load<u32>(firstRow, PREVIOUS)
  store<u32>(row, first | LAST, NEXT)
  store<u32>(row, last, PREVIOUS)
  store<u32>(rowAddress(table, last), slot, NEXT)
  store<u32>(firstRow, slot, PREVIOUS)
}

/** Takes a row out of the ring of its key. */
export function unlink(table: usize, slot: u32): void {
  const row = rowAddress(table, slot)
  const hash = load<u32>(row, HASH)
  const following = load<u32>(row, NEXT)
  const next = following & ~LAST
  if (next == slot) {
    removeEntry(table, entryAddress(table, hash, slot + 1))
    return
  }
  const previousRow = rowAddress(table, load<u32>(row, PREVIOUS))
  const before = load<u32>(previousRow, NEXT)
  if ((before & LAST) != 0) store<u64>(entryAddress(table, hash, slot + 1), entryOf(hash, next + 1))
  store<u32>(previousRow, next | ((following | before) & LAST), NEXT)
  store<u32>(rowAddress(table, next), load<u32>(row, PREVIOUS), PREVIOUS)
}
