import type { JoinNode } from '../../../plan/nodes/node.ts'
import type { Operator } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { InputShape } from '../shape.ts'
import { Join } from './join-core.ts'

/**
 * A join whose rows' times lie within bounds of each other: rows are forgotten when the watermark says that nothing can
 * meet them any more, and come out alone then where the join must show them. A row that nothing can meet when it
 * arrives is late. Times of the result may lie behind the inputs' watermark by up to the bounds: its own stays back.
 */
export function createIntervalJoin(
  node: JoinNode,
  context: OperatorContext,
  shapes: readonly [InputShape, InputShape],
): Operator {
  return new Join(node, context, shapes, node.time)
}
