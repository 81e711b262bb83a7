import { type Batch, NO_WATERMARK } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { readBytes, writeView } from '../batch/views.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Schema } from '../types/data-type.ts'
import { joined } from '../values/bytes.ts'
import { type DeadRecord, type Decoder, type Encoder, MAX_RECORD_BYTES, markBytes, type ScanColumn } from './format.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d

function checkColumn(schema: Schema): void {
  const [only] = schema
  const is = only?.type.is
  if (schema.length === 1 && (is === 'string' || is === 'bytes' || is === 'json')) return
  throw new StreamdownError('DSD3002', "Format 'raw' takes tables of one column, STRING, BYTES or JSON.")
}

/** Each line as it is, in the one column of the table: STRING (checked to be UTF-8) or BYTES. */
export function createRawDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  { maxRecordBytes = MAX_RECORD_BYTES }: { readonly maxRecordBytes?: number } = {},
): Decoder {
  checkColumn(schema)
  const type = schema[0]?.type ?? { is: 'string' }
  const text = new TextDecoder('utf-8', { fatal: true })
  return {
    start: markBytes,
    decode(at, length, maxRows, last) {
      const data = memory.chunkZeroed(maxRows * 16)
      const starts = memory.chunk(maxRows * 4)
      const bytes = memory.u8(at, length)
      const dead: DeadRecord[] = []
      let rows = 0
      let from = 0
      while (from < length && rows < maxRows) {
        const newline = bytes.indexOf(NEWLINE, from)
        if (newline < 0 && !last) break
        const next = newline < 0 ? length : newline + 1
        const line = newline < 0 ? length : newline
        const end = line > from && bytes[line - 1] === RETURN ? line - 1 : line
        const problem = problemOf(bytes.subarray(from, end))
        if (problem === undefined) {
          writeView(memory, data + rows * 16, at + from, end - from)
          memory.view().setUint32(starts + rows * 4, at + from, true)
          rows++
        } else dead.push({ offset: from, raw: bytes.slice(from, end), problem })
        from = next
      }
      const made = columns.map(() => ({ type, data, validity: 0 }))
      const batch: Batch = {
        rows,
        columns: made,
        weights: 0,
        watermarks: 0,
        watermark: NO_WATERMARK,
        ordinals: 0,
        firstOrdinal: 0n,
      }
      return { batch, consumed: from, dead, starts }
    },
  }

  function problemOf(line: Uint8Array): string | undefined {
    if (line.length > maxRecordBytes) return `record longer than ${maxRecordBytes} bytes`
    if (type.is === 'bytes' || line.every(byte => byte < 0x80)) return undefined
    try {
      text.decode(line)
      return undefined
    } catch (error) {
      return `invalid UTF-8: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}

/** The one column of each row, a line each: STRING, BYTES or JSON. NULL is an empty line. */
export function createRawEncoder(memory: Memory, schema: Schema): Encoder {
  checkColumn(schema)
  const newline = new Uint8Array([NEWLINE])
  return {
    header: () => new Uint8Array(0),
    encode(batch) {
      const [column] = batch.columns
      if (column === undefined) return new Uint8Array(0)
      const parts: Uint8Array[] = []
      for (let row = 0; row < batch.rows; row++) {
        const present = column.validity === 0 || memory.u8(column.validity + row, 1)[0] !== 0
        const bytes = present ? readBytes(memory, column.data + row * 16) : new Uint8Array(0)
        const copies = batch.weights === 0 ? 1 : Math.abs(memory.i32(batch.weights + row * 4, 1)[0] ?? 0)
        for (let copy = 0; copy < copies; copy++) parts.push(bytes, newline)
      }
      return joined(parts)
    },
  }
}
