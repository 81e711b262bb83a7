import type { Memory } from '../batch/memory.ts'
import { bytesOption, refuseOption } from '../connect/options.ts'
import type { OptionDefinition } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Relation, ScanNode } from '../plan/nodes/node.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { avroHeader, createAvroEncoder } from './avro-write.ts'
import { type CsvDecoderOptions, createCsvDecoder } from './csv.ts'
import { createCsvEncoder } from './csv-encode.ts'
import { createDebeziumDecoder, createDebeziumEncoder } from './debezium.ts'
import { type Decoder, type Encoder, MAX_RECORD_BYTES } from './format.ts'
import { createJsonDecoder, type JsonDecoderOptions } from './json.ts'
import { createJsonEncoder } from './json-encode.ts'
import { checkUnstructured, createUnstructuredDecoder } from './json-unstructured.ts'
import { createMsgpackDecoder } from './msgpack.ts'
import { createMsgpackEncoder } from './msgpack-encode.ts'
import { createProtobufDecoder, messageFor, type ProtobufOptions } from './protobuf.ts'
import { createProtobufEncoder } from './protobuf-encode.ts'
import { createRawDecoder, createRawEncoder } from './raw.ts'
import { createRegexDecoder, linePattern, type RegexDecoderOptions } from './regex.ts'
import type { EpochUnit, TimestampRules } from './scalar-text.ts'
import { planScan, scanDecoder } from './scan-decoder.ts'

/** A format: its options stand after its name, as `csv.delimiter`. */
export interface FormatDefinition {
  readonly name: string
  readonly summary: string
  readonly options: readonly OptionDefinition[]
}

const timestamps: readonly OptionDefinition[] = [
  {
    name: 'timestamp-format.standard',
    type: 'enum',
    values: ['SQL', 'ISO-8601'],
    summary:
      "How timestamps are written: '2020-01-01 00:00:00' or '2020-01-01T00:00:00'. Without it both are read, and SQL is written.",
  },
  {
    name: 'timestamp-epoch-unit',
    type: 'enum',
    values: ['s', 'ms', 'us', 'ns'],
    summary: 'Numbers are read as timestamps that count this unit since 1970. Without it they are an error.',
  },
]
const lenient: OptionDefinition = {
  name: 'ignore-parse-errors',
  type: 'boolean',
  default: 'false',
  summary: 'A value that does not fit its column is NULL; else the record is a dead letter.',
}
const json: readonly OptionDefinition[] = [
  {
    name: 'fail-on-missing-field',
    type: 'boolean',
    default: 'false',
    summary: 'A missing key is an error; else it is NULL.',
  },
  lenient,
  ...timestamps,
  { name: 'encode.ignore-null-fields', type: 'boolean', default: 'false', summary: 'NULL fields are not written.' },
  {
    name: 'encode.decimal-as-plain-number',
    type: 'boolean',
    default: 'true',
    summary: 'Decimals always have all their digits.',
  },
  {
    name: 'map-null-key.mode',
    type: 'enum',
    values: ['FAIL', 'DROP', 'LITERAL'],
    default: 'FAIL',
    summary: "Taken so that Flink's programs run; maps have no NULL keys here.",
  },
]

/** The formats that file-like connectors take. */
export const formats: readonly FormatDefinition[] = [
  {
    name: 'json',
    summary: 'NDJSON: a JSON object a line.',
    options: [
      ...json,
      {
        name: 'unstructured',
        type: 'boolean',
        default: 'false',
        summary: 'Each line, any JSON value, whole in the one column of the table (JSON or STRING).',
      },
    ],
  },
  {
    name: 'csv',
    summary: 'CSV (RFC 4180): a record a line.',
    options: [
      { name: 'field-delimiter', type: 'string', default: ',', summary: 'One ASCII character between fields.' },
      {
        name: 'quote-character',
        type: 'string',
        default: '"',
        summary: 'Around fields that hold delimiters; doubled inside.',
      },
      {
        name: 'disable-quote-character',
        type: 'boolean',
        default: 'false',
        summary: 'Quotes are characters like others.',
      },
      {
        name: 'escape-character',
        type: 'string',
        summary: 'In quoted fields: takes the next character as it is.',
        example: '\\',
      },
      { name: 'allow-comments', type: 'boolean', default: 'false', summary: 'Lines that start with # are skipped.' },
      { name: 'null-literal', type: 'string', summary: 'This unquoted text is NULL.', example: 'NULL' },
      {
        name: 'array-element-delimiter',
        type: 'string',
        default: ';',
        summary: 'Between elements of ARRAY and fields of ROW.',
      },
      {
        name: 'header',
        type: 'boolean',
        default: 'false',
        summary: 'The first record names the columns, in any order.',
      },
      { name: 'multiline', type: 'boolean', default: 'false', summary: 'Quoted fields may hold line breaks.' },
      lenient,
      ...timestamps,
    ],
  },
  { name: 'raw', summary: 'A line as it is, in the one column of the table (STRING, BYTES or JSON).', options: [] },
  {
    name: 'regex',
    summary: 'Lines that a regular expression takes apart: a named group for each column. Read only.',
    options: [
      {
        name: 'pattern',
        type: 'string',
        required: true,
        summary: 'What a whole line must match; a group that took no part is NULL.',
        example: '(?<ip>\\S+) (?<status>\\d+)',
      },
      lenient,
      ...timestamps.filter(option => option.name === 'timestamp-format.standard'),
    ],
  },
  {
    name: 'msgpack',
    summary: 'MessagePack maps, one behind the other.',
    options: [lenient],
  },
  {
    name: 'protobuf',
    summary: 'Protocol Buffers messages, each behind its length as a varint.',
    options: [
      {
        name: 'schema',
        type: 'string',
        required: true,
        summary: 'The text of a .proto file, or the path of one.',
        example: 'event.proto',
      },
      { name: 'message-name', type: 'string', summary: 'The message of a record, where the file has several.' },
      lenient,
    ],
  },
  {
    name: 'avro',
    summary:
      'Avro object container files, with the schema in the file. Read packed as deflate, snappy or zstandard; written plain.',
    options: [
      {
        name: 'timestamp_mapping.legacy',
        type: 'boolean',
        default: 'false',
        summary:
          "TIMESTAMP is written as Flink's older mapping has it, as timestamp-millis, not local-timestamp-millis.",
      },
      {
        name: 'codec',
        type: 'enum',
        values: ['null'],
        default: 'null',
        summary: 'How blocks are written: not packed.',
      },
    ],
  },
  {
    name: 'debezium-json',
    summary: "Debezium's change events, an object a line with before, after and op.",
    options: [
      {
        name: 'schema-include',
        type: 'boolean',
        default: 'false',
        summary: 'Events are under "payload", beside their "schema".',
      },
      ...json.map(option => (option.name === 'timestamp-epoch-unit' ? { ...option, default: 'us' } : option)),
    ],
  },
]

/** The format's name as the table of formats has it; `debezium_json` and `ndjson` are other spellings. */
export function formatOf(relation: Relation, inferred?: string): string {
  const given = relation.options.format ?? inferred
  if (given === undefined) {
    throw new StreamdownError(
      'DSD3002',
      `Table ${relation.name}: option 'format' is required; it takes ${known()}, parquet.`,
    )
  }
  const name = given.toLowerCase().replaceAll('_', '-')
  if (name === 'ndjson' || name === 'jsonl') return 'json'
  if (name === 'messagepack') return 'msgpack'
  if (name === 'parquet' || formats.some(format => format.name === name)) return name
  throw new StreamdownError(
    'DSD3002',
    `Table ${relation.name}: there is no format '${given}'; there are ${known()}, parquet.`,
  )
}

const known = (): string => formats.map(format => format.name).join(', ')

class FormatOptions {
  readonly #relation: Relation
  readonly #format: FormatDefinition
  readonly #given: ReadonlyMap<string, string>

  constructor(relation: Relation, name: string) {
    const format = formats.find(each => each.name === name)
    if (format === undefined) throw new StreamdownError('DSD9002', `There is no format ${name}.`)
    const prefixes = [`${name}.`, `${name.replaceAll('-', '_')}.`]
    const given = new Map<string, string>()
    for (const [key, value] of Object.entries(relation.options)) {
      const prefix = prefixes.find(each => key.startsWith(each))
      if (prefix === undefined) continue
      const option = key.slice(prefix.length)
      if (!format.options.some(each => each.name === option)) {
        const names = format.options.map(each => each.name).join(', ')
        throw new StreamdownError(
          'DSD3002',
          `Table ${relation.name}: format ${name} has no option '${option}'; it has ${names}.`,
        )
      }
      given.set(option, value)
    }
    this.#relation = relation
    this.#format = format
    this.#given = given
  }

  text(name: string): string | undefined {
    const definition = this.#format.options.find(each => each.name === name)
    const value = this.#given.get(name) ?? definition?.default
    if (value !== undefined && definition?.values !== undefined && !definition.values.includes(value)) {
      this.#refuse(name, value, definition.values.join(', '))
    }
    return value
  }

  flag(name: string): boolean {
    const value = this.text(name) ?? 'false'
    if (value !== 'true' && value !== 'false') this.#refuse(name, value, 'true or false')
    return value === 'true'
  }

  /** Options of lines that are taken apart by a regular expression. Throws DSD3002 where there is none. */
  regex(): RegexDecoderOptions {
    const pattern = this.text('pattern')
    if (pattern === undefined) {
      throw new StreamdownError(
        'DSD3002',
        `Table ${this.#relation.name}: format regex needs option 'regex.pattern', with a named group for each column.`,
      )
    }
    const { timestampStandard } = this.standard()
    return {
      pattern,
      ...(timestampStandard === undefined ? {} : { timestampStandard }),
      ignoreParseErrors: this.flag('ignore-parse-errors'),
      maxRecordBytes: maxRecordBytesOf(this.#relation),
    }
  }

  /** Throws DSD3002 where there is no schema. */
  protobuf(): ProtobufOptions {
    const schema = this.text('schema')
    if (schema === undefined) {
      throw new StreamdownError(
        'DSD3002',
        `Table ${this.#relation.name}: format protobuf needs option 'protobuf.schema'.`,
      )
    }
    const message = this.text('message-name')
    return {
      schema,
      ...(message === undefined ? {} : { message }),
      ignoreParseErrors: this.flag('ignore-parse-errors'),
      maxRecordBytes: maxRecordBytesOf(this.#relation),
    }
  }

  json(): JsonDecoderOptions {
    return {
      ...this.#timestamps(),
      failOnMissingField: this.flag('fail-on-missing-field'),
      ignoreParseErrors: this.flag('ignore-parse-errors'),
      maxRecordBytes: maxRecordBytesOf(this.#relation),
    }
  }

  csv(): CsvDecoderOptions {
    const escapeCharacter = this.text('escape-character')
    const nullLiteral = this.text('null-literal')
    return {
      ...this.#timestamps(),
      delimiter: unescaped(this.text('field-delimiter') ?? ','),
      quote: this.flag('disable-quote-character') ? null : (this.text('quote-character') ?? '"'),
      ...(escapeCharacter === undefined ? {} : { escape: escapeCharacter }),
      comments: this.flag('allow-comments'),
      ...(nullLiteral === undefined ? {} : { nullLiteral }),
      elementDelimiter: unescaped(this.text('array-element-delimiter') ?? ';'),
      header: this.flag('header'),
      multiline: this.flag('multiline'),
      ignoreParseErrors: this.flag('ignore-parse-errors'),
      maxRecordBytes: maxRecordBytesOf(this.#relation),
    }
  }

  standard(): { readonly timestampStandard?: 'SQL' | 'ISO-8601' } {
    const standard = this.text('timestamp-format.standard')
    return standard === 'SQL' || standard === 'ISO-8601' ? { timestampStandard: standard } : {}
  }

  #timestamps(): { timestampStandard?: TimestampRules['standard']; timestampEpoch?: EpochUnit } {
    const unit = this.text('timestamp-epoch-unit')
    return {
      ...this.standard(),
      ...(unit === 's' || unit === 'ms' || unit === 'us' || unit === 'ns' ? { timestampEpoch: unit } : {}),
    }
  }

  #refuse(name: string, value: string, takes: string): never {
    throw new StreamdownError(
      'DSD3002',
      `Table ${this.#relation.name}: option '${this.#format.name}.${name}' is '${value}'; it takes ${takes}.`,
    )
  }
}

const unescaped = (text: string): string => (text === '\\t' ? '\t' : text)

/** The formats of inputs that are read from their beginning to their end. */
export const streamFormats: readonly string[] = [
  'json',
  'ndjson',
  'jsonl',
  'csv',
  'raw',
  'regex',
  'debezium-json',
  'debezium_json',
  'msgpack',
  'protobuf',
  'avro',
]

/** The option of every connector that takes a text format. */
export const maxRecordOption: OptionDefinition = {
  name: 'max-record-bytes',
  type: 'bytes',
  default: String(MAX_RECORD_BYTES),
  summary: 'A longer record is a dead letter.',
}

const LARGEST_RECORD = 512 * 1024 * 1024

/** The longest record that is accepted: option `max-record-bytes`. */
export function maxRecordBytesOf(relation: Relation): number {
  const bytes = bytesOption(relation, [maxRecordOption], maxRecordOption.name)
  if (bytes > 0 && bytes <= LARGEST_RECORD) return bytes
  return refuseOption(relation, maxRecordOption.name, String(bytes), 'a size above 0, at most 512 mb')
}

/** Beginnings of option names that are a format's, and checked by it. */
export const formatPrefixes: readonly string[] = formats.flatMap(({ name }) => [
  `${name}.`,
  `${name.replaceAll('-', '_')}.`,
])

/** Checks a table's options of a format before anything is opened. Throws DSD3002. */
export function checkFormat(relation: Relation, format: string): void {
  if (format === 'parquet') return
  const options = new FormatOptions(relation, format)
  const physical = relation.schema.filter((_, index) => relation.metadata?.[index] === undefined)
  switch (format) {
    case 'csv':
      options.csv()
      break
    case 'regex':
      linePattern(options.regex().pattern, physical)
      break
    case 'protobuf':
      messageFor(options.protobuf(), physical)
      break
    case 'msgpack':
      options.flag('ignore-parse-errors')
      break
    case 'avro':
      options.text('codec')
      options.flag('timestamp_mapping.legacy')
      break
    case 'json':
      options.json()
      if (options.flag('unstructured')) checkUnstructured(physical)
      break
    case 'debezium-json':
      options.json()
  }
}

/** The same for a table that is written. */
export function checkWritten(relation: Relation, format: string): void {
  if (format === 'regex') throw new StreamdownError('DSD3002', `Table ${relation.name}: format regex is read only.`)
  checkFormat(relation, format)
}

/** Formats whose records are lines of text: they can be cut and joined at line breaks. */
export const isLines = (format: string): boolean => !['parquet', 'avro', 'msgpack', 'protobuf'].includes(format)

/** The decoder of a scan in a format of records in a row; `metadata` gives the values of METADATA columns. */
export function createDecoder(
  memory: Memory,
  scan: ScanNode,
  format: string,
  metadata: (key: string) => Value,
): Decoder {
  const { relation } = scan
  const options = new FormatOptions(relation, format)
  const unstructured = format === 'json' && options.flag('unstructured')
  const plan = planScan(scan, (format === 'json' && !unstructured) || format === 'debezium-json')
  const decoder = (): Decoder => {
    switch (format) {
      case 'json':
        if (unstructured) {
          return createUnstructuredDecoder(memory, plan.schema, plan.columns, maxRecordBytesOf(relation))
        }
        return createJsonDecoder(memory, plan.schema, plan.columns, options.json())
      case 'csv':
        return createCsvDecoder(memory, plan.schema, plan.columns, options.csv())
      case 'regex':
        return createRegexDecoder(memory, plan.schema, plan.columns, options.regex())
      case 'msgpack':
        return createMsgpackDecoder(memory, plan.schema, plan.columns, {
          ignoreParseErrors: options.flag('ignore-parse-errors'),
          maxRecordBytes: maxRecordBytesOf(relation),
        })
      case 'protobuf':
        return createProtobufDecoder(memory, plan.schema, plan.columns, options.protobuf())
      case 'raw':
        if (plan.schema[0]?.type.is === 'json') {
          return createUnstructuredDecoder(memory, plan.schema, plan.columns, maxRecordBytesOf(relation))
        }
        return createRawDecoder(memory, plan.schema, plan.columns, { maxRecordBytes: maxRecordBytesOf(relation) })
      default:
        return createDebeziumDecoder(memory, plan.schema, plan.columns, {
          ...options.json(),
          schemaInclude: options.flag('schema-include'),
          upsert: relation.changes === 'upsert',
        })
    }
  }
  return scanDecoder(memory, decoder(), plan, metadata)
}

/** The encoder of a table. */
export function createEncoder(memory: Memory, relation: Relation, schema: Schema, format: string): Encoder {
  const options = new FormatOptions(relation, format)
  switch (format) {
    case 'json':
      if (options.flag('unstructured')) return createRawEncoder(memory, schema)
      return createJsonEncoder(memory, schema, {
        ...options.standard(),
        ignoreNullFields: options.flag('encode.ignore-null-fields'),
      })
    case 'csv': {
      const { delimiter, quote, header, nullLiteral } = options.csv()
      return createCsvEncoder(memory, schema, {
        ...options.standard(),
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(typeof quote === 'string' ? { quote } : {}),
        ...(header === undefined ? {} : { header }),
        ...(nullLiteral === undefined ? {} : { nullLiteral }),
      })
    }
    case 'raw':
      return createRawEncoder(memory, schema)
    case 'msgpack':
      return createMsgpackEncoder(memory, schema)
    case 'protobuf':
      return createProtobufEncoder(memory, schema, options.protobuf())
    case 'avro':
      return createAvroEncoder(memory, schema, { legacyTimestamps: options.flag('timestamp_mapping.legacy') })
    default:
      return createDebeziumEncoder(memory, schema, options.standard())
  }
}

/** What a file must start with for rows to go behind what it holds; undefined: nothing is asked. */
export function requiredHead(relation: Relation, format: string): Uint8Array | undefined {
  if (format !== 'avro') return undefined
  const options = new FormatOptions(relation, format)
  return avroHeader(relation.schema, { legacyTimestamps: options.flag('timestamp_mapping.legacy') })
}

/** What a sink in this format can be given: rows only, or retractions too. */
export const acceptsOf = (format: string): 'append' | 'retract' => (format === 'debezium-json' ? 'retract' : 'append')
