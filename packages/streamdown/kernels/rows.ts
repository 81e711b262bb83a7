// Values in the rows of a state table. Long strings are heap blocks that the row owns. Not kernels.

import { columnData, columnIsNull, columnPhysical, columnValidity, columnValue } from './column'
import { freeSlot } from './slots'
import {
  FIELD_COUNT, fieldAt, fieldBits, fieldPhysical, fieldValid, fieldValue, get, give, rowAddress, SCRATCH, STRIDE,
  take, VIEW_COUNT,
} from './table-fields'
import { I64, VIEW } from './value'

/** Removes a row with its strings. */
export function freeRow(table: usize, slot: u32): void {
  freeStrings(table, rowAddress(table, slot))
  freeSlot(table, slot)
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

/** Stores a column into the field of the same index of rows that hold nothing there yet. */
export function storeColumn(table: usize, columns: usize, index: usize, slots: usize, rows: usize): void {
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
