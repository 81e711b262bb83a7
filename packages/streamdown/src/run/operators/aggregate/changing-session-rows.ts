import { type Batch, CHUNK_ROWS, columnAt, NO_WATERMARK } from '../../../batch/batch.ts'
import { takeRows } from '../../../batch/select.ts'
import { int32s, weightsOf } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { types } from '../../../types/data-type.ts'
import type { Output } from '../../operator.ts'
import { constantI64, ordinalColumn, watermarkColumn } from '../hidden.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { type SessionIntake, type SessionParts, sendLate } from './session-intake.ts'
import { byEnd } from './session-queue.ts'
import { SessionRowStore, type StoredSessionRows } from './session-row-store.ts'
import { finalSession, lastOf, type Session } from './sessions.ts'

/** A batch, and of each row what decides its session. */
interface ArrivedRows extends StoredSessionRows {
  readonly partitions: Int32Array
  readonly timeOf: BigInt64Array
  readonly watermarks: BigInt64Array
  readonly ordinalOf: BigInt64Array
  readonly weights: readonly number[]
}

/** A row that a session gets or loses. */
interface SessionChange {
  readonly row: number
  readonly session: Session
  readonly weight: 1 | -1
}

/** What sessions have come to, and their groups not yet. */
interface Pending {
  readonly merged: Session[]
  readonly changes: SessionChange[]
  /** Sessions that have lost rows at their bounds, with the row that took the last of them back. */
  readonly shrunk: { readonly session: Session; readonly row: number }[]
}

/**
 * Rows that may be taken back. The rows of open sessions are kept; where one leaves, and those before and behind it are
 * more than the gap apart, its session splits: the part with fewer rows becomes a session of its own, and its rows leave
 * the groups of the one and enter those of the other. A row costs a logarithm, a split the rows of its smaller part.
 */
export class ChangingSessionRows implements SessionIntake {
  readonly #parts: SessionParts
  readonly #store: SessionRowStore
  /** The watermark decides which rows come into which sessions: each for itself. */
  readonly #oneByOne: boolean
  #emptied: Session[] = []
  /** Sessions that are over and have not yet given their rows. */
  #ended: Session[] = []

  /** `closes`: sessions end. */
  constructor(
    parts: SessionParts,
    options: { readonly input: AggregateInput; readonly partitionBy: readonly number[]; readonly closes: boolean },
  ) {
    this.#parts = parts
    this.#oneByOne = options.closes && parts.time !== 'processing'
    this.#store = new SessionRowStore(parts.context, options.input, options.partitionBy, parts.time)
  }

  get tables(): readonly StateTable[] {
    return this.#store.tables
  }

  take(batch: Batch, out: Output, watermark: bigint): void {
    const { context, groups, partitions, late: lateRows } = this.#parts
    const { arrived, timed } = this.#read(batch)
    const pending: Pending = { merged: [], changes: [], shrunk: [] }
    const flush = (): void => this.#flush(batch, pending, out, watermark)
    const late: number[] = []
    for (const run of this.#oneByOne ? timed.map(row => [row]) : [timed]) {
      const onTime: number[] = []
      for (const row of run) {
        if (this.#oneByOne) this.#end(arrived.watermarks[row] ?? NO_WATERMARK)
        ;(this.#isLate(arrived, row) ? late : onTime).push(row)
      }
      this.#add(arrived, repeated(arrived, onTime, 1), pending)
      const left = this.#remove(arrived, repeated(arrived, onTime, -1), pending)
      this.#shrink(arrived, left, pending, flush, out)
    }
    flush()
    for (const { session, row } of pending.shrunk)
      groups.touchMoved(finalSession(session), arrived.ordinalOf[row] ?? 0n)
    if (late.length > 0) sendLate(context.memory, lateRows, batch, late, out)
    partitions.touch(arrived.partitions)
  }

  close(reached: bigint): readonly Session[] {
    const { sessions } = this.#parts
    this.#end(reached)
    this.#store.forgetOwed(time => sessions.isOver(time + sessions.gap, reached))
    const ended = this.#ended.sort(byEnd)
    this.#ended = []
    return ended
  }

  emptied(): readonly Session[] {
    const emptied = this.#emptied
    this.#emptied = []
    return emptied
  }

  rebuild(): void {
    this.#store.rebuild()
  }

  bytes(): number {
    return this.#store.bytes()
  }

  /** Sessions are over as the watermark goes by; their rows go at once, because a later session may reach back over them. */
  #end(reached: bigint): void {
    const { context, partitions, sessions } = this.#parts
    const { memory } = context
    const closing = sessions.close(reached)
    for (let from = 0; from < closing.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const some = closing.slice(from, from + CHUNK_ROWS)
      const slots = int32s(
        memory,
        some.map(({ partition }) => partition),
      )
      const keys = partitions.table.spec.fields.map((_, at) => partitions.table.gather(slots, some.length, at))
      const starts = some.map(({ start }) => start)
      const lasts = some.map(session => lastOf(session, sessions.gap))
      const gone = this.#store.between(keys, starts, lasts)
      memory.release(mark)
      this.#store.remove(gone)
    }
    for (const session of closing) this.#ended.push(session)
  }

  /** The rows of a batch that have a time. */
  #read(batch: Batch): { readonly arrived: ArrivedRows; readonly timed: readonly number[] } {
    const { context, time, partitions } = this.#parts
    const { memory } = context
    const { rows } = batch
    const { slots } = partitions.of(batch)
    const { data: times, validity } =
      time === 'processing' ? constantI64(memory, types.bigint, context.now(), rows) : columnAt(batch, time)
    const ordinals = ordinalColumn(memory, batch)
    const watermarks = watermarkColumn(memory, batch)
    const known = validity === 0 ? undefined : memory.u8(validity, rows)
    const timed = Array.from({ length: rows }, (_, row) => row).filter(row => known?.[row] !== 0)
    const arrived = {
      columns: batch.columns,
      times,
      ordinals,
      partitions: memory.i32(slots, rows).slice(),
      timeOf: memory.i64(times, rows).slice(),
      watermarks: memory.i64(watermarks, rows).slice(),
      ordinalOf: memory.i64(ordinals, rows).slice(),
      weights: weightsOf(memory, batch),
    }
    return { arrived, timed }
  }

  /** Whether the session of a row, or the one that it would begin, is over. */
  #isLate(arrived: ArrivedRows, row: number): boolean {
    if (!this.#oneByOne) return false
    return this.#parts.sessions.isLate(...placeOf(arrived, row), arrived.watermarks[row] ?? NO_WATERMARK)
  }

  #add(arrived: ArrivedRows, rows: readonly number[], { merged, changes }: Pending): void {
    if (rows.length === 0) return
    const { sessions } = this.#parts
    for (const place of this.#store.add(arrived, rows)) {
      const row = rows[place] ?? 0
      const [partition, time] = placeOf(arrived, row)
      const before = this.#oneByOne ? (arrived.watermarks[row] ?? NO_WATERMARK) : NO_WATERMARK
      const session = sessions.take(partition, time, time, before, arrived.ordinalOf[row] ?? 0n, from =>
        merged.push(from),
      )
      if (session === undefined) throw new RangeError('a row that is not late has no session')
      changes.push({ row, session, weight: 1 })
    }
  }

  /** Takes rows back; those that were there, and their times. */
  #remove(arrived: ArrivedRows, rows: readonly number[], { changes }: Pending): readonly LeftRow[] {
    const left: LeftRow[] = []
    this.#store.take(arrived, rows, (places, times) => {
      for (const [at, place] of places.entries()) {
        const row = rows[place] ?? 0
        const time = times[at] ?? 0n
        const session = this.#parts.sessions.at(arrived.partitions[row] ?? 0, time)
        if (session === undefined) throw new RangeError('a row that is kept has no session')
        changes.push({ row, session, weight: -1 })
        left.push({ row, time })
      }
    })
    return left
  }

  /** Sessions lose the times that no row has any more. */
  #shrink(arrived: ArrivedRows, left: readonly LeftRow[], { shrunk }: Pending, flush: () => void, out: Output): void {
    if (left.length === 0) return
    const { sessions } = this.#parts
    const rows = left.map(({ row }) => row)
    const times = left.map(({ time }) => time)
    const neighbours = this.#store.around(arrived.columns, rows, times)
    for (const [at, { row, time }] of left.entries()) {
      const { before, from } = neighbours[at] ?? {}
      const session = sessions.at(arrived.partitions[row] ?? 0, time)
      if (session === undefined || from === time) continue
      shrunk.push({ session, row })
      const previous = before !== undefined && before >= session.start ? before : undefined
      const next = from !== undefined && from <= lastOf(session, sessions.gap) ? from : undefined
      if (previous === undefined && next === undefined) {
        sessions.remove(session)
        this.#emptied.push(session)
      } else if (previous === undefined) sessions.shrink(session, next ?? time, session.end)
      else if (next === undefined) sessions.shrink(session, session.start, previous + sessions.gap)
      else if (next - previous > sessions.gap) {
        flush()
        this.#split(arrived, row, session, { previous, next }, out)
      }
    }
  }

  /** The part with fewer rows becomes a session of its own. */
  #split(
    arrived: ArrivedRows,
    row: number,
    session: Session,
    { previous, next }: { readonly previous: bigint; readonly next: bigint },
    out: Output,
  ): void {
    const { context, sessions, groups } = this.#parts
    const { memory } = context
    const { start } = session
    const last = lastOf(session, sessions.gap)
    const mark = memory.mark()
    const [first, middle, end] = [start, next, last + 1n].map(time =>
      this.#store.countBefore(arrived.columns, row, time),
    )
    const leaves = (middle ?? 0) - (first ?? 0) <= (end ?? 0) - (middle ?? 0) ? 'before' : 'after'
    const [from, until] = leaves === 'before' ? [start, previous] : [next, last]
    const { slots, arrival } = this.#store.arrivedBetween(arrived.columns, row, from, until)
    const part = sessions.split(session, { previous, next, leaves }, arrival)
    for (let at = 0; at < slots.length; at += CHUNK_ROWS) {
      const portion = memory.mark()
      const some = slots.subarray(at, at + CHUNK_ROWS)
      const rows = some.length
      const these = memory.chunk(rows * 4)
      memory.i32(these, rows).set(some)
      const weights = memory.chunk(rows * 4)
      const moved = { ...this.#store.read(these, rows), rows, weights, ...unwatched }
      for (const [weight, of] of [[-1, session] as const, [1, part] as const]) {
        memory.kernels.fill_i32(weights, rows, weight)
        groups.enter(
          moved,
          Array.from({ length: rows }, () => of),
          out,
        )
      }
      memory.release(portion)
    }
    memory.release(mark)
  }

  /** Takes what is known of the batch into the groups. */
  #flush(batch: Batch, pending: Pending, out: Output, watermark: bigint): void {
    const { context, groups } = this.#parts
    const { memory } = context
    const merged = pending.merged.splice(0)
    const changes = pending.changes.splice(0)
    groups.merge(merged, out, watermark)
    if (changes.length === 0) return
    const selection = int32s(
      memory,
      changes.map(({ row }) => row),
    )
    const weights = int32s(
      memory,
      changes.map(({ weight }) => weight),
    )
    const sessions = changes.map(({ session }) => finalSession(session))
    groups.enter({ ...takeRows(memory, batch, selection, changes.length), weights }, sessions, out)
  }
}

interface LeftRow {
  readonly row: number
  readonly time: bigint
}

const unwatched = { watermarks: 0, watermark: NO_WATERMARK, firstOrdinal: 0n }

const placeOf = ({ partitions, timeOf }: ArrivedRows, row: number): readonly [partition: number, time: bigint] => [
  partitions[row] ?? 0,
  timeOf[row] ?? 0n,
]

/** Those of the rows whose weight has this sign, each as often as it counts. */
function repeated({ weights }: ArrivedRows, rows: readonly number[], sign: 1 | -1): readonly number[] {
  return rows.flatMap(row => Array.from({ length: Math.max(0, (weights[row] ?? 1) * sign) }, () => row))
}
