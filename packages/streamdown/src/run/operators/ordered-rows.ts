import { type Batch, type Column, columnAt, type Pointer } from '../../batch/batch.ts'
import { int32s } from '../../batch/values.ts'
import type { StateTable } from '../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../types/data-type.ts'
import type { OperatorContext } from '../operator-context.ts'
import { ordinalColumn } from './hidden.ts'

export interface OrderedRowsOptions {
  readonly name: string
  readonly schema: Schema
  readonly keys: readonly number[]
  /** Columns that order the rows of a key, the first one perhaps descending; the others follow in their own order. */
  readonly order: readonly number[]
  readonly descending: boolean
}

/** Rows of a changing input, each once with the sum of its weights, in an order within their key. */
export class OrderedRows {
  readonly table: StateTable
  readonly #context: OperatorContext
  /** Columns of the schema by field. */
  readonly #columns: readonly number[]

  constructor(context: OperatorContext, { name, schema, keys, order, descending }: OrderedRowsOptions) {
    const ordering = [...order, ...schema.map((_, column) => column).filter(column => !order.includes(column))]
    this.#context = context
    this.#columns = [...keys, ...ordering]
    this.table = context.table({
      name,
      fields: [
        ...this.#columns.map((column): Field => schema[column] ?? field('', types.null)),
        field('$weight', types.bigint),
        field('$ordinal', types.bigint),
      ],
      keys: keys.length,
      unique: true,
      order: ordering.map((_, at) => ({
        field: keys.length + at,
        descending: descending && at === 0,
        nullsFirst: false,
      })),
    })
  }

  /** Adds the weights of rows; their slots. Rows whose weight comes to 0 stay until `removeGone`. */
  add(batch: Batch): readonly number[] {
    const { memory } = this.#context
    const { rows } = batch
    const { slots, fresh } = this.table.findOrInsert(
      this.#columns.map(column => columnAt(batch, column)),
      rows,
    )
    const addresses = this.table.addresses(slots, rows)
    const weight = this.table.offsets(this.#columns.length)
    const ordinal = this.table.offsets(this.#columns.length + 1)
    memory.kernels.field_add(addresses, weight.value, weight.valid, batch.weights, 1, rows)
    memory.kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinalColumn(memory, batch), fresh, rows)
    return [...memory.i32(slots, rows)]
  }

  removeGone(slots: readonly number[]): void {
    const { memory } = this.#context
    if (slots.length === 0) return
    const mark = memory.mark()
    const weights = this.weights(int32s(memory, slots), slots.length)
    const gone = new Set(slots.filter((_, at) => weights[at] === 0))
    if (gone.size > 0) this.table.remove(int32s(memory, [...gone]), gone.size)
    memory.release(mark)
  }

  weights(slots: Pointer, rows: number): readonly number[] {
    const { data } = this.table.gather(slots, rows, this.#columns.length)
    return Array.from(this.#context.memory.i64(data, rows), Number)
  }

  ordinals(slots: Pointer, rows: number): Pointer {
    return this.table.gather(slots, rows, this.#columns.length + 1).data
  }

  column(slots: Pointer, rows: number, column: number): Column {
    return this.table.gather(slots, rows, this.#columns.indexOf(column))
  }

  /** Slots of the last rows of each key that stand, in their order, before all rows of the value; -1 where none does. */
  before(keys: readonly Column[], values: Column, rows: number): readonly number[] {
    const { memory } = this.#context
    const from = [...memory.i32(this.table.firstFrom(keys, values, rows, false), rows)]
    const known = from.filter(slot => slot !== -1)
    const previous = memory.i32(this.table.previousOf(int32s(memory, known), known.length), known.length).slice()
    const last = this.table.lastOf(keys, rows, 1)
    const lastOf = new Map<number, number>()
    const slots = memory.i32(last.slots, last.pairs)
    for (const [at, row] of memory.i32(last.probe, last.pairs).entries()) lastOf.set(row, slots[at] ?? -1)
    let at = 0
    return from.map((slot, row) => (slot === -1 ? (lastOf.get(row) ?? -1) : (previous[at++] ?? -1)))
  }

  bytes(): number {
    return this.table.bytes()
  }
}
