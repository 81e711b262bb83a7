import type { Schema } from '../../types/data-type.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode } from './node.ts'

export interface FilterNode {
  readonly is: 'filter'
  readonly input: PlanNode
  readonly condition: Expression
  readonly schema: Schema
}

export const FilterNode = {
  is: (node: PlanNode): node is FilterNode => node.is === 'filter',
  create: (input: PlanNode, condition: Expression): FilterNode => ({
    is: 'filter',
    input,
    condition,
    schema: input.schema,
  }),
}
