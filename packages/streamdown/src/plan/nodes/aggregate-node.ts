import type { Schema } from '../../types/data-type.ts'
import type { AggregateCall } from '../expressions/aggregate-call.ts'
import type { PlanNode } from './node.ts'

/**
 * Output: the keys, then the aggregates. Without keys: one row, also over no input.
 * `window`: when the keys contain window_start/window_end of a window with emit 'close': groups end with the watermark.
 * Its numbers are positions in `keys`. `allowedLateness` and `emitEvery` in µs. `ttl`, of groups without a window: µs of
 * the processing clock after which a group that no row touched is forgotten.
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
  readonly ttl?: bigint
  readonly name?: string
}

export const AggregateNode = {
  is: (node: PlanNode): node is AggregateNode => node.is === 'aggregate',

  create: (
    input: PlanNode,
    keys: readonly number[],
    calls: readonly AggregateCall[],
    names: readonly string[] = calls.map(call => call.name),
  ): AggregateNode => ({
    is: 'aggregate',
    input,
    keys,
    calls,
    schema: [
      ...keys.map(key => input.schema[key]!),
      ...calls.map(({ name, type, nullable }, i) => ({ name: names[i] ?? name, type, nullable })),
    ],
  }),
}
