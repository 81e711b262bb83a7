import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/event-time.ts. */
export interface EventTimeKernels {
  event_time_watermarks(
    times: Pointer,
    validity: Pointer,
    rows: number,
    delay: bigint,
    others: bigint,
    state: Pointer,
    out: Pointer,
  ): void
}
