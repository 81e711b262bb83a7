import type { Timestamp } from '../values/timestamp.ts'
import { callerPlace } from './draft/place.ts'
import type { ProcessRelation } from './draft/relation-draft.ts'
import type { Duration } from './duration.ts'
import { ColumnType } from './schema/column-type.ts'
import type { RowType } from './schema/row-type.ts'
import { Stream } from './stream.ts'
import type { Flatten, InputRow } from './types/row.ts'

/** How long after its last change, on the processing clock, a state is forgotten. */
export interface StateOptions {
  readonly ttl?: Duration
}

/** One value a key. */
export class ValueCell<out T> {
  declare readonly '~state': 'value'
  readonly type: ColumnType<T> | undefined
  readonly initial: T
  readonly options: StateOptions

  /** @internal */
  constructor(type: ColumnType<T> | undefined, initial: T, options: StateOptions) {
    this.type = type
    this.initial = initial
    this.options = options
  }
}

/** A list a key. */
export class ListCell<out T> {
  declare readonly '~state': 'list'
  readonly type: ColumnType<T>
  readonly options: StateOptions

  /** @internal */
  constructor(type: ColumnType<T>, options: StateOptions) {
    this.type = type
    this.options = options
  }
}

/** A map a key. */
export class MapCell<out N, out T> {
  declare readonly '~state': 'map'
  readonly key: ColumnType<N>
  readonly type: ColumnType<T>
  readonly options: StateOptions

  /** @internal */
  constructor(key: ColumnType<N>, type: ColumnType<T>, options: StateOptions) {
    this.key = key
    this.type = type
    this.options = options
  }
}

/** A state that is one value: `value(0)`, `value(t.int, 0, { ttl: '1 day' })`. */
export function value<T>(initial: T): ValueCell<Widened<T>>
export function value<T>(type: ColumnType<T>, initial: NoInfer<T>, options?: StateOptions): ValueCell<T>
export function value(first: unknown, initial?: unknown, options: StateOptions = {}): ValueCell<unknown> {
  return first instanceof ColumnType
    ? new ValueCell<unknown>(first, initial, options)
    : new ValueCell<unknown>(undefined, first, options)
}

type Widened<T> = T extends number
  ? number
  : T extends string
    ? string
    : T extends bigint
      ? bigint
      : T extends boolean
        ? boolean
        : T

/** A state that is a list. */
export function listOf<T>(type: ColumnType<T>, options: StateOptions = {}): ListCell<T> {
  return new ListCell(type, options)
}

/** A state that is a map. */
export function mapOf<N, T>(key: ColumnType<N>, type: ColumnType<T>, options: StateOptions = {}): MapCell<N, T> {
  return new MapCell(key, type, options)
}

/** A second output of a process function. */
export class ProcessOutput<R> {
  declare readonly '~row': R
  readonly type: RowType<R>

  /** @internal */
  constructor(type: RowType<R>) {
    this.type = type
  }
}

/** A second output of a process function, with the type of its rows. */
export function output<R>(type: RowType<R>): ProcessOutput<R> {
  return new ProcessOutput(type)
}

export interface StateCells {
  readonly [name: string]: ValueCell<unknown> | ListCell<unknown> | MapCell<unknown, unknown>
}

export interface Outputs {
  readonly [name: string]: ProcessOutput<unknown>
}

/** A list in a key's state. */
export interface ListState<T> extends Iterable<T> {
  readonly length: number
  at(index: number): T | undefined
  push(...values: readonly T[]): void
  shift(): T | undefined
  clear(): void
}

/** A map in a key's state. */
export interface MapState<N, T> extends Iterable<[N, T]> {
  readonly size: number
  get(key: N): T | undefined
  has(key: N): boolean
  set(key: N, value: T): void
  delete(key: N): boolean
  clear(): void
}

/** The state of one key: values are read and assigned, lists and maps changed in place. */
export type State<S> = Flatten<
  {
    -readonly [N in keyof S as S[N] extends ValueCell<unknown> ? N : never]: S[N] extends ValueCell<infer T> ? T : never
  } & {
    readonly [N in keyof S as S[N] extends ValueCell<unknown> ? never : N]: S[N] extends ListCell<infer T>
      ? ListState<T>
      : S[N] extends MapCell<infer K, infer T>
        ? MapState<K, T>
        : never
  }
>

/** A timer. */
export interface TimerOptions {
  /** A timer of the same name and key is replaced. Timers without a name are one a key and time; theirs is `''`. */
  readonly name?: string
  /** Event time, if the rows have one, or the processing clock. */
  readonly clock?: 'event' | 'processing'
}

/** What a process function is given beside its row. */
export interface ProcessContext<K, S, O> {
  readonly key: K
  readonly state: State<S>
  /** Writes to a second output. */
  readonly out: { readonly [N in keyof O]: (row: O[N] extends ProcessOutput<infer R> ? InputRow<R> : never) => void }
  /** The row's event time, without event time the clock; in a timer, the time for which it was set. */
  readonly time: Timestamp
  /** The clock of the step. */
  readonly now: Timestamp
  /** A number in [0, 1) that is the same in a replay. */
  random(): number
  /**
   * Calls `timer` when event time is so much later than this row (or than the timer that runs): once the watermark is
   * behind that time. On the processing clock: so long from now.
   */
  after(delay: Duration, options?: TimerOptions): void
  /** Calls `timer` at a time. */
  at(time: Date, options?: TimerOptions): void
  /** Forgets the key's timer of that name. */
  cancel(name: string): void
}

/** What a process function gives: a row, several, or nothing. It does not wait. */
// biome-ignore lint/suspicious/noConfusingVoidType: a method that returns nothing is typed so
export type Emitted<E> = Iterable<InputRow<E>> | InputRow<E> | undefined | void

/** A process function: `row` for each row of a key, in order, and `timer` when one is due. */
export interface ProcessDefinition<R, K, E, S, O> {
  /** The type of the rows given. Without it none are. */
  readonly emits?: RowType<E>
  readonly state: S
  readonly outputs?: O
  row(row: R, context: ProcessContext<K, S, O>): Emitted<NoInfer<E>>
  timer?(name: string, context: ProcessContext<K, S, O>): Emitted<NoInfer<E>>
}

/** The second outputs as streams. */
export type Streams<O> = { readonly [N in keyof O]: Stream<O[N] extends ProcessOutput<infer R> ? R : never> }

/** @internal */
export function outputStreams<O extends Outputs>(process: ProcessRelation, outputs: O | undefined): Streams<O>
export function outputStreams(process: ProcessRelation, outputs: Outputs = {}): Readonly<Record<string, unknown>> {
  const names = Object.keys(outputs)
  return Object.fromEntries(
    names.map(name => [name, new Stream({ is: 'processOutput', of: process, name, place: callerPlace() })]),
  )
}
