import type { PlanNode } from './nodes/node.ts'

/** Whether rows come when the watermark has passed their time, or the end of their window: not before. */
export function isSettled(node: PlanNode): boolean {
  switch (node.is) {
    case 'project':
    case 'filter':
    case 'temporalFilter':
    case 'flatMap':
    case 'repeat':
    case 'window':
    case 'async':
      return isSettled(node.input)
    case 'aggregate':
    case 'rank':
      return node.window !== undefined
    case 'over':
      return node.emit === 'watermark' || node.emit === 'settled'
    case 'join':
      return node.time?.kind === 'window'
    case 'temporalJoin':
      return node.moment.is === 'eventTime' || isSettled(node.left)
    case 'union':
      return node.inputs.every(isSettled)
    case 'match':
    case 'values':
      return true
    case 'scan':
    case 'asofJoin':
    case 'process':
    case 'recursive':
    case 'sort':
    case 'changelog':
    case 'late':
      return false
  }
}
