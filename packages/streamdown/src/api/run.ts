import { StreamdownError } from '../errors/error.ts'
import type { OperatorState } from '../run/memory-budget.ts'
import type { ByteSize } from './byte-size.ts'
import type { Change } from './change.ts'
import type { DeadLetter } from './dead-letter.ts'
import type { Duration } from './duration.ts'
import type { StreamOf, TableOf } from './types/brand.ts'
import type { InputRow } from './types/row.ts'

/** How a program runs. */
export interface RunOptions {
  /**
   * A directory for checkpoints, this program's own: it goes on from the last one there. Without it state lives in memory
   * and ends with the process.
   */
  readonly state?: string
  /** How often a checkpoint is written; another one when the program ends. Default `10 seconds`. */
  readonly checkpointInterval?: Duration
  readonly workers?: number
  /** Memory of each worker, 4 GB at most (and by default). State over seven eighths of it is spilled. */
  readonly memory?: ByteSize
  /** Where state is spilled that does not fit. Default: `state`, else where the system has temporary files. */
  readonly tempDirectory?: string
  /** How long a step takes, about; fewer rows are taken where they are slow. Default `10 ms`. */
  readonly stepTime?: Duration
  /** How far in event time a source's partition may lead the slowest one before it is not read. Without it no partition is held back. */
  readonly maxDrift?: Duration
  /** A row that fails: to the dead letters, or the program stops. Default `dead-letter`. */
  readonly onError?: 'dead-letter' | 'fail'
  /** Rows to read, over all sources: then the program finishes. Default: all. */
  readonly limit?: number
  /** Finish when no source has anything more now. */
  readonly untilIdle?: boolean
}

/** Stops listening. */
export type Unsubscribe = () => void

/** A running stream. */
export interface LiveStream<R> extends AsyncIterable<R> {
  /** Calls back with each row from now on. */
  subscribe(listener: (change: Change<R>) => void): Unsubscribe
  /** Each row from now on. */
  changes(): AsyncIterable<Change<R>>
}

/** A running table. A read sees one finished step. */
export interface View<R> extends AsyncIterable<Change<R>> {
  /** All rows. */
  rows(): Promise<R[]>
  /** The rows that are there, as inserts, then every change, without a gap. */
  changes(): AsyncIterable<Change<R>>
  /** The same, calling back. */
  subscribe(listener: (change: Change<R>) => void): Unsubscribe
}

/** A running table whose rows have a key. */
export interface KeyedView<R, K extends keyof R> extends View<R> {
  /** The row of a key, undefined if there is none. */
  get(key: InputRow<Pick<R, K>>): Promise<R | undefined>
}

/** A running job. */
export interface LiveJob {
  /** Resolves when its input has ended and everything is delivered. */
  readonly done: Promise<void>
}

/** What lives of an exported value. */
export type Live<X> = X extends { readonly '~kind': 'job' }
  ? LiveJob
  : X extends TableOf<infer R, infer K>
    ? [K] extends [never]
      ? View<R>
      : KeyedView<R, K & keyof R>
    : X extends StreamOf<infer R>
      ? LiveStream<R>
      : X extends readonly unknown[]
        ? { readonly [I in keyof X]: Live<X[I]> }
        : never

/** What a running program has done, in rows. */
export interface ProgramStatus {
  readonly rowsIn: number
  readonly rowsOut: number
  /** Came too late for a window. */
  readonly late: number
  /** Failed, or could not be decoded. */
  readonly dead: number
  readonly stateBytes: number
  /** What state may take, of all workers together. */
  readonly stateLimitBytes: number
  /** Operators that keep state, the largest first. */
  readonly operators: readonly OperatorState[]
  /** Windows that have rows and did not close yet. */
  readonly openWindows: number
  /**
   * µs: results up to here are complete. The lowest int64 before any row, and where no result has event time; the
   * highest when all sources have ended.
   */
  readonly watermark: bigint
  /** The newest event time that was read, µs; the lowest int64 before any row. */
  readonly newestEventTime: bigint
}

/** The whole of a running program. */
export interface Program {
  /** Resolves when all sources have ended, or as `run` was told; rejects if the program fails. */
  readonly finished: Promise<void>
  /** What has happened so far. */
  status(): ProgramStatus
  /** Rows that failed so far; the newest 10,000 are kept, all are counted. */
  deadLetters(): readonly DeadLetter[]
  /**
   * Finishes the step and delivers what is written; open windows stay open, `status` says how many. With `drain` they
   * close and their results are delivered too.
   */
  stop(options?: { readonly drain?: boolean }): Promise<void>
}

/** The exported names of a program, alive; the program itself under `$`. */
export type Running<M> = {
  readonly [N in keyof M as Live<M[N]> extends never ? never : N]: Live<M[N]>
} & AsyncDisposable & { readonly $: Program }

/** The exported names of a program that runs elsewhere. */
export type Remote<M> = { readonly [N in keyof M as Live<M[N]> extends never ? never : N]: Live<M[N]> }

/** Runs a program: a module, or an object, of jobs, tables and streams. Everything it exports lives. */
export async function run<M extends object>(program: M, options: RunOptions = {}): Promise<Running<M>> {
  return (await import('./program/live.ts')).startProgram<M>(program, options)
}

/** How a program elsewhere is asked. */
export interface ConnectOptions {
  readonly timeout?: Duration
}

/** Reads a program that runs elsewhere, typed by `connect<typeof import('./program.ts')>(url)`. */
export function connect<M extends object>(url: string, options: ConnectOptions = {}): Remote<M> {
  throw new StreamdownError(
    'DSD5006',
    `connect('${url}') does not run yet: run() gives the same names in this process.`,
    { cause: options },
  )
}
