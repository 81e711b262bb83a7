import { type Batch, type Column, NO_WATERMARK, type Pointer } from '../../batch/batch.ts'
import type { StateTable } from '../../state/state-table.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { OperatorContext } from '../operator-context.ts'
import { ordinalColumn, watermarkColumn } from './hidden.ts'

/** The rows of a step by arrival: slots, and the ordinal of each. */
export interface ArrivedRows {
  readonly slots: Int32Array
  readonly ordinals: BigInt64Array
}

/**
 * The rows that one input got within a step, for operators that must see those of all inputs in the order of their
 * arrival: after an exchange they come input by input. Empty between steps.
 */
export class StepRows {
  readonly #context: OperatorContext
  readonly #table: StateTable
  readonly #columns: number

  constructor(context: OperatorContext, name: string, schema: Schema) {
    this.#context = context
    this.#columns = schema.length
    this.#table = context.table({
      name,
      fields: [
        ...schema,
        field('$weight', types.int, false),
        field('$watermark', types.bigint, false),
        field('$ordinal', types.bigint, false),
      ],
      keys: 0,
      unique: false,
    })
  }

  get rows(): number {
    return this.#table.rows
  }

  add(batch: Batch): void {
    const { memory } = this.#context
    const wide = (data: Pointer): Column => ({ type: types.bigint, data, validity: 0 })
    let { weights } = batch
    if (weights === 0) {
      weights = memory.chunk(batch.rows * 4)
      memory.kernels.fill_i32(weights, batch.rows, 1)
    }
    this.#table.insert(
      [
        ...batch.columns,
        { type: types.int, data: weights, validity: 0 },
        wide(watermarkColumn(memory, batch)),
        wide(ordinalColumn(memory, batch)),
      ],
      batch.rows,
    )
  }

  /** By ordinal; rows of one ordinal in the order in which they were added. */
  arrived(): ArrivedRows {
    const { memory } = this.#context
    const mark = memory.mark()
    const all = this.#table.all()
    const slots = memory.i32(all.slots, all.rows).slice()
    const ordinals = memory.i64(this.#table.gather(all.slots, all.rows, this.#columns + 2).data, all.rows).slice()
    memory.release(mark)
    if (ordinals.every((ordinal, at) => at === 0 || ordinal >= (ordinals[at - 1] ?? 0n))) return { slots, ordinals }
    const order = [...ordinals.keys()].sort((a, b) => {
      const difference = (ordinals[a] ?? 0n) - (ordinals[b] ?? 0n)
      return difference < 0n ? -1 : difference > 0n ? 1 : a - b
    })
    return {
      slots: Int32Array.from(order, at => slots[at] ?? 0),
      ordinals: BigInt64Array.from(order, at => ordinals[at] ?? 0n),
    }
  }

  /** Rows in chunk memory. */
  batch(slots: Int32Array): Batch {
    const { memory } = this.#context
    const rows = slots.length
    const at = memory.chunk(rows * 4)
    memory.i32(at, rows).set(slots)
    const hidden = (index: number): Pointer => this.#table.gather(at, rows, this.#columns + index).data
    const weights = hidden(0)
    const plain = memory.i32(weights, rows).every(weight => weight === 1)
    return {
      rows,
      columns: Array.from({ length: this.#columns }, (_, index) => this.#table.gather(at, rows, index)),
      weights: plain ? 0 : weights,
      watermarks: hidden(1),
      watermark: memory.i64(hidden(1), 1)[0] ?? NO_WATERMARK,
      ordinals: hidden(2),
      firstOrdinal: memory.i64(hidden(2), 1)[0] ?? 0n,
    }
  }

  clear(): void {
    if (this.rows > 0) this.#table.clear()
  }

  bytes(): number {
    return this.#table.bytes()
  }
}
