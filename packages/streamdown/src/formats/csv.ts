import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import type { DataType, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { JsonNumber, writeJson } from '../values/json.ts'
import { type BlockColumn, BlockDecoder, type DecodeBlock, header } from './decode-block.ts'
import { type Decoded, type Decoder, MAX_RECORD_BYTES, markBytes, type ScanColumn } from './format.ts'
import { MisfitError, requireJson, valueOfJson } from './json-values.ts'
import { type EpochUnit, type TimestampRules, timestampRules } from './scalar-text.ts'
import { textKindOf, textParameters } from './text-kinds.ts'

/** How CSV text is read. */
export interface CsvDecoderOptions {
  /** Default: a comma. */
  readonly delimiter?: string
  /** Default: a double quote; null: there are no quotes. */
  readonly quote?: string | null
  /** Takes the next character of a quoted field as it is. Default: none, a quote is doubled. */
  readonly escape?: string
  /** The first record names the columns, in any order; others are skipped. */
  readonly header?: boolean
  /** Quoted fields may hold line breaks. */
  readonly multiline?: boolean
  /** Lines that start with # are skipped. */
  readonly comments?: boolean
  /** This unquoted text is NULL; an empty one always is, but for STRING. */
  readonly nullLiteral?: string
  /** Between the elements of ARRAY and the fields of ROW. Default: a semicolon. */
  readonly elementDelimiter?: string
  /** A value that does not fit its column is NULL. Default: the record is a dead letter. */
  readonly ignoreParseErrors?: boolean
  readonly timestampStandard?: TimestampRules['standard']
  readonly timestampEpoch?: EpochUnit
  readonly maxRecordBytes?: number
}

const CHILD_BYTES = 64
const place = {
  fields: 80,
  fieldCount: 84,
  delimiter: 88,
  quote: 92,
  escape: 96,
  comments: 100,
  multiline: 104,
  nullAt: 108,
  nullLength: 112,
}
const NONE = 256
const standards = { any: 0, SQL: 1, 'ISO-8601': 2 } as const
const units = { s: 1, ms: 2, us: 3, ns: 4 } as const

/** A decoder of CSV (RFC 4180, UTF-8) for distinct columns of `schema`, which has the fields of a record in order. */
export function createCsvDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  options: CsvDecoderOptions = {},
): Decoder {
  return new CsvDecoder(memory, schema, columns, options)
}

class CsvDecoder implements Decoder {
  readonly #memory: Memory
  readonly #schema: Schema
  readonly #columns: readonly ScanColumn[]
  readonly #options: CsvDecoderOptions
  #decoder: BlockDecoder

  constructor(memory: Memory, schema: Schema, columns: readonly ScanColumn[], options: CsvDecoderOptions) {
    this.#memory = memory
    this.#schema = schema
    this.#columns = columns
    this.#options = options
    this.#decoder = new BlockDecoder(
      memory,
      planCsv(
        memory,
        schema,
        columns,
        schema.map(({ name }) => name),
        options,
      ),
    )
  }

  start(head: Uint8Array): number {
    const mark = markBytes(head)
    if (this.#options.header !== true || head.length === mark) return mark
    const { fields, bytes } = csvHeader(head.subarray(mark), this.#options)
    for (const { column } of this.#columns) {
      const name = this.#schema[column]?.name ?? ''
      if (fields.includes(name)) continue
      throw new StreamdownError('DSD3002', `The CSV header has no column "${name}"; it has ${fields.join(', ')}.`)
    }
    this.#decoder = new BlockDecoder(
      this.#memory,
      planCsv(this.#memory, this.#schema, this.#columns, fields, this.#options),
    )
    return mark + bytes
  }

  decode(at: number, length: number, maxRows: number, last: boolean): Decoded {
    return this.#decoder.decode(at, length, maxRows, last)
  }
}

/** The fields of the first record of `head`, and its length with the line break. */
export function csvHeader(
  head: Uint8Array,
  { delimiter = ',', quote = '"' }: CsvDecoderOptions,
): { readonly fields: readonly string[]; readonly bytes: number } {
  const newline = head.indexOf(0x0a)
  const line = new TextDecoder().decode(newline < 0 ? head : head.subarray(0, newline)).replace(/\r$/, '')
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (quote !== null && line.startsWith(quote, at)) {
      let text = ''
      at++
      for (; at < line.length; at++) {
        if (!line.startsWith(quote, at)) text += line.charAt(at)
        else if (line.startsWith(quote, at + 1)) text += line.charAt(at++)
        else break
      }
      fields.push(text)
      at++
    } else {
      const end = line.indexOf(delimiter, at)
      fields.push(line.slice(at, end < 0 ? undefined : end).trim())
      at = end < 0 ? line.length : end
    }
    if (!line.startsWith(delimiter, at)) break
    at += delimiter.length
  }
  return { fields, bytes: newline < 0 ? head.length : newline + 1 }
}

function planCsv(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  fields: readonly string[],
  options: CsvDecoderOptions,
): DecodeBlock {
  const { delimiter = ',', quote = '"', escape: escapeCharacter, nullLiteral } = options
  const maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES
  const standard = options.timestampStandard ?? 'any'
  const unit = options.timestampEpoch
  const nullBytes = new TextEncoder().encode(nullLiteral ?? '')
  let end: number = header.bytes
  const take = (bytes: number): number => {
    const at = end
    end = (at + bytes + 15) & ~15
    return at
  }
  const list = take(columns.length * 4)
  const fieldsAt = take(fields.length * 4)
  const children = take(columns.length * CHILD_BYTES)
  const nullAt = take(nullBytes.length)
  const image = new Uint8Array(end)
  const view = new DataView(image.buffer)
  const put = (at: number, value: number) => view.setUint32(at, value, true)
  image.set(nullBytes, nullAt)
  put(
    header.flags,
    standards[standard] | ((unit === undefined ? 0 : units[unit]) << 2) | (options.ignoreParseErrors ? 64 : 0),
  )
  put(header.maxRecord, maxRecordBytes)
  put(header.columns, list)
  put(header.columnCount, columns.length)
  put(place.fields, fieldsAt)
  put(place.fieldCount, fields.length)
  put(place.delimiter, characterCode(delimiter, 'delimiter'))
  put(place.quote, quote === null ? NONE : characterCode(quote, 'quote character'))
  put(
    place.escape,
    escapeCharacter === undefined || escapeCharacter === quote
      ? NONE
      : characterCode(escapeCharacter, 'escape character'),
  )
  put(place.comments, options.comments === true ? 1 : 0)
  put(place.multiline, options.multiline === true ? 1 : 0)
  put(place.nullAt, nullAt)
  put(place.nullLength, nullLiteral === undefined ? 0xffffffff : nullBytes.length)
  const places = new Map<number, { readonly name: string; readonly type: DataType }>()
  const blockColumns = columns.map(({ column, path }, index): BlockColumn => {
    const field = schema[column]
    if (field === undefined || path.length > 0) throw new StreamdownError('DSD9002', 'A CSV scan takes whole columns.')
    const child = children + index * CHILD_BYTES
    const [precision, scale] = textParameters(field.type)
    put(child + 8, textKindOf(field.type))
    put(child + 16, field.nullable ? 0 : 1)
    put(child + 24, precision)
    put(child + 28, scale)
    put(child + 32, index)
    put(fieldsAt + fields.indexOf(field.name) * 4, child)
    places.set(child, field)
    return { name: field.name, type: field.type, required: !field.nullable, dataAt: child + 36, validityAt: child + 40 }
  })
  const rules = timestampRules(standard, unit)
  return {
    image,
    columns: blockColumns,
    places,
    maxRecordBytes,
    lenient: options.ignoreParseErrors === true,
    run: block => memory.kernels.csv_decode(block),
    wholeRecords: (at, length) => memory.u8(at, length).lastIndexOf(0x0a) + 1,
    finish: (text, type) => valueOfText(text, type, rules, options.elementDelimiter ?? ';'),
  }
}

function characterCode(text: string, what: string): number {
  const code = text.charCodeAt(0)
  if (text.length === 1 && code < 0x80 && code !== 0x0a && code !== 0x0d) return code
  throw new StreamdownError('DSD3002', `The CSV ${what} must be one ASCII character, not ${JSON.stringify(text)}.`)
}

/** A text as a value of a type, by CSV's rules; `delimiter` is between elements. Throws MisfitError. */
export function valueOfText(text: string, type: DataType, rules: TimestampRules, delimiter: string): Value {
  switch (type.is) {
    case 'array':
      return text === '' ? [] : text.split(delimiter).map(part => valueOfText(part, type.element, rules, delimiter))
    case 'row': {
      const parts = text.split(delimiter)
      if (parts.length !== type.fields.length) throw new MisfitError(`it has ${parts.length} fields`)
      return type.fields.map((field, index) => valueOfText(parts[index] ?? '', field.type, rules, delimiter))
    }
    case 'json':
      return writeJson(requireJson(text))
    case 'map':
      return valueOfJson(requireJson(text), type, rules)
    case 'boolean':
      return valueOfJson(/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text, type, rules)
    case 'string':
    case 'bytes':
      return valueOfJson(text, type, rules)
    default: {
      const trimmed = text.trim()
      if (trimmed === '') return null
      return valueOfJson(/^[+-]?\.?[0-9][0-9.eE+-]*$/.test(trimmed) ? new JsonNumber(trimmed) : trimmed, type, rules)
    }
  }
}
