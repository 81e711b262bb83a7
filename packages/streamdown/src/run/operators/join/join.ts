import type { JoinNode } from '../../../plan/nodes/node.ts'
import type { Operator } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { InputShape } from '../shape.ts'
import { Join } from './join-core.ts'

/** A join of two changing inputs; with `keep`, rows are forgotten by the processing clock. */
export function createJoin(
  node: JoinNode,
  context: OperatorContext,
  shapes: readonly [InputShape, InputShape],
): Operator {
  return new Join(node, context, shapes, node.time)
}
