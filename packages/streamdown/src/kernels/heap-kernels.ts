import type { Pointer } from '../batch/batch.ts'

/**
 * Kernels of kernels/heap.ts. Addresses come back signed: `>>> 0` makes a `Pointer` of them (`Memory` does so).
 */
export interface HeapKernels {
  heap_init(start: Pointer, maximumPages: number, growAlways: number): void
  heap_alloc(bytes: number): number
  heap_free(at: Pointer): void
  heap_used(): number
  heap_extents(out: number): number
  chunk_alloc(bytes: number): number
  chunk_zeroed(bytes: number): number
  chunk_mark(): number
  chunk_release(mark: number): void
}
