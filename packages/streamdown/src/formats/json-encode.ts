import type { Memory } from '../batch/memory.ts'
import type { Schema } from '../types/data-type.ts'
import { BlockEncoder, type EncodeStyle } from './encode-block.ts'
import type { Encoder } from './format.ts'
import { jsonTextOf } from './value-text.ts'

/** How JSON text is written. */
export interface JsonEncoderOptions {
  /** Default: SQL, as '2020-01-01 00:00:00'. */
  readonly timestampStandard?: 'SQL' | 'ISO-8601'
  /** NULL fields are left out. Default: they are written as null. */
  readonly ignoreNullFields?: boolean
}

const NOTHING = new Uint8Array(0)

/**
 * An encoder of NDJSON: an object a line, all columns of `schema` in order. BIGINT and DECIMAL have all their digits,
 * DOUBLE as few as read back to it; NaN and the infinities are strings. A row of weight n is written |n| times.
 */
export function createJsonEncoder(memory: Memory, schema: Schema, options: JsonEncoderOptions = {}): Encoder {
  const encoder = new BlockEncoder(memory, schema, jsonStyle(options, '{', '}\n', '{', '}\n'))
  return { header: () => NOTHING, encode: batch => encoder.encode(batch) }
}

/** The style of objects between given texts. */
export function jsonStyle(
  options: JsonEncoderOptions,
  open: string,
  close: string,
  openRetraction: string,
  closeRetraction: string,
): EncodeStyle {
  const isoTimestamps = options.timestampStandard === 'ISO-8601'
  return {
    csv: false,
    isoTimestamps,
    omitNulls: options.ignoreNullFields === true,
    delimiter: 0,
    quote: 0,
    nullText: 'null',
    prefix: name => `${JSON.stringify(name)}:`,
    open,
    close,
    openRetraction,
    closeRetraction,
    render: (type, value) => jsonTextOf(type, value, isoTimestamps),
  }
}
