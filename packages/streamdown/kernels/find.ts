// Bytes in bytes. Not kernels.

@inline
export function sameBytes(a: usize, b: usize, size: i32): bool {
  let i: i32 = 0
  for (; i + 8 <= size; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  for (; i < size; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** Of the sixteen places from `at` on, a bit for each at which the first and the last byte of a piece fit. */
@inline
function fitting(at: usize, end: i32, firsts: v128, lasts: v128): i32 {
  return i8x16.bitmask(v128.and(i8x16.eq(v128.load(at), firsts), i8x16.eq(v128.load(at + end), lasts)))
}

/**
 * Byte offset of a piece in `size` bytes, from `from` on; -1: none. Only where both its first and its last byte fit is it
 * compared: one alone fits often.
 */
export function find(data: usize, size: i32, piece: usize, length: i32, from: i32): i32 {
  if (length == 0) return from
  const end = length - 1
  const last = size - length
  const first = load<u8>(piece)
  let i = from
  if (last < 15) {
    for (; i <= last; i++) if (load<u8>(data + i) == first && sameBytes(data + i, piece, length)) return i
    return -1
  }
  const firsts = i8x16.splat(<i8>first)
  const lasts = i8x16.splat(<i8>load<u8>(piece + end))
  while (i <= last) {
    // The last sixteen places overlap those before.
    const start = min(i, last - 15)
    let mask = fitting(data + start, end, firsts, lasts) & (-1 << (i - start))
    for (; mask != 0; mask &= mask - 1) {
      const at = start + ctz(mask)
      if (sameBytes(data + at, piece, length)) return at
    }
    i = start + 16
  }
  return -1
}
