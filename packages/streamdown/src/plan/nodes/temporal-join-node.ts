import type { Schema } from '../../types/data-type.ts'
import type { Expression } from '../expressions/expression.ts'
import { type JoinNode, joinedSchema } from './join-node.ts'
import type { PlanNode } from './node.ts'

/**
 * FOR SYSTEM_TIME AS OF: each left row meets the right rows of one moment, once; later changes of the right do not touch
 * the result. Output: left columns then right columns. `condition` is over both and must also hold.
 *
 * The moment is the left row's arrival, or its event time. By event time `keys` hold a key of the right, whose row at a
 * time is the newest one whose own time is not later; left rows wait until both watermarks have reached their time.
 */
export interface TemporalJoinNode {
  readonly is: 'temporalJoin'
  readonly kind: 'inner' | 'left'
  readonly left: PlanNode
  readonly right: PlanNode
  readonly keys: JoinNode['keys']
  readonly condition?: Expression
  readonly moment:
    | { readonly is: 'arrival' }
    | { readonly is: 'eventTime'; readonly left: number; readonly right: number }
  readonly schema: Schema
}

export const TemporalJoinNode = {
  is: (node: PlanNode): node is TemporalJoinNode => node.is === 'temporalJoin',

  create: (
    kind: TemporalJoinNode['kind'],
    left: PlanNode,
    right: PlanNode,
    keys: JoinNode['keys'],
    condition: Expression | undefined,
    moment: TemporalJoinNode['moment'],
  ): TemporalJoinNode => ({
    is: 'temporalJoin',
    kind,
    left,
    right,
    keys,
    ...(condition === undefined ? {} : { condition }),
    moment,
    schema: joinedSchema(kind, left.schema, right.schema),
  }),
}
