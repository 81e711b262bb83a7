import type { Memory } from '../batch/memory.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { type Decoder, MAX_RECORD_BYTES, markBytes, type ScanColumn } from './format.ts'
import { MisfitError } from './json-values.ts'
import { RowBlock } from './row-block.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d

/** What a format makes of one line: the values of the scan's columns. Throws MisfitError where it does not fit. */
export type LineReader = (line: string) => readonly Value[]

/** A decoder of UTF-8 lines that JavaScript takes apart; blank lines are skipped. */
export function createLineDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  read: LineReader,
  maxRecordBytes = MAX_RECORD_BYTES,
): Decoder {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  return {
    start: markBytes,
    decode(at, length, maxRows, last) {
      const bytes = memory.u8(at, length).slice()
      const rows = new RowBlock(memory, schema, columns, at)
      let from = 0
      while (from < length && rows.count < maxRows) {
        const newline = bytes.indexOf(NEWLINE, from)
        if (newline < 0 && !last) break
        const line = newline < 0 ? length : newline
        const raw = bytes.subarray(from, line > from && bytes[line - 1] === RETURN ? line - 1 : line)
        const start = from
        from = newline < 0 ? length : newline + 1
        if (raw.length > maxRecordBytes) {
          rows.bury(start, raw, `record longer than ${maxRecordBytes} bytes`)
          continue
        }
        try {
          const text = textOf(raw)
          if (text.trim() !== '') rows.add(start, read(text))
        } catch (error) {
          if (!(error instanceof MisfitError)) throw error
          rows.bury(start, raw, error.message)
        }
      }
      return rows.decoded(from)
    },
  }

  function textOf(raw: Uint8Array): string {
    try {
      return utf8.decode(raw)
    } catch {
      throw new MisfitError('invalid UTF-8')
    }
  }
}
