import type { Lookup } from '../lookup.ts'
import type { Outputs, StateCells } from '../process.ts'
import type { ColumnType } from '../schema/column-type.ts'
import type { RowType } from '../schema/row-type.ts'
import type { Schema } from '../schema/schema.ts'
import type { AggregateDraft, ArrowDraft, ExpressionDraft, OverDraft } from './expression-draft.ts'
import type { Place } from './place.ts'
import type { SourceDraft } from './source-draft.ts'

/**
 * What a stream or a table is made of, as the program said it: immutable tagged nodes, bound into the logical plan
 * when a program is put together. Two relations that share a node share what it computes.
 */
export type RelationDraft =
  | SourceRelation
  | { readonly is: 'where'; readonly input: RelationDraft; readonly condition: ExpressionDraft; readonly place: Place }
  | {
      readonly is: 'derive' | 'select'
      readonly input: RelationDraft
      readonly columns: readonly NamedExpression[]
      readonly place: Place
    }
  | {
      readonly is: 'pick' | 'drop'
      readonly input: RelationDraft
      readonly columns: readonly string[]
      readonly place: Place
    }
  | { readonly is: 'map' | 'flatMap'; readonly input: RelationDraft; readonly arrow: ArrowDraft; readonly place: Place }
  | AggregateRelation
  | TopRelation
  | LatestRelation
  | OverRelation
  | FirstRelation
  | JoinRelation
  | EnrichRelation
  | AskRelation
  | MapAsyncRelation
  | { readonly is: 'union'; readonly inputs: readonly RelationDraft[]; readonly place: Place }
  | {
      readonly is: 'branch'
      readonly input: RelationDraft
      readonly conditions: readonly ExpressionDraft[]
      readonly index: number
      readonly place: Place
    }
  | { readonly is: 'changelog'; readonly input: RelationDraft; readonly place: Place }
  | MatchRelation
  | MatchedRelation
  | TimedOutRelation
  | { readonly is: 'late'; readonly windowed: WindowedDraft; readonly place: Place }
  | {
      readonly is: 'query'
      /** The rows that the program says it gives. */
      readonly type?: RowType<unknown>
      readonly pieces: readonly string[]
      readonly holes: readonly QueryHole[]
      readonly place: Place
    }
  | ProcessRelation
  | ProcessOutputRelation

export interface SourceRelation {
  readonly is: 'source'
  readonly kind: 'stream' | 'table'
  readonly source: SourceDraft
  /** Undefined: the source tells (Parquet), or it is inferred from what it holds (CSV, JSON). */
  readonly columns?: readonly ColumnDraft[]
  readonly time?: string
  readonly latenessMicros: bigint
  readonly idleTimeoutMicros?: bigint
  readonly maxDriftMicros?: bigint
  /** Every row goes through this schema as well. */
  readonly validate?: Schema
  readonly key: readonly string[]
  readonly place: Place
}

export interface ColumnDraft {
  readonly name: string
  readonly type: ColumnType<unknown>
}

export interface NamedExpression {
  readonly name: string
  readonly value: ExpressionDraft
}

export type WindowingDraft =
  | { readonly is: 'tumble'; readonly size: bigint; readonly offset: bigint }
  | { readonly is: 'hop'; readonly size: bigint; readonly slide: bigint; readonly offset: bigint }
  | { readonly is: 'cumulate'; readonly size: bigint; readonly step: bigint; readonly offset: bigint }
  | { readonly is: 'session'; readonly gap: bigint }
  | { readonly is: 'rows'; readonly size: number; readonly every: number }

/** Rows put into windows: the input of an aggregate or a top. */
export interface WindowedDraft {
  readonly input: RelationDraft
  readonly by: readonly string[]
  readonly windowing: WindowingDraft
  readonly keepOpenMicros: bigint
  /** `changes`: at once; a number: every so many µs; undefined: on close. */
  readonly emit?: 'changes' | bigint
  readonly place: Place
}

export interface AggregateRelation {
  readonly is: 'aggregate'
  readonly input: RelationDraft
  readonly by: readonly string[]
  readonly windowed?: WindowedDraft
  readonly aggregates: readonly { readonly name: string; readonly aggregate: AggregateDraft }[]
  readonly place: Place
}

/** A step of a pattern. `next`: the very next row; `followedBy`: rows between that do not match are passed over. */
export interface PatternStep {
  readonly name: string
  readonly how: 'start' | 'next' | 'followedBy'
  readonly predicate: (row: never, soFar: never) => boolean
  readonly quantity:
    | 'maybe'
    | { readonly atLeast: number; readonly atMost?: number }
    | { readonly times: number }
    | undefined
  readonly place: Place
}

/** Matches of a pattern among the rows of a key: a column for each step. */
export interface MatchRelation {
  readonly is: 'match'
  readonly input: RelationDraft
  readonly by: readonly string[]
  readonly steps: readonly PatternStep[]
  readonly within?: bigint
  readonly place: Place
}

/** One row for each match, made by an arrow over the steps and the key. */
export interface MatchedRelation {
  readonly is: 'matched'
  readonly of: MatchRelation
  readonly arrow: { readonly arrow: (matched: never, key: never) => unknown; readonly place: Place }
  readonly place: Place
}

/** What was matched of patterns that were not finished within their time. */
export interface TimedOutRelation {
  readonly is: 'timedOut'
  readonly of: MatchRelation
  readonly place: Place
}

/** Code of the program's own over the rows of a key. */
export interface ProcessRelation {
  readonly is: 'process'
  readonly input: RelationDraft
  readonly by: readonly string[]
  readonly definition: {
    readonly emits?: RowType<unknown>
    readonly state: StateCells
    readonly outputs?: Outputs
    readonly row: (row: never, context: never) => unknown
    readonly timer?: (name: string, context: never) => unknown
  }
  readonly place: Place
}

/** One of its further outputs. */
export interface ProcessOutputRelation {
  readonly is: 'processOutput'
  readonly of: ProcessRelation
  readonly name: string
  readonly place: Place
}

export interface OrderDraft {
  readonly column: string
  readonly descending: boolean
  readonly nullsFirst: boolean
}

export interface TopRelation {
  readonly is: 'top'
  readonly input: RelationDraft
  readonly by: readonly string[]
  readonly windowed?: WindowedDraft
  readonly count: number
  readonly order: readonly OrderDraft[]
  readonly rank?: string
  readonly place: Place
}

export interface LatestRelation {
  readonly is: 'latest'
  readonly input: RelationDraft
  readonly by: readonly string[]
  readonly place: Place
}

/** How far back the rows around a row reach: so many rows with it, so many µs, or to the first. */
export type FrameDraft = { readonly rows: number } | { readonly micros: bigint } | 'all'

export interface OverRelation {
  readonly is: 'over'
  readonly input: RelationDraft
  readonly by: readonly string[]
  readonly frame: FrameDraft
  readonly columns: readonly { readonly name: string; readonly value: AggregateDraft | OverDraft }[]
  readonly place: Place
}

export interface FirstRelation {
  readonly is: 'first'
  readonly input: RelationDraft
  readonly by: readonly string[]
  /** So long after the last row of its key a row is a first one again; undefined: never. */
  readonly withinMicros?: bigint
  readonly place: Place
}

export interface JoinRelation {
  readonly is: 'join'
  readonly left: RelationDraft
  readonly right: RelationDraft
  readonly on: readonly { readonly left: string; readonly right: string }[]
  readonly as?: string
  readonly how: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'
  readonly time?:
    | { readonly is: 'within'; readonly beforeMicros: bigint; readonly afterMicros: bigint }
    | { readonly is: 'window'; readonly windowing: WindowingDraft }
    | { readonly is: 'keep'; readonly micros: bigint | 'forever' }
  readonly place: Place
}

/** Each left row with what a table says at its time. */
export interface EnrichRelation {
  readonly is: 'enrich'
  readonly left: RelationDraft
  readonly right: RelationDraft
  readonly on: JoinRelation['on']
  readonly as?: string
  readonly how: 'inner' | 'left'
  readonly place: Place
}

/** Each left row with what the outside says of it. */
export interface AskRelation {
  readonly is: 'ask'
  readonly input: RelationDraft
  readonly lookup: Lookup<unknown, string>
  readonly on: JoinRelation['on']
  readonly as?: string
  readonly how: 'inner' | 'left'
  readonly place: Place
}

/** A row of I/O for each row. */
export interface MapAsyncRelation {
  readonly is: 'mapAsync'
  readonly input: RelationDraft
  readonly type: RowType<unknown>
  readonly call: (row: never, context: { readonly signal: AbortSignal }) => Promise<unknown>
  readonly concurrency: number
  readonly ordered: boolean
  readonly timeoutMicros: bigint
  readonly retry: number
  readonly place: Place
}

export type QueryHole =
  | { readonly is: 'relation'; readonly relation: RelationDraft }
  | { readonly is: 'value'; readonly value: ExpressionDraft }

/** Rows that leave the program. */
export interface JobDraft {
  readonly is: 'job'
  readonly input: RelationDraft
  readonly sink: SourceDraft
  readonly guarantee?: 'at-least-once' | 'exactly-once'
  readonly place: Place
}
