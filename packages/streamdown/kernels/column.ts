// Columns as the kernels take them: descriptors of 16 bytes each, written by src/batch/columns.ts.

import { chunk_alloc, chunk_mark, chunk_release } from './heap'
import { hashEnd, hashNull, hashStart, hashValue, hashView, hashWord, I64, VIEW, widthBits } from './value'

@inline
export function columnData(columns: usize, index: usize): usize {
  return <usize>load<u32>(columns + (index << 4))
}

/** 0: no row is NULL. */
@inline
export function columnValidity(columns: usize, index: usize): usize {
  return <usize>load<u32>(columns + (index << 4), 4)
}

@inline
export function columnPhysical(columns: usize, index: usize): u32 {
  return load<u32>(columns + (index << 4), 8)
}

@inline
export function columnValue(columns: usize, index: usize, row: usize): usize {
  return columnData(columns, index) + (row << widthBits(columnPhysical(columns, index)))
}

@inline
export function columnIsNull(columns: usize, index: usize, row: usize): bool {
  const validity = columnValidity(columns, index)
  return validity != 0 && load<u8>(validity + row) == 0
}

/** Hash of the first `count` columns for each row, u32 each; no columns: 0. `count` columns of one row hash alike anywhere. */
export function hashRows(columns: usize, count: usize, rows: usize, out: usize): void {
  if (count == 0) {
    memory.fill(out, 0, rows << 2)
    return
  }
  if (count == 1 && columnPhysical(columns, 0) == I64 && columnValidity(columns, 0) == 0) {
    const data = columnData(columns, 0)
    for (let i: usize = 0; i < rows; i++) {
      store<u32>(out + (i << 2), hashEnd(hashWord(hashStart(), load<u64>(data + (i << 3)))))
    }
    return
  }
  const mark = chunk_mark()
  const hashes = chunk_alloc(rows << 3)
  for (let i: usize = 0; i < rows; i++) store<u64>(hashes + (i << 3), hashStart())
  for (let column: usize = 0; column < count; column++) hashColumn(columns, column, rows, hashes)
  for (let i: usize = 0; i < rows; i++) store<u32>(out + (i << 2), hashEnd(load<u64>(hashes + (i << 3))))
  chunk_release(mark)
}

/** Folds a column into the u64 hashes of its rows. */
function hashColumn(columns: usize, column: usize, rows: usize, hashes: usize): void {
  const physical = columnPhysical(columns, column)
  const data = columnData(columns, column)
  const validity = columnValidity(columns, column)
  if (physical == I64 && validity == 0) {
    for (let i: usize = 0; i < rows; i++) {
      const at = hashes + (i << 3)
      store<u64>(at, hashWord(load<u64>(at), load<u64>(data + (i << 3))))
    }
    return
  }
  if (physical == VIEW && validity == 0) {
    for (let i: usize = 0; i < rows; i++) {
      const at = hashes + (i << 3)
      store<u64>(at, hashView(load<u64>(at), data + (i << 4)))
    }
    return
  }
  const bits = widthBits(physical)
  for (let i: usize = 0; i < rows; i++) {
    const at = hashes + (i << 3)
    const hash = load<u64>(at)
    const isNull = validity != 0 && load<u8>(validity + i) == 0
    store<u64>(at, isNull ? hashNull(hash) : hashValue(hash, physical, data + (i << bits)))
  }
}
