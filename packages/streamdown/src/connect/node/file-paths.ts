import { existsSync, globSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StreamdownError } from '../../errors/error.ts'

/** A path as it is given in options: a `file:` URL is one, too. */
export const pathOf = (path: string): string => (path.startsWith('file:') ? fileURLToPath(path) : path)

/** A file whose very name has such characters is itself. */
const isGlob = (path: string): boolean => /[*?[{]/.test(path) && !existsSync(path)

/** Whether a path stands for the files that are found there: a directory or a glob. Throws DSD3003 where nothing is. */
export function holdsFiles(path: string): boolean {
  const place = pathOf(path)
  try {
    return isGlob(place) || statSync(place).isDirectory()
  } catch (error) {
    throw fileError(error, path)
  }
}

/**
 * The files behind a path: the file, the files of a directory (none that start with a dot or an underscore), or those
 * that a glob finds; sorted. Throws DSD3003 where there is none or it cannot be read.
 */
export function filesAt(path: string): readonly string[] {
  const files = filesNow(path)
  if (files.length > 0) return files
  throw new StreamdownError(
    'DSD3003',
    isGlob(pathOf(path)) ? `No file matches '${path}'.` : `Directory '${path}' holds no files.`,
  )
}

/** The same, and none where there is none yet. */
export function filesNow(path: string): readonly string[] {
  const place = pathOf(path)
  try {
    if (isGlob(place)) {
      return globSync(place)
        .filter(each => statSync(each).isFile())
        .sort()
    }
    if (!statSync(place).isDirectory()) return [place]
    return readdirSync(place, { withFileTypes: true })
      .filter(entry => entry.isFile() && !/^[._]/.test(entry.name))
      .map(entry => join(place, entry.name))
      .sort()
  } catch (error) {
    throw fileError(error, path)
  }
}

/** An error of the file system with its code, path and reason. */
export function fileError(error: unknown, path: string): StreamdownError {
  if (error instanceof StreamdownError) return error
  return new StreamdownError('DSD3003', `'${path}': ${reasonOf(error)}.`, { cause: error })
}

/** What went wrong while rows were written to a file that is open: no space, mostly. */
export function writeError(error: unknown, path: string): StreamdownError {
  return new StreamdownError('DSD6001', `'${path}': ${reasonOf(error)}.`, { cause: error })
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or directory',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of the path is no directory',
    ENOSPC: 'no space is left on the device',
    EMFILE: 'too many files are open',
  }
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

/** What went wrong while a file's contents were read: the system's fault, or damage. */
export function readError(error: unknown, path: string): StreamdownError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof StreamdownError || code.startsWith('E')) return fileError(error, path)
  const what = error instanceof Error ? error.message : String(error)
  return new StreamdownError(
    'DSD3004',
    `'${path}' is truncated or damaged (${what}); the records before that were read.`,
    { cause: error },
  )
}

export type Compression = 'none' | 'gzip' | 'zstd' | 'brotli'

const compressions: Readonly<Record<string, Compression>> = { gz: 'gzip', zst: 'zstd', br: 'brotli' }

/** What a file's name says: its format, where known, and its compression. */
export function suffixesOf(path: string): { readonly format: string | undefined; readonly compression: Compression } {
  const parts = basename(path).toLowerCase().split('.').slice(1)
  const compression = compressions[parts.at(-1) ?? ''] ?? 'none'
  const suffix = compression === 'none' ? parts.at(-1) : parts.at(-2)
  const format = suffix === undefined ? undefined : formatBySuffix[suffix]
  return { format, compression }
}

const formatBySuffix: Readonly<Record<string, string>> = {
  ndjson: 'json',
  jsonl: 'json',
  json: 'json',
  csv: 'csv',
  tsv: 'csv',
  parquet: 'parquet',
  avro: 'avro',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  msgpack: 'msgpack',
  txt: 'raw',
  log: 'raw',
}
