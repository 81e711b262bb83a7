// The index of a state table: from keys to rows. Not kernels.
//
// Open addressing over entries (u32 hash, u32 reference); the reference is slot + 1, in a multimap that of the key's
// first row, in an ordered table the address of the key's tree. 0 is an empty entry.

import { columnData, columnIsNull, columnPhysical, columnValidity, columnValue, hashRows } from './column'
import { chunk_alloc } from './heap'
import {
  BYTES, EXPECTED, fieldAt, fieldPhysical, fieldValid, fieldValue, get, give, HASH, INDEX, INDEX_COUNT, INDEX_SHIFT, KEY_ANY,
  KEY_COUNT, KEY_FORM, KEY_I64, KEY_TWO_I64, KIND, NO_SLOT, ORDERED, PAGE_SHIFT, PAGES, RECORD_BITS, rowAddress, set, STRIDE,
  take,
} from './table-fields'
import { equalValues, I64, VIEW } from './value'

/** A table, or an index, is larger than a cache: look at the entries and rows of a block before deciding about them. */
const PREFETCH_BYTES: usize = 1 << 19
const PREFETCH_ROWS: usize = 64
const SPREAD: u32 = 0x9e3779b1
const FIRST_INDEX_BITS: u32 = 4
const ROOMY_INDEX_BITS: u32 = 13

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

/** Grows the index, at once to what a table that was cleared is likely to need. */
function growIndex(table: usize, atLeast: u32): void {
  let bits = atLeast
  const expected = get(table, EXPECTED)
  set(table, EXPECTED, 0)
  while (limitOf(bits) < expected) bits++
  resizeIndex(table, bits)
}

/** Entries that an index may hold: a quarter while it fits into a cache, where collisions cost more than room. */
@inline
function limitOf(bits: u32): u32 {
  return bits <= ROOMY_INDEX_BITS ? <u32>1 << (bits - 2) : <u32>((<u64>5 << bits) >> 3)
}

@inline
export function entryOf(hash: u32, reference: u32): u64 {
  return <u64>hash | (<u64>reference << 32)
}

export function addEntry(table: usize, hash: u32, reference: u32): void {
  const count = get(table, INDEX_COUNT) + 1
  const bits: u32 = 32 - get(table, INDEX_SHIFT)
  if (count > limitOf(bits)) growIndex(table, bits + 1)
  set(table, INDEX_COUNT, count)
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  let place = home(hash, shift)
  while (load<u64>(index + (<usize>place << 3)) != 0) place = (place + 1) & mask
  store<u64>(index + (<usize>place << 3), entryOf(hash, reference))
}

/** Adds an entry of which a search ended at an empty `place`; the index may be made anew. */
@inline
export function addEntryAt(table: usize, place: u32, hash: u32, reference: u32): void {
  const count = get(table, INDEX_COUNT) + 1
  if (count > limitOf(32 - get(table, INDEX_SHIFT))) {
    addEntry(table, hash, reference)
    return
  }
  set(table, INDEX_COUNT, count)
  store<u64>(<usize>get(table, INDEX) + (<usize>place << 3), entryOf(hash, reference))
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

/** Whether one of the first `count` columns may hold a NULL. */
export function keysHaveNulls(columns: usize, count: u32): bool {
  for (let i: usize = 0; i < <usize>count; i++) if (columnValidity(columns, i) != 0) return true
  return false
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

/** The address of the index entry of a row's key, 0 when there is none. */
export function entryLike(table: usize, row: usize, hash: u32): usize {
  const index = <usize>get(table, INDEX)
  const shift = get(table, INDEX_SHIFT)
  const mask = indexMask(shift)
  let place = home(hash, shift)
  while (true) {
    const here = index + (<usize>place << 3)
    const entry = load<u64>(here)
    if (entry == 0) return 0
    if (<u32>entry == hash && equalRows(table, row, entryRow(table, entry))) return here
    place = (place + 1) & mask
  }
}

/** Ordered tables: the tree that a row is in. */
export function treeOfRow(table: usize, row: usize): usize {
  const entry = entryLike(table, row, load<u32>(row, HASH))
  if (entry == 0) unreachable()
  return <usize>load<u32>(entry, 4)
}

/** Whether rows of the table have equal keys. */
function equalRows(table: usize, a: usize, b: usize): bool {
  if (a == b) return true
  const form = <usize>get(table, KEY_FORM)
  if (form != KEY_ANY) {
    // Keys come first in a row, side by side; the value under a NULL is 0.
    const value = fieldValue(fieldAt(table, 0))
    const valid = fieldValid(fieldAt(table, 0))
    for (let i: usize = 0; i < form; i++) {
      if (load<u64>(a + value + (i << 3)) != load<u64>(b + value + (i << 3))) return false
      if (load<u8>(a + valid + i) != load<u8>(b + valid + i)) return false
    }
    return true
  }
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
  if (<usize>get(table, BYTES) < PREFETCH_BYTES) return
  const index = <usize>get(table, INDEX)
  const end = min(from + PREFETCH_ROWS, rows)
  const pages = <usize>get(table, PAGES)
  const pageShift = get(table, PAGE_SHIFT)
  const pageMask = (<u32>1 << pageShift) - 1
  const stride = <usize>get(table, STRIDE)
  const isOrdered = get(table, KIND) >= ORDERED
  const hasKeys = get(table, KEY_COUNT) != 0
  const valid = hasKeys ? fieldValid(fieldAt(table, 0)) : 0
  let sum = touched
  for (let i = from; i < end; i++) {
    sum += load<u64>(index + (<usize>home(load<u32>(hashes + (i << 2)), shift) << 3))
  }
  for (let i = from; i < end; i++) {
    const reference = load<u32>(index + (<usize>home(load<u32>(hashes + (i << 2)), shift) << 3), 4)
    if (reference == 0) continue
    const slot = isOrdered ? load<u32>(<usize>reference) : reference - 1
    const row = <usize>load<u32>(pages + (<usize>(slot >> pageShift) << RECORD_BITS)) + <usize>(slot & pageMask) * stride
    // Keys stand at the beginning of a row, their null bytes behind all values.
    sum += load<u64>(row, 8) + <u64>load<u8>(row + valid)
  }
  if (!hasKeys || fieldPhysical(fieldAt(table, 0)) != VIEW) {
    touched = sum
    return
  }
  const value = fieldValue(fieldAt(table, 0))
  for (let i = from; i < end; i++) {
    const reference = load<u32>(index + (<usize>home(load<u32>(hashes + (i << 2)), shift) << 3), 4)
    if (reference == 0) continue
    const slot = isOrdered ? load<u32>(<usize>reference) : reference - 1
    const view = <usize>load<u32>(pages + (<usize>(slot >> pageShift) << RECORD_BITS)) + <usize>(slot & pageMask) * stride + value
    if (load<u32>(view) > 12) sum += <u64>load<u32>(<usize>load<u32>(view, 12))
  }
  touched = sum
}

/** Loads the entries of the rows in a block of slots, so that the cache misses overlap. */
export function touchEntries(table: usize, slots: usize, from: usize, rows: usize): void {
  const shift = get(table, INDEX_SHIFT)
  if (indexBytes(shift) < PREFETCH_BYTES) return
  const index = <usize>get(table, INDEX)
  const end = min(from + PREFETCH_ROWS, rows)
  let sum = touched
  for (let i = from; i < end; i++) {
    const slot = load<u32>(slots + (i << 2))
    if (slot == NO_SLOT) continue
    sum += load<u64>(index + (<usize>home(load<u32>(rowAddress(table, slot), HASH), shift) << 3))
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

/** u32 a row: the hash of its key, in chunk memory. */
export function hashKeys(table: usize, columns: usize, rows: usize): usize {
  const hashes = chunk_alloc(rows << 2)
  hashRows(columns, <usize>get(table, KEY_COUNT), rows, hashes)
  return hashes
}
