// The payload of a multimap's rows: fields behind the others that no search compares and nothing overwrites. Not kernels.
//
// A page of rows keeps its payload column by column, written once, in the order of its places. An integer column has the
// narrowest width in which the page's values fit, as differences to a base (none at all while all values are alike);
// other numbers have their own width. Of a text lies a reference into the page's texts (payload-texts.ts). There are
// bytes of validity only where there is a NULL. All columns of a page lie in one block, which is made anew when one of
// them needs more; as a base is chosen with room on both sides, and widths are at first those that the page before came to
// need, that is rare. Places of rows that are gone are not used again: a page and its payload go with its last row.

import { columnData, columnValidity } from './column'
import { chunk_alloc, chunk_mark, chunk_release } from './heap'
import { dropTexts, readText, startTexts, storeTexts } from './payload-texts'
import { copyValue, zeroValue } from './rows'
import {
  FIELD_COUNT, fieldAt, fieldPhysical, get, give, LAST_PAYLOAD, NO_SLOT, PAGE_SHIFT, PAGES, PAYLOAD_COUNT, RECORD_BITS, set, take,
} from './table-fields'
import { equalValues, I32, I64, VIEW, widthBits } from './value'

/** Of a page's record: the address of its payload, 0 for none. */
export const PAYLOAD: usize = 44

/** A page's payload: the block of its columns and the rows for which that has room, texts, then a record a column. */
const BLOCK: usize = 0
const BLOCK_BYTES: usize = 4
const BLOCK_ROWS: usize = 8
const TEXTS: usize = 16
const PAYLOAD_HEAD: usize = 32

/** A column of a page. Width in bytes, 0 while an integer column is its base; the lowest and highest integer in it. */
const DATA: usize = 0
const VALIDITY: usize = 4
const BASE: usize = 8
const LOW: usize = 16
const HIGH: usize = 24
const WIDTH: usize = 32
/** The least width of an integer column: what the page before came to need. */
const LEAST: usize = 44
/** For payload-texts.ts. */
const REPEATS: usize = 36
const COLUMN_BYTES: usize = 48

/** Texts that are gathered together. */
const BLOCK_TEXTS: usize = 128

/** What a column is to be: width, base, and whether it has validity. */
const PLAN_BYTES: usize = 16

@inline
function payloadBytes(table: usize): usize {
  return PAYLOAD_HEAD + <usize>get(table, PAYLOAD_COUNT) * COLUMN_BYTES
}

@inline
function physicalOf(table: usize, column: usize): u32 {
  return fieldPhysical(fieldAt(table, <usize>get(table, FIELD_COUNT) + column))
}

@inline
function isInteger(physical: u32): bool {
  return physical == I64 || physical == I32
}

@inline
function columnOf(payload: usize, column: usize): usize {
  return payload + PAYLOAD_HEAD + column * COLUMN_BYTES
}

/** The bytes of a value that is not kept as a difference. */
@inline
function plainWidth(physical: u32): u32 {
  return physical >= VIEW ? 4 : <u32>1 << <u32>widthBits(physical)
}

@inline
function largestIn(width: u32): u64 {
  return width == 8 ? u64.MAX_VALUE : (<u64>1 << (<u64>width << 3)) - 1
}

function newPayload(table: usize): usize {
  const bytes = payloadBytes(table)
  const payload = take(table, bytes)
  memory.fill(payload, 0, bytes)
  const count = <usize>get(table, PAYLOAD_COUNT)
  const before = <usize>get(table, LAST_PAYLOAD)
  for (let c: usize = 0; c < count; c++) {
    const column = columnOf(payload, c)
    const physical = physicalOf(table, c)
    if (before != 0 && isInteger(physical)) store<u32>(column, widthNeeded(columnOf(before, c)), LEAST)
    store<i64>(column, i64.MAX_VALUE, LOW)
    store<i64>(column, i64.MIN_VALUE, HIGH)
    store<u32>(column, isInteger(physical) ? 0 : plainWidth(physical), WIDTH)
  }
  startTexts(table)
  set(table, LAST_PAYLOAD, <u32>payload)
  return payload
}

/** Frees the payload of a page. */
export function dropPayload(table: usize, record: usize): void {
  const payload = <usize>load<u32>(record, PAYLOAD)
  if (payload == 0) return
  if (get(table, LAST_PAYLOAD) == <u32>payload) set(table, LAST_PAYLOAD, 0)
  dropBlock(table, payload)
  dropTexts(table, payload + TEXTS)
  give(table, payload, payloadBytes(table))
  store<u32>(record, 0, PAYLOAD)
}

function dropBlock(table: usize, payload: usize): void {
  const bytes = <usize>load<u32>(payload, BLOCK_BYTES)
  if (bytes != 0) give(table, <usize>load<u32>(payload, BLOCK), bytes)
}

/** Stores rows `from` to `from + rows` of the columns of a batch into places of a page that have no payload yet. */
export function storePayload(
  table: usize,
  record: usize,
  capacity: u32,
  place: usize,
  columns: usize,
  from: usize,
  rows: usize,
): void {
  if (load<u32>(record, PAYLOAD) == 0) store<u32>(record, <u32>newPayload(table), PAYLOAD)
  const payload = <usize>load<u32>(record, PAYLOAD)
  const first = <usize>get(table, FIELD_COUNT)
  const count = <usize>get(table, PAYLOAD_COUNT)
  const mark = chunk_mark()
  const plans = chunk_alloc(count * PLAN_BYTES)
  let changed = load<u32>(payload, BLOCK_ROWS) < capacity
  for (let c: usize = 0; c < count; c++) {
    const plan = plans + c * PLAN_BYTES
    if (planColumn(columnOf(payload, c), physicalOf(table, c), columns, first + c, from, rows, plan)) changed = true
  }
  if (changed) layOut(table, payload, plans, capacity, place)
  chunk_release(mark)
  for (let c: usize = 0; c < count; c++) {
    const column = columnOf(payload, c)
    const physical = physicalOf(table, c)
    const data = columnData(columns, first + c)
    const validity = columnValidity(columns, first + c)
    if (physical >= VIEW) {
      const present: usize = validity == 0 ? 0 : validity + from
      const out = <usize>load<u32>(column, DATA) + (place << 2)
      storeTexts(table, payload + TEXTS, column + REPEATS, data + (from << 4), present, rows, out)
    } else if (isInteger(physical)) storeIntegers(column, physical, data, place, from, rows)
    else {
      const width = <usize>load<u32>(column, WIDTH)
      memory.copy(<usize>load<u32>(column, DATA) + place * width, data + from * width, rows * width)
    }
    const own = <usize>load<u32>(column, VALIDITY)
    if (own == 0) continue
    if (validity == 0) memory.fill(own + place, 1, rows)
    else memory.copy(own + place, validity + from, rows)
  }
}

/** What a column must be to hold these rows as well. Whether that is other than what it is. */
function planColumn(
  column: usize,
  physical: u32,
  columns: usize,
  index: usize,
  from: usize,
  rows: usize,
  plan: usize,
): bool {
  const validity = columnValidity(columns, index)
  let hasNulls = load<u32>(column, VALIDITY) != 0
  let changed = false
  if (!hasNulls && validity != 0) {
    for (let i = from; i < from + rows && !hasNulls; i++) hasNulls = load<u8>(validity + i) == 0
    changed = hasNulls
  }
  const width = load<u32>(column, WIDTH)
  const base = load<i64>(column, BASE)
  store<u32>(plan, width)
  store<u32>(plan, hasNulls ? 1 : 0, 4)
  store<i64>(plan, base, 8)
  if (!isInteger(physical)) return changed
  const wasEmpty = load<i64>(column, LOW) > load<i64>(column, HIGH)
  if (!extend(column, physical, columnData(columns, index), validity, from, rows)) return changed
  const low = load<i64>(column, LOW)
  const high = load<i64>(column, HIGH)
  if (width == 8) return changed
  // From the base on, which may lie behind the low end of the integers.
  const above = <u64>(high - base)
  if (!wasEmpty && <u64>(low - base) <= above && above <= largestIn(width)) return changed
  const wanted = max(widthNeeded(column), load<u32>(column, LEAST))
  store<u32>(plan, wanted)
  store<i64>(plan, wanted == 8 ? 0 : low - <i64>((largestIn(wanted) - <u64>(high - low)) >> 1), 8)
  return true
}

/** So that at least half of what it can tell apart is to spare. */
function widthNeeded(column: usize): u32 {
  const low = load<i64>(column, LOW)
  const high = load<i64>(column, HIGH)
  if (low >= high) return 0
  const range = <u64>(high - low)
  return range <= 0x7f ? 1 : range <= 0x7fff ? 2 : range <= 0x7fffffff ? 4 : 8
}

/** Takes the integers into the column's lowest and highest. Whether there are any. */
function extend(column: usize, physical: u32, data: usize, validity: usize, from: usize, rows: usize): bool {
  let low = i64.MAX_VALUE
  let high = i64.MIN_VALUE
  for (let i = from; i < from + rows; i++) {
    if (validity != 0 && load<u8>(validity + i) == 0) continue
    const value = physical == I64 ? load<i64>(data + (i << 3)) : <i64>load<i32>(data + (i << 2))
    low = min(low, value)
    high = max(high, value)
  }
  if (low > high) return false
  store<i64>(column, min(load<i64>(column, LOW), low), LOW)
  store<i64>(column, max(load<i64>(column, HIGH), high), HIGH)
  return true
}

/** The columns of a page into a new block, as they are planned. `rows` of it have their payload. */
function layOut(table: usize, payload: usize, plans: usize, capacity: u32, rows: usize): void {
  const count = <usize>get(table, PAYLOAD_COUNT)
  const room = <usize>capacity
  let bytes: usize = 0
  for (let c: usize = 0; c < count; c++) {
    const plan = plans + c * PLAN_BYTES
    bytes += aligned(room * <usize>load<u32>(plan)) + (load<u32>(plan, 4) != 0 ? aligned(room) : 0)
  }
  const block: usize = bytes == 0 ? 0 : take(table, bytes)
  let at: usize = block
  for (let c: usize = 0; c < count; c++) {
    const plan = plans + c * PLAN_BYTES
    const column = columnOf(payload, c)
    const width = load<u32>(plan)
    const base = load<i64>(plan, 8)
    const old = <usize>load<u32>(column, DATA)
    if (width == load<u32>(column, WIDTH) && base == load<i64>(column, BASE)) {
      memory.copy(at, old, rows * <usize>width)
    } else {
      for (let i: usize = 0; i < rows; i++) storeDifference(at, width, i, integerAt(column, i) - base)
    }
    store<u32>(column, <u32>at, DATA)
    store<u32>(column, width, WIDTH)
    store<i64>(column, base, BASE)
    at += aligned(room * <usize>width)
    if (load<u32>(plan, 4) == 0) continue
    const validity = <usize>load<u32>(column, VALIDITY)
    if (validity == 0) memory.fill(at, 1, rows)
    else memory.copy(at, validity, rows)
    store<u32>(column, <u32>at, VALIDITY)
    at += aligned(room)
  }
  dropBlock(table, payload)
  store<u32>(payload, <u32>block, BLOCK)
  store<u32>(payload, <u32>bytes, BLOCK_BYTES)
  store<u32>(payload, capacity, BLOCK_ROWS)
}

@inline
function aligned(bytes: usize): usize {
  return (bytes + 15) & ~15
}

@inline
function storeDifference(data: usize, width: u32, i: usize, difference: i64): void {
  if (width == 4) store<u32>(data + (i << 2), <u32>difference)
  else if (width == 2) store<u16>(data + (i << 1), <u16>difference)
  else if (width == 1) store<u8>(data + i, <u8>difference)
  else if (width == 8) store<i64>(data + (i << 3), difference)
}

@inline
function integerAt(column: usize, i: usize): i64 {
  const data = <usize>load<u32>(column, DATA)
  const base = load<i64>(column, BASE)
  switch (load<u32>(column, WIDTH)) {
    case 0:
      return base
    case 1:
      return base + <i64>load<u8>(data + i)
    case 2:
      return base + <i64>load<u16>(data + (i << 1))
    case 4:
      return base + <i64>load<u32>(data + (i << 2))
    default:
      return base + load<i64>(data + (i << 3))
  }
}

/** `width` is a constant where this is inlined. */
@inline
function storeWidth(width: u32, physical: u32, to: usize, base: i64, data: usize, from: usize, rows: usize): void {
  if (physical == I64) {
    for (let i: usize = 0; i < rows; i++) storeDifference(to, width, i, load<i64>(data + ((from + i) << 3)) - base)
  } else {
    for (let i: usize = 0; i < rows; i++) storeDifference(to, width, i, <i64>load<i32>(data + ((from + i) << 2)) - base)
  }
}

function storeIntegers(column: usize, physical: u32, data: usize, place: usize, from: usize, rows: usize): void {
  const width = load<u32>(column, WIDTH)
  const base = load<i64>(column, BASE)
  const to = <usize>load<u32>(column, DATA) + place * <usize>width
  switch (width) {
    case 0:
      return
    case 1:
      storeWidth(1, physical, to, base, data, from, rows)
      return
    case 2:
      storeWidth(2, physical, to, base, data, from, rows)
      return
    case 4:
      storeWidth(4, physical, to, base, data, from, rows)
      return
    default:
      storeWidth(8, physical, to, base, data, from, rows)
  }
}

/** The page's record of a payload column, and the value at a place of it that is not NULL. */
@inline
function columnAtSlot(table: usize, slot: u32, index: usize): usize {
  const page = <usize>get(table, PAGES) + (<usize>(slot >> get(table, PAGE_SHIFT)) << RECORD_BITS)
  return columnOf(<usize>load<u32>(page, PAYLOAD), index)
}

@inline
function readValue(physical: u32, bits: usize, column: usize, place: usize, to: usize): void {
  const data = <usize>load<u32>(column, DATA)
  if (physical == I64) store<i64>(to, integerAt(column, place))
  else if (physical >= VIEW) readText(<usize>load<u32>(data + (place << 2)), to)
  else if (physical == I32) store<i32>(to, <i32>integerAt(column, place))
  else copyValue(data + (place << bits), to, bits)
}

const compared = memory.data(32, 16)

/** Whether the payload of two rows is equal. */
export function equalPayload(table: usize, a: u32, b: u32): bool {
  const count = <usize>get(table, PAYLOAD_COUNT)
  const mask = (<u32>1 << get(table, PAGE_SHIFT)) - 1
  for (let index: usize = 0; index < count; index++) {
    const physical = physicalOf(table, index)
    const bits = widthBits(physical)
    const ofA = columnAtSlot(table, a, index)
    const ofB = columnAtSlot(table, b, index)
    const validA = <usize>load<u32>(ofA, VALIDITY)
    const validB = <usize>load<u32>(ofB, VALIDITY)
    const placeA = <usize>(a & mask)
    const placeB = <usize>(b & mask)
    const isNull = validA != 0 && load<u8>(validA + placeA) == 0
    if (isNull != (validB != 0 && load<u8>(validB + placeB) == 0)) return false
    if (isNull) continue
    readValue(physical, bits, ofA, placeA, compared)
    readValue(physical, bits, ofB, placeB, compared + 16)
    if (!equalValues(physical, compared, compared + 16)) return false
  }
  return true
}

/** One payload column of rows, its values 0 where they are NULL; slot -1 gives NULL. Returns the number of NULLs. */
export function gatherPayload(table: usize, slots: usize, rows: usize, index: usize, data: usize, validity: usize): i32 {
  const physical = physicalOf(table, index)
  if (physical == I64) return gather(I64, 3, table, slots, rows, index, data, validity)
  if (physical >= VIEW) return gatherTexts(table, slots, rows, index, data, validity)
  return gather(physical, widthBits(physical), table, slots, rows, index, data, validity)
}

/** `physical` and `bits` may be constants where this is inlined. */
@inline
function gather(
  physical: u32,
  bits: usize,
  table: usize,
  slots: usize,
  rows: usize,
  index: usize,
  data: usize,
  validity: usize,
): i32 {
  const shift = get(table, PAGE_SHIFT)
  const mask = (<u32>1 << shift) - 1
  let nulls = 0
  let lastPage: u32 = NO_SLOT
  let column: usize = 0
  let own: usize = 0
  for (let i: usize = 0; i < rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    const place = <usize>(slot & mask)
    if (slot != NO_SLOT && slot >> shift != lastPage) {
      lastPage = slot >> shift
      column = columnAtSlot(table, slot, index)
      own = <usize>load<u32>(column, VALIDITY)
    }
    const to = data + (i << bits)
    if (slot == NO_SLOT || (own != 0 && load<u8>(own + place) == 0)) {
      zeroValue(to, bits)
      store<u8>(validity + i, 0)
      nulls++
      continue
    }
    store<u8>(validity + i, 1)
    readValue(physical, bits, column, place, to)
  }
  return nulls
}

let touchedTexts: u64 = 0

/** Texts: those of a block are touched before the first is read, so that the cache misses overlap. */
function gatherTexts(table: usize, slots: usize, rows: usize, index: usize, data: usize, validity: usize): i32 {
  const mark = chunk_mark()
  const texts = chunk_alloc(BLOCK_TEXTS << 2)
  const shift = get(table, PAGE_SHIFT)
  const placeMask = (<u32>1 << shift) - 1
  let nulls = 0
  let lastPage: u32 = NO_SLOT
  let references: usize = 0
  for (let from: usize = 0; from < rows; from += BLOCK_TEXTS) {
    const count = min(BLOCK_TEXTS, rows - from)
    for (let i: usize = 0; i < count; i++) {
      const slot = load<u32>(slots + ((from + i) << 2))
      let text: u32 = 0
      if (slot != NO_SLOT) {
        if (slot >> shift != lastPage) {
          lastPage = slot >> shift
          references = <usize>load<u32>(columnAtSlot(table, slot, index), DATA)
        }
        text = load<u32>(references + (<usize>(slot & placeMask) << 2))
      }
      store<u32>(texts + (i << 2), text)
    }
    let sum = touchedTexts
    for (let i: usize = 0; i < count; i++) sum += <u64>load<u8>(<usize>load<u32>(texts + (i << 2)))
    touchedTexts = sum
    for (let i: usize = 0; i < count; i++) {
      const text = <usize>load<u32>(texts + (i << 2))
      const to = data + ((from + i) << 4)
      store<u8>(validity + from + i, text != 0 ? 1 : 0)
      if (text != 0) readText(text, to)
      else {
        zeroValue(to, 4)
        nulls++
      }
    }
  }
  chunk_release(mark)
  return nulls
}
