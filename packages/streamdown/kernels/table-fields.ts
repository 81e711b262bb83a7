// The description of a state table, as table.ts makes it in the heap, and how a row is found by its slot. Not kernels.

import { heap_alloc, heap_free, heap_size } from './heap'

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
export const PAGES_PRESENT: usize = 36
export const OPEN_FIRST: usize = 40
export const OPEN_LAST: usize = 44
export const ROWS: usize = 48
export const SEQUENCE: usize = 52
export const INDEX: usize = 56
export const INDEX_SHIFT: usize = 60
export const INDEX_COUNT: usize = 64
export const BYTES: usize = 68
export const KEY_FORM: usize = 72
/** Whether slots may not rise with insertion; see slots.ts. */
export const REUSED: usize = 76
export const ORDER: usize = 80
export const ORDER_COUNT: usize = 84
export const SCRATCH: usize = 88
export const VIEW_COUNT: usize = 92
export const ABSENT_PAGE: usize = 96
export const SLOTS_GIVEN: usize = 100
/** The rows that the table had when it was cleared: what it is likely to hold again. */
export const EXPECTED: usize = 104
/** Multimaps: rows that are not in the index yet (see unlinked.ts). */
export const UNLINKED_ROWS: usize = 108
/** Multimaps: rows enter the index as they come. */
export const LINKS_AT_ONCE: usize = 112
/** Multimaps: how many fields follow the others as payload (see payload.ts), its last page's, the cache of its texts. */
export const PAYLOAD_COUNT: usize = 116
export const LAST_PAYLOAD: usize = 120
export const TEXT_CACHE: usize = 124
export const TABLE_BYTES: usize = 128

/** Kinds of tables; 4: an ordered table that is unique. */
export const UNIQUE: u32 = 1
export const MULTIMAP: u32 = 2
export const ORDERED: u32 = 3

/** Whether a row's long strings lie in one block of the heap: in tables into which whole rows are inserted. */
@inline
export function isPacked(table: usize): bool {
  const kind = get(table, KIND)
  return kind == MULTIMAP || kind == ORDERED
}

@inline
export function hasPayload(table: usize): bool {
  return get(table, PAYLOAD_COUNT) != 0
}

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
/** In a row's NEXT: it is not in the index of its multimap yet. */
export const UNLINKED: u32 = 0xffffffff

export const NO_SLOT: u32 = 0xffffffff
@inline
export function get(table: usize, field: usize): u32 {
  return load<u32>(table + field)
}

@inline
export function set(table: usize, field: usize, value: u32): void {
  store<u32>(table + field, value)
}

/**
 * Descriptor of a field: physical, offset of the value, offset of the null byte, log2 of the width. Those of the payload
 * follow, with a physical alone.
 */
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

/** log2 of the bytes of a page's record, of which the first word is the page's address. */
export const RECORD_BITS: usize = 6

@inline
export function rowAddress(table: usize, slot: u32): usize {
  const shift = get(table, PAGE_SHIFT)
  const page = <usize>load<u32>(<usize>get(table, PAGES) + (<usize>(slot >> shift) << RECORD_BITS))
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
