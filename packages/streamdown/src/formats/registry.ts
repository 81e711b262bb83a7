import type { Memory } from '../batch/memory.ts'
import { bytesOption, refuseOption } from '../connect/options.ts'
import type { OptionDefinition } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Relation, ScanNode } from '../plan/nodes/node.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { type CsvDecoderOptions, createCsvDecoder } from './csv.ts'
import { createCsvEncoder } from './csv-encode.ts'
import { createDebeziumDecoder, createDebeziumEncoder } from './debezium.ts'
import { type Decoder, type Encoder, MAX_RECORD_BYTES } from './format.ts'
import { createJsonDecoder, type JsonDecoderOptions } from './json.ts'
import { createJsonEncoder } from './json-encode.ts'
import { createRawDecoder, createRawEncoder } from './raw.ts'
import type { EpochUnit, TimestampRules } from './scalar-text.ts'
import { planScan, scanDecoder } from './scan-decoder.ts'

/** A text format: its options stand after its name, as `csv.delimiter`. */
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

/** The text formats that file-like connectors take. */
export const formats: readonly FormatDefinition[] = [
  { name: 'json', summary: 'NDJSON: a JSON object a line.', options: json },
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
  { name: 'raw', summary: 'A line as it is, in the one column of the table (STRING or BYTES).', options: [] },
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
    if (format === undefined) throw new StreamdownError('DSD9002', `There is no text format ${name}.`)
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
  if (format === 'csv') options.csv()
  else if (format !== 'raw') options.json()
}

/** The decoder of a scan in a text format; `metadata` gives the values of METADATA columns. */
export function createDecoder(
  memory: Memory,
  scan: ScanNode,
  format: string,
  metadata: (key: string) => Value,
): Decoder {
  const { relation } = scan
  const options = new FormatOptions(relation, format)
  const plan = planScan(scan, format === 'json' || format === 'debezium-json')
  const decoder = (): Decoder => {
    switch (format) {
      case 'json':
        return createJsonDecoder(memory, plan.schema, plan.columns, options.json())
      case 'csv':
        return createCsvDecoder(memory, plan.schema, plan.columns, options.csv())
      case 'raw':
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

/** The encoder of a table in a text format. */
export function createEncoder(memory: Memory, relation: Relation, schema: Schema, format: string): Encoder {
  const options = new FormatOptions(relation, format)
  switch (format) {
    case 'json':
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
    default:
      return createDebeziumEncoder(memory, schema, options.standard())
  }
}

/** What a sink in this format can be given: rows only, or retractions too. */
export const acceptsOf = (format: string): 'append' | 'retract' => (format === 'debezium-json' ? 'retract' : 'append')
