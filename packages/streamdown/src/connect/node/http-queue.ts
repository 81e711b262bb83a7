import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { ByteParts } from './byte-parts.ts'
import type { Block, ByteSource } from './byte-source.ts'

/**
 * Bytes that requests brought and no step has taken: whole lines, at most so many. A body that is on its way holds its
 * place from its first byte on, so that many requests at once keep within the limit too.
 */
export class HttpQueue implements ByteSource {
  readonly #limit: number
  readonly #onClose: () => Promise<void>
  readonly #lines = new ByteParts()
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
    if (this.#closed || this.#lines.length + this.#held + bytes > this.#limit) return false
    this.#held += bytes
    return true
  }

  /** Gives up the room of a body. */
  release(bytes: number): void {
    this.#held -= bytes
  }

  add(lines: Uint8Array): void {
    if (lines.length === 0 || this.#closed) return
    this.#lines.add(lines)
    this.#notify()
  }

  /** Nobody knows what will be sent. */
  loading(): boolean {
    return false
  }

  state(): 'ready' | 'idle' | 'ended' {
    if (this.#lines.length > 0) return 'ready'
    return this.#closed ? 'ended' : 'idle'
  }

  /** Nothing: a stream of requests has no header. */
  head(): Uint8Array {
    return new Uint8Array(0)
  }

  peek(memory: Memory, bytes: number): Block {
    const wanted = Math.min(bytes, this.#lines.length)
    const at = this.#lines.copy(memory, wanted)
    // What waits ends with a line break: when all of it is shown, no record goes on behind.
    return { at, length: wanted, last: wanted === this.#lines.length }
  }

  skip(bytes: number): void {
    this.#offset += bytes
    this.#lines.drop(bytes)
  }

  /** Whole records are all that is here, so a decoder that takes none is a defect. */
  needMore(): void {
    throw new StreamdownError('DSD9002', 'A decoder took nothing of whole records.')
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
