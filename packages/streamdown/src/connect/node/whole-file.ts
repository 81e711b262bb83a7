import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import type { DeadLetters, PartitionReader } from '../source.ts'

const READ = ' read'

/** A file that ends: its position says when it was read to its end, and may be gone by the next start. */
export class WholeFile implements PartitionReader {
  readonly partition: string
  readonly #reader: PartitionReader
  /** Where it was when it was closed: a closed file has no end to be seen. */
  #left: string | undefined

  constructor(reader: PartitionReader) {
    this.#reader = reader
    this.partition = reader.partition
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    return this.#reader.state()
  }

  loading(): boolean {
    return this.#reader.loading?.() ?? false
  }

  read(maxRows: number, memory: Memory, dead: DeadLetters): Batch | undefined {
    return this.#reader.read(maxRows, memory, dead)
  }

  position(): string {
    if (this.#left !== undefined) return this.#left
    return this.state() === 'ended' ? this.#reader.position() + READ : this.#reader.position()
  }

  ready(): Promise<void> {
    return this.#reader.ready()
  }

  close(): Promise<void> {
    this.#left = this.position()
    return this.#reader.close()
  }
}

export const wasRead = (position: string): boolean => position.endsWith(READ)

/** The position that the file's own reader gave. */
export const innerPosition = (position: string): string =>
  wasRead(position) ? position.slice(0, -READ.length) : position
