import { crc32 } from 'node:zlib'
import type { ColumnMetaData, DecodedArray, PageHeader, RowGroup, SchemaTree } from 'hyparquet'
import { assembleLists, assembleNested } from 'hyparquet/src/assemble.js'
import { parquetHeader } from 'hyparquet/src/column.js'
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js'
import { compressors } from 'hyparquet-compressors'
import { behindFullLevels, checkHeader, checkLevelsV2, checkPage, checkValues, type Levels } from './parquet-checks.ts'

/** What the decoder of pages is told of a leaf. */
type Decoder = Parameters<typeof readDataPage>[2]

interface Leaf {
  readonly meta: ColumnMetaData
  readonly decoder: Decoder
  readonly levels: Levels
  /** How a page without NULLs is decoded behind its levels; undefined for a leaf of nested values. */
  readonly complete: Decoder | undefined
}

/** Some writers leave the header of the dictionary out of a chunk's size. */
const LEFT_OUT_BYTES = 100

/** Bytes [start, end) of the file, as far as it has them. */
export type ReadBytes = (start: number, end: number) => ArrayBuffer

/**
 * The values of a column in a row group, one a row; a nested column is put together of its leaves. Each page is checked
 * before it is decoded. Throws an Error where the file is damaged.
 */
export function readColumn(read: ReadBytes, tree: SchemaTree, group: RowGroup, name: string): DecodedArray {
  const column = tree.children.find(child => child.element.name === name)
  if (column === undefined) throw new Error(`no column "${name}" in its schema`)
  const leaves = new Map<string, DecodedArray>()
  for (const { meta_data: meta, file_path: elsewhere } of group.columns) {
    if (meta?.path_in_schema[0] !== name) continue
    if (elsewhere !== undefined) throw new Error(`column "${name}" stands in another file`)
    leaves.set(meta.path_in_schema.join('.'), readLeaf(read, leafOf(tree, meta)))
  }
  if (column.children.length > 0) assembleNested(leaves, column, DEFAULT_PARSERS)
  const values = leaves.get(name)
  if (values?.length !== Number(group.num_rows))
    throw new Error(`${values?.length ?? 0} values of column "${name}" for ${group.num_rows} rows`)
  return values
}

function leafOf(tree: SchemaTree, meta: ColumnMetaData): Leaf {
  const path = getTreePath(tree, meta.path_in_schema)
  const last = path.at(-1)
  if (last === undefined) throw new Error('a column without a name')
  const decoder: Decoder = {
    pathInSchema: meta.path_in_schema,
    type: meta.type,
    element: last.element,
    schemaPath: path,
    codec: meta.codec,
    parsers: DEFAULT_PARSERS,
    compressors,
    utf8: false,
  }
  const levels = { repetition: getMaxRepetitionLevel(path), definition: getMaxDefinitionLevel(path) }
  const simple = levels.repetition === 0 && levels.definition === 1 && path.length === 2
  return { meta, decoder, levels, complete: simple ? { ...decoder, schemaPath: path.slice(0, 1) } : undefined }
}

/** The pages of a leaf, one behind the other. A row of a repeated leaf may go on in the next page. */
function readLeaf(read: ReadBytes, leaf: Leaf): DecodedArray {
  const { meta } = leaf
  // The offset of a dictionary that is not there is 0 in files of some writers.
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
  const bytes = read(start, start + Number(meta.total_compressed_size) + LEFT_OUT_BYTES)
  const reader = { view: new DataView(bytes), offset: 0 }
  const most = Number(meta.num_values)
  const pages: DecodedArray[] = []
  let dictionary: DecodedArray | undefined
  let seen = 0
  while (seen < most) {
    const header = parquetHeader(reader)
    checkHeader(header, bytes.byteLength - reader.offset)
    // In a buffer of its own: the decoder does not look where a page ends.
    const page = new Uint8Array(bytes.slice(reader.offset, reader.offset + header.compressed_page_size))
    if (header.crc !== undefined && crc32(page) !== header.crc >>> 0) throw new Error('a page whose checksum differs')
    reader.offset += header.compressed_page_size
    if (header.type === 'DICTIONARY_PAGE') dictionary = readDictionary(page, header, leaf)
    if (header.type !== 'DATA_PAGE' && header.type !== 'DATA_PAGE_V2') continue
    const rows = readPage(page, header, dictionary, leaf, pages.at(-1))
    if (rows !== pages.at(-1)) pages.push(rows)
    seen += header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0
  }
  return joined(pages)
}

function readDictionary(packed: Uint8Array, header: PageHeader, { decoder }: Leaf): DecodedArray {
  const page = unpacked(packed, header.uncompressed_page_size, decoder)
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 }
  const values = header.dictionary_page_header?.num_values ?? 0
  return convert(readPlain(reader, decoder.type, values, decoder.element.type_length), decoder)
}

/** The rows of a data page; of a repeated leaf those of the page before, with these behind them. */
function readPage(
  packed: Uint8Array,
  header: PageHeader,
  dictionary: DecodedArray | undefined,
  leaf: Leaf,
  before: DecodedArray | undefined,
): DecodedArray {
  const { decoder, levels } = leaf
  const { definitionLevels, repetitionLevels, dataPage } =
    header.type === 'DATA_PAGE' ? readV1(packed, header, leaf) : readV2(packed, header, leaf)
  if (before === undefined && (repetitionLevels[0] ?? 0) !== 0)
    throw new Error('a row group whose first row goes on one before it')
  const encoding = (header.data_page_header ?? header.data_page_header_v2)?.encoding ?? 'PLAIN'
  const values = encoding.endsWith('_DICTIONARY') ? lookUp(dictionary, dataPage) : convert(dataPage, decoder)
  // Without NULLs the values are the rows.
  const flat = levels.repetition === 0 && decoder.schemaPath.length === 2
  if (flat && (definitionLevels ?? []).length === 0) return values
  const output = levels.repetition > 0 && Array.isArray(before) ? before : []
  return assembleLists(output, definitionLevels, repetitionLevels, values, decoder.schemaPath)
}

/** The values of a dictionary at the places that a page names; numbers stay in an array of their type. */
function lookUp(dictionary: DecodedArray | undefined, places: DecodedArray): DecodedArray {
  if (dictionary === undefined) throw new Error('a page of places in a dictionary, and none before it')
  const { length } = places
  if (dictionary instanceof Int32Array) return chosen(new Int32Array(length), dictionary, places)
  if (dictionary instanceof BigInt64Array) return chosen(new BigInt64Array(length), dictionary, places)
  if (dictionary instanceof Float64Array) return chosen(new Float64Array(length), dictionary, places)
  return chosen<unknown, unknown[]>(new Array(length), dictionary, places)
}

function chosen<T, A extends { [at: number]: T }>(values: A, dictionary: ArrayLike<T>, places: DecodedArray): A {
  for (let i = 0; i < places.length; i++) {
    const place = Number(places[i])
    const value = dictionary[place]
    if (value === undefined) throw new Error(`place ${place} in a dictionary of ${dictionary.length}`)
    values[i] = value
  }
  return values
}

function readV1(packed: Uint8Array, header: PageHeader, { decoder, levels, complete }: Leaf) {
  const page = unpacked(packed, header.uncompressed_page_size, decoder)
  checkPage(page, header, levels, decoder.type)
  if (header.data_page_header === undefined) throw new Error('a data page without its header')
  const behind = complete === undefined ? undefined : behindFullLevels(page, header.data_page_header.num_values)
  return complete === undefined || behind === undefined
    ? readDataPage(page, header.data_page_header, decoder)
    : readDataPage(behind, header.data_page_header, complete)
}

function readV2(packed: Uint8Array, header: PageHeader, { decoder, levels }: Leaf) {
  const start = checkLevelsV2(packed, header, levels)
  const plain = header.data_page_header_v2?.is_compressed === false
  const { encoding = 'PLAIN', num_values: most = 0 } = header.data_page_header_v2 ?? {}
  const rest = packed.subarray(start)
  const values = plain ? rest : unpacked(rest, header.uncompressed_page_size - start, decoder)
  checkValues(values, encoding, decoder.type, most)
  // It unpacks the values once more: what it is handed are those that were checked.
  return readDataPageV2(packed, header, { ...decoder, compressors: { [decoder.codec]: () => values } })
}

/** A page of no bytes is none to its codec. */
function unpacked(page: Uint8Array, bytes: number, { codec }: Decoder): Uint8Array {
  if (bytes === 0) return new Uint8Array(0)
  const whole = decompressPage(page, bytes, codec, compressors)
  return whole.byteLength === whole.buffer.byteLength ? whole : whole.slice()
}

/** Pages behind one another; those of one type of numbers stay that. */
function joined(pages: readonly DecodedArray[]): DecodedArray {
  const [first = []] = pages
  if (pages.length < 2) return first
  const length = pages.reduce((sum, page) => sum + page.length, 0)
  if (pages.every(page => page instanceof Int32Array)) {
    const all = new Int32Array(length)
    eachAt(pages, (page, at) => all.set(page, at))
    return all
  }
  if (pages.every(page => page instanceof BigInt64Array)) {
    const all = new BigInt64Array(length)
    eachAt(pages, (page, at) => all.set(page, at))
    return all
  }
  if (pages.every(page => page instanceof Float64Array)) {
    const all = new Float64Array(length)
    eachAt(pages, (page, at) => all.set(page, at))
    return all
  }
  const all: unknown[] = []
  for (const page of pages) for (const value of page) all.push(value)
  return all
}

function eachAt<P extends { readonly length: number }>(pages: readonly P[], put: (page: P, at: number) => void): void {
  let at = 0
  for (const page of pages) {
    put(page, at)
    at += page.length
  }
}
