// Ordered tables: the rows of one key in an order. See order.ts for the trees, slots.ts for the rows.

import { columnIsNull } from './column'
import { blockStarts, findEntry, hashKeys, keyForm, touch, treeOfRow } from './hash-index'
import {
  FIELDS_ONLY, FIRST_FIELD, foundBefore, foundLeaf, foundPlace, insertOrdered, leafRows, leafSlot, matchesFound,
  nextLeaf, seek, seekRank, settle, stepBack, treeFirstLeaf, treeRows, WHOLE,
} from './order'
import { beginPairs, pairCount, pushPair } from './pairs'
import { scratchField, scratchRow, storeField, storeFields, storeRow, textColumns } from './rows'
import { newRow } from './slots'
import {
  fieldAt, get, KEY_ANY, KEY_COUNT, KEY_I64, NO_SLOT, ORDER, ORDER_COUNT, rowAddress,
} from './table-fields'

@inline
function entryFor(form: u32, table: usize, columns: usize, at: usize, hash: u32): usize {
  return form == KEY_I64
    ? findEntry(KEY_I64, table, columns, at, hash)
    : findEntry(KEY_ANY, table, columns, at, hash)
}

/** Appends rows of all fields, each into the order of its key; rows that tie stand in insertion order. */
export function ordered_insert(table: usize, columns: usize, rows: i32, slots: usize): void {
  const hashes = hashKeys(table, columns, rows)
  const form = keyForm(table, columns)
  const texts = textColumns(table, columns)
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (blockStarts(i)) touch(table, hashes, i, rows)
    const hash = load<u32>(hashes + (i << 2))
    const entry = entryFor(form, table, columns, i, hash)
    const slot = newRow(table, hash)
    const row = rowAddress(table, slot)
    storeRow(table, row, columns, texts, i)
    insertOrdered(table, entry, row, slot)
    store<u32>(slots + (i << 2), slot)
  }
}

/**
 * Ordered unique tables: the slot of each row's key and order fields (columns: keys, then the order's fields), -1 or,
 * with `insert`, a new row where there is none. `fresh` u8 a row. Returns the number inserted.
 */
export function ordered_find(table: usize, columns: usize, rows: i32, insert: i32, slots: usize, fresh: usize): i32 {
  const hashes = hashKeys(table, columns, rows)
  const form = keyForm(table, columns)
  const keys = <usize>get(table, KEY_COUNT)
  const orders = <usize>get(table, ORDER_COUNT)
  const order = <usize>get(table, ORDER)
  let inserted = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (blockStarts(i)) touch(table, hashes, i, rows)
    const hash = load<u32>(hashes + (i << 2))
    const entry = entryFor(form, table, columns, i, hash)
    let slot = NO_SLOT
    if (entry != 0) {
      const probe = scratchRow(table)
      for (let j: usize = 0; j < orders; j++) {
        scratchField(probe, fieldAt(table, <usize>load<u32>(order + (j << 3))), columns, keys + j, i)
      }
      seek(table, <usize>load<u32>(entry, 4), probe, FIELDS_ONLY, false)
      if (settle() && matchesFound(table, probe)) slot = leafSlot(foundLeaf, foundPlace)
    }
    store<u8>(fresh + i, 0)
    if (slot == NO_SLOT && insert != 0) {
      slot = newRow(table, hash)
      const row = rowAddress(table, slot)
      storeFields(table, row, columns, keys, i)
      for (let j: usize = 0; j < orders; j++) {
        storeField(table, row, fieldAt(table, <usize>load<u32>(order + (j << 3))), columns, keys + j, i)
      }
      insertOrdered(table, entry, row, slot)
      store<u8>(fresh + i, 1)
      inserted++
    }
    store<u32>(slots + (i << 2), slot)
  }
  return inserted
}

/** For `ordered_walk`: the first (or last) rows of each key, at most `limit`. `references` as `table_find` gives them. */
export function ordered_ends(
  references: usize,
  rows: i32,
  limit: u32,
  fromEnd: i32,
  leaves: usize,
  places: usize,
  counts: usize,
): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = i << 2
    const tree = <usize>load<u32>(references + at)
    if (tree == 0) {
      store<u32>(counts + at, 0)
      continue
    }
    const size = treeRows(tree)
    const count = min(size, limit)
    store<u32>(counts + at, count)
    if (count == 0) continue
    if (fromEnd != 0) {
      seekRank(tree, size - count)
      store<u32>(leaves + at, <u32>foundLeaf)
      store<u32>(places + at, foundPlace)
    } else {
      store<u32>(leaves + at, <u32>treeFirstLeaf(tree))
      store<u32>(places + at, 0)
    }
  }
}

/** The place of a bound in the order: rows before it. Without a bound, NULLs at that end are stepped over. */
function boundBefore(table: usize, tree: usize, bound: usize, at: usize, isEnd: bool): u32 {
  const order = <usize>get(table, ORDER)
  const nullsFirst = (load<u32>(order, 4) & 2) != 0
  if (bound == 0 && nullsFirst == isEnd) return isEnd ? treeRows(tree) : 0
  const probe = scratchRow(table)
  if (bound != 0) scratchField(probe, fieldAt(table, <usize>load<u32>(order)), bound, 0, at)
  seek(table, tree, probe, FIRST_FIELD, bound == 0 ? !isEnd : isEnd)
  return foundBefore
}

/**
 * For `ordered_walk`: the rows of each key whose first order field is from `lower` to `upper`, both included, each a
 * column of that field's type or 0. NULL is in no range.
 */
export function ordered_range(
  table: usize,
  references: usize,
  rows: i32,
  lower: usize,
  upper: usize,
  leaves: usize,
  places: usize,
  counts: usize,
): void {
  const descending = (load<u32>(<usize>get(table, ORDER), 4) & 1) != 0
  const first = descending ? upper : lower
  const last = descending ? lower : upper
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = i << 2
    const tree = <usize>load<u32>(references + at)
    store<u32>(counts + at, 0)
    if (tree == 0) continue
    if (first != 0 && columnIsNull(first, 0, i)) continue
    if (last != 0 && columnIsNull(last, 0, i)) continue
    const end = boundBefore(table, tree, last, i, true)
    const start = boundBefore(table, tree, first, i, false)
    if (start >= end) continue
    seekRank(tree, start)
    store<u32>(leaves + at, <u32>foundLeaf)
    store<u32>(places + at, foundPlace)
    store<u32>(counts + at, end - start)
  }
}

/** The number of rows of each key. */
export function ordered_counts(references: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const tree = <usize>load<u32>(references + (i << 2))
    store<u32>(out + (i << 2), tree == 0 ? 0 : treeRows(tree))
  }
}

/** The number of rows of the same key before each row. */
export function ordered_positions(table: usize, slots: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = rowAddress(table, load<u32>(slots + (i << 2)))
    seek(table, treeOfRow(table, row), row, WHOLE, false)
    store<u32>(out + (i << 2), foundBefore)
  }
}

/** The slot of the row at each 0-based position of a key's order, -1 where there is none. */
export function ordered_at(references: usize, positions: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const tree = <usize>load<u32>(references + (i << 2))
    const position = load<u32>(positions + (i << 2))
    let slot = NO_SLOT
    if (tree != 0 && position < treeRows(tree)) {
      seekRank(tree, position)
      slot = leafSlot(foundLeaf, foundPlace)
    }
    store<u32>(out + (i << 2), slot)
  }
}

/**
 * The slot of each key's first row, in its order, whose first order field is not before the bound (`strict`: is behind
 * it); -1 where there is none. NULL is neither before nor behind.
 */
export function ordered_from(
  table: usize,
  references: usize,
  rows: i32,
  bound: usize,
  strict: i32,
  out: usize,
): void {
  const field = fieldAt(table, <usize>load<u32>(<usize>get(table, ORDER)))
  const validAt = <usize>load<u32>(field, 8)
  for (let i: usize = 0; i < <usize>rows; i++) {
    const tree = <usize>load<u32>(references + (i << 2))
    let slot = NO_SLOT
    if (tree != 0 && !columnIsNull(bound, 0, i)) {
      const probe = scratchRow(table)
      scratchField(probe, field, bound, 0, i)
      seek(table, tree, probe, FIRST_FIELD, strict != 0)
      if (settle()) {
        const found = leafSlot(foundLeaf, foundPlace)
        if (load<u8>(rowAddress(table, found) + validAt) != 0) slot = found
      }
    }
    store<u32>(out + (i << 2), slot)
  }
}

/** The slot of the row after (or before) each row among those of its key, -1 at the end. */
export function ordered_neighbours(table: usize, slots: usize, rows: i32, backwards: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = rowAddress(table, load<u32>(slots + (i << 2)))
    seek(table, treeOfRow(table, row), row, WHOLE, backwards == 0)
    const there = backwards != 0 ? stepBack() : settle()
    store<u32>(out + (i << 2), there ? leafSlot(foundLeaf, foundPlace) : NO_SLOT)
  }
}

/** Ordered tables: pairs from a place in a leaf on, `counts` of them a probe row; the cursor as in `table_walk`. */
export function ordered_walk(leaves: usize, places: usize, counts: usize, rows: i32, cursor: usize, limit: u32): i32 {
  beginPairs(min(limit, <u32>max(rows, 64)))
  let row = load<u32>(cursor)
  while (row < <u32>rows) {
    const at = <usize>row << 2
    let leaf = <usize>load<u32>(leaves + at)
    let place = load<u32>(places + at)
    let left = load<u32>(counts + at)
    while (left != 0) {
      if (<u32>pairCount == limit) {
        store<u32>(leaves + at, <u32>leaf)
        store<u32>(places + at, place)
        store<u32>(counts + at, left)
        store<u32>(cursor, row)
        return <i32>pairCount
      }
      while (place >= leafRows(leaf)) {
        leaf = nextLeaf(leaf)
        place = 0
      }
      pushPair(row, leafSlot(leaf, place))
      place++
      left--
    }
    row++
  }
  store<u32>(cursor, row)
  return <i32>pairCount
}
