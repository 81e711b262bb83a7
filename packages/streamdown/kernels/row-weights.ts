// Loops of the operators over hidden columns (weights i32, watermarks and ordinals i64) and over fields of state rows
// that only operators know. `addresses` are u32 a row, as `StateTable.addresses` gives them; a field is given by the
// offsets of its value and of its null byte.

export function iota_i32(out: usize, first: i32, rows: i32): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i32>(out + (i << 2), first + <i32>i)
}

/** i32 as i64; 0 (absent) gives ones. */
export function widen_weights(weights: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i64>(out + (i << 3), weights == 0 ? 1 : <i64>load<i32>(weights + (i << 2)))
  }
}

/** i64 as i32, of values that fit. */
export function narrow_i64(values: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i32>(out + (i << 2), <i32>load<i64>(values + (i << 3)))
}

/** out = min(values, bound) a row. */
export function min_i64(values: usize, bound: i64, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), min(load<i64>(values + (i << 3)), bound))
}

/** out = max(values, bound) a row. */
export function max_i64(values: usize, bound: i64, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), max(load<i64>(values + (i << 3)), bound))
}

/** out = watermarks - hold a row; the ends of time stay. */
export function hold_watermarks(watermarks: usize, hold: i64, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const watermark = load<i64>(watermarks + (i << 3))
    const open = watermark == i64.MIN_VALUE || watermark == i64.MAX_VALUE
    store<i64>(out + (i << 3), open ? watermark : watermark - hold)
  }
}

/** The i64 weights of state rows as i32. */
export function stored_weights(addresses: usize, value: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i32>(out + (i << 2), <i32>load<i64>(<usize>load<u32>(addresses + (i << 2)) + value))
  }
}

/** out = values + add a row. */
export function add_i64(values: usize, add: i64, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), load<i64>(values + (i << 3)) + add)
}

/** Indexes of the rows whose byte is set (`wanted` 1) or zero (0). */
export function select_bytes(bytes: usize, wanted: i32, rows: i32, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i32>(out + (count << 2), <i32>i)
    if (<i32>(load<u8>(bytes + i) != 0) == wanted) count++
  }
  return <i32>count
}

/** mask[row] = 0 where the column is NULL. */
export function mask_nulls(validity: usize, rows: i32, mask: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (load<u8>(validity + i) == 0) store<u8>(mask + i, 0)
  }
}

/** mask[row] = 1 where the column is NULL: those rows are not judged by it. */
export function mask_nulls_in(validity: usize, rows: i32, mask: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (load<u8>(validity + i) == 0) store<u8>(mask + i, 1)
  }
}

/** mask[row] = 1 where values[row] + add >= watermarks[row], else 0. Returns the number of zeros. */
export function mask_from_watermark(values: usize, add: i64, watermarks: usize, rows: i32, mask: usize): i32 {
  let late = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const before = load<i64>(values + (i << 3)) + add < load<i64>(watermarks + (i << 3))
    store<u8>(mask + i, before ? 0 : 1)
    if (before) late++
  }
  return late
}

/** Indexes of the rows whose i32 is neither NULL nor zero. */
export function select_valid_nonzero(values: usize, validity: usize, rows: i32, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i32>(out + (count << 2), <i32>i)
    if ((validity == 0 || load<u8>(validity + i) != 0) && load<i32>(values + (i << 2)) != 0) count++
  }
  return <i32>count
}

/** mask[row] = 1 where the weight (0: all +1) is above zero. */
export function mask_positive(weights: usize, rows: i32, mask: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<u8>(mask + i, weights == 0 || load<i32>(weights + (i << 2)) > 0 ? 1 : 0)
  }
}

/** out = -weights (0: all +1) a row. */
export function weights_negate(weights: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i32>(out + (i << 2), weights == 0 ? -1 : -load<i32>(weights + (i << 2)))
  }
}

/** out = weights (0: all +1) times `times` (i64 a row), of products that fit. */
export function weights_times(weights: usize, times: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const weight = <i64>(weights == 0 ? 1 : load<i32>(weights + (i << 2)))
    store<i32>(out + (i << 2), <i32>(weight * load<i64>(times + (i << 3))))
  }
}

/** Adds `sign` times the weights (0: all +1) to an i64 field of the rows' state. */
export function field_add(addresses: usize, value: usize, valid: usize, weights: usize, sign: i32, rows: i32): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2))
    const weight = <i64>(weights == 0 ? sign : sign * load<i32>(weights + (i << 2)))
    store<i64>(at + value, load<i64>(at + value) + weight)
    store<u8>(at + valid, 1)
  }
}

/**
 * Adds weights (i32 a row, 0: each is 1) to an i64 field; a row of which there was none before arrives: its ordinal goes
 * into another i64 field. In order, so that a row that goes and comes back within a batch arrives anew. `arrived` 0, or u8
 * a row: 1 where it arrives. Returns how many do.
 */
export function field_add_arriving(
  addresses: usize,
  weight: usize,
  weightValid: usize,
  weights: usize,
  ordinal: usize,
  ordinalValid: usize,
  ordinals: usize,
  rows: i32,
  arrived: usize,
): i32 {
  let arrivals = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2))
    const before = load<i64>(at + weight)
    if (before == 0) {
      store<i64>(at + ordinal, load<i64>(ordinals + (i << 3)))
      store<u8>(at + ordinalValid, 1)
      arrivals++
    }
    if (arrived != 0) store<u8>(arrived + i, before == 0 ? 1 : 0)
    store<i64>(at + weight, before + <i64>(weights == 0 ? 1 : load<i32>(weights + (i << 2))))
    store<u8>(at + weightValid, 1)
  }
  return arrivals
}

/** Writes an i64 field where `mask` (u8 a row, 0: everywhere) is set. */
export function field_set_i64(addresses: usize, value: usize, valid: usize, values: usize, mask: usize, rows: i32): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (mask != 0 && load<u8>(mask + i) == 0) continue
    const at = <usize>load<u32>(addresses + (i << 2))
    store<i64>(at + value, load<i64>(values + (i << 3)))
    store<u8>(at + valid, 1)
  }
}

/** Numbers fresh rows (u8 a row) from `next` on in an i32 field; returns the next number. */
export function field_number(addresses: usize, value: usize, valid: usize, fresh: usize, next: i32, rows: i32): i32 {
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (load<u8>(fresh + i) == 0) continue
    const at = <usize>load<u32>(addresses + (i << 2))
    store<i32>(at + value, next++)
    store<u8>(at + valid, 1)
  }
  return next
}

/**
 * Indexes of rows, one for each state row that occurs: its last. The i32 field at `value` is scratch.
 */
export function field_last(addresses: usize, value: usize, rows: i32, out: usize): i32 {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2))
    store<i32>(at + value, <i32>i)
  }
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2))
    if (load<i32>(at + value) != <i32>i) continue
    store<i32>(out + (count << 2), <i32>i)
    count++
  }
  return <i32>count
}

/** Of `indexes` into `addresses`: those whose i64 field is zero (`wanted` 1) or not (0). */
export function field_zero(
  addresses: usize,
  value: usize,
  indexes: usize,
  rows: i32,
  wanted: i32,
  out: usize,
): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const index = load<u32>(indexes + (i << 2))
    const at = <usize>load<u32>(addresses + (<usize>index << 2))
    store<u32>(out + (count << 2), index)
    if (<i32>(load<i64>(at + value) == 0) == wanted) count++
  }
  return <i32>count
}

/**
 * The rows of a change set in the order of their numbers (i32 field, dense from 0), those of weight 0 left out.
 * `scratch`: 4 bytes a row. Returns how many; `outSlots` and `outWeights` (i32) are filled.
 */
export function changes_in_order(
  addresses: usize,
  slots: usize,
  rows: i32,
  number: usize,
  weight: usize,
  scratch: usize,
  outSlots: usize,
  outWeights: usize,
): i32 {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = <usize>load<u32>(addresses + (i << 2))
    store<i32>(scratch + (<usize>load<u32>(at + number) << 2), <i32>i)
  }
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = <usize>load<u32>(scratch + (i << 2))
    const total = load<i64>(<usize>load<u32>(addresses + (row << 2)) + weight)
    if (total == 0) continue
    store<i32>(outSlots + (count << 2), load<i32>(slots + (row << 2)))
    store<i32>(outWeights + (count << 2), <i32>total)
    count++
  }
  return <i32>count
}
