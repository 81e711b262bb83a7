// Rows of a multimap that are not in its index. Not kernels.
//
// A row enters the index when a search may meet it. Until then it lies in its page like any other, with UNLINKED for a
// link: rows that are never asked for, or end before, cost no index. A search looks at the hashes of all rows that are
// not in the index and links those that its own hashes may mean, rows of one key all at once, so that the rows of a key
// stand in insertion order. Where there are more keys than such rows all are linked; and where the same rows are looked at
// again and again, all that are yet to come as well, as they come.

import { blockStarts, touch } from './hash-index'
import { chunk_alloc, chunk_mark, chunk_release, chunk_zeroed } from './heap'
import { link } from './ring'
import { ADDRESS, FIRST_UNLINKED, FRESH, pageAt, pagesInOrder, recordOf, SCANNED, sortLive, UNLINKED_HERE } from './slots'
import {
  get, HASH, INSERTED, LINKS_AT_ONCE, NEXT, PAGE_COUNT, PAGE_SHIFT, rowAddress, set, STRIDE, UNLINKED, UNLINKED_ROWS,
} from './table-fields'

/** Times that a row is looked at before it enters the index. */
const SCANS: u32 = 2
/** Bits a searched key of the filter that rows pass first. */
const FILTER_BITS: u32 = 16
const SPREAD: u32 = 0x9e3779b1

/** Counts a row that has just been made. */
@inline
export function addUnlinked(table: usize, slot: u32): void {
  const shift = get(table, PAGE_SHIFT)
  const record = recordOf(table, (slot >> shift) + 1)
  const place = slot & ((1 << shift) - 1)
  const rows = load<u32>(record, UNLINKED_HERE)
  if (rows == 0 || place < load<u32>(record, FIRST_UNLINKED)) store<u32>(record, place, FIRST_UNLINKED)
  store<u32>(record, rows + 1, UNLINKED_HERE)
  set(table, UNLINKED_ROWS, get(table, UNLINKED_ROWS) + 1)
}

/** The same for rows that lie one behind the other in a page, and their links. */
export function addUnlinkedRun(table: usize, first: u32, rows: u32): void {
  const shift = get(table, PAGE_SHIFT)
  const record = recordOf(table, (first >> shift) + 1)
  const place = first & ((1 << shift) - 1)
  const before = load<u32>(record, UNLINKED_HERE)
  if (before == 0) store<u32>(record, place, FIRST_UNLINKED)
  store<u32>(record, before + rows, UNLINKED_HERE)
  set(table, UNLINKED_ROWS, get(table, UNLINKED_ROWS) + rows)
  const stride = <usize>get(table, STRIDE)
  let row = rowAddress(table, first)
  for (let i: u32 = 0; i < rows; i++) {
    store<u32>(row, UNLINKED, NEXT)
    row += stride
  }
}

/** A row that goes, or enters the index; it takes its share of the looks at its page along. */
@inline
export function endUnlinked(table: usize, slot: u32): void {
  const record = recordOf(table, (slot >> get(table, PAGE_SHIFT)) + 1)
  const rows = load<u32>(record, UNLINKED_HERE)
  const scanned = load<u32>(record, SCANNED)
  if (scanned != 0) store<u32>(record, scanned - scanned / rows, SCANNED)
  store<u32>(record, rows - 1, UNLINKED_HERE)
  set(table, UNLINKED_ROWS, get(table, UNLINKED_ROWS) - 1)
}

@inline
function bitOf(hash: u32, shift: u32): u32 {
  return (hash * SPREAD) >> shift
}

/** Links the rows that keys of these hashes (u32 each) may mean. */
export function linkSearched(table: usize, hashes: usize, count: usize): void {
  const unlinked = get(table, UNLINKED_ROWS)
  if (unlinked == 0 || count == 0) return
  const mark = chunk_mark()
  const found = chunk_alloc(<usize>unlinked << 2)
  const often = scannedOften(table)
  if (often) set(table, LINKS_AT_ONCE, 1)
  if (often || count >= <usize>unlinked) {
    linkAll(table, found, collect(table, 0, 0, found))
  } else {
    const bits: u32 = 32 - clz<u32>(max<u32>(<u32>count, 32) * FILTER_BITS - 1)
    const shift: u32 = 32 - bits
    const filter = chunk_zeroed(<usize>1 << (bits - 3))
    for (let i: usize = 0; i < count; i++) {
      const bit = bitOf(load<u32>(hashes + (i << 2)), shift)
      const at = filter + <usize>(bit >> 3)
      store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(bit & 7)))
    }
    linkAll(table, found, collect(table, filter, shift, found))
  }
  chunk_release(mark)
}

function scannedOften(table: usize): bool {
  const pages = get(table, PAGE_COUNT)
  for (let page: u32 = 1; page <= pages; page++) {
    const record = recordOf(table, page)
    const rows = load<u32>(record, UNLINKED_HERE)
    if (rows != 0 && load<u32>(record, SCANNED) / rows >= SCANS) return true
  }
  return false
}

/** The rows that pass the filter (0: all), in insertion order. Returns their number. */
function collect(table: usize, filter: usize, shift: u32, out: usize): usize {
  const pages = get(table, PAGE_COUNT)
  const pageShift = get(table, PAGE_SHIFT)
  const stride = <usize>get(table, STRIDE)
  const order = pagesInOrder(table)
  let count: usize = 0
  for (let n: u32 = 0; n < pages; n++) {
    const page = pageAt(order, n)
    const record = recordOf(table, page)
    const rows = load<u32>(record, UNLINKED_HERE)
    if (rows == 0) continue
    store<u32>(record, load<u32>(record, SCANNED) + rows, SCANNED)
    const begin = (page - 1) << pageShift
    const first = load<u32>(record, FIRST_UNLINKED)
    const end = begin + load<u32>(record, FRESH)
    let row = <usize>load<u32>(record, ADDRESS) + <usize>first * stride
    for (let slot = begin + first; slot < end; slot++) {
      if (load<u32>(row, NEXT) == UNLINKED && load<u32>(row, INSERTED) != 0) {
        const bit = filter == 0 ? 0 : bitOf(load<u32>(row, HASH), shift)
        if (filter == 0 || (<u32>load<u8>(filter + <usize>(bit >> 3)) & (<u32>1 << (bit & 7))) != 0) {
          store<u32>(out + (count << 2), slot)
          count++
        }
      }
      row += stride
    }
  }
  sortLive(table, out, count)
  return count
}

function linkAll(table: usize, slots: usize, count: usize): void {
  const hashes = chunk_alloc(count << 2)
  for (let i: usize = 0; i < count; i++) {
    store<u32>(hashes + (i << 2), load<u32>(rowAddress(table, load<u32>(slots + (i << 2))), HASH))
  }
  for (let i: usize = 0; i < count; i++) endUnlinked(table, load<u32>(slots + (i << 2)))
  linkRows(table, slots, hashes, count)
}

/** Rows into the index, one after the other. `hashes`: u32 a row. */
export function linkRows(table: usize, slots: usize, hashes: usize, count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    if (blockStarts(i)) touch(table, hashes, i, count)
    link(table, load<u32>(slots + (i << 2)))
  }
}
