// Rows around aggregates: which rows count, which groups a batch touches, which rows are late, what changed.

/**
 * out[i] = 1 where the row counts: `validity` is not 0 (address 0: never NULL), and the filter is TRUE
 * (`filter` 0: no filter; `filterValidity` 0: never NULL). Returns how many count.
 */
export function agg_mask(out: usize, rows: usize, validity: usize, filter: usize, filterValidity: usize): i32 {
  let count: i32 = 0
  for (let i: usize = 0; i < rows; i++) {
    let counts: i32 = 1
    if (validity != 0) counts &= <i32>(load<u8>(validity + i) != 0)
    if (filter != 0) counts &= <i32>(load<u8>(filter + i) != 0)
    if (filterValidity != 0) counts &= <i32>(load<u8>(filterValidity + i) != 0)
    store<u8>(out + i, <u8>counts)
    count += counts
  }
  return count
}

/** mask[i] &= (data[i] == wanted), of booleans. */
export function agg_mask_equal(mask: usize, rows: usize, data: usize, wanted: i32): void {
  for (let i: usize = 0; i < rows; i++) {
    store<u8>(mask + i, load<u8>(mask + i) & <u8>((load<u8>(data + i) != 0) == (wanted != 0)))
  }
}

/** The indexes of the rows whose mask is `wanted` (0 or not 0). Returns how many. */
export function agg_select(mask: usize, rows: usize, wanted: i32, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    store<i32>(out + (count << 2), <i32>i)
    count += <usize>((load<u8>(mask + i) != 0) == (wanted != 0))
  }
  return <i32>count
}

/** The indexes of the rows whose i32 is not negative. Returns how many. */
export function select_not_negative(values: usize, rows: usize, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    store<i32>(out + (count << 2), <i32>i)
    count += <usize>(load<i32>(values + (i << 2)) >= 0)
  }
  return <i32>count
}

/** Sets the bytes at the offsets (u32, `count` of them) to 1 in every row that is fresh. */
export function agg_init(addresses: usize, rows: usize, fresh: usize, offsets: usize, count: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    if (load<u8>(fresh + i) == 0) continue
    const group = <usize>load<u32>(addresses + (i << 2))
    for (let k: usize = 0; k < count; k++) store<u8>(group + <usize>load<u32>(offsets + (k << 2)), 1)
  }
}

/**
 * Groups touched for the first time in this step: where the byte at `flag` is 0 it becomes 1, and the slot and the
 * row's ordinal go to the lists. `ordinals` 0: first + i. Returns how many.
 */
export function agg_touch(
  addresses: usize,
  rows: usize,
  flag: usize,
  slots: usize,
  ordinals: usize,
  first: i64,
  outSlots: usize,
  outOrdinals: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2)) + flag
    if (load<u8>(at) != 0) continue
    store<u8>(at, 1)
    store<i32>(outSlots + (count << 2), load<i32>(slots + (i << 2)))
    store<i64>(outOrdinals + (count << 3), ordinals != 0 ? load<i64>(ordinals + (i << 3)) : first + <i64>i)
    count++
  }
  return <i32>count
}

/** Stores one byte into the rows. */
export function agg_store_byte(addresses: usize, rows: usize, offset: usize, value: i32): void {
  for (let i: usize = 0; i < rows; i++) {
    store<u8>(<usize>load<u32>(addresses + (i << 2)) + offset, <u8>value)
  }
}

/** Fresh groups: stores the row's ordinal at `offset`; others keep the smaller one. */
export function agg_first_ordinal(
  addresses: usize,
  rows: usize,
  fresh: usize,
  offset: usize,
  valid: usize,
  ordinals: usize,
  first: i64,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const group = <usize>load<u32>(addresses + (i << 2))
    const ordinal = ordinals != 0 ? load<i64>(ordinals + (i << 3)) : first + <i64>i
    if (load<u8>(fresh + i) == 0 && ordinal >= load<i64>(group + offset)) continue
    store<i64>(group + offset, ordinal)
    store<u8>(group + valid, 1)
  }
}

/** The slots and window ends of the fresh rows, in order. Returns how many. */
export function agg_fresh(fresh: usize, slots: usize, ends: usize, rows: usize, outSlots: usize, outEnds: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    store<i32>(outSlots + (count << 2), load<i32>(slots + (i << 2)))
    store<i64>(outEnds + (count << 3), load<i64>(ends + (i << 3)))
    count += <usize>(load<u8>(fresh + i) != 0)
  }
  return <i32>count
}

/** Where runs of equal i64 values begin. Returns how many runs. */
export function agg_runs(values: usize, rows: usize, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    if (i != 0 && load<i64>(values + (i << 3)) == load<i64>(values + ((i - 1) << 3))) continue
    store<i32>(out + (count << 2), <i32>i)
    count++
  }
  return <i32>count
}

/**
 * out[i] = 0 where the row is late: its window's end plus `lateness` is not after the watermark of the rows before it
 * (`watermarks` 0: `watermark` for all). Returns how many are late.
 */
export function agg_on_time(
  ends: usize,
  rows: usize,
  lateness: i64,
  watermarks: usize,
  watermark: i64,
  out: usize,
): i32 {
  let late: i32 = 0
  for (let i: usize = 0; i < rows; i++) {
    const end = load<i64>(ends + (i << 3))
    const before = watermarks != 0 ? load<i64>(watermarks + (i << 3)) : watermark
    // end + lateness <= before, without overflow; lateness is not negative.
    const isLate = end <= before && before - end >= lateness && before != i64.MIN_VALUE
    store<u8>(out + i, <u8>!isLate)
    late += <i32>isLate
  }
  return late
}

/** mask[i] |= other[i], of bytes. */
export function agg_mask_or(mask: usize, other: usize, rows: usize): void {
  for (let i: usize = 0; i < rows; i++) store<u8>(mask + i, load<u8>(mask + i) | load<u8>(other + i))
}

/**
 * DISTINCT of rows that stay, for all members of a set: `masks` has for each the mask of the rows that count (u32, 0: all),
 * `out` room for a byte a row and member, member by member: 1 where the row counts and the member's bit of the u64 at
 * `offset` was not set yet.
 */
export function agg_distinct_bits(
  addresses: usize,
  rows: usize,
  offset: usize,
  masks: usize,
  members: usize,
  out: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2)) + offset
    let seen = load<u64>(at)
    for (let member: usize = 0; member < members; member++) {
      const mask = <usize>load<u32>(masks + (member << 2))
      const counts: u64 = mask == 0 ? 1 : <u64>(load<u8>(mask + i) != 0)
      store<u8>(out + member * rows + i, <u8>(counts & ~(seen >> member)))
      seen |= counts << member
    }
    store<u64>(at, seen)
  }
}

/**
 * DISTINCT under retraction: the count at `offset` takes the weight of a row that counts (`mask` 0: all); out[i] is what
 * the distinct set gains or loses by this row: +1 when its count becomes positive, -1 when it stops being so.
 */
export function agg_distinct(
  addresses: usize,
  rows: usize,
  offset: usize,
  mask: usize,
  weights: usize,
  out: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2)) + offset
    const before = load<i64>(at)
    const weight: i64 = mask != 0 && load<u8>(mask + i) == 0 ? 0 : weights == 0 ? 1 : <i64>load<i32>(weights + (i << 2))
    const after = before + weight
    store<i64>(at, after)
    store<i32>(out + (i << 2), <i32>(after > 0) - <i32>(before > 0))
  }
}

/** The slots whose `counts` counts from `offset` on are all 0, each once: the first count of a listed one becomes the lowest i64. */
export function agg_zero_counts(
  addresses: usize,
  slots: usize,
  rows: usize,
  offset: usize,
  counts: usize,
  out: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2)) + offset
    let any: i64 = 0
    for (let k: usize = 0; k < counts; k++) any |= load<i64>(at + (k << 3))
    if (any != 0) continue
    store<i64>(at, i64.MIN_VALUE)
    store<i32>(out + (count << 2), load<i32>(slots + (i << 2)))
    count++
  }
  return <i32>count
}

/** out[i] = source[index[i]], for u32 values (addresses, slots). */
export function agg_take32(source: usize, index: usize, rows: usize, out: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    store<u32>(out + (i << 2), load<u32>(source + (<usize>load<u32>(index + (i << 2)) << 2)))
  }
}

/** Equal contents of two 16-byte views. */
@inline
function sameView(a: usize, b: usize): bool {
  const length = load<u32>(a)
  if (length != load<u32>(b) || load<u32>(a, 4) != load<u32>(b, 4)) return false
  if (length <= 12) return load<u64>(a, 8) == load<u64>(b, 8)
  let x = <usize>load<u32>(a, 12)
  let y = <usize>load<u32>(b, 12)
  const end = x + <usize>length
  while (x + 8 <= end) {
    if (load<u64>(x) != load<u64>(y)) return false
    x += 8
    y += 8
  }
  while (x < end) {
    if (load<u8>(x) != load<u8>(y)) return false
    x++
    y++
  }
  return true
}

/** out[i] |= 1 where two columns differ in NULL or in any bit. `code`: physical; validity 0: never NULL. */
export function agg_diff(
  rows: usize,
  dataA: usize,
  validityA: usize,
  dataB: usize,
  validityB: usize,
  code: i32,
  out: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const a = validityA == 0 || load<u8>(validityA + i) != 0
    const b = validityB == 0 || load<u8>(validityB + i) != 0
    let same = a == b
    if (a && b) {
      if (code >= 9) same = sameView(dataA + (i << 4), dataB + (i << 4))
      else if (code >= 7) {
        const x = dataA + (i << 4)
        const y = dataB + (i << 4)
        same = load<u64>(x) == load<u64>(y) && load<u64>(x, 8) == load<u64>(y, 8)
      } else if (code == 4 || code == 6) same = load<u64>(dataA + (i << 3)) == load<u64>(dataB + (i << 3))
      else if (code == 3 || code == 5) same = load<u32>(dataA + (i << 2)) == load<u32>(dataB + (i << 2))
      else if (code == 2) same = load<u16>(dataA + (i << 1)) == load<u16>(dataB + (i << 1))
      else same = load<u8>(dataA + i) == load<u8>(dataB + i)
    }
    store<u8>(out + i, load<u8>(out + i) | <u8>!same)
  }
}

/**
 * The rows to send of groups with an old and a new row: sent when they differ or only one is there; old first.
 * `oldThere`, `newThere`, `differs`: u8 a group. Into `out`: i32 a sent row, its group, or -1 - group for the new row;
 * into `weights`: -1 or +1. Returns how many.
 */
export function agg_changes(
  rows: usize,
  oldThere: usize,
  newThere: usize,
  differs: usize,
  out: usize,
  weights: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    const old = load<u8>(oldThere + i) != 0
    const fresh = load<u8>(newThere + i) != 0
    if (old && fresh && load<u8>(differs + i) == 0) continue
    if (old) {
      store<i32>(out + (count << 2), <i32>i)
      store<i32>(weights + (count << 2), -1)
      count++
    }
    if (fresh) {
      store<i32>(out + (count << 2), -1 - <i32>i)
      store<i32>(weights + (count << 2), 1)
      count++
    }
  }
  return <i32>count
}

/** Values (of `width` bytes) of two columns as `agg_changes` says: the group's value of `a`, or of `b` for -1 - group. */
export function agg_pick(picks: usize, rows: usize, a: usize, b: usize, width: i32, out: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const pick = load<i32>(picks + (i << 2))
    const at = (pick >= 0 ? a : b) + <usize>(pick >= 0 ? pick : -1 - pick) * <usize>width
    const to = out + i * <usize>width
    if (width == 8) store<u64>(to, load<u64>(at))
    else if (width == 16) {
      store<u64>(to, load<u64>(at))
      store<u64>(to, load<u64>(at, 8), 8)
    } else if (width == 4) store<u32>(to, load<u32>(at))
    else if (width == 2) store<u16>(to, load<u16>(at))
    else store<u8>(to, load<u8>(at))
  }
}

/**
 * After changes were sent: the flag at `flag` says whether the group has a row out there. Lists the groups whose new row
 * was sent (i32 each), to store it. Returns how many.
 */
export function agg_sent(
  addresses: usize,
  rows: usize,
  oldThere: usize,
  newThere: usize,
  differs: usize,
  flag: usize,
  out: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    const old = load<u8>(oldThere + i) != 0
    const fresh = load<u8>(newThere + i) != 0
    store<u8>(<usize>load<u32>(addresses + (i << 2)) + flag, <u8>fresh)
    if (!fresh || (old && load<u8>(differs + i) == 0)) continue
    store<i32>(out + (count << 2), <i32>i)
    count++
  }
  return <i32>count
}

/** mask[i] &= !other[i], of bytes. */
export function agg_mask_without(mask: usize, other: usize, rows: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    if (load<u8>(other + i) != 0) store<u8>(mask + i, 0)
  }
}

/** The slots whose i64 at `offset` is 0. Returns how many. */
export function agg_zero_slots(addresses: usize, slots: usize, rows: usize, offset: usize, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    store<i32>(out + (count << 2), load<i32>(slots + (i << 2)))
    count += <usize>(load<i64>(<usize>load<u32>(addresses + (i << 2)) + offset) == 0)
  }
  return <i32>count
}

/** The slots and ordinals of rows whose i64 at `offset` (a window's end) is at most `bound`. Returns how many. */
export function agg_ended(
  addresses: usize,
  slots: usize,
  ordinals: usize,
  rows: usize,
  offset: usize,
  bound: i64,
  outSlots: usize,
  outOrdinals: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    store<i32>(outSlots + (count << 2), load<i32>(slots + (i << 2)))
    store<i64>(outOrdinals + (count << 3), load<i64>(ordinals + (i << 3)))
    count += <usize>(load<i64>(<usize>load<u32>(addresses + (i << 2)) + offset) <= bound)
  }
  return <i32>count
}
