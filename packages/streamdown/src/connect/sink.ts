import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'

/**
 * Takes epochs: the steps between two points at which a program's state is saved, named by their last step. In this
 * order the scheduler calls
 *
 * 1. `open` once; `from` is what `prepare` answered in the snapshot that the program goes on from: a transactional sink
 *    takes back what was written behind it, and finishes commits that were not seen to end;
 * 2. `write` within steps, in the worker, with the consolidated changes of one step: columns of the sink, weights -1
 *    before +1 of a key. It never waits. Between steps `flush` when `backlog()` is over its budget, nothing is there to
 *    take, or the program ends: it resolves when what was written so far has left the process, or is safely kept;
 * 3. `prepare(epoch)` between steps: all that was written up to that step can be committed whatever happens. Its answer
 *    is kept with the program's state. Steps go on, so that several epochs may be open;
 * 4. `commit(epoch, prepared)` when that state is kept: readers may see the epoch. It may be repeated, also by another
 *    process after a restart, and must not write anything twice;
 * 5. `abort(step)` when the program fails within a step: what the step has written is dropped, what the finished steps
 *    before it have written goes out at `close` (a sink whose output appears as a whole drops all of it);
 * 6. `close` once, also after `abort`.
 *
 * A sink that is not transactional delivers at `flush`, prepares nothing and has nothing to commit: it repeats rows
 * after a restart, and promises `at-least-once`.
 */
export interface Sink {
  readonly accepts: 'append' | 'upsert' | 'retract'
  readonly delivery: 'at-least-once' | 'exactly-once'
  /**
   * A place where two sinks would spoil each other's rows: in any program, or in one that saves its state. Known when it
   * is open.
   */
  readonly alone?: { readonly at: string; readonly where: 'any program' | 'saved state' } | undefined
  open(from?: string): Promise<void>
  write(batch: Batch, memory: Memory, step: bigint): void
  /** Bytes that were written and have not left yet. */
  backlog(): number
  flush(): Promise<void>
  prepare(epoch: bigint): Promise<string>
  commit(epoch: bigint, prepared: string): Promise<void>
  abort(step: bigint): Promise<void>
  close(): Promise<void>
}
