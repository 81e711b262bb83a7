import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
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
  /** Of approx_percentile: which quantile, and how far the answer may be from it, in proportion to its size. */
  readonly quantile?: { readonly fraction: number; readonly error: number }
  /**
   * A fold written in TypeScript (`fold` in the API; name 'fold'): a state of `type`, from `initial`. `step` is given
   * the values of `args`, which are the input's columns that it reads, in arrival order. `retract` undoes it; `merge` puts
   * two states together. Where one is wanted and not there, the fold begins anew with all rows that are kept.
   */
  readonly fold?: {
    readonly initial: Value
    readonly step: (state: Value, args: readonly Value[]) => Value
    readonly retract?: (state: Value, args: readonly Value[]) => Value
    readonly merge?: (state: Value, other: Value) => Value
    readonly source: string
  }
}
