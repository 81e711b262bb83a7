// Slots of a state table: the pages that its rows lie in. Not kernels.
//
// A row has a fixed stride: u32 hash of its key, u32 insertion sequence (0: the slot is free, the hash is then the next
// free slot of the page, plus 1), in multimaps two links; then the values, then a byte a field (1: not NULL). The value
// under a NULL is 0. A page holds a power of two of rows; only the first, while it is the only one, is smaller and moves
// when it grows. Pages with room are in a list, the one that has been in it longest is filled first; a page whose rows are
// all gone is freed, unless it is the last.
//
// Where rows have a payload, no place is used again before its page is empty. A page in which few rows are left is not
// filled any more, and not grown; those of small tables are small.

import { chunk_alloc } from './heap'
import { dropPayload } from './payload'
import { dropTextCache } from './payload-texts'
import {
  ABSENT_PAGE, EXPECTED, get, give, HASH, hasPayload, INSERTED, LINKS_AT_ONCE, OPEN_FIRST, OPEN_LAST, PAGE_CAPACITY, PAGE_COUNT, PAGE_SHIFT, PAGES,
  PAGES_PRESENT, RECORD_BITS, REUSED, rowAddress, ROWS, SEQUENCE, set, SLOTS_GIVEN, STRIDE, take, UNLINKED_ROWS,
} from './table-fields'

/** Fields of a page's record. Page numbers in it are plus 1, 0 is none. */
export const ADDRESS: usize = 0
const LIVE: usize = 4
const FREE: usize = 8
export const FRESH: usize = 12
export const CAPACITY: usize = 16
const NEXT_OPEN: usize = 20
const PREVIOUS_OPEN: usize = 24
const IS_OPEN: usize = 28
/** Multimaps: rows that are not in the index, and how many of them searches have looked at so far, over all searches. */
export const UNLINKED_HERE: usize = 32
export const SCANNED: usize = 36
/** Where the first of them may be. */
export const FIRST_UNLINKED: usize = 40
// 44: PAYLOAD, see payload.ts.
/** With a payload: the table's sequence when the page was made, or that of its first row: pages in order have rows in order. */
const BORN: usize = 48

const FIRST_SLOTS: u32 = 8
const LATER_SLOTS: u32 = 2048
const MOST_GONE: u32 = 1024
/** In REUSED: rows of other places have the numbers of their old ones. */
const MOVED: u32 = 2

@inline
export function recordOf(table: usize, page: u32): usize {
  return <usize>get(table, PAGES) + (<usize>(page - 1) << RECORD_BITS)
}

@inline
function slotsPerPage(table: usize): u32 {
  return <u32>1 << get(table, PAGE_SHIFT)
}

/** Puts a page at the end of the pages with room. */
function open(table: usize, page: u32): void {
  const record = recordOf(table, page)
  const last = get(table, OPEN_LAST)
  store<u32>(record, 1, IS_OPEN)
  store<u32>(record, 0, NEXT_OPEN)
  store<u32>(record, last, PREVIOUS_OPEN)
  if (last != 0) store<u32>(recordOf(table, last), page, NEXT_OPEN)
  else set(table, OPEN_FIRST, page)
  set(table, OPEN_LAST, page)
}

function close(table: usize, page: u32): void {
  const record = recordOf(table, page)
  const next = load<u32>(record, NEXT_OPEN)
  const previous = load<u32>(record, PREVIOUS_OPEN)
  store<u32>(record, 0, IS_OPEN)
  if (next != 0) store<u32>(recordOf(table, next), previous, PREVIOUS_OPEN)
  else set(table, OPEN_LAST, previous)
  if (previous != 0) store<u32>(recordOf(table, previous), next, NEXT_OPEN)
  else set(table, OPEN_FIRST, next)
}

/** Makes room when no page has any: the only page grows, or there is one more. Returns the page. */
function addRoom(table: usize): u32 {
  const perPage = slotsPerPage(table)
  const stride = <usize>get(table, STRIDE)
  const count = get(table, PAGE_COUNT)
  if (count == 1) {
    const record = recordOf(table, 1)
    const capacity = load<u32>(record, CAPACITY)
    if (capacity < perPage && (!hasPayload(table) || load<u32>(record, LIVE) << 1 > load<u32>(record, FRESH))) {
      const larger = min(capacity << 1, perPage)
      const page = take(table, <usize>larger * stride)
      memory.copy(page, <usize>load<u32>(record, ADDRESS), <usize>capacity * stride)
      give(table, <usize>load<u32>(record, ADDRESS), <usize>capacity * stride)
      store<u32>(record, <u32>page, ADDRESS)
      store<u32>(record, larger, CAPACITY)
      open(table, 1)
      return 1
    }
  }
  let page = get(table, ABSENT_PAGE)
  if (page != 0) {
    set(table, ABSENT_PAGE, load<u32>(recordOf(table, page), NEXT_OPEN))
  } else {
    if (count == get(table, PAGE_CAPACITY)) growRecords(table)
    page = count + 1
    set(table, PAGE_COUNT, page)
  }
  const capacity = count == 0 ? firstCapacity(table, perPage) : laterCapacity(table, perPage)
  const record = recordOf(table, page)
  memory.fill(record, 0, 1 << RECORD_BITS)
  store<u32>(record, <u32>take(table, <usize>capacity * stride), ADDRESS)
  store<u32>(record, capacity, CAPACITY)
  store<u32>(record, get(table, SEQUENCE), BORN)
  set(table, PAGES_PRESENT, get(table, PAGES_PRESENT) + 1)
  open(table, page)
  return page
}

function firstCapacity(table: usize, perPage: u32): u32 {
  let capacity = FIRST_SLOTS
  const expected = get(table, EXPECTED)
  while (capacity < expected && capacity < perPage) capacity <<= 1
  return min(capacity, perPage)
}

/** As rows of a page with a payload make no room when they go, pages of a small table are small: twice its rows. */
function laterCapacity(table: usize, perPage: u32): u32 {
  if (!hasPayload(table)) return perPage
  let capacity = LATER_SLOTS
  while (capacity >> 1 < get(table, ROWS) && capacity < perPage) capacity <<= 1
  return min(capacity, perPage)
}

function growRecords(table: usize): void {
  const count = get(table, PAGE_CAPACITY)
  const larger: u32 = count == 0 ? 2 : count << 1
  const records = take(table, <usize>larger << RECORD_BITS)
  if (count != 0) {
    const old = <usize>get(table, PAGES)
    memory.copy(records, old, <usize>count << RECORD_BITS)
    give(table, old, <usize>count << RECORD_BITS)
  }
  set(table, PAGES, <u32>records)
  set(table, PAGE_CAPACITY, larger)
}

/** A zeroed row with its hash and sequence; returns the slot. */
export function newRow(table: usize, hash: u32): u32 {
  const sequence = nextSequence(table, 1)
  let page = get(table, OPEN_FIRST)
  if (page == 0) page = addRoom(table)
  const record = recordOf(table, page)
  const first = (page - 1) << get(table, PAGE_SHIFT)
  const free = load<u32>(record, FREE)
  let fresh = load<u32>(record, FRESH)
  const place = free != 0 ? free - 1 : fresh
  const row = <usize>load<u32>(record, ADDRESS) + <usize>place * <usize>get(table, STRIDE)
  if (free != 0) store<u32>(record, load<u32>(row, HASH), FREE)
  else store<u32>(record, ++fresh, FRESH)
  if (load<u32>(record, FREE) == 0 && fresh == load<u32>(record, CAPACITY)) close(table, page)
  store<u32>(record, load<u32>(record, LIVE) + 1, LIVE)
  const slot = first + place
  // Slots rise with insertion until one is used again.
  if (slot < get(table, SLOTS_GIVEN)) set(table, REUSED, get(table, REUSED) | 1)
  else set(table, SLOTS_GIVEN, slot + 1)
  // Rows are whole words; a fill would be a call.
  const rowEnd = row + <usize>get(table, STRIDE)
  for (let word = row; word < rowEnd; word += 8) store<u64>(word, 0)
  store<u32>(row, hash, HASH)
  store<u32>(row, sequence, INSERTED)
  set(table, ROWS, get(table, ROWS) + 1)
  return slot
}

/** Rows one behind the other, as `newRow` makes them, where no place is used again. `hashes`: u32 a row. */
export function newRows(table: usize, hashes: usize, rows: usize, slots: usize): void {
  const stride = <usize>get(table, STRIDE)
  let from: usize = 0
  while (from < rows) {
    let page = get(table, OPEN_FIRST)
    if (page == 0) page = addRoom(table)
    const record = recordOf(table, page)
    const place = load<u32>(record, FRESH)
    const count = min(<u32>(rows - from), load<u32>(record, CAPACITY) - place)
    let sequence = nextSequence(table, count)
    if (place == 0) store<u32>(record, sequence, BORN)
    let slot = ((page - 1) << get(table, PAGE_SHIFT)) + place
    if (slot < get(table, SLOTS_GIVEN)) set(table, REUSED, get(table, REUSED) | 1)
    else set(table, SLOTS_GIVEN, slot + count)
    let row = <usize>load<u32>(record, ADDRESS) + <usize>place * stride
    const end = from + <usize>count
    for (; from < end; from++) {
      store<u32>(row, load<u32>(hashes + (from << 2)), HASH)
      store<u32>(row, sequence++, INSERTED)
      const rowEnd = row + stride
      for (row += 8; row < rowEnd; row += 4) store<u32>(row, 0)
      store<u32>(slots + (from << 2), slot++)
    }
    store<u32>(record, place + count, FRESH)
    if (place + count == load<u32>(record, CAPACITY)) close(table, page)
    store<u32>(record, load<u32>(record, LIVE) + count, LIVE)
    set(table, ROWS, get(table, ROWS) + count)
  }
}

/** Numbers for some rows. They number the rows by insertion; when they run out, the rows that live are numbered anew. */
function nextSequence(table: usize, count: u32): u32 {
  let sequence = get(table, SEQUENCE)
  if (0xffffffff - sequence < count) {
    const rows = get(table, ROWS)
    const slots = chunk_alloc(<usize>rows << 2)
    liveSlots(table, slots)
    for (let i = rows; i > 0; i--) {
      const slot = load<u32>(slots + (<usize>(i - 1) << 2))
      store<u32>(rowAddress(table, slot), i, INSERTED)
      store<u32>(recordOf(table, (slot >> get(table, PAGE_SHIFT)) + 1), i, BORN)
    }
    sequence = rows + 1
  }
  set(table, SEQUENCE, sequence + count)
  return sequence
}

/** Frees a slot; what the row refers to is freed before. */
export function freeSlot(table: usize, slot: u32): void {
  const shift = get(table, PAGE_SHIFT)
  const page = (slot >> shift) + 1
  const place = slot & ((1 << shift) - 1)
  const record = recordOf(table, page)
  const address = <usize>load<u32>(record, ADDRESS)
  const stride = <usize>get(table, STRIDE)
  const row = address + <usize>place * stride
  const rows = get(table, ROWS) - 1
  const live = load<u32>(record, LIVE) - 1
  set(table, ROWS, rows)
  store<u32>(record, live, LIVE)
  if (live == 0 && get(table, PAGES_PRESENT) > 1) {
    if (load<u32>(record, IS_OPEN) != 0) close(table, page)
    dropPayload(table, record)
    give(table, address, <usize>load<u32>(record, CAPACITY) * stride)
    store<u32>(record, 0, ADDRESS)
    store<u32>(record, get(table, ABSENT_PAGE), NEXT_OPEN)
    set(table, ABSENT_PAGE, page)
    set(table, PAGES_PRESENT, get(table, PAGES_PRESENT) - 1)
    return
  }
  store<u32>(row, 0, INSERTED)
  if (!hasPayload(table)) {
    store<u32>(row, load<u32>(record, FREE), HASH)
    store<u32>(record, place + 1, FREE)
    if (load<u32>(record, IS_OPEN) == 0) open(table, page)
  }
  if (rows != 0) return
  dropPayload(table, record)
  if (load<u32>(record, IS_OPEN) == 0) open(table, page)
  // An empty table starts from the beginning of the page that is left.
  store<u32>(record, 0, FREE)
  store<u32>(record, 0, FRESH)
  store<u32>(record, 0, SCANNED)
  store<u32>(record, 1, BORN)
  set(table, SLOTS_GIVEN, 0)
  set(table, REUSED, 0)
  set(table, SEQUENCE, 1)
}

/**
 * A page, or 0, in which few of the rows are left: of the places used three quarters and a thousand. Nothing is added to it
 * any more: its rows are to be moved.
 */
export function sparsePage(table: usize): u32 {
  const count = get(table, PAGE_COUNT)
  for (let page: u32 = 1; page <= count; page++) {
    const record = recordOf(table, page)
    if (load<u32>(record, ADDRESS) == 0) continue
    const live = load<u32>(record, LIVE)
    const gone = load<u32>(record, FRESH) - live
    if (live == 0 || gone < MOST_GONE || gone < live * 3) continue
    if (load<u32>(record, IS_OPEN) != 0) close(table, page)
    return page
  }
  return 0
}

/** Slots in use in a page, in order. Returns their number. */
export function pageSlots(table: usize, page: u32, out: usize): u32 {
  const record = recordOf(table, page)
  const stride = <usize>get(table, STRIDE)
  const first = (page - 1) << get(table, PAGE_SHIFT)
  const end = first + load<u32>(record, FRESH)
  let row = <usize>load<u32>(record, ADDRESS)
  let rows: u32 = 0
  for (let slot = first; slot < end; slot++) {
    if (load<u32>(row, INSERTED) != 0) {
      store<u32>(out + (<usize>rows << 2), slot)
      rows++
    }
    row += stride
  }
  return rows
}

/** New rows that are the rows of other slots, which go: they keep their place in the order of insertion. */
export function moveSequence(table: usize, from: usize, to: usize, rows: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const row = rowAddress(table, load<u32>(from + (i << 2)))
    store<u32>(rowAddress(table, load<u32>(to + (i << 2))), load<u32>(row, INSERTED), INSERTED)
  }
  set(table, REUSED, get(table, REUSED) | MOVED)
}

/** Rows, each once, that stand behind all others in the order of insertion from now on. */
export function renewSequence(table: usize, slots: usize, rows: usize): void {
  let sequence = nextSequence(table, <u32>rows)
  for (let i: usize = 0; i < rows; i++) {
    store<u32>(rowAddress(table, load<u32>(slots + (i << 2))), sequence++, INSERTED)
  }
  set(table, REUSED, get(table, REUSED) | MOVED)
}

/** Frees every page; what the rows refer to is freed before. */
export function dropRows(table: usize): void {
  const stride = <usize>get(table, STRIDE)
  const count = get(table, PAGE_COUNT)
  for (let page: u32 = 1; page <= count; page++) {
    const record = recordOf(table, page)
    const address = <usize>load<u32>(record, ADDRESS)
    if (address == 0) continue
    dropPayload(table, record)
    give(table, address, <usize>load<u32>(record, CAPACITY) * stride)
  }
  dropTextCache(table)
  if (get(table, PAGE_CAPACITY) != 0) {
    give(table, <usize>get(table, PAGES), <usize>get(table, PAGE_CAPACITY) << RECORD_BITS)
  }
  set(table, PAGES, 0)
  set(table, PAGE_COUNT, 0)
  set(table, PAGE_CAPACITY, 0)
  set(table, PAGES_PRESENT, 0)
  set(table, OPEN_FIRST, 0)
  set(table, OPEN_LAST, 0)
  set(table, ABSENT_PAGE, 0)
  set(table, SLOTS_GIVEN, 0)
  set(table, REUSED, 0)
  set(table, ROWS, 0)
  set(table, UNLINKED_ROWS, 0)
  set(table, LINKS_AT_ONCE, 0)
  set(table, SEQUENCE, 1)
}

/** Slots in use, in insertion order. Returns their number. */
export function liveSlots(table: usize, out: usize): u32 {
  const count = get(table, PAGE_COUNT)
  const order = pagesInOrder(table)
  let rows: usize = 0
  for (let n: u32 = 0; n < count; n++) {
    const page = pageAt(order, n)
    if (load<u32>(recordOf(table, page), ADDRESS) != 0) rows += <usize>pageSlots(table, page, out + (rows << 2))
  }
  sortLive(table, out, rows)
  return <u32>rows
}

/** The numbers of all pages so that their rows stand in insertion order, where that is possible; 0: as they are numbered. */
export function pagesInOrder(table: usize): usize {
  if (!hasPayload(table) || get(table, REUSED) != 1) return 0
  const count = get(table, PAGE_COUNT)
  const order = chunk_alloc(<usize>count << 2)
  for (let n: u32 = 0; n < count; n++) {
    const born = load<u32>(recordOf(table, n + 1), BORN)
    let at = n
    while (at > 0) {
      const before = load<u32>(order + (<usize>(at - 1) << 2))
      if (load<u32>(recordOf(table, before), BORN) <= born) break
      store<u32>(order + (<usize>at << 2), before)
      at--
    }
    store<u32>(order + (<usize>at << 2), n + 1)
  }
  return order
}

/** The page that is the `n`th in an order of `pagesInOrder`. */
@inline
export function pageAt(order: usize, n: u32): u32 {
  return order == 0 ? n + 1 : load<u32>(order + (<usize>n << 2))
}

/** Slots from pages in their order: sorted by insertion where they may not be. */
export function sortLive(table: usize, slots: usize, rows: usize): void {
  const reused = get(table, REUSED)
  if ((reused & MOVED) != 0 || (reused != 0 && !hasPayload(table))) sortBySequence(table, slots, rows)
}

/** Radix sort by the rows' sequence, a byte a pass, skipping bytes that are all alike. */
function sortBySequence(table: usize, slots: usize, rows: usize): void {
  let from = chunk_alloc(rows << 3)
  let to = chunk_alloc(rows << 3)
  const counts = chunk_alloc(256 << 2)
  for (let i: usize = 0; i < rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    store<u32>(from + (i << 3), load<u32>(rowAddress(table, slot), INSERTED))
    store<u32>(from + (i << 3), slot, 4)
  }
  for (let byte: usize = 0; byte < 4; byte++) {
    memory.fill(counts, 0, 256 << 2)
    for (let i: usize = 0; i < rows; i++) {
      const at = counts + (<usize>load<u8>(from + (i << 3) + byte) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
    if (rows > 0 && <usize>load<u32>(counts + (<usize>load<u8>(from + byte) << 2)) == rows) continue
    let sum: u32 = 0
    for (let i: usize = 0; i < 256; i++) {
      const count = load<u32>(counts + (i << 2))
      store<u32>(counts + (i << 2), sum)
      sum += count
    }
    for (let i: usize = 0; i < rows; i++) {
      const at = counts + (<usize>load<u8>(from + (i << 3) + byte) << 2)
      const place = load<u32>(at)
      store<u32>(at, place + 1)
      store<u64>(to + (<usize>place << 3), load<u64>(from + (i << 3)))
    }
    const other = from
    from = to
    to = other
  }
  for (let i: usize = 0; i < rows; i++) store<u32>(slots + (i << 2), load<u32>(from + (i << 3), 4))
}
