import type { Pointer } from '../batch/batch.ts'

/** Kernel of kernels/pack.ts. */
export interface PackKernels {
  pack_rows(fields: Pointer, count: number, rows: number, validity: Pointer, out: Pointer): void
}
