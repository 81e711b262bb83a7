import type { PlanNode } from '../plan/nodes/node.ts'
import { derive } from '../plan/properties.ts'
import { isSmallTop } from './operators/rank/top-rank.ts'

/**
 * Columns of which each step brings at most one old and one new row, the old first and the new another: the changes are
 * consolidated as they come. Undefined where that is not known.
 */
export function consolidatedKey(node: PlanNode): readonly number[] | undefined {
  switch (node.is) {
    case 'filter':
      return consolidatedKey(node.input)
    case 'project': {
      const key = consolidatedKey(node.input)
      if (key === undefined) return undefined
      const outputOf = (column: number): number =>
        node.expressions.findIndex(e => e.is === 'column' && e.index === column)
      // Rows that differ in a column that is dropped may be equal.
      const dropped = node.input.schema.some((_, column) => outputOf(column) === -1)
      return dropped ? undefined : key.map(outputOf)
    }
    // Groups give what a step changed once, at its end; sessions also when they merge.
    case 'aggregate':
      return node.input.is === 'window' && node.input.windowing.kind === 'session'
        ? undefined
        : node.keys.map((_, position) => position)
    case 'rank': {
      const { appendOnly } = derive(node.input)
      const { partitionBy, from, to, output } = node
      if (node.window !== undefined || !isSmallTop({ function: node.function, appendOnly, to })) return undefined
      if (output) return [...partitionBy, node.schema.length - 1]
      return from === to ? partitionBy : undefined
    }
    default:
      return undefined
  }
}
