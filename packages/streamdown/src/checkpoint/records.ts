import { endsEarly, type StoredBytes } from './stored-bytes.ts'

/**
 * What is kept is a sequence of records, so that it is made and read without being in memory as a whole. A record is a
 * text (JSON) and bytes of which the text tells the meaning: `DSD3`, the length of the text (u32), that of the bytes
 * (u64), the text, the bytes. Numbers are big-endian.
 */
const MAGIC = 0x44_53_44_33
const PREFIX = 16

/** In parts, so that nothing is copied. */
export function* record(text: string, parts: readonly Uint8Array[] = []): Iterable<Uint8Array> {
  const encoded = new TextEncoder().encode(text)
  const head = new Uint8Array(PREFIX + encoded.length)
  const view = new DataView(head.buffer)
  view.setUint32(0, MAGIC)
  view.setUint32(4, encoded.length)
  view.setBigUint64(8, BigInt(parts.reduce((sum, part) => sum + part.length, 0)))
  head.set(encoded, PREFIX)
  yield head
  yield* parts
}

export interface StoredRecord {
  readonly text: string
  /** Where its bytes are. */
  readonly at: number
  readonly length: number
}

/** The records one after the other; of their bytes none are read. @throws RangeError at what is none. */
export function* recordsIn(stored: StoredBytes): Iterable<StoredRecord> {
  let at = 0
  while (at < stored.length) {
    const prefix = stored.read(at, PREFIX)
    const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX)
    if (view.getUint32(0) !== MAGIC) throw new RangeError(`no record of Data-Streamdown begins at byte ${at}`)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(stored.read(at + PREFIX, view.getUint32(4)))
    const begin = at + PREFIX + view.getUint32(4)
    const length = Number(view.getBigUint64(8))
    at = begin + length
    if (at > stored.length) throw endsEarly(stored.length)
    yield { text, at: begin, length }
  }
}
