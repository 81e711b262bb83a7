// Sorting row numbers of columns. Stable: by radix from the last key to the first. Strings are sorted by their first
// eight bytes and their length, NUMERICs likewise; only those that are longer and begin alike are compared.

import { columnData, columnIsNull, columnPhysical, columnValidity } from './column'
import { chunk_alloc } from './heap'
import { compareValues, I128, INTERVAL, intervalDays, intervalRest, orderedLength, orderPrefix, VIEW, widthBits } from './value'

const DESCENDING: u32 = 1
const NULLS_FIRST: u32 = 2
const DIGIT_BITS: u64 = 11
const DIGITS: usize = 6
const BUCKETS: usize = 1 << 11
const RUN_ROWS: usize = 12

/** Of a string with more bytes than its prefix. */
const LONGER: u64 = 9

/**
 * Writes the rows [0, rows) to `out` (u32 each) in the order of `count` key columns; `flags`: a u32 a key, 1 for
 * descending plus 2 for NULLs first.
 */
export function sort_rows(columns: usize, flags: usize, count: i32, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<u32>(out + (i << 2), <u32>i)
  if (rows < 2) return
  const keys = chunk_alloc(<usize>rows << 3)
  const otherKeys = chunk_alloc(<usize>rows << 3)
  const otherRows = chunk_alloc(<usize>rows << 2)
  const counts = chunk_alloc(DIGITS * BUCKETS << 2)
  for (let key = count - 1; key >= 0; key--) {
    const physical = columnPhysical(columns, key)
    const descending = (load<u32>(flags + (<usize>key << 2)) & DESCENDING) != 0
    // Wide keys are two: the low half first.
    const halves = physical == I128 || physical == INTERVAL || physical >= VIEW ? 2 : 1
    let sortedKeys = keys
    for (let half = halves - 1; half >= 0; half--) {
      loadKeys(columns, key, half, descending, rows, out, keys)
      sortedKeys = radixSort(rows, keys, out, otherKeys, otherRows, counts)
    }
    if (physical >= VIEW) sortLongStrings(columns, key, descending, rows, sortedKeys, out, otherRows)
    if (columnValidity(columns, key) != 0) {
      partitionNulls(columnValidity(columns, key), (load<u32>(flags + (<usize>key << 2)) & NULLS_FIRST) != 0, rows, out, otherRows)
    }
  }
}

function halfOf(physical: u32, half: i32, at: usize): u64 {
  if (physical == I128) return half == 0 ? load<u64>(at, 8) ^ 0x8000000000000000 : load<u64>(at)
  if (physical == INTERVAL) return half == 0 ? <u64>intervalDays(at) ^ 0x8000000000000000 : <u64>intervalRest(at)
  if (physical >= VIEW && half != 0) return lengthKey(physical, at)
  return orderPrefix(physical, at)
}

/** The key of each row in the present order; NULLs, which are moved afterwards, have key 0. */
function loadKeys(columns: usize, key: usize, half: i32, descending: bool, rows: usize, order: usize, keys: usize): void {
  const physical = columnPhysical(columns, key)
  const data = columnData(columns, key)
  const bits = widthBits(physical)
  const validity = columnValidity(columns, key)
  for (let i: usize = 0; i < rows; i++) {
    const row = <usize>load<u32>(order + (i << 2))
    let value: u64 = 0
    if (validity == 0 || load<u8>(validity + row) != 0) {
      value = halfOf(physical, half, data + (row << bits))
      if (descending) value = ~value
    }
    store<u64>(keys + (i << 3), value)
  }
}

/** Sorts keys and rows by key and returns where the keys are; digits that are the same everywhere cost nothing. */
function radixSort(rows: usize, keys: usize, order: usize, otherKeys: usize, otherRows: usize, counts: usize): usize {
  memory.fill(counts, 0, DIGITS * BUCKETS << 2)
  for (let i: usize = 0; i < rows; i++) {
    let key = load<u64>(keys + (i << 3))
    for (let digit: usize = 0; digit < DIGITS; digit++) {
      const at = counts + ((digit * BUCKETS + <usize>(key & (BUCKETS - 1))) << 2)
      store<u32>(at, load<u32>(at) + 1)
      key >>= DIGIT_BITS
    }
  }
  let fromKeys = keys
  let fromRows = order
  let toKeys = otherKeys
  let toRows = otherRows
  for (let digit: usize = 0; digit < DIGITS; digit++) {
    const places = counts + (digit * BUCKETS << 2)
    const shift = <u64>digit * DIGIT_BITS
    const first = <usize>((load<u64>(fromKeys) >> shift) & (BUCKETS - 1))
    if (<usize>load<u32>(places + (first << 2)) == rows) continue
    let sum: u32 = 0
    for (let bucket: usize = 0; bucket < BUCKETS; bucket++) {
      const at = places + (bucket << 2)
      const count = load<u32>(at)
      store<u32>(at, sum)
      sum += count
    }
    for (let i: usize = 0; i < rows; i++) {
      const key = load<u64>(fromKeys + (i << 3))
      const at = places + (<usize>((key >> shift) & (BUCKETS - 1)) << 2)
      const place = <usize>load<u32>(at)
      store<u32>(at, <u32>place + 1)
      store<u64>(toKeys + (place << 3), key)
      store<u32>(toRows + (place << 2), load<u32>(fromRows + (i << 2)))
    }
    const keysBefore = fromKeys
    const rowsBefore = fromRows
    fromKeys = toKeys
    fromRows = toRows
    toKeys = keysBefore
    toRows = rowsBefore
  }
  if (fromRows != order) memory.copy(order, fromRows, rows << 2)
  return fromKeys
}

function partitionNulls(validity: usize, first: bool, rows: usize, order: usize, other: usize): void {
  let nulls: usize = 0
  for (let i: usize = 0; i < rows; i++) if (load<u8>(validity + i) == 0) nulls++
  if (nulls == 0) return
  let nullAt: usize = first ? 0 : rows - nulls
  let at: usize = first ? nulls : 0
  for (let i: usize = 0; i < rows; i++) {
    const row = load<u32>(order + (i << 2))
    if (load<u8>(validity + <usize>row) == 0) {
      store<u32>(other + (nullAt << 2), row)
      nullAt++
    } else {
      store<u32>(other + (at << 2), row)
      at++
    }
  }
  memory.copy(order, other, rows << 2)
}

/** A string's second half as a key: its length where the prefix holds all of it, else the mark of a longer one. */
@inline
function lengthKey(physical: u32, view: usize): u64 {
  return min<u64>(<u64>orderedLength(physical, view), LONGER)
}

/** Sorts the runs of strings that are longer than a prefix and have the same: by comparing them. */
function sortLongStrings(columns: usize, key: usize, descending: bool, rows: usize, keys: usize, order: usize, other: usize): void {
  const data = columnData(columns, key)
  let start: usize = 0
  while (start < rows) {
    if (!isLong(columns, key, order, start)) {
      start++
      continue
    }
    const prefix = load<u64>(keys + (start << 3))
    let end = start + 1
    while (end < rows && load<u64>(keys + (end << 3)) == prefix && isLong(columns, key, order, end)) end++
    if (end - start > 1) mergeSort(columnPhysical(columns, key), data, descending, order + (start << 2), end - start, other)
    start = end
  }
}

@inline
function isLong(columns: usize, key: usize, order: usize, place: usize): bool {
  const row = <usize>load<u32>(order + (place << 2))
  return !columnIsNull(columns, key, row)
    && orderedLength(columnPhysical(columns, key), columnData(columns, key) + (row << 4)) > <u32>LONGER - 1
}

@inline
function isBefore(physical: u32, data: usize, descending: bool, a: u32, b: u32): bool {
  const order = compareValues(physical, data + (<usize>a << 4), data + (<usize>b << 4))
  return descending ? order > 0 : order < 0
}

/** Rows (u32) by the strings of one column: short runs by insertion, then merged two by two. */
function mergeSort(physical: u32, data: usize, descending: bool, order: usize, rows: usize, other: usize): void {
  let from = order
  let to = other
  for (let start: usize = 0; start < rows; start += RUN_ROWS) {
    const end = min(start + RUN_ROWS, rows)
    for (let i = start + 1; i < end; i++) {
      const row = load<u32>(from + (i << 2))
      let place = i
      while (place > start && isBefore(physical, data, descending, row, load<u32>(from + ((place - 1) << 2)))) {
        store<u32>(from + (place << 2), load<u32>(from + ((place - 1) << 2)))
        place--
      }
      store<u32>(from + (place << 2), row)
    }
  }
  for (let width = RUN_ROWS; width < rows; width <<= 1) {
    for (let start: usize = 0; start < rows; start += width << 1) {
      const middle = min(start + width, rows)
      const end = min(middle + width, rows)
      let left = start
      let right = middle
      for (let place = start; place < end; place++) {
        const takeRight = left == middle
          || (right < end && isBefore(physical, data, descending, load<u32>(from + (right << 2)), load<u32>(from + (left << 2))))
        store<u32>(to + (place << 2), load<u32>(from + ((takeRight ? right++ : left++) << 2)))
      }
    }
    const before = from
    from = to
    to = before
  }
  if (from != order) memory.copy(order, from, rows << 2)
}
