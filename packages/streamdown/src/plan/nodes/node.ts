import type { Schema } from '../../types/data-type.ts'
import type { AggregateCall } from '../expressions/aggregate-call.ts'
import type { Expression } from '../expressions/expression.ts'

/**
 * The logical plan: immutable tagged nodes. SQL and the TypeScript API build it; every back end reads it and nothing
 * else. `schema` is the node's output, in column order. Column names within a schema may repeat; indexes decide.
 */
export type PlanNode =
  | ScanNode
  | ValuesNode
  | FilterNode
  | ProjectNode
  | WindowNode
  | AggregateNode
  | JoinNode
  | UnionNode
  | RankNode
  | SortNode
  | ChangelogNode
  | LateNode
  | FlatMapNode

/** A relation that the catalog or the API knows: its connector, columns and event time. */
export interface Relation {
  readonly name: string
  readonly schema: Schema
  readonly connector: string
  readonly options: Readonly<Record<string, string>>
  /** Index of the event time column, and how far behind the newest row the watermark stays, µs. */
  readonly eventTime?: { readonly column: number; readonly delay: bigint }
  /** Columns of the primary key, empty when there is none. */
  readonly primaryKey: readonly number[]
  /** What the input's rows are: only inserts; rows with their op; or upserts by primary key. */
  readonly changes: 'append' | 'retract' | 'upsert'
  readonly appendOnly?: boolean
  /** METADATA columns by index: the connector's key. */
  readonly metadata?: Readonly<Record<number, string>>
  /** Something the connector needs that text cannot say (rows pushed by the program, a handler). */
  readonly handle?: object
}

/** Reads physical and metadata columns of a relation; computed columns are a Project above. */
export interface ScanNode {
  readonly is: 'scan'
  readonly relation: Relation
  readonly schema: Schema
  /** Output column -> relation column, or a path into its ROW fields; projection is pushed down into this. */
  readonly columns: readonly { readonly column: number; readonly path: readonly number[] }[]
  /** The event time of the rows when it is computed: over the relation's columns. */
  readonly eventTime?: EventTime
}

/** The watermark stays `delay` µs behind the newest `time`; a column index of the node's own output. */
export interface EventTime {
  readonly column: number
  readonly delay: bigint
}

export interface ValuesNode {
  readonly is: 'values'
  readonly schema: Schema
  readonly rows: readonly (readonly Expression[])[]
}

export interface FilterNode {
  readonly is: 'filter'
  readonly input: PlanNode
  readonly condition: Expression
  readonly schema: Schema
}

/** `watermark`, when present, makes an output column the event time from here on (Flink's computed rowtime). */
export interface ProjectNode {
  readonly is: 'project'
  readonly input: PlanNode
  readonly expressions: readonly Expression[]
  readonly schema: Schema
  readonly watermark?: EventTime
}

/** All lengths in µs. Windows are [start, end), aligned to the epoch plus `offset`. */
export type Windowing =
  | { readonly kind: 'tumble'; readonly size: bigint; readonly offset: bigint }
  | { readonly kind: 'hop'; readonly size: bigint; readonly slide: bigint; readonly offset: bigint }
  | { readonly kind: 'cumulate'; readonly size: bigint; readonly step: bigint; readonly offset: bigint }
  | { readonly kind: 'session'; readonly gap: bigint; readonly partitionBy: readonly number[] }

/**
 * A window table function: appends window_start, window_end (type of the time column) and window_time
 * (window_end - 1 ms, the rows' event time from here on) to the input's columns; a row occurs once per window.
 * `time` is a column index; 'processing': the clock.
 */
export interface WindowNode {
  readonly is: 'window'
  readonly input: PlanNode
  readonly windowing: Windowing
  readonly time: number | 'processing'
  /** 'close': the rows of a window are complete when the watermark passes; 'update': plain columns, nothing is late. */
  readonly emit: 'close' | 'update'
  readonly schema: Schema
}

/**
 * Output: the keys, then the aggregates. Without keys: one row, also over no input.
 * `window`: when the keys contain window_start/window_end of a window with emit 'close': groups end with the watermark.
 * Its numbers are positions in `keys`. `allowedLateness` and `emitEvery` in µs.
 */
export interface AggregateNode {
  readonly is: 'aggregate'
  readonly input: PlanNode
  readonly keys: readonly number[]
  readonly calls: readonly AggregateCall[]
  readonly schema: Schema
  readonly window?: {
    readonly end: number
    readonly start?: number
    readonly allowedLateness: bigint
    /** EMIT CHANGES: rows appear at once and are corrected; else on close. */
    readonly changes: boolean
    readonly emitEvery?: bigint
  }
  readonly name?: string
}

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/**
 * Output: left columns then right columns (semi and anti: left only). `keys` are equal pairs of (left, right) column
 * indexes, taken out of the condition by the binder where it can; `condition` is over both and must also hold.
 */
export interface JoinNode {
  readonly is: 'join'
  readonly kind: JoinKind
  readonly left: PlanNode
  readonly right: PlanNode
  readonly keys: readonly { readonly left: number; readonly right: number; readonly nullsMatch: boolean }[]
  readonly condition?: Expression
  /** Bounds that let state end: left time - right time in [lower, upper] µs (interval join), or equal windows. */
  readonly time?:
    | { readonly kind: 'interval'; readonly left: number; readonly right: number; readonly lower: bigint; readonly upper: bigint }
    | { readonly kind: 'window'; readonly leftEnd: number; readonly rightEnd: number }
    | { readonly kind: 'keep'; readonly ttl: bigint }
  readonly schema: Schema
}

/** UNION ALL of inputs with equal types; names are the first's. */
export interface UnionNode {
  readonly is: 'union'
  readonly inputs: readonly PlanNode[]
  readonly schema: Schema
}

export interface SortKey {
  readonly column: number
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/**
 * ROW_NUMBER/RANK/DENSE_RANK top-N: per partition the rows whose number is in [from, to]. With `output` the number is
 * appended as BIGINT. Ties go to the row that arrived first. `window`: the partition holds window_end of a closing
 * window (position in `partitionBy`): rows are written once, when it closes. `keepLast`/`keepFirst` dedup is n = 1.
 */
export interface RankNode {
  readonly is: 'rank'
  readonly function: 'row_number' | 'rank' | 'dense_rank'
  readonly input: PlanNode
  readonly partitionBy: readonly number[]
  readonly orderBy: readonly SortKey[]
  readonly from: number
  readonly to: number
  readonly output: boolean
  readonly window?: { readonly end: number }
  readonly schema: Schema
  readonly name?: string
}

/** ORDER BY and LIMIT over bounded input (final rows, in order); over unbounded input only with a limit (a top-N). */
export interface SortNode {
  readonly is: 'sort'
  readonly input: PlanNode
  readonly orderBy: readonly SortKey[]
  readonly limit?: number
  readonly offset?: number
  readonly schema: Schema
}

/** Changes as rows: the input's columns, then `$op` STRING (+I -U +U -D) last. */
export interface ChangelogNode {
  readonly is: 'changelog'
  readonly input: PlanNode
  readonly schema: Schema
}

/** The late rows of `of` (a windowed aggregate, rank or join): its input's columns, then missed, total (INT). */
export interface LateNode {
  readonly is: 'late'
  readonly of: PlanNode
  readonly schema: Schema
}

/** Rows made by a TypeScript function that yields any number of output rows for each input row. */
export interface FlatMapNode {
  readonly is: 'flatMap'
  readonly input: PlanNode
  readonly lambda: Expression
  readonly schema: Schema
}

/** A job: rows into a sink. `columns` of the sink in order; the binder has cast the input to them. */
export interface SinkNode {
  readonly is: 'sink'
  readonly name: string
  readonly input: PlanNode
  readonly relation: Relation
  readonly guarantee?: 'at-least-once' | 'exactly-once'
}
