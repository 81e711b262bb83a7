import { type Batch, CHUNK_ROWS, type Column, type Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { sortedRows } from '../../batch/sort.ts'
import type { SortKey, SortNode } from '../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../state/state-table.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { ordinalColumn, wideWeights } from './hidden.ts'
import { InputWatermarks } from './input-watermarks.ts'
import { RankStore } from './rank/rank-store.ts'
import type { InputShape } from './shape.ts'
import { restoreTables, snapshotOf } from './state-of.ts'

/** A limit up to which only the rows are kept that can be among the first. */
const SMALL_LIMIT = 100_000

/**
 * ORDER BY and LIMIT over input that ends: the final rows, in order, when it has ended. Rows that tie come in the order
 * of their arrival. Of a stream with a limit only the first rows are kept.
 */
export function createSort(node: SortNode, context: OperatorContext, shape: InputShape): Operator {
  const { orderBy, limit, offset = 0 } = node
  if (limit !== undefined && limit + offset <= SMALL_LIMIT && shape.appendOnly) {
    return new FirstRows(orderBy, limit, offset, context, shape.schema)
  }
  return new SortAtEnd(orderBy, limit ?? Number.POSITIVE_INFINITY, offset, context, shape)
}

/** Everything is kept until the input has ended. */
class SortAtEnd implements Operator {
  readonly #context: OperatorContext
  readonly #orderBy: readonly SortKey[]
  readonly #limit: number
  readonly #offset: number
  readonly #width: number
  readonly #appendOnly: boolean
  readonly #table: StateTable
  readonly #watermarks = new InputWatermarks(1)

  constructor(
    orderBy: readonly SortKey[],
    limit: number,
    offset: number,
    context: OperatorContext,
    { schema, appendOnly }: InputShape,
  ) {
    this.#context = context
    this.#orderBy = orderBy
    this.#limit = limit
    this.#offset = offset
    this.#width = schema.length
    this.#appendOnly = appendOnly
    this.#table = context.table({
      name: 'rows',
      fields: [...schema, field('$weight', types.bigint), field('$ordinal', types.bigint), field('$mark', types.int)],
      keys: appendOnly ? 0 : schema.length,
      groupBy: 0,
      unique: !appendOnly,
    })
  }

  push(_input: number, batch: Batch): void {
    if (this.#appendOnly) this.#append(batch)
    else this.#change(batch)
  }

  endStep(end: StepEnd, out: Output): void {
    if (end.ended) {
      this.#emit(out)
      this.#table.clear()
    }
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#table], from)
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#table.bytes()
  }

  #append(batch: Batch): void {
    const { memory } = this.#context
    const i64 = (data: Pointer): Column => ({ type: types.bigint, data, validity: 0 })
    const mark: Column = { type: types.int, data: memory.chunkZeroed(batch.rows * 4), validity: 0 }
    const hidden = [i64(wideWeights(memory, batch)), i64(ordinalColumn(memory, batch)), mark]
    this.#table.insert([...batch.columns, ...hidden], batch.rows)
  }

  #change(batch: Batch): void {
    const { memory } = this.#context
    const { kernels } = memory
    const { rows } = batch
    const { slots } = this.#table.findOrInsert(batch.columns, rows)
    const addresses = this.#table.addresses(slots, rows)
    const weight = this.#table.offsets(this.#width)
    const ordinal = this.#table.offsets(this.#width + 1)
    kernels.field_add_arriving(
      addresses,
      weight.value,
      weight.valid,
      batch.weights,
      ordinal.value,
      ordinal.valid,
      ordinalColumn(memory, batch),
      rows,
      0,
    )
    const last = memory.chunk(rows * 4)
    const touched = kernels.field_last(addresses, this.#table.offsets(this.#width + 2).value, rows, last)
    const gone = memory.chunk(touched * 4)
    const goneRows = kernels.field_zero(addresses, weight.value, last, touched, 1, gone)
    if (goneRows === 0) return
    const goneSlots = memory.chunk(goneRows * 4)
    kernels.take_values(slots, 2, gone, goneRows, goneSlots)
    this.#table.remove(goneSlots, goneRows)
  }

  /** Slots of all rows in order. */
  #sorted(): { slots: Pointer; rows: number } {
    const { memory } = this.#context
    const { slots, rows } = this.#table.all()
    const sorted = memory.chunk(rows * 4)
    const mark = memory.mark()
    const arrival = { column: this.#width + 1, descending: false, nullsFirst: false }
    const keys = [...this.#orderBy, arrival]
    const columns = keys.map(({ column }) => this.#table.gather(slots, rows, column))
    memory.kernels.take_values(slots, 2, sortedRows(memory, columns, keys, rows), rows, sorted)
    memory.release(mark)
    return { slots: sorted, rows }
  }

  #emit(out: Output): void {
    const { memory } = this.#context
    const { slots, rows } = this.#sorted()
    const window = new Slice(this.#offset, this.#limit)
    for (let from = 0; from < rows && !window.done; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, rows - from)
      const weights = memory.chunk(count * 4)
      const chunk = slots + from * 4
      const { value } = this.#table.offsets(this.#width)
      memory.kernels.stored_weights(this.#table.addresses(chunk, count), value, count, weights)
      const taken = window.take(memory, chunk, weights, count)
      if (taken.rows > 0) {
        out.emit({
          rows: taken.rows,
          columns: Array.from({ length: this.#width }, (_, at) => this.#table.gather(taken.slots, taken.rows, at)),
          weights: taken.weights,
          watermarks: 0,
          watermark: this.#watermarks.reached(),
          ordinals: this.#table.gather(taken.slots, taken.rows, this.#width + 1).data,
          firstOrdinal: 0n,
        })
      }
      memory.release(mark)
    }
  }
}

/** OFFSET and LIMIT over weighted rows in order; rows of no or negative weight are not there. */
class Slice {
  #skip: number
  #left: number

  constructor(offset: number, limit: number) {
    this.#skip = offset
    this.#left = limit
  }

  get done(): boolean {
    return this.#left <= 0
  }

  take(
    memory: Memory,
    slots: Pointer,
    weights: Pointer,
    rows: number,
  ): { slots: Pointer; weights: Pointer; rows: number } {
    const slotValues = memory.i32(slots, rows)
    const weightValues = memory.i32(weights, rows)
    let taken = 0
    let plain = true
    for (let row = 0; row < rows && this.#left > 0; row++) {
      const weight = Math.max(0, weightValues[row] ?? 0)
      const skipped = Math.min(this.#skip, weight)
      this.#skip -= skipped
      const copies = Math.min(weight - skipped, this.#left)
      this.#left -= copies
      if (copies === 0) continue
      if (copies !== 1) plain = false
      slotValues[taken] = slotValues[row] ?? 0
      weightValues[taken] = copies
      taken++
    }
    return { slots, weights: plain ? 0 : weights, rows: taken }
  }
}

/** The first rows of a stream; others are forgotten on the way. */
class FirstRows implements Operator {
  readonly #context: OperatorContext
  readonly #store: RankStore
  readonly #watermarks = new InputWatermarks(1)

  constructor(orderBy: readonly SortKey[], limit: number, offset: number, context: OperatorContext, schema: Schema) {
    this.#context = context
    const bounds = { from: offset + 1, to: offset + limit }
    const options = { function: 'row_number', partitionBy: [], orderBy, ...bounds, appendOnly: true } as const
    this.#store = new RankStore(context, { ...options, schema })
  }

  push(_input: number, batch: Batch): void {
    const rows = this.#store.candidates(batch)
    if (rows.rows === 0) return
    this.#store.push(rows)
    this.#store.trim([], 1)
  }

  endStep(end: StepEnd, out: Output): void {
    if (end.ended) this.#emit(out)
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#store.table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#store.table], from)
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#store.bytes()
  }

  #emit(out: Output): void {
    const { memory } = this.#context
    this.#store.forTop([], 1, ({ rows, slots, weights }) => {
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const mark = memory.mark()
        const count = Math.min(CHUNK_ROWS, rows - from)
        out.emit({
          rows: count,
          columns: this.#store.columns(slots + from * 4, count),
          weights: weights + from * 4,
          watermarks: 0,
          watermark: this.#watermarks.reached(),
          ordinals: this.#store.ordinals(slots + from * 4, count),
          firstOrdinal: 0n,
        })
        memory.release(mark)
      }
    })
    this.#store.table.clear()
  }
}
