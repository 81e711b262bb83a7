import { type DataType, type Schema, types } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'

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

export const WindowNode = {
  is: (node: PlanNode): node is WindowNode => node.is === 'window',

  create: (input: PlanNode, windowing: Windowing, time: WindowNode['time'], emit: WindowNode['emit']): WindowNode => {
    const timeField = time === 'processing' ? undefined : input.schema[time]
    const type: DataType = timeField?.type ?? types.timestampLtz(3)
    const bounds = ['window_start', 'window_end', 'window_time'].map(name => ({ name, type, nullable: false }))
    return { is: 'window', input, windowing, time, emit, schema: [...input.schema, ...bounds] }
  },
}
