import { type Batch, type Column, END_OF_TIME, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { columnAt } from '../../../batch/key-groups.ts'
import { takeRows } from '../../../batch/select.ts'
import { columnFromValues, int32s, int64s, ordinalsOf } from '../../../batch/values.ts'
import { StreamdownError } from '../../../errors/error.ts'
import type { AggregateNode, WindowNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { lowest, ordinalColumn } from '../hidden.ts'
import { LateRows } from '../late-rows.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { AggregateGroups, watermarkOf, watermarkText } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import type { Touched } from './aggregate-output.ts'
import { closingSessions, createClosingSessions } from './closing-sessions.ts'
import { fieldOf } from './group-aggregate.ts'
import { sessionRuns } from './session-runs.ts'
import { finalSession, type Session, Sessions } from './sessions.ts'
import { WINDOW_TIME } from './window-time.ts'

/** Bytes that the derived index takes for a session, about. */
const SESSION_BYTES = 160

/**
 * Aggregates over session windows. Sessions form per partition of the window function; the groups of a session are its
 * other keys. With a closing window a session gives its rows when the watermark reaches its end, ordered as windows are;
 * a row is late when the session that it would belong to has ended (plus the allowed lateness) before it. Without one,
 * or with EMIT CHANGES, rows appear at once and move with their session.
 */
export function createSessionAggregate(
  node: AggregateNode,
  session: WindowNode,
  input: AggregateInput,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  const { windowing } = session
  if (windowing.kind !== 'session') throw new RangeError('not a session window')
  for (const column of windowing.partitionBy) {
    if (!input.groups.includes(column)) {
      throw new StreamdownError(
        'DSD2005',
        'GROUP BY over a session window without its PARTITION BY columns; group by them, too',
      )
    }
  }
  const closing = closingSessions(node, session, input)
  if (closing !== undefined) return createClosingSessions(node, closing, input, context, shape)
  return new SessionAggregate(node, session, windowing, input, context, shape)
}

class SessionAggregate implements Operator {
  readonly #context: OperatorContext
  readonly #node: AggregateNode
  readonly #time: number | 'processing'
  readonly #groups: AggregateGroups
  readonly #partitions: StateTable
  readonly #sessions: Sessions
  readonly #late: LateRows
  readonly #partitionColumns: readonly number[]
  readonly #otherColumns: readonly number[]
  readonly #boundType: DataType
  readonly #sessionOf = new Map<number, Session>()
  /** Groups touched in this step: slot -> ordinal. */
  readonly #touched = new Map<number, bigint>()
  #watermark = NO_WATERMARK
  #due: bigint | undefined

  constructor(
    node: AggregateNode,
    session: WindowNode,
    windowing: Extract<WindowNode['windowing'], { kind: 'session' }>,
    input: AggregateInput,
    context: OperatorContext,
    { appendOnly }: InputShape,
  ) {
    this.#context = context
    this.#node = node
    this.#time = session.time
    this.#partitionColumns = windowing.partitionBy
    this.#otherColumns = input.groups.filter(column => column >= 0 && !windowing.partitionBy.includes(column))
    this.#boundType = session.schema.at(-3)?.type ?? types.timestamp(3)
    this.#sessions = new Sessions(windowing.gap, node.window?.allowedLateness)
    const partition = this.#partitionColumns.map((column, i) => ({ ...fieldOf(input, column), name: `k${i}` }))
    const others = this.#otherColumns.map((column, i) => ({ ...fieldOf(input, column), name: `o${i}` }))
    const keys = [...partition, field('session', types.bigint, false), ...others]
    // Arrival, the session's bounds as they are in a snapshot, and its bounds as they were sent.
    const bounds = ['from', 'until', 'start', 'end', 'time'].map(name => field(name, this.#boundType))
    const sent = keys.length + 3
    this.#partitions = context.table({ name: 'partitions', fields: partition, keys: partition.length, unique: true })
    this.#groups = new AggregateGroups(node, context, input, {
      keys,
      groupBy: partition.length,
      extra: [field('arrival', types.bigint, false), ...bounds],
      outputs: node.keys.map((column, position) => {
        const own = input.groups[position] ?? -1
        if (own < 0) return sent + column - session.input.schema.length
        const at = this.#partitionColumns.indexOf(own)
        return at >= 0 ? at : partition.length + 1 + this.#otherColumns.indexOf(own)
      }),
      appendOnly,
      keyed: true,
      merging: true,
      endKey: undefined,
      corrected: this.#corrected,
      bounds: { fields: [sent, sent + 1, sent + 2], of: (slots, rows) => this.#boundsOf(slots, rows) },
    })
    this.#late = new LateRows(context.memory, input.schema.slice(0, input.inputColumns), false)
  }

  /** Rows are corrected after they were sent. */
  get #corrected(): boolean {
    const { window } = this.#node
    return window === undefined || window.changes || window.allowedLateness > 0n
  }

  push(_input: number, arrived: Batch, out: Output): void {
    if (arrived.rows === 0) return
    const { memory } = this.#context
    const { sessions, runOf, late, rows } = this.#assign(arrived, out)
    if (late.length > 0) this.#sendLate(arrived, late, out)
    if (rows === 0) return
    const whole = rows === arrived.rows
    const selection = whole ? 0 : memory.chunk(arrived.rows * 4)
    if (!whole) memory.kernels.agg_select(this.#kept(runOf, sessions, arrived.rows), arrived.rows, 1, selection)
    const batch = whole ? arrived : takeRows(memory, arrived, selection, rows)
    const runs = whole ? runOf : memory.chunk(rows * 4)
    if (!whole) memory.kernels.agg_take32(runOf, selection, rows, runs)
    const partition = this.#partitionColumns.map(column => columnAt(batch, column))
    const others = this.#otherColumns.map(column => columnAt(batch, column))
    const own = sessions.map(session => session && finalSession(session))
    const idOfRun = int64s(
      memory,
      own.map(session => session?.id ?? 0n),
    )
    const ids: Column = { type: types.bigint, data: memory.chunk(rows * 8), validity: 0 }
    memory.kernels.take_values(idOfRun, 3, runs, rows, ids.data)
    const keys = [...partition, ids, ...others]
    const { slots, addresses, fresh } = this.#groups.of(keys, batch.rows)
    this.#groups.arrive(batch.rows, addresses, fresh, batch)
    const runOfRow = memory.i32(runs, rows).slice()
    const sessionAt = (row: number): Session | undefined => own[runOfRow[row] ?? -1]
    this.#join(slots, fresh, rows, sessionAt, this.#corrected ? ordinalsOf(memory, batch) : undefined)
    this.#groups.update(batch, { keys, slots, addresses }, out)
  }

  endStep({ watermark, now, ended }: StepEnd, out: Output): void {
    const before = this.#watermark
    const reached = ended ? END_OF_TIME : this.#time === 'processing' ? now : watermark
    const closing = this.#sessions.close(reached)
    if (this.#corrected) this.#sendTouched(reached, now, ended || closing.length > 0, out, before)
    for (const from of portions(closing.flatMap(({ groups }) => groups))) {
      const mark = this.#context.memory.mark()
      const groups = { rows: from.length, slots: int32s(this.#context.memory, from), ordinals: 0 }
      if (!this.#corrected) this.#groups.sendFinal(groups, out, before)
      this.#groups.remove(groups)
      for (const slot of from) this.#sessionOf.delete(slot)
      this.#context.memory.release(mark)
    }
    this.#forgetPartitions(closing.map(({ partition }) => partition))
    this.#watermark = this.#time === 'processing' ? watermark : reached
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): bigint | undefined {
    const close = this.#time === 'processing' ? this.#sessions.nextEnd() : undefined
    if (close === undefined || this.#due === undefined) return close ?? this.#due
    return lowest([close, this.#due])
  }

  snapshot(): StateSnapshot {
    this.#storeBounds()
    const due = this.#due === undefined ? {} : { due: String(this.#due) }
    return snapshotOf(this.#groups.tables(), { watermark: watermarkText(this.#watermark), ...due })
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#groups.tables(), from)
    this.#groups.states.rebuild()
    this.#watermark = watermarkOf(from.values.watermark)
    const { due } = from.values
    this.#due = due === undefined ? undefined : BigInt(due)
    this.#rebuild()
  }

  openWindows(): number {
    return this.#node.window === undefined ? 0 : this.#sessions.size
  }

  stateBytes(): number {
    return (
      this.#groups.bytes() + this.#partitions.bytes() + (this.#sessions.size + this.#sessionOf.size) * SESSION_BYTES
    )
  }

  /**
   * The sessions of the rows, by runs of them (`runOf`: i32 a row, -1 without a time): undefined where they are late;
   * sessions that became one are put together. `rows`: how many have a session.
   */
  #assign(
    batch: Batch,
    out: Output,
  ): {
    readonly sessions: readonly (Session | undefined)[]
    readonly runOf: Pointer
    readonly late: readonly number[]
    readonly rows: number
  } {
    const { memory } = this.#context
    const keys = this.#partitionColumns.map(column => columnAt(batch, column))
    const slots = this.#partitions.findOrInsert(keys, batch.rows).slots
    const { runOf, firsts, starts, lasts } = this.#runs(batch, slots)
    const partitions = memory.i32(slots, batch.rows).slice()
    const watermarks = batch.watermarks === 0 ? undefined : memory.i64(batch.watermarks, batch.rows).slice()
    const ordinals = memory.i64(ordinalColumn(memory, batch), batch.rows).slice()
    const merged: Session[] = []
    const late: number[] = []
    const sessions: (Session | undefined)[] = []
    for (const [run, row] of firsts.entries()) {
      const before = this.#time === 'processing' ? NO_WATERMARK : (watermarks?.[row] ?? batch.watermark)
      const session = this.#sessions.take(
        partitions[row] ?? 0,
        starts[run] ?? 0n,
        lasts[run] ?? 0n,
        before,
        ordinals[row] ?? 0n,
        from => merged.push(from),
      )
      sessions.push(session)
      // Where a row may be late every row is a run.
      if (session === undefined) late.push(row)
    }
    this.#merge(merged, out)
    const untimed = this.#untimed(batch)
    const rows = batch.rows - late.length - untimed
    if (rows < batch.rows) this.#forgetPartitions(partitions)
    return { sessions, runOf, late, rows }
  }

  /** Rows that belong together whatever sessions are open; row by row where the watermark may come between them. */
  #runs(
    batch: Batch,
    slots: Pointer,
  ): {
    readonly runOf: Pointer
    readonly firsts: Int32Array
    readonly starts: BigInt64Array
    readonly lasts: BigInt64Array
  } {
    const { memory } = this.#context
    const { rows, watermarks } = batch
    const { data, validity } = this.#times(batch)
    const now = this.#context.now()
    const find = (by: 'gap' | 'row') => {
      const timed = { rows, slots, times: { data, validity }, now }
      const { count, runOf, firsts, starts, lasts } = sessionRuns(memory, timed, this.#sessions.gap, by)
      return {
        runOf,
        firsts: memory.i32(firsts, count).slice(),
        starts: memory.i64(starts, count).slice(),
        lasts: memory.i64(lasts, count).slice(),
      }
    }
    const together = find('gap')
    if (this.#time === 'processing') return together
    const latest = watermarks === 0 ? batch.watermark : memory.kernels.session_latest(watermarks, rows)
    const partitions = memory.i32(slots, rows).slice()
    const disputed = together.firsts.some((row, run) =>
      this.#sessions.isDisputed(partitions[row] ?? 0, together.starts[run] ?? 0n, together.lasts[run] ?? 0n, latest),
    )
    return disputed ? find('row') : together
  }

  #times(batch: Batch): { readonly data: Pointer; readonly validity: Pointer } {
    return this.#time === 'processing' ? { data: 0, validity: 0 } : columnAt(batch, this.#time)
  }

  /** The number of rows without a time. */
  #untimed(batch: Batch): number {
    const { memory } = this.#context
    const { validity } = this.#times(batch)
    return validity === 0 ? 0 : memory.kernels.agg_select(validity, batch.rows, 0, memory.chunk(batch.rows * 4))
  }

  /** u8 a row: whether it has a session. */
  #kept(runOf: Pointer, sessions: readonly (Session | undefined)[], rows: number): Pointer {
    const { memory } = this.#context
    const kept = memory.chunk(rows)
    const bytes = memory.u8(kept, rows)
    for (const [row, run] of memory.i32(runOf, rows).entries()) bytes[row] = sessions[run] === undefined ? 0 : 1
    return kept
  }

  /** Puts the groups of sessions that were taken in to those of the session that took them. */
  #merge(merged: readonly Session[], out: Output): void {
    const { memory } = this.#context
    const from: number[] = []
    const into: Session[] = []
    for (const session of merged) {
      const target = finalSession(session)
      for (const slot of session.groups) {
        from.push(slot)
        into.push(target)
      }
    }
    const rows = from.length
    if (rows === 0) return
    const fromSlots = int32s(memory, from)
    if (this.#corrected) this.#groups.takeBack({ rows, slots: fromSlots, ordinals: 0 }, out, this.#watermark)
    const fromKeys = this.#groups.keysOf(fromSlots, rows)
    const ids = columnFromValues(
      memory,
      types.bigint,
      into.map(({ id }) => id),
    )
    const toKeys = fromKeys.map((column, i) => (i === this.#partitionColumns.length ? ids : column))
    const arrivals = this.#groups.table.gather(fromSlots, rows, fromKeys.length).data
    const { slots, fresh, addresses } = this.#groups.of(toKeys, rows)
    this.#groups.arrive(rows, addresses, fresh, { ordinals: arrivals, firstOrdinal: 0n })
    this.#groups.states.merge(this.#groups.table, { slots, keys: toKeys }, { slots: fromSlots, keys: fromKeys }, rows)
    const ordinals = this.#corrected ? Array.from(memory.i64(arrivals, rows)) : undefined
    this.#join(slots, fresh, rows, row => into[row], ordinals)
    this.#groups.table.remove(fromSlots, rows)
    for (const slot of from) {
      this.#sessionOf.delete(slot)
      this.#touched.delete(slot)
    }
  }

  /** Notes the groups of sessions, and, where rows are corrected, that they were touched. */
  #join(
    slots: Pointer,
    fresh: Pointer,
    rows: number,
    sessionAt: (row: number) => Session | undefined,
    ordinals: readonly bigint[] | undefined,
  ): void {
    const { memory } = this.#context
    const selection = memory.chunk(rows * 4)
    const made = memory.kernels.agg_select(fresh, rows, 1, selection)
    const own = memory.i32(slots, rows)
    for (const row of memory.i32(selection, made)) {
      const slot = own[row] ?? -1
      const session = sessionAt(row)
      if (session === undefined) continue
      session.groups.push(slot)
      this.#sessionOf.set(slot, session)
    }
    if (ordinals === undefined) return
    const touch = (slot: number, ordinal: bigint): void => {
      if (!this.#touched.has(slot)) this.#touched.set(slot, ordinal)
    }
    for (const [row, ordinal] of ordinals.entries()) touch(own[row] ?? -1, ordinal)
    // The bounds of a session belong to all its groups.
    for (const [row, ordinal] of ordinals.entries()) {
      const { groups = [] } = sessionAt(row) ?? {}
      if (groups.length > 1) for (const slot of groups) touch(slot, ordinal)
    }
  }

  #sendLate(batch: Batch, late: readonly number[], out: Output): void {
    const { memory } = this.#context
    const onTime = memory.chunk(batch.rows)
    const bytes = memory.u8(onTime, batch.rows).fill(1)
    for (const row of late) bytes[row] = 0
    this.#late.take(batch, columnAt(batch, 0), onTime, late.length, out)
  }

  /** Corrections: at once, when due, or, with allowed lateness, from a session's end on. */
  #sendTouched(reached: bigint, now: bigint, everything: boolean, out: Output, watermark: bigint): void {
    const { window } = this.#node
    if (this.#touched.size === 0) return
    if (window?.emitEvery !== undefined) {
      this.#due ??= now + window.emitEvery
      if (now < this.#due && !everything) return
      this.#due = undefined
    }
    const waits = window !== undefined && !window.changes
    const due = [...this.#touched].filter(([slot]) => !waits || (this.#sessionOf.get(slot)?.end ?? 0n) <= reached)
    if (due.length === 0) return
    const { memory } = this.#context
    const mark = memory.mark()
    const touched: Touched = {
      rows: due.length,
      slots: int32s(
        memory,
        due.map(([slot]) => slot),
      ),
      ordinals: int64s(
        memory,
        due.map(([, ordinal]) => ordinal),
      ),
    }
    this.#groups.sendChanges(touched, out, watermark)
    memory.release(mark)
    for (const [slot] of due) this.#touched.delete(slot)
  }

  #boundsOf(slots: Pointer, rows: number): readonly Column[] {
    const { memory } = this.#context
    const [start, end, time] = [memory.chunk(rows * 8), memory.chunk(rows * 8), memory.chunk(rows * 8)]
    const own = memory.i32(slots, rows)
    const [starts, ends, times] = [memory.i64(start, rows), memory.i64(end, rows), memory.i64(time, rows)]
    for (let row = 0; row < rows; row++) {
      const session = this.#sessionOf.get(own[row] ?? -1)
      if (session === undefined) continue
      const last = finalSession(session)
      starts[row] = last.start
      ends[row] = last.end
      times[row] = last.end - WINDOW_TIME
    }
    return [start, end, time].map(data => ({ type: this.#boundType, data, validity: 0 }))
  }

  /** Removes those of the partitions that have no session (left). */
  #forgetPartitions(partitions: Iterable<number>): void {
    const empty = new Set([...partitions].filter(partition => !this.#sessions.has(partition)))
    if (empty.size > 0) this.#partitions.remove(int32s(this.#context.memory, [...empty]), empty.size)
  }

  /** Before a snapshot: the groups' rows carry the bounds of their sessions. */
  #storeBounds(): void {
    const { memory } = this.#context
    const { table } = this.#groups
    const { slots, rows } = table.all()
    if (rows === 0) return
    const [start, end] = this.#boundsOf(slots, rows)
    const first = this.#partitionColumns.length + 1 + this.#otherColumns.length + 1
    if (start !== undefined) table.scatter(slots, rows, first, start)
    if (end !== undefined) table.scatter(slots, rows, first + 1, end)
    if (this.#touched.size === 0) return
    const touched = int32s(memory, [...this.#touched.keys()])
    const addresses = table.addresses(touched, this.#touched.size)
    this.#groups.touch({ rows: this.#touched.size, slots: touched, addresses, ordinals: 0, firstOrdinal: 0n })
  }

  #rebuild(): void {
    const { memory } = this.#context
    const { table } = this.#groups
    const { slots, rows } = table.all()
    if (rows === 0) return
    const partitionCount = this.#partitionColumns.length
    const keyCount = partitionCount + 1 + this.#otherColumns.length
    const keys = this.#groups.keysOf(slots, rows)
    const partitions = memory
      .i32(this.#partitions.findOrInsert(keys.slice(0, partitionCount), rows).slots, rows)
      .slice()
    const numbers = (index: number): BigInt64Array => memory.i64(table.gather(slots, rows, index).data, rows).slice()
    const ids = numbers(partitionCount)
    const arrivals = numbers(keyCount)
    const starts = numbers(keyCount + 1)
    const ends = numbers(keyCount + 2)
    const slotOf = memory.i32(slots, rows).slice()
    const known = new Map<string, Session>()
    const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => {
      const [x, y] = [arrivals[a] ?? 0n, arrivals[b] ?? 0n]
      return x < y ? -1 : x > y ? 1 : 0
    })
    for (const row of order) {
      const partition = partitions[row] ?? 0
      const id = ids[row] ?? 0n
      const name = `${partition}/${id}`
      let session = known.get(name)
      if (session === undefined) {
        session = this.#sessions.add({
          id,
          partition,
          start: starts[row] ?? 0n,
          end: ends[row] ?? 0n,
          arrival: arrivals[row] ?? 0n,
        })
        known.set(name, session)
      }
      session.groups.push(slotOf[row] ?? -1)
      this.#sessionOf.set(slotOf[row] ?? -1, session)
    }
    if (!this.#corrected) return
    const touched = this.#groups.touchedSlots()
    for (const slot of memory.i32(touched.slots, touched.rows)) this.#touched.set(slot, 0n)
    this.#groups.untouch(touched.slots, touched.rows)
  }
}

const PORTION = 65536

function* portions(slots: readonly number[]): Iterable<readonly number[]> {
  for (let from = 0; from < slots.length; from += PORTION) yield slots.slice(from, from + PORTION)
}
