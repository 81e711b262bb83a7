import { readFile } from 'node:fs/promises'
import type { ByteSize } from '../api/byte-size.ts'
import { StreamdownError } from '../errors/error.ts'
import type { SessionOptions } from '../session/session.ts'
import { KEY_GROUPS } from '../state/state-table.ts'
import { parseByteSize } from '../values/byte-size.ts'

/** `--set a=b --set c=d` as settings. */
export function settingsOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw new StreamdownError('DSD8001', `--set takes NAME=VALUE, not '${pair}'`)
    settings[pair.slice(0, at)] = pair.slice(at + 1)
  }
  return settings
}

export function sessionOptionsOf(set: readonly string[], workers: string | undefined): SessionOptions {
  const { dialect, ...settings } = settingsOf(set)
  if (dialect !== undefined && dialect !== 'flink' && dialect !== 'postgres') {
    throw new StreamdownError('DSD8001', `dialect is flink or postgres, not '${dialect}'`)
  }
  return {
    settings,
    ...(dialect === undefined ? {} : { dialect }),
    ...(workers === undefined ? {} : { workers: workersOf(workers) }),
  }
}

/** Keys belong to groups, and groups to workers: more workers than groups would have nothing to do. */
export function workersOf(text: string): number {
  const workers = wholeNumber('--workers', text)
  if (workers >= 1 && workers <= KEY_GROUPS) return workers
  throw new StreamdownError('DSD8001', `--workers takes a number from 1 to ${KEY_GROUPS}, not '${text}'`)
}

export function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new StreamdownError('DSD8001', `${option} takes a whole number, not '${text}'`)
  }
  return Number(text)
}

/** A size such as '512 mb', as `run` takes it. */
export function byteSize(option: string, text: string): ByteSize {
  const bytes = parseByteSize(text)
  if (bytes === undefined)
    throw new StreamdownError('DSD8001', `${option} takes a size such as '512 mb', not '${text}'`)
  return `${Math.ceil(bytes / 1024)}kb`
}

export async function readProgram(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new StreamdownError('DSD8001', `${path} is no text in UTF-8`)
  }
}

/** Why a program cannot be read, in plain words. */
export function unreadable(path: string, error: unknown): StreamdownError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `there is no file ${path}`,
    EISDIR: `${path} is a directory`,
    EACCES: `${path} may not be read`,
  }
  const message = error instanceof Error ? error.message : String(error)
  return new StreamdownError('DSD8001', reasons[code] ?? `${path} cannot be read: ${message}`, { cause: error })
}

export function oneFile(positionals: readonly string[], command: string): string {
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0)
    throw new StreamdownError('DSD8001', `${command} takes one FILE.sql or FILE.ts`)
  return file
}
