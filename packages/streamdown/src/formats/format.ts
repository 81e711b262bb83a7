import type { Batch, Pointer } from '../batch/batch.ts'

/** A record that could not be decoded: where its line starts in the buffer, its bytes, and why. */
export interface DeadRecord {
  readonly offset: number
  readonly raw: Uint8Array
  readonly problem: string
}

export interface Decoded {
  /** Without rows it need not have columns. */
  readonly batch: Batch
  /** Bytes of whole records that were used, dead ones included. */
  readonly consumed: number
  readonly dead: readonly DeadRecord[]
  /** u32 a row: the address where its record starts. */
  readonly starts: Pointer
  /** What stands behind the used bytes is damaged, and no record can be found behind that. */
  readonly lost?: DeadRecord
}

/**
 * Turns bytes into rows of the wanted columns, whole records only. One decoder serves one partition, in order: it
 * learns the layout of its records.
 *
 * `decode` takes `length` bytes at `at`, of which `PADDING` more must be writable memory. It uses at most `maxRows`
 * rows' worth of whole records; the last record of the input may lack its line break when `last`. The strings of the
 * batch point into the bytes and into chunk memory.
 */
export interface Decoder {
  /** How records are told apart. A record of a line that is too long ends with it; others have no such end. */
  readonly framing?: 'lines' | 'lengths'
  /**
   * Called once before the first `decode`, also of a partition that is taken up in its middle, with the partition's
   * first bytes. Returns how many of them are no records: a byte order mark, a header. Throws a StreamdownError where
   * the header does not fit the table.
   */
  start(head: Uint8Array): number
  decode(at: Pointer, length: number, maxRows: number, last: boolean): Decoded
}

/** Readable, writable bytes that a decoder needs behind the ones that it is given. */
export const PADDING = 64

/** Bytes at the head of a partition that say nothing: the UTF-8 byte order mark. */
export const markBytes = (head: Uint8Array): number =>
  head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0

/** The longest record that is accepted, unless an option says otherwise. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024

/** A column of a scan: a column of the relation, or a path into its ROW fields. */
export interface ScanColumn {
  readonly column: number
  readonly path: readonly number[]
  /** Only whether the ROW is there: a BOOLEAN column that is NULL where the ROW is NULL or missing (JSON). */
  readonly presence?: true
}

/** Turns rows into bytes, whole records; `header` once before the first. */
export interface Encoder {
  header(): Uint8Array
  encode(batch: Batch): Uint8Array
}
