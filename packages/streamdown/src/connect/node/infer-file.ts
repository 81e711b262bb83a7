import { closeSync, openSync, readSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { StreamdownError } from '../../errors/error.ts'
import { inferCsv, inferJson, inferMsgpack } from '../../formats/infer.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import { HEAD_BYTES } from './byte-source.ts'
import { decompressed } from './decompress.ts'
import { type Compression, fileError, filesAt, pathOf, readError, suffixesOf } from './file-paths.ts'

/** Bytes of a file that are looked at. */
const SAMPLE_BYTES = 1024 * 1024

/**
 * The relation that `FROM 'path'` stands for: the files behind the path, with the columns of the first one. Throws
 * DSD3002 where the name does not tell the format or nothing can be inferred, DSD3003 where there is no such file.
 */
export async function inferFile(path: string): Promise<Relation> {
  const files = filesAt(path)
  const [first = path] = files
  const { format } = suffixesOf(first)
  const other = files.find(each => suffixesOf(each).format !== format)
  if (other !== undefined) {
    throw new StreamdownError(
      'DSD3002',
      `'${path}' holds files of several formats, as '${first}' and '${other}': name those of one, as by '${join(dirname(first), `*${extname(first)}`)}'.`,
    )
  }
  const tabs = /\.tsv(\.|$)/i.test(first)
  const { schema, options } = await inferred(first, format, tabs)
  if (schema.length === 0) {
    throw new StreamdownError(
      'DSD3002',
      `No columns can be inferred from '${path}': in its first MB is no record of format ${format}. CREATE TABLE says them.`,
    )
  }
  return {
    name: path,
    schema,
    connector: 'filesystem',
    options: { path: pathOf(path), format: format ?? 'json', ...options },
    primaryKey: [],
    changes: 'append',
    bounded: true,
    appendOnly: true,
  }
}

async function inferred(
  path: string,
  format: string | undefined,
  tabs: boolean,
): Promise<{ readonly schema: Schema; readonly options: Readonly<Record<string, string>> }> {
  switch (format) {
    case 'parquet':
      return { schema: await parquetColumns(path), options: {} }
    case 'json':
      return { schema: inferJson(await textSample(path)), options: {} }
    case 'csv': {
      const { schema, header } = inferCsv(await textSample(path), tabs ? { delimiter: '\t' } : {})
      return {
        schema,
        // Nothing between two delimiters is NULL, as the CSV writer has it; "" is an empty text.
        options: {
          'csv.header': String(header),
          'csv.null-literal': '',
          ...(tabs ? { 'csv.field-delimiter': '\t' } : {}),
        },
      }
    }
    case 'avro':
      return { schema: await avroColumns(path), options: {} }
    case 'arrow':
      return { schema: await arrowColumns(path), options: {} }
    case 'msgpack':
      return { schema: inferMsgpack(await sampleOf(path)), options: {} }
    case 'raw':
      return { schema: [field('line', types.string, false)], options: {} }
    default:
      throw new StreamdownError(
        'DSD3002',
        `'${path}': its name does not tell the format (.ndjson, .jsonl, .json, .csv, .tsv, .txt, .log, .msgpack, .avro, .arrow, .arrows, .feather, .parquet); use CREATE TABLE with 'format'.`,
      )
  }
}

async function parquetColumns(path: string): Promise<Schema> {
  const { ParquetFile, columnsOfParquet } = await import('./parquet.ts')
  const file = new ParquetFile(path)
  try {
    const { meta } = await file.metadata()
    return [...columnsOfParquet(meta).values()].flatMap(column => (column === undefined ? [] : [column.field]))
  } finally {
    file.close()
  }
}

/** The columns that an Avro file's own schema names. */
async function avroColumns(path: string): Promise<Schema> {
  const { readAvroHeader, columnsOfAvro } = await import('./avro.ts')
  const { schema } = readAvroHeader((await sampleOf(path)).subarray(0, HEAD_BYTES), path)
  return columnsOfAvro(schema, `'${path}'`)
}

/** The columns that an Arrow file's own schema names. */
async function arrowColumns(path: string): Promise<Schema> {
  const { columnsOfArrow } = await import('./arrow.ts')
  return columnsOfArrow(await sampleOf(path), path)
}

/** The first bytes of a file, decompressed. */
async function sampleOf(path: string): Promise<Uint8Array> {
  const { compression } = suffixesOf(path)
  return compression === 'none' ? plainSample(path) : compressedSample(path, compression)
}

/** The first whole lines of a text file. */
async function textSample(path: string): Promise<string> {
  const bytes = await sampleOf(path)
  const zero = bytes.indexOf(0)
  if (zero >= 0) {
    throw new StreamdownError(
      'DSD3002',
      `'${path}' is no text in UTF-8, though its name says so: its byte ${zero} is 0. Is it compressed, or in UTF-16?`,
    )
  }
  const text = new TextDecoder().decode(bytes)
  return bytes.length < SAMPLE_BYTES ? text : text.slice(0, text.lastIndexOf('\n'))
}

function plainSample(path: string): Uint8Array {
  try {
    const file = openSync(path, 'r')
    const bytes = new Uint8Array(SAMPLE_BYTES)
    const length = readSync(file, bytes, 0, SAMPLE_BYTES, 0)
    closeSync(file)
    return bytes.subarray(0, length)
  } catch (error) {
    throw fileError(error, path)
  }
}

async function compressedSample(path: string, compression: Exclude<Compression, 'none'>): Promise<Uint8Array> {
  const bytes = new Uint8Array(SAMPLE_BYTES)
  let length = 0
  try {
    for await (const part of decompressed(path, compression)) {
      const kept = part.subarray(0, SAMPLE_BYTES - length)
      bytes.set(kept, length)
      length += kept.length
      if (length === SAMPLE_BYTES) break
    }
  } catch (error) {
    // A file that breaks off later may still show its columns; reading it will say so.
    if (length === 0) throw readError(error, path)
  }
  return bytes.subarray(0, length)
}
