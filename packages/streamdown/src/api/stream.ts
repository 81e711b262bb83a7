import {
  branches,
  type Derivation,
  type DerivedColumns,
  namedExpressions,
  type Order,
  type RankColumn,
  type Ranked,
  type Selected,
  type Selection,
  topRequest,
} from './columns.ts'
import type { Guarantee, SinkOf, TakesChanges } from './connector.ts'
import { joinChanges } from './draft/kind.ts'
import { callerPlace } from './draft/place.ts'
import type { RelationDraft } from './draft/relation-draft.ts'
import type { Duration } from './duration.ts'
import { enrichDraft } from './enrich.ts'
import type { Filter } from './expression.ts'
import { comparisonDraft, filterDraft, type NullTest, type OperatorFor, type OperatorValue } from './filter.ts'
import { codeGiven, columnsGiven, draftGiven, objectGiven } from './given.ts'
import { Grouped } from './grouped.ts'
import { type IntoOptions, type Job, jobInto } from './job.ts'
import {
  type How,
  type Joined,
  type JoinMode,
  type JoinOptions,
  type JoinRequest,
  type JoinTime,
  joinDraft,
  type On,
} from './join.ts'
import type { Lookup } from './lookup.ts'
import { type MapAsyncOptions, mapAsyncDraft } from './map-async.ts'
import type { ExplainOptions } from './program/explain.ts'
import { sqlOf } from './program/sql-of.ts'
import { rowArrow } from './row-arrow.ts'
import type { RunOptions } from './run.ts'
import type { RowType } from './schema/row-type.ts'
import { Table } from './table.ts'
import type { Drafted, Mode, RelationOf, RowIn, StreamOf, TableOf } from './types/brand.ts'
import type { At, Columns, Dropped, Flatten, InputRow, Known, NotAPromise, Picked, With } from './types/row.ts'
import { Windowed, windowedDraft } from './windowed.ts'
import type { Emit, Window, WindowMode, WindowOptions } from './windows.ts'

/**
 * Rows that are only added. A stream is a plan: nothing runs until `run`, `simulate` or `collect` is given it.
 */
export class Stream<R> implements StreamOf<R> {
  declare readonly '~row': R
  declare readonly '~kind': 'stream'
  /** @internal */
  readonly '~draft': RelationDraft

  /** @internal */
  constructor(draft: RelationDraft) {
    this['~draft'] = draft
  }

  /** Only the rows that pass: `where(o => o.total > limit)`, `where(gt('total', 5))`, `where('total', '>', 5)`. */
  where<S extends R = R>(filter: ((row: R) => row is S) | Filter<R>): Stream<S>
  where<C extends keyof Columns<R> & string, T extends NullTest>(
    column: C,
    test: T,
  ): Stream<T extends 'is not null' ? Known<R, C> : R>
  where<C extends keyof Columns<R> & string, O extends OperatorFor<At<R, C>>>(
    column: C,
    operator: O,
    value: OperatorValue<At<R, C>, O>,
  ): Stream<R>
  where(filter: Filter<R> | string, operator?: string, value?: unknown): Stream<R> {
    const condition = typeof filter === 'string' ? comparisonDraft(filter, operator ?? '', value) : filterDraft(filter)
    return new Stream({ is: 'where', input: this['~draft'], condition, place: callerPlace() })
  }

  /** Adds or replaces columns. */
  derive<const D extends { readonly [column: string]: Derivation<R> }>(columns: D): Stream<With<R, DerivedColumns<D>>> {
    return new Stream({ is: 'derive', input: this['~draft'], columns: namedExpressions(columns), place: callerPlace() })
  }

  /** Exactly these columns, each an existing one by name or computed. */
  select<const S extends { readonly [column: string]: Selection<R> }>(columns: S): Stream<Flatten<Selected<R, S>>> {
    return new Stream({ is: 'select', input: this['~draft'], columns: namedExpressions(columns), place: callerPlace() })
  }

  /** Only these columns. */
  pick<C extends keyof R & string>(...columns: readonly C[]): Stream<Picked<R, C>> {
    return new Stream({
      is: 'pick',
      input: this['~draft'],
      columns: columnsGiven('pick', columns),
      place: callerPlace(),
    })
  }

  /** All columns but these. */
  drop<C extends keyof R & string>(...columns: readonly C[]): Stream<Dropped<R, C>> {
    return new Stream({
      is: 'drop',
      input: this['~draft'],
      columns: columnsGiven('drop', columns),
      place: callerPlace(),
    })
  }

  /** Another row for each row. Where the arrow's source does not tell its columns' types, `map(type, arrow)` says them. */
  map<S extends object & NotAPromise>(arrow: (row: R) => S): Stream<Flatten<S>>
  map<S>(type: RowType<S>, arrow: (row: R) => InputRow<NoInfer<S>>): Stream<S>
  map(first: RowType<unknown> | ((row: R) => unknown), second?: (row: R) => unknown): unknown {
    return new Stream({ is: 'map', input: this['~draft'], arrow: rowArrow(first, second), place: callerPlace() })
  }

  /** Any number of rows for each row. */
  flatMap<S extends object & NotAPromise>(arrow: (row: R) => Iterable<S>): Stream<Flatten<S>>
  flatMap<S>(type: RowType<S>, arrow: (row: R) => Iterable<InputRow<NoInfer<S>>>): Stream<S>
  flatMap(first: RowType<unknown> | ((row: R) => unknown), second?: (row: R) => unknown): unknown {
    return new Stream({ is: 'flatMap', input: this['~draft'], arrow: rowArrow(first, second), place: callerPlace() })
  }

  /** Groups by columns: everything per key hangs off it. */
  by<G extends keyof R & string>(...key: readonly [G, ...G[]]): Grouped<R, G> {
    return new Grouped(this['~draft'], columnsGiven('by', key))
  }

  /** Puts rows into windows by their event time. */
  window<W, E extends Emit = never, L extends Duration = never>(
    window: Window<W>,
    options?: WindowOptions<E, L>,
  ): Windowed<R, never, W, WindowMode<E, L>> {
    return new Windowed(windowedDraft(this['~draft'], [], window, options))
  }

  /** The first `count` rows by an order, kept up to date. */
  top<const O extends readonly (Order<R> | Ranked)[]>(
    count: number,
    ...order: O
  ): Table<With<R, RankColumn<O>>, never, 'updates'> {
    return new Table({ is: 'top', input: this['~draft'], by: [], ...topRequest(count, order), place: callerPlace() })
  }

  /** Rows of both sides that belong together. Two streams must say how long to wait: `within`, `window` or `keep`. */
  join<
    S extends RelationOf<unknown> & Drafted,
    const O extends On<R, RowIn<S>>,
    const As extends string = never,
    const H extends How = 'inner',
    Keep extends Duration | 'forever' = never,
  >(
    right: S,
    options: JoinOptions<R, S, O, As, H> & JoinTime<S, Keep>,
  ): StreamJoin<R, S, O, NoInfer<As>, NoInfer<H>, NoInfer<Keep>>
  join(right: RelationOf<unknown> & Drafted, options: JoinRequest): unknown {
    const draft = joinDraft(this, right, options)
    return joinChanges(draft) ? new Table(draft) : new Stream(draft)
  }

  /** Adds what a table, or an outside system, said at the row's time. The result never changes afterwards. */
  enrich<
    S extends TableOf<unknown> | Lookup<unknown, string>,
    const O extends On<R, RowIn<S>>,
    const As extends string = never,
    const H extends 'inner' | 'left' = 'left',
  >(right: S, options: JoinOptions<R, S, O, As, H>): Stream<Joined<R, RowIn<S>, O, NoInfer<As>, NoInfer<H>>>
  enrich(right: Drafted | Lookup<unknown, string>, options: JoinRequest): unknown {
    return new Stream(enrichDraft(this, right, options))
  }

  /** All rows of this stream and of others with the same columns. */
  union(...others: readonly [StreamOf<R>, ...StreamOf<R>[]]): Stream<R> {
    return new Stream({
      is: 'union',
      inputs: [this, ...others].map(one => draftGiven('union', one)),
      place: callerPlace(),
    })
  }

  /** Several streams: each row goes to the first whose condition holds, else to `rest`. */
  split<const P extends { readonly [name: string]: Filter<R> }>(
    conditions: P,
  ): { readonly [N in keyof P | 'rest']: Stream<R> }
  split(conditions: { readonly [name: string]: Filter<R> }): { readonly [name: string]: Stream<R> } {
    const names = [
      ...Object.keys(objectGiven('split() wants conditions by the names of the streams', conditions)),
      'rest',
    ]
    const drafts = branches(this['~draft'], Object.values(conditions).map(filterDraft))
    return Object.fromEntries(drafts.map((draft, index) => [names[index], new Stream<R>(draft)]))
  }

  /** One row of I/O for each row: bounded, ordered, with retries; its answers are kept. */
  mapAsync<S>(
    type: RowType<S>,
    call: (row: R, context: { readonly signal: AbortSignal }) => Promise<InputRow<NoInfer<S>>>,
    options?: MapAsyncOptions,
  ): Stream<S> {
    return new Stream(mapAsyncDraft(this['~draft'], type, call, options))
  }

  /** An operator of your own: a function from this stream to anything. */
  pipe<T>(operator: (stream: Stream<R>) => T): T {
    return codeGiven('pipe() wants a function', operator)(this)
  }

  /** Sends the rows into a sink. */
  into<T extends Mode, G extends Guarantee>(
    sink: SinkOf<R, T, G> & TakesChanges<'final', T>,
    options?: IntoOptions<NoInfer<G>>,
  ): Job<R> {
    return jobInto(this, sink, options?.guarantee)
  }

  /** The plan, and how it will run. */
  async explain(options?: ExplainOptions): Promise<string> {
    return (await import('./program/live.ts')).explainRelation(this, options)
  }

  /** The plan as Flink SQL. */
  toSQL(): string {
    return sqlOf(this)
  }

  /** Runs the plan to the end of its sources, which must be bounded, and gives its rows. */
  async collect(options?: RunOptions): Promise<R[]> {
    return (await import('./program/live.ts')).collectRows(this, options)
  }

  /** Runs the plan and gives its rows as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    yield* (await import('./program/live.ts')).followRows(this)
  }
}

/** What a join of a stream gives: a stream where rows only add, else a table. */
export type StreamJoin<R, S, O, As, H, Keep> = S extends { readonly '~kind': 'stream' }
  ? [Keep] extends [never]
    ? Stream<Joined<R, RowIn<S>, O, As, H>>
    : H extends 'inner' | 'semi'
      ? Stream<Joined<R, RowIn<S>, O, As, H>>
      : Table<Joined<R, RowIn<S>, O, As, H>, never, 'updates'>
  : Table<Joined<R, RowIn<S>, O, As, H>, never, JoinMode<'final', S, H>>
