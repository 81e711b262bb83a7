import type { Schema } from '../../types/data-type.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode } from './node.ts'

export interface ValuesNode {
  readonly is: 'values'
  readonly schema: Schema
  readonly rows: readonly (readonly Expression[])[]
}

export const ValuesNode = {
  is: (node: PlanNode): node is ValuesNode => node.is === 'values',
  create: (rows: readonly (readonly Expression[])[], schema: Schema): ValuesNode => ({ is: 'values', schema, rows }),
}
