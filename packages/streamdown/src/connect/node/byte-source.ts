import type { Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'

/** Bytes that lie in chunk memory, with the decoder's padding behind them. `last`: the input ends with them. */
export interface Block {
  readonly at: Pointer
  readonly length: number
  readonly last: boolean
}

/**
 * The bytes of one partition, in order. `peek` shows bytes from `offset` on without taking them; `skip` takes them.
 * When they hold no whole record, `needMore` says so: `state` is not 'ready' again before there are more.
 */
export interface ByteSource {
  readonly offset: number
  state(): 'ready' | 'idle' | 'waiting' | 'ended'
  /** True while it is `waiting` for what is sure to come. */
  loading(): boolean
  /** The partition's first bytes, whole lines where it has any that short; undefined when they are not there yet. */
  head(): Uint8Array | undefined
  /** Throws a StreamdownError when the input cannot be read any further. */
  peek(memory: Memory, bytes: number): Block
  skip(bytes: number): void
  needMore(): void
  ready(): Promise<void>
  close(): Promise<void>
}

/** Bytes at a partition's start that a header may take. */
export const HEAD_BYTES = 64 * 1024
