import type { Batch } from '../batch/batch.ts'
import { CHUNK_ROWS, NO_WATERMARK } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { batchFromRows } from '../batch/values.ts'
import type { ScanNode } from '../plan/nodes/node.ts'
import type { Value } from '../types/value.ts'
import type { PartitionReader, Source, SourceContext } from './source.ts'

export interface WeightedRow {
  readonly values: readonly Value[]
  readonly weight: number
  /** Of rows that are handed on in event time: the watermark before the row, µs. */
  readonly watermark?: bigint
}

/** How far the rows of a feed have come in event time. */
export interface FeedTime {
  readonly watermark: bigint
  /** No rows are expected now: it holds nothing back. */
  readonly idle: boolean
}

/** What is kept of a name: its rows, and how far they have come. */
export interface KeptRows {
  readonly rows: readonly WeightedRow[]
  readonly time?: FeedTime
}

/**
 * Rows pushed by the program. Every source made from a feed gets all rows that are pushed after it was made, behind
 * the `initial` rows it is given. The feed keeps nothing itself: a reader's queue is its only copy.
 */
export class MemoryFeed {
  readonly #readers = new Set<MemoryReader>()
  #time: FeedTime = { watermark: NO_WATERMARK, idle: false }
  #ended = false

  get time(): FeedTime {
    return this.#time
  }

  /** Rows pushed together are taken in one step when the step is large enough; an update's two rows always are. */
  push(rows: readonly WeightedRow[]): void {
    for (const reader of this.#readers) reader.add(rows)
  }

  /** Somebody reads what is pushed. */
  get isRead(): boolean {
    return this.#readers.size > 0
  }

  /** Rows that wait for the reader that is furthest behind. */
  get unread(): number {
    return Math.max(0, ...[...this.#readers].map(reader => reader.unread))
  }

  /** The rows that come from now on are behind this time. */
  reach(time: FeedTime): void {
    this.#time = time
    for (const reader of this.#readers) reader.reach(time)
  }

  /** No more rows will come. */
  end(): void {
    this.#ended = true
    for (const reader of this.#readers) reader.end()
  }

  source(initial: readonly WeightedRow[] = []): Source {
    return {
      bounded: false,
      replays: false,
      open: async (context: SourceContext): Promise<readonly PartitionReader[]> => [this.reader(context.scan, initial)],
    }
  }

  /** One more reader of the rows that are pushed from now on. */
  reader(scan: ScanNode, initial: readonly WeightedRow[] = []): PartitionReader {
    const reader = new MemoryReader(scan, initial, closed => this.#readers.delete(closed))
    this.#readers.add(reader)
    reader.reach(this.#time)
    if (this.#ended) reader.end()
    return reader
  }
}

/** A source of rows that are all there: a table's contents. */
export function memoryRows(rows: readonly WeightedRow[]): Source {
  return {
    bounded: true,
    replays: true,
    open: async context => {
      const reader = new MemoryReader(context.scan, rows, () => undefined)
      reader.end()
      return [reader]
    },
  }
}

class MemoryReader implements PartitionReader {
  readonly partition = '0'
  readonly #scan: ScanNode
  readonly #closed: (reader: MemoryReader) => void
  #rows: WeightedRow[]
  /** Old rows whose new ones stand behind them: no step ends between the two. */
  readonly #olds = new Set<WeightedRow>()
  #next = 0
  #taken = 0
  #ended = false
  #idle = false
  readonly #times = new ReadTimes()
  #wake: (() => void) | undefined

  constructor(scan: ScanNode, initial: readonly WeightedRow[], closed: (reader: MemoryReader) => void) {
    this.#scan = scan
    this.#rows = [...initial]
    this.#closed = closed
  }

  add(rows: readonly WeightedRow[]): void {
    for (const [at, row] of rows.entries()) {
      if (row.weight < 0 && (rows[at + 1]?.weight ?? 0) > 0) this.#olds.add(row)
      this.#rows.push(row)
    }
    this.#notify()
  }

  get unread(): number {
    return this.#rows.length - this.#next
  }

  reach({ watermark, idle }: FeedTime): void {
    if (this.#scan.handedOn === undefined) return
    this.#times.add(this.#taken + this.unread, watermark)
    this.#idle = idle
    this.#notify()
  }

  end(): void {
    this.#ended = true
    this.#notify()
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    if (this.unread > 0 || this.#times.isFurther(this.#taken)) return 'ready'
    if (this.#ended) return 'ended'
    return this.#idle ? 'idle' : 'waiting'
  }

  watermark(): bigint | undefined {
    return this.#times.take(this.#taken)
  }

  read(maxRows: number, memory: Memory): Batch | undefined {
    const rows = this.#rows.slice(this.#next, this.#next + this.#wholeUpdates(Math.min(maxRows, CHUNK_ROWS)))
    if (rows.length === 0) return undefined
    if (this.#olds.size > 0) for (const row of rows) this.#olds.delete(row)
    this.#next += rows.length
    this.#taken += rows.length
    if (this.#next === this.#rows.length) {
      this.#rows = []
      this.#next = 0
    }
    const values = rows.map(row => this.#scan.columns.map(({ column, path }) => pick(row.values[column] ?? null, path)))
    const weighted = rows.some(row => row.weight !== 1)
    const batch = batchFromRows(memory, this.#scan.schema, values, {
      firstOrdinal: 0n,
      watermark: rows[0]?.watermark ?? NO_WATERMARK,
      ...(weighted ? { weights: rows.map(row => row.weight) } : {}),
    })
    if (this.#scan.handedOn === undefined) return batch
    const watermarks = memory.chunk(rows.length * 8)
    memory.i64(watermarks, rows.length).set(rows.map(row => row.watermark ?? NO_WATERMARK))
    return { ...batch, watermarks }
  }

  /** So many rows, or one less; one more where an update is all there is room for. */
  #wholeUpdates(rows: number): number {
    const last = this.#rows[this.#next + rows - 1]
    if (last === undefined || !this.#olds.has(last)) return rows
    return rows > 1 ? rows - 1 : 2
  }

  position(): string {
    return String(this.#taken)
  }

  ready(): Promise<void> {
    if (this.state() !== 'waiting') return Promise.resolve()
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  async close(): Promise<void> {
    this.#closed(this)
    this.#notify()
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

/** What a reader's rows have reached: watermarks, each behind so many rows. */
class ReadTimes {
  #reached = NO_WATERMARK
  readonly #ahead: { readonly behind: number; readonly watermark: bigint }[] = []

  add(behind: number, watermark: bigint): void {
    if (watermark <= (this.#ahead.at(-1)?.watermark ?? this.#reached)) return
    if (this.#ahead.at(-1)?.behind === behind) this.#ahead.pop()
    this.#ahead.push({ behind, watermark })
  }

  /** Whether so many rows have reached more than was taken. */
  isFurther(rows: number): boolean {
    const [next] = this.#ahead
    return next !== undefined && next.behind <= rows
  }

  take(rows: number): bigint | undefined {
    if (!this.isFurther(rows)) return undefined
    for (let next = this.#ahead[0]; next !== undefined && next.behind <= rows; next = this.#ahead[0]) {
      this.#reached = next.watermark
      this.#ahead.shift()
    }
    return this.#reached
  }
}

function pick(value: Value, path: readonly number[]): Value {
  let at = value
  for (const index of path) {
    if (!Array.isArray(at)) return null
    at = (at as readonly Value[])[index] ?? null
  }
  return at
}
