import { type Batch, CHUNK_ROWS, type Column, NO_WATERMARK } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import type { OptionDefinition } from '../options/definition.ts'
import { integerOption, refuseOption, refuseUnknown } from '../options/read.ts'
import type { Relation, ScanNode } from '../plan/nodes/node.ts'
import { type Series, seriesLength } from '../plan/series.ts'
import { integerRanges } from '../types/integer-range.ts'
import type { Connector, PartitionReader, Source } from './source.ts'

const options: readonly OptionDefinition[] = [
  { name: 'start', type: 'integer', required: true, summary: 'The first number.', example: '1' },
  { name: 'end', type: 'integer', required: true, summary: 'No number lies behind it.', example: '1000000' },
  { name: 'step', type: 'integer', default: '1', summary: 'From one number to the next; below 0 it counts down.' },
]

/** The numbers from a start to an end, counted as they are read: a long `generate_series` in FROM is one. */
export const series: Connector = {
  name: 'series',
  summary: 'Counts from a number to another, in the one column of the table (INT or BIGINT).',
  options,
  source: { guarantee: 'replays from any row', create: seriesSource },
}

const [least, most] = integerRanges.bigint
const bounds = { least, most }

function seriesSource(relation: Relation): Source {
  refuseUnknown(relation, options)
  const start = integerOption(relation, options, 'start', bounds)
  const end = integerOption(relation, options, 'end', bounds)
  const step = integerOption(relation, options, 'step', bounds)
  if (step === 0n) refuseOption(relation, 'step', '0', 'a whole number other than 0')
  const type = relation.schema.length === 1 ? relation.schema[0]?.type : undefined
  if (type?.is !== 'int' && type?.is !== 'bigint')
    throw new StreamdownError('DSD3002', `Table ${relation.name}: connector series has one column, INT or BIGINT.`)
  const length = seriesLength({ start, end, step })
  const last = start + (length - 1n) * step
  if (type.is === 'int' && length > 0n && (BigInt.asIntN(32, start) !== start || BigInt.asIntN(32, last) !== last))
    refuseOption(relation, 'end', String(end), 'a number of which every number up to it fits INT')
  return {
    bounded: true,
    replays: true,
    open: async ({ scan, positions }) => [
      new SeriesReader(scan, { type, start, step, length }, placeOf(positions.get('0'))),
    ],
  }
}

function placeOf(position: string | undefined): bigint {
  if (position === undefined) return 0n
  if (!/^\d+$/.test(position)) throw new StreamdownError('DSD7001', `'${position}' is no position of a series.`)
  return BigInt(position)
}

interface Numbers extends Pick<Series, 'type' | 'start' | 'step'> {
  readonly length: bigint
}

class SeriesReader implements PartitionReader {
  readonly partition = '0'
  readonly #scan: ScanNode
  readonly #numbers: Numbers
  #next: bigint

  constructor(scan: ScanNode, numbers: Numbers, next: bigint) {
    this.#scan = scan
    this.#numbers = numbers
    this.#next = next
  }

  state(): 'ready' | 'ended' {
    return this.#next < this.#numbers.length ? 'ready' : 'ended'
  }

  read(maxRows: number, memory: Memory): Batch {
    const left = this.#numbers.length - this.#next
    const most = BigInt(Math.min(maxRows, CHUNK_ROWS))
    const rows = Number(left < most ? left : most)
    const columns = this.#scan.columns.map(() => this.#column(memory, rows))
    this.#next += BigInt(rows)
    return { rows, columns, weights: 0, watermarks: 0, watermark: NO_WATERMARK, ordinals: 0, firstOrdinal: 0n }
  }

  #column(memory: Memory, rows: number): Column {
    const { type, start, step } = this.#numbers
    let value = start + this.#next * step
    if (type.is === 'int') {
      const data = memory.chunk(rows * 4)
      const by = Number(step)
      let number = Number(value)
      const out = memory.i32(data, rows)
      for (let row = 0; row < rows; row++, number += by) out[row] = number
      return { type, data, validity: 0 }
    }
    const data = memory.chunk(rows * 8)
    const out = memory.i64(data, rows)
    for (let row = 0; row < rows; row++, value += step) out[row] = value
    return { type, data, validity: 0 }
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
