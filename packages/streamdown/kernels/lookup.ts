// Rows of tables by their keys. See hash-index.ts for the index.

import { columnData } from './column'
import {
  addEntry, blockStarts, findEntry, hashKeys, home, indexMask, keyForm, keyHasNull, touch,
} from './hash-index'
import { storeFields } from './rows'
import { newRow } from './slots'
import {
  fieldAt, fieldValid, fieldValue, get, INDEX, INDEX_SHIFT, KEY_ANY, KEY_COUNT, KEY_I64, KEY_THREE_I64, KEY_TWO_I64,
  KIND, NO_SLOT, PAGE_SHIFT, PAGES, RECORD_BITS, rowAddress, STRIDE, UNIQUE,
} from './table-fields'

/**
 * Keys of one to three 8-byte integers without NULLs (`form` and `insert` are constants): the description of the table
 * stays in locals until a row is added. A stored NULL key holds 0; its hash differs from that of 0, which decides for
 * a single key.
 */
@inline
function findWide(
  form: u32,
  insert: bool,
  table: usize,
  columns: usize,
  rows: usize,
  hashes: usize,
  slots: usize,
  fresh: usize,
): i32 {
  const stride = <usize>get(table, STRIDE)
  const pageShift = get(table, PAGE_SHIFT)
  const pageMask = (<u32>1 << pageShift) - 1
  // Keys come first in a row, side by side.
  const value = fieldValue(fieldAt(table, 0))
  const valid = fieldValid(fieldAt(table, 0))
  const data1 = columnData(columns, 0)
  const data2 = form > 1 ? columnData(columns, 1) : 0
  const data3 = form > 2 ? columnData(columns, 2) : 0
  let index = <usize>get(table, INDEX)
  let shift = get(table, INDEX_SHIFT)
  let mask = indexMask(shift)
  let pages = <usize>get(table, PAGES)
  let inserted = 0
  for (let i: usize = 0; i < rows; i++) {
    if (blockStarts(i)) touch(table, hashes, i, rows)
    const hash = load<u32>(hashes + (i << 2))
    const key1 = load<u64>(data1 + (i << 3))
    const key2 = form > 1 ? load<u64>(data2 + (i << 3)) : 0
    const key3 = form > 2 ? load<u64>(data3 + (i << 3)) : 0
    let place = home(hash, shift)
    let slot = NO_SLOT
    while (true) {
      const entry = load<u64>(index + (<usize>place << 3))
      if (entry == 0) break
      if (<u32>entry == hash) {
        const there = <u32>(entry >> 32) - 1
        const row = <usize>load<u32>(pages + (<usize>(there >> pageShift) << RECORD_BITS)) + <usize>(there & pageMask) * stride
        let equal = load<u64>(row + value) == key1
        if (form > 1) equal = equal && load<u64>(row + value, 8) == key2 && load<u16>(row + valid) == 0x0101
        if (form > 2) equal = equal && load<u64>(row + value, 16) == key3 && load<u8>(row + valid, 2) != 0
        if (equal) {
          slot = there
          break
        }
      }
      place = (place + 1) & mask
    }
    if (insert) {
      let isFresh: u8 = 0
      if (slot == NO_SLOT) {
        slot = newRow(table, hash)
        const row = rowAddress(table, slot)
        store<u64>(row + value, key1)
        if (form > 1) store<u64>(row + value, key2, 8)
        if (form > 2) store<u64>(row + value, key3, 16)
        memory.fill(row + valid, 1, form)
        addEntry(table, hash, slot + 1)
        index = <usize>get(table, INDEX)
        shift = get(table, INDEX_SHIFT)
        mask = indexMask(shift)
        pages = <usize>get(table, PAGES)
        isFresh = 1
        inserted++
      }
      store<u8>(fresh + i, isFresh)
    }
    store<u32>(slots + (i << 2), slot)
  }
  return inserted
}

function findOrInsertAny(table: usize, columns: usize, rows: usize, hashes: usize, slots: usize, fresh: usize): i32 {
  let inserted = 0
  for (let i: usize = 0; i < rows; i++) {
    if (blockStarts(i)) touch(table, hashes, i, rows)
    const hash = load<u32>(hashes + (i << 2))
    const entry = findEntry(KEY_ANY, table, columns, i, hash)
    let slot: u32
    if (entry != 0) {
      slot = load<u32>(entry, 4) - 1
    } else {
      slot = newRow(table, hash)
      storeFields(table, rowAddress(table, slot), columns, <usize>get(table, KEY_COUNT), i)
      addEntry(table, hash, slot + 1)
      inserted++
    }
    store<u32>(slots + (i << 2), slot)
    store<u8>(fresh + i, entry == 0 ? 1 : 0)
  }
  return inserted
}

/** Unique: `slots` i32 a row, `fresh` u8 a row: 1 where the row was inserted. Returns how many were. */
export function table_find_or_insert(table: usize, columns: usize, rows: i32, slots: usize, fresh: usize): i32 {
  const hashes = hashKeys(table, columns, rows)
  const form = keyForm(table, columns)
  if (form == KEY_I64) return findWide(KEY_I64, true, table, columns, rows, hashes, slots, fresh)
  if (form == KEY_TWO_I64) return findWide(KEY_TWO_I64, true, table, columns, rows, hashes, slots, fresh)
  if (form == KEY_THREE_I64) return findWide(KEY_THREE_I64, true, table, columns, rows, hashes, slots, fresh)
  return findOrInsertAny(table, columns, rows, hashes, slots, fresh)
}

@inline
function find(form: u32, table: usize, columns: usize, rows: usize, hashes: usize, out: usize): void {
  const bias: u32 = get(table, KIND) == UNIQUE ? 1 : 0
  for (let i: usize = 0; i < rows; i++) {
    if (blockStarts(i)) touch(table, hashes, i, rows)
    const entry = findEntry(form, table, columns, i, load<u32>(hashes + (i << 2)))
    store<u32>(out + (i << 2), (entry == 0 ? 0 : load<u32>(entry, 4)) - bias)
  }
}

/** For each key in unique tables its slot, -1 for none; else the reference to its rows (`table_walk`), 0 for none. */
export function table_find(table: usize, columns: usize, rows: i32, nullsMatch: i32, out: usize): void {
  const hashes = hashKeys(table, columns, rows)
  const form = keyForm(table, columns)
  if (form != KEY_ANY && get(table, KIND) == UNIQUE) {
    if (form == KEY_I64) findWide(KEY_I64, false, table, columns, rows, hashes, out, 0)
    else if (form == KEY_TWO_I64) findWide(KEY_TWO_I64, false, table, columns, rows, hashes, out, 0)
    else findWide(KEY_THREE_I64, false, table, columns, rows, hashes, out, 0)
    return
  }
  if (form == KEY_I64) find(KEY_I64, table, columns, rows, hashes, out)
  else if (form == KEY_TWO_I64) find(KEY_TWO_I64, table, columns, rows, hashes, out)
  else {
    find(KEY_ANY, table, columns, rows, hashes, out)
    if (nullsMatch != 0 || form != KEY_ANY) return
    for (let i: usize = 0; i < <usize>rows; i++) {
      if (keyHasNull(table, columns, i)) store<u32>(out + (i << 2), get(table, KIND) == UNIQUE ? NO_SLOT : 0)
    }
  }
}
