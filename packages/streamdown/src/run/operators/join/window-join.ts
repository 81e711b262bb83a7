import type { JoinNode } from '../../../plan/nodes/node.ts'
import type { Operator } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { InputShape } from '../shape.ts'
import { Join } from './join-core.ts'

/**
 * A join of equal windows: rows meet when the watermark closes their window, come out alone then where the join must
 * show them, and are forgotten. Rows of a window that the smaller watermark has closed are late.
 */
export function createWindowJoin(
  node: JoinNode,
  context: OperatorContext,
  shapes: readonly [InputShape, InputShape],
): Operator {
  return new Join(node, context, shapes, node.time)
}
