import { type Batch, CHUNK_ROWS, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { batchFromRows } from '../../batch/values.ts'
import { StreamdownError } from '../../errors/error.ts'
import { integerOption, optionalInteger, refuseUnknown } from '../../options/read.ts'
import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Clock } from '../../run/clock.ts'
import type { Value } from '../../types/value.ts'
import type { Connector, PartitionReader, Source } from '../source.ts'
import { type FieldGenerator, fieldGenerator, sequenceLength } from './fields.ts'
import { datagenOptions as options } from './options.ts'

const MICROS = 1_000_000n
/** The pace of the rows' own times where rows are made as fast as they are taken. */
const TIME_RATE = 10_000n
const NO_END = 2n ** 63n - 1n
const LONGEST_WAIT_MS = 100

/**
 * Flink's datagen: random or sequential values by column, the same rows for the same seed. Row n belongs to the time
 * n / rows-per-second after the start (n / 10,000 s when that is 0): DATE, TIME and TIMESTAMP columns show it, less a
 * random part up to `max-past`. The start is part of the position, so that a restart makes the same rows.
 */
export const datagen: Connector = {
  name: 'datagen',
  summary: 'Makes random or sequential rows.',
  options,
  source: { guarantee: 'replays from any row', create: datagenSource },
}

function datagenSource(relation: Relation): Source {
  refuseUnknown(
    relation,
    options,
    relation.schema.map(({ name }) => `fields.${name}.`),
  )
  const rate = integerOption(relation, options, 'rows-per-second', { least: 0n })
  const seed = integerOption(relation, options, 'seed')
  const sequence = sequenceLength(relation)
  let total = optionalInteger(relation, options, 'number-of-rows', { least: 0n }) ?? NO_END
  if (sequence !== undefined && sequence < total) total = sequence
  const fields = relation.schema.map((_, column) => fieldGenerator(relation, column, seed))
  return {
    bounded: total !== NO_END,
    replays: true,
    open: async ({ scan, positions, clock }) => {
      const now = clock.now()
      const { next, start } = parsePosition(positions.get('0'), now)
      return [new DatagenReader(scan, fields, { rate, total, start, opened: now, clock }, next)]
    },
  }
}

interface Pace {
  /** Rows a second, 0: no limit. */
  readonly rate: bigint
  readonly total: bigint
  /** Time of row 0, µs. */
  readonly start: bigint
  /** When this reader started, µs. */
  readonly opened: bigint
  readonly clock: Clock
}

function parsePosition(position: string | undefined, now: bigint): { readonly next: bigint; readonly start: bigint } {
  if (position === undefined) return { next: 0n, start: now }
  const match = /^(\d+)@(-?\d+)$/.exec(position)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new StreamdownError('DSD7001', `'${position}' is no position of datagen.`)
  }
  return { next: BigInt(match[1]), start: BigInt(match[2]) }
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
    if (this.#next >= this.#pace.total) return 'ended'
    return this.#due() > 0n ? 'ready' : 'waiting'
  }

  read(maxRows: number, memory: Memory): Batch {
    const due = this.#due()
    const limit = BigInt(Math.min(maxRows, CHUNK_ROWS))
    const rows = Number(due < limit ? due : limit)
    const { rate, start } = this.#pace
    const values: Value[][] = []
    for (let count = 0; count < rows; count++) {
      const row = this.#next + BigInt(count)
      const now = start + (row * MICROS) / (rate === 0n ? TIME_RATE : rate)
      values.push(this.#scan.columns.map(({ column, path }) => pick(this.#fields[column]?.(row, now) ?? null, path)))
    }
    this.#next += BigInt(rows)
    return batchFromRows(memory, this.#scan.schema, values, { firstOrdinal: 0n, watermark: NO_WATERMARK })
  }

  position(): string {
    return `${this.#next}@${this.#pace.start}`
  }

  async ready(): Promise<void> {
    if (this.state() !== 'waiting') return
    const { rate, opened, clock } = this.#pace
    const next = opened + ((this.#next - this.#first) * MICROS) / rate
    const ms = Number((next - clock.now()) / 1000n) + 1
    await new Promise(resolve => setTimeout(resolve, Math.min(Math.max(ms, 1), LONGEST_WAIT_MS)))
  }

  async close(): Promise<void> {
    return undefined
  }

  /** Rows that may be taken now by the rate and the number of rows. */
  #due(): bigint {
    const { rate, total, opened, clock } = this.#pace
    const left = total - this.#next
    if (rate === 0n) return left
    const due = ((clock.now() - opened) * rate) / MICROS + 1n - (this.#next - this.#first)
    return due < left ? due : left
  }
}

function pick(value: Value, path: readonly number[]): Value {
  let at = value
  for (const index of path) at = Array.isArray(at) ? (at[index] ?? null) : null
  return at
}
