import type { DataType } from '../../types/data-type.ts'
import type { Expression } from './expression.ts'

/**
 * One aggregate of an Aggregate node. `name` is that of the aggregate registry (`functions/aggregates.ts`): count, sum,
 * avg, min, max, stddev_samp ... Arguments are evaluated on the input row; a row whose `filter` is not true is skipped.
 */
export interface AggregateCall {
  readonly name: string
  readonly args: readonly Expression[]
  readonly distinct: boolean
  readonly filter?: Expression
  readonly orderBy?: readonly { readonly by: Expression; readonly descending: boolean; readonly nullsFirst: boolean }[]
  readonly type: DataType
  readonly nullable: boolean
  /** A fold written in TypeScript (`fold` in the API). */
  readonly fold?: { readonly initial: unknown; readonly step: (state: never, row: never) => unknown; readonly source: string }
}
