import type { Batch } from '../batch/batch.ts'
import { NO_WATERMARK } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { batchFromRows } from '../batch/values.ts'
import type { ScanNode } from '../plan/nodes/node.ts'
import type { Value } from '../types/value.ts'
import type { PartitionReader, Source, SourceContext } from './source.ts'

export interface WeightedRow {
  readonly values: readonly Value[]
  readonly weight: number
}

/**
 * Rows pushed by the program. Every source made from a feed gets all rows that are pushed after it was made, behind
 * the `initial` rows it is given. The feed keeps nothing itself: a reader's queue is its only copy.
 */
export class MemoryFeed {
  readonly #readers = new Set<MemoryReader>()
  #ended = false

  /** Rows pushed together are taken in one step when the step is large enough. */
  push(rows: readonly WeightedRow[]): void {
    for (const reader of this.#readers) reader.add(rows)
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
  #next = 0
  #taken = 0
  #ended = false
  #wake: (() => void) | undefined

  constructor(scan: ScanNode, initial: readonly WeightedRow[], closed: (reader: MemoryReader) => void) {
    this.#scan = scan
    this.#rows = [...initial]
    this.#closed = closed
  }

  add(rows: readonly WeightedRow[]): void {
    for (const row of rows) this.#rows.push(row)
    this.#notify()
  }

  end(): void {
    this.#ended = true
    this.#notify()
  }

  state(): 'ready' | 'waiting' | 'ended' {
    if (this.#next < this.#rows.length) return 'ready'
    return this.#ended ? 'ended' : 'waiting'
  }

  read(maxRows: number, memory: Memory): Batch | undefined {
    const rows = this.#rows.slice(this.#next, this.#next + Math.min(maxRows, 4096))
    if (rows.length === 0) return undefined
    this.#next += rows.length
    this.#taken += rows.length
    if (this.#next === this.#rows.length) {
      this.#rows = []
      this.#next = 0
    }
    const values = rows.map(row => this.#scan.columns.map(({ column, path }) => pick(row.values[column] ?? null, path)))
    const weighted = rows.some(row => row.weight !== 1)
    return batchFromRows(memory, this.#scan.schema, values, {
      firstOrdinal: 0n,
      watermark: NO_WATERMARK,
      ...(weighted ? { weights: rows.map(row => row.weight) } : {}),
    })
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

function pick(value: Value, path: readonly number[]): Value {
  let at = value
  for (const index of path) {
    if (!Array.isArray(at)) return null
    at = (at as readonly Value[])[index] ?? null
  }
  return at
}
