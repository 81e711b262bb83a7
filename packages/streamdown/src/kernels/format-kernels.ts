import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/{json-decode,csv-decode,text-encode}.ts; the blocks that they take are described there. */
export interface FormatKernels {
  /** Returns a `DecodeStop`. */
  json_decode(block: Pointer): number
  csv_decode(block: Pointer): number
  /** 0 when all rows are written, 1 when the output is full. */
  text_encode(block: Pointer): number
}

/** Why a decode kernel stopped. */
export const decodeStop = { end: 0, rows: 1, arena: 2, dead: 3, fixups: 4 } as const
