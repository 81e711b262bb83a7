import { type Batch, CHUNK_ROWS, type Column, columnAt, type Pointer } from '../../../batch/batch.ts'
import { columnFromValues, int32s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn } from '../hidden.ts'
import { bytesOf } from '../state-of.ts'
import type { OverLayout } from './over-layout.ts'

/** Rows that are taken together; more where they have the same time. */
const TOGETHER = 4 * CHUNK_ROWS

/** Rows of an input in their order: columns of the layout's schema, and the ordinals of their arrival. */
export interface InOrder {
  readonly rows: number
  readonly columns: readonly Column[]
  readonly ordinals: Pointer
}

/**
 * Rows that wait for the watermark, over all partitions in the order of their time, then of the other keys, then as they
 * arrived. They are kept by partition; a derived table has them in order.
 */
export class PendingRows {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #columns: readonly number[]
  readonly #order: StateTable
  readonly #sorting: readonly number[]
  #next = 0n

  constructor(context: OperatorContext, { schema, partitionBy, orderBy }: OverLayout) {
    this.#context = context
    this.#columns = [...partitionBy, ...schema.map((_, column) => column).filter(one => !partitionBy.includes(one))]
    const fieldAt = (column: number): Field => schema[column] ?? field('', types.null)
    const arrival = [field('$ordinal', types.bigint, false), field('$sequence', types.bigint, false)]
    this.table = context.table({
      name: 'pending',
      fields: [...this.#columns.map(fieldAt), ...arrival],
      keys: partitionBy.length,
      unique: false,
    })
    this.#sorting = [...new Set(orderBy.map(({ column }) => column))]
    const width = this.#sorting.length
    const sorting = orderBy.map(key => ({ ...key, field: this.#sorting.indexOf(key.column) }))
    const arrived = [width, width + 1].map(at => ({ field: at, descending: false, nullsFirst: false }))
    this.#order = context.table({
      name: 'due',
      fields: [...this.#sorting.map(fieldAt), ...arrival, field('$slot', types.int, false)],
      keys: 0,
      unique: false,
      order: [...sorting, ...arrived],
    })
  }

  add(batch: Batch): void {
    const { memory } = this.#context
    const { rows } = batch
    const sequence = memory.chunk(rows * 8)
    memory.kernels.sequence(this.#next, rows, sequence)
    this.#next += BigInt(rows)
    const i64 = (data: Pointer): Column => ({ type: types.bigint, data, validity: 0 })
    const columns = this.#columns.map(column => columnAt(batch, column))
    this.#enter(this.table.insert([...columns, i64(ordinalColumn(memory, batch)), i64(sequence)], rows), rows)
  }

  /** Hands over the rows whose time is before `bound`, in order, rows of one time together, and forgets them. */
  forDue(bound: bigint, each: (due: InOrder) => void): void {
    const { memory } = this.#context
    for (;;) {
      const mark = memory.mark()
      const rows = this.#takeBefore(bound, each)
      memory.release(mark)
      if (rows === 0) return
    }
  }

  /** After a restore. */
  rebuild(): void {
    const { memory } = this.#context
    this.#order.clear()
    const all = this.table.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, all.rows - from)
      const slots = all.slots + from * 4
      this.#enter(slots, rows)
      const sequences = memory.i64(this.table.gather(slots, rows, this.#columns.length + 1).data, rows)
      for (const sequence of sequences) if (sequence >= this.#next) this.#next = sequence + 1n
      memory.release(mark)
    }
  }

  bytes(): number {
    return bytesOf([this.table, this.#order])
  }

  #takeBefore(bound: bigint, each: (due: InOrder) => void): number {
    const { memory } = this.#context
    const waiting = this.#order.rows
    if (waiting === 0) return 0
    const ends = this.#order.slotAt([], int32s(memory, [0, Math.min(waiting, TOGETHER) - 1]), 2)
    const [first = bound, time = bound] = memory.i64(this.#order.gather(ends, 2, 0).data, 2)
    if (first >= bound) return 0
    const last = time >= bound ? bound - 1n : time
    const type = this.#order.spec.fields[0]?.type ?? types.null
    const upper = columnFromValues(memory, type, [last])
    const { pairs: rows, slots: entries } = this.#order.rangeOf([], 1, { upper, nullsMatch: true })
    if (rows === 0) return 0
    const slots = this.#order.gather(entries, rows, this.#sorting.length + 2).data
    const columns: Column[] = []
    for (const [at, column] of this.#columns.entries()) columns[column] = this.table.gather(slots, rows, at)
    each({ rows, columns, ordinals: this.table.gather(slots, rows, this.#columns.length).data })
    this.#order.remove(entries, rows)
    this.table.remove(slots, rows)
    return rows
  }

  #enter(slots: Pointer, rows: number): void {
    const gather = (at: number): Column => this.table.gather(slots, rows, at)
    const sorting = this.#sorting.map(column => gather(this.#columns.indexOf(column)))
    const width = this.#columns.length
    const slot: Column = { type: types.int, data: slots, validity: 0 }
    this.#order.insert([...sorting, gather(width), gather(width + 1), slot], rows)
  }
}
