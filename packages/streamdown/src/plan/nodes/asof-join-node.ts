import type { Schema } from '../../types/data-type.ts'
import { type JoinNode, joinedSchema } from './join-node.ts'
import type { PlanNode } from './node.ts'

/**
 * Each left row meets the one right row of equal `keys` that is nearest to it: of those for which `left OP right` holds
 * the one with the greatest (OP > or >=) or the least value. Of several the one with the least `ties`, then with the
 * least columns in order. Output: left columns then right columns; it follows all changes of both sides.
 */
export interface AsofJoinNode {
  readonly is: 'asofJoin'
  readonly kind: 'inner' | 'left'
  readonly left: PlanNode
  readonly right: PlanNode
  readonly keys: JoinNode['keys']
  readonly nearest: { readonly left: number; readonly right: number; readonly operator: '<' | '<=' | '>' | '>=' }
  /** Columns of the right. */
  readonly ties: readonly number[]
  readonly schema: Schema
}

export const AsofJoinNode = {
  is: (node: PlanNode): node is AsofJoinNode => node.is === 'asofJoin',

  create: (
    kind: AsofJoinNode['kind'],
    left: PlanNode,
    right: PlanNode,
    keys: JoinNode['keys'],
    nearest: AsofJoinNode['nearest'],
    ties: readonly number[],
  ): AsofJoinNode => ({
    is: 'asofJoin',
    kind,
    left,
    right,
    keys,
    nearest,
    ties,
    schema: joinedSchema(kind, left.schema, right.schema),
  }),
}
