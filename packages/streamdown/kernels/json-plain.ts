// The members of a JSON object that are where the prediction has them and whose values are plain: texts without escapes
// that are ASCII, whole numbers without a sign, null, times of the date before. Nearly all members are, so this is where
// the time of json-decode.ts is spent. It calls nothing: V8 would put what it has in registers on the stack otherwise.
import { KIND_I32, KIND_I64, KIND_STRING, KIND_TIMESTAMP, digitRun, digits, plainTimestamp, storeView, textEnd } from './text-values'

export const SLOT: usize = 48

/** Why `plainMembers` stopped: behind the object, in front of a member, or at a value. */
export const STOP_END: i32 = 0
export const STOP_MEMBER: i32 = 1
export const STOP_VALUE: i32 = 2

/** What a caller of `plainMembers` gives when it is in front of a member. */
export const MEMBER: u32 = 0xffffffff

/** Where `plainMembers` stopped: why, the offset of the child whose value it is (0: skipped), the next slot. */
export let stopped: i32 = 0
export let stoppedChild: u32 = 0
export let stoppedSlot: usize = 0

// Vectors are loaded, not written as constants: V8 would build a constant again at each use.
export const vectors = memory.data<u8>([
  0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
  0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c,
  0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
])

@inline
function specials(p: usize, quote: v128, backslash: v128, blank: v128): u32 {
  const v = v128.load(p)
  return <u32>i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quote), i8x16.eq(v, backslash)), i8x16.lt_s(v, blank)))
}

/** The first quote, backslash, control character or non-ASCII byte at or after `p`; the vectors are `vectors`. */
@inline
export function specialBy(p: usize, quote: v128, backslash: v128, blank: v128): usize {
  while (true) {
    // Two blocks for one branch: the length of a string is what a processor cannot foresee.
    const m = specials(p, quote, backslash, blank) | (specials(p + 16, quote, backslash, blank) << 16)
    if (m != 0) return p + ctz(m)
    p += 32
  }
  return 0
}

/** The bytes at `p` are those that the slot predicts. */
@inline
export function holds(slot: usize, p: usize): bool {
  // What need not be equal is set from the start.
  let equal = load<u32>(slot)
  const long = equal < 0xffff0000
  equal |= <u32>i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(slot, 16)))
  if (long) equal |= <u32>i8x16.bitmask(i8x16.eq(v128.load(p, 16), v128.load(slot, 32))) << 16
  return equal == 0xffffffff
}

/**
 * Reads on from `p` in an object of which `slot` predicts the next member, into row `row`. `child` is MEMBER where `p` is
 * in front of a member (behind a value or at the brace); at a value it is its child's offset. Returns where it stopped.
 */
export function plainMembers(plan: usize, slot: usize, p: usize, child: u32, row: usize, stamp: u32): usize {
  const quote = v128.load(vectors)
  const backslash = v128.load(vectors + 16)
  const blank = v128.load(vectors + 32)
  while (true) {
    if (child == MEMBER) {
      if (!holds(slot, p)) {
        const end = load<u8>(p) == 0x7d
        stopped = end ? STOP_END : STOP_MEMBER
        stoppedSlot = slot
        return end ? p + 1 : p
      }
      store<u32>(slot, 0, 12)
      p += load<u32>(slot, 8)
      child = load<u32>(slot, 4)
      slot += SLOT
    }
    const c = <u32>load<u8>(p)
    if (child == 0) {
      if (c == 0x22) {
        const q = specialBy(p + 1, quote, backslash, blank)
        if (load<u8>(q) == 0x22) {
          p = q + 1
          child = MEMBER
          continue
        }
      } else if (load<u32>(p) == NULL_WORD) {
        p += 4
        child = MEMBER
        continue
      } else {
        const n = digitRun(p)
        if (endsNumber(p, n, c)) {
          p += n
          child = MEMBER
          continue
        }
      }
    } else {
      const at = plan + child
      // A key that was there before in this record takes its first value back: json-decode.ts does.
      if ((load<u32>(at, 20) ^ stamp) > 1) {
        const kind = load<u32>(at, 8)
        const data = <usize>load<u32>(at, 36)
        let q: usize = 0
        if (kind == KIND_I64 || kind == KIND_I32) {
          const n = digitRun(p)
          if (endsNumber(p, n, c)) {
            if (kind == KIND_I64) {
              store<u64>(data + (row << 3), digits(p, n))
              q = p + n
            } else if (n < 10) {
              store<u32>(data + (row << 2), <u32>digits(p, n))
              q = p + n
            }
          }
        } else if (c == 0x22) {
          if (kind == KIND_STRING) {
            const end = specialBy(p + 1, quote, backslash, blank)
            if (load<u8>(end) == 0x22) {
              storeView(data + (row << 4), p + 1, end)
              q = end + 1
            }
          } else if (kind == KIND_TIMESTAMP) {
            const t = plainTimestamp(p + 1, load<u32>(plan, 48) & 3, load<u32>(at, 24))
            if (t != i64.MIN_VALUE && load<u8>(textEnd) == 0x22) {
              store<i64>(data + (row << 3), t)
              q = textEnd + 1
            }
          }
        }
        if (q != 0) {
          store<u32>(at, stamp | 1, 20)
          store<u8>(<usize>load<u32>(at, 40) + row, 1)
          p = q
          child = MEMBER
          continue
        }
        if (load<u32>(p) == NULL_WORD) {
          store<u32>(at, stamp, 20)
          p += 4
          child = MEMBER
          continue
        }
      }
    }
    stopped = STOP_VALUE
    stoppedChild = child
    stoppedSlot = slot
    return p
  }
  return 0
}

const NULL_WORD: u32 = 0x6c6c756e

/** The `n` digits at `p`, of which `c` is the first, are a whole number. */
@inline
function endsNumber(p: usize, n: i32, c: u32): bool {
  if (n == 0) return false
  const d = <u32>load<u8>(p + n)
  // A blank may follow too; then the rules see to it.
  if (d != 0x2c && d != 0x7d) return false
  return c != 0x30 || n == 1
}
