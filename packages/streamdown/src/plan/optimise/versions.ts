import { types } from '../../types/data-type.ts'
import { columns, literal } from '../expressions/build.ts'
import { type PlanNode, ProjectNode, type RankNode, TemporalJoinNode } from '../nodes/node.ts'
import { derive } from '../properties.ts'
import { type Roots, transform } from '../visitor/transform.ts'

/**
 * A versioned view is the newest row of each key by event time. As of a time it is the newest row that is not later, so
 * each row of its input is a version: also one that comes after a newer one, or in the same step, which the view itself
 * would not show.
 */
export function readVersions(roots: Roots): Roots {
  return transform(roots, node => {
    if (!TemporalJoinNode.is(node) || node.moment.is !== 'eventTime') return node
    const right = versions(node.right)
    return right === undefined
      ? node
      : TemporalJoinNode.create(node.kind, node.left, right, node.keys, node.condition, node.moment)
  })
}

function versions(node: PlanNode): PlanNode | undefined {
  switch (node.is) {
    case 'project': {
      const input = versions(node.input)
      return (
        input &&
        ProjectNode.create(
          input,
          node.schema.map(({ name }, i) => ({ name, value: node.expressions[i]! })),
        )
      )
    }
    case 'rank':
      return isNewest(node) ? numbered(node) : undefined
    default:
      return undefined
  }
}

function isNewest({ function: kind, input, orderBy, from, to, window }: RankNode): boolean {
  const { eventTime } = derive(input)
  const [order, ...more] = orderBy
  const isLast = kind === 'row_number' && from === 1 && to === 1 && window === undefined
  return isLast && eventTime !== undefined && order?.column === eventTime && order.descending && more.length === 0
}

/** The input of a rank, with the number that it would give. */
function numbered({ input, output, schema }: RankNode): PlanNode {
  if (!output) return input
  const number = { name: schema.at(-1)!.name, value: literal(1n, types.bigint) }
  return ProjectNode.create(input, [...columns(input.schema).map(value => ({ name: value.name, value })), number])
}
