import { type Batch, CHUNK_ROWS, type Column } from '../../batch/batch.ts'
import { takeColumn } from '../../batch/select.ts'
import type { StateTable } from '../../state/state-table.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { OperatorContext } from '../operator-context.ts'
import { ordinalColumn, selectBytes } from './hidden.ts'
import { Timers } from './timers.ts'

/** µs of a timer's bucket. */
const WIDTH = 1000n

/**
 * Rows that are kept until a moment, equal ones once with the sum of their weights; one whose weight comes to nothing is
 * forgotten. `time` is the column of the moment, which is not NULL.
 */
export class DatedRows {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #time: number
  readonly #width: number
  readonly #timers: Timers

  constructor(context: OperatorContext, name: string, schema: Schema, time: number) {
    this.#context = context
    this.#time = time
    this.#width = schema.length
    this.table = context.table({
      name,
      fields: [
        ...schema,
        field('$weight', types.bigint),
        field('$ordinal', types.bigint),
        field('$timer', types.int),
        field('$mark', types.int),
      ],
      keys: schema.length,
      unique: true,
    })
    this.#timers = new Timers(context, `${name} timers`, this.table, time, WIDTH)
  }

  add(batch: Batch): void {
    const { memory } = this.#context
    const { kernels } = memory
    const { rows } = batch
    const { slots, fresh } = this.table.findOrInsert(batch.columns, rows)
    const addresses = this.table.addresses(slots, rows)
    const weight = this.table.offsets(this.#width)
    const ordinal = this.table.offsets(this.#width + 1)
    kernels.field_add(addresses, weight.value, weight.valid, batch.weights, 1, rows)
    kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinalColumn(memory, batch), fresh, rows)
    const news = selectBytes(memory, fresh, true, rows)
    if (news.rows > 0) {
      const newSlots = memory.chunk(news.rows * 4)
      kernels.take_values(slots, 2, news.selection, news.rows, newSlots)
      const times = batch.columns[this.#time]
      if (times !== undefined) this.#date(newSlots, takeColumn(memory, times, news.selection, news.rows), news.rows)
    }
    const last = memory.chunk(rows * 4)
    const touched = kernels.field_last(addresses, this.table.offsets(this.#width + 3).value, rows, last)
    const gone = memory.chunk(touched * 4)
    const goneRows = kernels.field_zero(addresses, weight.value, last, touched, 1, gone)
    if (goneRows === 0) return
    const goneSlots = memory.chunk(goneRows * 4)
    kernels.take_values(slots, 2, gone, goneRows, goneSlots)
    this.#timers.remove(this.table.gather(goneSlots, goneRows, this.#width + 2).data, goneRows)
    this.table.remove(goneSlots, goneRows)
  }

  /** Hands over the rows whose moment has come, and forgets them. */
  forDue(now: bigint, watermark: bigint, each: (batch: Batch) => void): void {
    const { memory } = this.#context
    this.#timers.forDue(now + 1n, due => {
      for (let from = 0; from < due.rows; from += CHUNK_ROWS) {
        const mark = memory.mark()
        const rows = Math.min(CHUNK_ROWS, due.rows - from)
        const slots = due.slots + from * 4
        const weights = memory.chunk(rows * 4)
        const { value } = this.table.offsets(this.#width)
        memory.kernels.stored_weights(this.table.addresses(slots, rows), value, rows, weights)
        each({
          rows,
          columns: Array.from({ length: this.#width }, (_, at) => this.table.gather(slots, rows, at)),
          weights,
          watermarks: 0,
          watermark,
          ordinals: this.table.gather(slots, rows, this.#width + 1).data,
          firstOrdinal: 0n,
        })
        this.table.remove(slots, rows)
        memory.release(mark)
      }
    })
  }

  /** When a row may be due that was not at `now`. */
  nextAfter(now: bigint): bigint | undefined {
    const earliest = this.#timers.earliest()
    // What is due of the bucket that `now` lies in is gone: the rest has come when the bucket ends.
    return earliest === undefined || earliest > now ? earliest : earliest + WIDTH
  }

  /** After a restore: the timers again. */
  rebuild(): void {
    const { memory } = this.#context
    this.#timers.clear()
    const all = this.table.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, all.rows - from)
      const slots = all.slots + from * 4
      this.#date(slots, this.table.gather(slots, rows, this.#time), rows)
      memory.release(mark)
    }
  }

  bytes(): number {
    return this.table.bytes() + this.#timers.bytes()
  }

  #date(slots: number, times: Column, rows: number): void {
    const timers = this.#timers.add(times.data, slots, rows)
    this.table.scatter(slots, rows, this.#width + 2, { type: types.int, data: timers, validity: 0 })
  }
}
