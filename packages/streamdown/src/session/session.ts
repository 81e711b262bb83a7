import type { SortKey } from '../plan/nodes/node.ts'
import type { Program } from '../plan/program.ts'
import type { OperatorState } from '../run/memory-budget.ts'
import type { Field, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { RunRules } from './run-jobs.ts'

/** How a session's programs run; all of it can also be set by SET. */
export interface SessionOptions {
  readonly dialect?: 'flink' | 'postgres'
  /** Settings by name, as SET takes them. */
  readonly settings?: Readonly<Record<string, string>>
  /** Workers on the one-thread scheduler. Default 1. */
  readonly workers?: number
  /**
   * Rows a step takes from each partition at most; 1 is row by row. 'random' draws by the seed. Default: as many as
   * keep a step at about 10 ms, measured; 65,536 with a virtual clock.
   */
  readonly stepRows?: number | 'random'
  readonly seed?: number
  /** Processing time at the start, µs; then the clock only moves by `advance`. Default: the real clock. */
  readonly clock?: bigint
}

export type ChangeKind = '+I' | '-U' | '+U' | '-D'

export interface ChangeRow {
  readonly op: ChangeKind
  /** How often the change happened: positive for +I and +U, negative for -U and -D. */
  readonly weight: number
  readonly values: readonly Value[]
}

/** A row fed to a relation; without `op` it is an insertion. */
export interface PushedRow {
  readonly op?: ChangeKind
  readonly values: readonly Value[]
}

export type StatementResult =
  | { readonly is: 'done'; readonly message: string; readonly dead?: number }
  | {
      readonly is: 'rows'
      readonly schema: Schema
      readonly rows: readonly (readonly Value[])[]
      /** The session's zone at the time: TIMESTAMP_LTZ is shown in it. */
      readonly timeZone: string
      /** Records of the statement's sources that could not be decoded; absent when there were none. */
      readonly dead?: number
    }
  /** A SELECT over a source that never ends: it runs from `start` on. */
  | { readonly is: 'live'; readonly query: LiveQuery }
  /** INSERT INTO a connector, a view over one: a program that runs as the session is stepped. */
  | { readonly is: 'started'; readonly job: string }

/** The rows of a SELECT that never ends, while the session is run. */
export interface LiveQuery {
  readonly schema: Schema
  readonly timeZone: string
  /** The rows' order, for who shows them all. Columns behind those of the schema are there to order by alone. */
  readonly orderBy: readonly SortKey[]
  /** The columns by which two rows are versions of one; undefined where none are known. */
  readonly key: readonly number[] | undefined
  /** No row is ever taken back. */
  readonly appendOnly: boolean
  /** Once: makes it a job of the session. `onChanges` is called with the changes of a step, in order. */
  start(onChanges: (changes: readonly ChangeRow[]) => void): Promise<void>
  /** Nothing comes any more: a LIMIT is reached, or the inputs ended. */
  readonly ended: boolean
  /** Undefined before the start. */
  status(): JobStatus | undefined
  close(): Promise<void>
}

export interface JobStatus {
  readonly name: string
  readonly rowsIn: number
  readonly rowsOut: number
  readonly late: number
  readonly dead: number
  readonly stateBytes: number
  /** What state may take, of all workers together. */
  readonly stateLimitBytes: number
  /** Operators that keep state, the largest first. */
  readonly operators: readonly OperatorState[]
  /** Windows that are open, by operators that keep some. */
  readonly openWindows: number
  /** µs; the lowest int64 before any. */
  readonly watermark: bigint
  /** The newest event time that was read, µs; the lowest int64 before any. */
  readonly newestEventTime: bigint
  readonly ended: boolean
}

/**
 * A catalog, settings and the running programs of one user. `dsd sql`, tests and the conformance runner use it.
 * In-memory tables (no connector) take INSERT, UPDATE, DELETE; views over them are maintained by the same engine;
 * after each statement every view reflects it.
 */
export interface Session {
  execute(sql: string): Promise<readonly StatementResult[]>
  /**
   * The same one by one: a statement starts when the result before it was taken. An aborted signal ends a query with
   * DSD8002.
   */
  executeEach(sql: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<StatementResult>
  /** Defines tables and views as the statements say, runs nothing: the optimised program of all their queries. */
  plan(sql: string): Promise<Program>
  /** What explain says of the memory of programs, as it is set now: nothing while it is the default. */
  memoryLines(): readonly string[]
  /** Feeds rows (weights by `op`) to a relation with connector 'memory', to be taken in the next steps. */
  push(relation: string, rows: readonly PushedRow[]): void
  /** Runs steps until no source has anything more now. */
  settle(): Promise<void>
  /** Runs until every source has ended, or as the rules say. */
  run(rules: RunRules): Promise<void>
  /** Moves the virtual clock, fires timers; and settles. */
  advance(micros: bigint): Promise<void>
  /** Says that the inputs have ended: all windows close. */
  end(): Promise<void>
  /** Takes the inputs as ended where they are, also those that never end: all windows close. */
  drain(): Promise<void>
  /** Changes that a job wrote to a 'memory' sink or a view since the last call, step by step consolidated. */
  changes(relation: string): readonly ChangeRow[]
  columns(relation: string): readonly Field[]
  status(): readonly JobStatus[]
  /** Of its programs, and records that queries could not decode: the newest that are kept, all are counted. */
  deadLetters(): readonly DeadLetter[]
  /** All state, positions and the journal's place, as bytes; and a new session that goes on from there. */
  snapshot(): Promise<Uint8Array>
  restore(bytes: Uint8Array): Promise<void>
  /**
   * Keeps the state of what runs in a place of the environment (a directory), for the program of this text: goes on
   * from what is there, or answers false when there is nothing: then the program's statements are to be executed, and
   * what they start waits for `run`, which writes checkpoints: before the first step, every so often, when it ends.
   * @throws StreamdownError DSD7001 damaged, DSD7002 of another program, DSD7003 in use.
   */
  openState(place: string, program: string): Promise<boolean>
  close(): Promise<void>
}
