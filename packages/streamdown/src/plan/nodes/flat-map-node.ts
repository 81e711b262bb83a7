import type { Schema } from '../../types/data-type.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode } from './node.ts'

/** Rows made by a TypeScript function that yields any number of output rows for each input row. */
export interface FlatMapNode {
  readonly is: 'flatMap'
  readonly input: PlanNode
  readonly lambda: Expression
  /** The first so many columns are those of the input, as they are: UNNEST beside the columns of its row. */
  readonly keeps?: number
  readonly schema: Schema
}

export const FlatMapNode = {
  is: (node: PlanNode): node is FlatMapNode => node.is === 'flatMap',
  create: (input: PlanNode, lambda: Expression, schema: Schema, keeps = 0): FlatMapNode => ({
    is: 'flatMap',
    input,
    lambda,
    ...(keeps === 0 ? {} : { keeps }),
    schema,
  }),
}
