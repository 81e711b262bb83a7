import type { Memory } from '../batch/memory.ts'
import type { DataType, Schema } from '../types/data-type.ts'
import { JsonNumber } from '../values/json.ts'
import { BlockDecoder, header } from './decode-block.ts'
import { type Decoder, MAX_RECORD_BYTES, type ScanColumn } from './format.ts'
import { planJson } from './json-plan.ts'
import { requireJson, valueOfJson } from './json-values.ts'
import { type EpochUnit, type TimestampRules, timestampRules } from './scalar-text.ts'

/** How JSON text is read. */
export interface JsonDecoderOptions {
  /** Without an offset TIMESTAMP_LTZ is UTC. Timestamps as '2020-01-01 00:00:00' (SQL), '2020-01-01T00:00:00' (ISO-8601), or both. Default: both. */
  readonly timestampStandard?: TimestampRules['standard']
  /** Numbers are accepted for timestamps, and count this unit since 1970. Default: not accepted. */
  readonly timestampEpoch?: EpochUnit
  /** A missing key is an error. Default: it is NULL. */
  readonly failOnMissingField?: boolean
  /** A value that does not fit its column is NULL. Default: the record is a dead letter. */
  readonly ignoreParseErrors?: boolean
  readonly maxRecordBytes?: number
}

const standards = { any: 0, SQL: 1, 'ISO-8601': 2 } as const
const units = { s: 1, ms: 2, us: 3, ns: 4 } as const
const SERIAL_LIMIT = 0x3fffffff

/**
 * A decoder of NDJSON: each line one object (RFC 8259, UTF-8), blank lines are skipped. `columns` are distinct columns
 * of `schema` or paths into its ROWs; only they are read, the rest is checked to be well formed.
 */
export function createJsonDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  options: JsonDecoderOptions = {},
): Decoder {
  const standard = options.timestampStandard ?? 'any'
  const unit = options.timestampEpoch
  const maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES
  const flags =
    standards[standard] |
    ((unit === undefined ? 0 : units[unit]) << 2) |
    (options.failOnMissingField === true ? 32 : 0) |
    (options.ignoreParseErrors === true ? 64 : 0)
  const rules = timestampRules(standard, unit)
  const plan = planJson(schema, columns, flags, maxRecordBytes)
  return new BlockDecoder(memory, {
    ...plan,
    maxRecordBytes,
    lenient: options.ignoreParseErrors === true,
    run: block => memory.kernels.json_decode(block),
    wholeRecords: (at, length) => memory.u8(at, length).lastIndexOf(0x0a) + 1,
    // The kernel has checked the form of what it leaves over.
    finish: (text, type) =>
      valueOfJson(isNumeric(type) && text.charAt(0) !== '"' ? new JsonNumber(text) : requireJson(text), type, rules),
    prepare: image => {
      if (image.getUint32(header.serial, true) < SERIAL_LIMIT) return
      image.setUint32(header.serial, 1, true)
      for (const child of plan.places.keys()) image.setUint32(child + 20, 0, true)
    },
  })
}

const isNumeric = (type: DataType): boolean => type.is === 'double' || type.is === 'real' || type.is === 'decimal'
