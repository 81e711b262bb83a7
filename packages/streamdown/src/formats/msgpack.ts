import type { Memory } from '../batch/memory.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { type Decoder, MAX_RECORD_BYTES, type ScanColumn } from './format.ts'
import { MisfitError } from './json-values.ts'
import { DamageError, IncompleteError, MsgpackReader } from './msgpack-read.ts'
import { fittingValues, RowBlock, wantedFields } from './row-block.ts'
import { timestampRules } from './scalar-text.ts'

export interface MsgpackDecoderOptions {
  /** A value that does not fit its column is NULL. Default: the record is a dead letter. */
  readonly ignoreParseErrors?: boolean
  readonly maxRecordBytes?: number
}

/**
 * Maps one after the other, by the names of columns. A record of another kind, or with a value that does not fit, is
 * dead by itself; bytes that are no MessagePack end the input, since nothing tells where the next record starts.
 */
export function createMsgpackDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  options: MsgpackDecoderOptions = {},
): Decoder {
  const fields = wantedFields(schema, columns)
  const rules = timestampRules('any', undefined)
  const maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES
  return {
    framing: 'lengths',
    start: () => 0,
    decode(at, length, maxRows, last) {
      const bytes = memory.u8(at, length).slice()
      const rows = new RowBlock(memory, schema, columns, at)
      const reader = new MsgpackReader(bytes, 0, maxRecordBytes)
      let from = 0
      while (from < length && rows.count < maxRows) {
        try {
          reader.at = from
          const record = reader.value()
          rows.add(from, valuesOf(record))
        } catch (error) {
          if (error instanceof MisfitError) rows.bury(from, bytes.subarray(from, reader.at), error.message)
          else if (error instanceof IncompleteError && !last) break
          else if (error instanceof DamageError || error instanceof IncompleteError)
            return rows.lost(from, bytes, error.message)
          else throw error
        }
        from = reader.at
      }
      return rows.decoded(from)
    },
  }

  function valuesOf(record: unknown): readonly Value[] {
    if (!(record instanceof Map)) throw new MisfitError('the record is no map')
    return fittingValues(fields, record, rules, options.ignoreParseErrors === true)
  }
}
