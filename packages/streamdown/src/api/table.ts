import type { Change } from './change.ts'
import {
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
import { callerPlace } from './draft/place.ts'
import type { RelationDraft } from './draft/relation-draft.ts'
import type { Duration } from './duration.ts'
import type { Filter } from './expression.ts'
import { comparisonDraft, filterDraft, type NullTest, type OperatorFor, type OperatorValue } from './filter.ts'
import { codeGiven, columnsGiven, draftGiven } from './given.ts'
import { GroupedTable } from './grouped-table.ts'
import { type IntoOptions, type Job, jobInto } from './job.ts'
import {
  type How,
  type Joined,
  type JoinKey,
  type JoinMode,
  type JoinOptions,
  type JoinRequest,
  joinDraft,
  type On,
  type TableJoinTime,
} from './join.ts'
import type { ExplainOptions } from './program/explain.ts'
import { sqlOf } from './program/sql-of.ts'
import { rowArrow } from './row-arrow.ts'
import type { RunOptions } from './run.ts'
import type { RowType } from './schema/row-type.ts'
import { Stream } from './stream.ts'
import type { Drafted, Mode, RelationOf, RowIn, TableOf } from './types/brand.ts'
import type { At, Columns, Dropped, Flatten, InputRow, Known, NotAPromise, Picked, With } from './types/row.ts'
import { Windowed, windowedDraft } from './windowed.ts'
import type { Emit, Window, WindowMode, WindowOptions } from './windows.ts'

/**
 * Rows that change: each has a key, and the newest row of a key replaces the one before. `K` are the columns that name
 * a row, `M` says whether a row may still be taken back. A table is a plan: nothing runs until `run`, `simulate` or
 * `collect` is given it.
 */
export class Table<R, out K = never, out M = Mode> implements TableOf<R, K, M> {
  declare readonly '~row': R
  declare readonly '~kind': 'table'
  declare readonly '~key': K
  declare readonly '~mode': M
  /** @internal */
  readonly '~draft': RelationDraft

  /** @internal */
  constructor(draft: RelationDraft) {
    this['~draft'] = draft
  }

  /** Only the rows that pass: `where(o => o.total > limit)`, `where(gt('total', 5))`, `where('total', '>', 5)`. */
  where<S extends R = R>(filter: ((row: R) => row is S) | Filter<R>): Table<S, K, M>
  where<C extends keyof Columns<R> & string, T extends NullTest>(
    column: C,
    test: T,
  ): Table<T extends 'is not null' ? Known<R, C> : R, K, M>
  where<C extends keyof Columns<R> & string, O extends OperatorFor<At<R, C>>>(
    column: C,
    operator: O,
    value: OperatorValue<At<R, C>, O>,
  ): Table<R, K, M>
  where(filter: Filter<R> | string, operator?: string, value?: unknown): Table<R, K, M> {
    const condition = typeof filter === 'string' ? comparisonDraft(filter, operator ?? '', value) : filterDraft(filter)
    return new Table({ is: 'where', input: this['~draft'], condition, place: callerPlace() })
  }

  /** Adds or replaces columns. The key is kept, unless one of its columns is replaced. */
  derive<const D extends { readonly [column: string]: Derivation<R> }>(
    columns: D,
  ): Table<With<R, DerivedColumns<D>>, [K & keyof D] extends [never] ? K : never, M> {
    return new Table({ is: 'derive', input: this['~draft'], columns: namedExpressions(columns), place: callerPlace() })
  }

  /** Exactly these columns, each an existing one by name or computed. The key is kept if all its columns are. */
  select<const S extends { readonly [column: string]: Selection<R> }>(
    columns: S,
  ): Table<Flatten<Selected<R, S>>, KeySelected<K, S>, M> {
    return new Table({ is: 'select', input: this['~draft'], columns: namedExpressions(columns), place: callerPlace() })
  }

  /** Only these columns. The key is kept if all its columns are. */
  pick<C extends keyof R & string>(...columns: readonly C[]): Table<Picked<R, C>, [K] extends [C] ? K : never, M> {
    return new Table({
      is: 'pick',
      input: this['~draft'],
      columns: columnsGiven('pick', columns),
      place: callerPlace(),
    })
  }

  /** All columns but these. */
  drop<C extends keyof R & string>(
    ...columns: readonly C[]
  ): Table<Dropped<R, C>, [K & C] extends [never] ? K : never, M> {
    return new Table({
      is: 'drop',
      input: this['~draft'],
      columns: columnsGiven('drop', columns),
      place: callerPlace(),
    })
  }

  /** Another row for each row; the key is lost. Where the arrow's source does not tell its columns' types, `map(type, arrow)` says them. */
  map<S extends object & NotAPromise>(arrow: (row: R) => S): Table<Flatten<S>, never, M>
  map<S>(type: RowType<S>, arrow: (row: R) => InputRow<NoInfer<S>>): Table<S, never, M>
  map(first: RowType<unknown> | ((row: R) => unknown), second?: (row: R) => unknown): unknown {
    return new Table({ is: 'map', input: this['~draft'], arrow: rowArrow(first, second), place: callerPlace() })
  }

  /** Any number of rows for each row. */
  flatMap<S extends object & NotAPromise>(arrow: (row: R) => Iterable<S>): Table<Flatten<S>, never, M>
  flatMap<S>(type: RowType<S>, arrow: (row: R) => Iterable<InputRow<NoInfer<S>>>): Table<S, never, M>
  flatMap(first: RowType<unknown> | ((row: R) => unknown), second?: (row: R) => unknown): unknown {
    return new Table({ is: 'flatMap', input: this['~draft'], arrow: rowArrow(first, second), place: callerPlace() })
  }

  /** Groups by columns: everything per key hangs off it. */
  by<G extends keyof R & string>(...key: readonly [G, ...G[]]): GroupedTable<R, G, K, M, GroupMode<M, K, G>> {
    return new GroupedTable(this['~draft'], columnsGiven('by', key))
  }

  /** Puts rows into windows by their event time. */
  window<W, E extends Emit = never, L extends Duration = never>(
    window: Window<W>,
    options?: WindowOptions<E, L>,
  ): Windowed<R, never, W, M extends 'final' ? WindowMode<E, L> : 'updates'> {
    return new Windowed(windowedDraft(this['~draft'], [], window, options))
  }

  /** The first `count` rows by an order, kept up to date. */
  top<const O extends readonly (Order<R> | Ranked)[]>(
    count: number,
    ...order: O
  ): Table<With<R, RankColumn<O>>, K, 'updates'> {
    return new Table({ is: 'top', input: this['~draft'], by: [], ...topRequest(count, order), place: callerPlace() })
  }

  /** Rows of both sides that belong together, kept up to date. */
  join<
    S extends RelationOf<unknown> & Drafted,
    const O extends On<R, RowIn<S>>,
    const As extends string = never,
    const H extends How = 'inner',
    Keep extends Duration | 'forever' = never,
  >(
    right: S,
    options: JoinOptions<R, S, O, As, H> & TableJoinTime<Keep>,
  ): Table<Joined<R, RowIn<S>, O, NoInfer<As>, NoInfer<H>>, JoinKey<K, S, O, NoInfer<H>>, JoinMode<M, S, NoInfer<H>>>
  join(right: RelationOf<unknown> & Drafted, options: JoinRequest): unknown {
    return new Table(joinDraft(this, right, options))
  }

  /** All rows of this table and of others with the same columns; the key is lost. */
  union(...others: readonly [RelationOf<R> & Drafted, ...(RelationOf<R> & Drafted)[]]): Table<R, never, Mode> {
    return new Table({
      is: 'union',
      inputs: [this, ...others].map(one => draftGiven('union', one)),
      place: callerPlace(),
    })
  }

  /** Every change as a row of a stream: `op` says which. */
  changelog(): Stream<Flatten<R & ChangeColumn>> {
    return new Stream({ is: 'changelog', input: this['~draft'], place: callerPlace() })
  }

  /** An operator of your own: a function from this table to anything. */
  pipe<T>(operator: (table: Table<R, K, M>) => T): T {
    return codeGiven('pipe() wants a function', operator)(this)
  }

  /** Sends the rows, and their changes, into a sink. */
  into<T extends Mode, G extends Guarantee>(
    sink: SinkOf<R, T, G> & TakesChanges<M, T>,
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

  /** Runs the plan and gives every change as it comes. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Change<R>, void, undefined> {
    yield* (await import('./program/live.ts')).followChanges(this)
  }
}

/** Insert, the row before an update, the row after it, delete. */
export interface ChangeColumn {
  op: '+I' | '-U' | '+U' | '-D'
}

/** The key of a select: the new names of all key columns, else none. */
export type KeySelected<K, S> = [K] extends [S[keyof S]]
  ? { [N in keyof S]: S[N] extends K ? N : never }[keyof S]
  : never

/** Groups of a final table that name its window are complete when the window is. */
export type GroupMode<M, K, G> = [M] extends ['final'] ? ('window_end' extends K & G ? 'final' : 'updates') : 'updates'
