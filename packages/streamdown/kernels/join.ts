// Loops of the joins over pairs (probe row, slot of a stored row). What begins with `stored` is i64 a pair.

/**
 * Keeps the pairs whose times fit: probe time - stored time within [lower, upper], and the stored row not expired
 * before the probe row's watermark. Compacts `probe` and `slots` in place; returns how many are left.
 */
export function join_within(
  probe: usize,
  slots: usize,
  pairs: i32,
  times: usize,
  storedTimes: usize,
  storedExpires: usize,
  lower: i64,
  upper: i64,
  watermarks: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>pairs; i++) {
    const row = load<u32>(probe + (i << 2))
    const apart = load<i64>(times + (<usize>row << 3)) - load<i64>(storedTimes + (i << 3))
    if (apart < lower || apart > upper) continue
    if (load<i64>(storedExpires + (i << 3)) < load<i64>(watermarks + (<usize>row << 3))) continue
    store<u32>(probe + (count << 2), row)
    store<i32>(slots + (count << 2), load<i32>(slots + (i << 2)))
    count++
  }
  return <i32>count
}

/**
 * Hidden columns of joined rows: weight = product, ordinal = the larger, watermark = the probe row's. Returns 1 when every
 * weight is 1.
 */
export function join_hidden(
  probe: usize,
  pairs: i32,
  weights: usize,
  ordinals: usize,
  watermarks: usize,
  storedWeights: usize,
  storedOrdinals: usize,
  outWeights: usize,
  outOrdinals: usize,
  outWatermarks: usize,
): i32 {
  let ones = 1
  for (let i: usize = 0; i < <usize>pairs; i++) {
    const row = <usize>load<u32>(probe + (i << 2))
    const own = weights == 0 ? 1 : load<i32>(weights + (row << 2))
    const weight = own * <i32>load<i64>(storedWeights + (i << 3))
    if (weight != 1) ones = 0
    store<i32>(outWeights + (i << 2), weight)
    store<i64>(outOrdinals + (i << 3), max(load<i64>(ordinals + (row << 3)), load<i64>(storedOrdinals + (i << 3))))
    store<i64>(outWatermarks + (i << 3), load<i64>(watermarks + (row << 3)))
  }
  return ones
}

/** counts[probe row] (i64) += stored weight, over all pairs. */
export function join_count_probe(probe: usize, storedWeights: usize, pairs: i32, counts: usize): void {
  for (let i: usize = 0; i < <usize>pairs; i++) {
    const at = counts + (<usize>load<u32>(probe + (i << 2)) << 3)
    store<i64>(at, load<i64>(at) + load<i64>(storedWeights + (i << 3)))
  }
}

/**
 * Adds each probe row's weight to the match counts (i64) of the stored rows it meets. A stored row has matches while
 * its count is above zero. `addresses`: of the rows, u32 a pair. For every pair that changes this: the pair's index, and +1 (has now) or -1 (has no more).
 */
export function join_count_stored(
  probe: usize,
  addresses: usize,
  pairs: i32,
  weights: usize,
  storedMatches: usize,
  outPairs: usize,
  outSigns: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>pairs; i++) {
    const at = <usize>load<u32>(addresses + (i << 2)) + storedMatches
    const before = load<i64>(at)
    const row = <usize>load<u32>(probe + (i << 2))
    const after = before + (weights == 0 ? 1 : <i64>load<i32>(weights + (row << 2)))
    store<i64>(at, after)
    if (before > 0 == after > 0) continue
    store<i32>(outPairs + (count << 2), <i32>i)
    store<i32>(outSigns + (count << 2), after > 0 ? 1 : -1)
    count++
  }
  return <i32>count
}

/** Indexes of the rows whose count (i64) is above zero (`wanted` 1) or not (0). */
export function join_select_counts(counts: usize, wanted: i32, rows: i32, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i32>(out + (count << 2), <i32>i)
    if (<i32>(load<i64>(counts + (i << 3)) > 0) == wanted) count++
  }
  return <i32>count
}

/** bucket = floor((time - 0) / width) a row. */
export function time_buckets(times: usize, width: i64, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const time = load<i64>(times + (i << 3))
    let bucket = time / width
    if (time < 0 && bucket * width != time) bucket--
    store<i64>(out + (i << 3), bucket)
  }
}

/** The distinct neighbours of `values`: how many runs; each run's value goes to `out`. */
export function runs_i64(values: usize, rows: i32, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const value = load<i64>(values + (i << 3))
    if (count > 0 && load<i64>(out + ((count - 1) << 3)) == value) continue
    store<i64>(out + (count << 3), value)
    count++
  }
  return <i32>count
}

/** The highest of `values`, of which there is one at least. */
export function highest_i64(values: usize, rows: i32): i64 {
  let highest = load<i64>(values)
  for (let i: usize = 1; i < <usize>rows; i++) highest = max(highest, load<i64>(values + (i << 3)))
  return highest
}

/** Of the rows at `addresses`: indexes of those whose i64 field is below `bound` (`wanted` 1) or not (0). */
export function field_below(addresses: usize, value: usize, bound: i64, wanted: i32, rows: i32, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2))
    store<i32>(out + (count << 2), <i32>i)
    if (<i32>(load<i64>(at + value) < bound) == wanted) count++
  }
  return <i32>count
}
