import type { PlanNode } from '../../plan/nodes/node.ts'

/** The primary key that the table below declares, whether or not its rows are proven to keep it; none or one. */
export function declaredKeys(node: PlanNode): readonly (readonly number[])[] {
  switch (node.is) {
    case 'scan': {
      const key = node.relation.primaryKey.map(column =>
        node.columns.findIndex(output => output.column === column && output.path.length === 0),
      )
      return key.length === 0 || key.includes(-1) ? [] : [key]
    }
    case 'filter':
      return declaredKeys(node.input)
    case 'project':
      return declaredKeys(node.input).flatMap(key => {
        const moved = key.map(one => node.expressions.findIndex(e => e.is === 'column' && e.index === one))
        return moved.includes(-1) ? [] : [moved]
      })
    default:
      return []
  }
}
