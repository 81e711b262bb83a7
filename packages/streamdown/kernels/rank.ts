// Which rows of a stream can still enter the top of their partition.

import { columnIsNull, columnPhysical, columnValue } from './column'
import { chunk_alloc, chunk_mark, chunk_release, chunk_zeroed } from './heap'
import { compareValues, widthBits } from './value'

const DESCENDING: u32 = 1
const NULLS_FIRST: u32 = 2

/**
 * mask[row] = 0 where the row comes after the state row at its address (u32 a row, 0: none), else 1. The order is that
 * of `count` columns, described 16 bytes each by data, validity and physical code at `columns`, and by value offset,
 * null offset and flags (1 descending, 2 NULLs first) at `fields`; where they tie, by ordinal if `ties` is 1. Returns
 * the number of zeros.
 */
export function rank_can_enter(
  columns: usize,
  fields: usize,
  count: i32,
  addresses: usize,
  rows: i32,
  ties: i32,
  ordinals: usize,
  storedOrdinal: usize,
  mask: usize,
): i32 {
  let refused = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2))
    let enters = true
    if (at != 0) {
      const order = compareWithState(columns, fields, <usize>count, at, i)
      if (order != 0) enters = order < 0
      else if (ties != 0) enters = load<i64>(ordinals + (i << 3)) < load<i64>(at + storedOrdinal)
    }
    store<u8>(mask + i, enters ? 1 : 0)
    if (!enters) refused++
  }
  return refused
}

/** The order of row `i` of the columns and a state row. */
@inline
export function compareWithState(columns: usize, fields: usize, count: usize, at: usize, i: usize): i32 {
  for (let c: usize = 0; c < count; c++) {
    const column = columns + (c << 4)
    const field = fields + (c << 4)
    const flags = load<u32>(field, 8)
    const validity = <usize>load<u32>(column, 4)
    const valid = validity == 0 || load<u8>(validity + i) != 0
    const storedValid = load<u8>(at + <usize>load<u32>(field, 4)) != 0
    if (!valid || !storedValid) {
      if (valid == storedValid) continue
      return !valid == ((flags & NULLS_FIRST) != 0) ? -1 : 1
    }
    const physical = load<u32>(column, 8)
    const value = <usize>load<u32>(column) + (i << widthBits(physical))
    const order = compareValues(physical, value, at + <usize>load<u32>(field))
    if (order != 0) return (flags & DESCENDING) != 0 ? -order : order
  }
  return 0
}

/** The order of two rows of the columns; `flags`: u32 a column, 1 descending, 2 NULLs first. */
@inline
function compareRows(columns: usize, flags: usize, count: usize, a: usize, b: usize): i32 {
  for (let c: usize = 0; c < count; c++) {
    const flag = load<u32>(flags + (c << 2))
    const aNull = columnIsNull(columns, c, a)
    const bNull = columnIsNull(columns, c, b)
    if (aNull || bNull) {
      if (aNull == bNull) continue
      return aNull == ((flag & NULLS_FIRST) != 0) ? -1 : 1
    }
    const order = compareValues(columnPhysical(columns, c), columnValue(columns, c, a), columnValue(columns, c, b))
    if (order != 0) return (flag & DESCENDING) != 0 ? -order : order
  }
  return 0
}

/**
 * mask[row] = 1 for the first `limit` rows of each partition, else 0. `partition`: u32 a row, below `partitions`. The order
 * is that of `count` columns (see `compareRows`); where they tie the row with the smaller ordinal comes first, with
 * `latest` the larger. Returns how many there are.
 */
export function rank_first(
  partition: usize,
  partitions: i32,
  columns: usize,
  flags: usize,
  count: i32,
  limit: i32,
  ordinals: usize,
  latest: i32,
  rows: i32,
  mask: usize,
): i32 {
  const mark = chunk_mark()
  const counts = chunk_zeroed(<usize>partitions << 2)
  const lists = chunk_alloc((<usize>partitions * <usize>limit) << 2)
  memory.fill(mask, 0, rows)
  let kept = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const p = <usize>load<u32>(partition + (i << 2))
    const list = lists + ((p * <usize>limit) << 2)
    const length = <usize>load<u32>(counts + (p << 2))
    let place = length
    while (place > 0) {
      const other = <usize>load<u32>(list + ((place - 1) << 2))
      let order = compareRows(columns, flags, count, i, other)
      if (order == 0) {
        const mine = load<i64>(ordinals + (i << 3))
        const its = load<i64>(ordinals + (other << 3))
        order = (mine < its) == (latest == 0) ? -1 : 1
        if (mine == its) order = 1
      }
      if (order > 0) break
      place--
    }
    if (place == <usize>limit) continue
    if (length == <usize>limit) {
      store<u8>(mask + <usize>load<u32>(list + ((length - 1) << 2)), 0)
    } else {
      store<u32>(counts + (p << 2), <u32>length + 1)
      kept++
    }
    for (let at = min(length, <usize>limit - 1); at > place; at--) {
      store<u32>(list + (at << 2), load<u32>(list + ((at - 1) << 2)))
    }
    store<u32>(list + (place << 2), <u32>i)
    store<u8>(mask + i, 1)
  }
  chunk_release(mark)
  return kept
}
