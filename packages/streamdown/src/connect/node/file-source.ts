import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { StreamdownError } from '../../errors/error.ts'
import { maxRecordBytesOf } from '../../formats/definitions/options.ts'
import { checkFormat, createDecoder, formatOf, isLines } from '../../formats/registry.ts'
import { bytesOption, durationOption, refuseOption, refuseUnknown, textOption } from '../../options/read.ts'
import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Value } from '../../types/value.ts'
import type { PartitionReader, Source } from '../source.ts'
import { blockReaders } from './block-readers.ts'
import { ByteQueue } from './byte-queue.ts'
import type { ByteSource } from './byte-source.ts'
import { decompressed } from './decompress.ts'
import { fileOptions, filePrefixes } from './file-options.ts'
import { type Compression, fileError, filesAt, filesNow, holdsFiles, readError, suffixesOf } from './file-paths.ts'
import { NewFiles } from './new-files.ts'
import { PlainFile } from './plain-file.ts'
import { withSchemaText } from './schema-file.ts'
import { isInside, offsetOf, TextReader } from './text-reader.ts'
import { innerPosition, WholeFile, wasRead } from './whole-file.ts'

/** Reads files: each is a partition, a position is a byte offset (Parquet: a row number). */
export function fileSource(declared: Relation): Source {
  const relation = withSchemaText(declared)
  refuseUnknown(relation, fileOptions, filePrefixes)
  const path = textOption(relation, fileOptions, 'path') ?? ''
  const followMs = durationOption(relation, fileOptions, 'source.monitor-interval')
  return {
    bounded: followMs === undefined,
    replays: true,
    async open({ scan, positions }) {
      const files = followMs !== undefined && holdsFiles(path) ? [...positions.keys()] : filesOf(path, positions)
      for (const [file, position] of positions) if (!files.includes(file)) assertRead(file, position)
      const readers: PartitionReader[] = []
      try {
        for (const file of files) readers.push(await openFile(file, relation, scan, positions.get(file), followMs))
      } catch (error) {
        for (const reader of readers) await reader.close()
        throw error
      }
      return readers
    },
    async discover({ scan, positions }) {
      if (followMs === undefined || !holdsFiles(path)) return undefined
      const open = (file: string) => openFile(file, relation, scan, undefined, followMs)
      return NewFiles.watch(path, followMs, positions.keys(), open)
    },
  }
}

/** Where all files were read before there need be none any more. */
const filesOf = (path: string, positions: ReadonlyMap<string, string>): readonly string[] =>
  positions.size === 0 ? filesAt(path) : filesNow(path)

/** Files that were read to their end may be gone. */
function assertRead(file: string, position: string): void {
  if (wasRead(position)) return
  throw new StreamdownError('DSD3004', `'${file}' is gone, and was read only up to ${position}: put it back.`)
}

async function openFile(
  path: string,
  relation: Relation,
  scan: ScanNode,
  position: string | undefined,
  followMs: number | undefined,
): Promise<PartitionReader> {
  if (followMs !== undefined) return openReader(path, relation, scan, position, followMs)
  return new WholeFile(await openReader(path, relation, scan, position && innerPosition(position), undefined))
}

async function openReader(
  path: string,
  relation: Relation,
  scan: ScanNode,
  position: string | undefined,
  followMs: number | undefined,
): Promise<PartitionReader> {
  const suffixes = suffixesOf(path)
  const format = formatOf(relation, suffixes.format)
  checkFormat(relation, format)
  const metadata = fileMetadata(path)
  if (format === 'parquet') {
    // Loaded when needed: a program without Parquet starts sooner.
    const { ParquetReader } = await import('./parquet.ts')
    return ParquetReader.open(path, relation, scan, Number(position ?? 0), metadata)
  }
  if (!isLines(format) && bytesOption(relation, fileOptions, 'source.start-offset') > 0) {
    refuseOption(
      relation,
      'source.start-offset',
      relation.options['source.start-offset'] ?? '',
      `nothing with ${format}`,
    )
  }
  const bytesFrom = (offset: string | undefined) => bytesOf(path, relation, suffixes.compression, offset, followMs)
  const blocks = blockReaders[format]
  if (blocks !== undefined) return blocks({ partition: path, relation, scan, position, bytes: bytesFrom, metadata })
  return new TextReader(bytesFrom(position), {
    partition: path,
    source: relation.name,
    inside: isInside(position),
    maxRecordBytes: maxRecordBytesOf(relation),
    decoder: memory => createDecoder(memory, { ...scan, relation }, format, metadata),
  })
}

function bytesOf(
  path: string,
  relation: Relation,
  compression: Compression,
  position: string | undefined,
  followMs: number | undefined,
): ByteSource {
  if (compression === 'none' && isStream(path)) {
    return new ByteQueue(createReadStream(path), {
      offset: offsetOf(position),
      ends: false,
      failed: error => readError(error, path),
    })
  }
  if (compression === 'none') {
    const start = bytesOption(relation, fileOptions, 'source.start-offset')
    const file = new PlainFile(path, position === undefined ? start : offsetOf(position), followMs)
    if (position === undefined) file.toLineStart()
    return file
  }
  if (followMs !== undefined) {
    throw new StreamdownError('DSD3002', `'${path}' is compressed: source.monitor-interval follows plain files only.`)
  }
  return new ByteQueue(decompressed(path, compression), {
    offset: offsetOf(position),
    ends: true,
    failed: error => readError(error, path),
  })
}

/** A pipe or device: it is read once, from its beginning. Throws DSD3003 where there is nothing. */
function isStream(path: string): boolean {
  try {
    return !statSync(path).isFile()
  } catch (error) {
    throw fileError(error, path)
  }
}

/** Flink's metadata columns of files. */
export function fileMetadata(path: string): (key: string) => Value {
  return key => {
    switch (key) {
      case 'file.path':
        return path
      case 'file.name':
        return basename(path)
      case 'file.size':
        return BigInt(statSync(path).size)
      case 'file.modification-time':
        return BigInt(Math.trunc(statSync(path).mtimeMs)) * 1000n
      default:
        throw new StreamdownError(
          'DSD3002',
          `Files have no metadata '${key}'; they have file.path, file.name, file.size and file.modification-time.`,
        )
    }
  }
}
