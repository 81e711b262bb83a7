import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/select.ts, kernels/sort.ts and kernels/wire.ts. `columns`: descriptors made by `describeColumns`. */
export interface BatchKernels {
  hash_columns(columns: Pointer, count: number, rows: number, out: Pointer): void
  key_groups(hashes: Pointer, rows: number, out: Pointer): void
  take_values(data: Pointer, bits: number, selection: Pointer, rows: number, out: Pointer): void
  take_validity(validity: Pointer, selection: Pointer, rows: number, out: Pointer): number
  take_sequence(first: bigint, selection: Pointer, rows: number, out: Pointer): void
  sequence(first: bigint, rows: number, out: Pointer): void
  fill_i32(out: Pointer, rows: number, value: number): void
  fill_i64(out: Pointer, rows: number, value: bigint): void
  all_set(bytes: Pointer, rows: number): number
  wire_string_bytes(views: Pointer, validity: Pointer, rows: number): bigint
  wire_encode_views(views: Pointer, validity: Pointer, rows: number, out: Pointer, heap: Pointer): void
  wire_decode_views(views: Pointer, rows: number, heap: Pointer, heapBytes: number): number
  sort_rows(columns: Pointer, flags: Pointer, count: number, rows: number, out: Pointer): void
}
