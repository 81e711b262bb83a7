import { type Batch, CHUNK_ROWS, type Column, columnAt, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import { takeColumn, takeRows } from '../../../batch/select.ts'
import { int32s } from '../../../batch/values.ts'
import type { RankNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import { field, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn, selectBytes, watermarkColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { LateRows, windowBelow } from '../late-rows.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { Timers } from '../timers.ts'
import { partitionFields } from '../touched-partitions.ts'
import { RankStore } from './rank-store.ts'

/**
 * Top-N of windows: the rows of a partition are written once, when the watermark closes its window, in order; windows
 * by their end, partitions of a window by their first row. Nothing is ever taken back. Rows of a closed window are late.
 */
export function createWindowRank(node: RankNode, context: OperatorContext, shape: InputShape): Operator {
  const end = node.window === undefined ? undefined : node.partitionBy[node.window.end]
  if (end === undefined) throw new RangeError('a window rank needs the end of its window in its partition')
  return new WindowRank(node, end, context, shape)
}

class WindowRank implements Operator {
  readonly #node: RankNode
  readonly #end: number
  readonly #context: OperatorContext
  readonly #store: RankStore
  readonly #appendOnly: boolean
  readonly #keys: number
  /** Open partitions, with the ordinal of their first row and the last moment of their window. */
  readonly #partitions: StateTable
  readonly #timers: Timers
  readonly #late: LateRows
  readonly #watermarks = new InputWatermarks(1)

  constructor(node: RankNode, end: number, context: OperatorContext, { schema, appendOnly }: InputShape) {
    this.#node = node
    this.#end = end
    this.#context = context
    this.#appendOnly = appendOnly
    const { partitionBy, orderBy, from, to, latest = false } = node
    this.#store = new RankStore(context, {
      schema,
      function: node.function,
      partitionBy,
      orderBy,
      from,
      to,
      latest,
      appendOnly,
    })
    this.#keys = partitionBy.length
    this.#partitions = context.table({
      name: 'partitions',
      fields: [
        ...partitionFields({ schema, partitionBy }),
        field('$ordinal', types.bigint),
        field('$expires', types.bigint),
        field('$mark', types.int),
      ],
      keys: this.#keys,
      unique: true,
    })
    const windowing = windowBelow(node)?.windowing.kind
    this.#late = new LateRows(context.memory, schema, windowing === 'hop' || windowing === 'cumulate')
    this.#timers = new Timers(context, 'timers', this.#partitions, this.#keys + 1, 1n)
  }

  push(_input: number, batch: Batch, out: Output): void {
    const onTime = this.#dropLate(batch, out)
    if (onTime === undefined) return
    const timely = this.#store.candidates(onTime)
    if (timely.rows === 0) return
    this.#store.push(timely)
    const { slots, rows } = this.#open(timely)
    if (this.#appendOnly) this.#store.trim(this.#keysAt(slots, rows), rows)
  }

  endStep(end: StepEnd, out: Output): void {
    this.#late.flush(out)
    const bound = end.ended ? END_OF_TIME : end.watermark
    const before = this.#watermarks.reached()
    this.#timers.forDue(bound, ({ rows, slots }) => this.#close(slots, rows, before, out))
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#store.table, this.#partitions], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#store.table, this.#partitions], from)
    this.#store.rebuild()
    this.#timers.clear()
    const { slots, rows } = this.#partitions.all()
    if (rows > 0) this.#timers.add(this.#partitions.gather(slots, rows, this.#keys + 1).data, slots, rows)
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#store.bytes() + this.#partitions.bytes() + this.#timers.bytes()
  }

  #dropLate(batch: Batch, out: Output): Batch | undefined {
    const { memory } = this.#context
    const end = columnAt(batch, this.#end)
    const mask = memory.chunk(batch.rows)
    const watermarks = watermarkColumn(memory, batch)
    const late = memory.kernels.mask_from_watermark(end.data, -1n, watermarks, batch.rows, mask)
    if (end.validity !== 0) memory.kernels.mask_nulls_in(end.validity, batch.rows, mask)
    this.#late.take(batch, end, mask, late, out)
    if (late === 0) return batch
    const rest = selectBytes(memory, mask, true, batch.rows)
    return rest.rows === 0 ? undefined : takeRows(memory, batch, rest.selection, rest.rows)
  }

  /** The batch's partitions, one slot each; those that are new get their timer. */
  #open(batch: Batch): { slots: Pointer; rows: number } {
    const { memory } = this.#context
    const { kernels } = memory
    const { rows } = batch
    const { slots, fresh } = this.#partitions.findOrInsert(this.#store.keysOf(batch), rows)
    const addresses = this.#partitions.addresses(slots, rows)
    const ordinal = this.#partitions.offsets(this.#keys)
    const expires = this.#partitions.offsets(this.#keys + 1)
    const ends = memory.chunk(rows * 8)
    kernels.add_i64(columnAt(batch, this.#end).data, -1n, rows, ends)
    kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinalColumn(memory, batch), fresh, rows)
    kernels.field_set_i64(addresses, expires.value, expires.valid, ends, fresh, rows)
    const first = selectBytes(memory, fresh, true, rows)
    if (first.rows > 0) {
      const times = takeColumn(memory, { type: types.bigint, data: ends, validity: 0 }, first.selection, first.rows)
      const opened = memory.chunk(first.rows * 4)
      kernels.take_values(slots, 2, first.selection, first.rows, opened)
      this.#timers.add(times.data, opened, first.rows)
    }
    const last = memory.chunk(rows * 4)
    const distinct = kernels.field_last(addresses, this.#partitions.offsets(this.#keys + 2).value, rows, last)
    const distinctSlots = memory.chunk(distinct * 4)
    kernels.take_values(slots, 2, last, distinct, distinctSlots)
    return { slots: distinctSlots, rows: distinct }
  }

  #keysAt(slots: Pointer, rows: number): readonly Column[] {
    return Array.from({ length: this.#keys }, (_, at) => this.#partitions.gather(slots, rows, at))
  }

  /** Partitions of one window: their tops go out, their rows are forgotten. */
  #close(due: Pointer, rows: number, watermark: bigint, out: Output): void {
    const { memory } = this.#context
    const ordinalsOfDue = memory.i64(this.#partitions.gather(due, rows, this.#keys).data, rows)
    const order = Array.from(memory.i32(due, rows), (slot, row) => ({ slot, ordinal: ordinalsOfDue[row] ?? 0n }))
    order.sort((a, b) => (a.ordinal < b.ordinal ? -1 : a.ordinal > b.ordinal ? 1 : 0))
    const slots = int32s(
      memory,
      order.map(({ slot }) => slot),
    )
    const ordinals = this.#partitions.gather(slots, rows, this.#keys).data
    const keys = this.#keysAt(slots, rows)
    this.#store.forTop(keys, rows, (top, from) => {
      const own = memory.chunk(top.rows * 8)
      memory.kernels.take_values(ordinals + from * 8, 3, top.partition, top.rows, own)
      for (let at = 0; at < top.rows; at += CHUNK_ROWS) {
        const mark = memory.mark()
        const count = Math.min(CHUNK_ROWS, top.rows - at)
        const columns = this.#store.columns(top.slots + at * 4, count)
        const numbers: Column = { type: types.bigint, data: top.numbers + at * 8, validity: 0 }
        out.emit({
          rows: count,
          columns: this.#node.output ? [...columns, numbers] : columns,
          weights: top.weights + at * 4,
          watermarks: 0,
          watermark,
          ordinals: own + at * 8,
          firstOrdinal: 0n,
        })
        memory.release(mark)
      }
    })
    this.#store.removeAll(keys, rows)
    this.#partitions.remove(slots, rows)
  }
}
