// The one allocator of a worker's linear memory.
//
// Memory is handed out in runs of 64 KiB pages. The first 64 bytes of a run hold its header, so the header of a small
// block is found by rounding its address down. Small blocks (up to 24 KiB) live in pages of one size class each;
// a page whose blocks are all free goes back to the runs. Free runs are coalesced with their neighbours.
// The chunk arena is a list of segments (runs) with a bump pointer; releasing to a mark keeps some of them for reuse.

const PAGE_BITS: usize = 16
const PAGE: usize = 1 << PAGE_BITS
const PAGE_MASK: usize = PAGE - 1
const HEADER: usize = 64

/** Header fields of a run. */
const KIND: usize = 0
const PAGES: usize = 4
const NEXT: usize = 8
const PREVIOUS: usize = 12
const FREE_BLOCKS: usize = 16
const LIVE: usize = 20
const FRESH: usize = 24
const BLOCK: usize = 28
const CLASS: usize = 32
/** At the end of the last page of a free run: the address of the run. */
const TAIL: usize = PAGE - 4

const KIND_FREE: u32 = 0x46524545
const KIND_SMALL: u32 = 0x534d414c
const KIND_LARGE: u32 = 0x4c524745
const KIND_SEGMENT: u32 = 0x5345474d

const CLASSES: usize = 21
const LARGEST_SMALL: usize = 24576
const BINS: usize = 17
const SEGMENT_PAGES: usize = 16
/** Released chunk segments kept for the next step: 32 MiB. */
const SPARE_PAGES: usize = 512
const GROW_LIMIT_PAGES: usize = 8192
/** Free runs of a bin looked at before a larger one is cut. */
const SEARCHED: i32 = 32

/** Per class: the first page with a free block. Per bin (log2 of pages): the first free run. */
const classHeads: usize = memory.data(21 * 4, 16)
const binHeads: usize = memory.data(17 * 4, 16)

/** Throws on the JavaScript side. */
@external('env', 'memory_full')
declare function memory_full(bytes: usize): void

/** One byte a page of the whole address space: 1 where a free run begins or ends. */
let edges: usize = 0
/** The first address after what the heap owns. */
let heapEnd: usize = 0
let maximumPages: usize = 65535
let growAlways: bool = false
let usedBytes: usize = 0

let segment: usize = 0
let chunkAt: usize = 0
let chunkEnd: usize = 0
let spare: usize = 0
let sparePages: usize = 0

/**
 * Called before anything else; called again it forgets every allocation, and the memory keeps its size.
 * `always`: detach JavaScript's views at every allocation (a test mode).
 */
export function heap_init(start: usize, maximum: usize, always: i32): void {
  growAlways = always != 0
  maximumPages = maximum
  usedBytes = 0
  spare = 0
  sparePages = 0
  memory.fill(classHeads, 0, CLASSES << 2)
  memory.fill(binHeads, 0, BINS << 2)
  edges = (max(start, __heap_base) + PAGE_MASK) & ~PAGE_MASK
  heapEnd = edges + PAGE
  const size = <usize>memory.size()
  if (size << PAGE_BITS > heapEnd) {
    memory.fill(edges, 0, PAGE)
    const pages = size - (heapEnd >> PAGE_BITS)
    const at = heapEnd
    heapEnd = size << PAGE_BITS
    addFreeRun(at, pages)
  } else if (memory.grow(<i32>((heapEnd >> PAGE_BITS) - size)) < 0) {
    memory_full(PAGE)
  }
  segment = 0
  newSegment(HEADER)
}

@inline
function header(run: usize, field: usize): u32 {
  return load<u32>(run + field)
}

@inline
function binOf(pages: usize): usize {
  return 31 - clz<u32>(<u32>pages)
}

@inline
function lastPage(run: usize, pages: usize): usize {
  return run + ((pages - 1) << PAGE_BITS)
}

/** Enters a free run in its bin, without looking at its neighbours. */
function addFreeRun(run: usize, pages: usize): void {
  const bin = binHeads + (binOf(pages) << 2)
  const next = load<u32>(bin)
  store<u32>(run, KIND_FREE, KIND)
  store<u32>(run, <u32>pages, PAGES)
  store<u32>(run, next, NEXT)
  store<u32>(run, 0, PREVIOUS)
  if (next != 0) store<u32>(next, <u32>run, PREVIOUS)
  store<u32>(bin, <u32>run)
  const last = lastPage(run, pages)
  store<u32>(last, <u32>run, TAIL)
  store<u8>(edges + (run >> PAGE_BITS), 1)
  store<u8>(edges + (last >> PAGE_BITS), 1)
}

function takeFreeRun(run: usize): void {
  const pages = <usize>header(run, PAGES)
  const next = header(run, NEXT)
  const previous = header(run, PREVIOUS)
  if (next != 0) store<u32>(next, previous, PREVIOUS)
  if (previous != 0) store<u32>(previous, next, NEXT)
  else store<u32>(binHeads + (binOf(pages) << 2), next)
  store<u8>(edges + (run >> PAGE_BITS), 0)
  store<u8>(edges + (lastPage(run, pages) >> PAGE_BITS), 0)
}

function releaseRun(start: usize): void {
  let run = start
  let pages = <usize>header(run, PAGES)
  const after = run + (pages << PAGE_BITS)
  if (after < heapEnd && load<u8>(edges + (after >> PAGE_BITS)) != 0) {
    const more = <usize>header(after, PAGES)
    takeFreeRun(after)
    pages += more
  }
  const before = run - PAGE
  if (before > edges && load<u8>(edges + (before >> PAGE_BITS)) != 0) {
    const first = <usize>load<u32>(before, TAIL)
    const more = <usize>header(first, PAGES)
    takeFreeRun(first)
    run = first
    pages += more
  }
  addFreeRun(run, pages)
}

/**
 * Grows the memory so that a free run of `pages` pages exists at its end; false when it cannot. It grows to twice its size, but
 * not by more than 512 MiB: what is not touched takes no memory, and the JavaScript engine looks for garbage each time.
 */
function growFor(pages: usize): bool {
  let wanted = pages
  const current = <usize>memory.size()
  // Others that take turns in this memory may have grown it: those pages are free here.
  const beyond = current - (heapEnd >> PAGE_BITS)
  if (beyond >= pages) {
    wanted = beyond
  } else {
    const step = min(max((heapEnd - edges) >> PAGE_BITS, SEGMENT_PAGES), GROW_LIMIT_PAGES)
    if (wanted < step && current + step <= maximumPages) wanted = step
    const more = wanted - beyond
    if (current + more > maximumPages || memory.grow(<i32>more) < 0) return false
  }
  const at = heapEnd
  heapEnd = at + (wanted << PAGE_BITS)
  store<u32>(at, <u32>wanted, PAGES)
  releaseRun(at)
  return true
}

/** Gives up the chunk segments that were kept; false when there are none. */
function releaseSpare(): bool {
  if (spare == 0) return false
  while (spare != 0) {
    const next = <usize>header(spare, NEXT)
    releaseRun(spare)
    spare = next
  }
  sparePages = 0
  return true
}

/** The first free run in its bin (of `searched` at most), or of the bins above, that is large enough; 0 for none. */
function findRun(pages: usize, searched: i32): usize {
  let bin = binOf(pages)
  let run = <usize>load<u32>(binHeads + (bin << 2))
  for (let tries = 0; run != 0 && tries < searched; tries++) {
    if (<usize>header(run, PAGES) >= pages) return run
    run = <usize>header(run, NEXT)
  }
  while (++bin < BINS) {
    run = <usize>load<u32>(binHeads + (bin << 2))
    if (run != 0) return run
  }
  return 0
}

/** A run of exactly `pages` pages; its contents are whatever was there. */
function takeRun(pages: usize): usize {
  let found = findRun(pages, SEARCHED)
  if (found == 0) {
    // What is grown joins the free run before it, and is the first of its bin.
    const grown = growFor(pages)
    found = findRun(pages, grown ? SEARCHED : i32.MAX_VALUE)
    if (found == 0 && releaseSpare()) found = findRun(pages, i32.MAX_VALUE)
    if (found == 0) {
      memory_full(pages << PAGE_BITS)
      unreachable()
    }
  }
  const size = <usize>header(found, PAGES)
  takeFreeRun(found)
  if (size > pages) addFreeRun(found + (pages << PAGE_BITS), size - pages)
  store<u32>(found, <u32>pages, PAGES)
  return found
}

/** 16, 32, then powers of two and the steps half way: 48, 64, 96, 128, ..., 24576. */
@inline
function classOf(bytes: usize): usize {
  if (bytes <= 32) return bytes <= 16 ? 0 : 1
  const power = 31 - clz<u32>(<u32>bytes - 1)
  const half = (<usize>1 << power) + (<usize>1 << (power - 1))
  return 2 + ((<usize>power - 5) << 1) + (bytes > half ? 1 : 0)
}

@inline
function sizeOfClass(index: usize): usize {
  if (index < 2) return 16 << index
  const power: usize = 5 + ((index - 2) >> 1)
  return (index & 1) == 0 ? (<usize>3 << (power - 1)) : (<usize>2 << power)
}

function newSmallPage(index: usize): usize {
  const page = takeRun(1)
  store<u32>(page, KIND_SMALL, KIND)
  store<u32>(page, 0, NEXT)
  store<u32>(page, 0, PREVIOUS)
  store<u32>(page, 0, FREE_BLOCKS)
  store<u32>(page, 0, LIVE)
  store<u32>(page, <u32>HEADER, FRESH)
  store<u32>(page, <u32>sizeOfClass(index), BLOCK)
  store<u32>(page, <u32>index, CLASS)
  store<u32>(classHeads + (index << 2), <u32>page)
  return page
}

function unlinkPage(page: usize, index: usize): void {
  const next = header(page, NEXT)
  const previous = header(page, PREVIOUS)
  if (next != 0) store<u32>(next, previous, PREVIOUS)
  if (previous != 0) store<u32>(previous, next, NEXT)
  else store<u32>(classHeads + (index << 2), next)
  store<u32>(page, 0, NEXT)
  store<u32>(page, 0, PREVIOUS)
}

/** Accounted bytes for state, 16-byte aligned, not zeroed. */
export function heap_alloc(bytes: usize): usize {
  if (growAlways) memory.grow(0)
  if (bytes > LARGEST_SMALL) {
    if (bytes > 0xfff00000) memory_full(bytes)
    const pages = (bytes + HEADER + PAGE_MASK) >> PAGE_BITS
    const run = takeRun(pages)
    store<u32>(run, KIND_LARGE, KIND)
    usedBytes += pages << PAGE_BITS
    return run + HEADER
  }
  const index = classOf(bytes)
  let page = <usize>load<u32>(classHeads + (index << 2))
  if (page == 0) page = newSmallPage(index)
  const block = <usize>header(page, BLOCK)
  let at = <usize>header(page, FREE_BLOCKS)
  if (at != 0) {
    store<u32>(page, load<u32>(at), FREE_BLOCKS)
  } else {
    const fresh = <usize>header(page, FRESH)
    at = page + fresh
    store<u32>(page, <u32>(fresh + block), FRESH)
  }
  store<u32>(page, header(page, LIVE) + 1, LIVE)
  if (header(page, FREE_BLOCKS) == 0 && <usize>header(page, FRESH) + block > PAGE) unlinkPage(page, index)
  usedBytes += block
  return at
}

/** Frees what `heap_alloc` gave; 0 is ignored. */
export function heap_free(at: usize): void {
  if (at == 0) return
  const page = at & ~PAGE_MASK
  const kind = header(page, KIND)
  if (kind == KIND_LARGE) {
    usedBytes -= <usize>header(page, PAGES) << PAGE_BITS
    releaseRun(page)
    return
  }
  if (kind != KIND_SMALL) unreachable()
  const index = <usize>header(page, CLASS)
  const block = <usize>header(page, BLOCK)
  const wasFull = header(page, FREE_BLOCKS) == 0 && <usize>header(page, FRESH) + block > PAGE
  store<u32>(at, header(page, FREE_BLOCKS))
  store<u32>(page, <u32>at, FREE_BLOCKS)
  const live = header(page, LIVE) - 1
  store<u32>(page, live, LIVE)
  usedBytes -= block
  const head = classHeads + (index << 2)
  if (wasFull) {
    const next = load<u32>(head)
    store<u32>(page, next, NEXT)
    store<u32>(page, 0, PREVIOUS)
    if (next != 0) store<u32>(next, <u32>page, PREVIOUS)
    store<u32>(head, <u32>page)
  }
  // The only page of a class with room stays: a row that comes and goes must not cost a page each time.
  if (live == 0 && (header(page, NEXT) != 0 || header(page, PREVIOUS) != 0)) {
    unlinkPage(page, index)
    releaseRun(page)
  }
}

/** Bytes that a block really takes: what accounting counts for `heap_alloc(bytes)`. */
export function heap_size(bytes: usize): usize {
  if (bytes > LARGEST_SMALL) return (bytes + HEADER + PAGE_MASK) & ~PAGE_MASK
  return sizeOfClass(classOf(bytes))
}

/** Bytes in use by state. */
export function heap_used(): usize {
  return usedBytes
}

/**
 * What must be kept of the memory while something else lies in it: all but the inside of free runs and the rest of the
 * chunk segment. Writes an address and a length (u32 each) an extent to `out`, 0 only counts; returns how many there are.
 */
export function heap_extents(out: usize): i32 {
  releaseSpare()
  let count = 0
  let from: usize = 0
  let end: usize = edges + PAGE
  let run = end
  while (run < heapEnd) {
    const next = run + (<usize>header(run, PAGES) << PAGE_BITS)
    const free = header(run, KIND) == KIND_FREE
    const kept = free ? HEADER : run == segment ? chunkAt - run : next - run
    if (run != end) {
      putExtent(out, count++, from, end)
      from = run
    }
    end = run + kept
    if (free) {
      putExtent(out, count++, from, end)
      from = next - (PAGE - TAIL)
      end = next
    }
    run = next
  }
  putExtent(out, count++, from, end)
  return count
}

@inline
function putExtent(out: usize, index: i32, from: usize, end: usize): void {
  if (out == 0) return
  const entry = out + (<usize>index << 3)
  store<u32>(entry, <u32>from)
  store<u32>(entry, <u32>(end - from), 4)
}

/** Bytes of the current chunk's allocations, 16-byte aligned, not zeroed; valid until `chunk_release` below them. */
export function chunk_alloc(bytes: usize): usize {
  if (growAlways) memory.grow(0)
  const size = (bytes + 15) & ~15
  if (size < bytes || size > chunkEnd - chunkAt) newSegment(size)
  const at = chunkAt
  chunkAt += size
  return at
}

export function chunk_zeroed(bytes: usize): usize {
  const at = chunk_alloc(bytes)
  memory.fill(at, 0, bytes)
  return at
}

function newSegment(bytes: usize): void {
  if (bytes > 0xfff00000) memory_full(bytes)
  const pages = max((bytes + HEADER + PAGE_MASK) >> PAGE_BITS, SEGMENT_PAGES)
  let run = spare
  if (run != 0 && <usize>header(run, PAGES) >= pages) {
    spare = <usize>header(run, NEXT)
    sparePages -= <usize>header(run, PAGES)
  } else {
    run = takeRun(pages)
    store<u32>(run, KIND_SEGMENT, KIND)
  }
  store<u32>(run, <u32>segment, PREVIOUS)
  segment = run
  chunkAt = run + HEADER
  chunkEnd = run + (<usize>header(run, PAGES) << PAGE_BITS)
}

/** The place to release to. */
export function chunk_mark(): usize {
  return chunkAt
}

/** Ends every chunk allocation made since `mark`. */
export function chunk_release(mark: usize): void {
  while (mark < segment + HEADER || mark > chunkEnd) {
    const left = segment
    segment = <usize>header(left, PREVIOUS)
    if (segment == 0) unreachable()
    chunkEnd = segment + (<usize>header(segment, PAGES) << PAGE_BITS)
    const pages = <usize>header(left, PAGES)
    if (sparePages + pages <= SPARE_PAGES) {
      store<u32>(left, <u32>spare, NEXT)
      spare = left
      sparePages += pages
    } else {
      releaseRun(left)
    }
  }
  chunkAt = mark
}
