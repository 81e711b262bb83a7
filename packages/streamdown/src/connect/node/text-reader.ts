import { type Batch, CHUNK_ROWS } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import type { Decoder } from '../../formats/format.ts'
import type { DeadLetters, PartitionReader } from '../source.ts'
import type { ByteSource } from './byte-source.ts'

const SMALLEST_BLOCK = 16 * 1024
const LARGEST_BLOCK = 4 * 1024 * 1024
/** Of a record over the limit, so much goes into its dead letter. */
const RAW_BYTES = 64 * 1024

export interface TextReaderOptions {
  readonly partition: string
  /** The table's name, for dead letters. */
  readonly source: string
  /** The bytes begin inside of a record that was over the limit. Default: false. */
  readonly inside?: boolean
  readonly maxRecordBytes: number
  readonly decoder: (memory: Memory) => Decoder
}

/** What a position says behind its offset where that is inside of a record over the limit. */
const INSIDE = ' inside'

export const isInside = (position: string | undefined): boolean => position?.endsWith(INSIDE) === true

export const offsetOf = (position: string | undefined): number => Number(position?.replace(INSIDE, '') ?? 0)

/**
 * Decodes the records of a byte source, block by block; a position is the offset of a record's first byte, or one inside
 * of a record over the limit, whose dead letter was written.
 */
export class TextReader implements PartitionReader {
  readonly partition: string
  readonly #bytes: ByteSource
  readonly #options: TextReaderOptions
  #decoder: Decoder | undefined
  #memory: Memory | undefined
  /** Bytes of a record, as the records so far had on average. */
  #average = 256
  /** Inside of a record that is over the limit: its bytes are passed over up to the next line break. */
  #passing: boolean
  /** Behind damage no record can be found: the input ends there, and its position stays in front of it. */
  #lost = false

  constructor(bytes: ByteSource, options: TextReaderOptions) {
    this.#bytes = bytes
    this.#options = options
    this.partition = options.partition
    this.#passing = options.inside === true
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    return this.#lost ? 'ended' : this.#bytes.state()
  }

  loading(): boolean {
    return !this.#lost && this.#bytes.loading()
  }

  position(): string {
    return this.#passing ? this.#bytes.offset + INSIDE : String(this.#bytes.offset)
  }

  ready(): Promise<void> {
    return this.#lost ? Promise.resolve() : this.#bytes.ready()
  }

  close(): Promise<void> {
    return this.#bytes.close()
  }

  read(maxRows: number, memory: Memory, dead: DeadLetters): Batch | undefined {
    const decoder = this.#start(memory)
    if (decoder === undefined) return undefined
    const rows = Math.min(maxRows, CHUNK_ROWS)
    // Most blocks then hold a few more records than asked for: the rest is read again, which is cheaper than keeping it.
    let wanted = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, Math.ceil(this.#average * rows * 1.02) + 512))
    for (;;) {
      const mark = memory.mark()
      const block = this.#bytes.peek(memory, wanted)
      if (block.length === 0) {
        this.#bytes.needMore()
        return undefined
      }
      if (this.#passing) {
        const newline = memory.u8(block.at, block.length).indexOf(0x0a)
        this.#passing = newline < 0
        this.#bytes.skip(newline < 0 ? block.length : newline + 1)
        return undefined
      }
      const decoded = decoder.decode(block.at, block.length, rows, block.last)
      if (decoded.lost !== undefined) {
        this.#bury(dead, decoded.lost.offset, decoded.lost.raw, decoded.lost.problem)
        this.#lost = true
      }
      if (decoded.consumed > 0) {
        for (const { offset, raw, problem } of decoded.dead) this.#bury(dead, offset, raw, problem)
        const records = decoded.batch.rows + decoded.dead.length
        if (records > 0) this.#average += (decoded.consumed / records - this.#average) * (records > 64 ? 1 : 0.1)
        this.#bytes.skip(decoded.consumed)
        return decoded.batch.rows === 0 ? undefined : decoded.batch
      }
      if (this.#lost) return undefined
      if (wanted > this.#options.maxRecordBytes) {
        const raw = memory.u8(block.at, Math.min(block.length, RAW_BYTES)).slice()
        this.#bury(
          dead,
          0,
          raw,
          `record longer than ${this.#options.maxRecordBytes} bytes (its beginning is kept here)`,
        )
        if (decoder.framing === 'lengths') this.#lost = true
        else {
          this.#passing = true
          this.#bytes.skip(block.length)
        }
        return undefined
      }
      memory.release(mark)
      if (block.length < wanted) {
        this.#bytes.needMore()
        return undefined
      }
      wanted = Math.min(wanted * 2, this.#options.maxRecordBytes + 1)
    }
  }

  /** The decoder, once it has seen the head of the partition. */
  #start(memory: Memory): Decoder | undefined {
    if (this.#decoder !== undefined && this.#memory === memory) return this.#decoder
    const decoder = this.#options.decoder(memory)
    const head = decoder.framing === 'lengths' ? new Uint8Array(0) : this.#bytes.head()
    if (head === undefined) {
      this.#bytes.needMore()
      return undefined
    }
    const passed = decoder.start(head)
    if (this.#bytes.offset < passed) this.#bytes.skip(passed - this.#bytes.offset)
    this.#decoder = decoder
    this.#memory = memory
    return decoder
  }

  #bury(dead: DeadLetters, offset: number, raw: Uint8Array, problem: string): void {
    dead.add({
      source: this.#options.source,
      position: `${this.partition}:${this.#bytes.offset + offset}`,
      raw,
      code: 'DSD4001',
      problem,
    })
  }
}
