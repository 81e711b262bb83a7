import type { Schema } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'
import type { Relation } from './relation.ts'

/**
 * WITH RECURSIVE: the base, and what the step makes of it again and again. The step is a plan of its own: it scans
 * `working`, the rows of one round, whose last column is the number of the round, and `inputs`, which stand for
 * `externals` in order; its last column is that number again. With `distinct` (UNION) a row counts in the first round
 * that makes it, once; else (UNION ALL) as often as it is made.
 */
export interface RecursiveNode {
  readonly is: 'recursive'
  readonly name: string
  readonly base: PlanNode
  readonly externals: readonly PlanNode[]
  readonly step: PlanNode
  readonly working: Relation
  readonly inputs: readonly Relation[]
  readonly distinct: boolean
  /** The last round that there may be. */
  readonly limit: number
  readonly schema: Schema
}

export const RecursiveNode = {
  is: (node: PlanNode): node is RecursiveNode => node.is === 'recursive',

  create: (parts: Omit<RecursiveNode, 'is' | 'schema'>): RecursiveNode => ({
    is: 'recursive',
    ...parts,
    schema: parts.working.schema.slice(0, -1),
  }),
}
