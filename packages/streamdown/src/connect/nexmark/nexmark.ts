import { type Batch, CHUNK_ROWS, type Column, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { columnFromValues, rowsOf } from '../../batch/values.ts'
import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Value } from '../../types/value.ts'
import { integerOption } from '../options.ts'
import type { Connector, OptionDefinition, PartitionReader, Source } from '../source.ts'
import { type EventRange, fieldColumn, typeColumn } from './columns.ts'
import { nexmarkFields, nexmarkSchema } from './schema.ts'
import { makeTexts, type NexmarkTexts } from './texts.ts'

const options: readonly OptionDefinition[] = [
  {
    name: 'events.num',
    type: 'integer',
    default: '0',
    summary: 'How many events there are; 0: without end.',
    example: '1000000',
  },
  {
    name: 'first-event.rate',
    type: 'integer',
    default: '10000',
    summary: 'Events a second of event time.',
    example: '100000',
  },
  {
    name: 'base-time',
    type: 'integer',
    default: '1436918400000',
    summary: 'Event time of the first event, ms since 1970.',
  },
  { name: 'seed', type: 'integer', default: '1', summary: 'Another seed gives other events.' },
]

/**
 * The events of the Nexmark auction benchmark: of every 50 one person, three auctions and 46 bids. Only the columns
 * that a query reads are made.
 */
export const nexmark: Connector = {
  name: 'nexmark',
  summary: 'Nexmark benchmark events, the same on every machine for a seed.',
  options,
  source: { guarantee: 'replays from any event', create: relation => nexmarkSource(relation) },
}

export { nexmarkSchema }

function nexmarkSource(relation: Relation): Source {
  const total = integerOption(relation, options, 'events.num')
  const range = {
    seed: integerOption(relation, options, 'seed'),
    base: integerOption(relation, options, 'base-time') * 1000n,
    rate: integerOption(relation, options, 'first-event.rate'),
  }
  return {
    bounded: total > 0n,
    replays: true,
    open: async ({ scan, positions }) => [new NexmarkReader(scan, range, total, BigInt(positions.get('0') ?? '0'))],
  }
}

class NexmarkReader implements PartitionReader {
  readonly partition = '0'
  readonly #scan: ScanNode
  readonly #range: Omit<EventRange, 'first' | 'rows'>
  readonly #total: bigint
  #next: bigint
  #texts: NexmarkTexts | undefined

  constructor(scan: ScanNode, range: Omit<EventRange, 'first' | 'rows'>, total: bigint, next: bigint) {
    this.#scan = scan
    this.#range = range
    this.#total = total
    this.#next = next
  }

  state(): 'ready' | 'ended' {
    return this.#total > 0n && this.#next >= this.#total ? 'ended' : 'ready'
  }

  read(maxRows: number, memory: Memory): Batch {
    const left = this.#total > 0n ? Number(this.#total - this.#next) : maxRows
    const rows = Math.min(maxRows, CHUNK_ROWS, left)
    const range: EventRange = { ...this.#range, first: this.#next, rows }
    this.#next += BigInt(rows)
    this.#texts ??= makeTexts(memory, this.#range.seed)
    const texts = this.#texts
    const columns = this.#scan.columns.map(({ column, path }) => this.#column(memory, range, column, path, texts))
    return { rows, columns, weights: 0, watermarks: 0, watermark: NO_WATERMARK, ordinals: 0, firstOrdinal: 0n }
  }

  position(): string {
    return String(this.#next)
  }

  async ready(): Promise<void> {
    return undefined
  }

  async close(): Promise<void> {
    return undefined
  }

  #column(memory: Memory, range: EventRange, column: number, path: readonly number[], texts: NexmarkTexts): Column {
    const type = nexmarkSchema[column]?.type
    if (column === 0 || type === undefined) return typeColumn(memory, range, nexmarkSchema[0]?.type ?? { is: 'int' })
    const [index] = path
    if (index !== undefined) return fieldColumn(memory, range, column - 1, index, texts)
    return wholeRow(memory, range, column - 1, type, texts)
  }
}

/** A whole ROW is only made when a query asks for it as a value. */
function wholeRow(memory: Memory, range: EventRange, kind: number, type: Column['type'], texts: NexmarkTexts): Column {
  const columns = (nexmarkFields[kind] ?? []).map((_field, index) => fieldColumn(memory, range, kind, index, texts))
  const fields: Batch = {
    rows: range.rows,
    columns,
    weights: 0,
    watermarks: 0,
    watermark: NO_WATERMARK,
    ordinals: 0,
    firstOrdinal: 0n,
  }
  const values: Value[] = rowsOf(memory, fields).map(row => (row[0] === null ? null : row))
  return columnFromValues(memory, type, values)
}
