// A 64-bit checksum of rows that does not depend on their order: the sum of a hash of each row times its weight.

@inline
function mix(x: u64): u64 {
  let z = x
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb
  return z ^ (z >> 31)
}

@inline
function hashBytes(at: usize, length: i32): u64 {
  let hash: u64 = <u64>length * 0x9e3779b97f4a7c15
  let left = length
  let from = at
  while (left >= 8) {
    hash = mix(hash ^ load<u64>(from))
    from += 8
    left -= 8
  }
  let tail: u64 = 0
  for (let i = 0; i < left; i++) tail |= <u64>load<u8>(from + <usize>i) << (<u64>i << 3)
  return mix(hash ^ tail)
}

/** Folds one column into the rows' hashes (u64 a row). `width` in bytes: 1, 2, 4, 8, 16; 0: string views. */
export function checksum_column(data: usize, validity: usize, width: i32, rows: i32, hashes: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    let value: u64 = 0x51ed270b0a1f39c1
    if (validity == 0 || load<u8>(validity + i) != 0) {
      if (width == 8) value = load<u64>(data + (i << 3))
      else if (width == 4) value = <u64>(<i64>load<i32>(data + (i << 2)))
      else if (width == 16) value = mix(load<u64>(data + (i << 4))) ^ load<u64>(data + (i << 4), 8)
      else if (width == 2) value = <u64>(<i64>load<i16>(data + (i << 1)))
      else if (width == 1) value = <u64>load<u8>(data + i)
      else {
        const view = data + (i << 4)
        const length = load<i32>(view)
        value = hashBytes(length <= 12 ? view + 4 : <usize>load<u32>(view, 12), length)
      }
    }
    store<u64>(hashes + (i << 3), mix(load<u64>(hashes + (i << 3)) ^ (value + 0x9e3779b97f4a7c15)))
  }
}

/** The sum of the rows' hashes times their weights (i32 a row, or 0 for ones). */
export function checksum_sum(hashes: usize, weights: usize, rows: i32): u64 {
  let sum: u64 = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const weight: i64 = weights == 0 ? 1 : <i64>load<i32>(weights + (i << 2))
    sum += load<u64>(hashes + (i << 3)) * <u64>weight
  }
  return sum
}
