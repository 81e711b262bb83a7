import { type Batch, CHUNK_ROWS, type Column, END_OF_TIME, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { columnAt } from '../../../batch/key-groups.ts'
import { takeColumn, takeRows } from '../../../batch/select.ts'
import { sortedRows } from '../../../batch/sort.ts'
import { int64s } from '../../../batch/values.ts'
import type { AggregateNode, WindowNode } from '../../../plan/nodes/node.ts'
import type { FoundRows, StateSnapshot, StateTable } from '../../../state/state-table.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn } from '../hidden.ts'
import { LateRows } from '../late-rows.ts'
import type { InputShape } from '../shape.ts'
import { SlotList } from '../slot-list.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { AggregateGroups, watermarkOf, watermarkText } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { fieldOf } from './group-aggregate.ts'
import { SessionEnds } from './session-ends.ts'
import { type SessionRuns, sessionRuns, type TimedRows } from './session-runs.ts'

/** window_time is the last millisecond of a window. */
const WINDOW_TIME = 1000n
/** Bytes of a session that has no row yet, and of the layout: those of kernels/open-sessions.ts. */
const BORN_BYTES = 40
const LAYOUT_BYTES = 36
/** Stands for the field of window_time, which follows from the end. */
const TIME_FIELD = -1

type SessionWindow = WindowNode & {
  readonly windowing: Extract<WindowNode['windowing'], { kind: 'session' }>
  readonly time: number
}

/**
 * The session window that `createClosingSessions` can take: each session is one group, which gives its row once, when the
 * watermark reaches its end.
 */
export function closingSessions(
  node: AggregateNode,
  session: WindowNode,
  input: AggregateInput,
): SessionWindow | undefined {
  const { windowing, time } = session
  const { window } = node
  if (windowing.kind !== 'session' || time === 'processing') return undefined
  if (window === undefined || window.changes || window.allowedLateness > 0n) return undefined
  if (input.groups.some(column => column >= 0 && !windowing.partitionBy.includes(column))) return undefined
  return { ...session, windowing, time }
}

/**
 * Sessions as rows of the groups' table, with their first time and their end. Those of a partition that are open are
 * chained; kernels take rows into them, begin and merge them (kernels/open-sessions.ts).
 */
export function createClosingSessions(
  node: AggregateNode,
  session: SessionWindow,
  input: AggregateInput,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  return new ClosingSessions(node, session, input, context, shape)
}

class ClosingSessions implements Operator {
  readonly #context: OperatorContext
  readonly #time: number
  readonly #gap: bigint
  readonly #partitionColumns: readonly number[]
  readonly #boundType: DataType
  readonly #groups: AggregateGroups
  /** Derived: by partition, where the chain of its sessions begins. */
  readonly #partitions: StateTable
  readonly #ends: SessionEnds
  readonly #late: LateRows
  #nextId = 0n
  #watermark = NO_WATERMARK

  constructor(
    node: AggregateNode,
    session: SessionWindow,
    input: AggregateInput,
    context: OperatorContext,
    { appendOnly }: InputShape,
  ) {
    const { partitionBy, gap } = session.windowing
    this.#context = context
    this.#time = session.time
    this.#gap = gap
    this.#partitionColumns = partitionBy
    this.#boundType = session.schema.at(-3)?.type ?? types.timestamp(3)
    const partition = partitionBy.map((column, i) => ({ ...fieldOf(input, column), name: `k${i}` }))
    this.#partitions = context.table({
      name: 'partitions',
      fields: [...partition, field('head', types.int)],
      keys: partition.length,
      unique: true,
    })
    const keys = [...partition, field('session', types.bigint, false)]
    const { start, end } = this.#fields
    const chained = [field('next', types.int), field('partition', types.int)]
    const outputs = node.keys.map((column, position) => {
      const own = input.groups[position] ?? -1
      return own >= 0 ? partitionBy.indexOf(own) : ([start, end][column - session.input.schema.length] ?? TIME_FIELD)
    })
    this.#groups = new AggregateGroups(node, context, input, {
      keys,
      groupBy: partition.length,
      extra: [
        field('arrival', types.bigint, false),
        field('from', this.#boundType),
        field('until', this.#boundType),
        ...chained,
      ],
      outputs,
      appendOnly,
      keyed: true,
      merging: true,
      endKey: undefined,
      corrected: false,
      bounds: { fields: [start, end, TIME_FIELD], of: (slots, rows) => this.#boundsOf(slots, rows) },
    })
    this.#ends = new SessionEnds(context.memory, gap)
    this.#late = new LateRows(context.memory, input.schema.slice(0, input.inputColumns), false)
  }

  push(_input: number, arrived: Batch, out: Output): void {
    const { rows } = arrived
    if (rows === 0) return
    const { memory } = this.#context
    const partitions = this.#partitions.findOrInsert(this.#partitionKeys(arrived), rows)
    const layout = this.#layout()
    const runs = this.#runs(arrived, partitions, layout)
    const sessions = this.#take(arrived, partitions, runs, layout)
    const [slots, onTime] = [memory.chunk(rows * 4), memory.chunk(rows)]
    const taken = memory.kernels.session_rows(runs.runOf, sessions, rows, slots, onTime)
    if (taken === rows) {
      this.#update(arrived, slots, out)
      return
    }
    const idle = memory.chunk(rows * 4)
    const { addresses, slots: places, fresh } = partitions
    this.#partitions.remove(idle, memory.kernels.session_idle(layout, addresses, places, fresh, rows, idle))
    const selection = memory.chunk(rows * 4)
    const late = memory.kernels.agg_select(onTime, rows, 0, selection)
    if (late > 0) this.#late.take(arrived, columnAt(arrived, 0), onTime, late, out)
    if (taken === 0) return
    const chosen = memory.chunk(taken * 4)
    memory.kernels.select_not_negative(slots, rows, selection)
    memory.kernels.agg_take32(slots, selection, taken, chosen)
    this.#update(takeRows(memory, arrived, selection, taken), chosen, out)
  }

  endStep({ watermark, ended }: StepEnd, out: Output): void {
    const reached = ended ? END_OF_TIME : watermark
    const closing = this.#close(reached)
    if (closing.length > 0) {
      const groups = { rows: closing.length, slots: closing.at(0), ordinals: 0 }
      this.#groups.sendFinal(groups, out, this.#watermark)
      this.#groups.remove(groups)
    }
    closing.free()
    this.#watermark = reached
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf(this.#groups.tables(), { watermark: watermarkText(this.#watermark) })
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#groups.tables(), from)
    this.#watermark = watermarkOf(from.values.watermark)
    this.#rebuild()
  }

  openWindows(): number {
    return this.#groups.table.rows
  }

  stateBytes(): number {
    return this.#groups.bytes() + this.#partitions.bytes() + this.#ends.bytes()
  }

  /** The indexes of fields in the groups' table. */
  get #fields() {
    const id = this.#partitionColumns.length
    return { id, arrival: id + 1, start: id + 2, end: id + 3, next: id + 4, partition: id + 5 }
  }

  /** Where things lie, for kernels; in chunk memory. */
  #layout(): Pointer {
    const { memory } = this.#context
    const { table } = this.#groups
    const { id, start, end, next, partition } = this.#fields
    const layout = memory.chunk(LAYOUT_BYTES)
    memory
      .u32(layout, LAYOUT_BYTES / 4)
      .set([
        table.address,
        this.#partitions.offsets(this.#partitionColumns.length).value,
        ...[id, start, end, next, partition].map(index => table.offsets(index).value),
        table.offsets(start).valid,
        table.offsets(end).valid,
      ])
    return layout
  }

  #partitionKeys(batch: Batch): readonly Column[] {
    return this.#partitionColumns.map(column => columnAt(batch, column))
  }

  /** Rows that belong together whatever sessions are open; row by row where the watermark may come between them. */
  #runs(batch: Batch, { slots, addresses }: FoundRows, layout: Pointer): SessionRuns {
    const { memory } = this.#context
    const { rows, watermarks } = batch
    const timed: TimedRows = { rows, slots, times: columnAt(batch, this.#time), now: 0n }
    const runs = sessionRuns(memory, timed, this.#gap, 'gap')
    const latest = watermarks === 0 ? batch.watermark : memory.kernels.session_latest(watermarks, rows)
    const { firsts, starts, lasts, count } = runs
    const disputed = memory.kernels.session_disputed(layout, addresses, firsts, starts, lasts, count, this.#gap, latest)
    return disputed === 1 ? sessionRuns(memory, timed, this.#gap, 'row') : runs
  }

  /** The slots of the runs' sessions, i32 a run, -1: late; sessions that became one are put together. */
  #take(batch: Batch, partitions: FoundRows, runs: SessionRuns, layout: Pointer): Pointer {
    const { memory } = this.#context
    const { kernels } = memory
    const { count, firsts, starts, lasts } = runs
    const { addresses } = partitions
    const [born, taken, counts] = [memory.chunk(count * BORN_BYTES), memory.chunk(count * 4), memory.chunk(12)]
    kernels.session_take(
      layout,
      addresses,
      firsts,
      starts,
      lasts,
      count,
      this.#gap,
      batch.watermarks,
      batch.watermark,
      born,
      taken,
      counts,
    )
    const [bornCount = 0, mergedCount = 0, lastMerged = 0] = memory.u32(counts, 3)
    const slots = this.#begin(batch, born, bornCount, firsts)
    const [from, into] = [memory.chunk(mergedCount * 4), memory.chunk(mergedCount * 4)]
    kernels.session_settle(
      layout,
      addresses,
      partitions.slots,
      firsts,
      count,
      born,
      bornCount,
      slots,
      taken,
      lastMerged,
      mergedCount,
      from,
      into,
    )
    if (mergedCount > 0) this.#merge(from, into, mergedCount)
    return taken
  }

  /** Makes rows for the sessions that a batch begins; their slots. */
  #begin(batch: Batch, born: Pointer, bornCount: number, firsts: Pointer): Pointer {
    if (bornCount === 0) return 0
    const { memory } = this.#context
    const [rows, ends] = [memory.chunk(bornCount * 4), memory.chunk(bornCount * 8)]
    const count = memory.kernels.session_born(born, bornCount, firsts, rows, ends)
    const ids = int64s(
      memory,
      Array.from({ length: count }, () => this.#nextId++),
    )
    const partition = this.#partitionKeys(batch).map(column => takeColumn(memory, column, rows, count, false))
    const idColumn: Column = { type: types.bigint, data: ids, validity: 0 }
    const { slots, addresses, fresh } = this.#groups.of([...partition, idColumn], count)
    const ordinals = memory.chunk(count * 8)
    memory.kernels.take_values(ordinalColumn(memory, batch), 3, rows, count, ordinals)
    this.#groups.arrive(count, addresses, fresh, { ordinals, firstOrdinal: 0n })
    this.#ends.add(slots, ids, ends, count)
    return slots
  }

  #merge(from: Pointer, into: Pointer, rows: number): void {
    const { table, states } = this.#groups
    const keys = (slots: Pointer) => ({ slots, keys: states.hasLists ? this.#groups.keysOf(slots, rows) : [] })
    states.merge(table, keys(into), keys(from), rows)
    table.remove(from, rows)
  }

  #update(batch: Batch, slots: Pointer, out: Output): void {
    const { table, states } = this.#groups
    const keys = states.hasLists ? this.#groups.keysOf(slots, batch.rows) : []
    this.#groups.update(batch, { keys, slots, addresses: table.addresses(slots, batch.rows) }, out)
  }

  /** The sessions that end by `reached`, by end, then first arrival; no longer open. */
  #close(reached: bigint): SlotList {
    const { memory } = this.#context
    const closing = new SlotList(memory)
    const waiting = this.#ends.due(reached)
    const mark = memory.mark()
    const layout = this.#layout()
    for (const { slots, ids } of waiting) {
      const rows = slots.length
      const [over, kept, keptCount] = [memory.chunk(rows * 4), memory.chunk(rows * 4), memory.chunk(4)]
      const [keptIds, keptEnds] = [memory.chunk(rows * 8), memory.chunk(rows * 8)]
      const closes = memory.kernels.session_due(
        layout,
        slots.at(0),
        ids.at(0),
        rows,
        reached,
        over,
        kept,
        keptIds,
        keptEnds,
        keptCount,
      )
      closing.append(over, closes)
      this.#ends.add(kept, keptIds, keptEnds, memory.u32(keptCount, 1)[0] ?? 0)
      slots.free()
      ids.free()
    }
    if (closing.length > 0) {
      const empty = memory.chunk(closing.length * 4)
      const { address } = this.#partitions
      const count = memory.kernels.session_unchain(layout, address, closing.at(0), closing.length, empty)
      this.#partitions.remove(empty, count)
      this.#inOrder(closing)
    }
    memory.release(mark)
    return closing
  }

  /** Puts sessions in the order of their ends, then of their first arrivals. */
  #inOrder(sessions: SlotList): void {
    const { memory } = this.#context
    const { arrival, end } = this.#fields
    const rows = sessions.length
    const columns = [end, arrival].map(index => this.#groups.table.gather(sessions.at(0), rows, index))
    const ascending = { descending: false, nullsFirst: false }
    const order = sortedRows(memory, columns, [ascending, ascending], rows)
    const sorted = memory.chunk(rows * 4)
    memory.kernels.agg_take32(sessions.at(0), order, rows, sorted)
    sessions.replace(sorted)
  }

  #boundsOf(slots: Pointer, rows: number): readonly Column[] {
    const { memory } = this.#context
    const { start, end } = this.#fields
    const [from, until] = [start, end].map(index => this.#groups.table.gather(slots, rows, index))
    if (from === undefined || until === undefined) throw new RangeError('a session without bounds')
    const data = memory.chunk(rows * 8)
    memory.kernels.session_minus(until.data, rows, WINDOW_TIME, data)
    return [from, until, { type: this.#boundType, data, validity: 0 }]
  }

  /** The chains and the queue of the sessions that were restored, in the order of their first arrivals. */
  #rebuild(): void {
    const { memory } = this.#context
    const { table } = this.#groups
    const { id, arrival, end } = this.#fields
    const { slots: all, rows } = table.all()
    if (rows === 0) return
    const order = sortedRows(
      memory,
      [table.gather(all, rows, arrival)],
      [{ descending: false, nullsFirst: false }],
      rows,
    )
    const slots = memory.chunk(rows * 4)
    memory.kernels.agg_take32(all, order, rows, slots)
    const keys = this.#partitionColumns.map((_, index) => table.gather(slots, rows, index))
    const partitions = this.#partitions.findOrInsert(keys, rows)
    memory.kernels.session_chain(this.#layout(), partitions.addresses, partitions.slots, slots, rows)
    const ids = table.gather(slots, rows, id).data
    this.#nextId = memory.kernels.session_latest(ids, rows) + 1n
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - from)
      const at = slots + from * 4
      this.#ends.add(at, ids + from * 8, table.gather(at, count, end).data, count)
    }
  }
}
