import { StreamdownError } from '../errors/error.ts'
import { parseByteSize } from '../values/byte-size.ts'

/** A size in units of 1024: `'512 mb'`, `'4gb'`. */
export type ByteSize = `${number}${'' | ' '}${'kb' | 'mb' | 'gb' | 'KB' | 'MB' | 'GB'}`

/** Bytes of a size. @throws StreamdownError DSD5007 for anything that is not a whole number and a unit. */
export function byteSizeOf(size: string): number {
  const bytes = parseByteSize(size)
  if (bytes !== undefined) return bytes
  throw new StreamdownError('DSD5007', `${JSON.stringify(size)} is no size: write it as '512 mb'.`)
}
