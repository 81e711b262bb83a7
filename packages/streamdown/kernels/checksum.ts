// A 64-bit checksum of rows that does not depend on their order: the sum of a hash of each row times its weight.

import { touchTexts } from './touch'

@inline
function mix(x: u64): u64 {
  let z = x
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb
  return z ^ (z >> 31)
}

/** What the chains over the lower and the upper eight of each sixteen bytes begin with. */
const EVEN: u64 = 0x9ae16a3b2f90404f
const ODD: u64 = 0xc2b2ae3d27d4eb4f

/** One multiplication: another word always gives another hash. */
@inline
function step(hash: u64, word: u64): u64 {
  const mixed = (hash ^ word) * 0x9e3779b97f4a7c15
  return mixed ^ (mixed >> 32)
}

/** At least eight bytes may be read at `at`; of more, eight up to their end. Two chains, so that multiplications overlap. */
@inline
function hashBytes(at: usize, length: i32): u64 {
  let even: u64 = EVEN ^ <u64>length
  if (length < 8) return mix(step(even, load<u64>(at) & ((<u64>1 << (<u64>length << 3)) - 1)))
  let odd: u64 = ODD
  const end = at + <usize>length
  let from = at
  for (; from + 16 <= end; from += 16) {
    even = step(even, load<u64>(from))
    odd = step(odd, load<u64>(from, 8))
  }
  if (from + 8 <= end) even = step(even, load<u64>(from))
  // What is left, and some bytes before it.
  odd = step(odd, load<u64>(end - 8))
  return mix(even ^ ((odd << 29) | (odd >> 35)))
}

const BLOCK_ROWS: usize = 64
const NULL_WORD: u64 = 0x51ed270b0a1f39c1

/** `width` is a constant where this is inlined. */
@inline
function valueAt(data: usize, i: usize, width: i32): u64 {
  switch (width) {
    case 8:
      return load<u64>(data + (i << 3))
    case 4:
      return <u64>(<i64>load<i32>(data + (i << 2)))
    case 16:
      return mix(load<u64>(data + (i << 4))) ^ load<u64>(data + (i << 4), 8)
    case 2:
      return <u64>(<i64>load<i16>(data + (i << 1)))
    case 1:
      return <u64>load<u8>(data + i)
    default: {
      const view = data + (i << 4)
      const length = load<i32>(view)
      return hashBytes(length <= 12 ? view + 4 : <usize>load<u32>(view, 12), length)
    }
  }
}

@inline
function foldColumn(data: usize, validity: usize, width: i32, rows: usize, hashes: usize): void {
  if (validity == 0) {
    for (let i: usize = 0; i < rows; i++) fold(hashes + (i << 3), valueAt(data, i, width))
    return
  }
  for (let i: usize = 0; i < rows; i++) {
    fold(hashes + (i << 3), load<u8>(validity + i) != 0 ? valueAt(data, i, width) : NULL_WORD)
  }
}

@inline
function fold(hash: usize, value: u64): void {
  store<u64>(hash, mix(load<u64>(hash) ^ (value + 0x9e3779b97f4a7c15)))
}

/** Texts are touched a block at a time, so that the cache misses overlap. */
function foldTexts(data: usize, validity: usize, rows: usize, hashes: usize): void {
  for (let from: usize = 0; from < rows; from += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, rows - from)
    touchTexts(data, validity, from, from + count)
    foldColumn(data + (from << 4), validity == 0 ? 0 : validity + from, 0, count, hashes + (from << 3))
  }
}

/** Folds one column into the rows' hashes (u64 a row). `width` in bytes: 1, 2, 4, 8, 16; 0: string views. */
export function checksum_column(data: usize, validity: usize, width: i32, rows: i32, hashes: usize): void {
  if (width == 8) foldColumn(data, validity, 8, rows, hashes)
  else if (width == 4) foldColumn(data, validity, 4, rows, hashes)
  else if (width == 16) foldColumn(data, validity, 16, rows, hashes)
  else if (width == 2) foldColumn(data, validity, 2, rows, hashes)
  else if (width == 1) foldColumn(data, validity, 1, rows, hashes)
  else foldTexts(data, validity, rows, hashes)
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

/** The rows that weights (i32 a row) stand for: their sum. */
export function checksum_rows(weights: usize, rows: i32): i64 {
  let sum: i64 = 0
  for (let i: usize = 0; i < <usize>rows; i++) sum += <i64>load<i32>(weights + (i << 2))
  return sum
}
