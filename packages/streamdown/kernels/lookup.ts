// Rows of tables by their keys. See hash-index.ts for the index.

import { columnData, columnValidity } from './column'
import {
  addEntry, addEntryAt, blockStarts, findEntry, hashKeys, home, indexMask, keyForm, keyHasNull, keysHaveNulls, touch,
} from './hash-index'
import { chunk_alloc, chunk_mark, chunk_release } from './heap'
import { storeFields } from './rows'
import { newRow } from './slots'
import {
  BYTES, fieldAt, fieldValid, fieldValue, get, INDEX, INDEX_SHIFT, KEY_ANY, KEY_COUNT, KEY_FORM, KEY_I64,
  KEY_THREE_I64, KEY_TWO_I64, KIND, MULTIMAP, NO_SLOT, PAGE_COUNT, PAGE_SHIFT, PAGES, RECORD_BITS, rowAddress, STRIDE, UNIQUE,
} from './table-fields'
import { linkSearched } from './unlinked'
import { hashEnd, hashNull, hashStart, hashWord } from './value'

/** Rows that are looked up together: their hashes and entries are loaded before any is decided, so that misses overlap. */
const BLOCK_ROWS: usize = 128
/** A table larger than this is larger than a cache: the rows of a block are touched before they are compared. */
const CACHED_BYTES: u32 = 1 << 20

/** The word of a key: 0 under a NULL, as rows hold it. */
@inline
function keyWord(nullable: bool, data: usize, validity: usize, i: usize): u64 {
  const word = load<u64>(data + (i << 3))
  if (!nullable) return word
  return validity == 0 || load<u8>(validity + i) != 0 ? word : 0
}

/** A word under a NULL hashes as `hashNull` does. */
@inline
function hashKey(nullable: bool, hash: u64, data: usize, validity: usize, i: usize): u64 {
  const word = load<u64>(data + (i << 3))
  if (!nullable) return hashWord(hash, word)
  return validity == 0 || load<u8>(validity + i) != 0 ? hashWord(hash, word) : hashNull(hash)
}

/** Bit 8 k: key k is not NULL, as the null bytes of a row lie side by side. */
@inline
function keyFlag(nullable: bool, validity: usize, i: usize): u32 {
  if (!nullable) return 1
  return validity == 0 ? 1 : <u32>load<u8>(validity + i)
}

@inline
function rowFlags(form: u32, at: usize): u32 {
  if (form == 1) return <u32>load<u8>(at)
  if (form == 2) return <u32>load<u16>(at)
  return <u32>load<u16>(at) | (<u32>load<u8>(at, 2) << 16)
}

let touchedRows: u64 = 0

/**
 * Keys of one to three 8-byte integers (`form`, `nullable` and `insert` are constants): the description of the table
 * stays in locals until a row is added. `addresses` 0, or u32 a row: where the key's row lies.
 */
@inline
function findWide(
  form: u32,
  nullable: bool,
  insert: bool,
  table: usize,
  columns: usize,
  rows: usize,
  slots: usize,
  fresh: usize,
  addresses: usize,
): i32 {
  const mark = chunk_mark()
  const entries = chunk_alloc(BLOCK_ROWS << 3)
  const hashes = chunk_alloc(BLOCK_ROWS << 2)
  const stride = <usize>get(table, STRIDE)
  const pageShift = get(table, PAGE_SHIFT)
  const pageMask = (<u32>1 << pageShift) - 1
  // Keys come first in a row, side by side.
  const value = fieldValue(fieldAt(table, 0))
  const valid = fieldValid(fieldAt(table, 0))
  const data1 = columnData(columns, 0)
  const data2 = form > 1 ? columnData(columns, 1) : 0
  const data3 = form > 2 ? columnData(columns, 2) : 0
  const validity1 = columnValidity(columns, 0)
  const validity2 = form > 1 ? columnValidity(columns, 1) : 0
  const validity3 = form > 2 ? columnValidity(columns, 2) : 0
  const isLarge = get(table, BYTES) > CACHED_BYTES
  let index = <usize>get(table, INDEX)
  let shift = get(table, INDEX_SHIFT)
  let mask = indexMask(shift)
  let pages = <usize>get(table, PAGES)
  let inserted = 0
  for (let from: usize = 0; from < rows; from += BLOCK_ROWS) {
    const end = min(from + BLOCK_ROWS, rows)
    for (let i = from; i < end; i++) {
      let full = hashKey(nullable, hashStart(), data1, validity1, i)
      if (form > 1) full = hashKey(nullable, full, data2, validity2, i)
      if (form > 2) full = hashKey(nullable, full, data3, validity3, i)
      store<u32>(hashes + ((i - from) << 2), hashEnd(full))
    }
    // A loop that does little else has more loads under way at once.
    for (let i: usize = 0; i < end - from; i++) {
      const hash = load<u32>(hashes + (i << 2))
      store<u64>(entries + (i << 3), load<u64>(index + (<usize>home(hash, shift) << 3)))
    }
    if (isLarge) {
      let sum = touchedRows
      for (let i: usize = 0; i < end - from; i++) {
        const reference = load<u32>(entries + (i << 3), 4)
        if (reference == 0) continue
        const slot = reference - 1
        const page = <usize>load<u32>(pages + (<usize>(slot >> pageShift) << RECORD_BITS))
        sum += load<u64>(page + <usize>(slot & pageMask) * stride + value)
      }
      touchedRows = sum
    }
    for (let i = from; i < end; i++) {
      const hash = load<u32>(hashes + ((i - from) << 2))
      const key1 = keyWord(nullable, data1, validity1, i)
      const key2 = form > 1 ? keyWord(nullable, data2, validity2, i) : 0
      const key3 = form > 2 ? keyWord(nullable, data3, validity3, i) : 0
      let flags = keyFlag(nullable, validity1, i)
      if (form > 1) flags |= keyFlag(nullable, validity2, i) << 8
      if (form > 2) flags |= keyFlag(nullable, validity3, i) << 16
      // What the first loop saw may have changed since, but an entry stays that of its row.
      let entry = load<u64>(entries + ((i - from) << 3))
      let place = home(hash, shift)
      let isFirst = true
      let slot = NO_SLOT
      let row: usize = 0
      while (true) {
        if (entry != 0 && <u32>entry == hash) {
          const there = <u32>(entry >> 32) - 1
          row = <usize>load<u32>(pages + (<usize>(there >> pageShift) << RECORD_BITS)) + <usize>(there & pageMask) * stride
          let equal = load<u64>(row + value) == key1 && rowFlags(form, row + valid) == flags
          if (form > 1) equal = equal && load<u64>(row + value, 8) == key2
          if (form > 2) equal = equal && load<u64>(row + value, 16) == key3
          if (equal) {
            slot = there
            break
          }
        }
        if (isFirst) isFirst = false
        else {
          if (entry == 0) break
          place = (place + 1) & mask
        }
        entry = load<u64>(index + (<usize>place << 3))
      }
      if (insert) {
        let isFresh: u8 = 0
        if (slot == NO_SLOT) {
          slot = newRow(table, hash)
          row = rowAddress(table, slot)
          store<u64>(row + value, key1)
          if (form > 1) store<u64>(row + value, key2, 8)
          if (form > 2) store<u64>(row + value, key3, 16)
          store<u8>(row + valid, <u8>flags)
          if (form > 1) store<u8>(row + valid, <u8>(flags >> 8), 1)
          if (form > 2) store<u8>(row + valid, <u8>(flags >> 16), 2)
          addEntryAt(table, place, hash, slot + 1)
          index = <usize>get(table, INDEX)
          shift = get(table, INDEX_SHIFT)
          mask = indexMask(shift)
          pages = <usize>get(table, PAGES)
          isFresh = 1
          inserted++
        }
        store<u8>(fresh + i, isFresh)
        store<u32>(addresses + (i << 2), <u32>row)
      }
      store<u32>(slots + (i << 2), slot)
    }
  }
  chunk_release(mark)
  return inserted
}

function findOrInsertAny(
  table: usize,
  columns: usize,
  rows: usize,
  slots: usize,
  fresh: usize,
  addresses: usize,
): i32 {
  const hashes = hashKeys(table, columns, rows)
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
    store<u32>(addresses + (i << 2), <u32>rowAddress(table, slot))
  }
  return inserted
}

/** The address of the first page: the only one that ever moves while rows are added. */
@inline
function firstPage(table: usize): u32 {
  return get(table, PAGE_COUNT) == 0 ? 0 : load<u32>(<usize>get(table, PAGES))
}

/**
 * Unique: `slots` i32 a row, `fresh` u8 a row: 1 where the row was inserted, `addresses` u32 a row. Returns how many were
 * inserted.
 */
export function table_find_or_insert(
  table: usize,
  columns: usize,
  rows: i32,
  slots: usize,
  fresh: usize,
  addresses: usize,
): i32 {
  const before = firstPage(table)
  const form = get(table, KEY_FORM)
  const nullable = keysHaveNulls(columns, form)
  let inserted: i32
  if (form == KEY_ANY) inserted = findOrInsertAny(table, columns, rows, slots, fresh, addresses)
  else if (form == KEY_I64) {
    inserted = nullable
      ? findWide(KEY_I64, true, true, table, columns, rows, slots, fresh, addresses)
      : findWide(KEY_I64, false, true, table, columns, rows, slots, fresh, addresses)
  } else if (form == KEY_TWO_I64) {
    inserted = nullable
      ? findWide(KEY_TWO_I64, true, true, table, columns, rows, slots, fresh, addresses)
      : findWide(KEY_TWO_I64, false, true, table, columns, rows, slots, fresh, addresses)
  } else {
    inserted = nullable
      ? findWide(KEY_THREE_I64, true, true, table, columns, rows, slots, fresh, addresses)
      : findWide(KEY_THREE_I64, false, true, table, columns, rows, slots, fresh, addresses)
  }
  if (firstPage(table) != before) {
    for (let i: usize = 0; i < <usize>rows; i++) {
      store<u32>(addresses + (i << 2), <u32>rowAddress(table, load<u32>(slots + (i << 2))))
    }
  }
  return inserted
}

/** Unique tables with keys of 8-byte integers: the slots of keys, -1 for none. */
function findUnique(form: u32, table: usize, columns: usize, rows: usize, out: usize): void {
  const nullable = keysHaveNulls(columns, form)
  if (form == KEY_I64) {
    if (nullable) findWide(KEY_I64, true, false, table, columns, rows, out, 0, 0)
    else findWide(KEY_I64, false, false, table, columns, rows, out, 0, 0)
  } else if (form == KEY_TWO_I64) {
    if (nullable) findWide(KEY_TWO_I64, true, false, table, columns, rows, out, 0, 0)
    else findWide(KEY_TWO_I64, false, false, table, columns, rows, out, 0, 0)
  } else {
    if (nullable) findWide(KEY_THREE_I64, true, false, table, columns, rows, out, 0, 0)
    else findWide(KEY_THREE_I64, false, false, table, columns, rows, out, 0, 0)
  }
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
  if (get(table, KEY_FORM) != KEY_ANY && get(table, KIND) == UNIQUE) {
    findUnique(get(table, KEY_FORM), table, columns, rows, out)
    if (nullsMatch != 0 || !keysHaveNulls(columns, get(table, KEY_FORM))) return
    for (let i: usize = 0; i < <usize>rows; i++) {
      if (keyHasNull(table, columns, i)) store<u32>(out + (i << 2), NO_SLOT)
    }
    return
  }
  const hashes = hashKeys(table, columns, rows)
  if (get(table, KIND) == MULTIMAP) linkSearched(table, hashes, rows)
  const form = keyForm(table, columns)
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
