import type { StoredBytes } from './stored-bytes.ts'

const BLOCK_BYTES = 2 ** 20

/** The bytes of all parts in blocks of one size, the last one aside. A block is valid until the next one is asked for. */
export function* inBlocks(parts: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES)
  let used = 0
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const piece = part.subarray(at, at + BLOCK_BYTES - used)
      block.set(piece, used)
      used += piece.length
      at += piece.length
      if (used < BLOCK_BYTES) continue
      yield block
      used = 0
    }
  }
  if (used > 0) yield block.subarray(0, used)
}

export function* blocksOf(stored: StoredBytes): Iterable<Uint8Array> {
  for (let at = 0; at < stored.length; at += BLOCK_BYTES) {
    yield stored.read(at, Math.min(BLOCK_BYTES, stored.length - at))
  }
}

/** Adds up what passes: how many bytes, and the SHA-256 of the SHA-256s of all blocks. (WebCrypto has none in steps.) */
export class BlockDigest {
  bytes = 0
  readonly #sums: Uint8Array[] = []

  async *through(blocks: Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for (const block of blocks) {
      await this.add(block)
      yield block
    }
  }

  async add(block: Uint8Array): Promise<void> {
    this.bytes += block.length
    this.#sums.push(await digest(block))
  }

  async sum(): Promise<string> {
    const sums = new Uint8Array(this.#sums.length * 32)
    for (const [index, sum] of this.#sums.entries()) sums.set(sum, index * 32)
    return hex(await digest(sums))
  }
}

/** SHA-256 of a text. */
export const textDigest = async (text: string): Promise<string> => hex(await digest(new TextEncoder().encode(text)))

const digest = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))

const hex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
