// Results of aggregates from state rows, as columns. `count` is the offset of the i64 that counts the values taken in:
// the result is NULL where it is 0 (-1: never NULL, and no validity is written).

@inline
function groupOf(addresses: usize, i: usize): usize {
  return <usize>load<u32>(addresses + (i << 2))
}

/** Copies fixed-width values out of the rows. */
export function agg_gather(addresses: usize, rows: usize, offset: usize, width: i32, out: usize): void {
  if (width == 8) {
    for (let i: usize = 0; i < rows; i++) store<u64>(out + (i << 3), load<u64>(groupOf(addresses, i) + offset))
  } else if (width == 16) {
    for (let i: usize = 0; i < rows; i++) {
      const at = groupOf(addresses, i) + offset
      store<u64>(out + (i << 4), load<u64>(at))
      store<u64>(out + (i << 4), load<u64>(at, 8), 8)
    }
  } else if (width == 4) {
    for (let i: usize = 0; i < rows; i++) store<u32>(out + (i << 2), load<u32>(groupOf(addresses, i) + offset))
  } else if (width == 2) {
    for (let i: usize = 0; i < rows; i++) store<u16>(out + (i << 1), load<u16>(groupOf(addresses, i) + offset))
  } else {
    for (let i: usize = 0; i < rows; i++) store<u8>(out + i, load<u8>(groupOf(addresses, i) + offset))
  }
}

/** out[i] = whether the i64 at `offset` is not 0 (`positive`: above 0). */
export function agg_not_zero(addresses: usize, rows: usize, offset: usize, positive: i32, out: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const value = load<i64>(groupOf(addresses, i) + offset)
    store<u8>(out + i, <u8>(positive != 0 ? value > 0 : value != 0))
  }
}

@inline
function storeInteger(out: usize, i: usize, code: i32, value: i64): bool {
  if (code == 4) {
    store<i64>(out + (i << 3), value)
    return true
  }
  if (code == 3) {
    store<i32>(out + (i << 2), <i32>value)
    return value == <i64>(<i32>value)
  }
  if (code == 2) {
    store<i16>(out + (i << 1), <i16>value)
    return value == <i64>(<i16>value)
  }
  store<i8>(out + i, <i8>value)
  return value == <i64>(<i8>value)
}

/**
 * An integer sum kept in `wide` * 8 bytes (8, or 16), as an integer of physical `code` (7: i128). overflow[i] |= 1 where
 * it does not fit. Returns how many do not.
 */
export function agg_finish_integer(
  addresses: usize,
  rows: usize,
  offset: usize,
  wide: i32,
  count: i32,
  code: i32,
  out: usize,
  validity: usize,
  overflow: usize,
): i32 {
  let failures: i32 = 0
  for (let i: usize = 0; i < rows; i++) {
    const group = groupOf(addresses, i)
    const low = load<i64>(group + offset)
    const high = wide == 2 ? load<i64>(group + offset, 8) : low >> 63
    let fits: bool
    if (code == 7) {
      store<i64>(out + (i << 4), low)
      store<i64>(out + (i << 4), high, 8)
      fits = true
    } else {
      fits = storeInteger(out, i, code, low) && high == low >> 63
    }
    if (count >= 0) store<u8>(validity + i, <u8>(load<i64>(group + <usize>count) != 0))
    if (!fits) {
      store<u8>(overflow + i, 1)
      failures++
    }
  }
  return failures
}

/** 10^38 = 0x4b3b4ca85a86c47a_098a224000000000. */
const LIMIT_HIGH: u64 = 0x4b3b4ca85a86c47a
const LIMIT_LOW: u64 = 0x098a224000000000

/** A sum of 192 bits as DECIMAL(38): overflow[i] |= 1 where it has more digits. */
export function agg_finish_decimal(
  addresses: usize,
  rows: usize,
  offset: usize,
  offsetHigh: usize,
  count: i32,
  out: usize,
  validity: usize,
  overflow: usize,
): i32 {
  let failures: i32 = 0
  for (let i: usize = 0; i < rows; i++) {
    const group = groupOf(addresses, i)
    const low = load<u64>(group + offset)
    const middle = load<i64>(group + offset, 8)
    const high = load<i64>(group + offsetHigh)
    store<u64>(out + (i << 4), low)
    store<i64>(out + (i << 4), middle, 8)
    let fits = high == middle >> 63
    if (fits) {
      const negative = middle < 0
      const sizeLow = negative ? ~low + 1 : low
      const sizeHigh = negative ? ~(<u64>middle) + <u64>(low == 0) : <u64>middle
      fits = sizeHigh < LIMIT_HIGH || (sizeHigh == LIMIT_HIGH && sizeLow < LIMIT_LOW)
    }
    if (count >= 0) store<u8>(validity + i, <u8>(load<i64>(group + <usize>count) != 0))
    if (!fits) {
      store<u8>(overflow + i, 1)
      failures++
    }
  }
  return failures
}

/** A sum of doubles: NaN when a NaN or both infinities are in it, else an infinity that is, else the pair's value. */
@inline
function floatSum(group: usize, high: usize, low: usize, nans: usize, plus: usize, minus: usize): f64 {
  if (load<i64>(group + nans) != 0) return NaN
  const up = load<i64>(group + plus) != 0
  const down = load<i64>(group + minus) != 0
  if (up || down) return up && down ? NaN : up ? Infinity : -Infinity
  // The pair is normalised: its high part is the rounded sum. -0 would differ from 0 after a retraction.
  return load<f64>(group + high) + load<f64>(group + low) + 0.0
}

/** SUM (average 0) or AVG (1) of doubles, into REAL (code 5) or DOUBLE (6). */
export function agg_finish_float(
  addresses: usize,
  rows: usize,
  high: usize,
  low: usize,
  nans: usize,
  plus: usize,
  minus: usize,
  count: i32,
  average: i32,
  code: i32,
  out: usize,
  validity: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const group = groupOf(addresses, i)
    let value = floatSum(group, high, low, nans, plus, minus)
    if (average != 0) value = value / <f64>load<i64>(group + <usize>count)
    if (count >= 0 && validity != 0) store<u8>(validity + i, <u8>(load<i64>(group + <usize>count) != 0))
    if (code == 5) store<f32>(out + (i << 2), <f32>value)
    else store<f64>(out + (i << 3), value)
  }
}

/** AVG of an integer sum kept in `wide` * 8 bytes, as DOUBLE. */
export function agg_finish_mean(
  addresses: usize,
  rows: usize,
  offset: usize,
  wide: i32,
  count: i32,
  out: usize,
  validity: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const group = groupOf(addresses, i)
    const low = load<i64>(group + offset)
    let sum: f64
    if (wide == 1 || load<i64>(group + offset, 8) == low >> 63) sum = <f64>low
    else sum = <f64>load<i64>(group + offset, 8) * 18446744073709551616.0 + <f64>(<u64>low)
    const n = load<i64>(group + <usize>count)
    if (validity != 0) store<u8>(validity + i, <u8>(n != 0))
    store<f64>(out + (i << 3), sum / <f64>n)
  }
}

// Putting the states of two groups together (session windows that touch): into the rows at `to`, from those at `from`.

/** i64 += i64. */
export function agg_merge_add(to: usize, from: usize, rows: usize, offset: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const at = groupOf(to, i) + offset
    store<i64>(at, load<i64>(at) + load<i64>(groupOf(from, i) + offset))
  }
}

/** 128 bits += 128 bits, and the 64 above them at `offsetHigh` (-1: none). */
export function agg_merge_wide(to: usize, from: usize, rows: usize, offset: usize, offsetHigh: i32): void {
  for (let i: usize = 0; i < rows; i++) {
    const a = groupOf(to, i) + offset
    const b = groupOf(from, i) + offset
    const low = load<u64>(a)
    const low1 = low + load<u64>(b)
    const carry = <u64>(low1 < low)
    const middle = load<u64>(a, 8)
    const middle1 = middle + load<u64>(b, 8)
    const middle2 = middle1 + carry
    store<u64>(a, low1)
    store<u64>(a, middle2, 8)
    if (offsetHigh >= 0) {
      const top = groupOf(to, i) + <usize>offsetHigh
      const more = <i64>(middle1 < middle) + <i64>(middle2 < middle1)
      store<i64>(top, load<i64>(top) + load<i64>(groupOf(from, i) + <usize>offsetHigh) + more)
    }
  }
}

/** A pair of doubles += a pair. */
export function agg_merge_pair(to: usize, from: usize, rows: usize, high: usize, low: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const at = groupOf(to, i)
    const other = groupOf(from, i)
    const a = load<f64>(at + high)
    const b = load<f64>(other + high)
    const sum = a + b
    const part = sum - a
    const error = a - (sum - part) + (b - part) + load<f64>(at + low) + load<f64>(other + low)
    const result = sum + error
    store<f64>(at + high, result)
    store<f64>(at + low, error - (result - sum))
  }
}
