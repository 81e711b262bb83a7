import { StreamdownError } from '../errors/error.ts'
import type { DataType, Schema } from '../types/data-type.ts'

/** An address in a worker's linear memory: unsigned, 0 means absent. */
export type Pointer = number

/**
 * One column of a batch: `rows` values of the physical width of `type` at `data`. A row is NULL where its byte at
 * `validity` is 0; `validity` 0 says that no row is NULL. The value under a NULL is unspecified but readable.
 *
 * Validity and booleans are one byte a row, not Arrow's bits: emitted loops store them without a read, and one SIMD
 * instruction packs sixteen of them where a batch leaves as an Arrow table.
 */
export interface Column {
  readonly type: DataType
  readonly validity: Pointer
  readonly data: Pointer
}

/**
 * A chunk of rows in a worker's memory, in arrival order. Its memory is valid during the push that hands it over;
 * an operator that keeps anything copies it into state.
 */
export interface Batch {
  readonly rows: number
  readonly columns: readonly Column[]
  /** i32 a row; 0 (absent): every weight is +1. */
  readonly weights: Pointer
  /** i64 a row: the watermark of the rows before this one, µs. 0: `watermark` holds for every row. */
  readonly watermarks: Pointer
  /** The watermark before the first row; `NO_WATERMARK` when none has been seen. */
  readonly watermark: bigint
  /** i64 a row: arrival ordinal. 0: `firstOrdinal + row`. */
  readonly ordinals: Pointer
  readonly firstOrdinal: bigint
}

/** Before any watermark: the lowest int64. */
export const NO_WATERMARK = -(2n ** 63n)
/** After the end of every source: the highest int64. */
export const END_OF_TIME = 2n ** 63n - 1n

/** The rows that one chunk holds at most; sources cut here, joins and expansions may emit several chunks. */
export const CHUNK_ROWS = 4096

export type { Schema }

export function columnAt(batch: Batch, index: number): Column {
  const column = batch.columns[index]
  if (column === undefined) throw new StreamdownError('DSD9002', `A batch has no column ${index}.`)
  return column
}
