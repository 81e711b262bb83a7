import type { Memory } from '../../batch/memory.ts'
import { PADDING } from '../../formats/format.ts'
import type { Block, ByteSource } from './byte-source.ts'

/**
 * Bytes that requests brought and no step has taken: whole lines, at most so many. A body that is on its way holds its
 * place from its first byte on, so that many requests at once keep within the limit too.
 */
export class HttpQueue implements ByteSource {
  readonly #limit: number
  readonly #onClose: () => Promise<void>
  #parts: Uint8Array[] = []
  #bytes = 0
  #held = 0
  #offset = 0
  #closed = false
  #waiting: PromiseWithResolvers<void> | undefined

  constructor(limit: number, onClose: () => Promise<void>) {
    this.#limit = limit
    this.#onClose = onClose
  }

  get offset(): number {
    return this.#offset
  }

  /** Room for more bytes of a body; false when there is none. */
  hold(bytes: number): boolean {
    if (this.#closed || this.#bytes + this.#held + bytes > this.#limit) return false
    this.#held += bytes
    return true
  }

  /** Gives up the room of a body. */
  release(bytes: number): void {
    this.#held -= bytes
  }

  add(lines: Uint8Array): void {
    if (lines.length === 0 || this.#closed) return
    this.#parts.push(lines)
    this.#bytes += lines.length
    this.#notify()
  }

  state(): 'ready' | 'idle' | 'ended' {
    if (this.#bytes > 0) return 'ready'
    return this.#closed ? 'ended' : 'idle'
  }

  /** Nothing: a stream of requests has no header. */
  head(): Uint8Array {
    return new Uint8Array(0)
  }

  peek(memory: Memory, bytes: number): Block {
    const wanted = Math.min(bytes, this.#bytes)
    const at = memory.chunk(wanted + PADDING)
    const into = memory.u8(at, wanted)
    let filled = 0
    for (const part of this.#parts) {
      if (filled === wanted) break
      const piece = part.subarray(0, wanted - filled)
      into.set(piece, filled)
      filled += piece.length
    }
    // What waits ends with a line break: when all of it is shown, no record goes on behind.
    return { at, length: wanted, last: wanted === this.#bytes }
  }

  skip(bytes: number): void {
    this.#offset += bytes
    this.#bytes -= bytes
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

  /** Never comes to it: whole records are all that is here. */
  needMore(): void {
    this.#waiting ??= Promise.withResolvers()
  }

  ready(): Promise<void> {
    if (this.state() !== 'idle') return Promise.resolve()
    this.#waiting ??= Promise.withResolvers()
    return this.#waiting.promise
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#notify()
    await this.#onClose()
  }

  #notify(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }
}
