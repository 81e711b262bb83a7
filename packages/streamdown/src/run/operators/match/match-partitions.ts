import { type Batch, type Column, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import { sliceColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { MatchNode } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { MinHeap } from '../min-heap.ts'
import { Timers } from '../timers.ts'
import type { Attempt } from './match-attempt.ts'
import { OpenAttempts } from './match-attempts.ts'
import { decodeAttempt, encodeAttempt } from './match-bytes.ts'
import type { Instruction, MatchProgram } from './match-program.ts'
import { type MatchRows, PartitionRows } from './match-rows.ts'
import type { SearchState } from './match-search.ts'

/** A partition while a step looks at it. */
export interface Visited {
  readonly slot: number
  readonly rows: PartitionRows
  readonly state: SearchState
  /** The moment for which a timer is set; NULL: none is. */
  readonly timer: Value
}

/** Fields behind the partition's columns: the numbers of a search's state. */
const counters = ['$first', '$start', '$ready', '$covered', '$matches'] as const

interface Hold {
  readonly slot: number
  readonly time: bigint
}

/** How far the search of each partition has come. */
export class MatchPartitions {
  readonly table: StateTable
  readonly #node: MatchNode
  readonly #program: MatchProgram
  readonly #rows: MatchRows
  readonly #context: OperatorContext
  readonly #keys: number
  readonly #attempt: number
  readonly #expires: number
  /** The time of the row at which the search stands; NULL: there is none yet. */
  readonly #at: number
  /** When the time of a match that is looked for is over, by WITHIN. */
  readonly #timers: Timers | undefined
  /** Whether a partition without rows must still be known: matches are numbered, or it must not begin again. */
  readonly #lasting: boolean
  /** Derived from the table: the time of `#at` of each partition that has one. */
  readonly #held = new Map<number, bigint>()
  readonly #holds = new MinHeap<Hold>((a, b) => a.time < b.time)
  /** Of these the bytes in the table are out of date. */
  readonly #open = new OpenAttempts()

  constructor(node: MatchNode, program: MatchProgram, rows: MatchRows, context: OperatorContext) {
    const { input, partitionBy } = node
    const fields: Field[] = [
      ...partitionBy.map(index => input.schema[index] ?? field('', types.null)),
      ...counters.map(name => field(name, types.bigint)),
    ]
    this.#node = node
    this.#program = program
    this.#rows = rows
    this.#context = context
    this.#keys = partitionBy.length
    this.#attempt = fields.push(field('$attempt', types.bytes)) - 1
    this.#expires = fields.push(field('$expires', types.bigint)) - 1
    this.#at = fields.push(field('$at', types.bigint)) - 1
    this.table = context.table({ name: 'partitions', fields, keys: partitionBy.length, unique: true })
    this.#timers = node.within === undefined ? undefined : new Timers(context, 'within', this.table, this.#expires, 1n)
    this.#lasting =
      node.values.some(value => value.is === 'number') ||
      program.instructions.some((instruction: Instruction) => instruction.is === 'start')
  }

  /** The slot of each row's partition. */
  of(batch: Batch): Pointer {
    const keys = this.#node.partitionBy.flatMap(index => batch.columns[index] ?? [])
    return this.table.findOrInsert(keys, batch.rows).slots
  }

  find(keys: readonly Column[], rows: number): Pointer {
    return this.table.find(keys, rows)
  }

  all(): readonly number[] {
    const { slots, rows } = this.table.all()
    return Array.from(this.#context.memory.i32(slots, rows))
  }

  /** All partitions, and how many rows each has. */
  counts(): ReadonlyMap<number, number> {
    const slots = this.all()
    const counts = this.#countsOf(slots)
    return new Map(slots.map((slot, i) => [slot, counts[i] ?? 0]))
  }

  /** Partitions in which the time of a match may be over. */
  outOfTime(bound: bigint): readonly number[] {
    const found: number[] = []
    this.#timers?.forDue(bound, ({ rows, slots }) => {
      found.push(...this.#context.memory.i32(slots, rows))
    })
    if (found.length > 0)
      this.#put(
        found,
        this.#expires,
        found.map(() => null),
      )
    return found
  }

  /** When the first match that is looked for is out of time. */
  earliest(): bigint | undefined {
    const first = this.#timers?.earliest()
    return first === undefined ? undefined : first + 1n
  }

  /** The partitions as they are, with `arrived` more rows in order. */
  visit(slots: readonly number[], arrived: ReadonlyMap<number, number>): readonly Visited[] {
    const { memory } = this.#context
    const at = int32s(memory, slots)
    const numbers = counters.map((_, i) =>
      memory.i64(this.table.gather(at, slots.length, this.#keys + i).data, slots.length).slice(),
    )
    const attempts = this.table.gather(at, slots.length, this.#attempt)
    const expires = this.table.gather(at, slots.length, this.#expires)
    const keys = this.#node.partitionBy.map((_, key) => this.table.gather(at, slots.length, key))
    return slots.map((slot, i) => {
      const [first = 0, start = 0, ready = 0, covered = 0, matches = 0] = numbers.map(values => Number(values[i] ?? 0n))
      const attempt = this.#open.get(slot) ?? this.#read(attempts, i, start)
      const state = { first, start, ready: ready + (arrived.get(slot) ?? 0), covered, matches, attempt }
      const key = keys.map(column => sliceColumn(column, i))
      return {
        slot,
        state,
        rows: new PartitionRows(this.#rows, key, first, state.ready),
        timer: readValue(memory, expires, i),
      }
    })
  }

  /** Keeps what the searches came to. Rows that nothing can see any more are forgotten; `back`: how far matches see. */
  leave(visited: readonly Visited[], back: number): void {
    const { memory } = this.#context
    const gone: number[] = []
    for (const { rows, state } of visited) {
      const keep = Math.max(state.first, Math.min(state.start, state.ready) - back)
      for (let row = state.first; row < keep; row++) gone.push(rows.slot(row))
      state.first = keep
    }
    const times = visited.map(({ rows, state }) => (state.start < state.ready ? rows.time(state.start) : null))
    if (gone.length > 0) this.#rows.table.remove(int32s(memory, gone), gone.length)
    const slots = visited.map(({ slot }) => slot)
    const numbers = visited.map(({ state: { first, start, ready, covered, matches } }) => [
      first,
      start,
      ready,
      covered,
      matches,
    ])
    for (const i of counters.keys())
      this.#put(
        slots,
        this.#keys + i,
        numbers.map(values => BigInt(values[i] ?? 0)),
      )
    for (const { slot, state } of visited) {
      if (state.attempt === undefined) this.#open.delete(slot)
      else this.#open.set(slot, state.attempt)
    }
    const none = visited.filter(({ state }) => state.attempt === undefined).map(({ slot }) => slot)
    this.#put(
      none,
      this.#attempt,
      none.map(() => null),
    )
    this.#write(this.#open.takeExcess())
    this.#put(slots, this.#at, times)
    for (const [i, time] of times.entries()) this.#hold(slots[i] ?? -1, time)
    this.#setTimers(visited, times)
    this.#forget(visited)
  }

  /** The earliest row at which a search stands. */
  held(): bigint {
    for (let first = this.#holds.peek(); first !== undefined; first = this.#holds.peek()) {
      if (this.#held.get(first.slot) === first.time) return first.time
      this.#holds.pop()
    }
    return END_OF_TIME
  }

  /** Before a snapshot: all that is known is in the table. */
  write(): void {
    this.#write(this.#open.all())
  }

  #read(attempts: Column, row: number, start: number): Attempt | undefined {
    const bytes = readValue(this.#context.memory, attempts, row)
    return bytes instanceof Uint8Array ? decodeAttempt(this.#program, start, bytes) : undefined
  }

  #write(attempts: readonly (readonly [slot: number, attempt: Attempt])[]): void {
    this.#put(
      attempts.map(([slot]) => slot),
      this.#attempt,
      attempts.map(([, attempt]) => encodeAttempt(attempt)),
    )
  }

  /** After a restore. */
  rebuild(): void {
    this.#open.clear()
    this.#timers?.clear()
    this.#held.clear()
    this.#holds.clear()
    const { memory } = this.#context
    const { slots, rows } = this.table.all()
    const at = this.table.gather(slots, rows, this.#at)
    const expires = this.table.gather(slots, rows, this.#expires)
    const timed: { readonly slot: number; readonly time: bigint }[] = []
    for (const [i, slot] of Array.from(memory.i32(slots, rows)).entries()) {
      this.#hold(slot, readValue(memory, at, i))
      const time = readValue(memory, expires, i)
      if (typeof time === 'bigint') timed.push({ slot, time })
    }
    this.#addTimers(timed)
  }

  bytes(): number {
    return this.table.bytes() + (this.#timers?.bytes() ?? 0)
  }

  #hold(slot: number, time: Value): void {
    if (typeof time !== 'bigint') {
      this.#held.delete(slot)
      return
    }
    if (this.#held.get(slot) === time) return
    this.#held.set(slot, time)
    this.#holds.push({ slot, time })
  }

  /**
   * A partition has one timer at most. The search only moves on, so one that is set too early finds nothing to do and
   * is set again.
   */
  #setTimers(visited: readonly Visited[], times: readonly Value[]): void {
    const { within } = this.#node
    if (within === undefined) return
    const timed = visited.flatMap(({ slot, timer, state }, i) => {
      const { attempt, ready } = state
      const time = times[i]
      // What waits for a row to come, or for the end, is looked at then.
      const byTime = attempt !== undefined && attempt.next === ready && !attempt.waitsForEnd
      return timer !== null || !byTime || typeof time !== 'bigint' ? [] : [{ slot, time: time + within - 1n }]
    })
    if (timed.length === 0) return
    this.#put(
      timed.map(({ slot }) => slot),
      this.#expires,
      timed.map(({ time }) => time),
    )
    this.#addTimers(timed)
  }

  #addTimers(timed: readonly { readonly slot: number; readonly time: bigint }[]): void {
    if (timed.length === 0 || this.#timers === undefined) return
    const { memory } = this.#context
    const times = columnFromValues(
      memory,
      types.bigint,
      timed.map(({ time }) => time),
    )
    this.#timers.add(
      times.data,
      int32s(
        memory,
        timed.map(({ slot }) => slot),
      ),
      timed.length,
    )
  }

  /** Partitions without rows and without a timer. */
  #forget(visited: readonly Visited[]): void {
    if (this.#lasting) return
    const { memory } = this.#context
    const idle = visited.filter(({ state }) => state.first === state.ready).map(({ slot }) => slot)
    if (idle.length === 0) return
    const counts = this.#countsOf(idle)
    const at = int32s(memory, idle)
    const expires = this.table.gather(at, idle.length, this.#expires)
    const gone = idle.filter((_, i) => counts[i] === 0 && readValue(memory, expires, i) === null)
    this.table.remove(int32s(memory, gone), gone.length)
  }

  #countsOf(slots: readonly number[]): readonly number[] {
    const { memory } = this.#context
    const at = int32s(memory, slots)
    const keys = this.#node.partitionBy.map((_, key) => this.table.gather(at, slots.length, key))
    return Array.from(memory.i32(this.#rows.table.countOf(keys, slots.length), slots.length))
  }

  #put(slots: readonly number[], index: number, values: readonly Value[]): void {
    if (slots.length === 0) return
    const { memory } = this.#context
    const type = this.table.spec.fields[index]?.type ?? types.bigint
    this.table.scatter(int32s(memory, slots), slots.length, index, columnFromValues(memory, type, values))
  }
}
