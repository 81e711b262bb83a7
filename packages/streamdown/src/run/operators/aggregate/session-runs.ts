import type { Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'

/**
 * Rows of one partition without a gap between them, in the order of their first rows; all in chunk memory. `runOf`: i32 a
 * row, -1 without a time; of each run its first row (i32), first and last time (i64).
 */
export interface SessionRuns {
  readonly count: number
  readonly runOf: Pointer
  readonly firsts: Pointer
  readonly starts: Pointer
  readonly lasts: Pointer
}

/** A batch's rows: the slots of their partitions, and their times; without `data` all are at `now`. */
export interface TimedRows {
  readonly rows: number
  readonly slots: Pointer
  readonly times: { readonly data: Pointer; readonly validity: Pointer }
  readonly now: bigint
}

/** `by` 'row': every row is a run. */
export function sessionRuns(
  memory: Memory,
  { rows, slots, times, now }: TimedRows,
  gap: bigint,
  by: 'gap' | 'row',
): SessionRuns {
  const bits = 33 - Math.clz32(rows)
  const places = memory.chunkZeroed(8 << bits)
  const [runOf, firsts] = [memory.chunk(rows * 4), memory.chunk(rows * 4)]
  const [starts, lasts] = [memory.chunk(rows * 8), memory.chunk(rows * 8)]
  const apart = by === 'row' ? 1 : 0
  const count = memory.kernels.session_runs(
    slots,
    times.data,
    times.validity,
    now,
    rows,
    gap,
    apart,
    places,
    bits,
    runOf,
    firsts,
    starts,
    lasts,
  )
  return { count, runOf, firsts, starts, lasts }
}
