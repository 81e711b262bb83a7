// Columns as the kernels take them: descriptors of 16 bytes each, written by src/batch/columns.ts.

import { hashEnd, hashNull, hashStart, hashValue, hashWord, I64, widthBits } from './value'

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
  if (count == 2 && columnPhysical(columns, 0) == I64 && columnPhysical(columns, 1) == I64
    && columnValidity(columns, 0) == 0 && columnValidity(columns, 1) == 0) {
    const first = columnData(columns, 0)
    const second = columnData(columns, 1)
    for (let i: usize = 0; i < rows; i++) {
      const hash = hashWord(hashStart(), load<u64>(first + (i << 3)))
      store<u32>(out + (i << 2), hashEnd(hashWord(hash, load<u64>(second + (i << 3)))))
    }
    return
  }
  for (let i: usize = 0; i < rows; i++) {
    let hash = hashStart()
    for (let column: usize = 0; column < count; column++) {
      hash = columnIsNull(columns, column, i)
        ? hashNull(hash)
        : hashValue(hash, columnPhysical(columns, column), columnValue(columns, column, i))
    }
    store<u32>(out + (i << 2), hashEnd(hash))
  }
}
