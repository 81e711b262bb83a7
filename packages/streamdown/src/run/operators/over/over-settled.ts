import { type Batch, CHUNK_ROWS, type Column, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { int32s } from '../../../batch/values.ts'
import type { OverNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { CallsInput } from '../aggregate/aggregate-input.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import type { Result } from './over-accumulators.ts'
import { framedResults } from './over-framed.ts'
import { int32sOf, type OverLayout, overLayout, valuesIn } from './over-layout.ts'
import { fitting, type LeavingRow, sendRows } from './over-output.ts'
import { type InOrder, PendingRows } from './over-pending.ts'
import { sequenceOf } from './over-sequence.ts'
import { Settlement } from './over-settlement.ts'
import { copiesWith, OverStore } from './over-store.ts'
import { TimelyRows } from './over-timely.ts'

/** What a row of the store is: it waits for rows behind it, or it has left and is seen by others. */
const WAITS = 0
const LEFT = 1

/**
 * OVER of rows that are only added, in the order of their event time, with calls that look ahead. Rows wait for the
 * watermark, then for rows behind it that say their frames; they leave once, those of a partition in their order. A
 * partition keeps the rows that wait, and those before them that these still see.
 */
export function createOverSettled(
  node: OverNode,
  input: CallsInput<OverNode['calls'][number]>,
  context: OperatorContext,
): Operator {
  return new OverSettled(node, overLayout(node, input), context)
}

class OverSettled implements Operator {
  readonly #context: OperatorContext
  readonly #layout: OverLayout
  readonly #schema: Schema
  readonly #timely: TimelyRows
  readonly #pending: PendingRows
  readonly #store: OverStore
  /** The partitions that are looked at together, by key. Empty between two looks. */
  readonly #touched: StateTable
  readonly #watermarks = new InputWatermarks(1)

  constructor(node: OverNode, layout: OverLayout, context: OperatorContext) {
    this.#context = context
    this.#layout = layout
    this.#schema = node.schema
    this.#timely = new TimelyRows(context.memory, layout, node.orderBy[0]?.column ?? -1)
    this.#pending = new PendingRows(context, layout)
    this.#store = new OverStore(context, layout, true, [])
    this.#touched = context.table({
      name: 'touched',
      fields: layout.partitionBy.map(column => layout.schema[column] ?? field('', types.null)),
      keys: layout.partitionBy.length,
      unique: true,
    })
  }

  push(_input: number, batch: Batch, out: Output): void {
    const rows = copiesWith(this.#context, this.#timely.of(batch, out), 1)
    if (rows.rows > 0) this.#pending.add(rows)
  }

  endStep(end: StepEnd, out: Output): void {
    this.#pending.forDue(end.ended ? END_OF_TIME : end.watermark, due => {
      this.#insert(due)
      this.#settle(
        this.#layout.partitionBy.map(column => due.columns[column] ?? noColumn),
        due.rows,
        false,
        out,
      )
    })
    if (end.ended) this.#settleAll(out)
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#store.table, this.#pending.table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#store.table, this.#pending.table], from)
    this.#store.rebuild()
    this.#pending.rebuild()
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#store.bytes() + this.#pending.bytes() + this.#touched.bytes()
  }

  #insert({ rows, columns, ordinals }: InOrder): void {
    this.#store.insert({
      rows,
      columns,
      weights: 0,
      watermarks: 0,
      watermark: this.#watermarks.reached(),
      ordinals,
      firstOrdinal: 0n,
    })
  }

  /** At the end of the input: nothing comes behind the rows that wait. */
  #settleAll(out: Output): void {
    const { memory } = this.#context
    const { slots, rows } = this.#store.table.all()
    const all = int32sOf(memory, slots, rows)
    const first = new Map<number, number>()
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - from)
      const mark = memory.mark()
      const { slots: partitions } = this.#touched.findOrInsert(this.#store.keysAt(slots + from * 4, count), count)
      for (const [row, partition] of memory.i32(partitions, count).entries())
        if (!first.has(partition)) first.set(partition, all[from + row] ?? 0)
      memory.release(mark)
    }
    this.#touched.clear()
    const one = int32s(memory, [...first.values()])
    if (first.size > 0) this.#settle(this.#store.keysAt(one, first.size), first.size, true, out)
  }

  /** Sends what can leave of the partitions with these keys, one partition as often as it is named. */
  #settle(keys: readonly Column[], rows: number, ended: boolean, out: Output): void {
    const { memory } = this.#context
    const { slots } = this.#touched.findOrInsert(keys, rows)
    const partitions = [...new Set(memory.i32(slots, rows))]
    const at = int32s(memory, partitions)
    const own = keys.map((_, key) => this.#touched.gather(at, partitions.length, key))
    const counts = this.#store.counts(own, partitions.length)
    for (const [partition, count] of counts.entries()) {
      const mark = memory.mark()
      this.#settlePartition(own, partition, count, ended, out)
      memory.release(mark)
    }
    this.#touched.clear()
  }

  #settlePartition(keys: readonly Column[], partition: number, count: number, ended: boolean, out: Output): void {
    const { memory } = this.#context
    const slotsAt = this.#rowsOf(keys, partition, count)
    const slots = int32sOf(memory, slotsAt, count)
    const waiting = this.#store.states(slotsAt, count).indexOf(WAITS)
    if (waiting < 0) return
    const columns = new Map(
      this.#layout.reads.map(column => [column, valuesIn(memory, this.#store.column(slotsAt, count, column), count)]),
    )
    const sequence = sequenceOf(count, columns, this.#layout.peers)
    const settlement = new Settlement(this.#layout, sequence)
    const settled = ended ? count : settlement.settledBefore(waiting)
    if (settled > waiting) {
      const results = this.#layout.calls.map(call =>
        framedResults(call, this.#layout.schema, this.#layout.measure, sequence, waiting, settled),
      )
      const ordinals = memory.i64(this.#store.ordinals(slotsAt, count), count).slice(waiting, settled)
      const leaving = Array.from(
        slots.subarray(waiting, settled),
        (slot, i): LeavingRow => ({
          slot,
          weight: 1,
          ordinal: ordinals[i] ?? 0n,
          results: fitting(results.map((of): Result => of[i] ?? null)),
        }),
      )
      const take = (at: Pointer, rows: number) => this.#store.outputs(at, rows)
      sendRows(memory, this.#schema, leaving, take, this.#watermarks.reached(), out)
    }
    const seen = ended ? count : settlement.seenFrom(settled)
    const left = slots.subarray(Math.max(seen, waiting), settled)
    if (left.length > 0) this.#store.note(int32s(memory, [...left]), new Array(left.length).fill(LEFT), [])
    if (seen > 0) this.#store.remove(int32s(memory, [...slots.subarray(0, seen)]), seen)
  }

  /** The slots of a partition's rows, in order. */
  #rowsOf(keys: readonly Column[], partition: number, count: number): Pointer {
    const { memory } = this.#context
    const selection = int32s(memory, new Array(count).fill(partition))
    const own = keys.map(column => takeColumn(memory, column, selection, count, false))
    const places = int32s(
      memory,
      Array.from({ length: count }, (_, place) => place),
    )
    return this.#store.rowsAt(own, places, count)
  }
}

const noColumn: Column = { type: types.null, data: 0, validity: 0 }
