// Which rows of a stream can still enter the top of their partition.

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
      const order = compare(columns, fields, <usize>count, at, i)
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
function compare(columns: usize, fields: usize, count: usize, at: usize, i: usize): i32 {
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
