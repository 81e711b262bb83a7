import type { Schema } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'

/** Each row as often as a BIGINT column of it says, which is above 0 and not NULL. */
export interface RepeatNode {
  readonly is: 'repeat'
  readonly input: PlanNode
  readonly times: number
  readonly schema: Schema
}

export const RepeatNode = {
  is: (node: PlanNode): node is RepeatNode => node.is === 'repeat',

  create: (input: PlanNode, times: number): RepeatNode => ({ is: 'repeat', input, times, schema: input.schema }),
}
