import { CHUNK_ROWS, type Column } from '../../../batch/batch.ts'
import type { Value } from '../../../types/value.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { Result } from './over-accumulators.ts'
import { isExactly, type LookedRow } from './over-changes.ts'
import { framedResults } from './over-framed.ts'
import { int32sOf, type OverLayout, valuesIn } from './over-layout.ts'
import { fitting } from './over-output.ts'
import { type Change, changesByPlace, type PartitionChanges } from './over-segments.ts'
import { type Sequence, sequenceOf, valuesOf } from './over-sequence.ts'
import { type OverStore, SENT, type Stretch } from './over-store.ts'
import type { FollowedCall, SweepPlan } from './over-sweep-plan.ts'

/** Rows that are looked at together. */
const TOGETHER = 8 * CHUNK_ROWS
/** Rows that are looked at first. */
const FEW = 16

/** How far a partition has been looked at. */
interface Progress {
  readonly partition: number
  readonly rows: number
  readonly changes: readonly Change[]
  /** The first change that the rows looked at so far say nothing of. */
  next: number
  /** The first change at `from` or behind it, and by how much those before it have moved rows. */
  passed: number
  moved: number
  from: number
  /** How many rows to look at next. */
  size: number
  /** At least up to here results may differ. */
  until: number
  /** For each running call what the rows before `from` come to. */
  saved: readonly (readonly Value[])[]
  /** For each call what the rows up to each of the last rows before `from` come to, as many as its frames lag behind. */
  recent: readonly (readonly (readonly Value[])[])[]
  /** So many of the last rows that were looked at come to what they did before the step. */
  settled: number
}

/**
 * Calls whose frames begin with the partition: what rows come to goes on from the row before a change, and once a row
 * has what it had before, with all changes behind it, so have the rows up to the next change. A change that gives no
 * other result than before (a COUNT over an update, a MAX that stays) so reads a few rows of its partition.
 */
export class OverSweep {
  readonly #context: OperatorContext
  readonly #store: OverStore
  readonly #layout: OverLayout
  /** By call; undefined: a frame of some rows on both sides. */
  readonly #running: readonly (FollowedCall | undefined)[]
  readonly #before: number
  readonly #behind: number
  readonly #reads: readonly number[]
  /** How many rows frames lag behind at most. */
  readonly #lag: number

  constructor(context: OperatorContext, store: OverStore, layout: OverLayout, plan: SweepPlan) {
    this.#context = context
    this.#store = store
    this.#layout = layout
    this.#running = plan.running
    this.#before = plan.before
    this.#behind = plan.behind
    this.#lag = plan.running.reduce((most, running) => Math.max(most, running?.lag ?? 0), 0)
    this.#reads = [...new Set([...layout.reads, ...(layout.peers ?? [])])]
  }

  /** Tells `each` of the rows that may have other results, those of a partition in order. */
  run(changed: PartitionChanges, keys: readonly Column[], each: (looked: readonly LookedRow[]) => void): void {
    const { memory } = this.#context
    let active = changesByPlace(changed).flatMap((changes, partition): Progress[] => {
      const rows = changed.counts[partition] ?? 0
      if (changes.length === 0 || rows === 0) return []
      const unlooked = { next: 0, passed: 0, moved: 0, from: 0, size: 0, until: 0, saved: [], recent: [], settled: 0 }
      return [{ partition, rows, changes, ...unlooked }]
    })
    this.#seek(active, keys)
    active = active.filter(({ from, rows }) => from < rows)
    while (active.length > 0) {
      const { together, others } = portion(active)
      const mark = memory.mark()
      const moved = this.#look(together, keys, each)
      this.#seek(moved, keys)
      memory.release(mark)
      active = [...together, ...others].filter(({ from, rows }) => from < rows)
    }
  }

  /** Moves on to the first row that the next change may reach; behind the last row when there is none. */
  #seek(progress: readonly Progress[], keys: readonly Column[]): void {
    const open = progress.filter(each => {
      if (each.next === each.changes.length) each.from = each.rows
      return each.next < each.changes.length
    })
    if (open.length === 0) return
    const firsts = open.map(({ changes, next, partition }) => {
      const place = changes[next]?.place ?? 0
      // The row before the change may be its peer.
      const reached = this.#layout.peers === undefined ? place : place - 1
      return { partition, place: Math.max(0, Math.min(reached, place - this.#before)) }
    })
    const places = this.#groupStarts(firsts, keys)
    for (const [at, each] of open.entries()) {
      each.from = places[at] ?? 0
      const likely = Math.max(this.#before + this.#behind, 4 * (each.changes.length - each.next))
      each.size = Math.max(FEW, Math.min(likely, TOGETHER))
    }
    this.#resume(open, keys)
  }

  /** What the rows before come to, from the one before; from the first row on where that has no results. */
  #resume(open: readonly Progress[], keys: readonly Column[]): void {
    const before = open.filter(({ from }) => from > 0)
    const depth = Math.max(1, this.#lag)
    const lasts = before.map(({ partition, from }) => ({ partition, from: Math.max(0, from - depth), to: from }))
    const { slots, rows } = this.#store.stretches(lasts, keys)
    const sent = this.#store.sent(slots, rows)
    let start = 0
    for (const [at, each] of before.entries()) {
      const { from, to } = lasts[at]!
      const own = sent.slice(start, start + to - from)
      start += to - from
      each.settled = 0
      if (own.some(({ state }) => state !== SENT)) {
        Object.assign(each, { from: 0, passed: 0, moved: 0 })
        continue
      }
      const savedAt = (call: number, place: number): readonly Value[] =>
        this.#savedBy(own[place - from]?.results ?? [], call, place + 1)
      each.saved = this.#running.map((_, call) => savedAt(call, to - 1))
      each.recent = this.#running.map((running, call) => {
        const first = Math.max(from, to - (running?.lag ?? 0))
        return Array.from({ length: to - first }, (_, i) => savedAt(call, first + i))
      })
    }
    for (const each of open) {
      if (each.from > 0) continue
      each.saved = this.#running.map(running => nothingOf(running))
      each.recent = this.#running.map(() => [])
    }
  }

  /** What so many rows come to for a call, the last of which has these results. */
  #savedBy(results: readonly Value[], call: number, rows: number): readonly Value[] {
    const running = this.#running[call]
    if (running === undefined) return []
    const { kept, call: of } = running
    if (kept !== undefined) return results.slice(kept, kept + of.saved.length)
    return of.resume?.(results[call] ?? null, rows) ?? []
  }

  /** Looks at the next rows of partitions. Those of which the rows behind are as they were, up to the next change. */
  #look(
    together: readonly Progress[],
    keys: readonly Column[],
    each: (looked: readonly LookedRow[]) => void,
  ): readonly Progress[] {
    const stretches = together.map(({ partition, rows, from, size }) => ({
      partition,
      from: Math.max(0, from - this.#behind),
      to: Math.min(rows, from + size + this.#before),
    }))
    const { memory } = this.#context
    const read = this.#read(stretches, keys, this.#reads)
    const { columns } = read
    const slots = int32sOf(memory, read.slots, read.rows)
    const sent = this.#store.sent(read.slots, read.rows)
    const all: LookedRow[] = []
    const moved: Progress[] = []
    let start = 0
    for (const [at, progress] of together.entries()) {
      const { partition, from: first, to: last } = stretches[at]!
      const { from, rows, size } = progress
      const begin = start + from - first
      const next = this.#groups(columns, begin, Math.min(rows, from + size) - from, from + size >= rows)
      if (next.rows === 0) progress.size *= 2
      else {
        const around = { from: start, to: start + last - first }
        const looked = this.#results(progress, next, columns, around, begin).map(
          (row, i): LookedRow => ({ ...row, partition, slot: slots[begin + i] ?? -1, sent: sent[begin + i]! }),
        )
        for (const row of looked) all.push(row)
        if (this.#advance(progress, looked)) moved.push(progress)
      }
      start += last - first
    }
    each(all)
    return moved
  }

  /** Behind rows that were looked at. True when all that follow, up to the next change, are as they were. */
  #advance(progress: Progress, looked: readonly LookedRow[]): boolean {
    const { changes, rows } = progress
    const to = progress.from + looked.length
    progress.from = to
    progress.size = Math.min(progress.size * 2, TOGETHER)
    for (let change = changes[progress.next]; change !== undefined; change = changes[++progress.next]) {
      if (change.place - this.#before > to) break
      progress.until = Math.max(progress.until, Math.min(rows, change.place + this.#behind + 1))
    }
    for (let change = changes[progress.passed]; change !== undefined; change = changes[++progress.passed]) {
      if (change.place >= to) break
      progress.moved += change.shift
    }
    const last = looked.at(-1)
    if (last === undefined || !this.#isAsBefore(progress, last)) progress.settled = 0
    else progress.settled = this.#settledBehind(progress, looked)
    return to < rows && to >= progress.until && progress.settled > this.#lag
  }

  /** How many of the last rows, of which the last one is, are as before; more than the lag does not matter. */
  #settledBehind({ settled }: Progress, looked: readonly LookedRow[]): number {
    let count = 1
    while (count <= this.#lag && count < looked.length && this.#lagsAsBefore(looked[looked.length - 1 - count]!))
      count++
    return count === looked.length ? settled + count : count
  }

  /** Whether what the rows up to this one come to, for the calls that lag behind, is what they did before the step. */
  #lagsAsBefore({ sent, results, kept }: LookedRow): boolean {
    if (sent.state !== SENT) return false
    return this.#running.every((running, call) => {
      if (running === undefined || running.lag === 0) return true
      const own = this.#savedBy([...results.map(() => null), ...kept], call, 0)
      return this.#savedBy(sent.results, call, 0).every((value, i) => isExactly(value, own[i] ?? null))
    })
  }

  /** Whether what the rows up to the last one come to is what they did before the step. */
  #isAsBefore({ moved, from }: Progress, { sent, results, kept }: LookedRow): boolean {
    const now = fitting(results)
    if (sent.state !== SENT || now === undefined) return false
    return this.#running.every((_, call) => {
      const before = this.#savedBy(sent.results, call, from - moved)
      const own = this.#savedBy([...now, ...kept], call, from)
      return before.every((value, i) => isExactly(value, own[i] ?? null))
    })
  }

  /** The rows as groups of peers, without the last group when rows behind may belong to it. */
  #groups(columns: ReadonlyMap<number, readonly Value[]>, from: number, rows: number, ends: boolean): Sequence {
    const { peers } = this.#layout
    const own = (length: number): Sequence => {
      const values = new Map([...columns].map(([column, all]) => [column, all.slice(from, from + length)]))
      return sequenceOf(length, values, peers)
    }
    const all = own(rows)
    if (ends || peers === undefined) return all
    return own(all.groupStarts.at(-2) ?? 0)
  }

  #results(
    progress: Progress,
    next: Sequence,
    columns: ReadonlyMap<number, readonly Value[]>,
    around: { readonly from: number; readonly to: number },
    begin: number,
  ): readonly Pick<LookedRow, 'results' | 'kept'>[] {
    const { schema, measure, calls } = this.#layout
    const kept: Value[][] = Array.from({ length: next.rows }, () => [])
    const saved: (readonly Value[])[] = []
    const recent: (readonly (readonly Value[])[])[] = calls.map(() => [])
    let seen: Sequence | undefined
    const results = calls.map((call, i): readonly Result[] => {
      const running = this.#running[i]
      if (running === undefined) {
        seen ??= sequenceOf(
          around.to - around.from,
          new Map([...columns].map(([column, all]) => [column, all.slice(around.from, around.to)])),
          undefined,
        )
        const first = begin - around.from
        saved.push([])
        return framedResults(call, schema, measure, seen, first, first + next.rows)
      }
      const states = [...(progress.recent[i] ?? [])]
      const passed = states.length
      const keep = (from: number, to: number, values: readonly Value[]): void => {
        for (let row = from; row < to; row++) kept[row]?.push(...values)
        if (running.lag > 0) states.push(values)
      }
      const ran = running.call.run(next, progress.saved[i] ?? [], running.kept === undefined ? undefined : keep)
      saved.push(ran.saved)
      const { lag } = running
      if (lag === 0) return ran.results
      recent[i] = states.slice(-lag)
      const nothing = nothingOf(running)
      return ran.results.map((_, row): Result => running.call.resultOf?.(states[passed + row - lag] ?? nothing) ?? null)
    })
    progress.saved = saved
    progress.recent = recent
    return kept.map((own, row) => ({ results: results.map((of): Result => of[row] ?? null), kept: own }))
  }

  /** The first row of the group that each row is in. */
  #groupStarts(
    at: readonly { readonly partition: number; readonly place: number }[],
    keys: readonly Column[],
  ): readonly number[] {
    const { peers } = this.#layout
    const starts = at.map(({ place }) => place)
    if (peers === undefined) return starts
    let open = [...at.keys()].filter(i => starts[i]! > 0)
    for (let size = FEW; open.length > 0; size = Math.min(size * 4, TOGETHER)) {
      const mark = this.#context.memory.mark()
      const stretches = open.map(i => {
        const to = starts[i]! + 1
        return { partition: at[i]!.partition, from: Math.max(0, to - size), to }
      })
      const { columns } = this.#read(stretches, keys, peers)
      let behind = 0
      open = open.filter((i, row) => {
        const { from, to } = stretches[row]!
        const values = peers.map(
          column => [column, valuesOf(columns, column).slice(behind, behind + to - from)] as const,
        )
        behind += to - from
        const start = from + (sequenceOf(to - from, new Map(values), peers).groupStarts.at(-2) ?? 0)
        starts[i] = start
        return start === from && from > 0
      })
      this.#context.memory.release(mark)
    }
    return starts
  }

  /** Columns of the rows of stretches, one after the other. */
  #read(stretches: readonly Stretch[], keys: readonly Column[], columns: readonly number[]) {
    const { memory } = this.#context
    const { slots, rows } = this.#store.stretches(stretches, keys)
    const values = (column: number) => valuesIn(memory, this.#store.column(slots, rows, column), rows)
    return { slots, rows, columns: new Map(columns.map(column => [column, values(column)])) }
  }
}

/** What no rows come to. */
const nothingOf = (running: FollowedCall | undefined): readonly Value[] => running?.call.saved.map(() => null) ?? []

/** The first partitions, as many as are looked at together. */
function portion(active: readonly Progress[]) {
  let rows = 0
  let count = 0
  for (const { size } of active) {
    if (count > 0 && rows + size > TOGETHER) break
    rows += size
    count++
  }
  return { together: active.slice(0, count), others: active.slice(count) }
}
