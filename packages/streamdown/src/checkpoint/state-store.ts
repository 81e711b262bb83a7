import type { StoredBytes } from './stored-bytes.ts'

/** Where checkpoints lie: bytes by name. One program has it open at a time. */
export interface StateStore {
  /** As the user named it, for messages. */
  readonly place: string
  names(): Promise<readonly string[]>
  /** Undefined where there is none of that name. Whoever opens it closes it. */
  open(name: string): Promise<StoredBytes | undefined>
  /**
   * The blocks one after the other; the next is asked for when the last is written, and may lie in the same memory.
   * Resolves when they will be there after a crash; a crash or an error before that leaves what was there under the name.
   */
  write(name: string, blocks: AsyncIterable<Uint8Array>): Promise<void>
  remove(name: string): Promise<void>
  /** Lets another program open it. */
  close(): Promise<void>
}
