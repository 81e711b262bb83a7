import { type Batch, CHUNK_ROWS, type Column, columnAt, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import { takeColumn, takeRows } from '../../../batch/select.ts'
import { isDeterministicCall, neverFails } from '../../../plan/expressions/facts.ts'
import { columnsRead } from '../../../plan/expressions/walk.ts'
import type { AggregateNode, Windowing, WindowNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { DataType } from '../../../types/data-type.ts'
import { physicalOf } from '../../../types/physical.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { MomentQueue } from '../moment-queue.ts'
import type { InputShape } from '../shape.ts'
import { SlotList } from '../slot-list.ts'
import { restoreTables } from '../state-of.ts'
import { createWindow } from '../window.ts'
import { planCall } from './aggregate-calls.ts'
import { forRuns } from './aggregate-distinct.ts'
import type { AggregateGroups } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { WindowAggregate } from './window-aggregate.ts'
import { WINDOW_TIME } from './window-time.ts'

type Hop = Extract<Windowing, { kind: 'hop' }>

/** A hop window over event time whose rows are taken by slices. */
export type SlicedWindow = WindowNode & { readonly windowing: Hop; readonly time: number }

/** More slices a window than this many for each of its copies cost more than they save. */
const SLICES_PER_COPY = 4n

/**
 * The hop window of an aggregate that can be taken by slices: results appear once, on close; every call's state merges,
 * and where rows are taken back lets them go; keys that are equal are the same bits; and what the calls read neither fails
 * nor depends on the window.
 */
export function slicedWindow(
  node: AggregateNode,
  input: AggregateInput,
  { appendOnly }: InputShape,
): SlicedWindow | undefined {
  const { window, input: below } = node
  if (window === undefined || window.changes || window.allowedLateness > 0n) return undefined
  if (below.is !== 'window' || below.windowing.kind !== 'hop' || below.time === 'processing') return undefined
  const { size, slide } = below.windowing
  if (slide >= size || size > sliceOf(below.windowing) * SLICES_PER_COPY * (size / slide)) return undefined
  const width = below.input.schema.length
  // A group keeps the bits of the key that came first: which came first is known within a slice only.
  const exact = (column: number): boolean => {
    const type = below.schema[column]?.type
    return type !== undefined && !['f32', 'f64', 'interval', 'numeric'].includes(physicalOf(type))
  }
  if (!node.keys.every(exact)) return undefined
  const isBound = (column: number): boolean => column >= width && column < width + 3
  for (const call of input.calls) {
    if ([...call.args, ...(call.filter === undefined ? [] : [call.filter])].some(isBound)) return undefined
    if (call.orderBy.some(({ column }) => isBound(column))) return undefined
    if (planCall(call, { schema: input.schema, appendOnly, keyed: true, merging: true }) === undefined) return undefined
  }
  const computed = input.expressions?.slice(input.inputColumns) ?? []
  if (computed.some(e => !neverFails(e) || !isDeterministicCall(e) || [...columnsRead(e)].some(isBound)))
    return undefined
  return { ...below, windowing: below.windowing, time: below.time }
}

/** The length of a slice: a divisor of size and slide, so that each window is a whole number of slices. */
function sliceOf({ size, slide }: Hop): bigint {
  let [a, b] = [size, slide]
  while (b > 0n) [a, b] = [b, a % b]
  return a
}

/**
 * An aggregate over hop windows that takes each row once, into the slice that its windows have in common, and puts the
 * slices of a window together when it closes (Li et al., "No pane, no gain", 2005). A row that is late for some of its
 * windows goes into the others by itself; a slice none of whose windows has ended holds only rows that are on time. What
 * takes a row back goes the same way: alone, a slice may hold less than nothing.
 * Its input is that of the window function, then the columns that `input` computes.
 */
export function createSlicedAggregate(
  node: AggregateNode,
  window: SlicedWindow,
  input: AggregateInput,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  return new SlicedAggregate(node, window, input, context, shape)
}

class SlicedAggregate implements Operator {
  readonly #context: OperatorContext
  readonly #windowing: Hop
  readonly #slice: bigint
  readonly #time: number
  /** The window's columns come at this one. */
  readonly #at: number
  readonly #types: readonly DataType[]
  readonly #keyColumns: readonly number[]
  readonly #windowed: WindowAggregate
  readonly #groups: AggregateGroups
  readonly #expansion: Operator
  /** The groups of each slice, by its end. */
  readonly #slices = new Map<bigint, SlotList>()
  /** Ends of the windows that have a slice. */
  readonly #ends = new MomentQueue()

  constructor(
    node: AggregateNode,
    window: SlicedWindow,
    input: AggregateInput,
    context: OperatorContext,
    shape: InputShape,
  ) {
    const { windowing, time } = window
    if (node.window === undefined) throw new RangeError('an aggregate without a window')
    this.#context = context
    this.#windowing = windowing
    this.#slice = sliceOf(windowing)
    this.#time = time
    this.#at = window.input.schema.length
    this.#types = window.schema.slice(this.#at).map(({ type }) => type)
    this.#keyColumns = [...input.keys, this.#at + 1]
    this.#windowed = new WindowAggregate(node, node.window, input, context, shape, true)
    this.#groups = this.#windowed.groupsLikeThese({
      ...context,
      table: spec => context.table({ ...spec, name: `slice ${spec.name}` }),
    })
    this.#expansion = createWindow(window, context, shape)
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    const { rows } = batch
    if (rows === 0) return
    const { size, slide, offset } = this.#windowing
    const times = columnAt(batch, this.#time)
    const bytes = rows * 8
    const [starts, ends, windowTimes] = [memory.chunk(bytes), memory.chunk(bytes), memory.chunk(bytes)]
    const onTime = memory.chunk(rows)
    const late = memory.chunk(rows)
    const punctual = memory.kernels.window_slices(
      times.data,
      times.validity,
      rows,
      size,
      slide,
      offset,
      this.#slice,
      batch.watermarks,
      batch.watermark,
      starts,
      ends,
      windowTimes,
      onTime,
      late,
    )
    const sliced = this.#withBounds(
      batch.columns,
      [starts, ends, windowTimes].map((data, i) => ({ type: this.#types[i] ?? times.type, data, validity: 0 })),
    )
    if (punctual === rows) {
      this.#take({ ...batch, columns: sliced }, out)
      return
    }
    const selected = (mask: Pointer, of: Batch, take: (batch: Batch) => void): void => {
      const selection = memory.chunk(rows * 4)
      const count = memory.kernels.agg_select(mask, rows, 1, selection)
      if (count > 0) take(takeRows(memory, of, selection, count))
    }
    selected(onTime, { ...batch, columns: sliced }, rest => this.#take(rest, out))
    selected(late, batch, rest => this.#expand(rest, out))
  }

  endStep(end: StepEnd, out: Output): void {
    const reached = end.ended ? END_OF_TIME : end.watermark
    const { size, slide } = this.#windowing
    for (let next = this.#ends.first(); next !== undefined && next <= reached; next = this.#ends.first()) {
      this.#ends.removeFirst()
      const start = next - size
      const lists: SlotList[] = []
      for (let slice = start + this.#slice; slice <= next; slice += this.#slice) {
        const list = this.#slices.get(slice)
        if (list !== undefined) lists.push(list)
      }
      const bounds = [start, next, next - WINDOW_TIME].map((value, i): [number, bigint] => [this.#at + i, value])
      this.#windowed.absorb(this.#groups, lists, new Map(bounds))
      this.#windowed.close(next, out)
      for (let slice = start + this.#slice; slice - this.#slice < start + slide; slice += this.#slice) this.#drop(slice)
    }
    this.#windowed.endStep(end, out)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    const { tables, values } = this.#windowed.snapshot()
    return { tables: [...tables, ...this.#groups.tables().map(table => table.snapshot())], values }
  }

  restore(from: StateSnapshot): void {
    const { memory } = this.#context
    this.#windowed.restore(from)
    restoreTables(this.#groups.tables(), from)
    const { table } = this.#groups
    const { slots, rows } = table.all()
    for (let at = 0; at < rows; at += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, rows - at)
      const part = slots + at * 4
      this.#enlist(part, table.gather(part, count, this.#keyColumns.length - 1), count)
      memory.release(mark)
    }
  }

  stateBytes(): number {
    let bytes = this.#windowed.stateBytes() + this.#groups.bytes()
    for (const list of this.#slices.values()) bytes += list.bytes()
    return bytes
  }

  openWindows(): number {
    const lone = this.#windowed.openEnds().filter(end => !this.#ends.has(end))
    return this.#ends.size + lone.length
  }

  /** Rows with the bounds of their slice into its groups. */
  #take(batch: Batch, out: Output): void {
    const { memory } = this.#context
    const { rows } = batch
    const keys = this.#keyColumns.map(column => columnAt(batch, column))
    const { slots, addresses, fresh, inserted } = this.#groups.of(keys, rows)
    this.#groups.arrive(rows, addresses, fresh, batch)
    if (inserted > 0) {
      const selection = memory.chunk(rows * 4)
      const count = memory.kernels.agg_select(fresh, rows, 1, selection)
      const freshSlots = memory.chunk(count * 4)
      memory.kernels.agg_take32(slots, selection, count, freshSlots)
      this.#enlist(freshSlots, takeColumn(memory, columnAt(batch, this.#at + 1), selection, count, false), count)
    }
    this.#groups.update(batch, { keys, slots, addresses }, out)
  }

  /** Rows that are late for some window at least, once a window. */
  #expand(batch: Batch, out: Output): void {
    this.#expansion.push(0, batch, {
      emit: expanded => {
        const { columns } = expanded
        const width = columns.length - this.#types.length
        this.#windowed.push(
          0,
          { ...expanded, columns: this.#withBounds(columns.slice(0, width), columns.slice(width)) },
          out,
        )
      },
      side: (name, rows) => out.side(name, rows),
    })
  }

  #withBounds(columns: readonly Column[], bounds: readonly Column[]): readonly Column[] {
    return [...columns.slice(0, this.#at), ...bounds, ...columns.slice(this.#at)]
  }

  #enlist(slots: Pointer, ends: Column, rows: number): void {
    forRuns(this.#context.memory, ends.data, rows, (end, from, count) => {
      let list = this.#slices.get(end)
      if (list === undefined) {
        list = new SlotList(this.#context.memory)
        this.#slices.set(end, list)
        this.#await(end)
      }
      list.append(slots + from * 4, count)
    })
  }

  /** Notes the windows of a slice; of one that was restored some may have closed. */
  #await(sliceEnd: bigint): void {
    const { size, slide, offset } = this.#windowing
    const start = sliceEnd - this.#slice
    const rest = (start - offset) % slide
    const last = start - (rest < 0n ? rest + slide : rest)
    for (let first = last; first + size >= sliceEnd && first + size > this.#windowed.closed; first -= slide)
      this.#ends.add(first + size)
  }

  #drop(sliceEnd: bigint): void {
    const list = this.#slices.get(sliceEnd)
    if (list === undefined) return
    this.#groups.remove({ rows: list.length, slots: list.at(0), ordinals: 0 })
    list.free()
    this.#slices.delete(sliceEnd)
  }
}
