import type { Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { PADDING } from '../../formats/format.ts'

/** Bytes in pieces as they came: added behind, taken in front, without being joined. */
export class ByteParts {
  #parts: Uint8Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  add(part: Uint8Array): void {
    this.#parts.push(part)
    this.#length += part.length
  }

  /** Copies the first bytes to chunk memory, with room for the decoder's padding behind. */
  copy(memory: Memory, bytes: number): Pointer {
    const at = memory.chunk(bytes + PADDING)
    const into = memory.u8(at, bytes)
    let filled = 0
    for (const part of this.#parts) {
      if (filled === bytes) break
      const piece = part.subarray(0, bytes - filled)
      into.set(piece, filled)
      filled += piece.length
    }
    return at
  }

  drop(bytes: number): void {
    this.#length -= bytes
    let left = bytes
    let whole = 0
    for (const part of this.#parts) {
      if (part.length > left) break
      left -= part.length
      whole += 1
    }
    this.#parts.splice(0, whole)
    const [first] = this.#parts
    if (left > 0 && first !== undefined) this.#parts[0] = first.subarray(left)
  }

  clear(): void {
    this.#parts = []
    this.#length = 0
  }
}
