import type { Schema } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'

/**
 * Rows that are there while the processing clock is in [from, until): they come when it reaches `from` and are taken
 * back when it reaches `until`. Both are TIMESTAMP_LTZ columns of the input; a row in which one is NULL is never there.
 */
export interface TemporalFilterNode {
  readonly is: 'temporalFilter'
  readonly input: PlanNode
  readonly from?: number
  readonly until?: number
  readonly schema: Schema
}

export const TemporalFilterNode = {
  is: (node: PlanNode): node is TemporalFilterNode => node.is === 'temporalFilter',

  create: (input: PlanNode, bounds: Pick<TemporalFilterNode, 'from' | 'until'>): TemporalFilterNode => ({
    is: 'temporalFilter',
    input,
    ...bounds,
    schema: input.schema,
  }),
}

/** The columns of the bounds that there are. */
export const boundColumns = ({ from, until }: Pick<TemporalFilterNode, 'from' | 'until'>): readonly number[] =>
  [from, until].filter(column => column !== undefined)
