// Aggregate update: for each row i of a batch the fields of its group's state row, at the address `addresses[i]`, take
// in the row's value. Fields are named by their byte offset inside the state row.
//
// Common arguments: `addresses` u32 a row; `rows`; `mask` u8 a row (0: skip the row; address 0: no row is skipped);
// `weights` i32 a row (address 0: every weight is +1). Values under a mask of 0 are not looked at.

@inline
function groupOf(addresses: usize, i: usize): usize {
  return <usize>load<u32>(addresses + (i << 2))
}

@inline
function skipped(mask: usize, i: usize): bool {
  return mask != 0 && load<u8>(mask + i) == 0
}

@inline
function weightOf(weights: usize, i: usize): i64 {
  return weights == 0 ? 1 : <i64>load<i32>(weights + (i << 2))
}

/** count += weight. */
export function agg_count(addresses: usize, rows: usize, offset: usize, mask: usize, weights: usize): void {
  if (mask == 0 && weights == 0) {
    for (let i: usize = 0; i < rows; i++) {
      const at = groupOf(addresses, i) + offset
      store<i64>(at, load<i64>(at) + 1)
    }
    return
  }
  if (weights == 0) {
    // No branch: which rows a filter takes cannot be foreseen.
    for (let i: usize = 0; i < rows; i++) {
      const at = groupOf(addresses, i) + offset
      store<i64>(at, load<i64>(at) + <i64>(load<u8>(mask + i) != 0))
    }
    return
  }
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const at = groupOf(addresses, i) + offset
    store<i64>(at, load<i64>(at) + weightOf(weights, i))
  }
}

/**
 * Several counts of rows that are only added, row by row, so that a group's row is in the cache for all of them. `counts`:
 * for each its offset and its mask (u32 each).
 */
export function agg_counts(addresses: usize, rows: usize, counts: usize, size: usize): void {
  const end = counts + (size << 3)
  for (let i: usize = 0; i < rows; i++) {
    const group = groupOf(addresses, i)
    for (let count = counts; count < end; count += 8) {
      const at = group + <usize>load<u32>(count)
      store<i64>(at, load<i64>(at) + <i64>!skipped(<usize>load<u32>(count, 4), i))
    }
  }
}

@inline
function sumNarrow<T>(addresses: usize, rows: usize, offset: usize, data: usize, mask: usize, weights: usize): void {
  if (mask == 0 && weights == 0) {
    for (let i: usize = 0; i < rows; i++) {
      const at = groupOf(addresses, i) + offset
      store<i64>(at, load<i64>(at) + <i64>load<T>(data + i * sizeof<T>()))
    }
    return
  }
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const at = groupOf(addresses, i) + offset
    store<i64>(at, load<i64>(at) + <i64>load<T>(data + i * sizeof<T>()) * weightOf(weights, i))
  }
}

/** i64 += value * weight, of TINYINT (code 1), SMALLINT (2), INT (3): 2^32 rows of them fit. */
export function agg_sum_narrow(
  addresses: usize,
  rows: usize,
  offset: usize,
  data: usize,
  code: i32,
  mask: usize,
  weights: usize,
): void {
  if (code == 1) sumNarrow<i8>(addresses, rows, offset, data, mask, weights)
  else if (code == 2) sumNarrow<i16>(addresses, rows, offset, data, mask, weights)
  else sumNarrow<i32>(addresses, rows, offset, data, mask, weights)
}

/** The high 64 bits of the signed product a * b. */
@inline
function highProduct(a: i64, b: i64): i64 {
  const a0 = <u64>a & 0xffffffff
  const b0 = <u64>b & 0xffffffff
  const a1 = a >> 32
  const b1 = b >> 32
  const low = a0 * b0
  const middle = a1 * <i64>b0 + <i64>(low >> 32)
  const other = <i64>a0 * b1 + <i64>(<u64>middle & 0xffffffff)
  return a1 * b1 + (middle >> 32) + (other >> 32)
}

@inline
function add128(at: usize, low: u64, high: i64): void {
  const before = load<u64>(at)
  const after = before + low
  store<u64>(at, after)
  store<i64>(at, load<i64>(at, 8) + high + <i64>(after < before), 8)
}

/** i128 += value * weight, of 64-bit values. */
export function agg_sum_i64(
  addresses: usize,
  rows: usize,
  offset: usize,
  data: usize,
  mask: usize,
  weights: usize,
): void {
  if (mask == 0 && weights == 0) {
    for (let i: usize = 0; i < rows; i++) {
      const value = load<i64>(data + (i << 3))
      add128(groupOf(addresses, i) + offset, <u64>value, value >> 63)
    }
    return
  }
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const value = load<i64>(data + (i << 3))
    const weight = weightOf(weights, i)
    add128(groupOf(addresses, i) + offset, <u64>(value * weight), highProduct(value, weight))
  }
}

/** 192 bits += value * weight, of 128-bit values: 128 bits at `offset`, the highest 64 at `offsetHigh`. */
export function agg_sum_i128(
  addresses: usize,
  rows: usize,
  offset: usize,
  offsetHigh: usize,
  data: usize,
  mask: usize,
  weights: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const weight = weightOf(weights, i)
    let low = load<u64>(data + (i << 4))
    let middle = load<i64>(data + (i << 4), 8)
    let high = middle >> 63
    if (weight != 1) {
      // (middle * 2^64 + low) * weight, with low taken as unsigned: its signed product lacks weight when its top bit is set.
      const carry = highProduct(<i64>low, weight) + (<i64>low < 0 ? weight : 0)
      const scaled = middle * weight
      high = highProduct(middle, weight)
      low = low * <u64>weight
      middle = <i64>(<u64>scaled + <u64>carry)
      high += (carry >> 63) + <i64>(<u64>middle < <u64>scaled)
    }
    const group = groupOf(addresses, i)
    const at = group + offset
    const low0 = load<u64>(at)
    const low1 = low0 + low
    const carryLow = <u64>(low1 < low0)
    const middle0 = load<u64>(at, 8)
    const middle1 = middle0 + <u64>middle
    const middle2 = middle1 + carryLow
    const carryMiddle = <i64>(middle1 < middle0) + <i64>(middle2 < middle1)
    store<u64>(at, low1)
    store<u64>(at, middle2, 8)
    const top = group + offsetHigh
    store<i64>(top, load<i64>(top) + high + carryMiddle)
  }
}

// Sums of doubles are kept as an unevaluated pair (high, low) of about 106 bits: Dekker, "A floating-point technique
// for extending the available precision", 1971; Knuth's error-free sum. Adding and taking back cancels to that width.

/** (high, low) at `at` and `atLow` += (value, small). */
@inline
function addPair(at: usize, atLow: usize, value: f64, small: f64): void {
  const high = load<f64>(at)
  const sum = high + value
  const part = sum - high
  const error = high - (sum - part) + (value - part) + load<f64>(atLow) + small
  const result = sum + error
  store<f64>(at, result)
  store<f64>(atLow, error - (result - sum))
}

const SPLITTER: f64 = 134217729.0

/** The error of the product a * b = p, without a fused multiply: Veltkamp's split. Large operands give no correction. */
@inline
function productError(a: f64, b: f64, p: f64): f64 {
  const limit: f64 = 6.0e299
  if (abs(a) > limit || abs(b) > limit || abs(p) > limit) return 0
  const ca = SPLITTER * a
  const a1 = ca - (ca - a)
  const a2 = a - a1
  const cb = SPLITTER * b
  const b1 = cb - (cb - b)
  const b2 = b - b1
  return a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2
}

@inline
function isSpecial(value: f64): bool {
  return value - value != 0
}

@inline
function sumFloats<T>(
  addresses: usize,
  rows: usize,
  high: usize,
  low: usize,
  nans: usize,
  plus: usize,
  minus: usize,
  data: usize,
  mask: usize,
  weights: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const value = <f64>load<T>(data + i * sizeof<T>())
    const weight = weightOf(weights, i)
    const group = groupOf(addresses, i)
    if (isSpecial(value)) {
      const at = group + (value != value ? nans : value > 0 ? plus : minus)
      store<i64>(at, load<i64>(at) + weight)
    } else if (weight == 1) {
      addPair(group + high, group + low, value, 0)
    } else {
      const product = value * <f64>weight
      addPair(group + high, group + low, product, productError(value, <f64>weight, product))
    }
  }
}

/** A pair of f64 += value * weight, of REAL (code 5) or DOUBLE (6); NaN and infinities are counted apart (i64 each). */
export function agg_sum_float(
  addresses: usize,
  rows: usize,
  high: usize,
  low: usize,
  nans: usize,
  plus: usize,
  minus: usize,
  data: usize,
  code: i32,
  mask: usize,
  weights: usize,
): void {
  if (code == 5) sumFloats<f32>(addresses, rows, high, low, nans, plus, minus, data, mask, weights)
  else sumFloats<f64>(addresses, rows, high, low, nans, plus, minus, data, mask, weights)
}

/** moments at `offsets` (u32 each): sum high, sum low, squares high, squares low, specials (i64). */
@inline
function addMoments(group: usize, offsets: usize, value: f64, small: f64, weight: f64): void {
  const sumHigh = group + <usize>load<u32>(offsets)
  const sumLow = group + <usize>load<u32>(offsets, 4)
  const squareHigh = group + <usize>load<u32>(offsets, 8)
  const squareLow = group + <usize>load<u32>(offsets, 12)
  addPair(sumHigh, sumLow, value * weight, small * weight)
  const square = value * value
  addPair(squareHigh, squareLow, square * weight, (productError(value, value, square) + 2 * value * small) * weight)
}

/** The value of a numeric column as a double, and what that double lacks. */
@inline
function numberAt(data: usize, i: usize, code: i32): f64 {
  if (code == 6) return load<f64>(data + (i << 3))
  if (code == 5) return <f64>load<f32>(data + (i << 2))
  if (code == 4) return <f64>load<i64>(data + (i << 3))
  if (code == 3) return <f64>load<i32>(data + (i << 2))
  if (code == 2) return <f64>load<i16>(data + (i << 1))
  if (code == 1) return <f64>load<i8>(data + i)
  const low = load<i64>(data + (i << 4))
  const high = load<i64>(data + (i << 4), 8)
  // Small negative numbers would lose their digits in the sum of the halves.
  return high == low >> 63 ? <f64>low : <f64>high * 18446744073709551616.0 + <f64>(<u64>low)
}

@inline
function remainderAt(data: usize, i: usize, code: i32, value: f64): f64 {
  if (code != 4 && code != 7) return 0
  const exact = load<i64>(data + (i << (code == 4 ? 3 : 4)))
  if (code == 7 && load<i64>(data + (i << 4), 8) != exact >> 63) return 0
  // At 2^63 the double is out of i64's range: the difference is then taken from 2^62 twice.
  if (value >= 9223372036854775807.0) return <f64>(exact - 4611686018427387904 - 4611686018427387904)
  return <f64>(exact - <i64>value)
}

/** Sum and sum of squares, as pairs of doubles, of any numeric type (its physical code). */
export function agg_moments(
  addresses: usize,
  rows: usize,
  offsets: usize,
  data: usize,
  code: i32,
  mask: usize,
  weights: usize,
): void {
  const specials = <usize>load<u32>(offsets, 16)
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const group = groupOf(addresses, i)
    const weight = weightOf(weights, i)
    const value = numberAt(data, i, code)
    if (isSpecial(value)) store<i64>(group + specials, load<i64>(group + specials) + weight)
    else addMoments(group, offsets, value, remainderAt(data, i, code, value), <f64>weight)
  }
}

/**
 * Of pairs (y, x) of doubles: five sums as pairs of doubles at `offsets` (u32 each: y, x, yy, xx, xy; high then low),
 * then the specials (i64).
 */
export function agg_comoments(
  addresses: usize,
  rows: usize,
  offsets: usize,
  ys: usize,
  xs: usize,
  mask: usize,
  weights: usize,
): void {
  const specials = <usize>load<u32>(offsets, 40)
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const group = groupOf(addresses, i)
    const weight = weightOf(weights, i)
    const y = load<f64>(ys + (i << 3))
    const x = load<f64>(xs + (i << 3))
    if (isSpecial(y) || isSpecial(x)) {
      store<i64>(group + specials, load<i64>(group + specials) + weight)
      continue
    }
    const w = <f64>weight
    const yy = y * y
    const xx = x * x
    const xy = x * y
    addPair(group + <usize>load<u32>(offsets), group + <usize>load<u32>(offsets, 4), y * w, 0)
    addPair(group + <usize>load<u32>(offsets, 8), group + <usize>load<u32>(offsets, 12), x * w, 0)
    addPair(group + <usize>load<u32>(offsets, 16), group + <usize>load<u32>(offsets, 20), yy * w, productError(y, y, yy) * w)
    addPair(group + <usize>load<u32>(offsets, 24), group + <usize>load<u32>(offsets, 28), xx * w, productError(x, x, xx) * w)
    addPair(group + <usize>load<u32>(offsets, 32), group + <usize>load<u32>(offsets, 36), xy * w, productError(x, y, xy) * w)
  }
}

// Extremes: the value at `offset`, present when the byte at `valid` is 1. NaN is the largest number.

@inline
function extreme<T>(
  addresses: usize,
  rows: usize,
  offset: usize,
  valid: usize,
  data: usize,
  largest: i32,
  mask: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const group = groupOf(addresses, i)
    const value = load<T>(data + i * sizeof<T>())
    if (load<u8>(group + valid) == 0) {
      store<u8>(group + valid, 1)
      store<T>(group + offset, value)
      continue
    }
    const known = load<T>(group + offset)
    let better: bool
    if (isFloat<T>()) {
      if (largest != 0) better = known == known && (value != value || value > known)
      else better = value == value && (known != known || value < known)
    } else {
      better = largest != 0 ? value > known : value < known
    }
    if (better) store<T>(group + offset, value)
  }
}

/** Whether an interval is shorter than another, a month taken as 30 days. */
@inline
function intervalBelow(a: usize, b: usize): bool {
  const day: i64 = 86400000000
  const daysA = <i64>load<i32>(a) * 30 + <i64>load<i32>(a, 4)
  const daysB = <i64>load<i32>(b) * 30 + <i64>load<i32>(b, 4)
  const microsA = load<i64>(a, 8)
  const microsB = load<i64>(b, 8)
  const wholeA = daysA + microsA / day
  const wholeB = daysB + microsB / day
  return wholeA < wholeB || (wholeA == wholeB && microsA % day < microsB % day)
}

@inline
function below128(a: usize, b: usize): bool {
  const highA = load<i64>(a, 8)
  const highB = load<i64>(b, 8)
  return highA < highB || (highA == highB && load<u64>(a) < load<u64>(b))
}

@inline
function extremeWide(
  addresses: usize,
  rows: usize,
  offset: usize,
  valid: usize,
  data: usize,
  interval: bool,
  largest: i32,
  mask: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const group = groupOf(addresses, i)
    const known = group + offset
    const value = data + (i << 4)
    if (load<u8>(group + valid) != 0) {
      const a = largest != 0 ? known : value
      const b = largest != 0 ? value : known
      if (!(interval ? intervalBelow(a, b) : below128(a, b))) continue
    }
    store<u8>(group + valid, 1)
    store<u64>(known, load<u64>(value))
    store<u64>(known, load<u64>(value, 8), 8)
  }
}

/** MIN (largest 0) or MAX (1) of fixed-width values by physical code; over rows that are never taken back. */
export function agg_extreme(
  addresses: usize,
  rows: usize,
  offset: usize,
  valid: usize,
  data: usize,
  code: i32,
  largest: i32,
  mask: usize,
): void {
  if (code == 4) extreme<i64>(addresses, rows, offset, valid, data, largest, mask)
  else if (code == 3) extreme<i32>(addresses, rows, offset, valid, data, largest, mask)
  else if (code == 6) extreme<f64>(addresses, rows, offset, valid, data, largest, mask)
  else if (code == 7) extremeWide(addresses, rows, offset, valid, data, false, largest, mask)
  else if (code == 8) extremeWide(addresses, rows, offset, valid, data, true, largest, mask)
  else if (code == 5) extreme<f32>(addresses, rows, offset, valid, data, largest, mask)
  else if (code == 2) extreme<i16>(addresses, rows, offset, valid, data, largest, mask)
  else if (code == 1) extreme<i8>(addresses, rows, offset, valid, data, largest, mask)
  else extreme<u8>(addresses, rows, offset, valid, data, largest, mask)
}

@inline
function integerAt(data: usize, i: usize, code: i32): i64 {
  if (code == 4) return load<i64>(data + (i << 3))
  if (code == 3) return <i64>load<i32>(data + (i << 2))
  if (code == 2) return <i64>load<i16>(data + (i << 1))
  return <i64>load<i8>(data + i)
}

/** An i64 that takes in integers bit by bit: kind 0 and, 1 or (rows never taken back), 2 xor (odd weights count). */
export function agg_bits(
  addresses: usize,
  rows: usize,
  offset: usize,
  valid: usize,
  data: usize,
  code: i32,
  kind: i32,
  mask: usize,
  weights: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    if (skipped(mask, i)) continue
    const group = groupOf(addresses, i)
    const value = integerAt(data, i, code)
    const known = load<i64>(group + offset)
    if (kind == 2) {
      if ((weightOf(weights, i) & 1) != 0) store<i64>(group + offset, known ^ value)
    } else if (load<u8>(group + valid) == 0) {
      store<i64>(group + offset, value)
    } else {
      store<i64>(group + offset, kind == 0 ? known & value : known | value)
    }
    store<u8>(group + valid, 1)
  }
}
