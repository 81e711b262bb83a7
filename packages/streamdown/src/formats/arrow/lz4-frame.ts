// Frames of LZ4 (lz4.org, "LZ4 Frame Format Description" 1.6.1 and "LZ4 Block Format Description"), unpacked. Checksums
// are passed over: what they protect is checked by who reads the bytes.

const MAGIC = 0x184d2204
const LEAST_MATCH = 4
/** The high bit of a block's size: it is not packed. */
const PLAIN = 0x80000000

/** The bytes of a frame, at most `most`. Throws an Error where it is none or damaged. */
export function unpackLz4Frame(bytes: Uint8Array, most: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw new Error('an LZ4 frame without its magic')
  const flags = view.getUint8(4)
  if (flags >> 6 !== 1) throw new Error(`an LZ4 frame of version ${flags >> 6}`)
  const [hasBlockChecksum, hasSize, hasDictionary] = [flags & 16, flags & 8, flags & 1]
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0)
  const out = new Output(hasSize ? Number(view.getBigUint64(6, true)) : bytes.length * 4, most)
  for (;;) {
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) return out.bytes()
    const length = size & ~PLAIN
    if (at + length > bytes.length) throw new Error('an LZ4 block that is cut off')
    const block = bytes.subarray(at, at + length)
    if (size >= PLAIN) out.append(block)
    else unpackBlock(block, out)
    at += length + (hasBlockChecksum ? 4 : 0)
  }
}

/** Sequences of literals and a match in what was unpacked before, of earlier blocks, too. */
function unpackBlock(block: Uint8Array, out: Output): void {
  let at = 0
  const next = (): number => {
    const byte = block[at++]
    if (byte === undefined) throw new Error('an LZ4 block that ends in a sequence')
    return byte
  }
  /** 15 says that bytes follow which are added, the last one below 255. */
  const lengthOf = (nibble: number): number => {
    let length = nibble
    if (nibble < 15) return length
    for (let more = 255; more === 255; length += more) more = next()
    return length
  }
  while (at < block.length) {
    const token = next()
    const literals = lengthOf(token >> 4)
    if (at + literals > block.length) throw new Error('an LZ4 block with fewer literals than it says')
    out.append(block.subarray(at, at + literals))
    at += literals
    if (at === block.length) return
    const distance = next() | (next() << 8)
    out.repeat(distance, lengthOf(token & 15) + LEAST_MATCH)
  }
}

class Output {
  #bytes: Uint8Array
  #length = 0
  readonly #most: number

  constructor(expected: number, most: number) {
    this.#bytes = new Uint8Array(Math.min(expected, most))
    this.#most = most
  }

  append(more: Uint8Array): void {
    this.#reserve(more.length)
    this.#bytes.set(more, this.#length)
    this.#length += more.length
  }

  /** What stands `distance` bytes before, which may run into what it writes. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length) throw new Error(`an LZ4 match ${distance} bytes back`)
    this.#reserve(length)
    const from = this.#length - distance
    if (distance >= length) this.#bytes.copyWithin(this.#length, from, from + length)
    else for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = this.#bytes[from + i] ?? 0
    this.#length += length
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    if (needed > this.#most) throw new Error(`an LZ4 frame of more than ${this.#most} bytes`)
    const grown = new Uint8Array(Math.min(this.#most, Math.max(needed, this.#bytes.length * 2)))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
