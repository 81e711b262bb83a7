import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { joined } from '../../values/bytes.ts'
import { ByteParts } from './byte-parts.ts'
import { type Block, type ByteSource, HEAD_BYTES } from './byte-source.ts'

/** Bytes that wait at most before the stream behind is paused; more only when one record is longer. */
const QUEUE_BYTES = 4 * 1024 * 1024

/** Bytes of a stream that cannot be read again from the middle: decompressed files, standard input. */
export class ByteQueue implements ByteSource {
  readonly #stream: AsyncIterable<Uint8Array>
  readonly #failed: (error: unknown) => StreamdownError
  readonly #parts = new ByteParts()
  #offset: number
  #discard: number
  #head: Uint8Array = new Uint8Array(0)
  #stuckAt = -1
  #started = false
  #ended = false
  #closed = false
  #failure: StreamdownError | undefined
  #waiting: Promise<void> | undefined
  #wake: (() => void) | undefined
  #drained: (() => void) | undefined

  readonly #ends: boolean

  /**
   * `offset` bytes of the stream are passed over. `failed` makes the stream's error one with a code. `ends`: the
   * stream is one of a file, whose bytes are all there.
   */
  constructor(
    stream: AsyncIterable<Uint8Array>,
    { offset, ends, failed }: { offset: number; ends: boolean; failed: (error: unknown) => StreamdownError },
  ) {
    this.#stream = stream
    this.#ends = ends
    this.#offset = offset
    this.#discard = offset
    this.#failed = failed
  }

  get offset(): number {
    return this.#offset
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    if (this.#closed) return 'ended'
    if (this.#parts.length > 0 && (this.#ended || this.#parts.length > this.#stuckAt)) return 'ready'
    if (this.#failure !== undefined) return 'ready'
    return this.#ended ? 'ended' : 'waiting'
  }

  loading(): boolean {
    return this.#ends && this.state() === 'waiting'
  }

  head(): Uint8Array | undefined {
    const enough = this.#head.length >= HEAD_BYTES || this.#head.includes(0x0a)
    return enough || this.#ended ? this.#head : undefined
  }

  /** Also after the stream has failed the bytes before that are given: the failure comes behind them. */
  peek(memory: Memory, bytes: number): Block {
    if (this.#failure !== undefined && (this.#parts.length === 0 || this.#parts.length === this.#stuckAt))
      throw this.#failure
    const wanted = Math.min(bytes, this.#parts.length)
    const at = this.#parts.copy(memory, wanted)
    return { at, length: wanted, last: this.#ended && this.#failure === undefined && wanted === this.#parts.length }
  }

  skip(bytes: number): void {
    this.#offset += bytes
    this.#parts.drop(bytes)
    this.#stuckAt = -1
    this.#letOn()
  }

  needMore(): void {
    this.#stuckAt = this.#parts.length
    this.#letOn()
  }

  ready(): Promise<void> {
    if (!this.#started) {
      this.#started = true
      // Its failures are kept for `peek`.
      void this.#fill()
    }
    if (this.state() !== 'waiting') return Promise.resolve()
    this.#waiting ??= new Promise(resolve => {
      this.#wake = resolve
    })
    return this.#waiting
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#parts.clear()
    this.#letOn()
    this.#notify()
  }

  async #fill(): Promise<void> {
    try {
      for await (const part of this.#stream) {
        if (this.#closed) return
        this.#take(part)
        while (this.#parts.length >= QUEUE_BYTES && this.#parts.length > this.#stuckAt && !this.#closed) {
          await new Promise<void>(resolve => {
            this.#drained = resolve
          })
        }
      }
      if (this.#discard > 0) {
        this.#failure = new StreamdownError(
          'DSD3004',
          `The input is ${this.#discard} bytes shorter than what was read of it before.`,
        )
      }
    } catch (error) {
      this.#failure = this.#failed(error)
    }
    this.#ended = true
    this.#notify()
  }

  #take(part: Uint8Array): void {
    if (this.#head.length < HEAD_BYTES) this.#head = joined([this.#head, part.slice(0, HEAD_BYTES - this.#head.length)])
    const passed = Math.min(this.#discard, part.length)
    this.#discard -= passed
    if (passed < part.length) this.#parts.add(part.subarray(passed))
    if (this.state() === 'ready') this.#notify()
  }

  #letOn(): void {
    this.#drained?.()
    this.#drained = undefined
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = undefined
    this.#waiting = undefined
  }
}
