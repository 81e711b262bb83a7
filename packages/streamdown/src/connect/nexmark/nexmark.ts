import { type Batch, CHUNK_ROWS, type Column, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { OptionDefinition } from '../../options/definition.ts'
import { integerOption, optionalInteger, refuseOption, refuseUnknown, textOption } from '../../options/read.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { Connector, PartitionReader, Source } from '../source.ts'
import { EventColumns, type EventRange } from './columns.ts'
import { checkDeclared, type EventColumn, eventColumnOf } from './schema.ts'

const proportions: readonly OptionDefinition[] = [
  ['person', '1'] as const,
  ['auction', '3'] as const,
  ['bid', '46'] as const,
].map(([kind, share]) => ({
  name: `${kind}.proportion`,
  type: 'enum',
  values: [share],
  default: share,
  summary: `Of every 50 events ${share} ${share === '1' ? 'is' : 'are'} of this type.`,
}))

const options: readonly OptionDefinition[] = [
  {
    name: 'events.num',
    type: 'integer',
    summary: 'How many events there are. Without it: no end.',
    example: '1000000',
  },
  { name: 'first-event.rate', type: 'integer', default: '10000', summary: 'Events a second of event time.' },
  { name: 'next-event.rate', type: 'integer', summary: 'The rate does not change: the same as first-event.rate.' },
  {
    name: 'base-time',
    type: 'integer',
    default: '1436918400000',
    summary: 'Event time of the first event, ms since 1970.',
  },
  { name: 'seed', type: 'integer', default: '1', summary: 'Another seed gives other events.' },
  ...proportions,
]

const NO_END = 2n ** 63n - 1n

/**
 * The events of the Nexmark auction benchmark: of every 50 one person, three auctions and 46 bids, made as fast as they
 * are taken. Event n is a function of seed and n alone, and only the columns that a query reads are made.
 */
export const nexmark: Connector = {
  name: 'nexmark',
  summary: 'Nexmark benchmark events, the same on every machine for a seed.',
  options,
  source: { guarantee: 'replays from any event', create: relation => nexmarkSource(relation) },
}

function nexmarkSource(relation: Relation): Source {
  refuseUnknown(relation, options)
  checkDeclared(relation)
  for (const { name } of proportions) textOption(relation, options, name)
  const total = optionalInteger(relation, options, 'events.num', { least: 0n, most: NO_END }) ?? NO_END
  const rate = integerOption(relation, options, 'first-event.rate', { least: 1n, most: 1_000_000_000n })
  const next = optionalInteger(relation, options, 'next-event.rate')
  if (next !== undefined && next !== rate) refuseOption(relation, 'next-event.rate', String(next), `${rate}`)
  const base = integerOption(relation, options, 'base-time') * 1000n
  const range = { seed: integerOption(relation, options, 'seed'), base, rate }
  return {
    bounded: total !== NO_END,
    replays: true,
    open: async ({ scan, positions }) => {
      const columns = scan.columns.map(({ column, path }) => eventColumnOf(relation, column, path))
      return [new NexmarkReader(columns, range, total, parsePosition(positions.get('0')))]
    },
  }
}

function parsePosition(position = '0'): bigint {
  if (/^\d+$/.test(position)) return BigInt(position)
  throw new StreamdownError('DSD7001', `'${position}' is no position of nexmark.`)
}

class NexmarkReader implements PartitionReader {
  readonly partition = '0'
  readonly #columns: readonly EventColumn[]
  readonly #range: Omit<EventRange, 'first' | 'rows'>
  readonly #total: bigint
  #next: bigint

  constructor(columns: readonly EventColumn[], range: Omit<EventRange, 'first' | 'rows'>, total: bigint, next: bigint) {
    this.#columns = columns
    this.#range = range
    this.#total = total
    this.#next = next
  }

  state(): 'ready' | 'ended' {
    return this.#next >= this.#total ? 'ended' : 'ready'
  }

  read(maxRows: number, memory: Memory): Batch {
    const rows = Math.min(maxRows, CHUNK_ROWS, Number(this.#total - this.#next))
    const events = new EventColumns(memory, { ...this.#range, first: this.#next, rows })
    this.#next += BigInt(rows)
    const columns = this.#columns.map(column => make(events, column))
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
}

function make(events: EventColumns, column: EventColumn): Column {
  switch (column.is) {
    case 'type':
      return events.eventType(column.type)
    case 'field':
      return events.field(column.kind, column.name, column.type)
    case 'row':
      return events.row(column.kind, column.type)
  }
}
