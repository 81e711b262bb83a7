import type { ColumnMetaData, PageHeader } from 'hyparquet'
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js'
import { readVarInt } from 'hyparquet/src/thrift.js'

/**
 * What a page says of itself, looked at before it is decoded. The decoder believes the counts and the lengths of runs
 * that it reads, so a few bytes of a damaged or hostile file would keep it busy, or fill the memory, without end.
 */

/** Values of one page at most; writers put some ten thousand into one. */
const MOST_VALUES = 1 << 25
/** Bytes of one page at most, when it is unpacked. */
const MOST_BYTES = 2 ** 31 - 1

/** How deep a leaf lies: levels are stored where they can be more than 0. */
export interface Levels {
  readonly repetition: number
  readonly definition: number
}

/** Where the levels and the values of a page stand. */
export interface PageParts {
  readonly values: number
  readonly nulls: number
  readonly repetitionBytes: number
  readonly definitionBytes: number
}

/** The size of a page, and the counts in its header. */
export function checkHeader(header: PageHeader, left: number): void {
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header
  if (!within(packed, left)) throw new Error(`a page of ${packed} bytes where ${left} are left`)
  if (!within(unpacked, MOST_BYTES)) throw new Error(`a page of ${unpacked} bytes when unpacked, ${MOST_BYTES} at most`)
  const values = (header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header)?.num_values
  if (values !== undefined && !within(values, MOST_VALUES))
    throw new Error(`a page of ${values} values, ${MOST_VALUES} at most`)
  const v2 = header.data_page_header_v2
  if (v2 === undefined) return
  if (!within(v2.num_nulls, v2.num_values))
    throw new Error(`${v2.num_nulls} NULLs in a page of ${v2.num_values} values`)
  const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition } = v2
  if (!within(repetition, packed) || !within(definition, packed - repetition) || repetition + definition > unpacked)
    throw new Error(`levels of ${repetition} and ${definition} bytes in a page of ${packed}`)
}

/** An unpacked page of the first version: both kinds of levels, each behind its length, then the values. */
export function checkPage(page: Uint8Array, header: PageHeader, levels: Levels, type: ColumnMetaData['type']): void {
  const data = header.data_page_header
  if (data === undefined) throw new Error('a data page without its header')
  let at = 0
  for (const most of [levels.repetition, levels.definition]) {
    if (most > 0) at = checkLevels(page, at + 4, at + 4 + lengthAt(page, at), most, data.num_values)
  }
  checkValues(page.subarray(at), data.encoding, type, data.num_values)
}

/** What stands behind the definition levels of a page, where one run says that there is no NULL: the common case. */
export function behindFullLevels(page: Uint8Array, values: number): Uint8Array | undefined {
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 4 }
  const run = readVarInt(reader)
  return run === values << 1 && page[reader.offset] === 1 ? page.subarray(4 + lengthAt(page, 0)) : undefined
}

/** The levels of a page of the second version, which are not packed; the number of their bytes. */
export function checkLevelsV2(page: Uint8Array, header: PageHeader, levels: Levels): number {
  const data = header.data_page_header_v2
  if (data === undefined) throw new Error('a data page without its header')
  const middle = data.repetition_levels_byte_length
  const end = middle + data.definition_levels_byte_length
  if (levels.repetition > 0) checkLevels(page, 0, middle, levels.repetition, data.num_values)
  if (levels.definition > 0) checkLevels(page, middle, end, levels.definition, data.num_values)
  return end
}

/** Unpacked values, `most` of them at most. */
export function checkValues(bytes: Uint8Array, encoding: string, type: ColumnMetaData['type'], most: number): void {
  switch (encoding) {
    case 'RLE':
      if (type !== 'BOOLEAN') throw new Error(`runs of ${type}`)
      if (4 + lengthAt(bytes, 0) !== bytes.length) throw new Error('values that do not fill their page')
      checkRuns(bytes, 4, bytes.length, 1, most)
      return
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY': {
      if (most === 0 || bytes.length === 0) return
      if (type === 'BOOLEAN') throw new Error('a dictionary of BOOLEAN')
      const [width = 0] = bytes
      if (width > 32) throw new Error(`numbers of ${width} bits in a dictionary`)
      checkRuns(bytes, 1, bytes.length, width, most)
      return
    }
    case 'DELTA_BYTE_ARRAY':
      checkPrefixes(bytes, most)
      return
    default:
  }
}

const within = (value: number, most: number): boolean => value >= 0 && value <= most

function lengthAt(page: Uint8Array, at: number): number {
  return new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true)
}

/** Levels in [from, to), which must be there for each value; `to`. */
function checkLevels(page: Uint8Array, from: number, to: number, most: number, values: number): number {
  if (to > page.length) throw new Error(`levels of ${to - from} bytes in a page of ${page.length}`)
  const held = checkRuns(page, from, to, 32 - Math.clz32(most), values)
  if (held < values) throw new Error(`levels of ${held} values in a page of ${values}`)
  return to
}

/**
 * Runs of one value and groups of eight packed ones in [from, to), as Parquet's "RLE/bit-packing hybrid"; the number of
 * their values, `most` at most but for what fills up a group.
 */
function checkRuns(bytes: Uint8Array, from: number, to: number, width: number, most: number): number {
  let at = from
  let seen = 0
  while (seen < most && at < to) {
    let header = 0
    let shift = 0
    let byte = 0x80
    while (byte >= 0x80) {
      if (at >= to || shift > 28) throw new Error('a run without its end')
      byte = bytes[at++] ?? 0
      header |= (byte & 0x7f) << shift
      shift += 7
    }
    const run = header >>> 1
    if ((header & 1) === 0) {
      at += (width + 7) >> 3
      seen += run
      if (seen > most || at > to) throw new Error(`a run of ${run} values where ${most} are left`)
    } else {
      // Writers fill up the last group, and leave out bytes at the end that hold nothing.
      if (width === 0 ? run > (most - seen + 7) >> 3 : run * width > to - at + width)
        throw new Error(`a run of ${run} groups in ${to - at} bytes`)
      at += run * width
      seen += run * 8
    }
  }
  return seen
}

/** Texts that begin as the one before them: each beginning must be there, and all of them fit into a page's memory. */
function checkPrefixes(bytes: Uint8Array, most: number): void {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  const prefixes = deltas(reader, most)
  const suffixes = deltas(reader, prefixes.length)
  let before = 0
  let all = 0
  for (const [index, prefix] of prefixes.entries()) {
    const suffix = suffixes[index] ?? -1
    if (!within(prefix, before) || !within(suffix, bytes.length)) throw new Error(`a text of ${prefix}+${suffix} bytes`)
    before = prefix + suffix
    all += before
    if (all > MOST_BYTES) throw new Error(`texts of more than ${MOST_BYTES} bytes in a page`)
  }
}

function deltas(reader: { readonly view: DataView; offset: number }, most: number): Int32Array {
  const start = reader.offset
  readVarInt(reader)
  readVarInt(reader)
  const count = readVarInt(reader)
  if (!within(count, most)) throw new Error(`${count} lengths for ${most} texts`)
  reader.offset = start
  const lengths = new Int32Array(count)
  deltaBinaryUnpack(reader, count, lengths)
  return lengths
}
