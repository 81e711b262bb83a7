import { StreamdownError } from '../errors/error.ts'
import { parseByteSize } from '../values/byte-size.ts'
import { shown } from './given.ts'

/** A size in units of 1024: `'512 mb'`, `'4gb'`. */
export type ByteSize = `${number}${'' | ' '}${'kb' | 'mb' | 'gb' | 'KB' | 'MB' | 'GB'}`

/** Bytes of a size. @throws StreamdownError DSD5007 for anything that is not a whole number and a unit. */
export function byteSizeOf(size: string): number {
  const bytes = typeof size === 'string' ? parseByteSize(size) : undefined
  if (bytes !== undefined) return bytes
  throw new StreamdownError('DSD5007', `${shown(size)} is no size: write it as '512 mb'.`)
}
