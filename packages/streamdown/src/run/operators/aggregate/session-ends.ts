import type { Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { MinHeap } from '../min-heap.ts'
import { SlotList } from '../slot-list.ts'
import { forRuns } from './aggregate-distinct.ts'

/** A gap is so many intervals of time: a session waits in the one in which it would end. */
const INTERVALS = 64n

/** Sessions by slot and number (a slot is given again). */
interface WaitingSessions {
  readonly slots: SlotList
  readonly ids: SlotList
}

/**
 * The open sessions by when they end at the earliest, an interval at a time: one that has grown when its interval is
 * over waits again. Derived: not part of a snapshot.
 */
export class SessionEnds {
  readonly #memory: Memory
  readonly #width: bigint
  readonly #waiting = new Map<bigint, WaitingSessions>()
  readonly #intervals = new MinHeap<bigint>((a, b) => a < b)

  constructor(memory: Memory, gap: bigint) {
    this.#memory = memory
    this.#width = gap < INTERVALS ? 1n : gap / INTERVALS
  }

  /** `slots` i32, `ids` and `ends` i64 a session. */
  add(slots: Pointer, ids: Pointer, ends: Pointer, rows: number): void {
    const memory = this.#memory
    const intervals = memory.chunk(rows * 8)
    memory.kernels.session_buckets(ends, rows, this.#width, intervals)
    forRuns(memory, intervals, rows, (interval, from, count) => {
      let waiting = this.#waiting.get(interval)
      if (waiting === undefined) {
        waiting = { slots: new SlotList(memory), ids: new SlotList(memory, 8) }
        this.#waiting.set(interval, waiting)
        this.#intervals.push(interval)
      }
      waiting.slots.append(slots + from * 4, count)
      waiting.ids.append(ids + from * 8, count)
    })
  }

  /** Hands out those that may have ended by `reached`; to be freed by the caller. */
  due(reached: bigint): readonly WaitingSessions[] {
    const due: WaitingSessions[] = []
    for (
      let interval = this.#intervals.peek();
      interval !== undefined && interval * this.#width <= reached;
      interval = this.#intervals.peek()
    ) {
      this.#intervals.pop()
      const waiting = this.#waiting.get(interval)
      this.#waiting.delete(interval)
      if (waiting !== undefined) due.push(waiting)
    }
    return due
  }

  bytes(): number {
    let bytes = 0
    for (const { slots, ids } of this.#waiting.values()) bytes += slots.bytes() + ids.bytes()
    return bytes
  }
}
