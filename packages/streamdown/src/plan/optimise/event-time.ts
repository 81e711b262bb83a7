import { visit } from '../expressions/walk.ts'
import { isTimed, type PlanNode } from '../nodes/node.ts'
import { expressionsOf, nodesOf, type Roots, transform } from '../visitor/transform.ts'

/**
 * Watermarks that nothing looks at are not made: without them projections merge, conditions reach the scan, and columns
 * that only the event time was computed from are not read. Those of `timed` roots are looked at by who reads them.
 */
export function dropUnusedEventTime(roots: Roots, timed: readonly boolean[] = []): Roots {
  if (timed.includes(true) || nodesOf(roots).some(usesEventTime)) return roots
  return transform(roots, node => {
    if (node.is === 'project' && node.watermark !== undefined) {
      const { watermark: _, ...rest } = node
      return rest
    }
    if (node.is === 'scan' && isTimed(node)) {
      const { eventTime: _, handedOn: __, ...rest } = node
      return rest
    }
    return node
  })
}

/** Operators that close, bound or order by event time, and functions that read the watermark. */
function usesEventTime(node: PlanNode): boolean {
  switch (node.is) {
    case 'window':
    case 'late':
    case 'sort':
      return true
    case 'aggregate':
    case 'rank':
      return node.window !== undefined
    case 'join':
      return node.time !== undefined
    case 'temporalJoin':
      return node.moment.is === 'eventTime'
    case 'match':
      return typeof node.time === 'number'
    case 'process':
      return node.time !== undefined
    case 'over':
      return node.emit === 'watermark' || node.emit === 'settled'
    default:
      return expressionsOf(node).some(readsWatermark)
  }
}

function readsWatermark(expression: Parameters<typeof visit>[0]): boolean {
  let reads = false
  visit(expression, part => {
    if (part.is === 'call' && /watermark/i.test(part.name)) reads = true
  })
  return reads
}
