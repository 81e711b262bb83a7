import { type Batch, END_OF_TIME, NO_WATERMARK } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import type { PartitionStatus } from './journal.ts'

interface PartitionTime {
  /** Newest event time minus the declared delay; or the watermark that rows were handed on with. */
  newest: bigint
  status: PartitionStatus
}

/**
 * The watermark of one event time column of one source: per partition behind its newest row, together the lowest of
 * the partitions that are neither idle nor ended; when there is none, nothing is held back and it is the highest. It
 * never falls. One tracker serves all workers, so watermarks do not depend on how partitions are spread.
 */
export class EventTimeTracker {
  readonly delay: bigint
  #partitions = new Map<string, PartitionTime>()
  #watermark = NO_WATERMARK

  constructor(delay: bigint) {
    this.delay = delay
  }

  /** Must be told of every partition before the first row of any, or a slow one would be overtaken. */
  add(partition: string): void {
    if (!this.#partitions.has(partition)) this.#partitions.set(partition, { newest: NO_WATERMARK, status: 'active' })
  }

  mark(partition: string, status: PartitionStatus): void {
    this.#partition(partition).status = status
  }

  statusOf(partition: string): PartitionStatus | undefined {
    return this.#partitions.get(partition)?.status
  }

  /** How far the rows of a partition have come: its newest event time less the delay. */
  timeOf(partition: string): bigint | undefined {
    return this.#partitions.get(partition)?.newest
  }

  /** Rows of a partition that are handed on have come so far. */
  reach(partition: string, watermark: bigint): void {
    const own = this.#partition(partition)
    if (own.newest < watermark) own.newest = watermark
  }

  /** Raises every partition to at least `watermark` (a test's clock). */
  raise(watermark: bigint): void {
    for (const partition of this.#partitions.values()) if (partition.newest < watermark) partition.newest = watermark
    this.current()
  }

  current(): bigint {
    const reached = this.#lowest(undefined) ?? this.#highest()
    if (reached > this.#watermark) this.#watermark = reached
    return this.#watermark
  }

  /** Some partition is idle, and none is active. */
  get idle(): boolean {
    const statuses = [...this.#partitions.values()].map(({ status }) => status)
    return statuses.includes('idle') && !statuses.includes('active')
  }

  /** The newest event time of any partition; `NO_WATERMARK` before the first row. */
  newest(): bigint {
    const highest = this.#highest()
    return highest === NO_WATERMARK ? NO_WATERMARK : highest + this.delay
  }

  /** The batch with its per-row watermarks; moves the tracker over its rows. `column` holds the event time. */
  assign(batch: Batch, column: number, partition: string, memory: Memory): Batch {
    const time = batch.columns[column]
    if (time === undefined) throw new RangeError(`no event time column ${column}`)
    const own = this.#partition(partition)
    own.status = 'active'
    const before = this.current()
    const others = this.#lowest(own) ?? END_OF_TIME
    const state = memory.chunk(16)
    const watermarks = memory.chunk(batch.rows * 8)
    const cells = memory.i64(state, 2)
    cells[0] = own.newest
    cells[1] = before
    memory.kernels.event_time_watermarks(time.data, time.validity, batch.rows, this.delay, others, state, watermarks)
    const after = memory.i64(state, 2)
    own.newest = after[0] ?? own.newest
    this.#watermark = after[1] ?? this.#watermark
    return { ...batch, watermarks, watermark: before }
  }

  snapshot(): string {
    const partitions = [...this.#partitions].map(([name, { newest, status }]) => [name, String(newest), status])
    return JSON.stringify({ watermark: String(this.#watermark), partitions })
  }

  restore(text: string): void {
    const saved = JSON.parse(text) as { watermark: string; partitions: [string, string, PartitionStatus][] }
    this.#watermark = BigInt(saved.watermark)
    for (const [name, newest, status] of saved.partitions)
      this.#partitions.set(name, { newest: BigInt(newest), status })
  }

  #partition(name: string): PartitionTime {
    this.add(name)
    const partition = this.#partitions.get(name)
    if (partition === undefined) throw new RangeError(`no partition ${name}`)
    return partition
  }

  #highest(): bigint {
    let newest = NO_WATERMARK
    for (const partition of this.#partitions.values()) if (partition.newest > newest) newest = partition.newest
    return newest
  }

  #lowest(besides: PartitionTime | undefined): bigint | undefined {
    let lowest: bigint | undefined
    let ended = 0
    for (const partition of this.#partitions.values()) {
      if (partition.status === 'ended') ended += 1
      if (partition === besides || partition.status !== 'active') continue
      if (lowest === undefined || partition.newest < lowest) lowest = partition.newest
    }
    return ended === this.#partitions.size && ended > 0 && besides === undefined ? END_OF_TIME : lowest
  }
}

/** The newest event time of several sources; `NO_WATERMARK` before the first row. */
export function newestOf(trackers: Iterable<EventTimeTracker>): bigint {
  let newest = NO_WATERMARK
  for (const tracker of trackers) if (tracker.newest() > newest) newest = tracker.newest()
  return newest
}
