import { StreamdownError } from '../../errors/error.ts'
import type { SpillStore } from './spill-store.ts'

/** A store in memory that is full after so many bytes, and says how much it holds. */
export class MemoryStore implements SpillStore {
  readonly #capacity: number
  readonly #bytes = new Map<string, Uint8Array>()
  /** Bytes that were written in all. */
  written = 0
  closed = false

  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity
  }

  get held(): number {
    return [...this.#bytes.values()].reduce((sum, { length }) => sum + length, 0)
  }

  write(name: string, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    this.#bytes.delete(name)
    if (this.held + length > this.#capacity) {
      throw new StreamdownError('DSD7103', 'the store is full.')
    }
    const bytes = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    this.#bytes.set(name, bytes)
    this.written += length
  }

  read(name: string, parts: readonly Uint8Array[]): void {
    const bytes = this.#bytes.get(name) ?? new Uint8Array(0)
    let at = 0
    if (parts.reduce((sum, part) => sum + part.length, 0) > bytes.length) {
      throw new StreamdownError('DSD7103', `${name} ends after ${bytes.length} bytes.`)
    }
    for (const part of parts) {
      part.set(bytes.subarray(at, at + part.length))
      at += part.length
    }
  }

  remove(name: string): void {
    this.#bytes.delete(name)
  }

  close(): void {
    this.#bytes.clear()
    this.closed = true
  }
}
