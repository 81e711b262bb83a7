// Values in the rows of a state table. Not kernels.
//
// Long strings are heap blocks that the row owns: one each, or, where whole rows are inserted (tables that are packed),
// one for all of the row, in the order of the fields.

import { columnData, columnIsNull, columnPhysical, columnValidity, columnValue } from './column'
import { chunk_alloc } from './heap'
import { freeSlot } from './slots'
import {
  FIELD_COUNT, fieldAt, fieldBits, fieldPhysical, fieldValid, fieldValue, get, give, isPacked, rowAddress, SCRATCH,
  STRIDE, take, VIEW_COUNT,
} from './table-fields'
import { VIEW } from './value'

/** Removes a row with its strings. */
export function freeRow(table: usize, slot: u32): void {
  freeStrings(table, rowAddress(table, slot))
  freeSlot(table, slot)
}

export function freeStrings(table: usize, row: usize): void {
  if (get(table, VIEW_COUNT) == 0) return
  const count = <usize>get(table, FIELD_COUNT)
  if (isPacked(table)) {
    let block: usize = 0
    let bytes: usize = 0
    for (let i: usize = 0; i < count; i++) {
      const field = fieldAt(table, i)
      if (fieldPhysical(field) < VIEW) continue
      const view = row + fieldValue(field)
      const length = <usize>load<u32>(view)
      if (length <= 12) continue
      if (block == 0) block = <usize>load<u32>(view, 12)
      bytes += length
    }
    if (block != 0) give(table, block, bytes)
    return
  }
  for (let i: usize = 0; i < count; i++) {
    const field = fieldAt(table, i)
    if (fieldPhysical(field) >= VIEW) freeString(table, row + fieldValue(field))
  }
}

@inline
function freeString(table: usize, view: usize): void {
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

/** Copies at least eight bytes; short ones without a call. */
@inline
export function copyBytes(from: usize, to: usize, length: usize): void {
  if (length >= 256) {
    memory.copy(to, from, length)
    return
  }
  if (length < 16) {
    const last = load<u64>(from + length - 8)
    store<u64>(to, load<u64>(from))
    store<u64>(to + length - 8, last)
    return
  }
  const last = v128.load(from + length - 16)
  for (let i: usize = 0; i + 16 <= length; i += 16) v128.store(to + i, v128.load(from + i))
  v128.store(to + length - 16, last)
}

/** Copies a view into a row together with its bytes. */
export function ownView(table: usize, from: usize, to: usize): void {
  const length = <usize>load<u32>(from)
  const bytes = <usize>load<u32>(from, 12)
  v128.store(to, v128.load(from))
  if (length <= 12) return
  const own = take(table, length)
  copyBytes(bytes, own, length)
  store<u32>(to, 0, 8)
  store<u32>(to, <u32>own, 12)
}

/** The columns of text of a table that is packed, in chunk memory: data, validity, offsets of value and null byte. */
export function textColumns(table: usize, columns: usize): usize {
  const list = chunk_alloc(<usize>get(table, VIEW_COUNT) << 4)
  const fields = <usize>get(table, FIELD_COUNT)
  let at = list
  for (let i: usize = 0; i < fields; i++) {
    const field = fieldAt(table, i)
    if (fieldPhysical(field) < VIEW) continue
    store<u32>(at, <u32>columnData(columns, i))
    store<u32>(at, <u32>columnValidity(columns, i), 4)
    store<u32>(at, <u32>fieldValue(field), 8)
    store<u32>(at, <u32>fieldValid(field), 12)
    at += 16
  }
  return list
}

/** Stores the texts of a row that holds none yet, the bytes of all in one block. `list`: see `textColumns`. */
export function packTexts(table: usize, row: usize, list: usize, at: usize): void {
  const end = list + (<usize>get(table, VIEW_COUNT) << 4)
  let bytes: usize = 0
  for (let text = list; text < end; text += 16) {
    const validity = <usize>load<u32>(text, 4)
    if (validity != 0 && load<u8>(validity + at) == 0) continue
    const from = <usize>load<u32>(text) + (at << 4)
    v128.store(row + <usize>load<u32>(text, 8), v128.load(from))
    store<u8>(row + <usize>load<u32>(text, 12), 1)
    const length = <usize>load<u32>(from)
    if (length > 12) bytes += length
  }
  if (bytes == 0) return
  let to = take(table, bytes)
  for (let text = list; text < end; text += 16) {
    const view = row + <usize>load<u32>(text, 8)
    const length = <usize>load<u32>(view)
    if (length <= 12) continue
    copyBytes(<usize>load<u32>(view, 12), to, length)
    store<u32>(view, 0, 8)
    store<u32>(view, <u32>to, 12)
    to += length
  }
}

/** Stores a column's value into a field of a row that holds nothing there yet. */
export function storeField(table: usize, row: usize, field: usize, columns: usize, column: usize, at: usize): void {
  if (columnIsNull(columns, column, at)) return
  const physical = fieldPhysical(field)
  const from = columnValue(columns, column, at)
  const to = row + fieldValue(field)
  store<u8>(row + fieldValid(field), 1)
  if (physical >= VIEW) ownView(table, from, to)
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

/** Puts another text, 0 for NULL, into the view at `place` of a row of a table that is packed: its block is made anew. */
export function replaceText(table: usize, row: usize, place: usize, from: usize): void {
  const fields = <usize>get(table, FIELD_COUNT)
  let block: usize = 0
  let oldBytes: usize = 0
  let bytes: usize = 0
  for (let i: usize = 0; i < fields; i++) {
    const field = fieldAt(table, i)
    if (fieldPhysical(field) < VIEW) continue
    const view = row + fieldValue(field)
    const length = <usize>load<u32>(view)
    if (length <= 12) continue
    if (block == 0) block = <usize>load<u32>(view, 12)
    oldBytes += length
    if (view != place) bytes += length
  }
  if (from == 0) zeroValue(place, 4)
  else v128.store(place, v128.load(from))
  const length = <usize>load<u32>(place)
  if (length > 12) bytes += length
  let to: usize = bytes == 0 ? 0 : take(table, bytes)
  for (let i: usize = 0; i < fields; i++) {
    const field = fieldAt(table, i)
    if (fieldPhysical(field) < VIEW) continue
    const view = row + fieldValue(field)
    const own = <usize>load<u32>(view)
    if (own <= 12) continue
    copyBytes(<usize>load<u32>(view, 12), to, own)
    store<u32>(view, 0, 8)
    store<u32>(view, <u32>to, 12)
    to += own
  }
  // The new text may lie in the old block, seen through a gathered column.
  if (block != 0) give(table, block, oldBytes)
}

/** `bits` is a constant where this is inlined. */
@inline
function storeValues(bits: usize, table: usize, columns: usize, index: usize, slots: usize, rows: usize): void {
  const field = fieldAt(table, index)
  const value = fieldValue(field)
  const valid = fieldValid(field)
  const data = columnData(columns, index)
  const validity = columnValidity(columns, index)
  for (let i: usize = 0; i < rows; i++) {
    if (validity != 0 && load<u8>(validity + i) == 0) continue
    const row = rowAddress(table, load<u32>(slots + (i << 2)))
    copyValue(data + (i << bits), row + value, bits)
    store<u8>(row + valid, 1)
  }
}

/** Stores whole rows of a table that is packed: every column into the field of its index. */
export function storeRows(table: usize, columns: usize, slots: usize, rows: usize): void {
  const fields = <usize>get(table, FIELD_COUNT)
  for (let index: usize = 0; index < fields; index++) {
    if (columnPhysical(columns, index) >= VIEW) continue
    switch (<i32>fieldBits(fieldAt(table, index))) {
      case 0:
        storeValues(0, table, columns, index, slots, rows)
        break
      case 1:
        storeValues(1, table, columns, index, slots, rows)
        break
      case 2:
        storeValues(2, table, columns, index, slots, rows)
        break
      case 3:
        storeValues(3, table, columns, index, slots, rows)
        break
      default:
        storeValues(4, table, columns, index, slots, rows)
    }
  }
  if (get(table, VIEW_COUNT) == 0) return
  const texts = textColumns(table, columns)
  for (let i: usize = 0; i < rows; i++) packTexts(table, rowAddress(table, load<u32>(slots + (i << 2))), texts, i)
}

/** Stores one whole row of a table that is packed. `texts`: see `textColumns`. */
export function storeRow(table: usize, row: usize, columns: usize, texts: usize, at: usize): void {
  const fields = <usize>get(table, FIELD_COUNT)
  for (let i: usize = 0; i < fields; i++) {
    const field = fieldAt(table, i)
    if (fieldPhysical(field) < VIEW) storeField(table, row, field, columns, i, at)
  }
  packTexts(table, row, texts, at)
}
