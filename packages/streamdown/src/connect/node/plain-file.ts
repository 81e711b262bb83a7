import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { PADDING } from '../../formats/format.ts'
import { type Block, type ByteSource, HEAD_BYTES } from './byte-source.ts'
import { fileError } from './file-paths.ts'

/**
 * A plain file, read straight into linear memory when it is asked for: what the page cache holds costs one copy, and
 * nothing is carried over from one read to the next. With `followMs` it is looked at again and again for more.
 */
export class PlainFile implements ByteSource {
  readonly #path: string
  readonly #followMs: number | undefined
  readonly #file: number
  readonly #inode: number
  #size: number
  #offset: number
  #stuckAt = -1
  #looked = false
  #failure: StreamdownError | undefined
  #timer: NodeJS.Timeout | undefined
  #waiting: Promise<void> | undefined
  #wake: (() => void) | undefined
  #closed = false

  constructor(path: string, offset: number, followMs: number | undefined) {
    this.#path = path
    this.#followMs = followMs
    try {
      this.#file = openSync(path, 'r')
      const { size, ino } = fstatSync(this.#file)
      this.#size = size
      this.#inode = ino
    } catch (error) {
      throw fileError(error, path)
    }
    this.#offset = offset
    if (offset > this.#size) this.#failure = this.#truncated()
  }

  get offset(): number {
    return this.#offset
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    if (this.#closed) return 'ended'
    if (this.#failure !== undefined) return 'ready'
    if (this.#offset < this.#size && this.#stuckAt < this.#size) return 'ready'
    if (this.#followMs === undefined) return 'ended'
    return this.#looked ? 'idle' : 'waiting'
  }

  /** Until it was looked at once. */
  loading(): boolean {
    return this.state() === 'waiting'
  }

  head(): Uint8Array {
    const bytes = new Uint8Array(Math.min(HEAD_BYTES, this.#size))
    return bytes.subarray(0, this.#read(bytes, 0))
  }

  /** Moves on to the start of the next line, unless a line starts here. */
  toLineStart(): void {
    if (this.#offset === 0) return
    const bytes = new Uint8Array(HEAD_BYTES)
    for (let from = this.#offset - 1; ; from += HEAD_BYTES) {
      const length = this.#read(bytes, from)
      const newline = bytes.subarray(0, length).indexOf(0x0a)
      this.#offset = from + (newline < 0 ? length : newline + 1)
      if (newline >= 0 || length < HEAD_BYTES) return
    }
  }

  peek(memory: Memory, bytes: number): Block {
    if (this.#failure !== undefined) throw this.#failure
    const wanted = Math.min(bytes, this.#size - this.#offset)
    const at = memory.chunk(wanted + PADDING)
    const length = this.#read(memory.u8(at, wanted), this.#offset)
    if (length < wanted) {
      this.#failure = this.#truncated()
      throw this.#failure
    }
    return { at, length, last: this.#followMs === undefined && this.#offset + length >= this.#size }
  }

  skip(bytes: number): void {
    this.#offset += bytes
  }

  needMore(): void {
    this.#stuckAt = this.#size
  }

  ready(): Promise<void> {
    const state = this.state()
    if (state === 'ready' || state === 'ended') return Promise.resolve()
    if (!this.#looked) {
      this.#look()
      return Promise.resolve()
    }
    // Asked again before the time has come, the same wait goes on.
    this.#waiting ??= new Promise(resolve => {
      this.#wake = resolve
      this.#timer = setTimeout(() => {
        this.#look()
        this.#stopWaiting()
      }, this.#followMs)
    })
    return this.#waiting
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    this.#stopWaiting()
    closeSync(this.#file)
  }

  #stopWaiting(): void {
    this.#wake?.()
    this.#wake = undefined
    this.#waiting = undefined
  }

  /** Asks the file system whether the file has grown, shrunk or been replaced. */
  #look(): void {
    this.#looked = true
    try {
      const { size, ino } = statSync(this.#path)
      if (ino !== this.#inode && this.#offset >= fstatSync(this.#file).size) {
        this.#failure = new StreamdownError(
          'DSD3004',
          `'${this.#path}' was replaced by another file while it was followed; ${this.#offset} bytes of the old one were read.`,
        )
      } else if (ino === this.#inode && size < this.#offset) this.#failure = this.#truncated()
      else this.#size = Math.max(this.#size, fstatSync(this.#file).size)
    } catch (error) {
      this.#failure = fileError(error, this.#path)
    }
    if (this.#offset < this.#size) this.#looked = this.#stuckAt >= this.#size
  }

  #read(into: Uint8Array, from: number): number {
    let length = 0
    try {
      while (length < into.length) {
        const read = readSync(this.#file, into, length, into.length - length, from + length)
        if (read === 0) break
        length += read
      }
    } catch (error) {
      throw fileError(error, this.#path)
    }
    return length
  }

  #truncated(): StreamdownError {
    return new StreamdownError(
      'DSD3004',
      `'${this.#path}' is shorter than the ${this.#offset} bytes that were read of it: it was truncated.`,
    )
  }
}
