import { type Batch, CHUNK_ROWS, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { batchFromRows } from '../../batch/values.ts'
import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Clock } from '../../run/clock.ts'
import type { Value } from '../../types/value.ts'
import { integerOption } from '../options.ts'
import type { Connector, OptionDefinition, PartitionReader, Source } from '../source.ts'
import { type FieldGenerator, fieldGenerator, sequenceLength } from './fields.ts'

const options: readonly OptionDefinition[] = [
  {
    name: 'rows-per-second',
    type: 'integer',
    default: '10000',
    summary: 'Rows a second; 0: as fast as they are taken.',
  },
  { name: 'number-of-rows', type: 'integer', default: '0', summary: 'How many rows there are; 0: without end.' },
  { name: 'seed', type: 'integer', default: '1', summary: 'Another seed gives other rows.' },
  {
    name: 'fields.#.kind',
    type: 'enum',
    values: ['random', 'sequence'],
    default: 'random',
    summary: "A column's generator; `#` is its name.",
  },
  { name: 'fields.#.min', type: 'string', summary: 'Lowest random value.' },
  { name: 'fields.#.max', type: 'string', summary: 'Highest random value.' },
  {
    name: 'fields.#.max-past',
    type: 'duration',
    default: '0 ms',
    summary: 'How far before now a random time may lie.',
  },
  { name: 'fields.#.length', type: 'integer', default: '100', summary: 'Length of random text and bytes.' },
  { name: 'fields.#.null-rate', type: 'string', default: '0', summary: 'Share of NULLs, 0 to 1.' },
  { name: 'fields.#.start', type: 'integer', summary: 'First value of a sequence.' },
  { name: 'fields.#.end', type: 'integer', summary: 'Last value of a sequence; the source ends there.' },
]

/** Flink's datagen: random or sequential values by column. The same rows for the same seed. */
export function datagenConnector(clock: Clock): Connector {
  return {
    name: 'datagen',
    summary: 'Makes random or sequential rows.',
    options,
    source: { guarantee: 'replays from any row', create: relation => datagenSource(relation, clock) },
  }
}

function datagenSource(relation: Relation, clock: Clock): Source {
  const rate = integerOption(relation, options, 'rows-per-second')
  const seed = integerOption(relation, options, 'seed')
  const sequence = sequenceLength(relation)
  const given = integerOption(relation, options, 'number-of-rows')
  const total = sequence === undefined ? given : given === 0n || sequence < given ? sequence : given
  const start = clock.now()
  return {
    bounded: total > 0n || sequence !== undefined,
    replays: true,
    open: async ({ scan, positions }) => {
      const fields = scan.columns.map(({ column }) => fieldGenerator(relation, column, seed, start))
      return [new DatagenReader(scan, fields, { rate, total, start, clock }, BigInt(positions.get('0') ?? '0'))]
    },
  }
}

interface Pace {
  readonly rate: bigint
  readonly total: bigint
  readonly start: bigint
  readonly clock: Clock
}

class DatagenReader implements PartitionReader {
  readonly partition = '0'
  readonly #scan: ScanNode
  readonly #fields: readonly FieldGenerator[]
  readonly #pace: Pace
  readonly #first: bigint
  #next: bigint

  constructor(scan: ScanNode, fields: readonly FieldGenerator[], pace: Pace, next: bigint) {
    this.#scan = scan
    this.#fields = fields
    this.#pace = pace
    this.#first = next
    this.#next = next
  }

  state(): 'ready' | 'waiting' | 'ended' {
    if (this.#pace.total > 0n && this.#next >= this.#pace.total) return 'ended'
    return this.#due() > 0n ? 'ready' : 'waiting'
  }

  read(maxRows: number, memory: Memory): Batch {
    const due = this.#due()
    const limit = BigInt(Math.min(maxRows, CHUNK_ROWS))
    const rows = Number(due < limit ? due : limit)
    const values: Value[][] = []
    for (let row = 0; row < rows; row++) values.push(this.#fields.map(make => make(this.#next + BigInt(row))))
    this.#next += BigInt(rows)
    return batchFromRows(memory, this.#scan.schema, values, { firstOrdinal: 0n, watermark: NO_WATERMARK })
  }

  position(): string {
    return String(this.#next)
  }

  async ready(): Promise<void> {
    if (this.state() === 'waiting') await new Promise(resolve => setTimeout(resolve, 10))
  }

  async close(): Promise<void> {
    return undefined
  }

  /** Rows that may be taken now by the rate and the number of rows. */
  #due(): bigint {
    const { rate, total, start, clock } = this.#pace
    const left = total > 0n ? total - this.#next : BigInt(Number.MAX_SAFE_INTEGER)
    if (rate === 0n) return left
    const due = ((clock.now() - start) * rate) / 1_000_000n + 1n - (this.#next - this.#first)
    return due < left ? due : left
  }
}
