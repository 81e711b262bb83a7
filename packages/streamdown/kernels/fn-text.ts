// Functions of text, one row a call: arguments are addresses of 16-byte views, a result view is written to `out`.
// A result that is part of its argument refers to the argument's bytes; other long results are chunk memory.

import { find, sameBytes } from './find'
import { bytesOf, copyView, sizeOf, writeView } from './fn-view'
import { chunk_alloc, chunk_mark, chunk_release } from './heap'
import { orderNumerics } from './value'

/** Status: the row is left to the JavaScript function. */
const LEFT: i32 = 255

/** -1, 0 or 1: the order of two NUMERICs. */
export function fn_compare_numeric(a: usize, b: usize): i32 {
  return orderNumerics(a, b)
}

/** Order of the bytes: -1, 0, 1; for UTF-8 the order of code points. */
export function fn_compare(a: usize, b: usize): i32 {
  const m = sizeOf(a)
  const n = sizeOf(b)
  const order = memory.compare(bytesOf(a), bytesOf(b), <usize>min(m, n))
  if (order != 0) return order < 0 ? -1 : 1
  return m < n ? -1 : m > n ? 1 : 0
}

export function fn_equal(a: usize, b: usize): i32 {
  const size = sizeOf(a)
  return size == sizeOf(b) && sameBytes(bytesOf(a), bytesOf(b), size) ? 1 : 0
}

export function fn_starts_with(text: usize, piece: usize): i32 {
  const size = sizeOf(piece)
  return size <= sizeOf(text) && sameBytes(bytesOf(text), bytesOf(piece), size) ? 1 : 0
}

export function fn_ends_with(text: usize, piece: usize): i32 {
  const size = sizeOf(piece)
  const rest = sizeOf(text) - size
  return rest >= 0 && sameBytes(bytesOf(text) + rest, bytesOf(piece), size) ? 1 : 0
}

export function fn_contains(text: usize, piece: usize): i32 {
  return find(bytesOf(text), sizeOf(text), bytesOf(piece), sizeOf(piece), 0) >= 0 ? 1 : 0
}

/** LIKE with a pattern of pieces between `%` (no `_`, no escapes): the first and last are anchored. */
export function fn_like_parts(text: usize, pattern: usize): i32 {
  const data = bytesOf(text)
  let size = sizeOf(text)
  const parts = bytesOf(pattern)
  const length = sizeOf(pattern)
  let end = length
  while (end > 0 && load<u8>(parts + end - 1) != 0x25) end--
  // What stands behind the last `%`.
  const tail = length - end
  let start = 0
  while (start < length && load<u8>(parts + start) != 0x25) start++
  if (start + tail > size) return 0
  if (!sameBytes(data, parts, start)) return 0
  if (!sameBytes(data + size - tail, parts + end, tail)) return 0
  size -= tail
  let at = start
  let p = start + 1
  while (p < end) {
    let next = p
    while (load<u8>(parts + next) != 0x25) next++
    const found = find(data, size, parts + p, next - p, at)
    if (found < 0) return 0
    at = found + (next - p)
    p = next + 1
  }
  return 1
}

/** Sixteen bytes in the other case where they are among the 26 letters from `from` on. */
@inline
function otherCase(bytes: v128, from: u8): v128 {
  const isLetter = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>from)), i8x16.splat(26))
  return v128.xor(bytes, v128.and(isLetter, i8x16.splat(0x20)))
}

@inline
function changeCase(text: usize, out: usize, from: u8): i32 {
  const size = sizeOf(text)
  if (size <= 12) {
    // The length is no letter, and what lies behind a short text is 0.
    const view = v128.load(text)
    if (i8x16.bitmask(view) != 0) return LEFT
    v128.store(out, otherCase(view, from))
    return 0
  }
  const data = bytesOf(text)
  const mark = chunk_mark()
  // What is written behind the text is not of it.
  const target = chunk_alloc(<usize>size + 16)
  let all = i8x16.splat(0)
  let i = 0
  for (; i + 16 <= size; i += 16) {
    const bytes = v128.load(data + i)
    all = v128.or(all, bytes)
    v128.store(target + i, otherCase(bytes, from))
  }
  // The last bytes, some of which may have been among those before: a text of this length has room for eight.
  for (; i < size; i += 8) {
    const at = min(i, size - 8)
    const bytes = v128.load64_zero(data + at)
    all = v128.or(all, bytes)
    v128.store(target + at, otherCase(bytes, from))
  }
  if (i8x16.bitmask(all) != 0) {
    chunk_release(mark)
    return LEFT
  }
  writeView(out, target, size)
  return 0
}

export function fn_upper(text: usize, out: usize): i32 {
  return changeCase(text, out, 0x61)
}

export function fn_lower(text: usize, out: usize): i32 {
  return changeCase(text, out, 0x41)
}

@inline
function isContinuation(byte: u8): bool {
  return (byte & 0xc0) == 0x80
}

/** Code points. */
export function fn_char_length(text: usize): i32 {
  const size = sizeOf(text)
  const data = bytesOf(text)
  const lead = i8x16.splat(-65)
  let points = 0
  let i = 0
  for (; i + 16 <= size; i += 16) points += popcnt(i8x16.bitmask(i8x16.gt_s(v128.load(data + i), lead)))
  for (; i < size; i++) points += isContinuation(load<u8>(data + i)) ? 0 : 1
  return points
}

export function fn_octet_length(text: usize): i32 {
  return sizeOf(text)
}

/** The byte offset behind `points` code points. */
function skipPoints(data: usize, size: i32, from: i32, points: i32): i32 {
  let i = from
  let left = points
  while (i < size && left > 0) {
    i++
    while (i < size && isContinuation(load<u8>(data + i))) i++
    left--
  }
  return i
}

@inline
function slice(text: usize, from: i32, to: i32, out: usize): void {
  writeView(out, bytesOf(text) + from, to - from)
}

/** Code points [start, start + length), counted from 1; what lies before the text counts and is left out. */
export function fn_substring(text: usize, start: i32, length: i32, out: usize): void {
  const size = sizeOf(text)
  const data = bytesOf(text)
  let from: i64 = start
  let to: i64 = from + length
  if (from < 1) from = 1
  if (to < from) to = from
  const low = skipPoints(data, size, 0, <i32>min<i64>(from - 1, i32.MAX_VALUE))
  const high = skipPoints(data, size, low, <i32>min<i64>(to - from, i32.MAX_VALUE))
  slice(text, low, high, out)
}

/** The first `points` code points; all but the last -points when negative. */
export function fn_left(text: usize, points: i32, out: usize): void {
  const count = points < 0 ? max(0, fn_char_length(text) + points) : points
  slice(text, 0, skipPoints(bytesOf(text), sizeOf(text), 0, count), out)
}

/** The last `points` code points; all but the first -points when negative. */
export function fn_right(text: usize, points: i32, out: usize): void {
  const skipped = points < 0 ? -points : max(0, fn_char_length(text) - points)
  slice(text, skipPoints(bytesOf(text), sizeOf(text), 0, skipped), sizeOf(text), out)
}

/** As Flink's LEFT and RIGHT: no character for a negative number. */
export function fn_leftmost(text: usize, points: i32, out: usize): void {
  fn_left(text, max(0, points), out)
}

export function fn_rightmost(text: usize, points: i32, out: usize): void {
  fn_right(text, max(0, points), out)
}

@inline
function trimTo(text: usize, out: usize, left: bool, right: bool): void {
  const data = bytesOf(text)
  let from = 0
  let to = sizeOf(text)
  if (left) while (from < to && load<u8>(data + from) == 0x20) from++
  if (right) while (to > from && load<u8>(data + to - 1) == 0x20) to--
  slice(text, from, to, out)
}

export function fn_trim(text: usize, out: usize): void {
  trimTo(text, out, true, true)
}

export function fn_ltrim(text: usize, out: usize): void {
  trimTo(text, out, true, false)
}

export function fn_rtrim(text: usize, out: usize): void {
  trimTo(text, out, false, true)
}

export function fn_concat(a: usize, b: usize, out: usize): void {
  const m = sizeOf(a)
  const n = sizeOf(b)
  const size = m + n
  let target: usize
  if (size <= 12) {
    store<i32>(out, size)
    store<u64>(out, 0, 4)
    store<u32>(out, 0, 12)
    target = out + 4
  } else {
    target = chunk_alloc(size)
  }
  memory.copy(target, bytesOf(a), m)
  memory.copy(target + m, bytesOf(b), n)
  if (size > 12) writeView(out, target, size)
}

/** Position of a piece in code points from 1; 0: none. */
export function fn_position(piece: usize, text: usize): i32 {
  const data = bytesOf(text)
  const found = find(data, sizeOf(text), bytesOf(piece), sizeOf(piece), 0)
  if (found < 0) return 0
  let points = 1
  for (let i = 0; i < found; i++) points += isContinuation(load<u8>(data + i)) ? 0 : 1
  return points
}

/** As fn_split_part: both ends of the part are looked for in one pass, sixteen bytes at a time. */
function splitAtByte(text: usize, separator: u8, index: i32, out: usize): i32 {
  const data = bytesOf(text)
  const size = sizeOf(text)
  const lanes = i8x16.splat(<i8>separator)
  /** Separators to pass before the part begins. */
  let left = index
  let start = 0
  let i = 0
  while (i < size) {
    let block = i
    let mask: i32
    if (size < 16) {
      mask = i32(load<u8>(data + i) == separator)
      i++
    } else {
      // The last sixteen bytes may begin with some that have been looked at.
      block = min(i, size - 16)
      mask = i8x16.bitmask(i8x16.eq(v128.load(data + block), lanes)) & (-1 << (i - block))
      i = block + 16
    }
    if (left > 0) {
      const count = popcnt(mask)
      if (left > count) {
        left -= count
        continue
      }
      for (; left > 1; left--) mask &= mask - 1
      left = 0
      start = block + ctz(mask) + 1
      mask &= mask - 1
    }
    if (mask != 0) {
      slice(text, start, block + ctz(mask), out)
      return 0
    }
  }
  if (left > 0) return LEFT
  slice(text, start, size, out)
  return 0
}

/** The part number `index` (from 0) between separators; the row is left where there is none. */
export function fn_split_part(text: usize, separator: usize, index: i32, out: usize): i32 {
  const length = sizeOf(separator)
  if (index < 0 || length == 0) return LEFT
  const data = bytesOf(text)
  const size = sizeOf(text)
  const piece = bytesOf(separator)
  if (length == 1) return splitAtByte(text, load<u8>(piece), index, out)
  let start = 0
  let part = 0
  while (true) {
    const found = find(data, size, piece, length, start)
    if (part == index) {
      slice(text, start, found < 0 ? size : found, out)
      return 0
    }
    if (found < 0) break
    start = found + length
    part++
  }
  return LEFT
}

/**
 * Parts `first` to `first + count - 1`, from 0, of a text between separators of one byte, found in one pass: a view each at
 * `out`. Returns a bit for each part that there is, the lowest for the first; at most 31.
 */
export function fn_split_parts(text: usize, separator: i32, first: i32, count: i32, out: usize): i32 {
  const data = bytesOf(text)
  const size = sizeOf(text)
  const lanes = i8x16.splat(<i8>separator)
  const last = first + count - 1
  let part = 0
  let start = 0
  let i = 0
  while (i < size) {
    let block = i
    let mask: i32
    if (size < 16) {
      mask = i32(<i32>load<u8>(data + i) == separator)
      i++
    } else {
      // The last sixteen bytes may begin with some that have been looked at.
      block = min(i, size - 16)
      mask = i8x16.bitmask(i8x16.eq(v128.load(data + block), lanes)) & (-1 << (i - block))
      i = block + 16
    }
    for (; mask != 0; mask &= mask - 1) {
      const end = block + ctz(mask)
      if (part >= first) {
        slice(text, start, end, out + (<usize>(part - first) << 4))
        if (part == last) return (1 << count) - 1
      }
      part++
      start = end + 1
    }
  }
  if (part < first) return 0
  slice(text, start, size, out + (<usize>(part - first) << 4))
  return (2 << (part - first)) - 1
}

/** LIKE over bytes: `_` is one code point; `escape` is a byte that takes the next as it is, 256: none. */
export function fn_like(text: usize, pattern: usize, escape: i32): i32 {
  const data = bytesOf(text)
  const size = sizeOf(text)
  const like = bytesOf(pattern)
  const length = sizeOf(pattern)
  let t = 0
  let p = 0
  // Where to go on after a mismatch: behind the last `%`, one code point further.
  let anyAt = -1
  let anyText = 0
  while (t < size) {
    let matched = false
    if (p < length) {
      let c = <i32>load<u8>(like + p)
      if (c == 0x25 && c != escape) {
        anyAt = ++p
        anyText = t
        continue
      }
      if (c == 0x5f && c != escape) {
        t = skipPoints(data, size, t, 1)
        p++
        matched = true
      } else {
        let used = 1
        if (c == escape && p + 1 < length) {
          c = <i32>load<u8>(like + p + 1)
          used = 2
        }
        if (<i32>load<u8>(data + t) == c) {
          t++
          p += used
          matched = true
        }
      }
    }
    if (matched) continue
    if (anyAt < 0) return 0
    anyText = skipPoints(data, size, anyText, 1)
    if (anyAt < length) {
      // A character that stands for itself: go straight to where its first byte is.
      const c = <i32>load<u8>(like + anyAt)
      if (c != 0x5f && c != 0x25 && c != escape) while (anyText < size && <i32>load<u8>(data + anyText) != c) anyText++
    }
    t = anyText
    p = anyAt
  }
  while (p < length && load<u8>(like + p) == 0x25 && 0x25 != escape) p++
  return p == length ? 1 : 0
}

const digits = memory.data(48)

/** The integer `value` with `scale` of its digits behind a point, as text. */
export function fn_format_integer(value: i64, scale: i32, out: usize): void {
  let rest = <u64>value
  if (value < 0) rest = 0 - rest
  let at: usize = digits + 48
  let written = 0
  do {
    if (written == scale && scale > 0) store<u8>(--at, 0x2e)
    store<u8>(--at, <u8>(0x30 + rest % 10))
    rest /= 10
    written++
  } while (rest != 0 || written <= scale)
  if (value < 0) store<u8>(--at, 0x2d)
  copyView(out, at, <i32>(digits + 48 - at))
}

/** Digits with an optional sign, at most 18 of them, as the i64 at `out`; every other text is left. */
export function fn_parse_integer(text: usize, out: usize): i32 {
  const size = sizeOf(text)
  const data = bytesOf(text)
  let i = 0
  const first = size > 0 ? load<u8>(data) : 0
  if (first == 0x2d || first == 0x2b) i++
  if (size - i < 1 || size - i > 18) return LEFT
  let value: i64 = 0
  for (; i < size; i++) {
    const digit = <u32>load<u8>(data + i) - 0x30
    if (digit > 9) return LEFT
    value = value * 10 + <i64>digit
  }
  store<i64>(out, first == 0x2d ? -value : value)
  return 0
}

/** Occurrences of a piece, none of which overlap: as many as fn_replace replaces. */
export function fn_occurrences(text: usize, piece: usize): i32 {
  const data = bytesOf(text)
  const size = sizeOf(text)
  const wanted = bytesOf(piece)
  const length = sizeOf(piece)
  if (length == 0) return 0
  let count = 0
  if (length > 1) {
    for (let at = find(data, size, wanted, length, 0); at >= 0; at = find(data, size, wanted, length, at + length)) count++
    return count
  }
  const byte = load<u8>(wanted)
  const lanes = i8x16.splat(<i8>byte)
  let i = 0
  for (; i + 16 <= size; i += 16) count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(data + i), lanes)))
  for (; i < size; i++) count += i32(load<u8>(data + i) == byte)
  return count
}

/** Every occurrence of a piece that is not empty replaced. */
export function fn_replace(text: usize, piece: usize, by: usize, out: usize): void {
  const data = bytesOf(text)
  const size = sizeOf(text)
  const from = bytesOf(piece)
  const length = sizeOf(piece)
  let found = length == 0 ? -1 : find(data, size, from, length, 0)
  if (found < 0) {
    writeView(out, data, size)
    return
  }
  const to = bytesOf(by)
  const added = sizeOf(by)
  // What gets no longer needs no more room than before.
  let room = size
  if (added > length) {
    for (let at = found; at >= 0; at = find(data, size, from, length, at + length)) room += added - length
  }
  const target = chunk_alloc(room)
  let write: usize = target
  let read = 0
  while (found >= 0) {
    memory.copy(write, data + read, found - read)
    write += found - read
    memory.copy(write, to, added)
    write += added
    read = found + length
    found = find(data, size, from, length, read)
  }
  memory.copy(write, data + read, size - read)
  writeView(out, target, <i32>(write - target) + size - read)
}
