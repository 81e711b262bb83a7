import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'

/** A place where two sinks would spoil each other's rows: in any program, or in one that saves its state. */
export interface Claim {
  readonly at: string
  readonly where: 'any program' | 'saved state'
}

/**
 * Takes epochs: the steps between two points at which a program's state is saved, named by their last step. In this
 * order the scheduler calls
 *
 * 0. `alone` before anything else: it touches nothing, so that a program can be refused without harm to one that runs;
 * 1. `open` once; `from` is what `prepare` answered in the snapshot that the program goes on from: a transactional sink
 *    takes back what was written behind it, and finishes commits that were not seen to end;
 * 2. `write` within steps, in the worker, with the consolidated changes of one step: columns of the sink, weights -1
 *    before +1 of a key. It never waits. Between steps `flush` when `backlog()` is over its budget, nothing is there to
 *    take, or the program ends: it resolves when what was written so far has left the process, or is safely kept;
 * 3. `prepare(epoch)` between steps: all that was written up to that step can be committed whatever happens. Its answer
 *    is kept with the program's state. Steps go on, so that several epochs may be open;
 * 4. `commit(epoch, prepared)` when that state is kept: readers may see the epoch. It may be repeated, also by another
 *    process after a restart, and must not write anything twice;
 * 5. `abort(step)` when the program fails: what this step has written, the last one, is dropped. What the finished steps
 *    before it have written goes out at `close`, but from a transactional sink of a program that saves its state: that
 *    publishes nothing which no `commit` has reached;
 * 6. `close` once, also after `abort`.
 *
 * A sink that is not transactional delivers at `flush`, prepares nothing and has nothing to commit: it repeats rows
 * after a restart, and promises `at-least-once`.
 */
export interface Sink {
  readonly accepts: 'append' | 'upsert' | 'retract'
  readonly delivery: 'at-least-once' | 'exactly-once'
  /** Absent where any number of sinks may write the same place. */
  alone?(): Promise<Claim>
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
