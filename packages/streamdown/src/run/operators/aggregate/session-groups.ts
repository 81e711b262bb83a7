import { type Batch, type Column, columnAt, type Pointer } from '../../../batch/batch.ts'
import { int32s, int64s, ordinalsOf } from '../../../batch/values.ts'
import type { AggregateNode, WindowNode } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, type Field, field, types } from '../../../types/data-type.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { AggregateGroups } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import type { Touched } from './aggregate-output.ts'
import { fieldOf } from './group-aggregate.ts'
import { finalSession, type Session, type Sessions } from './sessions.ts'
import { WINDOW_TIME } from './window-time.ts'

export interface SessionGroupsOptions {
  readonly node: AggregateNode
  readonly session: WindowNode
  readonly partitionBy: readonly number[]
  readonly input: AggregateInput
  readonly appendOnly: boolean
  /** Rows are corrected after they were sent. */
  readonly corrected: boolean
}

/** The groups of sessions: a group is a session and the keys that do not partition sessions. */
export class SessionGroups {
  /** The fields by which sessions are partitioned. */
  readonly partition: readonly Field[]
  readonly #context: OperatorContext
  readonly #groups: AggregateGroups
  readonly #corrected: boolean
  readonly #partitionColumns: readonly number[]
  readonly #otherColumns: readonly number[]
  readonly #boundType: DataType
  readonly #sessionOf = new Map<number, Session>()
  /** Groups touched and not yet sent, where rows are corrected: slot -> ordinal. */
  readonly #touched = new Map<number, bigint>()

  constructor(context: OperatorContext, options: SessionGroupsOptions) {
    const { node, session, partitionBy, input, appendOnly, corrected } = options
    this.#context = context
    this.#corrected = corrected
    this.#partitionColumns = partitionBy
    this.#otherColumns = input.groups.filter(column => column >= 0 && !partitionBy.includes(column))
    this.#boundType = session.schema.at(-3)?.type ?? types.timestamp(3)
    this.partition = partitionBy.map((column, i) => ({ ...fieldOf(input, column), name: `k${i}` }))
    const others = this.#otherColumns.map((column, i) => ({ ...fieldOf(input, column), name: `o${i}` }))
    const keys = [...this.partition, field('session', types.bigint, false), ...others]
    // Arrival, the session's bounds as they are in a snapshot, and its bounds as they were sent.
    const bounds = ['from', 'until', 'start', 'end', 'time'].map(name => field(name, this.#boundType))
    const sent = keys.length + 3
    this.#groups = new AggregateGroups(node, context, input, {
      keys,
      groupBy: partitionBy.length,
      extra: [field('arrival', types.bigint, false), ...bounds],
      outputs: node.keys.map((column, position) => {
        const own = input.groups[position] ?? -1
        if (own < 0) return sent + column - session.input.schema.length
        const at = partitionBy.indexOf(own)
        return at >= 0 ? at : partitionBy.length + 1 + this.#otherColumns.indexOf(own)
      }),
      appendOnly,
      keyed: true,
      merging: true,
      endKey: undefined,
      corrected,
      bounds: { fields: [sent, sent + 1, sent + 2], of: (slots, rows) => this.#boundsOf(slots, rows) },
    })
  }

  /** Takes rows into the groups of their sessions. */
  enter(batch: Batch, sessions: readonly Session[], out: Output): void {
    const { memory } = this.#context
    const { rows } = batch
    const keys = this.#keysOf(batch, sessions)
    const { slots, addresses, fresh } = this.#groups.of(keys, rows)
    this.#groups.arrive(rows, addresses, fresh, batch)
    this.#join(slots, fresh, sessions, this.#corrected ? ordinalsOf(memory, batch) : undefined)
    this.#groups.update(batch, { keys, slots, addresses }, out)
  }

  /** Puts the groups of sessions that were taken in to those of the session that took them. */
  merge(merged: readonly Session[], out: Output, watermark: bigint): void {
    const { memory } = this.#context
    const pairs = merged.flatMap(session => session.groups.map(slot => ({ slot, target: finalSession(session) })))
    const rows = pairs.length
    if (rows === 0) return
    const into = pairs.map(({ target }) => target)
    const fromSlots = int32s(
      memory,
      pairs.map(({ slot }) => slot),
    )
    if (this.#corrected) this.#groups.takeBack({ rows, slots: fromSlots, ordinals: 0 }, out, watermark)
    const fromKeys = this.#groups.keysOf(fromSlots, rows)
    const ids = this.#idsOf(into)
    const toKeys = fromKeys.map((column, i) => (i === this.#partitionColumns.length ? ids : column))
    const arrivals = this.#groups.table.gather(fromSlots, rows, fromKeys.length).data
    const { slots, fresh, addresses } = this.#groups.of(toKeys, rows)
    this.#groups.arrive(rows, addresses, fresh, { ordinals: arrivals, firstOrdinal: 0n })
    this.#groups.states.merge(this.#groups.table, { slots, keys: toKeys }, { slots: fromSlots, keys: fromKeys }, rows)
    this.#join(slots, fresh, into, this.#corrected ? Array.from(memory.i64(arrivals, rows)) : undefined)
    this.#groups.table.remove(fromSlots, rows)
    for (const { slot } of pairs) this.#leave(slot)
    for (const session of merged) session.groups.length = 0
  }

  /** The bounds of a session belong to all its groups: they are touched if those have moved. */
  touchMoved(session: Session, ordinal: bigint): void {
    if (!session.moved || !this.#corrected) return
    session.moved = false
    for (const slot of session.groups) this.#touch(slot, ordinal)
  }

  /** Sends what changed of the groups that are due. */
  sendTouched(isDue: (session: Session) => boolean, out: Output, watermark: bigint): void {
    const due = [...this.#touched].filter(([slot]) => isDue(this.#session(slot)))
    if (due.length === 0) return
    const { memory } = this.#context
    const mark = memory.mark()
    const slots = int32s(
      memory,
      due.map(([slot]) => slot),
    )
    const ordinals = int64s(
      memory,
      due.map(([, ordinal]) => ordinal),
    )
    const touched: Touched = { rows: due.length, slots, ordinals }
    this.#groups.sendChanges(touched, out, watermark)
    for (const [slot] of due) this.#touched.delete(slot)
    this.#removeEmpty(slots, due.length)
    memory.release(mark)
  }

  /** Sessions end. */
  close(sessions: readonly Session[], out: Output, watermark: bigint): void {
    for (const from of portions(sessions.flatMap(({ groups }) => groups))) {
      const mark = this.#context.memory.mark()
      const groups = { rows: from.length, slots: int32s(this.#context.memory, from), ordinals: 0 }
      if (!this.#corrected) this.#groups.sendFinal(groups, out, watermark)
      this.#groups.remove(groups)
      for (const slot of from) this.#leave(slot)
      this.#context.memory.release(mark)
    }
  }

  get touched(): number {
    return this.#touched.size
  }

  tables(): readonly StateTable[] {
    return this.#groups.tables()
  }

  /** How many groups there are. */
  get size(): number {
    return this.#sessionOf.size
  }

  bytes(): number {
    return this.#groups.bytes()
  }

  /** Before a snapshot: the groups' rows carry the bounds of their sessions. */
  storeBounds(): void {
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

  /** After the tables were restored: the sessions, by the slots of their partitions. */
  rebuild(sessions: Sessions, partitions: StateTable): void {
    const { memory } = this.#context
    const { table } = this.#groups
    this.#groups.states.rebuild()
    const { slots, rows } = table.all()
    if (rows === 0) return
    const partitionCount = this.#partitionColumns.length
    const keyCount = partitionCount + 1 + this.#otherColumns.length
    const keys = this.#groups.keysOf(slots, rows)
    const partitionOf = memory.i32(partitions.findOrInsert(keys.slice(0, partitionCount), rows).slots, rows).slice()
    const numbers = (index: number): BigInt64Array => memory.i64(table.gather(slots, rows, index).data, rows).slice()
    const ids = numbers(partitionCount)
    const arrivals = numbers(keyCount)
    const starts = numbers(keyCount + 1)
    const ends = numbers(keyCount + 2)
    const slotOf = memory.i32(slots, rows).slice()
    const live = this.#live(slots, rows)
    const known = new Map<string, Session>()
    const byArrival = Array.from({ length: rows }, (_, row) => row).sort((a, b) => {
      const [x, y] = [arrivals[a] ?? 0n, arrivals[b] ?? 0n]
      return x < y ? -1 : x > y ? 1 : 0
    })
    const isLive = (row: number): boolean => live[row] !== 0
    for (const row of [...byArrival.filter(isLive), ...byArrival.filter(each => !isLive(each))]) {
      const partition = partitionOf[row] ?? 0
      const id = ids[row] ?? 0n
      const place = { id, partition, start: starts[row] ?? 0n, end: ends[row] ?? 0n, arrival: arrivals[row] ?? 0n }
      const name = `${partition}/${id}`
      // A session without rows is not open; that it has none is not yet sent.
      const session = known.get(name) ?? (isLive(row) ? sessions.add(place) : sessions.gone(place))
      known.set(name, session)
      session.groups.push(slotOf[row] ?? -1)
      this.#sessionOf.set(slotOf[row] ?? -1, session)
    }
    if (!this.#corrected) return
    const touched = this.#groups.touchedSlots()
    for (const slot of memory.i32(touched.slots, touched.rows)) this.#touched.set(slot, 0n)
    this.#groups.untouch(touched.slots, touched.rows)
  }

  /** Notes the groups of sessions, and, where rows are corrected, that they were touched. */
  #join(slots: Pointer, fresh: Pointer, sessions: readonly Session[], ordinals: readonly bigint[] | undefined): void {
    const { memory } = this.#context
    const rows = sessions.length
    const selection = memory.chunk(rows * 4)
    const made = memory.kernels.agg_select(fresh, rows, 1, selection)
    const own = memory.i32(slots, rows)
    for (const row of memory.i32(selection, made)) {
      const slot = own[row] ?? -1
      const session = sessions[row]
      if (session === undefined) continue
      session.groups.push(slot)
      this.#sessionOf.set(slot, session)
    }
    if (ordinals === undefined) return
    for (const [row, ordinal] of ordinals.entries()) this.#touch(own[row] ?? -1, ordinal)
    for (const [row, session] of sessions.entries()) this.touchMoved(session, ordinals[row] ?? 0n)
  }

  #touch(slot: number, ordinal: bigint): void {
    if (!this.#touched.has(slot)) this.#touched.set(slot, ordinal)
  }

  #leave(slot: number): void {
    this.#sessionOf.delete(slot)
    this.#touched.delete(slot)
  }

  /** Removes those of the groups that have lost their rows. */
  #removeEmpty(slots: Pointer, rows: number): void {
    const live = this.#live(slots, rows)
    const empty = [...this.#context.memory.i32(slots, rows)].filter((_, at) => live[at] === 0)
    if (empty.length === 0) return
    this.#groups.remove({ rows: empty.length, slots: int32s(this.#context.memory, empty), ordinals: 0 })
    for (const slot of empty) {
      const { groups } = this.#session(slot)
      const at = groups.indexOf(slot)
      if (at >= 0) groups.splice(at, 1)
      this.#leave(slot)
    }
  }

  /** u8 a group: whether it has rows. */
  #live(slots: Pointer, rows: number): Uint8Array {
    const { memory } = this.#context
    const live = memory.chunk(rows)
    const { rowCount } = this.#groups.states
    if (rowCount === undefined) memory.u8(live, rows).fill(1)
    else memory.kernels.agg_not_zero(this.#groups.table.addresses(slots, rows), rows, rowCount, 1, live)
    return memory.u8(live, rows).slice()
  }

  #session(slot: number): Session {
    const session = this.#sessionOf.get(slot)
    if (session === undefined) throw new RangeError(`the group ${slot} has no session`)
    return finalSession(session)
  }

  #keysOf(batch: Batch, sessions: readonly Session[]): readonly Column[] {
    return [
      ...this.#partitionColumns.map(column => columnAt(batch, column)),
      this.#idsOf(sessions),
      ...this.#otherColumns.map(column => columnAt(batch, column)),
    ]
  }

  #idsOf(sessions: readonly Session[]): Column {
    const data = int64s(
      this.#context.memory,
      sessions.map(({ id }) => id),
    )
    return { type: types.bigint, data, validity: 0 }
  }

  #boundsOf(slots: Pointer, rows: number): readonly Column[] {
    const { memory } = this.#context
    const [start, end, time] = [memory.chunk(rows * 8), memory.chunk(rows * 8), memory.chunk(rows * 8)]
    const own = memory.i32(slots, rows)
    const [starts, ends, times] = [memory.i64(start, rows), memory.i64(end, rows), memory.i64(time, rows)]
    for (let row = 0; row < rows; row++) {
      const session = this.#session(own[row] ?? -1)
      starts[row] = session.start
      ends[row] = session.end
      times[row] = session.end - WINDOW_TIME
    }
    return [start, end, time].map(data => ({ type: this.#boundType, data, validity: 0 }))
  }
}

const PORTION = 65536

function* portions(slots: readonly number[]): Iterable<readonly number[]> {
  for (let from = 0; from < slots.length; from += PORTION) yield slots.slice(from, from + PORTION)
}
