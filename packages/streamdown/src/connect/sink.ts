import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'

/**
 * Takes epochs (one or more steps). `write` is called in the worker with the consolidated changes of a step: columns
 * of the sink, weights -1 before +1 of a key. `flush` makes what was written so far visible (or prepares it when the
 * sink is transactional); the scheduler awaits it between steps and waits while `backlog()` is over its budget.
 */
export interface Sink {
  readonly accepts: 'append' | 'upsert' | 'retract'
  readonly delivery: 'at-least-once' | 'exactly-once'
  open(): Promise<void>
  write(batch: Batch, memory: Memory, epoch: bigint): void
  /** Bytes that were written and not yet delivered. */
  backlog(): number
  flush(): Promise<void>
  prepare(epoch: bigint): Promise<string>
  commit(epoch: bigint, prepared: string): Promise<void>
  abort(epoch: bigint): Promise<void>
  close(): Promise<void>
}
