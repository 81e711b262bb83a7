// Ordered rows of one key: a B+tree of slots. Not kernels: used by table.ts and ordered.ts.
//
// An entry is an order prefix (see value.ts) and a slot; rows are looked at only where prefixes tie. A tree of one leaf
// grows its leaf as needed, so that keys with few rows stay small. Inner nodes hold the first entry and the number of
// rows of each child. Empty nodes are removed, and small leaves join their right neighbour; inner nodes are not joined.
//
//   tree   u32 first slot, root, height (0: the root is a leaf), rows, first leaf, last leaf
//   leaf   u32 count, capacity, next leaf, previous leaf; prefixes u64 each; slots
//   inner  u32 count, capacity, -, -; prefixes u64 each; slots; children; rows of each child

import { addEntry, entryAddress, removeEntry, treeOfRow } from './hash-index'
import {
  fieldAt, fieldPhysical, fieldValid, fieldValue, get, give, HASH, INSERTED, ORDER, ORDER_COUNT, rowAddress, take,
} from './table-fields'
import { compareValues, orderPrefix, prefixDecides } from './value'

const FIRST: usize = 0
const ROOT: usize = 4
const HEIGHT: usize = 8
const SIZE: usize = 12
const FIRST_LEAF: usize = 16
const LAST_LEAF: usize = 20
const TREE_BYTES: usize = 24

const COUNT: usize = 0
const CAPACITY: usize = 4
const NEXT_LEAF: usize = 8
const PREVIOUS_LEAF: usize = 12
const HEAD: usize = 16
const LEAF_CAPACITY: u32 = 41
const INNER_CAPACITY: u32 = 37

const DESCENDING: u32 = 1
const NULLS_FIRST: u32 = 2

/** How much of the order a comparison looks at. */
export const WHOLE: i32 = 0
export const FIELDS_ONLY: i32 = 1
export const FIRST_FIELD: i32 = 2

/** The way down to a leaf: nodes and places, the root at 0; then the leaf and the place in it. */
const pathNodes: usize = memory.data(16 * 4, 16)
const pathPlaces: usize = memory.data(16 * 4, 16)
export let foundLeaf: usize = 0
export let foundPlace: u32 = 0
/** Rows of the tree before the place found. */
export let foundBefore: u32 = 0

@inline
function count(node: usize): u32 {
  return load<u32>(node, COUNT)
}

@inline
function prefixAt(node: usize, place: u32): usize {
  return node + HEAD + (<usize>place << 3)
}

@inline
function slotAt(node: usize, place: u32): usize {
  return node + HEAD + (<usize>load<u32>(node, CAPACITY) << 3) + (<usize>place << 2)
}

@inline
function childAt(node: usize, place: u32): usize {
  return node + HEAD + <usize>load<u32>(node, CAPACITY) * 12 + (<usize>place << 2)
}

@inline
function rowsAt(node: usize, place: u32): usize {
  return node + HEAD + (<usize>load<u32>(node, CAPACITY) << 4) + (<usize>place << 2)
}

export function leafSlot(leaf: usize, place: u32): u32 {
  return load<u32>(slotAt(leaf, place))
}

@inline
export function leafRows(leaf: usize): u32 {
  return count(leaf)
}

@inline
export function nextLeaf(leaf: usize): usize {
  return <usize>load<u32>(leaf, NEXT_LEAF)
}

@inline
export function treeRows(tree: usize): u32 {
  return load<u32>(tree, SIZE)
}

@inline
export function treeFirstLeaf(tree: usize): usize {
  return <usize>load<u32>(tree, FIRST_LEAF)
}

/** The prefix of a row's first order field. */
export function rowPrefix(table: usize, row: usize): u64 {
  if (get(table, ORDER_COUNT) == 0) return 0
  const order = <usize>get(table, ORDER)
  const flags = load<u32>(order, 4)
  const field = fieldAt(table, <usize>load<u32>(order))
  if (load<u8>(row + fieldValid(field)) == 0) return (flags & NULLS_FIRST) != 0 ? 0 : u64.MAX_VALUE
  const prefix = orderPrefix(fieldPhysical(field), row + fieldValue(field))
  return (flags & DESCENDING) != 0 ? ~prefix : prefix
}

/** The order of two rows whose prefixes tie. */
function compareRows(table: usize, a: usize, b: usize, prefix: u64, mode: i32): i32 {
  const order = <usize>get(table, ORDER)
  const fields = <usize>get(table, ORDER_COUNT)
  const compared = mode == FIRST_FIELD ? min<usize>(fields, 1) : fields
  for (let i: usize = 0; i < compared; i++) {
    const flags = load<u32>(order + (i << 3), 4)
    const field = fieldAt(table, <usize>load<u32>(order + (i << 3)))
    const physical = fieldPhysical(field)
    if (i == 0 && prefix != 0 && prefix != u64.MAX_VALUE && prefixDecides(physical)) continue
    const validA = load<u8>(a + fieldValid(field))
    const validB = load<u8>(b + fieldValid(field))
    if (validA == 0 || validB == 0) {
      if (validA == validB) continue
      const aFirst = (validA == 0) == ((flags & NULLS_FIRST) != 0)
      return aFirst ? -1 : 1
    }
    const result = compareValues(physical, a + fieldValue(field), b + fieldValue(field))
    if (result != 0) return (flags & DESCENDING) != 0 ? -result : result
  }
  if (mode != WHOLE) return 0
  const first = load<u32>(a, INSERTED)
  const second = load<u32>(b, INSERTED)
  return first < second ? -1 : first > second ? 1 : 0
}

/** The number of entries before the row, or before and equal to it. */
function entriesBefore(table: usize, node: usize, row: usize, prefix: u64, mode: i32, orEqual: bool): u32 {
  let low: u32 = 0
  let high = count(node)
  while (low < high) {
    const middle = (low + high) >> 1
    const there = load<u64>(prefixAt(node, middle))
    let before: bool
    if (there != prefix) {
      before = there < prefix
    } else {
      const order = compareRows(table, rowAddress(table, load<u32>(slotAt(node, middle))), row, prefix, mode)
      before = order < 0 || (orEqual && order == 0)
    }
    if (before) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Goes down to the leaf and place of the first entry not before the row (with `orEqual`: after it). The place may be
 * behind the last entry of the leaf.
 */
export function seek(table: usize, tree: usize, row: usize, mode: i32, orEqual: bool): void {
  const prefix = rowPrefix(table, row)
  let node = <usize>load<u32>(tree, ROOT)
  const height = <usize>load<u32>(tree, HEIGHT)
  // Which child of entries that tie: for whole comparisons the one that begins with the row itself.
  const inner = orEqual || mode == WHOLE
  let before: u32 = 0
  for (let level: usize = 0; level < height; level++) {
    const reached = entriesBefore(table, node, row, prefix, mode, inner)
    const place: u32 = reached == 0 ? 0 : reached - 1
    store<u32>(pathNodes + (level << 2), <u32>node)
    store<u32>(pathPlaces + (level << 2), place)
    for (let i: u32 = 0; i < place; i++) before += load<u32>(rowsAt(node, i))
    node = <usize>load<u32>(childAt(node, place))
  }
  foundLeaf = node
  foundPlace = entriesBefore(table, node, row, prefix, mode, orEqual)
  foundBefore = before + foundPlace
}

/** Whether the entry found has the row's order fields. */
export function matchesFound(table: usize, row: usize): bool {
  const prefix = rowPrefix(table, row)
  if (load<u64>(prefixAt(foundLeaf, foundPlace)) != prefix) return false
  return compareRows(table, rowAddress(table, leafSlot(foundLeaf, foundPlace)), row, prefix, FIELDS_ONLY) == 0
}

/** Goes to the entry number `rank`, which is there. */
export function seekRank(tree: usize, rank: u32): void {
  let node = <usize>load<u32>(tree, ROOT)
  let left = rank
  for (let level = load<u32>(tree, HEIGHT); level > 0; level--) {
    let place: u32 = 0
    while (left >= load<u32>(rowsAt(node, place))) {
      left -= load<u32>(rowsAt(node, place))
      place++
    }
    node = <usize>load<u32>(childAt(node, place))
  }
  foundLeaf = node
  foundPlace = left
  foundBefore = rank
}

/** Moves a place behind the end of a leaf to the next leaf. False at the end of the tree. */
export function settle(): bool {
  while (foundLeaf != 0 && foundPlace >= count(foundLeaf)) {
    foundLeaf = <usize>load<u32>(foundLeaf, NEXT_LEAF)
    foundPlace = 0
  }
  return foundLeaf != 0
}

/** Moves to the entry before. False at the start of the tree. */
export function stepBack(): bool {
  while (foundPlace == 0) {
    foundLeaf = <usize>load<u32>(foundLeaf, PREVIOUS_LEAF)
    if (foundLeaf == 0) return false
    foundPlace = count(foundLeaf)
  }
  foundPlace--
  return true
}

@inline
function leafBytes(capacity: u32): usize {
  return HEAD + <usize>capacity * 12
}

@inline
function innerBytes(): usize {
  return HEAD + <usize>INNER_CAPACITY * 20
}

function newLeaf(table: usize, capacity: u32): usize {
  const leaf = take(table, leafBytes(capacity))
  store<u32>(leaf, 0, COUNT)
  store<u32>(leaf, capacity, CAPACITY)
  store<u32>(leaf, 0, NEXT_LEAF)
  store<u32>(leaf, 0, PREVIOUS_LEAF)
  return leaf
}

function newInner(table: usize): usize {
  const node = take(table, innerBytes())
  store<u32>(node, 0, COUNT)
  store<u32>(node, INNER_CAPACITY, CAPACITY)
  return node
}

function newTree(table: usize, hash: u32, slot: u32): usize {
  const tree = take(table, TREE_BYTES)
  const leaf = newLeaf(table, 4)
  store<u32>(tree, slot, FIRST)
  store<u32>(tree, <u32>leaf, ROOT)
  store<u32>(tree, 0, HEIGHT)
  store<u32>(tree, 0, SIZE)
  store<u32>(tree, <u32>leaf, FIRST_LEAF)
  store<u32>(tree, <u32>leaf, LAST_LEAF)
  addEntry(table, hash, <u32>tree)
  return tree
}

export function dropTree(table: usize, tree: usize): void {
  dropNode(table, <usize>load<u32>(tree, ROOT), load<u32>(tree, HEIGHT))
  give(table, tree, TREE_BYTES)
}

function dropNode(table: usize, node: usize, height: u32): void {
  if (height == 0) {
    give(table, node, leafBytes(load<u32>(node, CAPACITY)))
    return
  }
  const children = count(node)
  for (let i: u32 = 0; i < children; i++) dropNode(table, <usize>load<u32>(childAt(node, i)), height - 1)
  give(table, node, innerBytes())
}

/** Copies entries between leaves or within one. */
function moveLeafEntries(from: usize, at: u32, to: usize, place: u32, entries: u32): void {
  memory.copy(prefixAt(to, place), prefixAt(from, at), <usize>entries << 3)
  memory.copy(slotAt(to, place), slotAt(from, at), <usize>entries << 2)
}

function moveInnerEntries(from: usize, at: u32, to: usize, place: u32, entries: u32): void {
  moveLeafEntries(from, at, to, place, entries)
  memory.copy(childAt(to, place), childAt(from, at), <usize>entries << 2)
  memory.copy(rowsAt(to, place), rowsAt(from, at), <usize>entries << 2)
}

/** Replaces the only leaf of a tree by a larger one. */
function growLeaf(table: usize, tree: usize, leaf: usize): usize {
  const capacity = load<u32>(leaf, CAPACITY)
  // 64, 128, 256 and 512 bytes, as the heap's blocks are.
  const larger = newLeaf(table, capacity == 4 ? 9 : capacity == 9 ? 20 : LEAF_CAPACITY)
  const entries = count(leaf)
  store<u32>(larger, entries, COUNT)
  moveLeafEntries(leaf, 0, larger, 0, entries)
  give(table, leaf, leafBytes(capacity))
  store<u32>(tree, <u32>larger, ROOT)
  store<u32>(tree, <u32>larger, FIRST_LEAF)
  store<u32>(tree, <u32>larger, LAST_LEAF)
  return larger
}

function putEntry(leaf: usize, place: u32, prefix: u64, slot: u32): void {
  const entries = count(leaf)
  moveLeafEntries(leaf, place, leaf, place + 1, entries - place)
  store<u64>(prefixAt(leaf, place), prefix)
  store<u32>(slotAt(leaf, place), slot)
  store<u32>(leaf, entries + 1, COUNT)
}

/** Rows below a node. */
function rowsBelow(node: usize, height: u32): u32 {
  const entries = count(node)
  if (height == 0) return entries
  let sum: u32 = 0
  for (let i: u32 = 0; i < entries; i++) sum += load<u32>(rowsAt(node, i))
  return sum
}

/** Writes what an inner node says of a child. */
function describeChild(node: usize, place: u32, child: usize, rows: u32): void {
  store<u64>(prefixAt(node, place), load<u64>(prefixAt(child, 0)))
  store<u32>(slotAt(node, place), load<u32>(slotAt(child, 0)))
  store<u32>(childAt(node, place), <u32>child)
  store<u32>(rowsAt(node, place), rows)
}

function putChild(node: usize, place: u32, child: usize, rows: u32): void {
  const entries = count(node)
  moveInnerEntries(node, place, node, place + 1, entries - place)
  store<u32>(node, entries + 1, COUNT)
  describeChild(node, place, child, rows)
}

/** Makes room in a full leaf; returns the new leaf on its right. Entries put behind all others leave it full. */
function splitLeaf(table: usize, tree: usize, leaf: usize, place: u32): usize {
  const right = newLeaf(table, LEAF_CAPACITY)
  const next = <usize>load<u32>(leaf, NEXT_LEAF)
  const entries = count(leaf)
  const kept = next == 0 && place == entries ? entries : entries >> 1
  store<u32>(right, entries - kept, COUNT)
  moveLeafEntries(leaf, kept, right, 0, entries - kept)
  store<u32>(leaf, kept, COUNT)
  store<u32>(right, <u32>next, NEXT_LEAF)
  store<u32>(right, <u32>leaf, PREVIOUS_LEAF)
  store<u32>(leaf, <u32>right, NEXT_LEAF)
  if (next != 0) store<u32>(next, <u32>right, PREVIOUS_LEAF)
  else store<u32>(tree, <u32>right, LAST_LEAF)
  return right
}

/** Enters a row into its tree at the place that `seek` with WHOLE found. */
function insertFound(table: usize, tree: usize, row: usize, slot: u32): void {
  const prefix = rowPrefix(table, row)
  const height = load<u32>(tree, HEIGHT)
  let leaf = foundLeaf
  let place = foundPlace
  store<u32>(tree, load<u32>(tree, SIZE) + 1, SIZE)
  if (count(leaf) == load<u32>(leaf, CAPACITY) && load<u32>(leaf, CAPACITY) < LEAF_CAPACITY) {
    leaf = growLeaf(table, tree, leaf)
  }
  let right: usize = 0
  if (count(leaf) == LEAF_CAPACITY) {
    right = splitLeaf(table, tree, leaf, place)
    const kept = count(leaf)
    if (place > kept || count(right) == 0) putEntry(right, place - kept, prefix, slot)
    else putEntry(leaf, place, prefix, slot)
  } else {
    putEntry(leaf, place, prefix, slot)
  }
  let child = leaf
  for (let level = <i32>height - 1; level >= 0; level--) {
    const node = <usize>load<u32>(pathNodes + (<usize>level << 2))
    const at = load<u32>(pathPlaces + (<usize>level << 2))
    const below = height - 1 - <u32>level
    describeChild(node, at, child, right == 0 ? load<u32>(rowsAt(node, at)) + 1 : rowsBelow(child, below))
    if (right != 0) {
      const added = right
      right = 0
      if (count(node) == INNER_CAPACITY) {
        right = splitInner(table, node, at + 1)
        const kept = count(node)
        if (at + 1 > kept || count(right) == 0) putChild(right, at + 1 - kept, added, rowsBelow(added, below))
        else putChild(node, at + 1, added, rowsBelow(added, below))
      } else {
        putChild(node, at + 1, added, rowsBelow(added, below))
      }
    }
    child = node
  }
  if (right != 0) {
    const root = newInner(table)
    store<u32>(root, 2, COUNT)
    describeChild(root, 0, child, rowsBelow(child, height))
    describeChild(root, 1, right, rowsBelow(right, height))
    store<u32>(tree, <u32>root, ROOT)
    store<u32>(tree, height + 1, HEIGHT)
  }
  store<u32>(tree, leafSlot(treeFirstLeaf(tree), 0), FIRST)
}

function splitInner(table: usize, node: usize, place: u32): usize {
  const right = newInner(table)
  const entries = count(node)
  const kept = place == entries ? entries : entries >> 1
  store<u32>(right, entries - kept, COUNT)
  moveInnerEntries(node, kept, right, 0, entries - kept)
  store<u32>(node, kept, COUNT)
  return right
}

/** Enters a row of the key that index entry `entry` (0: none yet) refers to. */
export function insertOrdered(table: usize, entry: usize, row: usize, slot: u32): void {
  if (entry == 0) {
    const tree = newTree(table, load<u32>(row, HASH), slot)
    foundLeaf = treeFirstLeaf(tree)
    foundPlace = 0
    insertFound(table, tree, row, slot)
    return
  }
  const tree = <usize>load<u32>(entry, 4)
  seek(table, tree, row, WHOLE, false)
  insertFound(table, tree, row, slot)
}

/** Takes a row out of its tree; the row itself stays. */
export function removeOrdered(table: usize, slot: u32): void {
  const row = rowAddress(table, slot)
  const tree = treeOfRow(table, row)
  seek(table, tree, row, WHOLE, false)
  const leaf = foundLeaf
  if (foundPlace >= count(leaf) || leafSlot(leaf, foundPlace) != slot) unreachable()
  const rows = treeRows(tree) - 1
  if (rows == 0) {
    removeEntry(table, entryAddress(table, load<u32>(row, HASH), <u32>tree))
    dropTree(table, tree)
    return
  }
  store<u32>(tree, rows, SIZE)
  const entries = count(leaf) - 1
  moveLeafEntries(leaf, foundPlace + 1, leaf, foundPlace, entries - foundPlace)
  store<u32>(leaf, entries, COUNT)
  const height = load<u32>(tree, HEIGHT)
  let child = leaf
  for (let level = <i32>height - 1; level >= 0; level--) {
    const node = <usize>load<u32>(pathNodes + (<usize>level << 2))
    const at = load<u32>(pathPlaces + (<usize>level << 2))
    const isLeaf = <u32>level == height - 1
    if (count(child) == 0) {
      if (isLeaf) dropLeaf(table, tree, child)
      else give(table, child, innerBytes())
      dropChild(node, at)
    } else {
      describeChild(node, at, child, load<u32>(rowsAt(node, at)) - 1)
      if (isLeaf) joinRight(table, tree, node, at)
    }
    child = node
  }
  shrinkRoot(table, tree)
  store<u32>(tree, leafSlot(treeFirstLeaf(tree), 0), FIRST)
}

function dropChild(node: usize, place: u32): void {
  const left = count(node) - 1
  moveInnerEntries(node, place + 1, node, place, left - place)
  store<u32>(node, left, COUNT)
}

function dropLeaf(table: usize, tree: usize, leaf: usize): void {
  const next = <usize>load<u32>(leaf, NEXT_LEAF)
  const previous = <usize>load<u32>(leaf, PREVIOUS_LEAF)
  if (next != 0) store<u32>(next, <u32>previous, PREVIOUS_LEAF)
  else store<u32>(tree, <u32>previous, LAST_LEAF)
  if (previous != 0) store<u32>(previous, <u32>next, NEXT_LEAF)
  else store<u32>(tree, <u32>next, FIRST_LEAF)
  give(table, leaf, leafBytes(load<u32>(leaf, CAPACITY)))
}

/** Joins a leaf of an inner node with the one on its right when both together are half a leaf. */
function joinRight(table: usize, tree: usize, node: usize, place: u32): void {
  if (place + 1 >= count(node)) return
  const leaf = <usize>load<u32>(childAt(node, place))
  const right = <usize>load<u32>(childAt(node, place + 1))
  const entries = count(leaf)
  const more = count(right)
  if (entries + more > LEAF_CAPACITY >> 1) return
  moveLeafEntries(right, 0, leaf, entries, more)
  store<u32>(leaf, entries + more, COUNT)
  store<u32>(rowsAt(node, place), entries + more)
  dropLeaf(table, tree, right)
  dropChild(node, place + 1)
}

function shrinkRoot(table: usize, tree: usize): void {
  while (load<u32>(tree, HEIGHT) > 0) {
    const root = <usize>load<u32>(tree, ROOT)
    if (count(root) > 1) return
    store<u32>(tree, load<u32>(childAt(root, 0)), ROOT)
    store<u32>(tree, load<u32>(tree, HEIGHT) - 1, HEIGHT)
    give(table, root, innerBytes())
  }
}
