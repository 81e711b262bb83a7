// Sessions that are open: rows of a table of groups, listed by the partition that they are of, in the order of their ends.
// See src/run/operators/aggregate/open-sessions.ts.
//
// Sessions of a partition that are not over are apart from one another, and those that are end before them: so the order
// of the ends is that of the first times, too, no two ends are equal, and what a row touches stands together.
//
// A reference names a session: slot + 1 of its row, or, with BORN, a session that the batch begins and that has no row
// yet. 0: none. Common arguments: `layout`, u32 each as in the fields below; `places`: u32 a row of the batch, the address
// of its partition's row; `firsts`, `starts`, `lasts`: what `session_runs` gave.

import {
  blockBytes,
  countOf,
  forgetBlockBytes,
  insertReference,
  referenceAt,
  removeReferences,
  setReference,
} from './reference-list'
import { ADDRESS, FRESH } from './slots'
import { get, INSERTED, PAGE_SHIFT, PAGES, RECORD_BITS, rowAddress } from './table-fields'

/** The table of groups. */
const GROUPS: usize = 0
/** In rows of partitions, the list of its sessions. */
const SESSIONS: usize = 4
/** In rows of groups: number, first time, end; what took the session in; the partition's slot. */
const ID: usize = 8
const START: usize = 12
const END: usize = 16
const INTO: usize = 20
const PARTITION: usize = 24
/** The null bytes of first time and end. */
const START_VALID: usize = 28
const END_VALID: usize = 32
/** Result: how many bytes of lists (i32) a kernel has taken, less those given back. */
const LIST_BYTES: usize = 36

const BORN: u32 = 0x80000000
const LATE: u32 = 0xffffffff

/** A born session: its first time (i64), end (i64), run that began it, what took it in, its row. */
const BORN_BYTES: usize = 32
const BORN_END: usize = 8
const BORN_RUN: usize = 16
const BORN_INTO: usize = 20
const BORN_ROW: usize = 24

@inline
function at(layout: usize, field: usize): usize {
  return <usize>load<u32>(layout + field)
}

@inline
function rowOf(layout: usize, reference: u32): usize {
  return rowAddress(at(layout, GROUPS), reference - 1)
}

@inline
function bornOf(born: usize, reference: u32): usize {
  return born + <usize>(reference & ~BORN) * BORN_BYTES
}

@inline
function isOver(end: i64, watermark: i64): bool {
  return end <= watermark && watermark != i64.MIN_VALUE
}

/** The list of the sessions of a run's partition. */
@inline
function listOf(layout: usize, places: usize, firsts: usize, run: usize): usize {
  return <usize>load<u32>(places + (<usize>load<u32>(firsts + (run << 2)) << 2)) + at(layout, SESSIONS)
}

/** Where the first time of a session is kept. */
@inline
function startOf(layout: usize, born: usize, reference: u32): usize {
  return (reference & BORN) != 0 ? bornOf(born, reference) : rowOf(layout, reference) + at(layout, START)
}

/** Where the end of a session is kept. */
@inline
function endOf(layout: usize, born: usize, reference: u32): usize {
  return (reference & BORN) != 0 ? bornOf(born, reference) + BORN_END : rowOf(layout, reference) + at(layout, END)
}

/** The index of the first session of a list that ends at `time` or later and is not over: most often one of the last two. */
function firstFrom(layout: usize, born: usize, list: usize, time: i64, watermark: i64): u32 {
  let low: u32 = 0
  let high = countOf(list)
  for (let tried: u32 = 0; low < high; tried++) {
    const middle = tried < 2 ? high - 1 : (low + high) >> 1
    const end = load<i64>(endOf(layout, born, referenceAt(list, middle)))
    if (end < time || isOver(end, watermark)) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether a session of a partition began before another one: those with a row before those that are born. */
function isEarlier(layout: usize, a: u32, b: u32): bool {
  if ((a & BORN) != 0 || (b & BORN) != 0) return a < b
  const id = at(layout, ID)
  return load<i64>(rowOf(layout, a) + id) < load<i64>(rowOf(layout, b) + id)
}

/** Puts a part of a list in the order in which its sessions began: most often it is. */
function sortByBegin(layout: usize, list: usize, from: u32, to: u32): void {
  for (let i = from + 1; i < to; i++) {
    const reference = referenceAt(list, i)
    let place = i
    for (; place > from; place--) {
      const before = referenceAt(list, place - 1)
      if (isEarlier(layout, before, reference)) break
      setReference(list, place, before)
    }
    setReference(list, place, reference)
  }
}

/**
 * 1 where some run must be taken row by row: rows of it might come into other sessions one after the other, while the
 * watermark moves on to `latest`, than they do together. One of them may be late, or a session that they touch end
 * between them.
 */
export function session_disputed(
  layout: usize,
  places: usize,
  firsts: usize,
  starts: usize,
  lasts: usize,
  runs: i32,
  gap: i64,
  latest: i64,
): i32 {
  for (let run: usize = 0; run < <usize>runs; run++) {
    const start = load<i64>(starts + (run << 3))
    if (!isOver(start, latest)) continue
    if (isOver(start + gap, latest)) return 1
    const own = load<i64>(lasts + (run << 3)) + gap
    const list = listOf(layout, places, firsts, run)
    const count = countOf(list)
    for (let i = firstFrom(layout, 0, list, start, i64.MIN_VALUE); i < count; i++) {
      const reference = referenceAt(list, i)
      if (!isOver(load<i64>(endOf(layout, 0, reference)), latest)) break
      if (load<i64>(startOf(layout, 0, reference)) <= own) return 1
    }
  }
  return 0
}

/**
 * Takes runs into the sessions that they touch or begin. `watermarks`: i64 a row, before it; 0: `watermark`. `born`: room
 * for a session a run. Into `taken`, u32 a run: the reference of its session, LATE where it has none. Into `counts`, u32
 * each: how many are born, how many with a row were taken in by another, the reference of the last of these; the END of
 * each is then that of the one before.
 */
export function session_take(
  layout: usize,
  places: usize,
  firsts: usize,
  starts: usize,
  lasts: usize,
  runs: i32,
  gap: i64,
  watermarks: usize,
  watermark: i64,
  born: usize,
  taken: usize,
  counts: usize,
): void {
  let bornCount: u32 = 0
  let mergedCount: u32 = 0
  let lastMerged: u32 = 0
  forgetBlockBytes()
  for (let run: usize = 0; run < <usize>runs; run++) {
    const time = load<i64>(starts + (run << 3))
    const own = load<i64>(lasts + (run << 3)) + gap
    const before = watermarks == 0 ? watermark : load<i64>(watermarks + (<usize>load<u32>(firsts + (run << 2)) << 3))
    const list = listOf(layout, places, firsts, run)
    const count = countOf(list)
    const from = firstFrom(layout, born, list, time, before)
    let to = from
    while (to < count && load<i64>(startOf(layout, born, referenceAt(list, to))) <= own) to++
    let target: u32 = LATE
    if (from == to) {
      if (!isOver(own, before)) {
        target = BORN | bornCount
        const session = bornOf(born, target)
        memory.fill(session, 0, BORN_BYTES)
        store<i64>(session, time)
        store<i64>(session, own, BORN_END)
        store<u32>(session, <u32>run, BORN_RUN)
        insertReference(list, from, target)
        bornCount++
      }
      store<u32>(taken + (run << 2), target)
      continue
    }
    // The one that began first takes in the others.
    if (to - from > 1) sortByBegin(layout, list, from, to)
    target = referenceAt(list, from)
    const targetStart = startOf(layout, born, target)
    const targetEnd = endOf(layout, born, target)
    store<i64>(targetStart, min<i64>(load<i64>(targetStart), time))
    store<i64>(targetEnd, max<i64>(load<i64>(targetEnd), own))
    for (let i = from + 1; i < to; i++) {
      const reference = referenceAt(list, i)
      const end = endOf(layout, born, reference)
      store<i64>(targetStart, min<i64>(load<i64>(targetStart), load<i64>(startOf(layout, born, reference))))
      store<i64>(targetEnd, max<i64>(load<i64>(targetEnd), load<i64>(end)))
      if ((reference & BORN) != 0) store<u32>(bornOf(born, reference), target, BORN_INTO)
      else {
        // The target has a row, too.
        store<u32>(rowOf(layout, reference) + at(layout, INTO), target)
        store<i64>(end, <i64>lastMerged)
        lastMerged = reference
        mergedCount++
      }
    }
    removeReferences(list, from + 1, to - from - 1)
    store<u32>(taken + (run << 2), target)
  }
  store<u32>(counts, bornCount)
  store<u32>(counts, mergedCount, 4)
  store<u32>(counts, lastMerged, 8)
  store<i32>(layout, blockBytes, LIST_BYTES)
}

/**
 * The first rows (of the batch) and the ends of the sessions that were born and are not in another one, in order. Returns
 * how many.
 */
export function session_born(born: usize, count: i32, firsts: usize, rows: usize, ends: usize): i32 {
  let live: usize = 0
  for (let i: usize = 0; i < <usize>count; i++) {
    const session = born + i * BORN_BYTES
    if (load<u32>(session, BORN_INTO) != 0) continue
    store<u32>(rows + (live << 2), load<u32>(firsts + (<usize>load<u32>(session, BORN_RUN) << 2)))
    store<i64>(ends + (live << 3), load<i64>(session, BORN_END))
    live++
  }
  return <i32>live
}

/**
 * Gives the born sessions their rows: `slots`, i32 for each that `session_born` listed; `partitions`: the slots of the
 * rows' partitions. Then `taken` holds slots (i32, -1: late). Of the sessions that were taken in (`lastMerged` and
 * `mergedCount` as `session_take` gave them), in order, the slots go to `from`, those of what took them in to `into`.
 */
export function session_settle(
  layout: usize,
  places: usize,
  partitions: usize,
  firsts: usize,
  runs: i32,
  born: usize,
  bornCount: i32,
  slots: usize,
  taken: usize,
  lastMerged: u32,
  mergedCount: i32,
  from: usize,
  into: usize,
): void {
  let live: usize = 0
  for (let i: usize = 0; i < <usize>bornCount; i++) {
    const session = born + i * BORN_BYTES
    if (load<u32>(session, BORN_INTO) != 0) continue
    const slot = load<u32>(slots + (live << 2))
    live++
    store<u32>(session, slot + 1, BORN_ROW)
    const row = rowAddress(at(layout, GROUPS), slot)
    const first = <usize>load<u32>(firsts + (<usize>load<u32>(session, BORN_RUN) << 2))
    store<i64>(row + at(layout, START), load<i64>(session))
    store<i64>(row + at(layout, END), load<i64>(session, BORN_END))
    store<u8>(row + at(layout, START_VALID), 1)
    store<u8>(row + at(layout, END_VALID), 1)
    store<u32>(row + at(layout, INTO), 0)
    store<u32>(row + at(layout, PARTITION), load<u32>(partitions + (first << 2)))
  }
  for (let i: usize = 0; i < <usize>bornCount; i++) {
    const session = born + i * BORN_BYTES
    if (load<u32>(session, BORN_INTO) != 0) continue
    const list = listOf(layout, places, firsts, <usize>load<u32>(session, BORN_RUN))
    const index = firstFrom(layout, born, list, load<i64>(session, BORN_END), i64.MIN_VALUE)
    setReference(list, index, load<u32>(session, BORN_ROW))
  }
  for (let run: usize = 0; run < <usize>runs; run++) {
    const reference = load<u32>(taken + (run << 2))
    store<u32>(taken + (run << 2), reference == LATE ? LATE : finalSlot(layout, born, reference))
  }
  let merged = lastMerged
  for (let i: usize = <usize>mergedCount; i > 0; ) {
    i--
    store<u32>(from + (i << 2), merged - 1)
    store<u32>(into + (i << 2), finalSlot(layout, born, merged))
    merged = <u32>load<i64>(rowOf(layout, merged) + at(layout, END))
  }
}

/** The slot of the session that has taken in all that took this one in. */
function finalSlot(layout: usize, born: usize, reference: u32): u32 {
  let last = reference
  while (true) {
    if ((last & BORN) != 0) {
      const session = bornOf(born, last)
      const into = load<u32>(session, BORN_INTO)
      last = into != 0 ? into : load<u32>(session, BORN_ROW)
      continue
    }
    const into = load<u32>(rowOf(layout, last) + at(layout, INTO))
    if (into == 0) return last - 1
    last = into
  }
}

/**
 * The session of each row, by its run (`sessions`: i32 a run): i32 a row, -1 for none, of which `onTime` (u8) is 0 where
 * the row is late and 1 where it has no time. Returns how many have one.
 */
export function session_rows(runOf: usize, sessions: usize, rows: i32, slots: usize, onTime: usize): i32 {
  let count: i32 = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const run = load<i32>(runOf + (i << 2))
    const slot = run < 0 ? -1 : load<i32>(sessions + (<usize>run << 2))
    store<i32>(slots + (i << 2), slot)
    store<u8>(onTime + i, <u8>(run < 0 || slot >= 0))
    count += <i32>(slot >= 0)
  }
  return count
}

/** The slots of new partitions (`fresh`: u8 a row) that have no session. Returns how many. */
export function session_idle(layout: usize, places: usize, slots: usize, fresh: usize, rows: i32, out: usize): i32 {
  let count: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (load<u8>(fresh + i) == 0) continue
    store<u32>(out + (count << 2), load<u32>(slots + (i << 2)))
    count += <usize>(countOf(<usize>load<u32>(places + (i << 2)) + at(layout, SESSIONS)) == 0)
  }
  return <i32>count
}

/**
 * Of sessions by slot and number (i64; a row may hold another one by now, or none), those that `reached` has ended go to
 * `closing`; the others to `kept` with their numbers and ends. Returns how many close; `keptCount`: u32.
 */
export function session_due(
  layout: usize,
  slots: usize,
  ids: usize,
  rows: i32,
  reached: i64,
  closing: usize,
  kept: usize,
  keptIds: usize,
  keptEnds: usize,
  keptCount: usize,
): i32 {
  const groups = at(layout, GROUPS)
  const shift = get(groups, PAGE_SHIFT)
  let closes: usize = 0
  let keeps: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    // A page of which all rows went is freed.
    const record = <usize>get(groups, PAGES) + (<usize>(slot >> shift) << RECORD_BITS)
    if (load<u32>(record, ADDRESS) == 0 || (slot & ((1 << shift) - 1)) >= load<u32>(record, FRESH)) continue
    const row = rowAddress(groups, slot)
    const id = load<i64>(ids + (i << 3))
    if (load<u32>(row, INSERTED) == 0 || load<i64>(row + at(layout, ID)) != id) continue
    const end = load<i64>(row + at(layout, END))
    if (end <= reached) {
      store<u32>(closing + (closes << 2), slot)
      closes++
    } else {
      store<u32>(kept + (keeps << 2), slot)
      store<i64>(keptIds + (keeps << 3), id)
      store<i64>(keptEnds + (keeps << 3), end)
      keeps++
    }
  }
  store<u32>(keptCount, <u32>keeps)
  return <i32>closes
}

/** Takes sessions that close out of the lists of their partitions. Into `empty`: the slots of those that have none left. */
export function session_unlist(layout: usize, partitions: usize, slots: usize, rows: i32, empty: usize): i32 {
  let count: usize = 0
  forgetBlockBytes()
  for (let i: usize = 0; i < <usize>rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    const row = rowAddress(at(layout, GROUPS), slot)
    const partition = load<u32>(row + at(layout, PARTITION))
    const list = rowAddress(partitions, partition) + at(layout, SESSIONS)
    removeReferences(list, firstFrom(layout, 0, list, load<i64>(row + at(layout, END)), i64.MIN_VALUE), 1)
    if (countOf(list) > 0) continue
    store<u32>(empty + (count << 2), partition)
    count++
  }
  store<i32>(layout, blockBytes, LIST_BYTES)
  return <i32>count
}

/** Lists sessions (`slots`, in the order of their ends) anew. `places` and `partitions`: of each one's partition. */
export function session_list(layout: usize, places: usize, partitions: usize, slots: usize, rows: i32): void {
  forgetBlockBytes()
  for (let i: usize = 0; i < <usize>rows; i++) {
    const slot = load<u32>(slots + (i << 2))
    const list = <usize>load<u32>(places + (i << 2)) + at(layout, SESSIONS)
    const row = rowAddress(at(layout, GROUPS), slot)
    store<u32>(row + at(layout, INTO), 0)
    store<u32>(row + at(layout, PARTITION), load<u32>(partitions + (i << 2)))
    insertReference(list, countOf(list), slot + 1)
  }
  store<i32>(layout, blockBytes, LIST_BYTES)
}

/** out = the number of the interval of `width` that a value lies in. */
export function session_buckets(values: usize, rows: i32, width: i64, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const value = load<i64>(values + (i << 3))
    const bucket = value / width
    store<i64>(out + (i << 3), bucket - <i64>(bucket * width > value))
  }
}

/** out = values - by, a row. */
export function session_minus(values: usize, rows: i32, by: i64, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), load<i64>(values + (i << 3)) - by)
}
