// Winners: values that cannot be compared or copied in place (text, values in order of arrival). A first pass finds for
// each group the best row of the batch, kept in the i32 field at `best` (row + 1); a second lists them and clears it.

import { compareValues } from './value'

/**
 * The rows whose `data` (physical `code`, 1 << `bits` bytes) is smaller (largest 1: larger) than all before in their
 * group, of equal ones the one that arrived first; its ordinal is kept at `ordinal`. `out`: i32, one a group that changes.
 */
export function agg_winners_by(
  addresses: usize,
  rows: usize,
  value: usize,
  valid: usize,
  ordinal: usize,
  best: usize,
  data: usize,
  code: i32,
  bits: i32,
  largest: i32,
  ordinals: usize,
  first: i64,
  mask: usize,
  out: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    if (mask != 0 && load<u8>(mask + i) == 0) continue
    const group = <usize>load<u32>(addresses + (i << 2))
    const before = <usize>load<u32>(group + best)
    const row = data + (i << <usize>bits)
    const arrived = ordinals != 0 ? load<i64>(ordinals + (i << 3)) : first + <i64>i
    if (before != 0 || load<u8>(group + valid) != 0) {
      const known = before != 0 ? data + ((before - 1) << <usize>bits) : group + value
      const order = compareValues(code, row, known)
      if (largest != 0 ? order < 0 : order > 0) continue
      if (order == 0 && arrived >= load<i64>(group + ordinal)) continue
    }
    store<u32>(group + best, <u32>(i + 1))
    store<i64>(group + ordinal, arrived)
    if (before != 0) continue
    store<i32>(out + (count << 2), <i32>i)
    count++
  }
  return listWinners(addresses, best, out, count)
}

/** The rows that arrived first (`last` 1: last) in their group, by ordinal, which is kept at `ordinal`. */
export function agg_winners_arrival(
  addresses: usize,
  rows: usize,
  valid: usize,
  ordinal: usize,
  best: usize,
  ordinals: usize,
  first: i64,
  last: i32,
  mask: usize,
  out: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    if (mask != 0 && load<u8>(mask + i) == 0) continue
    const group = <usize>load<u32>(addresses + (i << 2))
    const before = load<u32>(group + best)
    const arrived = ordinals != 0 ? load<i64>(ordinals + (i << 3)) : first + <i64>i
    if (before != 0 || load<u8>(group + valid) != 0) {
      const known = load<i64>(group + ordinal)
      // Of rows with one ordinal (made of one input row) the later one is later.
      if (!(last != 0 ? arrived >= known : arrived < known)) continue
    }
    store<u32>(group + best, <u32>(i + 1))
    store<i64>(group + ordinal, arrived)
    if (before != 0) continue
    store<i32>(out + (count << 2), <i32>i)
    count++
  }
  return listWinners(addresses, best, out, count)
}

function listWinners(addresses: usize, best: usize, out: usize, count: usize): i32 {
  for (let k: usize = 0; k < count; k++) {
    const group = <usize>load<u32>(addresses + (<usize>load<u32>(out + (k << 2)) << 2))
    store<u32>(out + (k << 2), load<u32>(group + best) - 1)
    store<u32>(group + best, 0)
  }
  return <i32>count
}
