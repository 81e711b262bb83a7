import type { Kernels } from '../kernels/kernels.ts'
import type { Pointer } from './batch.ts'

/**
 * A worker's linear memory and its allocator. The only place that makes JavaScript views over it: `memory.grow`
 * detaches views, so a view is taken, used and dropped between two calls that may allocate (any kernel may).
 *
 * Two kinds of allocation: `chunk(bytes)` lasts until the scheduler calls `release(mark)` (bump pointer, 16-byte
 * aligned, zeroed on request); state is allocated from the accounted heap by the kernels, or by `alloc` here.
 *
 * Kernels return addresses as signed integers: write `kernels.f(...) >>> 0`. They take them either way.
 */
export interface Memory {
  readonly memory: WebAssembly.Memory
  readonly kernels: Kernels
  /** Bytes for the current chunk; throws DSD9001 when the memory is full. */
  chunk(bytes: number): Pointer
  chunkZeroed(bytes: number): Pointer
  mark(): number
  release(mark: number): void
  /** Accounted bytes that live until `free`, 16-byte aligned, not zeroed: constants of compiled code, operators' own. */
  alloc(bytes: number): Pointer
  free(at: Pointer): void
  u8(at: Pointer, length: number): Uint8Array
  i32(at: Pointer, length: number): Int32Array
  u32(at: Pointer, length: number): Uint32Array
  i64(at: Pointer, length: number): BigInt64Array
  f64(at: Pointer, length: number): Float64Array
  f32(at: Pointer, length: number): Float32Array
  view(): DataView
  /** Bytes in use by state, and by the whole memory. */
  stateBytes(): number
  totalBytes(): number
}
