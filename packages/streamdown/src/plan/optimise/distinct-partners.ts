import { AggregateNode, JoinNode, type PlanNode } from '../nodes/node.ts'
import { derive } from '../properties.ts'
import { type Roots, transform } from '../visitor/transform.ts'

/**
 * Whether a row has a partner does not hang on how many it has: a semi or anti join by keys alone gets each key once. Rows
 * of a frequent key then do not look at all of its partners, and not each of these at all rows.
 */
export function joinDistinctPartners(roots: Roots): Roots {
  return transform(roots, node => (JoinNode.is(node) ? distinctPartners(node) : node))
}

function distinctPartners(node: JoinNode): PlanNode {
  const { kind, left, right, keys, condition, time } = node
  if ((kind !== 'semi' && kind !== 'anti') || condition !== undefined || time !== undefined) return node
  const columns = [...new Set(keys.map(key => key.right))]
  const isDistinct = derive(right).keys.some(key => key.every(column => columns.includes(column)))
  if (columns.length === 0 || isDistinct) return node
  return JoinNode.create(
    kind,
    left,
    AggregateNode.create(right, columns, []),
    keys.map(key => ({ ...key, right: columns.indexOf(key.right) })),
  )
}
