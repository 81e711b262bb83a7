import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/checksum.ts. */
export interface ChecksumKernels {
  checksum_column(data: Pointer, validity: Pointer, width: number, rows: number, hashes: Pointer): void
  checksum_sum(hashes: Pointer, weights: Pointer, rows: number): bigint
  checksum_rows(weights: Pointer, rows: number): bigint
}
