import { type DataType, type Field, field, type Schema, types } from '../types/data-type.ts'
import { isJsonArray, type Json, JsonNumber, parseJson } from '../values/json.ts'
import { type CsvDecoderOptions, csvHeader } from './csv.ts'
import { MAX_RECORD_BYTES } from './format.ts'
import { DamageError, IncompleteError, MsgpackReader } from './msgpack-read.ts'
import { dateOf, decimalOf, timestampOf } from './scalar-text.ts'

/** Records that are looked at. */
export const SAMPLE_RECORDS = 1000

const BIGINT_LIMIT = 2n ** 63n

/**
 * The columns of NDJSON text: every key of its first records, in order of appearance. Whole numbers are BIGINT, others
 * DOUBLE (INT would make sums overflow and later, larger numbers dead letters); text that is always a date or timestamp becomes one; objects become ROW, arrays ARRAY; what
 * has no common type is JSON, what is always null STRING. All columns may be NULL.
 */
export function inferJson(text: string): Schema {
  return columnsOf(jsonLines(text))
}

/** The columns of MessagePack maps, by the same rules. */
export function inferMsgpack(bytes: Uint8Array): Schema {
  return columnsOf(msgpackRecords(bytes))
}

function* msgpackRecords(bytes: Uint8Array): Iterable<Json | undefined> {
  const reader = new MsgpackReader(bytes, 0, MAX_RECORD_BYTES)
  try {
    while (reader.at < bytes.length) yield reader.value()
  } catch (error) {
    // The sample ends inside of a record, or at damage: reading says so.
    if (!(error instanceof DamageError) && !(error instanceof IncompleteError)) throw error
  }
}

function* jsonLines(text: string): Iterable<Json | undefined> {
  for (const line of text.split('\n')) if (line.trim() !== '') yield parseJson(line)
}

function columnsOf(records: Iterable<Json | undefined>): Schema {
  let type: DataType = types.row([])
  let count = 0
  for (const json of records) {
    if (count++ === SAMPLE_RECORDS) break
    // A record that is no JSON will be a dead letter; it says nothing about the columns.
    if (json instanceof Map) type = common(type, typeOfJson(json))
  }
  return type.is === 'row' ? settled(type.fields) : []
}

/**
 * The columns of CSV text. The first record names them, unless a field of it is a number, a date or empty: then they
 * are c1, c2, ...
 */
export function inferCsv(
  text: string,
  options: CsvDecoderOptions,
): { readonly schema: Schema; readonly header: boolean } {
  const records = text.split('\n').filter(line => line.trim() !== '')
  const encoder = new TextEncoder()
  const [first = [], ...rest] = records
    .slice(0, SAMPLE_RECORDS + 1)
    .map(line => csvHeader(encoder.encode(line), options).fields)
  const header = first.length > 0 && first.every(text => text !== '' && typeOfText(text).is === 'string')
  const rows = header ? rest : [first, ...rest]
  const schema = first.map((name, index) => {
    let type: DataType = types.null
    for (const row of rows) {
      const text = row[index] ?? ''
      if (text !== '') type = common(type, typeOfText(text))
    }
    return field(header ? name : `c${index + 1}`, settledType(type.is === 'json' ? types.string : type))
  })
  return { schema, header }
}

function typeOfJson(json: Json): DataType {
  if (json === null) return types.null
  if (typeof json === 'boolean') return types.boolean
  if (typeof json === 'string') return temporalOf(json) ?? types.string
  if (json instanceof JsonNumber) return numericOf(json.text)
  if (!isJsonArray(json)) return types.row([...json].map(([name, item]) => field(name, typeOfJson(item))))
  let element: DataType = types.null
  for (const item of json) element = common(element, typeOfJson(item))
  return types.array(element)
}

function typeOfText(text: string): DataType {
  if (/^(true|false)$/i.test(text)) return types.boolean
  // A leading zero is part of a code, not of a number.
  if (/^[+-]?([1-9][0-9]*|0)?(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text) && /[0-9]/.test(text)) return numericOf(text)
  return temporalOf(text) ?? types.string
}

function numericOf(text: string): DataType {
  if (!/^[+-]?[0-9]+$/.test(text)) return types.double
  const value = decimalOf(text, 38, 0)
  if (value === undefined || value >= BIGINT_LIMIT || value < -BIGINT_LIMIT) return types.double
  return types.bigint
}

function temporalOf(text: string): DataType | undefined {
  if (dateOf(text) !== undefined) return types.date
  if (timestampOf(text, 6, { standard: 'any' }) === undefined) return undefined
  const precision = (/\.([0-9]+)/.exec(text)?.[1]?.length ?? 0) > 3 ? 6 : 3
  return /(Z|[+-][0-9:]+)$/.test(text.slice(19)) ? types.timestampLtz(precision) : types.timestamp(precision)
}

const ranks: Partial<Record<DataType['is'], number>> = { bigint: 1, double: 2 }

/** The narrowest type that holds the values of both. */
function common(a: DataType, b: DataType): DataType {
  if (a.is === 'null') return b
  if (b.is === 'null') return a
  const rankA = ranks[a.is]
  const rankB = ranks[b.is]
  if (rankA !== undefined && rankB !== undefined) return rankA >= rankB ? a : b
  if (a.is === 'row' && b.is === 'row') return types.row(commonFields(a.fields, b.fields))
  if (a.is === 'array' && b.is === 'array') return types.array(common(a.element, b.element))
  if (a.is === 'timestamp' && b.is === 'timestamp' && a.zoned === b.zoned) return a.precision >= b.precision ? a : b
  if (a.is === b.is && a.is !== 'timestamp') return a
  const texts: readonly DataType['is'][] = ['string', 'date', 'timestamp']
  return texts.includes(a.is) && texts.includes(b.is) ? types.string : types.json
}

function commonFields(a: readonly Field[], b: readonly Field[]): readonly Field[] {
  const both = new Map(a.map(each => [each.name, each.type]))
  for (const each of b) both.set(each.name, common(both.get(each.name) ?? types.null, each.type))
  return [...both].map(([name, type]) => field(name, type))
}

const settled = (fields: readonly Field[]): Schema => fields.map(each => field(each.name, settledType(each.type)))

/** Types that said nothing become STRING; an object without keys is kept as JSON. */
function settledType(type: DataType): DataType {
  if (type.is === 'null') return types.string
  if (type.is === 'array') return types.array(settledType(type.element))
  if (type.is !== 'row') return type
  return type.fields.length === 0 ? types.json : types.row(settled(type.fields))
}
