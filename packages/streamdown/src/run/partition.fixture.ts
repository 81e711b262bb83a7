import { NO_WATERMARK } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { batchFromRows } from '../batch/values.ts'
import type { Connector, PartitionReader } from '../connect/source.ts'
import type { ScanNode } from '../plan/nodes/node.ts'
import type { Value } from '../types/value.ts'

const MINUTE = 60_000_000n

/** A partition that a test fills, and whose state between rows it says. */
export class Partition implements PartitionReader {
  readonly partition: string
  readonly #scan: ScanNode
  #rows: (readonly Value[])[] = []
  #taken = 0
  whenEmpty: 'idle' | 'waiting' | 'ended' = 'waiting'

  constructor(partition: string, scan: ScanNode) {
    this.partition = partition
    this.#scan = scan
  }

  /** Rows at these minutes. */
  push(...minutes: readonly number[]): void {
    for (const minute of minutes) this.#rows.push([this.partition, BigInt(minute) * MINUTE])
  }

  state(): ReturnType<PartitionReader['state']> {
    return this.#rows.length > 0 ? 'ready' : this.whenEmpty
  }

  read(maxRows: number, memory: Memory) {
    const rows = this.#rows.splice(0, maxRows)
    this.#taken += rows.length
    const values = rows.map(row => this.#scan.columns.map(({ column }) => row[column] ?? null))
    return batchFromRows(memory, this.#scan.schema, values, { firstOrdinal: 0n, watermark: NO_WATERMARK })
  }

  position(): string {
    return String(this.#taken)
  }

  async ready(): Promise<void> {}

  async close(): Promise<void> {}
}

/** A connector whose every table is one partition, filled by the test. */
export const lone = (opened: (table: string, partition: Partition) => void): Connector => ({
  name: 'lone',
  summary: 'one partition',
  options: [{ name: 'name', type: 'string', summary: 'of the partition', required: true }],
  source: {
    guarantee: 'replays',
    create: ({ options }) => ({
      bounded: false,
      replays: true,
      open: async ({ scan }) => {
        const partition = new Partition(options['name'] ?? '', scan)
        opened(partition.partition, partition)
        return [partition]
      },
    }),
  },
})
