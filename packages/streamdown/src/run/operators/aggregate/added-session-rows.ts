import { type Batch, columnAt, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { takeRows } from '../../../batch/select.ts'
import type { Output } from '../../operator.ts'
import { ordinalColumn } from '../hidden.ts'
import { type SessionIntake, type SessionParts, sendLate } from './session-intake.ts'
import { sessionRuns } from './session-runs.ts'
import { finalSession, type Session } from './sessions.ts'

/** Rows that are only added. They find their session by runs: rows that belong together whatever sessions are open. */
export class AddedSessionRows implements SessionIntake {
  readonly tables = []
  readonly #parts: SessionParts

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  take(arrived: Batch, out: Output, watermark: bigint): void {
    const { context, groups, late: lateRows } = this.#parts
    const { memory } = context
    const { sessions, runOf, late, rows } = this.#assign(arrived, out, watermark)
    if (late.length > 0) sendLate(memory, lateRows, arrived, late, out)
    if (rows === 0) return
    const own = sessions.map(session => session && finalSession(session))
    const sessionOf: Session[] = []
    const kept: number[] = []
    for (const [row, run] of memory.i32(runOf, arrived.rows).entries()) {
      const session = own[run]
      if (session === undefined) continue
      sessionOf.push(session)
      kept.push(row)
    }
    if (rows === arrived.rows) {
      groups.enter(arrived, sessionOf, out)
      return
    }
    const selection = memory.chunk(rows * 4)
    memory.i32(selection, rows).set(kept)
    groups.enter(takeRows(memory, arrived, selection, rows), sessionOf, out)
  }

  close(reached: bigint): readonly Session[] {
    return this.#parts.sessions.close(reached)
  }

  emptied(): readonly Session[] {
    return []
  }

  rebuild(): void {}

  bytes(): number {
    return 0
  }

  /**
   * The sessions of the rows, by runs of them (`runOf`: i32 a row, -1 without a time): undefined where they are late;
   * sessions that became one are put together. `rows`: how many have a session.
   */
  #assign(
    batch: Batch,
    out: Output,
    watermark: bigint,
  ): {
    readonly sessions: readonly (Session | undefined)[]
    readonly runOf: Pointer
    readonly late: readonly number[]
    readonly rows: number
  } {
    const { context, time, sessions: open, groups, partitions: known } = this.#parts
    const { memory } = context
    const { slots } = known.of(batch)
    const { runOf, firsts, starts, lasts } = this.#runs(batch, slots)
    const partitions = memory.i32(slots, batch.rows).slice()
    const watermarks = batch.watermarks === 0 ? undefined : memory.i64(batch.watermarks, batch.rows).slice()
    const ordinals = memory.i64(ordinalColumn(memory, batch), batch.rows).slice()
    const merged: Session[] = []
    const late: number[] = []
    const sessions: (Session | undefined)[] = []
    for (const [run, row] of firsts.entries()) {
      const before = time === 'processing' ? NO_WATERMARK : (watermarks?.[row] ?? batch.watermark)
      const session = open.take(
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
    groups.merge(merged, out, watermark)
    const untimed = this.#untimed(batch)
    const rows = batch.rows - late.length - untimed
    if (rows < batch.rows) known.touch(partitions)
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
    const { context, time, sessions } = this.#parts
    const { memory } = context
    const { rows, watermarks } = batch
    const { data, validity } = this.#times(batch)
    const now = context.now()
    const find = (by: 'gap' | 'row') => {
      const timed = { rows, slots, times: { data, validity }, now }
      const { count, runOf, firsts, starts, lasts } = sessionRuns(memory, timed, sessions.gap, by)
      return {
        runOf,
        firsts: memory.i32(firsts, count).slice(),
        starts: memory.i64(starts, count).slice(),
        lasts: memory.i64(lasts, count).slice(),
      }
    }
    const together = find('gap')
    if (time === 'processing') return together
    const latest = watermarks === 0 ? batch.watermark : memory.kernels.session_latest(watermarks, rows)
    const partitions = memory.i32(slots, rows).slice()
    const disputed = together.firsts.some((row, run) =>
      sessions.isDisputed(partitions[row] ?? 0, together.starts[run] ?? 0n, together.lasts[run] ?? 0n, latest),
    )
    return disputed ? find('row') : together
  }

  #times(batch: Batch): { readonly data: Pointer; readonly validity: Pointer } {
    const { time } = this.#parts
    return time === 'processing' ? { data: 0, validity: 0 } : columnAt(batch, time)
  }

  /** The number of rows without a time. */
  #untimed(batch: Batch): number {
    const { memory } = this.#parts.context
    const { validity } = this.#times(batch)
    return validity === 0 ? 0 : memory.kernels.agg_select(validity, batch.rows, 0, memory.chunk(batch.rows * 4))
  }
}
