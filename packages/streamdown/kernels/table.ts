// Unique tables and multimaps; the operations that every table has. See slots.ts for the rows, hash-index.ts for the keys.

import { columnData, columnPhysical, columnValidity, hashRows } from './column'
import { chunk_alloc, chunk_mark, chunk_release, heap_alloc, heap_free, heap_size } from './heap'
import { dropTree, removeOrdered } from './order'
import {
  addEntry, blockStarts, dropIndex, emptyIndex, entryAddress, entryOf, findEntry, home, indexMask, keyForm,
  keyHasNull, removeEntry, touch,
} from './hash-index'
import { copyValue, freeRow, freeStrings, ownView, storeField, storeFields, zeroValue } from './rows'
import { dropRows, liveSlots, newRow } from './slots'
import {
  BYTES, EXPECTED, FIELD_COUNT, fieldAt, fieldBits, fieldPhysical, FIELDS, fieldValid, fieldValue, get, HASH, INDEX,
  INDEX_SHIFT, KEY_ANY, KEY_COUNT, KEY_FORM, KEY_I64, KEY_THREE_I64, KEY_TWO_I64, KIND, LAST, MULTIMAP, NEXT, NO_SLOT,
  ORDER, ORDER_COUNT, ORDERED, PAGE_SHIFT, PAGES, PREVIOUS, RECORD_BITS, rowAddress, ROWS, SCRATCH, SEQUENCE, set,
  STRIDE, TABLE_BYTES, take, UNIQUE, VIEW_COUNT,
} from './table-fields'
import { I64, VIEW } from './value'

/**
 * A table. `fields`: four u32 a field (physical, offset of value, offset of null byte, log2 of width). `kind`: see
 * table-fields.ts. `order`: two u32 a field: its index, and 1 for descending plus 2 for NULLs first. All are copied.
 */
export function table_new(
  fields: usize,
  count: i32,
  keys: i32,
  kind: i32,
  stride: i32,
  pageShift: i32,
  order: usize,
  orderCount: i32,
): usize {
  const table = heap_alloc(TABLE_BYTES)
  memory.fill(table, 0, TABLE_BYTES)
  set(table, BYTES, <u32>heap_size(TABLE_BYTES))
  set(table, FIELD_COUNT, count)
  set(table, KEY_COUNT, keys)
  set(table, KIND, kind)
  set(table, STRIDE, stride)
  set(table, PAGE_SHIFT, pageShift)
  set(table, SEQUENCE, 1)
  const description = take(table, <usize>count << 4)
  memory.copy(description, fields, <usize>count << 4)
  set(table, FIELDS, <u32>description)
  const ordering = take(table, <usize>orderCount << 3)
  memory.copy(ordering, order, <usize>orderCount << 3)
  set(table, ORDER, <u32>ordering)
  set(table, ORDER_COUNT, orderCount)
  set(table, SCRATCH, <u32>take(table, stride))
  let views: u32 = 0
  for (let i: usize = 0; i < <usize>count; i++) if (fieldPhysical(fieldAt(table, i)) == VIEW) views++
  set(table, VIEW_COUNT, views)
  let form: u32 = keys <= <i32>KEY_THREE_I64 ? keys : KEY_ANY
  for (let i: usize = 0; i < <usize>form; i++) if (fieldPhysical(fieldAt(table, i)) != I64) form = KEY_ANY
  set(table, KEY_FORM, form)
  emptyIndex(table)
  return table
}

export function table_rows(table: usize): i32 {
  return get(table, ROWS)
}

/** Bytes of the heap that the table holds, its description and strings included. */
export function table_bytes(table: usize): usize {
  return <usize>get(table, BYTES)
}

/** For tests: the sequence that the next row gets. */
export function table_set_sequence(table: usize, sequence: u32): void {
  set(table, SEQUENCE, sequence)
}

/** Removes every row. */
export function table_clear(table: usize): void {
  if (get(table, KIND) >= ORDERED) {
    const index = <usize>get(table, INDEX)
    const bytes = <usize>8 << (32 - get(table, INDEX_SHIFT))
    for (let at: usize = 0; at < bytes; at += 8) {
      const tree = <usize>load<u32>(index + at, 4)
      if (tree != 0) dropTree(table, tree)
    }
  }
  const rows = get(table, ROWS)
  if (get(table, VIEW_COUNT) != 0) {
    const mark = chunk_mark()
    const slots = chunk_alloc(<usize>rows << 2)
    liveSlots(table, slots)
    for (let i: usize = 0; i < <usize>rows; i++) freeStrings(table, rowAddress(table, load<u32>(slots + (i << 2))))
    chunk_release(mark)
  }
  dropRows(table)
  dropIndex(table)
  emptyIndex(table)
  set(table, EXPECTED, rows)
}

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

function hashKeys(table: usize, columns: usize, rows: usize): usize {
  const hashes = chunk_alloc(rows << 2)
  hashRows(columns, <usize>get(table, KEY_COUNT), rows, hashes)
  return hashes
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

@inline
function link(form: u32, table: usize, columns: usize, at: usize, hash: u32, slot: u32): void {
  const row = rowAddress(table, slot)
  const entry = findEntry(form, table, columns, at, hash)
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

/** Multimaps: appends rows of all fields. */
export function table_insert(table: usize, columns: usize, rows: i32, slots: usize): void {
  const hashes = hashKeys(table, columns, rows)
  const form = keyForm(table, columns)
  const count = <usize>rows
  for (let i: usize = 0; i < count; i++) {
    store<u32>(slots + (i << 2), newRow(table, load<u32>(hashes + (i << 2))))
  }
  const fields = <usize>get(table, FIELD_COUNT)
  for (let field: usize = 0; field < fields; field++) storeColumn(table, columns, field, slots, count)
  for (let i: usize = 0; i < count; i++) {
    if (blockStarts(i)) touch(table, hashes, i, count)
    const hash = load<u32>(hashes + (i << 2))
    const slot = load<u32>(slots + (i << 2))
    if (form == KEY_I64) link(KEY_I64, table, columns, i, hash, slot)
    else if (form == KEY_TWO_I64) link(KEY_TWO_I64, table, columns, i, hash, slot)
    else link(KEY_ANY, table, columns, i, hash, slot)
  }
}

function storeColumn(table: usize, columns: usize, index: usize, slots: usize, rows: usize): void {
  const field = fieldAt(table, index)
  if (columnPhysical(columns, index) == I64 && columnValidity(columns, index) == 0) {
    const data = columnData(columns, index)
    const value = fieldValue(field)
    const valid = fieldValid(field)
    for (let i: usize = 0; i < rows; i++) {
      const row = rowAddress(table, load<u32>(slots + (i << 2)))
      store<u64>(row + value, load<u64>(data + (i << 3)))
      store<u8>(row + valid, 1)
    }
    return
  }
  for (let i: usize = 0; i < rows; i++) {
    storeField(table, rowAddress(table, load<u32>(slots + (i << 2))), field, columns, index, i)
  }
}

/** The pairs of the last walk. */
let pairProbes: usize = 0
let pairSlots: usize = 0
let pairCount: usize = 0
let pairCapacity: usize = 0

export function pairs_probes(): usize {
  return pairProbes
}

export function pairs_slots(): usize {
  return pairSlots
}

export function pairs_begin(capacity: i32): void {
  pairCapacity = <usize>max(capacity, 16)
  pairProbes = chunk_alloc(pairCapacity << 2)
  pairSlots = chunk_alloc(pairCapacity << 2)
  pairCount = 0
}

function growPairs(): void {
  const probes = chunk_alloc(pairCapacity << 3)
  const slots = chunk_alloc(pairCapacity << 3)
  memory.copy(probes, pairProbes, pairCount << 2)
  memory.copy(slots, pairSlots, pairCount << 2)
  pairProbes = probes
  pairSlots = slots
  pairCapacity <<= 1
}

@inline
function pushPair(probe: u32, slot: u32): void {
  if (pairCount == pairCapacity) growPairs()
  store<u32>(pairProbes + (pairCount << 2), probe)
  store<u32>(pairSlots + (pairCount << 2), slot)
  pairCount++
}

/**
 * Multimaps: pairs of probe row and slot for the references that `table_find` gave, at most `limit`, from a cursor on
 * (two u32: probe row, slot + 1 to go on with or 0), which is moved. Returns their number, 0 at the end.
 */
export function table_walk(table: usize, references: usize, rows: i32, cursor: usize, limit: u32): i32 {
  pairs_begin(min(limit, <u32>max(rows, 64)))
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

/** Ordered tables: pairs from a place in a leaf on, `counts` of them a probe row; the cursor as in `table_walk`. */
export function ordered_walk(leaves: usize, places: usize, counts: usize, rows: i32, cursor: usize, limit: u32): i32 {
  pairs_begin(min(limit, <u32>max(rows, 64)))
  let row = load<u32>(cursor)
  while (row < <u32>rows) {
    const at = <usize>row << 2
    let leaf = <usize>load<u32>(leaves + at)
    let place = load<u32>(places + at)
    let left = load<u32>(counts + at)
    while (left != 0) {
      if (<u32>pairCount == limit) {
        store<u32>(leaves + at, <u32>leaf)
        store<u32>(places + at, place)
        store<u32>(counts + at, left)
        store<u32>(cursor, row)
        return <i32>pairCount
      }
      while (place >= load<u32>(leaf)) {
        leaf = <usize>load<u32>(leaf, 8)
        place = 0
      }
      pushPair(row, load<u32>(leaf + 16 + (<usize>load<u32>(leaf, 4) << 3) + (<usize>place << 2)))
      place++
      left--
    }
    row++
  }
  store<u32>(cursor, row)
  return <i32>pairCount
}

/** One field of rows as a column; slot -1 gives NULL. Returns the number of NULLs. */
export function table_gather(table: usize, slots: usize, rows: i32, index: i32, data: usize, validity: usize): i32 {
  const field = fieldAt(table, index)
  const bits = fieldBits(field)
  const value = fieldValue(field)
  const valid = fieldValid(field)
  const count = <usize>rows
  let nulls = 0
  for (let i: usize = 0; i < count; i++) {
    const slot = load<u32>(slots + (i << 2))
    const to = data + (i << bits)
    if (slot == NO_SLOT) {
      zeroValue(to, bits)
      store<u8>(validity + i, 0)
      nulls++
      continue
    }
    const row = rowAddress(table, slot)
    const present = load<u8>(row + valid)
    store<u8>(validity + i, present)
    nulls += present == 0 ? 1 : 0
    copyValue(row + value, to, bits)
  }
  return nulls
}

/** Overwrites one field of rows from the column that is first of `columns`. */
export function table_scatter(table: usize, slots: usize, rows: i32, index: i32, columns: usize): void {
  const field = fieldAt(table, index)
  const bits = fieldBits(field)
  const value = fieldValue(field)
  const valid = fieldValid(field)
  const isString = fieldPhysical(field) == VIEW
  const data = columnData(columns, 0)
  const validity = columnValidity(columns, 0)
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = rowAddress(table, load<u32>(slots + (i << 2)))
    const to = row + value
    const present = validity == 0 || load<u8>(validity + i) != 0
    store<u8>(row + valid, present ? 1 : 0)
    if (isString) {
      // The new string may be the old one, seen through a gathered column: copy before freeing.
      const oldLength = load<u32>(to)
      const old = <usize>load<u32>(to, 12)
      if (present) ownView(table, data + (i << 4), to)
      else zeroValue(to, 4)
      if (oldLength > 12) freeOld(table, old, oldLength)
    } else if (present) {
      copyValue(data + (i << bits), to, bits)
    } else {
      zeroValue(to, bits)
    }
  }
}

function freeOld(table: usize, bytes: usize, length: u32): void {
  set(table, BYTES, get(table, BYTES) - <u32>heap_size(length))
  heap_free(bytes)
}

function unlink(table: usize, slot: u32): void {
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

/** Removes rows; each slot once. */
export function table_remove(table: usize, slots: usize, rows: i32): void {
  const kind = get(table, KIND)
  for (let i: usize = 0; i < <usize>rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    if (slot == NO_SLOT) continue
    if (kind == MULTIMAP) unlink(table, slot)
    else if (kind >= ORDERED) removeOrdered(table, slot)
    else removeEntry(table, entryAddress(table, load<u32>(rowAddress(table, slot), HASH), slot + 1))
    freeRow(table, slot)
  }
}

/** u32 a row: the row's address, 0 for slot -1. */
export function table_addresses(table: usize, slots: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    store<u32>(out + (i << 2), slot == NO_SLOT ? 0 : <u32>rowAddress(table, slot))
  }
}

/** Slots in use in insertion order; returns their number. */
export function table_live(table: usize, out: usize): i32 {
  return liveSlots(table, out)
}

/**
 * Orders slots by key group, stable, and counts them: `counts` is 256 u32. `hashes`: u32 a slot, 0: the hash of the
 * whole key, which the rows hold.
 */
export function table_by_group(table: usize, slots: usize, rows: i32, hashes: usize, out: usize, counts: usize): void {
  const groups = chunk_alloc(rows)
  const places = chunk_alloc(256 << 2)
  memory.fill(counts, 0, 256 << 2)
  for (let i: usize = 0; i < <usize>rows; i++) {
    const hash = hashes == 0
      ? load<u32>(rowAddress(table, load<u32>(slots + (i << 2))), HASH)
      : load<u32>(hashes + (i << 2))
    const group = hash & 255
    store<u8>(groups + i, <u8>group)
    const at = counts + (<usize>group << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let sum: u32 = 0
  for (let i: usize = 0; i < 256; i++) {
    store<u32>(places + (i << 2), sum)
    sum += load<u32>(counts + (i << 2))
  }
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = places + (<usize>load<u8>(groups + i) << 2)
    const place = load<u32>(at)
    store<u32>(at, place + 1)
    store<u32>(out + (<usize>place << 2), load<u32>(slots + (i << 2)))
  }
}
