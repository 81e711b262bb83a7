import { CHUNK_ROWS, NO_WATERMARK } from '../../batch/batch.ts'
import { keyGroupsOf } from '../../batch/key-groups.ts'
import { createMemory, type MemoryOptions } from '../../batch/linear-memory.ts'
import { batchFromRows, ordinalsOf, rowsOf, watermarksOf, weightsOf } from '../../batch/values.ts'
import type { StateSnapshot } from '../../state/state-table.ts'
import { createStateTable } from '../../state/table.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { ownerOf } from '../exchange.ts'
import type { Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { mergeStates } from '../state-records.ts'
import { lowest } from './hidden.ts'

/** For the operators' tests: an operator on several workers, fed with rows of values. */
export interface HarnessInput {
  readonly schema: Schema
  /** Columns that decide the worker; none: all rows go to worker 0. */
  readonly routeBy: readonly number[]
}

export interface FedRow {
  readonly input: number
  readonly values: readonly Value[]
  readonly weight?: number
  /** The watermark before the row. */
  readonly watermark?: bigint
  readonly ordinal?: bigint
}

export interface EmittedRow {
  readonly values: readonly Value[]
  readonly weight: number
  readonly ordinal: bigint
  readonly watermark: bigint
}

export class OperatorHarness {
  readonly main: EmittedRow[] = []
  readonly sides = new Map<string, EmittedRow[]>()
  now = 0n
  newestEventTime = NO_WATERMARK
  readonly #create: (context: OperatorContext) => Operator
  readonly #inputs: readonly HarnessInput[]
  readonly #memoryOptions: MemoryOptions
  readonly #scratch = createMemory()
  #workers: readonly { readonly operator: Operator; readonly context: OperatorContext }[] = []
  #ordinal = 0n
  #step = 0n

  constructor(
    create: (context: OperatorContext) => Operator,
    inputs: readonly HarnessInput[],
    workers = 1,
    memoryOptions: MemoryOptions = {},
  ) {
    this.#create = create
    this.#inputs = inputs
    this.#memoryOptions = memoryOptions
    this.#start(workers)
  }

  /** One step: the rows in order, each run of an input in chunks of `chunkRows`; then its end. */
  step(
    rows: readonly FedRow[],
    end: { readonly watermarks?: readonly bigint[]; readonly ended?: boolean } = {},
    chunkRows = CHUNK_ROWS,
  ): void {
    let chunk: FedRow[] = []
    for (const row of rows) {
      const [first] = chunk
      if (first !== undefined && (first.input !== row.input || chunk.length === chunkRows)) {
        this.#push(chunk)
        chunk = []
      }
      chunk.push(row)
    }
    if (chunk.length > 0) this.#push(chunk)
    this.#step += 1n
    const watermarks = end.watermarks ?? this.#inputs.map(() => NO_WATERMARK)
    for (const { operator, context } of this.#workers) {
      const mark = context.memory.mark()
      operator.endStep(
        { step: this.#step, watermarks, watermark: lowest(watermarks), now: this.now, ended: end.ended === true },
        this.#output(context),
      )
      context.memory.release(mark)
    }
  }

  /** Snapshot, and go on with another number of workers over fresh memories. */
  restart(workers: number): void {
    const merged = mergeStates(this.#workers.map(({ operator }) => operator.snapshot()))
    this.#start(workers)
    for (const [index, { operator }] of this.#workers.entries()) {
      const lone = this.#inputs.every(({ routeBy }) => routeBy.length === 0)
      operator.restore(ownedState(merged, group => (lone ? index === 0 : ownerOf(group, workers) === index)))
    }
  }

  stateBytes(): number {
    return this.#workers.reduce((sum, { operator }) => sum + operator.stateBytes(), 0)
  }

  /** What the emitted changes add up to: rows as text with their weights. */
  table(rows: readonly EmittedRow[] = this.main): Map<string, number> {
    return tableOf(rows)
  }

  #start(workers: number): void {
    this.#workers = Array.from({ length: workers }, () => {
      const memory = createMemory(this.#memoryOptions)
      const context: OperatorContext = {
        memory,
        table: spec => createStateTable(memory, spec),
        timeZone: 'UTC',
        settings: {},
        now: () => this.now,
        random: () => 0.5,
        seed: 1,
        newestEventTime: () => this.newestEventTime,
      }
      return { context, operator: this.#create(context) }
    })
  }

  #push(rows: readonly FedRow[]): void {
    const input = rows[0]?.input ?? 0
    const { schema, routeBy } = this.#inputs[input] ?? { schema: [], routeBy: [] }
    const numbered = rows.map(row => ({ ...row, ordinal: row.ordinal ?? this.#ordinal++ }))
    const mark = this.#scratch.mark()
    const values = numbered.map(row => row.values)
    const groups = keyGroupsOf(this.#scratch, batchFromRows(this.#scratch, schema, values), routeBy)
    const owners = Array.from(this.#scratch.u8(groups, rows.length), group =>
      routeBy.length === 0 ? 0 : ownerOf(group, this.#workers.length),
    )
    this.#scratch.release(mark)
    for (const [worker, { operator, context }] of this.#workers.entries()) {
      const own = numbered.filter((_, row) => owners[row] === worker)
      if (own.length === 0) continue
      const ownMark = context.memory.mark()
      const plain = own.every(({ weight }) => weight === undefined || weight === 1)
      const batch = batchFromRows(
        context.memory,
        schema,
        own.map(row => row.values),
        {
          ...(plain ? {} : { weights: own.map(({ weight }) => weight ?? 1) }),
          watermarks: own.map(({ watermark }) => watermark ?? NO_WATERMARK),
          ordinals: own.map(({ ordinal }) => ordinal),
        },
      )
      operator.push(input, batch, this.#output(context))
      context.memory.release(ownMark)
    }
  }

  #output({ memory }: OperatorContext): Output {
    const read = (batch: Parameters<Output['emit']>[0]): EmittedRow[] => {
      if (batch.rows > CHUNK_ROWS) throw new RangeError(`a chunk of ${batch.rows} rows`)
      const weights = weightsOf(memory, batch)
      const ordinals = ordinalsOf(memory, batch)
      const watermarks = watermarksOf(memory, batch)
      return rowsOf(memory, batch).map((values, row) => ({
        values,
        weight: weights[row] ?? 1,
        ordinal: ordinals[row] ?? 0n,
        watermark: watermarks[row] ?? NO_WATERMARK,
      }))
    }
    return {
      emit: batch => {
        this.main.push(...read(batch))
      },
      side: (name, batch) => {
        const rows = this.sides.get(name) ?? []
        this.sides.set(name, rows)
        rows.push(...read(batch))
      },
    }
  }
}

export function textOf(values: readonly Value[]): string {
  return JSON.stringify(values, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
}

/** Rows as text, with the sum of their weights where it is not zero. */
export function tableOf(
  rows: readonly { readonly values: readonly Value[]; readonly weight: number }[],
): Map<string, number> {
  const table = new Map<string, number>()
  for (const { values, weight } of rows) {
    const text = textOf(values)
    const sum = (table.get(text) ?? 0) + weight
    if (sum === 0) table.delete(text)
    else table.set(text, sum)
  }
  return new Map([...table].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The part of an operator's state that a worker owns. */
function ownedState(state: StateSnapshot, owns: (keyGroup: number) => boolean): StateSnapshot {
  const tables = state.tables.map(table => ({
    ...table,
    groups: new Map([...table.groups].filter(([group]) => owns(group))),
  }))
  return { tables, values: state.values }
}
