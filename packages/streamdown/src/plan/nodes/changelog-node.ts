import { type Schema, types } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'

/** Changes as rows: the input's columns, then `$op` STRING (+I -U +U -D) last. */
export interface ChangelogNode {
  readonly is: 'changelog'
  readonly input: PlanNode
  readonly schema: Schema
}

export const ChangelogNode = {
  is: (node: PlanNode): node is ChangelogNode => node.is === 'changelog',

  create: (input: PlanNode): ChangelogNode => ({
    is: 'changelog',
    input,
    schema: [...input.schema, { name: '$op', type: types.string, nullable: false }],
  }),
}
