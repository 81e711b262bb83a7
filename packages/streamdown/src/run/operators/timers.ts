import type { Pointer } from '../../batch/batch.ts'
import { columnFromValues } from '../../batch/values.ts'
import type { StateTable } from '../../state/state-table.ts'
import { field, types } from '../../types/data-type.ts'
import type { OperatorContext } from '../operator-context.ts'
import { MomentQueue } from './moment-queue.ts'

/** Rows of a table that are due: their slots in it, and the timers to remove with them. */
export interface DueRows {
  readonly rows: number
  readonly slots: Pointer
  readonly timers: Pointer
}

/**
 * When the rows of a table end, in buckets of `width` µs: setting, removing and finding timers is linear in their
 * number. Derived from the table: not part of a snapshot, set again after a restore. `timeField` is the BIGINT field
 * of the table that holds a row's last moment.
 */
export class Timers {
  readonly #context: OperatorContext
  readonly #of: StateTable
  readonly #timeField: number
  readonly #width: bigint
  readonly #table: StateTable
  readonly #buckets = new MomentQueue()

  constructor(context: OperatorContext, name: string, of: StateTable, timeField: number, width: bigint) {
    this.#context = context
    this.#of = of
    this.#timeField = timeField
    this.#width = width > 1n ? width : 1n
    this.#table = context.table({
      name,
      fields: [field('$bucket', types.bigint, false), field('$slot', types.int, false)],
      keys: 1,
      unique: false,
    })
  }

  /** A timer for each row; returns the timers' own slots. */
  add(times: Pointer, slots: Pointer, rows: number): Pointer {
    const { memory } = this.#context
    const buckets = memory.chunk(rows * 8)
    memory.kernels.time_buckets(times, this.#width, rows, buckets)
    const runs = memory.chunk(rows * 8)
    const count = memory.kernels.runs_i64(buckets, rows, runs)
    for (const bucket of memory.i64(runs, count)) this.#buckets.add(bucket)
    return this.#table.insert(
      [
        { type: types.bigint, data: buckets, validity: 0 },
        { type: types.int, data: slots, validity: 0 },
      ],
      rows,
    )
  }

  /** A moment that no row's is before; undefined: there is no row. */
  earliest(): bigint | undefined {
    const first = this.#buckets.first()
    return first === undefined ? undefined : first * this.#width
  }

  remove(timers: Pointer, rows: number): void {
    this.#table.remove(timers, rows)
  }

  /** Hands over, bucket by bucket, the rows whose time is before `bound`, earliest bucket first, and forgets them. */
  forDue(bound: bigint, each: (due: DueRows) => void): void {
    const { memory } = this.#context
    for (let bucket = this.#buckets.first(); bucket !== undefined; bucket = this.#buckets.first()) {
      if (bucket * this.#width >= bound) return
      const mark = memory.mark()
      const key = columnFromValues(memory, types.bigint, [bucket])
      const { pairs, slots: timers } = this.#table.matches([key], 1, true)
      const whole = (bucket + 1n) * this.#width <= bound
      if (whole) this.#buckets.removeFirst()
      if (pairs > 0) {
        const slots = this.#table.gather(timers, pairs, 1).data
        if (whole) {
          // Before the rows are handed over: that may set timers of this bucket anew.
          this.#table.removeKey(timers, pairs)
          each({ rows: pairs, slots, timers })
        } else {
          this.#partOf(bound, slots, timers, pairs, each)
        }
      }
      memory.release(mark)
      // Of the bucket that `bound` lies in only a part is due; it stays.
      if (!whole) return
    }
  }

  /** Everything gone; `forDue` finds nothing until timers are added again. */
  clear(): void {
    this.#table.clear()
    this.#buckets.clear()
  }

  bytes(): number {
    return this.#table.bytes()
  }

  #partOf(bound: bigint, slots: Pointer, timers: Pointer, pairs: number, each: (due: DueRows) => void): void {
    const { memory } = this.#context
    const { kernels } = memory
    const selection = memory.chunk(pairs * 4)
    const { value } = this.#of.offsets(this.#timeField)
    const rows = kernels.field_below(this.#of.addresses(slots, pairs), value, bound, 1, pairs, selection)
    if (rows === 0) return
    const dueSlots = memory.chunk(rows * 4)
    const dueTimers = memory.chunk(rows * 4)
    kernels.take_values(slots, 2, selection, rows, dueSlots)
    kernels.take_values(timers, 2, selection, rows, dueTimers)
    each({ rows, slots: dueSlots, timers: dueTimers })
    this.#table.remove(dueTimers, rows)
  }
}
