// Bytes in bytes. Not kernels.

@inline
export function sameBytes(a: usize, b: usize, size: i32): bool {
  let i: i32 = 0
  for (; i + 8 <= size; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  for (; i < size; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** Byte offset of a piece in `size` bytes, from `from` on; -1: none. */
export function find(data: usize, size: i32, piece: usize, length: i32, from: i32): i32 {
  if (length == 0) return from
  const first = load<u8>(piece)
  const last = size - length
  const wanted = i8x16.splat(<i8>first)
  let i = from
  while (i <= last) {
    if (i + 16 <= size) {
      let mask = i8x16.bitmask(i8x16.eq(v128.load(data + i), wanted))
      if (mask == 0) {
        i += 16
        continue
      }
      i += ctz(mask)
      if (i > last) return -1
      if (sameBytes(data + i, piece, length)) return i
      i++
      continue
    }
    if (load<u8>(data + i) == first && sameBytes(data + i, piece, length)) return i
    i++
  }
  return -1
}
