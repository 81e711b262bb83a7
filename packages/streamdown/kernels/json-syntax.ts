// The form of JSON's values: each is read over and checked to be well formed, what it means is json-decode.ts's.
import { specialBy, vectors } from './json-plain'
import {
  ERR_CONTROL, ERR_DEPTH, ERR_ESCAPE, ERR_OPEN, ERR_SURROGATE, ERR_SYNTAX, ERR_UTF8,
  digitRun, isDigit, scanNumber, utf8Length,
} from './text-values'

const MAX_DEPTH: i32 = 1000

/** What is wrong (0: nothing, below 0: a status of json_decode) and where. */
export let err: i32 = 0
export let errAt: usize = 0
/** The string read last has escapes. */
export let escaped: bool = false

/** For each open bracket 1 when it is an object's. */
const levels = memory.data(1024)

/** Returns 0, what all that read return when they fail. */
@inline
export function fail(code: i32, at: usize): usize {
  err = code
  errAt = at
  return 0
}

@inline
export function blanks(p: usize): usize {
  let c = <u32>load<u8>(p)
  while (c == 0x20 || c == 0x09 || c == 0x0d) c = load<u8>(++p)
  return p
}

/** The first quote, backslash, control character or non-ASCII byte at or after `p`. */
@inline
function special(p: usize): usize {
  return specialBy(p, v128.load(vectors), v128.load(vectors + 16), v128.load(vectors + 32))
}

@inline
function hexDigit(c: u32): i32 {
  if (c - 0x30 < 10) return c - 0x30
  c |= 0x20
  return c - 0x61 < 6 ? c - 0x57 : -1
}

/** The four hexadecimal digits at `p`, or -1. */
function hex4(p: usize): i32 {
  let code = 0
  for (let i: usize = 0; i < 4; i++) {
    const d = hexDigit(load<u8>(p + i))
    if (d < 0) return -1
    code = (code << 4) | d
  }
  return code
}

/** `p` is at a byte of a string body that needs a look; returns the closing quote or 0. Sets `escaped`. */
function checkString(p: usize): usize {
  while (true) {
    const c = <u32>load<u8>(p)
    if (c == 0x22) return p
    if (c >= 0x80) {
      let q = p
      do {
        const n = utf8Length(q)
        if (n == 0) return fail(ERR_UTF8, q)
        q += n
      } while (load<u8>(q) >= 0x80)
      p = special(q)
    } else if (c == 0x5c) {
      escaped = true
      const e = <u32>load<u8>(p + 1)
      if (e == 0x75) {
        const code = hex4(p + 2)
        if (code < 0) return fail(ERR_ESCAPE, p)
        let q = p + 6
        if ((code & 0xf800) == 0xd800) {
          if (code >= 0xdc00 || load<u16>(q) != 0x755c) return fail(ERR_SURROGATE, p)
          const low = hex4(q + 2)
          if ((low & 0xfc00) != 0xdc00) return fail(ERR_SURROGATE, p)
          q += 6
        }
        p = special(q)
      } else if (e == 0x6e || e == 0x22 || e == 0x5c || e == 0x2f || e == 0x62 || e == 0x66 || e == 0x72 || e == 0x74) {
        p = special(p + 2)
      } else return fail(ERR_ESCAPE, p)
    } else return c == 0x0a ? fail(ERR_OPEN, p) : fail(ERR_CONTROL, p)
  }
  return 0
}

/** `p` is behind the opening quote; returns the closing quote, or 0. Sets `escaped`. */
@inline
export function stringEnd(p: usize): usize {
  escaped = false
  const q = special(p)
  return load<u8>(q) == 0x22 ? q : checkString(q)
}

/** Copies a checked string body to `out`, escapes resolved; returns the end of the copy. */
export function unescape(p: usize, end: usize, out: usize): usize {
  while (p < end) {
    const c = <u32>load<u8>(p)
    if (c != 0x5c) {
      store<u8>(out++, c)
      p++
      continue
    }
    const e = <u32>load<u8>(p + 1)
    p += 2
    if (e == 0x6e) store<u8>(out++, 0x0a)
    else if (e == 0x74) store<u8>(out++, 0x09)
    else if (e == 0x72) store<u8>(out++, 0x0d)
    else if (e == 0x62) store<u8>(out++, 0x08)
    else if (e == 0x66) store<u8>(out++, 0x0c)
    else if (e == 0x75) {
      let code = hex4(p)
      p += 4
      if ((code & 0xfc00) == 0xd800) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (hex4(p + 2) & 0x3ff)
        p += 6
      }
      if (code < 0x80) store<u8>(out++, code)
      else if (code < 0x800) {
        store<u8>(out, 0xc0 | (code >> 6))
        store<u8>(out + 1, 0x80 | (code & 63))
        out += 2
      } else if (code < 0x10000) {
        store<u8>(out, 0xe0 | (code >> 12))
        store<u8>(out + 1, 0x80 | ((code >> 6) & 63))
        store<u8>(out + 2, 0x80 | (code & 63))
        out += 3
      } else {
        store<u8>(out, 0xf0 | (code >> 18))
        store<u8>(out + 1, 0x80 | ((code >> 12) & 63))
        store<u8>(out + 2, 0x80 | ((code >> 6) & 63))
        store<u8>(out + 3, 0x80 | (code & 63))
        out += 4
      }
    } else store<u8>(out++, e)
  }
  return out
}

/** `p` is at a key's opening quote; returns the address behind its colon, or 0. */
function skipKey(p: usize): usize {
  if (load<u8>(p) != 0x22) return fail(ERR_SYNTAX, p)
  const q = stringEnd(p + 1)
  if (q == 0) return 0
  p = blanks(q + 1)
  if (load<u8>(p) != 0x3a) return fail(ERR_SYNTAX, p)
  return p + 1
}

@inline
function skipNumber(p: usize): usize {
  const n = digitRun(p)
  const c = <u32>load<u8>(p + n)
  if (n - 1 < 15 && n != 0 && c != 0x2e && (c | 0x20) != 0x65 && (n == 1 || load<u8>(p) != 0x30)) return p + n
  const q = scanNumber(p, false)
  return q == 0 ? fail(ERR_SYNTAX, p) : q
}

function skipScalar(p: usize, c: u32): usize {
  if (c == 0x22) {
    const q = stringEnd(p + 1)
    return q == 0 ? 0 : q + 1
  }
  if (isDigit(c) || c == 0x2d) return skipNumber(p)
  const word = load<u32>(p)
  if (word == 0x65757274 || word == 0x6c6c756e) return p + 4
  if (c == 0x66 && load<u32>(p + 1) == 0x65736c61) return p + 5
  return fail(ERR_SYNTAX, p)
}

function skipNested(p: usize): usize {
  let depth = 0
  while (true) {
    p = blanks(p)
    const c = <u32>load<u8>(p)
    if (c == 0x7b || c == 0x5b) {
      const object = c == 0x7b
      p = blanks(p + 1)
      if (load<u8>(p) == c + 2) p++
      else {
        if (depth == MAX_DEPTH) return fail(ERR_DEPTH, p)
        store<u8>(levels + depth++, object ? 1 : 0)
        if (object) {
          p = skipKey(p)
          if (p == 0) return 0
        }
        continue
      }
    } else {
      p = skipScalar(p, c)
      if (p == 0) return 0
    }
    while (true) {
      if (depth == 0) return p
      p = blanks(p)
      const object = load<u8>(levels + depth - 1)
      const d = <u32>load<u8>(p)
      if (d == 0x2c) {
        p++
        if (object) {
          p = skipKey(blanks(p))
          if (p == 0) return 0
        }
        break
      }
      if (d != <u32>(object ? 0x7d : 0x5d)) return fail(d == 0x0a ? ERR_OPEN : ERR_SYNTAX, p)
      p++
      depth--
    }
  }
  return 0
}

/** `p` is at a value; returns the address behind it, or 0. */
export function skipOther(p: usize, c: u32): usize {
  if (c == 0x7b || c == 0x5b) return skipNested(p)
  return skipScalar(p, c)
}

export function forgive(): void {
  err = 0
}
