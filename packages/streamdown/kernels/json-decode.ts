// NDJSON to columns. One call decodes lines of a buffer until it is used up, `maxRows` rows are made, or it needs
// something (room for unescaped strings, for dead letters, for values that JavaScript must finish).
//
// The plan of a decoder is one block of memory at `base`, made by src/formats/json-plan.ts; all references in it are
// offsets from `base`. An object of the record is a node: its wanted keys (children), and a template: for each member
// of the last records its exact bytes from the value before it to its own value (`,"price":`). A member whose bytes
// equal the predicted ones is known without looking at its key; any other is parsed by the rules, and looked up.
// The types of skipped parts are not checked, their form is: structure, strings, numbers, UTF-8.
//
// Header: 0 at, 4 end, 8 row, 12 maxRows, 16 arena, 20 arenaEnd, 24 fixups, 28 fixupCount, 32 fixupCapacity, 36 dead,
// 40 deadCount, 44 deadCapacity, 48 flags, 52 maxLine, 56 root node, 60 serial, 64 columns, 68 columnCount, 72 needed,
// 76 rowStarts. Flags: bits 0-1 timestamp standard, bits 2-4 epoch unit (0 none, 1 s, 2 ms, 3 µs, 4 ns), bit 5 fail on
// missing field, bit 6 ignore values of a wrong type.
// Node: 0 child count, 4 children, 8 required children (they come first), 12 slots, 16 slot count, 20 slot capacity.
// Child (64 bytes): 0 key, 4 key length, 8 kind (KIND_SKIP: an object that is passed over), 12 node, 16 required,
// 20 stamp, 24 precision, 28 scale, 32 column number, 36 data, 40 validity, 44 raw column's data (0 none), 48 raw
// validity, 52 raw column number, 56 zoned.
// Slot (48 bytes): 0 a bit for each byte that is not of the prefix, 4 child (0: skipped), 8 prefix length, 12 misses,
// 16 prefix (32 bytes). Behind the slots stands one of zeros, which predicts what no well-formed text has.
// Column: 0 validity.
import { MEMBER, SLOT, STOP_END, STOP_MEMBER, holds, plainMembers, stopped, stoppedChild, stoppedSlot } from './json-plain'
import { blanks, err, errAt, escaped, fail, forgive, skipOther, stringEnd, unescape } from './json-syntax'
import { fixup, storeNumber, storeWord } from './text-columns'
import {
  ERR_LONG, ERR_MISSING, ERR_NULL, ERR_OPEN, ERR_RANGE, ERR_SYNTAX, ERR_TIME, ERR_TYPE,
  KIND_BOOL, KIND_DECIMAL, KIND_OBJECT, KIND_RAW, KIND_SKIP, KIND_STRING, findNewline, isDigit, scanNumber, storeView,
} from './text-values'

const CHILD: usize = 64

const STATUS_END: i32 = 0
const STATUS_ROWS: i32 = 1
const STATUS_ARENA: i32 = 2
const STATUS_DEAD: i32 = 3
const STATUS_FIXUPS: i32 = 4

let errChild: usize = 0
let base: usize = 0
let flags: u32 = 0
let stampSeen: u32 = 0
let line: usize = 0

const keyScratch = memory.data(1024)

/** The child of `node` whose key is these bytes, or 0. */
function childOf(node: usize, key: usize, length: usize): usize {
  const count = load<u32>(node)
  let child = base + load<u32>(node, 4)
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(child, 4) == <u32>length && memory.compare(base + load<u32>(child), key, length) == 0) return child
    child += CHILD
  }
  return 0
}

/** Remembers the bytes in front of a value as the next prediction. */
function setSlot(slot: usize, from: usize, to: usize, child: usize): void {
  const length = to - from
  memory.fill(slot, 0, SLOT)
  // Too long to predict: zeros hold in no member, and where a malformed text has as many they lead nowhere.
  if (length > 32) return
  store<u32>(slot, child, 4)
  store<u32>(slot, <u32>length, 8)
  memory.copy(slot + 16, from, length)
  store<u32>(slot, length == 32 ? 0 : <u32>-1 << <u32>length)
}

/** Takes back what an earlier occurrence of the same key set in this record. */
function forget(child: usize, row: u32): void {
  const column = load<u32>(child, 32)
  const raw = load<u32>(child, 52)
  let at = <usize>load<u32>(base, 24)
  let count = load<u32>(base, 28)
  for (let i: u32 = 0; i < count; ) {
    const id = load<u32>(at)
    if (load<u32>(at, 4) == row && (id == column || id == raw)) {
      count--
      memory.copy(at, <usize>load<u32>(base, 24) + (<usize>count << 4), 16)
    } else {
      at += 16
      i++
    }
  }
  store<u32>(base, count, 28)
  if (load<u32>(child, 40)) store<u8>(load<u32>(child, 40) + row, 0)
  if (load<u32>(child, 48)) store<u8>(load<u32>(child, 48) + row, 0)
  store<u32>(child, 0, 20)
  if (load<u32>(child, 8) == KIND_OBJECT) {
    const node = base + load<u32>(child, 12)
    const count = load<u32>(node)
    let inner = base + load<u32>(node, 4)
    for (let i: u32 = 0; i < count; i++) {
      if (load<u32>(inner, 20) >> 1 == stampSeen >> 1) forget(inner, row)
      inner += CHILD
    }
  }
}

/** A number for column `child`: returns the address behind it, or 0. */
function numberValue(child: usize, kind: i32, p: usize, row: u32): usize {
  const q = scanNumber(p, false)
  if (q == 0) return fail(ERR_SYNTAX, p)
  const error = storeNumber(base, child, kind, p, q, row)
  return error == 0 ? q : fail(error, p)
}

/** A string for a column that is not STRING; `p` is behind the opening quote. Returns the closing quote, or 0. */
function textValue(child: usize, kind: i32, p: usize, row: u32): usize {
  const q = stringEnd(p)
  if (q == 0) return 0
  if (escaped) return fail(ERR_TYPE, p - 1)
  let error: i32
  if (kind == KIND_DECIMAL) error = scanNumber(p, false) == q ? storeNumber(base, child, kind, p, q, row) : ERR_TYPE
  else error = storeWord(base, child, kind, p, q, row)
  return error == 0 ? q : fail(error, p - 1)
}

/** A value that is not null into its column; returns the address behind it, or 0. */
function columnValue(child: usize, kind: i32, p: usize, c: u32, row: u32): usize {
  switch (kind) {
    case KIND_STRING: {
      if (c != 0x22) return fail(ERR_TYPE, p)
      const view = <usize>load<u32>(child, 36) + (<usize>row << 4)
      const end = stringEnd(p + 1)
      if (end == 0) return 0
      if (!escaped) storeView(view, p + 1, end)
      else {
        // Unescaping never lengthens, so the room that the raw text takes is enough.
        const arena = <usize>load<u32>(base, 16)
        if (arena + (end - p) + 16 > <usize>load<u32>(base, 20)) return fail(-STATUS_ARENA, p)
        const stop = unescape(p + 1, end, arena)
        storeView(view, arena, stop)
        store<u32>(base, <u32>stop, 16)
      }
      return end + 1
    }
    case KIND_BOOL: {
      const word = load<u32>(p)
      if (word == 0x65757274) {
        store<u8>(load<u32>(child, 36) + row, 1)
        return p + 4
      }
      if (c == 0x66 && load<u32>(p + 1) == 0x65736c61) {
        store<u8>(load<u32>(child, 36) + row, 0)
        return p + 5
      }
      return fail(ERR_TYPE, p)
    }
    case KIND_RAW: {
      const q = skipOther(p, c)
      if (q != 0) fixup(base, load<u32>(child, 32), row, p, q)
      return q
    }
    case KIND_OBJECT: {
      if (c != 0x7b) return fail(ERR_TYPE, p)
      const q = members(base + load<u32>(child, 12), p, row)
      if (q != 0 && load<u32>(child, 44) != 0) {
        fixup(base, load<u32>(child, 52), row, p, q)
        store<u8>(load<u32>(child, 48) + row, 1)
      }
      return q
    }
    default:
  }
  if (c == 0x22) {
    const q = textValue(child, kind, p + 1, row)
    return q == 0 ? 0 : q + 1
  }
  if (isDigit(c) || c == 0x2d) return numberValue(child, kind, p, row)
  return fail(c == 0x0a ? ERR_OPEN : ERR_TYPE, p)
}

/** What `nextMember` found: the wanted child's offset or 0, the slot to try next, and whether the object ended instead. */
let memberChild: u32 = 0
let memberSlot: usize = 0
let memberEnd: bool = false

/**
 * The next member of an object where the prediction at `slot` does not hold: `p` is behind the value before it, or at
 * the opening brace. Returns the address of its value (behind the brace when the object ended), or 0.
 */
function nextMember(node: usize, slot: usize, p: usize, first: bool): usize {
  const slots = base + load<u32>(node, 12)
  const last = slots + <usize>load<u32>(node, 16) * SLOT
  memberEnd = false
  if (!first) {
    // Another order, or a member left out: a prediction near this one may fit.
    let other = max(slots + SLOT, slot - 6 * SLOT)
    const stop = min(last, slot + 10 * SLOT)
    while (other < stop) {
      if (holds(other, p)) {
        if (slot < last) store<u32>(slot, load<u32>(slot, 12) + 1, 12)
        memberChild = load<u32>(other, 4)
        memberSlot = other + SLOT
        return p + load<u32>(other, 8)
      }
      other += SLOT
    }
  }
  const from = p
  p = blanks(p)
  const c = <u32>load<u8>(p)
  if (first) {
    p = blanks(p + 1)
    if (load<u8>(p) == 0x7d) {
      memberEnd = true
      return p + 1
    }
  } else if (c == 0x7d) {
    memberEnd = true
    return p + 1
  } else {
    if (c != 0x2c) return fail(c == 0x0a ? ERR_OPEN : ERR_SYNTAX, p)
    p = blanks(p + 1)
  }
  if (load<u8>(p) != 0x22) return fail(load<u8>(p) == 0x0a ? ERR_OPEN : ERR_SYNTAX, p)
  const key = p + 1
  const end = stringEnd(key)
  if (end == 0) return 0
  let child: usize = 0
  if (!escaped) child = childOf(node, key, end - key)
  else if (end - key <= 1024) child = childOf(node, keyScratch, unescape(key, end, keyScratch) - keyScratch)
  p = blanks(end + 1)
  if (load<u8>(p) != 0x3a) return fail(load<u8>(p) == 0x0a ? ERR_OPEN : ERR_SYNTAX, p)
  p = blanks(p + 1)
  const offset = child == 0 ? 0 : <u32>(child - base)
  memberChild = offset
  memberSlot = slot + SLOT
  if (slot < last) {
    // Two misses in a row replace a prediction; one stranger among equals does not.
    const misses = load<u32>(slot, 12) + 1
    store<u32>(slot, misses, 12)
    if (misses >= 2) setSlot(slot, from, p, offset)
  } else if (load<u32>(node, 16) < load<u32>(node, 20)) {
    setSlot(slot, from, p, offset)
    store<u32>(node, load<u32>(node, 16) + 1, 16)
  } else memberSlot = slot
  return p
}

/** A value that is not one of the commonest; returns the address behind it, or 0. */
function otherValue(child: usize, p: usize, c: u32, row: u32): usize {
  if (c == 0x6e && load<u32>(p) == 0x6c6c756e) {
    store<u32>(child, stampSeen, 20)
    return p + 4
  }
  const next = columnValue(child, load<u32>(child, 8), p, c, row)
  if (next != 0) {
    store<u32>(child, stampSeen | 1, 20)
    const validity = load<u32>(child, 40)
    if (validity != 0) store<u8>(validity + row, 1)
    return next
  }
  if (err < 0) return 0
  // An error of an inner object keeps the inner column.
  if (errChild == 0) errChild = child
  if ((flags & 64) == 0 || (err != ERR_TYPE && err != ERR_RANGE && err != ERR_TIME)) return 0
  forgive()
  errChild = 0
  forget(child, row)
  store<u32>(child, stampSeen, 20)
  return skipOther(p, c)
}

/** A value that `plainMembers` left, into the column of the child at offset `offset`; the address behind it, or 0. */
function ruledValue(offset: u32, p: usize, row: u32): usize {
  p = blanks(p)
  const c = <u32>load<u8>(p)
  if (offset == 0) return skipOther(p, c)
  const child = base + offset
  if (load<u32>(child, 8) == KIND_SKIP) {
    return c == 0x7b ? members(base + load<u32>(child, 12), p, row) : skipOther(p, c)
  }
  if (load<u32>(child, 20) >> 1 == stampSeen >> 1) forget(child, row)
  return otherValue(child, p, c, row)
}

/** The wanted members of the object at `p` (its brace) into row `row`; returns the address behind it, or 0. */
function members(node: usize, p: usize, row: u32): usize {
  const plan = base
  const stamp = stampSeen
  const brace = p
  let slot = plan + load<u32>(node, 12)
  let next = MEMBER
  while (true) {
    p = plainMembers(plan, slot, p, next, row, stamp)
    slot = stoppedSlot
    if (stopped == STOP_END) break
    if (stopped == STOP_MEMBER) {
      p = nextMember(node, slot, p, p == brace)
      if (p == 0) return 0
      if (memberEnd) break
      next = memberChild
      slot = memberSlot
    } else {
      p = ruledValue(stoppedChild, p, row)
      if (p == 0) return 0
      next = MEMBER
    }
  }
  const required = load<u32>(node, 8)
  let child = plan + load<u32>(node, 4)
  if (flags & 32) {
    const count = load<u32>(node)
    for (let i: u32 = 0; i < count; i++) {
      const here = child + <usize>i * CHILD
      if (load<u32>(here, 20) >> 1 != stamp >> 1 && load<u32>(here, 8) != KIND_SKIP) {
        errChild = here
        return fail(ERR_MISSING, p)
      }
    }
  }
  for (let i: u32 = 0; i < required; i++) {
    if (load<u32>(child, 20) != (stamp | 1)) {
      errChild = child
      return fail(ERR_NULL, p)
    }
    child += CHILD
  }
  return p
}

function clearRow(row: u32): void {
  let column = base + load<u32>(base, 64)
  const end = column + (<usize>load<u32>(base, 68) << 2)
  for (; column < end; column += 4) store<u8>(load<u32>(column) + row, 0)
}

/** Decodes lines; see the head of this file. The byte before `end` is a newline. Returns why it stopped. */
export function json_decode(at: usize): i32 {
  base = at
  flags = load<u32>(at, 48)
  const end = <usize>load<u32>(at, 4)
  const maxRows = load<u32>(at, 12)
  const root = at + load<u32>(at, 56)
  const maxLine = <usize>load<u32>(at, 52)
  const starts = <usize>load<u32>(at, 76)
  let row = load<u32>(at, 8)
  let p = <usize>load<u32>(at)
  let serial = load<u32>(at, 60)
  // Room that one record may need at most, kept free so that a record never stops half way.
  const spare = load<u32>(at, 68) * 2
  let status = STATUS_END
  while (p < end) {
    if (row == maxRows) {
      status = STATUS_ROWS
      break
    }
    if (load<u32>(at, 40) == load<u32>(at, 44)) {
      status = STATUS_DEAD
      break
    }
    const fixups = load<u32>(at, 28)
    if (fixups + spare > load<u32>(at, 32)) {
      status = STATUS_FIXUPS
      break
    }
    line = p
    let q = load<u8>(p) == 0x7b ? p : blanks(p)
    let c = <u32>load<u8>(q)
    if (c == 0x0a) {
      p = q + 1
      continue
    }
    const arena = load<u32>(at, 16)
    forgive()
    errChild = 0
    serial++
    stampSeen = serial << 1
    if (c != 0x7b) {
      q = skipOther(q, c)
      if (q != 0) fail(ERR_TYPE, line)
    } else {
      q = members(root, q, row)
      if (q != 0) {
        if (load<u8>(q) != 0x0a) {
          q = blanks(q)
          if (load<u8>(q) != 0x0a) fail(ERR_SYNTAX, q)
        }
        if (err == 0 && q - line > maxLine) fail(ERR_LONG, line)
      }
    }
    if (err == 0) {
      store<u32>(starts + (<usize>row << 2), <u32>line)
      row++
      p = q + 1
      continue
    }
    clearRow(row)
    store<u32>(at, fixups, 28)
    store<u32>(at, arena, 16)
    const stop = findNewline(err < 0 || errAt < line ? line : errAt)
    if (err < 0) {
      store<u32>(at, <u32>(stop - line), 72)
      status = -err
      break
    }
    const dead = <usize>load<u32>(at, 36) + <usize>load<u32>(at, 40) * 24
    store<u32>(dead, <u32>line)
    store<u32>(dead, <u32>(stop - line), 4)
    store<u32>(dead, stop - line > maxLine ? ERR_LONG : err, 8)
    store<u32>(dead, <u32>(errAt - line), 12)
    store<u32>(dead, errChild == 0 ? 0xffffffff : <u32>(errChild - base), 16)
    store<u32>(at, load<u32>(at, 40) + 1, 40)
    p = stop + 1
  }
  store<u32>(at, <u32>p)
  store<u32>(at, row, 8)
  store<u32>(at, serial, 60)
  return status
}
