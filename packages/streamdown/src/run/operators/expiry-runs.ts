import type { Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { MinHeap } from './min-heap.ts'
import { SlotList } from './slot-list.ts'

const RUN_ROWS = 4096

/** Rows that end together: `moment` is the last moment of the one that lasts longest. */
interface Run {
  readonly slots: SlotList
  moment: bigint
}

/**
 * When rows end whose end nobody sees: rows that are only ever added, and that who finds them later knows to have ended.
 * They are kept in runs of the order in which they came, and a run ends as a whole; so they cost next to nothing, where
 * `Timers` are exact. Derived: not part of a snapshot, filled again after a restore.
 */
export class ExpiryRuns {
  readonly #memory: Memory
  readonly #runs = new MinHeap<Run>((a, b) => a.moment < b.moment)
  /** The run that is being filled, not in the heap yet. */
  #open: Run | undefined
  #bytes = 0

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** `times`: i64 a row, its last moment. */
  add(times: Pointer, slots: Pointer, rows: number): void {
    if (rows === 0) return
    const moment = this.#memory.kernels.highest_i64(times, rows)
    this.#open ??= { slots: new SlotList(this.#memory), moment }
    const run = this.#open
    const before = run.slots.bytes()
    run.slots.append(slots, rows)
    this.#bytes += run.slots.bytes() - before
    if (moment > run.moment) run.moment = moment
    if (run.slots.length < RUN_ROWS) return
    this.#runs.push(run)
    this.#open = undefined
  }

  /** Hands over the runs whose moment is before `bound`, and forgets them. */
  forDue(bound: bigint, each: (due: { readonly rows: number; readonly slots: Pointer }) => void): void {
    for (let run = this.#runs.peek(); run !== undefined && run.moment < bound; run = this.#runs.peek()) {
      this.#runs.pop()
      this.#end(run, each)
    }
    if (this.#open === undefined || this.#open.moment >= bound) return
    this.#end(this.#open, each)
    this.#open = undefined
  }

  clear(): void {
    for (let run = this.#runs.pop(); run !== undefined; run = this.#runs.pop()) run.slots.free()
    this.#open?.slots.free()
    this.#open = undefined
    this.#bytes = 0
  }

  bytes(): number {
    return this.#bytes
  }

  #end({ slots }: Run, each: (due: { readonly rows: number; readonly slots: Pointer }) => void): void {
    each({ rows: slots.length, slots: slots.at(0) })
    this.#bytes -= slots.bytes()
    slots.free()
  }
}
