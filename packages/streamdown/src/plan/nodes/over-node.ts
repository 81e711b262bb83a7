import type { Schema } from '../../types/data-type.ts'
import type { AggregateCall } from '../expressions/aggregate-call.ts'
import type { PlanNode } from './node.ts'
import type { SortKey } from './sort-node.ts'

/**
 * Where a frame starts or ends, relative to the current row: rows or peer groups (`rows`, `groups`: negative before it,
 * positive after it), or a distance of the order column's value (`range`: a number for TINYINT to INT, REAL and DOUBLE,
 * a bigint for BIGINT, unscaled for DECIMAL, in µs for dates and times). 0 is the current row, with its peers unless the
 * unit is rows. A start is unbounded before, an end after. `session`: the row, and on both sides those of which each is
 * less than a gap away from the next one; `end` is the gap, measured as for `range`, and `start` the same before the row.
 */
export type FrameBound = 'unbounded' | number | bigint

/** The rows around a row that a call sees. */
export interface Frame {
  readonly unit: 'rows' | 'range' | 'groups' | 'session'
  readonly start: FrameBound
  readonly end: FrameBound
  readonly exclude: 'none' | 'current row' | 'group' | 'ties'
}

export type WindowFunction =
  | 'row_number'
  | 'rank'
  | 'dense_rank'
  | 'percent_rank'
  | 'cume_dist'
  | 'ntile'
  | 'lag'
  | 'lead'
  | 'first_value'
  | 'last_value'
  | 'nth_value'

/**
 * An aggregate over a frame, or (with `window`) a function of the row's place. The arguments of `lag` and `lead` are the
 * value and the default; `count` is their distance, the place of `nth_value` and the number of buckets of `ntile`.
 */
export interface OverCall extends AggregateCall {
  readonly window?: WindowFunction
  readonly count?: number
  readonly ignoreNulls?: boolean
  readonly frame: Frame
}

/**
 * Each row with what the calls give over the rows of its partition, appended to its columns; rows that tie in the order
 * stand as they arrived. `emit`: `update` for any input, results are corrected; `watermark` for appended rows in the
 * order of their event time (the first order key): a row leaves once, when the watermark has passed it, and rows behind
 * the watermark are late; `settled` for such rows and calls that look ahead: a row leaves once, when rows that the
 * watermark has passed say all of its frames; `arrival` for appended rows in the order of the processing clock: a row leaves as it comes.
 */
export interface OverNode {
  readonly is: 'over'
  readonly input: PlanNode
  readonly partitionBy: readonly number[]
  readonly orderBy: readonly SortKey[]
  readonly calls: readonly OverCall[]
  readonly emit: 'update' | 'watermark' | 'settled' | 'arrival'
  /** Rows that tie in the order are peers, which see each other; or each comes after those that arrived before it. */
  readonly ties: 'peers' | 'arrival'
  readonly schema: Schema
}

export const OverNode = {
  is: (node: PlanNode): node is OverNode => node.is === 'over',

  create: (
    input: PlanNode,
    options: Pick<OverNode, 'partitionBy' | 'orderBy' | 'calls' | 'emit' | 'ties'>,
    names: readonly string[] = options.calls.map(call => call.name),
  ): OverNode => ({
    is: 'over',
    input,
    ...options,
    schema: [
      ...input.schema,
      ...options.calls.map(({ name, type, nullable }, i) => ({ name: names[i] ?? name, type, nullable })),
    ],
  }),
}
