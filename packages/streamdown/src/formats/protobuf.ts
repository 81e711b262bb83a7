import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Schema } from '../types/data-type.ts'
import { type Decoder, MAX_RECORD_BYTES, type ScanColumn } from './format.ts'
import { MisfitError } from './json-values.ts'
import { ProtoReader } from './protobuf-read.ts'
import { type ProtoMessage, protoMessage } from './protobuf-schema.ts'
import { fittingValues, RowBlock, wantedFields } from './row-block.ts'
import { timestampRules } from './scalar-text.ts'

export interface ProtobufOptions {
  /** The text of a .proto file. */
  readonly schema: string
  /** The message of a record; it need not be said where there is one alone. */
  readonly message?: string
  /** A value that does not fit its column is NULL. Default: the record is a dead letter. */
  readonly ignoreParseErrors?: boolean
  readonly maxRecordBytes?: number
}

/** The message of the options, which must have every column. Throws DSD3002. */
export function messageFor({ schema, message }: ProtobufOptions, columns: Schema): ProtoMessage {
  const found = protoMessage(schema, message)
  const missing = columns.find(({ name }) => !found.fields.some(each => each.name === name))
  if (missing === undefined) return found
  const names = found.fields.map(each => each.name).join(', ')
  throw new StreamdownError('DSD3002', `Message ${found.name} has no field "${missing.name}"; it has ${names}.`)
}

/**
 * Protocol Buffers messages, each behind its length as a varint. A message that cannot be read is dead by itself; a
 * length that is none, or over the limit, ends the input.
 */
export function createProtobufDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  options: ProtobufOptions,
): Decoder {
  const message = messageFor(options, schema)
  const fields = wantedFields(schema, columns)
  const rules = timestampRules('any', undefined)
  const most = options.maxRecordBytes ?? MAX_RECORD_BYTES
  return {
    framing: 'lengths',
    start: () => 0,
    decode(at, length, maxRows, last) {
      const bytes = memory.u8(at, length).slice()
      const rows = new RowBlock(memory, schema, columns, at)
      let from = 0
      while (from < length && rows.count < maxRows) {
        const { size, start } = lengthAt(bytes, from)
        if (size > most) return rows.lost(from, bytes, `a length of ${size}, over max-record-bytes`)
        if (start + size > length) {
          if (last) return rows.lost(from, bytes, 'the record is cut off')
          break
        }
        const raw = bytes.subarray(start, start + size)
        try {
          rows.add(from, valuesOf(raw))
        } catch (error) {
          if (!(error instanceof MisfitError)) throw error
          rows.bury(from, raw, error.message)
        }
        from = start + size
      }
      return rows.decoded(from)
    },
  }

  function valuesOf(raw: Uint8Array) {
    const record = new ProtoReader(raw).message(message)
    return fittingValues(fields, record, rules, options.ignoreParseErrors === true)
  }
}

/** The length of a record and where it starts; one that is cut off has no end either. */
function lengthAt(bytes: Uint8Array, from: number): { readonly size: number; readonly start: number } {
  let size = 0
  for (let at = from, factor = 1; at < bytes.length && at < from + 6; at++, factor *= 128) {
    const byte = bytes[at] ?? 0
    size += (byte & 0x7f) * factor
    if (byte < 0x80) return { size, start: at + 1 }
  }
  return bytes.length >= from + 6 ? { size: Number.POSITIVE_INFINITY, start: from } : { size: 1, start: bytes.length }
}
