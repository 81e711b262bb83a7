import type { Schema } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'

/** UNION ALL of inputs with equal types; names are the first's. */
export interface UnionNode {
  readonly is: 'union'
  readonly inputs: readonly PlanNode[]
  readonly schema: Schema
}

export const UnionNode = {
  is: (node: PlanNode): node is UnionNode => node.is === 'union',

  create: (inputs: readonly PlanNode[]): UnionNode => ({
    is: 'union',
    inputs,
    schema: inputs[0]!.schema.map((field, i) => ({
      ...field,
      nullable: inputs.some(input => input.schema[i]!.nullable),
    })),
  }),
}
