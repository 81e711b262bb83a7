// Sorting row numbers of columns. Stable. Keys of fixed width are sorted by radix, from the last key to the first;
// where a key is a string, rows are merged by comparison, most of which end at the first key's order prefix.

import { columnData, columnIsNull, columnPhysical, columnValidity, columnValue } from './column'
import { chunk_alloc } from './heap'
import { compareValues, I128, INTERVAL, intervalDays, intervalRest, orderPrefix, VIEW, widthBits } from './value'

const DESCENDING: u32 = 1
const NULLS_FIRST: u32 = 2
const DIGIT_BITS: u64 = 11
const DIGITS: usize = 6
const BUCKETS: usize = 1 << 11
const RUN_ROWS: usize = 12

/** Entries of the merge sort: u64 prefix, u32 row. */
const ENTRY_BITS: usize = 4

/**
 * Writes the rows [0, rows) to `out` (u32 each) in the order of `count` key columns; `flags`: a u32 a key, 1 for
 * descending plus 2 for NULLs first.
 */
export function sort_rows(columns: usize, flags: usize, count: i32, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<u32>(out + (i << 2), <u32>i)
  if (rows < 2) return
  let strings = false
  for (let key: usize = 0; key < <usize>count; key++) if (columnPhysical(columns, key) == VIEW) strings = true
  if (strings) {
    mergeSort(columns, flags, count, rows, out)
    return
  }
  const keys = chunk_alloc(<usize>rows << 3)
  const otherKeys = chunk_alloc(<usize>rows << 3)
  const otherRows = chunk_alloc(<usize>rows << 2)
  const counts = chunk_alloc(DIGITS * BUCKETS << 2)
  for (let key = count - 1; key >= 0; key--) {
    const physical = columnPhysical(columns, key)
    const descending = (load<u32>(flags + (<usize>key << 2)) & DESCENDING) != 0
    // 128-bit keys are two: the low half first.
    const halves = physical == I128 || physical == INTERVAL ? 2 : 1
    for (let half = halves - 1; half >= 0; half--) {
      loadKeys(columns, key, half, descending, rows, out, keys)
      radixSort(rows, keys, out, otherKeys, otherRows, counts)
    }
    if (columnValidity(columns, key) != 0) {
      partitionNulls(columnValidity(columns, key), (load<u32>(flags + (<usize>key << 2)) & NULLS_FIRST) != 0, rows, out, otherRows)
    }
  }
}

function halfOf(physical: u32, half: i32, at: usize): u64 {
  if (physical == I128) return half == 0 ? load<u64>(at, 8) ^ 0x8000000000000000 : load<u64>(at)
  if (physical == INTERVAL) return half == 0 ? <u64>intervalDays(at) ^ 0x8000000000000000 : <u64>intervalRest(at)
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

/** Sorts keys and rows by key; digits that are the same everywhere cost nothing. */
function radixSort(rows: usize, keys: usize, order: usize, otherKeys: usize, otherRows: usize, counts: usize): void {
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

function prefixOf(columns: usize, flags: u32, row: usize): u64 {
  if (columnIsNull(columns, 0, row)) return (flags & NULLS_FIRST) != 0 ? 0 : u64.MAX_VALUE
  const prefix = orderPrefix(columnPhysical(columns, 0), columnValue(columns, 0, row))
  return (flags & DESCENDING) != 0 ? ~prefix : prefix
}

function isBefore(columns: usize, flags: usize, count: i32, a: usize, b: usize): bool {
  const prefixA = load<u64>(a)
  const prefixB = load<u64>(b)
  if (prefixA != prefixB) return prefixA < prefixB
  const rowA = <usize>load<u32>(a, 8)
  const rowB = <usize>load<u32>(b, 8)
  for (let key: usize = 0; key < <usize>count; key++) {
    const flag = load<u32>(flags + (key << 2))
    const nullA = columnIsNull(columns, key, rowA)
    const nullB = columnIsNull(columns, key, rowB)
    if (nullA || nullB) {
      if (nullA && nullB) continue
      return nullA == ((flag & NULLS_FIRST) != 0)
    }
    const order = compareValues(
      columnPhysical(columns, key),
      columnValue(columns, key, rowA),
      columnValue(columns, key, rowB),
    )
    if (order != 0) return (flag & DESCENDING) != 0 ? order > 0 : order < 0
  }
  return false
}

/** Short runs by insertion, then merged two by two. */
function mergeSort(columns: usize, flags: usize, count: i32, rows: usize, out: usize): void {
  let from = chunk_alloc(rows << ENTRY_BITS)
  let to = chunk_alloc(rows << ENTRY_BITS)
  for (let i: usize = 0; i < rows; i++) {
    store<u64>(from + (i << ENTRY_BITS), prefixOf(columns, load<u32>(flags), i))
    store<u32>(from + (i << ENTRY_BITS), <u32>i, 8)
  }
  for (let start: usize = 0; start < rows; start += RUN_ROWS) {
    const end = min(start + RUN_ROWS, rows)
    for (let i = start + 1; i < end; i++) {
      const entry = v128.load(from + (i << ENTRY_BITS))
      v128.store(to, entry)
      let place = i
      while (place > start && isBefore(columns, flags, count, to, from + ((place - 1) << ENTRY_BITS))) {
        v128.store(from + (place << ENTRY_BITS), v128.load(from + ((place - 1) << ENTRY_BITS)))
        place--
      }
      v128.store(from + (place << ENTRY_BITS), entry)
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
          || (right < end && isBefore(columns, flags, count, from + (right << ENTRY_BITS), from + (left << ENTRY_BITS)))
        const source = takeRight ? right++ : left++
        v128.store(to + (place << ENTRY_BITS), v128.load(from + (source << ENTRY_BITS)))
      }
    }
    const other = from
    from = to
    to = other
  }
  for (let i: usize = 0; i < rows; i++) store<u32>(out + (i << 2), load<u32>(from + (i << ENTRY_BITS), 8))
}
