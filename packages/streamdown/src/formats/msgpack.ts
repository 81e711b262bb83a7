import type { Memory } from '../batch/memory.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { type Decoder, MAX_RECORD_BYTES, type ScanColumn } from './format.ts'
import { MisfitError, valueOfJson } from './json-values.ts'
import { DamageError, IncompleteError, MsgpackReader } from './msgpack-read.ts'
import { RowBlock, wantedFields } from './row-block.ts'
import { timestampRules } from './scalar-text.ts'

/** Of a damaged rest so much goes into its dead letter. */
const RAW_BYTES = 4096

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
          else if (error instanceof DamageError || error instanceof IncompleteError) {
            const raw = bytes.slice(from, from + RAW_BYTES)
            const problem = `${error.message}; nothing can be read behind it`
            return { ...rows.decoded(from), lost: { offset: from, raw, problem } }
          } else throw error
        }
        from = reader.at
      }
      return rows.decoded(from)
    },
  }

  function valuesOf(record: unknown): readonly Value[] {
    if (!(record instanceof Map)) throw new MisfitError('the record is no map')
    return fields.map(({ name, type, nullable }) => {
      try {
        return valueOfJson(record.get(name) ?? null, type, rules)
      } catch (error) {
        if (!(error instanceof MisfitError)) throw error
        if (options.ignoreParseErrors === true && nullable) return null
        throw new MisfitError(`column "${name}": ${error.message}`)
      }
    })
  }
}
