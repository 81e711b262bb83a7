// State tables in the heap: their description, rows and hash index. Not kernels: used by table.ts and ordered.ts.
//
// A row has a fixed stride: u32 hash of its key, u32 insertion sequence (0: the slot is free, the hash is then the next
// free slot), in multimaps two links; then the values, then a byte a field (1: not NULL). The value under a NULL is 0.
// Long strings are heap blocks that the row owns. Rows lie in pages of a power of two of slots; only the first page,
// while it is the only one, is smaller and moves when it grows.
//
// The index is open addressing over entries (u32 hash, u32 reference); the reference is slot + 1, in a multimap that of
// the key's first row, in an ordered table the address of the key's tree. 0 is an empty entry.

import { columnData, columnIsNull, columnPhysical, columnValidity, columnValue } from './column'
import { chunk_alloc, heap_alloc, heap_free, heap_size } from './heap'
import { equalValues, I64, VIEW } from './value'

/** Fields of a table's description. */
export const FIELDS: usize = 0
export const FIELD_COUNT: usize = 4
export const KEY_COUNT: usize = 8
export const KIND: usize = 12
export const STRIDE: usize = 16
export const PAGE_SHIFT: usize = 20
export const PAGES: usize = 24
export const PAGE_COUNT: usize = 28
export const PAGE_CAPACITY: usize = 32
export const SLOT_END: usize = 36
export const SLOT_CAPACITY: usize = 40
export const FREE_SLOT: usize = 44
export const ROWS: usize = 48
export const SEQUENCE: usize = 52
export const INDEX: usize = 56
export const INDEX_SHIFT: usize = 60
export const INDEX_COUNT: usize = 64
export const BYTES: usize = 68
export const KEY_FORM: usize = 72
export const REUSED: usize = 76
export const ORDER: usize = 80
export const ORDER_COUNT: usize = 84
export const SCRATCH: usize = 88
export const VIEW_COUNT: usize = 92
export const TABLE_BYTES: usize = 96

/** Kinds of tables; 4: an ordered table that is unique. */
export const UNIQUE: u32 = 1
export const MULTIMAP: u32 = 2
export const ORDERED: u32 = 3

/** Forms of keys: the number of 8-byte integers that they are, up to three (a key and a window), else 0. */
export const KEY_ANY: u32 = 0
export const KEY_I64: u32 = 1
export const KEY_TWO_I64: u32 = 2
export const KEY_THREE_I64: u32 = 3

/** Header of a row. */
export const HASH: usize = 0
export const INSERTED: usize = 4
export const NEXT: usize = 8
export const PREVIOUS: usize = 12
/** In a row's NEXT: it is the last of its key, and what follows is the first. */
export const LAST: u32 = 0x80000000

export const NO_SLOT: u32 = 0xffffffff
/** The index is larger than a cache: look at the entries and rows of a block before deciding about them. */
const PREFETCH_BYTES: usize = 1 << 19
const PREFETCH_ROWS: usize = 64
const SPREAD: u32 = 0x9e3779b1
const FIRST_SLOTS: u32 = 8
const FIRST_INDEX_BITS: u32 = 4
const ROOMY_INDEX_BITS: u32 = 13

@inline
export function get(table: usize, field: usize): u32 {
  return load<u32>(table + field)
}

@inline
export function set(table: usize, field: usize, value: u32): void {
  store<u32>(table + field, value)
}

/** Descriptor of a field: physical, offset of the value, offset of the null byte, log2 of the width. */
@inline
export function fieldAt(table: usize, index: usize): usize {
  return <usize>get(table, FIELDS) + (index << 4)
}

@inline
export function fieldPhysical(field: usize): u32 {
  return load<u32>(field)
}

@inline
export function fieldValue(field: usize): usize {
  return <usize>load<u32>(field, 4)
}

@inline
export function fieldValid(field: usize): usize {
  return <usize>load<u32>(field, 8)
}

@inline
export function fieldBits(field: usize): usize {
  return <usize>load<u32>(field, 12)
}

@inline
export function rowAddress(table: usize, slot: u32): usize {
  const shift = get(table, PAGE_SHIFT)
  const page = <usize>load<u32>(<usize>get(table, PAGES) + (<usize>(slot >> shift) << 2))
  return page + <usize>(slot & ((1 << shift) - 1)) * <usize>get(table, STRIDE)
}

/** Accounted allocation of a table. */
export function take(table: usize, bytes: usize): usize {
  const at = heap_alloc(bytes)
  set(table, BYTES, get(table, BYTES) + <u32>heap_size(bytes))
  return at
}

export function give(table: usize, at: usize, bytes: usize): void {
  set(table, BYTES, get(table, BYTES) - <u32>heap_size(bytes))
  heap_free(at)
}

// Rows

function growRows(table: usize): void {
  const capacity = get(table, SLOT_CAPACITY)
  const perPage = <u32>1 << get(table, PAGE_SHIFT)
  const stride = <usize>get(table, STRIDE)
  const count = get(table, PAGE_COUNT)
  if (count == 1 && capacity < perPage) {
    const pages = <usize>get(table, PAGES)
    const old = <usize>load<u32>(pages)
    const bytes = <usize>capacity * stride
    const larger = min(capacity << 1, perPage)
    const page = take(table, <usize>larger * stride)
    memory.copy(page, old, bytes)
    give(table, old, bytes)
    store<u32>(pages, <u32>page)
    set(table, SLOT_CAPACITY, larger)
    return
  }
  if (count == get(table, PAGE_CAPACITY)) {
    const larger = count == 0 ? 4 : count << 1
    const pages = take(table, <usize>larger << 2)
    const old = <usize>get(table, PAGES)
    if (count != 0) {
      memory.copy(pages, old, <usize>count << 2)
      give(table, old, <usize>count << 2)
    }
    set(table, PAGES, <u32>pages)
    set(table, PAGE_CAPACITY, larger)
  }
  const slots = count == 0 ? min(FIRST_SLOTS, perPage) : perPage
  store<u32>(<usize>get(table, PAGES) + (<usize>count << 2), <u32>take(table, <usize>slots * stride))
  set(table, PAGE_COUNT, count + 1)
  set(table, SLOT_CAPACITY, capacity + slots)
}

/** A zeroed row with its hash and sequence; returns the slot. */
export function newRow(table: usize, hash: u32): u32 {
  const sequence = nextSequence(table)
  let slot = get(table, FREE_SLOT)
  let row: usize
  if (slot != NO_SLOT) {
    row = rowAddress(table, slot)
    set(table, FREE_SLOT, load<u32>(row, HASH))
    set(table, REUSED, 1)
  } else {
    slot = get(table, SLOT_END)
    if (slot == get(table, SLOT_CAPACITY)) growRows(table)
    set(table, SLOT_END, slot + 1)
    row = rowAddress(table, slot)
  }
  memory.fill(row, 0, <usize>get(table, STRIDE))
  store<u32>(row, hash, HASH)
  store<u32>(row, sequence, INSERTED)
  set(table, ROWS, get(table, ROWS) + 1)
  return slot
}

/** The sequence numbers the rows by insertion; when it runs out, the rows that live are numbered anew. */
function nextSequence(table: usize): u32 {
  let sequence = get(table, SEQUENCE)
  if (sequence == 0xffffffff) {
    const rows = get(table, ROWS)
    const slots = chunk_alloc(<usize>rows << 2)
    liveSlots(table, slots)
    for (let i: u32 = 0; i < rows; i++) {
      store<u32>(rowAddress(table, load<u32>(slots + (<usize>i << 2))), i + 1, INSERTED)
    }
    sequence = rows + 1
  }
  set(table, SEQUENCE, sequence + 1)
  return sequence
}

/** The next insertion gets this sequence: for tests of its end. */
export function setSequence(table: usize, sequence: u32): void {
  set(table, SEQUENCE, sequence)
}

export function freeRow(table: usize, slot: u32): void {
  const row = rowAddress(table, slot)
  freeStrings(table, row)
  store<u32>(row, get(table, FREE_SLOT), HASH)
  store<u32>(row, 0, INSERTED)
  set(table, FREE_SLOT, slot)
  const rows = get(table, ROWS) - 1
  set(table, ROWS, rows)
  // An empty table starts from its first slot again and keeps one page.
  if (rows == 0) resetRows(table)
}

function resetRows(table: usize): void {
  const stride = <usize>get(table, STRIDE)
  const pages = <usize>get(table, PAGES)
  const perPage = <usize>1 << get(table, PAGE_SHIFT)
  const count = get(table, PAGE_COUNT)
  if (count > 1) {
    for (let i: u32 = 1; i < count; i++) {
      give(table, <usize>load<u32>(pages + (<usize>i << 2)), perPage * stride)
    }
    set(table, PAGE_COUNT, 1)
    set(table, SLOT_CAPACITY, <u32>perPage)
  }
  set(table, SLOT_END, 0)
  set(table, FREE_SLOT, NO_SLOT)
  set(table, REUSED, 0)
  set(table, SEQUENCE, 1)
}

/** Frees every page of rows; their strings are freed before. */
export function dropRows(table: usize): void {
  const stride = <usize>get(table, STRIDE)
  const pages = <usize>get(table, PAGES)
  const perPage = <usize>1 << get(table, PAGE_SHIFT)
  const count = get(table, PAGE_COUNT)
  for (let i: u32 = 0; i < count; i++) {
    const slots = count == 1 ? <usize>get(table, SLOT_CAPACITY) : perPage
    give(table, <usize>load<u32>(pages + (<usize>i << 2)), slots * stride)
  }
  if (count != 0) give(table, pages, <usize>get(table, PAGE_CAPACITY) << 2)
  set(table, PAGES, 0)
  set(table, PAGE_COUNT, 0)
  set(table, PAGE_CAPACITY, 0)
  set(table, SLOT_CAPACITY, 0)
  set(table, SLOT_END, 0)
  set(table, FREE_SLOT, NO_SLOT)
  set(table, REUSED, 0)
  set(table, ROWS, 0)
  set(table, SEQUENCE, 1)
}

export function freeStrings(table: usize, row: usize): void {
  if (get(table, VIEW_COUNT) == 0) return
  const count = <usize>get(table, FIELD_COUNT)
  for (let i: usize = 0; i < count; i++) {
    const field = fieldAt(table, i)
    if (fieldPhysical(field) == VIEW) freeString(table, row + fieldValue(field))
  }
}

@inline
export function freeString(table: usize, view: usize): void {
  const length = <usize>load<u32>(view)
  if (length > 12) give(table, <usize>load<u32>(view, 12), length)
}

@inline
export function copyValue(from: usize, to: usize, bits: usize): void {
  switch (<i32>bits) {
    case 0:
      store<u8>(to, load<u8>(from))
      break
    case 1:
      store<u16>(to, load<u16>(from))
      break
    case 2:
      store<u32>(to, load<u32>(from))
      break
    case 3:
      store<u64>(to, load<u64>(from))
      break
    default:
      v128.store(to, v128.load(from))
  }
}

@inline
export function zeroValue(to: usize, bits: usize): void {
  switch (<i32>bits) {
    case 0:
      store<u8>(to, 0)
      break
    case 1:
      store<u16>(to, 0)
      break
    case 2:
      store<u32>(to, 0)
      break
    case 3:
      store<u64>(to, 0)
      break
    default:
      v128.store(to, i64x2.splat(0))
  }
}

/** Copies a view into a row together with its bytes. */
export function ownView(table: usize, from: usize, to: usize): void {
  const length = <usize>load<u32>(from)
  const bytes = <usize>load<u32>(from, 12)
  v128.store(to, v128.load(from))
  if (length <= 12) return
  const own = take(table, length)
  memory.copy(own, bytes, length)
  store<u32>(to, 0, 8)
  store<u32>(to, <u32>own, 12)
}

/** Stores a column's value into a field of a row that holds nothing there yet. */
export function storeField(table: usize, row: usize, field: usize, columns: usize, column: usize, at: usize): void {
  if (columnIsNull(columns, column, at)) return
  const physical = fieldPhysical(field)
  const from = columnValue(columns, column, at)
  const to = row + fieldValue(field)
  store<u8>(row + fieldValid(field), 1)
  if (physical == VIEW) ownView(table, from, to)
  else copyValue(from, to, fieldBits(field))
}

/** Stores the first `count` columns into the first fields. */
export function storeFields(table: usize, row: usize, columns: usize, count: usize, at: usize): void {
  for (let i: usize = 0; i < count; i++) storeField(table, row, fieldAt(table, i), columns, i, at)
}

/** The zeroed row that searches compare with; strings in it are not its own. */
export function scratchRow(table: usize): usize {
  const row = <usize>get(table, SCRATCH)
  memory.fill(row, 0, <usize>get(table, STRIDE))
  return row
}

/** Sets a field of the scratch row. */
export function scratchField(row: usize, field: usize, columns: usize, column: usize, at: usize): void {
  if (columnIsNull(columns, column, at)) return
  store<u8>(row + fieldValid(field), 1)
  copyValue(columnValue(columns, column, at), row + fieldValue(field), fieldBits(field))
}

/** Slots in use, in insertion order. Returns their number. */
export function liveSlots(table: usize, out: usize): u32 {
  const end = get(table, SLOT_END)
  let rows: usize = 0
  for (let slot: u32 = 0; slot < end; slot++) {
    if (load<u32>(rowAddress(table, slot), INSERTED) == 0) continue
    store<u32>(out + (rows << 2), slot)
    rows++
  }
  if (get(table, REUSED) != 0) sortBySequence(table, out, rows)
  return <u32>rows
}

/** Radix sort by the rows' sequence, a byte a pass, skipping bytes that are all alike. */
function sortBySequence(table: usize, slots: usize, rows: usize): void {
  let from = chunk_alloc(rows << 3)
  let to = chunk_alloc(rows << 3)
  const counts = chunk_alloc(256 << 2)
  for (let i: usize = 0; i < rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    store<u32>(from + (i << 3), load<u32>(rowAddress(table, slot), INSERTED))
    store<u32>(from + (i << 3), slot, 4)
  }
  for (let byte: usize = 0; byte < 4; byte++) {
    memory.fill(counts, 0, 256 << 2)
    for (let i: usize = 0; i < rows; i++) {
      const at = counts + (<usize>load<u8>(from + (i << 3) + byte) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
    if (rows > 0 && <usize>load<u32>(counts + (<usize>load<u8>(from + byte) << 2)) == rows) continue
    let sum: u32 = 0
    for (let i: usize = 0; i < 256; i++) {
      const count = load<u32>(counts + (i << 2))
      store<u32>(counts + (i << 2), sum)
      sum += count
    }
    for (let i: usize = 0; i < rows; i++) {
      const at = counts + (<usize>load<u8>(from + (i << 3) + byte) << 2)
      const place = load<u32>(at)
      store<u32>(at, place + 1)
      store<u64>(to + (<usize>place << 3), load<u64>(from + (i << 3)))
    }
    const other = from
    from = to
    to = other
  }
  for (let i: usize = 0; i < rows; i++) store<u32>(slots + (i << 2), load<u32>(from + (i << 3), 4))
}

// Index

@inline
export function home(hash: u32, shift: u32): u32 {
  return (hash * SPREAD) >> shift
}

@inline
export function indexMask(shift: u32): u32 {
  return 0xffffffff >> shift
}

@inline
function indexBytes(shift: u32): usize {
  return <usize>8 << (32 - shift)
}

function newIndex(table: usize, bits: u32): void {
  const bytes = <usize>8 << bits
  const index = take(table, bytes)
  memory.fill(index, 0, bytes)
  set(table, INDEX, <u32>index)
  set(table, INDEX_SHIFT, 32 - bits)
}

export function dropIndex(table: usize): void {
  give(table, <usize>get(table, INDEX), indexBytes(get(table, INDEX_SHIFT)))
  set(table, INDEX_COUNT, 0)
}

export function emptyIndex(table: usize): void {
  newIndex(table, FIRST_INDEX_BITS)
}

/** Builds the index anew with `1 << bits` entries. */
function resizeIndex(table: usize, bits: u32): void {
  const old = <usize>get(table, INDEX)
  const oldBytes = indexBytes(get(table, INDEX_SHIFT))
  newIndex(table, bits)
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  for (let at: usize = 0; at < oldBytes; at += 8) {
    const entry = load<u64>(old + at)
    if (entry == 0) continue
    let place = home(<u32>entry, shift)
    while (load<u64>(index + (<usize>place << 3)) != 0) place = (place + 1) & mask
    store<u64>(index + (<usize>place << 3), entry)
  }
  give(table, old, oldBytes)
}

@inline
export function entryOf(hash: u32, reference: u32): u64 {
  return <u64>hash | (<u64>reference << 32)
}

export function addEntry(table: usize, hash: u32, reference: u32): void {
  const count = get(table, INDEX_COUNT) + 1
  const bits: u32 = 32 - get(table, INDEX_SHIFT)
  // A quarter full while it fits into a cache, where collisions cost more than room; then five eighths.
  const limit = bits <= ROOMY_INDEX_BITS ? <u32>1 << (bits - 2) : <u32>((<u64>5 << bits) >> 3)
  if (count > limit) resizeIndex(table, bits + 1)
  set(table, INDEX_COUNT, count)
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  let place = home(hash, shift)
  while (load<u64>(index + (<usize>place << 3)) != 0) place = (place + 1) & mask
  store<u64>(index + (<usize>place << 3), entryOf(hash, reference))
}

/** The address of the entry that is there for sure. */
export function entryAddress(table: usize, hash: u32, reference: u32): usize {
  const entry = entryOf(hash, reference)
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  let place = home(hash, shift)
  while (true) {
    const at = index + (<usize>place << 3)
    const there = load<u64>(at)
    if (there == entry) return at
    if (there == 0) unreachable()
    place = (place + 1) & mask
  }
}

/** Removes an entry and moves back those behind it that had been pushed on. */
export function removeEntry(table: usize, at: usize): void {
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  let hole = <u32>((at - index) >> 3)
  let place = hole
  while (true) {
    place = (place + 1) & mask
    const entry = load<u64>(index + (<usize>place << 3))
    if (entry == 0) break
    if (((place - home(<u32>entry, shift)) & mask) >= ((place - hole) & mask)) {
      store<u64>(index + (<usize>hole << 3), entry)
      hole = place
    }
  }
  store<u64>(index + (<usize>hole << 3), 0)
  const count = get(table, INDEX_COUNT) - 1
  set(table, INDEX_COUNT, count)
  const bits: u32 = 32 - shift
  if (bits > FIRST_INDEX_BITS && count < (<u32>1 << (bits - 4))) resizeIndex(table, bits - 2)
}

// Keys

/** A row of the key that an entry stands for. */
@inline
function entryRow(table: usize, entry: u64): usize {
  const reference = <u32>(entry >> 32)
  // The first word of a tree is the slot of its first row.
  const slot = get(table, KIND) >= ORDERED ? load<u32>(<usize>reference) : reference - 1
  return rowAddress(table, slot)
}

function equalKeys(table: usize, row: usize, columns: usize, at: usize): bool {
  const keys = <usize>get(table, KEY_COUNT)
  for (let i: usize = 0; i < keys; i++) {
    const field = fieldAt(table, i)
    const valid = load<u8>(row + fieldValid(field)) != 0
    if (columnIsNull(columns, i, at) == valid) return false
    if (valid && !equalValues(fieldPhysical(field), row + fieldValue(field), columnValue(columns, i, at))) return false
  }
  return true
}

/** The form of the key that these columns allow: NULLs need the general path. */
export function keyForm(table: usize, columns: usize): u32 {
  const form = get(table, KEY_FORM)
  for (let i: usize = 0; i < <usize>form; i++) {
    if (columnValidity(columns, i) != 0 || columnPhysical(columns, i) != I64) return KEY_ANY
  }
  return form
}

/** The address of the index entry of a key, 0 when there is none. `form` is a constant where this is inlined. */
@inline
export function findEntry(form: u32, table: usize, columns: usize, at: usize, hash: u32): usize {
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  let place = home(hash, shift)
  let found: usize = 0
  while (true) {
    const here = index + (<usize>place << 3)
    const entry = load<u64>(here)
    if (entry == 0) break
    if (<u32>entry == hash) {
      const row = entryRow(table, entry)
      let equal: bool
      if (form == KEY_I64) {
        const field = fieldAt(table, 0)
        equal = load<u64>(row + fieldValue(field)) == load<u64>(columnData(columns, 0) + (at << 3))
          && load<u8>(row + fieldValid(field)) != 0
      } else if (form == KEY_TWO_I64) {
        const first = fieldAt(table, 0)
        const second = fieldAt(table, 1)
        equal = load<u64>(row + fieldValue(first)) == load<u64>(columnData(columns, 0) + (at << 3))
          && load<u64>(row + fieldValue(second)) == load<u64>(columnData(columns, 1) + (at << 3))
          && (load<u8>(row + fieldValid(first)) & load<u8>(row + fieldValid(second))) != 0
      } else {
        equal = equalKeys(table, row, columns, at)
      }
      if (equal) {
        found = here
        break
      }
    }
    place = (place + 1) & mask
  }
  return found
}

/** Ordered tables: the tree that a row is in. */
export function treeOfRow(table: usize, row: usize): usize {
  const hash = load<u32>(row, HASH)
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  let place = home(hash, shift)
  while (true) {
    const entry = load<u64>(index + (<usize>place << 3))
    if (entry == 0) unreachable()
    if (<u32>entry == hash && equalRows(table, row, entryRow(table, entry))) return <usize>(entry >> 32)
    place = (place + 1) & mask
  }
}

function equalRows(table: usize, a: usize, b: usize): bool {
  if (a == b) return true
  const keys = <usize>get(table, KEY_COUNT)
  for (let i: usize = 0; i < keys; i++) {
    const field = fieldAt(table, i)
    const valid = load<u8>(a + fieldValid(field))
    if (valid != load<u8>(b + fieldValid(field))) return false
    if (valid == 0) continue
    if (!equalValues(fieldPhysical(field), a + fieldValue(field), b + fieldValue(field))) return false
  }
  return true
}

let touched: u64 = 0

/** Loads the entries and rows that a block of hashes leads to, so that the cache misses overlap. */
export function touch(table: usize, hashes: usize, from: usize, rows: usize): void {
  const shift = get(table, INDEX_SHIFT)
  if (indexBytes(shift) < PREFETCH_BYTES) return
  const index = <usize>get(table, INDEX)
  const end = min(from + PREFETCH_ROWS, rows)
  const pages = <usize>get(table, PAGES)
  const pageShift = get(table, PAGE_SHIFT)
  const pageMask = (<u32>1 << pageShift) - 1
  const stride = <usize>get(table, STRIDE)
  const isOrdered = get(table, KIND) >= ORDERED
  let sum = touched
  for (let i = from; i < end; i++) {
    sum += load<u64>(index + (<usize>home(load<u32>(hashes + (i << 2)), shift) << 3))
  }
  for (let i = from; i < end; i++) {
    const reference = load<u32>(index + (<usize>home(load<u32>(hashes + (i << 2)), shift) << 3), 4)
    if (reference == 0) continue
    const slot = isOrdered ? load<u32>(<usize>reference) : reference - 1
    const page = <usize>load<u32>(pages + (<usize>(slot >> pageShift) << 2))
    sum += load<u64>(page + <usize>(slot & pageMask) * stride, 8)
  }
  if (get(table, KEY_COUNT) == 0 || fieldPhysical(fieldAt(table, 0)) != VIEW) {
    touched = sum
    return
  }
  const value = fieldValue(fieldAt(table, 0))
  for (let i = from; i < end; i++) {
    const reference = load<u32>(index + (<usize>home(load<u32>(hashes + (i << 2)), shift) << 3), 4)
    if (reference == 0) continue
    const slot = isOrdered ? load<u32>(<usize>reference) : reference - 1
    const view = <usize>load<u32>(pages + (<usize>(slot >> pageShift) << 2)) + <usize>(slot & pageMask) * stride + value
    if (load<u32>(view) > 12) sum += <u64>load<u32>(<usize>load<u32>(view, 12))
  }
  touched = sum
}

/** Whether row `i` starts a block of `touch`. */
@inline
export function blockStarts(i: usize): bool {
  return (i & (PREFETCH_ROWS - 1)) == 0
}

export function keyHasNull(table: usize, columns: usize, at: usize): bool {
  const keys = <usize>get(table, KEY_COUNT)
  for (let i: usize = 0; i < keys; i++) {
    if (columnIsNull(columns, i, at)) return true
  }
  return false
}
