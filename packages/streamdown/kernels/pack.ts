// Columns to ROW values in the packed encoding of batch/packed.ts.

import { chunk_alloc } from './heap'

/** A field: where its values and their validity (0: none is NULL) lie, and their width in bytes, 0 for views. */
@unmanaged
class PackField {
  data: u32
  validity: u32
  width: u32
}

@inline
function present(field: PackField, row: usize): bool {
  return field.validity == 0 || load<u8>(<usize>field.validity + row) != 0
}

@inline
function viewBytes(view: usize, length: u32): usize {
  return length <= 12 ? view + 4 : <usize>load<u32>(view, 12)
}

function sizeOf(fields: usize, count: i32, row: usize): u32 {
  let size: u32 = <u32>count
  for (let i = 0; i < count; i++) {
    const field = changetype<PackField>(fields + <usize>i * offsetof<PackField>())
    if (!present(field, row)) continue
    size += field.width != 0 ? field.width : 4 + load<u32>(<usize>field.data + (row << 4))
  }
  return size
}

function writeRow(fields: usize, count: i32, row: usize, to: usize): usize {
  for (let i = 0; i < count; i++) {
    const field = changetype<PackField>(fields + <usize>i * offsetof<PackField>())
    if (!present(field, row)) {
      store<u8>(to, 0)
      to += 1
      continue
    }
    store<u8>(to, 1)
    to += 1
    const width = <usize>field.width
    if (width == 8) store<u64>(to, load<u64>(<usize>field.data + (row << 3)))
    else if (width != 0) memory.copy(to, <usize>field.data + row * width, width)
    if (width != 0) {
      to += width
      continue
    }
    const view = <usize>field.data + (row << 4)
    const length = load<u32>(view)
    store<u32>(to, length)
    memory.copy(to + 4, viewBytes(view, length), <usize>length)
    to += 4 + <usize>length
  }
  return to
}

/**
 * Writes a view a row at `out`: the row's fields, packed into chunk memory. `fields` are `count` PackFields; a row whose
 * byte at `validity` is 0 gets an empty view (0: every row is there).
 */
export function pack_rows(fields: usize, count: i32, rows: i32, validity: usize, out: usize): void {
  let total: u32 = 0
  for (let row: usize = 0; row < <usize>rows; row++) {
    const size = validity == 0 || load<u8>(validity + row) != 0 ? sizeOf(fields, count, row) : 0
    store<u32>(out + (row << 4), size)
    total += size
  }
  let to = chunk_alloc(<u32>total + 16)
  for (let row: usize = 0; row < <usize>rows; row++) {
    const view = out + (row << 4)
    const size = load<u32>(view)
    store<u32>(view, 0, 4)
    store<u64>(view, 0, 8)
    if (size == 0) continue
    const at = to
    to = writeRow(fields, count, row, at)
    if (size <= 12) memory.copy(view + 4, at, <usize>size)
    else {
      store<u32>(view, load<u32>(at), 4)
      store<u32>(view, <u32>at, 12)
    }
  }
}
