import { type Batch, CHUNK_ROWS, type Column, columnAt, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn, takeRows } from '../../../batch/select.ts'
import { sortedRows } from '../../../batch/sort.ts'
import type { AggregateNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { constantI64, lowest } from '../hidden.ts'
import { LateRows, windowBelow } from '../late-rows.ts'
import { MinHeap } from '../min-heap.ts'
import type { InputShape } from '../shape.ts'
import { SlotList } from '../slot-list.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { columnOf } from './aggregate-cells.ts'
import { forRuns } from './aggregate-distinct.ts'
import { AggregateGroups, watermarkOf, watermarkText } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import type { Touched } from './aggregate-output.ts'
import { fieldOf } from './group-aggregate.ts'

/**
 * Groups that end with a window. On close: when the watermark reaches a window's end, its groups give their rows, by
 * window end, then by first arrival, and are forgotten. A row whose window has ended (plus the allowed lateness) before
 * it goes to the late stream. With allowed lateness the rows of a closed window are corrected until it is over; with
 * `changes` rows appear at once and are corrected step by step, or every `emitEvery` of the processing clock.
 *
 * In windows of processing time the clock of a step takes the watermark's place, and nothing is late.
 */
export function createWindowAggregate(
  node: AggregateNode,
  input: AggregateInput,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  if (node.window === undefined) throw new RangeError('an aggregate without a window')
  return new WindowAggregate(node, node.window, input, context, shape)
}

/** See `createWindowAggregate`; `merging`: groups of slices are taken in (sliced-aggregate.ts). */
export class WindowAggregate implements Operator {
  readonly #context: OperatorContext
  readonly #window: NonNullable<AggregateNode['window']>
  readonly #processing: boolean
  readonly #groups: AggregateGroups
  readonly #makeGroups: (context: OperatorContext) => AggregateGroups
  readonly #schema: Schema
  readonly #late: LateRows
  readonly #keyColumns: readonly number[]
  readonly #endColumn: number
  /** Columns stored once a group: window bounds that follow from the end. */
  readonly #carried: readonly number[]
  /** Groups of each open window, in order of arrival; the ends that have still to fire and to be closed. */
  readonly #open = new Map<bigint, SlotList>()
  readonly #toFire = new MinHeap<bigint>((a, b) => a < b)
  readonly #toClose = new MinHeap<bigint>((a, b) => a < b)
  readonly #touchedSlots: SlotList
  readonly #touchedOrdinals: SlotList
  #watermark = watermarkOf(undefined)
  /** With `emitEvery`: when what was touched is to be sent. */
  #due: bigint | undefined

  constructor(
    node: AggregateNode,
    window: NonNullable<AggregateNode['window']>,
    input: AggregateInput,
    context: OperatorContext,
    { appendOnly }: InputShape,
    merging = false,
  ) {
    const below = windowBelow(node)
    const end = input.groups[window.end] ?? -1
    const others = input.groups.filter(column => column !== end && !input.keys.includes(column))
    this.#context = context
    this.#window = window
    this.#processing = below?.time === 'processing'
    this.#keyColumns = [...input.keys, end]
    this.#endColumn = end
    this.#carried = [...new Set(others)]
    const keys = this.#keyColumns.map((column, i) => ({ ...fieldOf(input, column), name: `k${i}` }))
    const carried = this.#carried.map((column, i) => ({ ...fieldOf(input, column), name: `w${i}`, nullable: true }))
    const fieldOfColumn = (column: number): number => {
      const key = this.#keyColumns.indexOf(column)
      return key >= 0 ? key : keys.length + 1 + this.#carried.indexOf(column)
    }
    this.#schema = input.schema
    this.#makeGroups = own =>
      new AggregateGroups(node, own, input, {
        keys,
        groupBy: input.keys.length,
        extra: [field('arrival', types.bigint, false), ...carried],
        outputs: input.groups.map(fieldOfColumn),
        appendOnly,
        keyed: true,
        merging,
        endKey: keys.length - 1,
        corrected: this.#corrected,
      })
    this.#groups = this.#makeGroups(context)
    const expanded = below !== undefined && (below.windowing.kind === 'hop' || below.windowing.kind === 'cumulate')
    this.#late = new LateRows(context.memory, input.schema.slice(0, input.inputColumns), expanded)
    this.#touchedSlots = new SlotList(context.memory)
    this.#touchedOrdinals = new SlotList(context.memory, 8)
  }

  /** Results are corrected after they were sent. */
  get #corrected(): boolean {
    return this.#window.changes || this.#window.allowedLateness > 0n
  }

  push(_input: number, arrived: Batch, out: Output): void {
    if (arrived.rows === 0) return
    const batch = this.#processing ? arrived : this.#onTime(arrived, out)
    const { rows, ordinals, firstOrdinal } = batch
    if (rows === 0) return
    const keys = this.#keyColumns.map(column => columnAt(batch, column))
    const { slots, addresses, fresh, inserted } = this.#groups.of(keys, rows)
    this.#groups.arrive(rows, addresses, fresh, batch)
    if (inserted > 0) this.#openGroups(batch, slots, fresh)
    if (this.#corrected) {
      const touched = this.#groups.touch({ rows, slots, addresses, ordinals, firstOrdinal })
      this.#touchedSlots.append(touched.slots, touched.rows)
      this.#touchedOrdinals.append(touched.ordinals, touched.rows)
    }
    this.#groups.update(batch, { keys, slots, addresses }, out)
  }

  /**
   * Takes the groups of another aggregate's table, laid out like this one's, into the window that has these bounds, and
   * puts the window's groups in order of arrival. `bounds`: its start, end and time by their columns.
   */
  absorb(from: AggregateGroups, lists: readonly SlotList[], bounds: ReadonlyMap<number, bigint>): void {
    const { memory } = this.#context
    const end = bounds.get(this.#endColumn)
    if (end === undefined) throw new RangeError('a window without an end')
    for (const list of lists) {
      for (let at = 0; at < list.length; at += CHUNK_ROWS) {
        const mark = memory.mark()
        this.#absorb(from, list.at(at), Math.min(CHUNK_ROWS, list.length - at), bounds)
        memory.release(mark)
      }
    }
    this.#sortByArrival(end)
  }

  #absorb(from: AggregateGroups, slots: Pointer, rows: number, bounds: ReadonlyMap<number, bigint>): void {
    const { memory } = this.#context
    const arrival = from.table.gather(slots, rows, this.#keyColumns.length)
    const columns = this.#schema.map(({ type }, column): Column => {
      const bound = bounds.get(column)
      return bound === undefined ? { type, data: 0, validity: 0 } : constantI64(memory, type, bound, rows)
    })
    const keys = [...from.keysOf(slots, rows).slice(0, -1), columns[this.#endColumn] ?? arrival]
    const { slots: to, addresses, fresh, inserted } = this.#groups.of(keys, rows)
    this.#groups.arrive(rows, addresses, fresh, { ordinals: arrival.data, firstOrdinal: 0n })
    if (inserted > 0) this.#openGroups({ rows, columns }, to, fresh)
    this.#groups.states.mergeCells(this.#groups.table, to, from.table.addresses(slots, rows), rows)
  }

  #sortByArrival(end: bigint): void {
    const { memory } = this.#context
    const list = this.#open.get(end)
    if (list === undefined) return
    const mark = memory.mark()
    const rows = list.length
    const arrival = this.#groups.table.gather(list.at(0), rows, this.#keyColumns.length)
    const order = sortedRows(memory, [arrival], [{ descending: false, nullsFirst: false }], rows)
    const sorted = memory.chunk(rows * 4)
    memory.kernels.agg_take32(list.at(0), order, rows, sorted)
    list.replace(sorted)
    memory.release(mark)
  }

  endStep({ watermark, now, ended }: StepEnd, out: Output): void {
    this.#late.flush(out)
    const before = this.#watermark
    const reached = ended ? END_OF_TIME : this.#processing ? now : watermark
    if (this.#window.changes) this.#sendTouched(reached, now, ended, out, before)
    else if (this.#corrected) this.#fire(reached, out, before)
    this.#close(reached, out, before)
    this.#watermark = this.#processing ? watermark : reached
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): bigint | undefined {
    const close = this.#processing ? this.#toClose.peek() : undefined
    if (close === undefined || this.#due === undefined) return close ?? this.#due
    return lowest([close, this.#due])
  }

  snapshot(): StateSnapshot {
    const due = this.#due === undefined ? {} : { due: String(this.#due) }
    return snapshotOf(this.#groups.tables(), { watermark: watermarkText(this.#watermark), ...due })
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#groups.tables(), from)
    this.#watermark = watermarkOf(from.values.watermark)
    const { due } = from.values
    this.#due = due === undefined ? undefined : BigInt(due)
    this.#groups.states.rebuild()
    this.#rebuild()
  }

  openWindows(): number {
    return this.#open.size
  }

  stateBytes(): number {
    let bytes = this.#groups.bytes() + this.#touchedSlots.bytes() + this.#touchedOrdinals.bytes()
    for (const list of this.#open.values()) bytes += list.bytes()
    return bytes
  }

  /** The rows that are not late; the others go to the late stream. */
  #onTime(batch: Batch, out: Output): Batch {
    const { memory } = this.#context
    const { rows, watermarks, watermark } = batch
    const ends = columnAt(batch, this.#endColumn)
    const onTime = memory.chunk(rows)
    const lateness = this.#window.allowedLateness
    const late = memory.kernels.agg_on_time(ends.data, rows, lateness, watermarks, watermark, onTime)
    this.#late.take(batch, ends, onTime, late, out)
    if (late === 0) return batch
    const selection = memory.chunk(rows * 4)
    return takeRows(memory, batch, selection, memory.kernels.agg_select(onTime, rows, 1, selection))
  }

  /** Notes new groups in their windows, and stores what follows from the window. */
  #openGroups(batch: Pick<Batch, 'rows' | 'columns'>, slots: Pointer, fresh: Pointer): void {
    const { memory } = this.#context
    const { rows } = batch
    const selection = memory.chunk(rows * 4)
    const count = memory.kernels.agg_select(fresh, rows, 1, selection)
    const freshSlots = memory.chunk(count * 4)
    memory.kernels.agg_take32(slots, selection, count, freshSlots)
    const firstCarried = this.#keyColumns.length + 1
    for (const [i, column] of this.#carried.entries()) {
      const values = takeColumn(memory, columnOf(batch.columns, column), selection, count, false)
      this.#groups.table.scatter(freshSlots, count, firstCarried + i, values)
    }
    const ends = takeColumn(memory, columnOf(batch.columns, this.#endColumn), selection, count, false)
    this.#enlist(memory, freshSlots, ends, count)
  }

  #enlist(memory: Memory, slots: Pointer, ends: Column, rows: number): void {
    forRuns(memory, ends.data, rows, (end, from, count) => {
      let list = this.#open.get(end)
      if (list === undefined) {
        list = new SlotList(memory)
        this.#open.set(end, list)
        this.#toClose.push(end)
        if (this.#corrected && !this.#window.changes) this.#toFire.push(end)
      }
      list.append(slots + from * 4, count)
    })
  }

  /** EMIT CHANGES: what was touched, at the end of the step or when it is due; before any window goes, everything. */
  #sendTouched(reached: bigint, now: bigint, ended: boolean, out: Output, watermark: bigint): void {
    if (this.#touchedSlots.length === 0) return
    const { emitEvery } = this.#window
    if (emitEvery !== undefined) {
      this.#due ??= now + emitEvery
      if (now < this.#due && !ended && !this.#closes(reached)) return
      this.#due = undefined
    }
    const touched = this.#touched()
    this.#groups.sendChanges(touched, out, watermark)
    this.#groups.untouch(touched.slots, touched.rows)
    this.#forgetTouched()
  }

  /** Allowed lateness: windows that the watermark has reached, and corrections of those it had reached before. */
  #fire(reached: bigint, out: Output, watermark: bigint): void {
    const { memory, table } = { memory: this.#context.memory, table: this.#groups.table }
    const touched = this.#touched()
    if (touched.rows > 0) {
      const mark = memory.mark()
      const slots = memory.chunk(touched.rows * 4)
      const ordinals = memory.chunk(touched.rows * 8)
      const addresses = table.addresses(touched.slots, touched.rows)
      const { value } = table.offsets(this.#keyColumns.length - 1)
      // Windows reached in this step fire below, in order of their ends.
      const corrected = memory.kernels.agg_ended(
        addresses,
        touched.slots,
        touched.ordinals,
        touched.rows,
        value,
        watermark,
        slots,
        ordinals,
      )
      this.#groups.sendChanges({ rows: corrected, slots, ordinals }, out, watermark)
      memory.release(mark)
      this.#groups.untouch(touched.slots, touched.rows)
      this.#forgetTouched()
    }
    for (let end = this.#toFire.peek(); end !== undefined && end <= reached; end = this.#toFire.peek()) {
      this.#toFire.pop()
      const groups = this.#groupsOf(end)
      if (groups !== undefined) this.#groups.sendChanges(groups, out, watermark)
    }
  }

  #closes(reached: bigint): boolean {
    const end = this.#toClose.peek()
    return end !== undefined && this.#isOver(end, reached)
  }

  #isOver(end: bigint, reached: bigint): boolean {
    return end <= reached && (reached === END_OF_TIME || end + this.#window.allowedLateness <= reached)
  }

  /** Closes the windows that end by `reached`, before the step's end does it. */
  close(reached: bigint, out: Output): void {
    this.#late.flush(out)
    this.#close(reached, out, this.#watermark)
  }

  /** Windows that end by this moment have closed. */
  get closed(): bigint {
    return this.#watermark
  }

  openEnds(): readonly bigint[] {
    return [...this.#open.keys()]
  }

  /** Groups of their own, laid out like this aggregate's. */
  groupsLikeThese(context: OperatorContext): AggregateGroups {
    return this.#makeGroups(context)
  }

  #close(reached: bigint, out: Output, watermark: bigint): void {
    for (let end = this.#toClose.peek(); end !== undefined && this.#isOver(end, reached); end = this.#toClose.peek()) {
      this.#toClose.pop()
      const groups = this.#groupsOf(end)
      if (groups !== undefined) {
        if (!this.#corrected) this.#groups.sendFinal(groups, out, watermark)
        this.#groups.remove(groups)
      }
      this.#open.get(end)?.free()
      this.#open.delete(end)
      this.#groups.states.closeWindow(end)
    }
  }

  #groupsOf(end: bigint): Touched | undefined {
    const list = this.#open.get(end)
    return list === undefined ? undefined : { rows: list.length, slots: list.at(0), ordinals: 0 }
  }

  #touched(): Touched {
    return { rows: this.#touchedSlots.length, slots: this.#touchedSlots.at(0), ordinals: this.#touchedOrdinals.at(0) }
  }

  #forgetTouched(): void {
    this.#touchedSlots.free()
    this.#touchedOrdinals.free()
  }

  /** The open windows from the restored groups, each window's groups in order of arrival. */
  #rebuild(): void {
    const { memory } = this.#context
    const { table } = this.#groups
    const { slots, rows } = table.all()
    if (rows === 0) return
    const arrivals = memory.i64(table.gather(slots, rows, this.#keyColumns.length).data, rows).slice()
    const order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => {
      const [x, y] = [arrivals[a] ?? 0n, arrivals[b] ?? 0n]
      return x < y ? -1 : x > y ? 1 : a - b
    })
    const selection = memory.chunk(rows * 4)
    memory.i32(selection, rows).set(order)
    const sorted = memory.chunk(rows * 4)
    memory.kernels.agg_take32(slots, selection, rows, sorted)
    this.#enlist(memory, sorted, table.gather(sorted, rows, this.#keyColumns.length - 1), rows)
    if (!this.#corrected) return
    const touched = this.#groups.touchedSlots()
    this.#touchedSlots.append(touched.slots, touched.rows)
    const ordinals = table.gather(touched.slots, touched.rows, this.#keyColumns.length)
    this.#touchedOrdinals.append(ordinals.data, touched.rows)
  }
}
