import type { Column } from '../../../batch/batch.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { TimerClock } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { rowKey } from '../../../types/value-key.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { bytesOf } from '../state-of.ts'
import { keyColumns } from './key-fields.ts'

/** `named` timers are one a key and name, `plain` ones one a key, clock and time; `expiry` ends a cell of the state. */
export type TimerKind = 'named' | 'plain' | 'expiry'

/** A timer of a key. */
export interface Timer {
  readonly key: readonly Value[]
  readonly kind: TimerKind
  readonly clock: TimerClock
  readonly name: string
  /** µs */
  readonly time: bigint
  /** The arrival of the row that set it, or that set the timer that did. */
  readonly ordinal: bigint
  /** Set by a timer, not by a row. */
  readonly chained: boolean
}

const kinds = ['named', 'plain', 'expiry'] as const
const clocks = ['event', 'processing'] as const

/**
 * The timers of all keys, and which is due next: by time, then by the row that set it, by key and by name. A derived
 * table has them in that order. What is set and cancelled is collected and written when it is needed.
 */
export class ProcessTimers {
  readonly table: StateTable
  readonly #due: StateTable
  readonly #context: OperatorContext
  readonly #keys: Schema
  /** By identity; undefined: cancelled. */
  readonly #changed = new Map<string, { readonly timer: Timer; readonly gone: boolean }>()
  /** The earliest timer of each clock; undefined: not looked at. */
  readonly #earliest: Record<TimerClock, { readonly time: bigint | undefined } | undefined> = {
    event: undefined,
    processing: undefined,
  }

  constructor(context: OperatorContext, keys: Schema) {
    this.#context = context
    this.#keys = keys
    this.table = context.table({
      name: 'timers',
      fields: [
        ...keys,
        field('$kind', types.int, false),
        field('$name', types.string, false),
        field('$at', types.bigint, false),
        field('$clock', types.int, false),
        field('$time', types.bigint, false),
        field('$ordinal', types.bigint, false),
        field('$chained', types.boolean, false),
        field('$entry', types.int, false),
      ],
      keys: keys.length + 3,
      groupBy: keys.length,
      unique: true,
    })
    const ordering = [field('$time', types.bigint, false), field('$ordinal', types.bigint, false), ...keys]
    this.#due = context.table({
      name: 'due',
      fields: [
        field('$clock', types.int, false),
        ...ordering,
        field('$name', types.string, false),
        field('$slot', types.int, false),
      ],
      keys: 1,
      unique: false,
      order: [...ordering, 'name'].map((_, at) => ({ field: at + 1, descending: false, nullsFirst: false })),
    })
  }

  set(timer: Timer): void {
    this.#changed.set(identity(timer), { timer, gone: false })
  }

  cancel(timer: Timer): void {
    this.#changed.set(identity(timer), { timer, gone: true })
  }

  /** When the next timer of a clock is due. */
  earliest(clock: TimerClock): bigint | undefined {
    this.flush()
    return this.#stored(clock)
  }

  /** Takes the next timer of a clock that is before `bound`. */
  take(clock: TimerClock, bound: bigint): Timer | undefined {
    if (!this.#mayBeDue(clock, bound)) return undefined
    this.flush()
    const time = this.#stored(clock)
    if (time === undefined || time >= bound) return undefined
    const { memory } = this.#context
    const mark = memory.mark()
    const { slots: entry } = this.#due.firstOf([this.#clockColumn([clock])], 1, 1)
    const width = this.#keys.length
    const slot = this.#due.gather(entry, 1, width + 4).data
    const at = (column: number): Value => readValue(memory, this.table.gather(slot, 1, column), 0)
    const timer: Timer = {
      key: this.#keys.map((_, column) => at(column)),
      kind: kinds[Number(at(width))] ?? 'named',
      name: String(at(width + 1)),
      clock,
      time,
      ordinal: BigInt(String(at(width + 5))),
      chained: at(width + 6) === true,
    }
    this.table.remove(slot, 1)
    this.#due.remove(entry, 1)
    this.#earliest[clock] = undefined
    memory.release(mark)
    return timer
  }

  /** Writes what was set and cancelled. */
  flush(): void {
    if (this.#changed.size === 0) return
    const { memory } = this.#context
    const mark = memory.mark()
    const changes = [...this.#changed.values()]
    this.#changed.clear()
    this.#earliest.event = undefined
    this.#earliest.processing = undefined
    this.#remove(changes.map(({ timer }) => timer))
    this.#insert(changes.flatMap(({ timer, gone }) => (gone ? [] : [timer])))
    memory.release(mark)
  }

  /** After a restore: what is due when follows from the timers. */
  rebuild(): void {
    const { memory } = this.#context
    const mark = memory.mark()
    this.#due.clear()
    const { slots, rows } = this.table.all()
    const own = [...memory.i32(slots, rows)]
    if (rows > 0) this.#enter(own)
    memory.release(mark)
  }

  bytes(): number {
    return bytesOf([this.table, this.#due])
  }

  /** Without a look into the table, where nothing that is known can be due. */
  #mayBeDue(clock: TimerClock, bound: bigint): boolean {
    const stored = this.#stored(clock)
    if (stored !== undefined && stored < bound) return true
    for (const { timer, gone } of this.#changed.values())
      if (!gone && timer.clock === clock && timer.time < bound) return true
    return false
  }

  #stored(clock: TimerClock): bigint | undefined {
    const known = this.#earliest[clock]
    if (known !== undefined) return known.time
    const { memory } = this.#context
    const mark = memory.mark()
    const { pairs, slots } = this.#due.firstOf([this.#clockColumn([clock])], 1, 1)
    const time = pairs === 0 ? undefined : memory.i64(this.#due.gather(slots, 1, 1).data, 1)[0]
    memory.release(mark)
    this.#earliest[clock] = { time }
    return time
  }

  #remove(timers: readonly Timer[]): void {
    const { memory } = this.#context
    const found = [...memory.i32(this.table.find(this.#identities(timers), timers.length), timers.length)]
    const slots = found.filter(slot => slot !== -1)
    if (slots.length === 0) return
    const at = int32s(memory, slots)
    this.#due.remove(this.table.gather(at, slots.length, this.#keys.length + 7).data, slots.length)
    this.table.remove(at, slots.length)
  }

  #insert(timers: readonly Timer[]): void {
    if (timers.length === 0) return
    const { memory } = this.#context
    const rows = timers.length
    const { slots } = this.table.findOrInsert(this.#identities(timers), rows)
    const width = this.#keys.length
    const put = (at: number, column: Column): void => this.table.scatter(slots, rows, width + at, column)
    put(3, this.#clockColumn(timers.map(({ clock }) => clock)))
    const longs = (of: (timer: Timer) => bigint) => columnFromValues(memory, types.bigint, timers.map(of))
    put(
      4,
      longs(({ time }) => time),
    )
    put(
      5,
      longs(({ ordinal }) => ordinal),
    )
    put(
      6,
      columnFromValues(
        memory,
        types.boolean,
        timers.map(({ chained }) => chained),
      ),
    )
    this.#enter([...memory.i32(slots, rows)])
  }

  /** Timers of these slots into their order. */
  #enter(slots: readonly number[]): void {
    const { memory } = this.#context
    const rows = slots.length
    const at = int32s(memory, slots)
    const width = this.#keys.length
    const gather = (column: number): Column => this.table.gather(at, rows, column)
    const entries = this.#due.insert(
      [
        gather(width + 3),
        gather(width + 4),
        gather(width + 5),
        ...this.#keys.map((_, column) => gather(column)),
        gather(width + 1),
        { type: types.int, data: at, validity: 0 },
      ],
      rows,
    )
    this.table.scatter(at, rows, width + 7, { type: types.int, data: entries, validity: 0 })
  }

  #identities(timers: readonly Timer[]): readonly Column[] {
    return keyColumns(
      this.#context.memory,
      this.table.spec.fields.slice(0, this.#keys.length + 3),
      timers.map(timer => [...timer.key, kinds.indexOf(timer.kind), timer.name, momentOf(timer)]),
    )
  }

  #clockColumn(of: readonly TimerClock[]): Column {
    return columnFromValues(
      this.#context.memory,
      types.int,
      of.map(clock => clocks.indexOf(clock)),
    )
  }
}

/** What tells plain timers of a key apart: odd on the processing clock. */
const momentOf = ({ kind, clock, time }: Timer): bigint =>
  kind === 'plain' ? BigInt.asIntN(64, time * 2n + BigInt(clocks.indexOf(clock))) : 0n

const identity = (timer: Timer): string => rowKey([...timer.key, timer.kind, timer.name, momentOf(timer)])
