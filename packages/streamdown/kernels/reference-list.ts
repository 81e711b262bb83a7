// Lists of references (u32, not 0) that grow and shrink at both ends: what a row has in order. Not kernels.
//
// A place of 8 bytes in a row holds the list: its only reference, or, at 4, the address of a block. A block: how many
// references it has room for, where the first one lies, how many there are; the references.

import { heap_alloc, heap_free, heap_size } from './heap'

const BLOCK: usize = 4
const ROOM: usize = 0
const FROM: usize = 4
const COUNT: usize = 8
const ENTRIES: usize = 16
const FIRST_ROOM: u32 = 4

/** How many bytes of blocks lists have taken, less those given back, since this was set to 0. */
export let blockBytes: i32 = 0

export function forgetBlockBytes(): void {
  blockBytes = 0
}

@inline
function blockOf(place: usize): usize {
  return <usize>load<u32>(place, BLOCK)
}

@inline
function sizeOfBlock(room: u32): usize {
  return ENTRIES + (<usize>room << 2)
}

@inline
function address(block: usize, index: u32): usize {
  return block + ENTRIES + (<usize>(load<u32>(block, FROM) + index) << 2)
}

@inline
export function countOf(place: usize): u32 {
  const block = blockOf(place)
  return block == 0 ? <u32>(load<u32>(place) != 0) : load<u32>(block, COUNT)
}

@inline
export function referenceAt(place: usize, index: u32): u32 {
  const block = blockOf(place)
  return load<u32>(block == 0 ? place : address(block, index))
}

@inline
export function setReference(place: usize, index: u32, reference: u32): void {
  const block = blockOf(place)
  store<u32>(block == 0 ? place : address(block, index), reference)
}

export function insertReference(place: usize, index: u32, reference: u32): void {
  let block = blockOf(place)
  if (block == 0) {
    const only = load<u32>(place)
    if (only == 0) {
      store<u32>(place, reference)
      return
    }
    block = newBlock(FIRST_ROOM)
    store<u32>(place, <u32>block, BLOCK)
    store<u32>(block, 1, FROM)
    store<u32>(block, 1, COUNT)
    store<u32>(address(block, 0), only)
  }
  const count = load<u32>(block, COUNT)
  const from = load<u32>(block, FROM)
  // The first one stands before what there is, all others make room behind them.
  if (index == 0) {
    if (from == 0) block = spread(place, block)
    store<u32>(block, load<u32>(block, FROM) - 1, FROM)
  } else {
    if (from + count == load<u32>(block, ROOM)) block = spread(place, block)
    const at = address(block, index)
    memory.copy(at + 4, at, <usize>(count - index) << 2)
  }
  store<u32>(block, count + 1, COUNT)
  store<u32>(address(block, index), reference)
}

export function removeReferences(place: usize, index: u32, removed: u32): void {
  const block = blockOf(place)
  if (block == 0) {
    if (removed > 0) store<u32>(place, 0)
    return
  }
  const count = load<u32>(block, COUNT) - removed
  if (index == 0) store<u32>(block, load<u32>(block, FROM) + removed, FROM)
  else {
    const at = address(block, index)
    memory.copy(at, at + (<usize>removed << 2), <usize>(count - index) << 2)
  }
  store<u32>(block, count, COUNT)
  if (count > 1) return
  store<u32>(place, count == 0 ? 0 : load<u32>(address(block, 0)))
  store<u32>(place, 0, BLOCK)
  freeBlock(block)
}

function newBlock(room: u32): usize {
  const block = heap_alloc(sizeOfBlock(room))
  blockBytes += <i32>heap_size(sizeOfBlock(room))
  store<u32>(block, room, ROOM)
  return block
}

function freeBlock(block: usize): void {
  blockBytes -= <i32>heap_size(sizeOfBlock(load<u32>(block, ROOM)))
  heap_free(block)
}

/** Makes room at both ends, in a block of twice the size where half of it is taken; the block. */
function spread(place: usize, block: usize): usize {
  const count = load<u32>(block, COUNT)
  const room = load<u32>(block, ROOM)
  const into = count << 1 < room ? block : newBlock(room << 1)
  const from = (load<u32>(into, ROOM) - count) >> 1
  memory.copy(into + ENTRIES + (<usize>from << 2), address(block, 0), <usize>count << 2)
  store<u32>(into, from, FROM)
  store<u32>(into, count, COUNT)
  if (into == block) return block
  freeBlock(block)
  store<u32>(place, <u32>into, BLOCK)
  return into
}
