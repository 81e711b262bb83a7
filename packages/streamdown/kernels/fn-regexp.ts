// Regular expressions as programs over bytes (src/functions/regex/byte-program.ts), by backtracking.
//
// A program: the number of groups (with the whole), the length of a literal that every match contains (0: none), how many
// bytes may precede it in a match (255: any number), the number of its choices (u16), the literal, the instructions. An
// instruction with a choice holds the number of the choice.
//
// Programs have no loops but the repetitions of one character, and whether a way from an instruction fails hangs on the
// place in the text alone. So a search that takes long marks the ways that it has gone from each choice and goes none
// twice (as RE2's BitState does): its time grows with the text's length times the program's.

import { find, sameBytes } from './find'
import { bytesOf, sizeOf, writeView } from './fn-view'
import { chunk_mark, chunk_release, chunk_zeroed } from './heap'

const LEFT: i32 = 255
const ANYWHERE: i32 = 255
const UNBOUNDED: i32 = 255
const HEAD_BYTES: i32 = 5
const SET_BYTES: i32 = 17
/** Which characters that are not ASCII are in a set: none, all, or all that end no line (U+2028, U+2029 do). */
const NONE: u8 = 0
const IN_LINE: u8 = 2
const LITERAL: u8 = 1
const SET: u8 = 2
const REPEAT: u8 = 3
const SPLIT: u8 = 4
const JUMP: u8 = 5
const SAVE: u8 = 6
const START: u8 = 7
const END: u8 = 8
/** A repetition that always takes all that it can. */
const SPAN: u8 = 9

/** Where groups begin and end, i32 each; -1: the group takes no part. */
const saved = memory.data(1024)
/** What SAVE has written over since the search began, to be put back where a way fails: the place and what it held. */
const trail = memory.data(2048)
let trailEnd: usize = 0
let textAt: usize = 0
let textSize: i32 = 0

/** Steps that a search takes a byte of the text, and at least, before it marks its ways: most never do. */
const STEPS_PER_BYTE: i64 = 8
const FEWEST_STEPS: i64 = 1024

/** How many choices the program has. */
let choices: u64 = 0
/** How many steps are taken without marks. */
let patience: i64 = 0
/** A bit a choice of each place of the text; 0: ways are not marked. */
let marks: usize = 0

@inline
function markOf(choice: u32, at: i32): u64 {
  return <u64>at * choices + choice
}

/** Whether a way was gone before, when ways are marked. */
@inline
function isMarked(choice: u32, at: i32): bool {
  if (marks == 0) return false
  const mark = markOf(choice, at)
  return ((load<u8>(marks + <usize>(mark >> 3)) >> <u8>(mark & 7)) & 1) != 0
}

/** Notes that a way is gone now. */
function mark(choice: u32, at: i32): void {
  patience--
  if (marks == 0) {
    if (patience >= 0) return
    marks = chunk_zeroed(<usize>((choices * (<u64>textSize + 1) + 7) >> 3))
  }
  const number = markOf(choice, at)
  const byte = marks + <usize>(number >> 3)
  store<u8>(byte, load<u8>(byte) | <u8>(1 << <u8>(number & 7)))
}

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

/** Puts back what was saved since the trail ended at `end`. */
@inline
function unsave(end: usize): void {
  while (trailEnd > end) {
    trailEnd -= 8
    store<i32>(<usize>load<u32>(trail + trailEnd), load<i32>(trail + trailEnd, 4))
  }
}

/** Runs the instructions at `p` on the text from `from` on. Whether they match. */
function run(p: usize, from: i32): bool {
  let at = from
  while (true) {
    const code = load<u8>(p)
    if (code == LITERAL) {
      const length = <i32>load<u8>(p, 1)
      if (at + length > textSize || !sameBytes(textAt + at, p + 2, length)) return false
      at += length
      p += 2 + length
    } else if (code == SET) {
      const size = sizeInSet(p + 1, at)
      if (size == 0) return false
      at += size
      p += 1 + SET_BYTES
    } else if (code == REPEAT) {
      const least = <i32>load<u8>(p, 1)
      const most = <i32>load<u8>(p, 2)
      const choice = <u32>load<u16>(p, 3)
      let count = 0
      while (count < most || most == UNBOUNDED) {
        // Where it went on before from here, it did from all places behind, too: it tries the longest first.
        if (most == UNBOUNDED && count >= least && isMarked(choice, at)) break
        const size = sizeInSet(p + 5, at)
        if (size == 0) break
        at += size
        count++
      }
      patience -= count
      if (count < least) return false
      p += 5 + SET_BYTES
      // The longest first, then one character less each time.
      for (; count > least; count--) {
        if (!isMarked(choice, at)) {
          mark(choice, at)
          const end = trailEnd
          if (run(p, at)) return true
          unsave(end)
        }
        at--
        while ((load<u8>(textAt + at) & 0xc0) == 0x80) at--
      }
      if (isMarked(choice, at)) return false
      mark(choice, at)
    } else if (code == SPAN) {
      const least = <i32>load<u8>(p, 1)
      const most = <i32>load<u8>(p, 2)
      const choice = <u32>load<u16>(p, 3)
      let count = 0
      while (count < most || most == UNBOUNDED) {
        // Ways that begin on the way end where it ends.
        if (marks != 0 && most == UNBOUNDED && count >= least) {
          if (isMarked(choice, at)) return false
          mark(choice, at)
        }
        const size = sizeInSet(p + 5, at)
        if (size == 0) break
        at += size
        count++
      }
      if (count < least) return false
      patience -= count
      if (marks == 0) mark(choice, at)
      p += 5 + SET_BYTES
    } else if (code == SPLIT) {
      const choice = <u32>load<u16>(p, 3)
      if (isMarked(choice, at)) return false
      mark(choice, at)
      const end = trailEnd
      if (run(p + 5, at)) return true
      unsave(end)
      p += 5 + <usize>load<u16>(p, 1)
    } else if (code == JUMP) {
      p += 3 + <usize>load<u16>(p, 1)
    } else if (code == SAVE) {
      const place = saved + (<usize>load<u8>(p, 1) << 2)
      store<u32>(trail + trailEnd, <u32>place)
      store<i32>(trail + trailEnd, load<i32>(place), 4)
      trailEnd += 8
      store<i32>(place, at)
      p += 2
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
  let from = 0
  if (length > 0) {
    const found = find(textAt, textSize, head + HEAD_BYTES, length, 0)
    if (found < 0) return false
    if (before != ANYWHERE) from = max(0, found - before)
  }
  const savedEnd = saved + (<usize>load<u8>(head) << 3)
  for (let group = saved; group < savedEnd; group += 8) store<i64>(group, -1)
  trailEnd = 0
  choices = load<u16>(head, 3)
  patience = <i64>textSize * STEPS_PER_BYTE + FEWEST_STEPS
  marks = 0
  const room = chunk_mark()
  const found = searchFrom(head + HEAD_BYTES + length, from)
  if (marks != 0) chunk_release(room)
  return found
}

function searchFrom(instructions: usize, from: i32): bool {
  for (let at = from; at <= textSize; at++) {
    // A match begins with a character.
    if (at < textSize && (load<u8>(textAt + at) & 0xc0) == 0x80) continue
    if (run(instructions, at)) return true
    unsave(0)
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
