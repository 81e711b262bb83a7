import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Relation, ScanNode } from '../plan/nodes/node.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { arrow } from './definitions/arrow.ts'
import { avro } from './definitions/avro.ts'
import { csv } from './definitions/csv.ts'
import { debeziumJson } from './definitions/debezium-json.ts'
import type { FormatDefinition } from './definitions/definition.ts'
import { json } from './definitions/json.ts'
import { msgpack } from './definitions/msgpack.ts'
import { FormatOptions } from './definitions/options.ts'
import { protobuf } from './definitions/protobuf.ts'
import { raw } from './definitions/raw.ts'
import { regex } from './definitions/regex.ts'
import type { Decoder, Encoder } from './format.ts'
import { planScan, scanDecoder } from './scan-decoder.ts'

/** The formats of inputs that are read from their beginning to their end. Parquet, read by its footer, is none. */
export const formats: readonly FormatDefinition[] = [
  json,
  csv,
  raw,
  regex,
  msgpack,
  protobuf,
  avro,
  arrow,
  debeziumJson,
]

/** All their spellings. */
export const streamFormats: readonly string[] = formats.flatMap(({ name, otherNames = [] }) => [name, ...otherNames])

/** Beginnings of option names that are a format's, and checked by it. */
export const formatPrefixes: readonly string[] = formats.flatMap(({ name }) => [
  `${name}.`,
  `${name.replaceAll('-', '_')}.`,
])

/** The format's name as the table of formats has it; `debezium_json` and `ndjson` are other spellings. */
export function formatOf(relation: Relation, inferred?: string): string {
  const known = (): string => [...formats.map(format => format.name), 'parquet'].join(', ')
  const given = relation.options.format ?? inferred
  if (given === undefined) {
    throw new StreamdownError('DSD3002', `Table ${relation.name}: option 'format' is required; it takes ${known()}.`)
  }
  const name = given.toLowerCase()
  if (name === 'parquet') return name
  const format = formats.find(each => each.name === name || each.otherNames?.includes(name) === true)
  if (format !== undefined) return format.name
  throw new StreamdownError('DSD3002', `Table ${relation.name}: there is no format '${given}'; there are ${known()}.`)
}

function definitionOf(name: string): FormatDefinition {
  const format = formats.find(each => each.name === name)
  if (format === undefined) throw new StreamdownError('DSD9002', `There is no format ${name}.`)
  return format
}

/** Checks a table's options of a format before anything is opened. Throws DSD3002. */
export function checkFormat(relation: Relation, name: string): void {
  if (name === 'parquet') return
  const format = definitionOf(name)
  const physical = relation.schema.filter((_, index) => relation.metadata?.[index] === undefined)
  format.check(new FormatOptions(relation, format), physical)
}

/** The same for a table that is written. */
export function checkWritten(relation: Relation, name: string): void {
  if (name !== 'parquet' && definitionOf(name).encoder === undefined) {
    throw new StreamdownError('DSD3002', `Table ${relation.name}: format ${name} is read only.`)
  }
  checkFormat(relation, name)
}

/** Formats whose records are lines of text: they can be cut and joined at line breaks. */
export const isLines = (name: string): boolean => name !== 'parquet' && definitionOf(name).lines

/** The decoder of a scan in a format of records in a row; `metadata` gives the values of METADATA columns. */
export function createDecoder(memory: Memory, scan: ScanNode, name: string, metadata: (key: string) => Value): Decoder {
  const format = definitionOf(name)
  const options = new FormatOptions(scan.relation, format)
  const plan = planScan(scan, format.decodesFields?.(options) ?? false)
  const decoder = format.decoder?.(memory, plan, options)
  if (decoder === undefined) throw new StreamdownError('DSD9002', `Format ${name} is not one of records in a row.`)
  return scanDecoder(memory, decoder, plan, metadata)
}

/** Loads what writes a format; before `createEncoder` and `requiredHead`. */
export async function loadEncoder(name: string): Promise<void> {
  await definitionOf(name).load?.()
}

/** The encoder of a table. */
export function createEncoder(memory: Memory, relation: Relation, schema: Schema, name: string): Encoder {
  const format = definitionOf(name)
  const encoder = format.encoder?.(memory, schema, new FormatOptions(relation, format))
  if (encoder === undefined) throw new StreamdownError('DSD9002', `Format ${name} is read only.`)
  return encoder
}

/** What a file must start with for rows to go behind what it holds; undefined: nothing is asked. */
export function requiredHead(relation: Relation, name: string): Uint8Array | undefined {
  const format = formats.find(each => each.name === name)
  return format?.head?.(relation.schema, new FormatOptions(relation, format))
}

/** What a sink in this format can be given: rows only, or retractions too. */
export const acceptsOf = (name: string): 'append' | 'retract' =>
  formats.find(each => each.name === name)?.accepts ?? 'append'
