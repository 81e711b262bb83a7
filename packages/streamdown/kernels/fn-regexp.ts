// Regular expressions as programs over bytes (src/functions/regex/byte-program.ts), by backtracking.
//
// A program: the number of groups (with the whole), the length of a literal that every match contains (0: none), how many
// bytes may precede it in a match (255: any number), the literal, the instructions.

import { find } from './find'
import { bytesOf, sizeOf, writeView } from './fn-view'

const LEFT: i32 = 255
const ANYWHERE: i32 = 255
const UNBOUNDED: i32 = 255
const HEAD_BYTES: i32 = 3
const SET_BYTES: i32 = 17
/** Which characters that are not ASCII are in a set: none, all, or all that end no line (U+2028, U+2029 do). */
const NONE: u8 = 0
const IN_LINE: u8 = 2
const BYTE: u8 = 1
const SET: u8 = 2
const REPEAT: u8 = 3
const SPLIT: u8 = 4
const JUMP: u8 = 5
const SAVE: u8 = 6
const START: u8 = 7
const END: u8 = 8

/** Where groups begin and end, i32 each; -1: the group takes no part. */
const saved = memory.data(1024)
let textAt: usize = 0
let textSize: i32 = 0

/** The bytes of the character at `at` when it is in the set, 0 otherwise. */
@inline
function sizeInSet(set: usize, at: i32): i32 {
  if (at >= textSize) return 0
  const byte = load<u8>(textAt + at)
  if (byte < 0x80) return <i32>((load<u8>(set + <usize>(byte >> 3)) >> (byte & 7)) & 1)
  const others = load<u8>(set, SET_BYTES - 1)
  if (others == NONE) return 0
  if (others == IN_LINE && byte == 0xe2 && (load<u16>(textAt + at, 1) & 0xfeff) == 0xa880) return 0
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}

/** Runs the instructions at `p` on the text from `from` on. Whether they match. */
function run(p: usize, from: i32): bool {
  let at = from
  while (true) {
    const code = load<u8>(p)
    if (code == BYTE) {
      if (at >= textSize || load<u8>(textAt + at) != load<u8>(p, 1)) return false
      at++
      p += 2
    } else if (code == SET) {
      const size = sizeInSet(p + 1, at)
      if (size == 0) return false
      at += size
      p += 1 + SET_BYTES
    } else if (code == REPEAT) {
      const least = <i32>load<u8>(p, 1)
      const most = <i32>load<u8>(p, 2)
      let count = 0
      while (count < most || most == UNBOUNDED) {
        const size = sizeInSet(p + 3, at)
        if (size == 0) break
        at += size
        count++
      }
      if (count < least) return false
      p += 3 + SET_BYTES
      // The longest first, then one character less each time.
      for (; count > least; count--) {
        if (run(p, at)) return true
        at--
        while ((load<u8>(textAt + at) & 0xc0) == 0x80) at--
      }
    } else if (code == SPLIT) {
      if (run(p + 3, at)) return true
      p += 3 + <usize>load<u16>(p, 1)
    } else if (code == JUMP) {
      p += 3 + <usize>load<u16>(p, 1)
    } else if (code == SAVE) {
      const place = saved + (<usize>load<u8>(p, 1) << 2)
      const before = load<i32>(place)
      store<i32>(place, at)
      if (run(p + 2, at)) return true
      store<i32>(place, before)
      return false
    } else if (code == START) {
      if (at != 0) return false
      p++
    } else if (code == END) {
      if (at != textSize) return false
      p++
    } else break
  }
  return true
}

/** Whether the program matches somewhere in the text. */
function search(text: usize, program: usize): bool {
  textAt = bytesOf(text)
  textSize = sizeOf(text)
  const head = bytesOf(program)
  const length = <i32>load<u8>(head, 1)
  const before = <i32>load<u8>(head, 2)
  let at = 0
  if (length > 0) {
    const found = find(textAt, textSize, head + HEAD_BYTES, length, 0)
    if (found < 0) return false
    if (before != ANYWHERE) at = max(0, found - before)
  }
  memory.fill(saved, 0xff, <usize>load<u8>(head) << 3)
  for (; at <= textSize; at++) {
    // A match begins with a character.
    if (at < textSize && (load<u8>(textAt + at) & 0xc0) == 0x80) continue
    if (run(head + HEAD_BYTES + length, at)) return true
  }
  return false
}

export function fn_regexp_like(text: usize, program: usize): i32 {
  return search(text, program) ? 1 : 0
}

/** What a group matched (0: the whole); left where nothing matches or the group takes no part. */
export function fn_regexp_extract(text: usize, program: usize, group: i32, out: usize): i32 {
  if (!search(text, program)) return LEFT
  const from = load<i32>(saved + (<usize>group << 3))
  const to = load<i32>(saved + (<usize>group << 3), 4)
  if (from < 0 || to < 0) return LEFT
  writeView(out, textAt + from, to - from)
  return 0
}
