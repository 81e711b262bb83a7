// State tables: making and emptying them, and the operations that every kind has. See slots.ts for the rows.

import { columnData, columnValidity } from './column'
import { blockStarts, dropIndex, emptyIndex, entryAddress, removeEntry, touchEntries } from './hash-index'
import { chunk_alloc, chunk_mark, chunk_release, heap_alloc, heap_free, heap_size } from './heap'
import { dropTree, removeOrdered } from './order'
import { gatherPayload } from './payload'
import { unlink } from './ring'
import { copyValue, freeRow, freeStrings, ownView, replaceText, zeroValue } from './rows'
import { dropRows, liveSlots, moveSequence, pageSlots, renewSequence, sparsePage } from './slots'
import {
  BYTES, EXPECTED, FIELD_COUNT, fieldAt, fieldBits, fieldPhysical, FIELDS, fieldValid, fieldValue, get, HASH, INDEX,
  INDEX_SHIFT, isPacked, KEY_ANY, KEY_COUNT, KEY_FORM, KEY_THREE_I64, KIND, MULTIMAP, NEXT, NO_SLOT, ORDER, ORDER_COUNT, ORDERED,
  PAGE_SHIFT, PAGES, PAYLOAD_COUNT, RECORD_BITS, rowAddress, ROWS, SCRATCH, SEQUENCE, set, STRIDE, TABLE_BYTES, take, UNLINKED,
  VIEW_COUNT,
} from './table-fields'
import { endUnlinked } from './unlinked'
import { I64, VIEW } from './value'

export { pairs_probes, pairs_slots } from './pairs'

/**
 * A table. `fields`: four u32 a field (physical, offset of value, offset of null byte, log2 of width), of which the last
 * `payload` are payload. `kind`: see table-fields.ts. `order`: two u32 a field: its index, and 1 for descending plus 2 for
 * NULLs first. All are copied.
 */
export function table_new(
  fields: usize,
  count: i32,
  payload: i32,
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
  set(table, FIELD_COUNT, count - payload)
  set(table, PAYLOAD_COUNT, payload)
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
  for (let i: usize = 0; i < <usize>(count - payload); i++) if (fieldPhysical(fieldAt(table, i)) >= VIEW) views++
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

/** `bits` is a constant where this is inlined. */
@inline
function gather(bits: usize, table: usize, slots: usize, rows: usize, field: usize, data: usize, validity: usize): i32 {
  const value = fieldValue(field)
  const valid = fieldValid(field)
  const pages = <usize>get(table, PAGES)
  const shift = get(table, PAGE_SHIFT)
  const mask = (<u32>1 << shift) - 1
  const stride = <usize>get(table, STRIDE)
  let nulls = 0
  for (let i: usize = 0; i < rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    const to = data + (i << bits)
    if (slot == NO_SLOT) {
      zeroValue(to, bits)
      store<u8>(validity + i, 0)
      nulls++
      continue
    }
    const row = <usize>load<u32>(pages + (<usize>(slot >> shift) << RECORD_BITS)) + <usize>(slot & mask) * stride
    const present = load<u8>(row + valid)
    store<u8>(validity + i, present)
    nulls += present == 0 ? 1 : 0
    copyValue(row + value, to, bits)
  }
  return nulls
}

/** One field of rows as a column; slot -1 gives NULL. Returns the number of NULLs. */
export function table_gather(table: usize, slots: usize, rows: i32, index: i32, data: usize, validity: usize): i32 {
  const inRow = get(table, FIELD_COUNT)
  if (<u32>index >= inRow) return gatherPayload(table, slots, rows, <usize>(<u32>index - inRow), data, validity)
  const field = fieldAt(table, index)
  switch (<i32>fieldBits(field)) {
    case 0:
      return gather(0, table, slots, rows, field, data, validity)
    case 1:
      return gather(1, table, slots, rows, field, data, validity)
    case 2:
      return gather(2, table, slots, rows, field, data, validity)
    case 3:
      return gather(3, table, slots, rows, field, data, validity)
    default:
      return gather(4, table, slots, rows, field, data, validity)
  }
}

/** Overwrites one field of rows from the column that is first of `columns`. */
export function table_scatter(table: usize, slots: usize, rows: i32, index: i32, columns: usize): void {
  const field = fieldAt(table, index)
  const bits = fieldBits(field)
  const value = fieldValue(field)
  const valid = fieldValid(field)
  const isString = fieldPhysical(field) >= VIEW
  const packed = isPacked(table)
  const data = columnData(columns, 0)
  const validity = columnValidity(columns, 0)
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = rowAddress(table, load<u32>(slots + (i << 2)))
    const to = row + value
    const present = validity == 0 || load<u8>(validity + i) != 0
    store<u8>(row + valid, present ? 1 : 0)
    if (isString && packed) {
      replaceText(table, row, to, present ? data + (i << 4) : 0)
    } else if (isString) {
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

/** Removes rows; each slot once. */
export function table_remove(table: usize, slots: usize, rows: i32): void {
  const kind = get(table, KIND)
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (blockStarts(i)) touchEntries(table, slots, i, rows)
    const slot = load<u32>(slots + (i << 2))
    if (slot == NO_SLOT) continue
    if (kind == MULTIMAP) {
      if (load<u32>(rowAddress(table, slot), NEXT) == UNLINKED) endUnlinked(table, slot)
      else unlink(table, slot)
    } else if (kind >= ORDERED) removeOrdered(table, slot)
    else removeEntry(table, entryAddress(table, load<u32>(rowAddress(table, slot), HASH), slot + 1))
    freeRow(table, slot)
  }
}

/** Multimaps: removes all rows of one key, in their order: their ring goes as a whole. */
export function table_remove_key(table: usize, slots: usize, rows: i32): void {
  if (rows == 0) return
  const first = load<u32>(slots)
  // The first enters the index before the others.
  const linked = load<u32>(rowAddress(table, first), NEXT) != UNLINKED
  if (linked) removeEntry(table, entryAddress(table, load<u32>(rowAddress(table, first), HASH), first + 1))
  for (let i: usize = 0; i < <usize>rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    if (load<u32>(rowAddress(table, slot), NEXT) == UNLINKED) endUnlinked(table, slot)
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
 * Those of the `live` slots whose i64 at offset `field` is among `owners` (u32 each). `out` may be `live`. Returns how
 * many.
 */
export function table_owned(
  table: usize,
  live: usize,
  rows: i32,
  field: usize,
  owners: usize,
  ownerRows: i32,
  out: usize,
): i32 {
  let last: usize = 0
  for (let i: usize = 0; i < <usize>ownerRows; i++) last = max(last, <usize>load<u32>(owners + (i << 2)))
  const isOwner = chunk_alloc(last + 1)
  memory.fill(isOwner, 0, last + 1)
  for (let i: usize = 0; i < <usize>ownerRows; i++) store<u8>(isOwner + <usize>load<u32>(owners + (i << 2)), 1)
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const slot = load<u32>(live + (i << 2))
    const owner = <usize>load<u64>(rowAddress(table, slot) + field)
    store<u32>(out + (count << 2), slot)
    count += <usize>(owner <= last && load<u8>(isOwner + owner) != 0)
  }
  return <i32>count
}

/** Tables with a payload: a page of which most rows are gone, 0 for none; it takes no more. */
export function table_sparse_page(table: usize): i32 {
  return sparsePage(table)
}

/** Rows that were inserted again keep their old place in the order of insertion. */
export function table_move_sequence(table: usize, from: usize, to: usize, rows: i32): void {
  moveSequence(table, from, to, rows)
}

/** The rows stand last in the order of insertion from now on. */
export function table_renew(table: usize, slots: usize, rows: i32): void {
  renewSequence(table, slots, rows)
}

/** The slots of a page's rows, in order; returns their number. */
export function table_page_live(table: usize, page: i32, out: usize): i32 {
  return pageSlots(table, page, out)
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
