// CSV (RFC 4180) to columns. The block's header, its children and the reasons to stop are those of json-decode.ts;
// here the header goes on: 80 fields, 84 field count, 88 delimiter, 92 quote (256: none), 96 escape (256: none),
// 100 comments, 104 multiline, 108 null literal, 112 its length (-1: none), 116 the input ends here.
// Fields: child (u32, 0: skipped) of each field of a record, in order.
//
// A record ends at its line break; with `multiline` quoted fields may hold line breaks. A record that fails is dead up
// to its first line break, so that a stray quote costs no neighbour.
import { fixup, storeNumber, storeWord } from './text-columns'
import {
  ERR_FIELDS, ERR_LONG, ERR_NULL, ERR_OPEN, ERR_QUOTE, ERR_RANGE, ERR_TIME, ERR_TYPE, ERR_UTF8,
  KIND_BOOL, KIND_F32, KIND_F64, KIND_I64, KIND_RAW, KIND_STRING,
  digitRun, digits, findNewline, scanNumber, storeView, utf8Length,
} from './text-values'

const STATUS_END: i32 = 0
const STATUS_ROWS: i32 = 1
const STATUS_ARENA: i32 = 2
const STATUS_DEAD: i32 = 3
const STATUS_FIXUPS: i32 = 4
/** The record goes on behind the buffer. */
const INCOMPLETE: i32 = -16

let err: i32 = 0
let errAt: usize = 0
let errChild: usize = 0

@inline
function fail(code: i32, at: usize): usize {
  err = code
  errAt = at
  return 0
}

/** The first `a`, `b`, newline or non-ASCII byte at or after `p`. */
@inline
function stop(p: usize, a: v128, b: v128, newline: v128): usize {
  while (true) {
    const v = v128.load(p)
    const m = i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, a), i8x16.eq(v, b)), v128.or(i8x16.eq(v, newline), v)))
    if (m != 0) return p + ctz(m)
    p += 16
  }
  return 0
}

/** Behind a run of well-formed non-ASCII characters at `p`, or 0. */
function wide(p: usize): usize {
  do {
    const n = utf8Length(p)
    if (n == 0) return fail(ERR_UTF8, p)
    p += n
  } while (load<u8>(p) >= 0x80)
  return p
}

/** Copies a quoted body to `out`: doubled quotes and escapes resolved. Returns the end of the copy. */
function unquote(p: usize, end: usize, out: usize, quote: u32, escape: u32): usize {
  while (p < end) {
    let c = <u32>load<u8>(p++)
    if (p < end && (c == escape || (c == quote && load<u8>(p) == quote))) c = load<u8>(p++)
    store<u8>(out++, c)
  }
  return out
}

/** The text from `p` to `q` into the column of `child`; returns the error, 0 for none, -STATUS_ARENA for more room. */
function storeField(block: usize, child: usize, p: usize, q: usize, quoted: bool, escaped: bool, row: u32): i32 {
  const kind = <i32>load<u32>(child, 8)
  const nullLength = load<i32>(block, 112)
  if (!quoted) {
    const length = <i32>(q - p)
    if (length == 0 && kind != KIND_STRING) return -1
    if (length == nullLength && memory.compare(p, block + load<u32>(block, 108), length) == 0) return -1
  }
  if (escaped) {
    if (kind != KIND_STRING && kind != KIND_RAW) return ERR_TYPE
    const arena = <usize>load<u32>(block, 16)
    if (arena + (q - p) + 16 > <usize>load<u32>(block, 20)) return -STATUS_ARENA
    q = unquote(p, q, arena, load<u32>(block, 92), load<u32>(block, 96))
    p = arena
    store<u32>(block, <u32>q, 16)
  }
  const data = <usize>load<u32>(child, 36)
  if (kind == KIND_STRING) {
    storeView(data + (<usize>row << 4), p, q)
    return 0
  }
  if (kind == KIND_RAW) {
    fixup(block, load<u32>(child, 32), row, p, q)
    return 0
  }
  while (p < q && load<u8>(p) == 0x20) p++
  while (p < q && load<u8>(q - 1) == 0x20) q--
  if (kind == KIND_I64) {
    const n = digitRun(p)
    if (n != 0 && n < 16 && p + n == q) {
      store<u64>(data + (<usize>row << 3), digits(p, n))
      return 0
    }
  }
  if (kind == KIND_BOOL) {
    const word = load<u32>(p) | 0x20202020
    const truth = q - p == 4 && word == 0x65757274
    if (!truth && !(q - p == 5 && word == 0x736c6166 && (load<u8>(p + 4) | 0x20) == 0x65)) return ERR_TYPE
    store<u8>(data + row, truth ? 1 : 0)
    return 0
  }
  if (kind <= KIND_F64 + 1) {
    const end = scanNumber(p, true)
    if (end == q) return storeNumber(block, child, kind, p, q, row)
    return kind == KIND_F64 || kind == KIND_F32 ? storeWord(block, child, kind, p, q, row) : ERR_TYPE
  }
  const error = storeWord(block, child, kind, p, q, row)
  if (error == 0 || scanNumber(p, true) != q) return error
  const other = storeNumber(block, child, kind, p, q, row)
  return other == ERR_TYPE ? error : other
}

/** One record at `p` into row `row`; returns the address behind its line break, or 0. */
function record(block: usize, line: usize, row: u32): usize {
  const delimiter = load<u32>(block, 88)
  const quote = load<u32>(block, 92)
  const escape = load<u32>(block, 96)
  const multiline = load<u32>(block, 104) != 0
  const end = <usize>load<u32>(block, 4)
  const maxRecord = <usize>load<u32>(block, 52)
  const newlines = i8x16.splat(0x0a)
  const delimiters = i8x16.splat(<i8>delimiter)
  const quotes = i8x16.splat(<i8>quote)
  const escapes = escape < 256 ? i8x16.splat(<i8>escape) : quotes
  const lenient = (load<u32>(block, 48) & 64) != 0
  const count = load<u32>(block, 84)
  const fields = block + load<u32>(block, 80)
  let p = line
  let field: u32 = 0
  while (true) {
    let from = p
    let to: usize
    let escaped = false
    const quoted = <u32>load<u8>(p) == quote
    if (quoted) {
      from = ++p
      while (true) {
        p = stop(p, quotes, escapes, newlines)
        const c = <u32>load<u8>(p)
        if (c >= 0x80) {
          p = wide(p)
          if (p == 0) return 0
        } else if (c == escape && load<u8>(p + 1) != 0x0a) {
          escaped = true
          // An escaped character wider than a byte is checked by the next turn.
          p += load<u8>(p + 1) < 0x80 ? 2 : 1
        } else if (c == quote) {
          if (<u32>load<u8>(p + 1) != quote) break
          escaped = true
          p += 2
        } else {
          if (p - line > maxRecord) return fail(ERR_LONG, line)
          if (!multiline) return fail(ERR_OPEN, p)
          if (p + 1 >= end) return fail(load<u32>(block, 116) ? ERR_OPEN : INCOMPLETE, p)
          p++
        }
      }
      to = p++
    } else {
      while (true) {
        p = stop(p, delimiters, newlines, newlines)
        if (load<u8>(p) < 0x80) break
        p = wide(p)
        if (p == 0) return 0
      }
      to = p
    }
    let c = <u32>load<u8>(p)
    if (quoted) {
      if (c == 0x0d && load<u8>(p + 1) == 0x0a) c = load<u8>(++p)
      if (c != delimiter && c != 0x0a) return fail(ERR_QUOTE, p)
    } else if (c == 0x0a && to > from && load<u8>(to - 1) == 0x0d) to--
    if (field == count) return fail(ERR_FIELDS, from)
    const offset = load<u32>(fields + (<usize>field << 2))
    field++
    if (offset != 0) {
      const child = block + offset
      const error = storeField(block, child, from, to, quoted, escaped, row)
      const required = load<u32>(child, 16) != 0
      if (error == 0) store<u8>(load<u32>(child, 40) + row, 1)
      else {
        errChild = child
        if (error == -STATUS_ARENA) return fail(error, from)
        if (error == -1) {
          if (required) return fail(ERR_NULL, from)
        } else if (!lenient || required || (error != ERR_TYPE && error != ERR_RANGE && error != ERR_TIME)) {
          return fail(error, from)
        }
      }
    }
    p++
    if (c == 0x0a) break
  }
  errChild = 0
  if (field != count) return fail(ERR_FIELDS, p - 1)
  return p - line > maxRecord + 2 ? fail(ERR_LONG, line) : p
}

/** Decodes records; the byte before `end` is a newline. Returns why it stopped. */
export function csv_decode(block: usize): i32 {
  const end = <usize>load<u32>(block, 4)
  const maxRows = load<u32>(block, 12)
  const maxRecord = <usize>load<u32>(block, 52)
  const starts = <usize>load<u32>(block, 76)
  const comments = load<u32>(block, 100) != 0
  const spare = load<u32>(block, 68)
  let row = load<u32>(block, 8)
  let p = <usize>load<u32>(block)
  let status = STATUS_END
  while (p < end) {
    if (row == maxRows) {
      status = STATUS_ROWS
      break
    }
    if (load<u32>(block, 40) == load<u32>(block, 44)) {
      status = STATUS_DEAD
      break
    }
    const fixups = load<u32>(block, 28)
    if (fixups + spare > load<u32>(block, 32)) {
      status = STATUS_FIXUPS
      break
    }
    const c = load<u8>(p)
    if (c == 0x0a) {
      p++
      continue
    }
    if (c == 0x0d && load<u8>(p + 1) == 0x0a) {
      p += 2
      continue
    }
    if (comments && c == 0x23) {
      p = findNewline(p) + 1
      continue
    }
    const arena = load<u32>(block, 16)
    err = 0
    errChild = 0
    const next = record(block, p, row)
    if (next != 0) {
      store<u32>(starts + (<usize>row << 2), <u32>p)
      row++
      p = next
      continue
    }
    let column = block + load<u32>(block, 64)
    const columnsEnd = column + (<usize>load<u32>(block, 68) << 2)
    for (; column < columnsEnd; column += 4) store<u8>(load<u32>(column) + row, 0)
    store<u32>(block, fixups, 28)
    store<u32>(block, arena, 16)
    if (err == INCOMPLETE) break
    if (err == -STATUS_ARENA) {
      // The field's length is not known to lie on this line: the record's limit bounds it.
      store<u32>(block, <u32>min(end - p, maxRecord), 72)
      status = STATUS_ARENA
      break
    }
    const stopAt = findNewline(p)
    const dead = <usize>load<u32>(block, 36) + <usize>load<u32>(block, 40) * 24
    store<u32>(dead, <u32>p)
    store<u32>(dead, <u32>(stopAt - p), 4)
    store<u32>(dead, stopAt - p > maxRecord ? ERR_LONG : err, 8)
    store<u32>(dead, <u32>(errAt - p), 12)
    store<u32>(dead, errChild == 0 ? 0xffffffff : <u32>(errChild - block), 16)
    store<u32>(block, load<u32>(block, 40) + 1, 40)
    p = stopAt + 1
  }
  store<u32>(block, <u32>p)
  store<u32>(block, row, 8)
  return status
}
