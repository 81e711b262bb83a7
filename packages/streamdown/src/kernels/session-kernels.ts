import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/session.ts and open-sessions.ts, whose comments say what they take and give. */
export interface SessionKernels {
  session_runs(
    partitions: Pointer,
    times: Pointer,
    validity: Pointer,
    now: bigint,
    rows: number,
    gap: bigint,
    apart: number,
    places: Pointer,
    bits: number,
    runOf: Pointer,
    firsts: Pointer,
    starts: Pointer,
    lasts: Pointer,
  ): number
  session_latest(values: Pointer, rows: number): bigint
  session_disputed(
    layout: Pointer,
    places: Pointer,
    firsts: Pointer,
    starts: Pointer,
    lasts: Pointer,
    runs: number,
    gap: bigint,
    latest: bigint,
  ): number
  session_take(
    layout: Pointer,
    places: Pointer,
    firsts: Pointer,
    starts: Pointer,
    lasts: Pointer,
    runs: number,
    gap: bigint,
    watermarks: Pointer,
    watermark: bigint,
    born: Pointer,
    taken: Pointer,
    counts: Pointer,
  ): void
  session_born(born: Pointer, count: number, firsts: Pointer, rows: Pointer, ends: Pointer): number
  session_settle(
    layout: Pointer,
    places: Pointer,
    partitions: Pointer,
    firsts: Pointer,
    runs: number,
    born: Pointer,
    bornCount: number,
    slots: Pointer,
    taken: Pointer,
    lastMerged: number,
    mergedCount: number,
    from: Pointer,
    into: Pointer,
  ): void
  session_rows(runOf: Pointer, sessions: Pointer, rows: number, slots: Pointer, onTime: Pointer): number
  session_idle(layout: Pointer, places: Pointer, slots: Pointer, fresh: Pointer, rows: number, out: Pointer): number
  session_due(
    layout: Pointer,
    slots: Pointer,
    ids: Pointer,
    rows: number,
    reached: bigint,
    closing: Pointer,
    kept: Pointer,
    keptIds: Pointer,
    keptEnds: Pointer,
    keptCount: Pointer,
  ): number
  session_unlist(layout: Pointer, partitions: Pointer, slots: Pointer, rows: number, empty: Pointer): number
  session_list(layout: Pointer, places: Pointer, partitions: Pointer, slots: Pointer, rows: number): void
  session_buckets(values: Pointer, rows: number, width: bigint, out: Pointer): void
  session_minus(values: Pointer, rows: number, by: bigint, out: Pointer): void
}
