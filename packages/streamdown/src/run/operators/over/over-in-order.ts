import { type Batch, CHUNK_ROWS, type Column, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import { sliceColumn, takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s } from '../../../batch/values.ts'
import type { OverNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { CallsInput } from '../aggregate/aggregate-input.ts'
import { OVERFLOW } from '../aggregate/aggregate-list-results.ts'
import { ordinalColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import type { Result } from './over-accumulators.ts'
import { framedResults, type OverCallInput } from './over-framed.ts'
import { OverHistory } from './over-history.ts'
import { int32sOf, type OverLayout, overLayout, valuesIn } from './over-layout.ts'
import { fitting, type LeavingRow, sendRows } from './over-output.ts'
import { type InOrder, PendingRows } from './over-pending.ts'
import { type RunningCall, runningCall } from './over-running.ts'
import { Frames, sequenceOf, valuesOf } from './over-sequence.ts'
import { copiesWith } from './over-store.ts'
import { TimelyRows } from './over-timely.ts'

/**
 * OVER of rows that are only added, in the order of a time: each leaves once, with what the calls give over the rows
 * before it. By event time rows wait for the watermark, those behind it are late; by the processing clock they leave
 * as they come. A partition keeps a few values for frames without a beginning, and the rows of those with one.
 */
export function createOverInOrder(
  node: OverNode,
  input: CallsInput<OverNode['calls'][number]>,
  context: OperatorContext,
): Operator {
  return new OverInOrder(node, overLayout(node, input), context)
}

interface Running {
  readonly index: number
  readonly call: RunningCall
  /** The first of its fields in the table of partitions. */
  readonly field: number
}

interface Framed {
  readonly index: number
  readonly call: OverCallInput
}

class OverInOrder implements Operator {
  readonly #context: OperatorContext
  readonly #layout: OverLayout
  readonly #schema: Schema
  readonly #running: readonly Running[]
  readonly #framed: readonly Framed[]
  /** What running calls keep of each partition; without such calls empty between steps. */
  readonly #partitions: StateTable
  readonly #history: OverHistory | undefined
  readonly #pending: PendingRows | undefined
  readonly #timely: TimelyRows
  readonly #watermarks = new InputWatermarks(1)

  constructor(node: OverNode, layout: OverLayout, context: OperatorContext) {
    this.#context = context
    this.#layout = layout
    this.#schema = node.schema
    const running: Running[] = []
    const framed: Framed[] = []
    const keys = layout.partitionBy.length
    const fields = layout.partitionBy.map(column => layout.schema[column] ?? field('', types.null))
    for (const [index, call] of layout.calls.entries()) {
      const own = runningCall(call, layout.schema)
      if (own === undefined) {
        framed.push({ index, call })
        continue
      }
      running.push({ index, call: own, field: fields.length })
      fields.push(...own.saved.map((type, i) => field(`$call${index}_${i}`, type)))
    }
    this.#running = running
    this.#framed = framed
    this.#partitions = context.table({ name: 'partitions', fields, keys, unique: true })
    if (framed.length > 0)
      this.#history = new OverHistory(
        context,
        layout,
        framed.map(({ call }) => call),
      )
    if (node.emit === 'watermark') this.#pending = new PendingRows(context, layout)
    this.#timely = new TimelyRows(context.memory, layout, node.orderBy[0]?.column ?? -1)
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    const timely = this.#pending === undefined ? batch : this.#timely.of(batch, out)
    const rows = copiesWith(this.#context, timely, 1)
    if (rows.rows === 0) return
    if (this.#pending !== undefined) this.#pending.add(rows)
    else this.#release({ rows: rows.rows, columns: rows.columns, ordinals: ordinalColumn(memory, rows) }, out)
  }

  endStep(end: StepEnd, out: Output): void {
    const bound = end.ended ? END_OF_TIME : end.watermark
    this.#pending?.forDue(bound, due => this.#release(due, out))
    this.#history?.forgetBefore(this.#pending === undefined ? end.now : bound)
    if (this.#running.length === 0) this.#partitions.clear()
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf(this.#tables(), this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#tables(), from)
    this.#pending?.rebuild()
    this.#history?.rebuild()
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#partitions.bytes() + (this.#pending?.bytes() ?? 0) + (this.#history?.bytes() ?? 0)
  }

  #tables(): readonly StateTable[] {
    const [pending, history] = [this.#pending, this.#history].map(part => (part === undefined ? [] : [part.table]))
    return [this.#partitions, ...(pending ?? []), ...(history ?? [])]
  }

  /** Rows in their order, those of each partition behind the ones that left before. */
  #release(due: InOrder, out: Output): void {
    const { memory } = this.#context
    const { rows, columns } = due
    const keys = this.#layout.partitionBy.map(column => columns[column] ?? { type: types.null, data: 0, validity: 0 })
    const { slots } = this.#partitions.findOrInsert(keys, rows)
    const { partitions, members } = groupsOf(int32sOf(memory, slots, rows))
    const read = new Map(
      this.#layout.reads.map(column => [
        column,
        valuesIn(memory, columns[column] ?? { type: types.null, data: 0, validity: 0 }, rows),
      ]),
    )
    const results = this.#layout.calls.map((): Result[] => new Array(rows))
    const partitionsAt = int32s(memory, partitions)
    this.#run(partitionsAt, members, read, results)
    this.#look(due, partitionsAt, members, read, results)
    this.#send(due, results, out)
  }

  #send(due: InOrder, results: readonly Result[][], out: Output): void {
    const { memory } = this.#context
    const { rows, columns } = due
    const watermark = this.#watermarks.reached()
    const inputs = columns.slice(0, this.#layout.inputColumns)
    const fit = results.flatMap(of => (of.every(isValue) ? [of] : []))
    if (fit.length < results.length) {
      const ordinals = memory.i64(due.ordinals, rows).slice()
      const leaving = Array.from(
        { length: rows },
        (_, row): LeavingRow => ({
          slot: row,
          results: fitting(results.map((of): Result => of[row] ?? null)),
          weight: 1,
          ordinal: ordinals[row] ?? 0n,
        }),
      )
      const take = (selection: Pointer, count: number) =>
        inputs.map(column => takeColumn(memory, column, selection, count, false))
      sendRows(memory, this.#schema, leaving, take, watermark, out)
      return
    }
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, rows - from)
      const own = fit.map((of, i) =>
        columnFromValues(memory, this.#layout.calls[i]?.call.type ?? types.null, of.slice(from, from + count)),
      )
      const ordinals = due.ordinals + from * 8
      out.emit({
        rows: count,
        columns: [...inputs.map(column => sliceColumn(column, from)), ...own],
        weights: 0,
        watermarks: 0,
        watermark,
        ordinals,
        firstOrdinal: memory.i64(ordinals, 1)[0] ?? 0n,
      })
      memory.release(mark)
    }
  }

  /** The calls of which a partition keeps a few values. */
  #run(
    partitions: Pointer,
    members: readonly (readonly number[])[],
    read: ReadonlyMap<number, readonly Value[]>,
    results: readonly Result[][],
  ): void {
    if (this.#running.length === 0) return
    const { memory } = this.#context
    const count = members.length
    const sequences = members.map(rows => this.#sequence(rows, read))
    for (const { index, call, field: first } of this.#running) {
      const saved = call.saved.map((_, i) =>
        valuesIn(memory, this.#partitions.gather(partitions, count, first + i), count),
      )
      const next: Value[][] = call.saved.map(() => new Array(count))
      for (const [partition, sequence] of sequences.entries()) {
        const ran = call.run(
          sequence,
          saved.map(of => of[partition] ?? null),
        )
        for (const [i, row] of (members[partition] ?? []).entries()) put(results[index], row, ran.results[i])
        for (const [i, of] of next.entries()) of[partition] = ran.saved[i] ?? null
      }
      for (const [i, type] of call.saved.entries())
        this.#partitions.scatter(partitions, count, first + i, columnFromValues(memory, type, next[i] ?? []))
    }
  }

  /** The calls that look at the rows of their frames. */
  #look(
    due: InOrder,
    partitions: Pointer,
    members: readonly (readonly number[])[],
    read: ReadonlyMap<number, readonly Value[]>,
    results: readonly Result[][],
  ): void {
    const history = this.#history
    if (history === undefined) return
    const count = members.length
    const keys: Column[] = this.#layout.partitionBy.map((_, at) => this.#partitions.gather(partitions, count, at))
    const before = history.of(keys, count)
    const kept: number[] = []
    const forgotten: number[] = []
    for (const [partition, rows] of members.entries()) {
      const from = before.starts[partition] ?? 0
      const to = before.starts[partition + 1] ?? from
      const past = to - from
      const sequence = this.#sequence(rows, read, column => valuesOf(before.columns, column).slice(from, to), past)
      let seen = sequence.rows - 1
      for (const { index, call } of this.#framed) {
        const own = framedResults(call, this.#layout.schema, this.#layout.measure, sequence, past, sequence.rows)
        for (const [i, row] of rows.entries()) put(results[index], row, own[i])
        seen = Math.min(seen, new Frames(call.call.frame, sequence, this.#layout.measure).from(sequence.rows - 1))
      }
      if (history.reach === undefined)
        for (let at = 0; at < Math.min(seen, past); at++) forgotten.push(before.slots[from + at] ?? -1)
      for (const [i, row] of rows.entries()) if (history.reach !== undefined || past + i >= seen) kept.push(row)
    }
    history.forget(forgotten)
    history.keep(
      due,
      kept.sort((a, b) => a - b),
    )
  }

  #sequence(
    rows: readonly number[],
    read: ReadonlyMap<number, readonly Value[]>,
    past: (column: number) => readonly Value[] = () => [],
    pastRows = 0,
  ) {
    const columns = new Map(
      [...read].map(([column, values]) => {
        const own = rows.map(row => values[row] ?? null)
        return [column, pastRows === 0 ? own : [...past(column), ...own]]
      }),
    )
    return sequenceOf(pastRows + rows.length, columns, this.#layout.peers)
  }
}

const isValue = (result: Result): result is Value => result !== OVERFLOW

function put(results: Result[] | undefined, row: number, result: Result | undefined): void {
  if (results !== undefined) results[row] = result ?? null
}

/** The partitions by slot, in the order of their first rows, and the rows of each. */
function groupsOf(slots: Int32Array): {
  readonly partitions: readonly number[]
  readonly members: readonly number[][]
} {
  const known = new Map<number, number[]>()
  for (const [row, slot] of slots.entries()) {
    const rows = known.get(slot)
    if (rows === undefined) known.set(slot, [row])
    else rows.push(row)
  }
  return { partitions: [...known.keys()], members: [...known.values()] }
}
