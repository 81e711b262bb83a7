import { types } from '../../types/data-type.ts'
import { expandRows } from '../expand-rows.ts'
import type { AggregateCall } from '../expressions/aggregate-call.ts'
import { column, columns } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { AggregateNode, type PlanNode, ProjectNode, type WindowNode } from '../nodes/node.ts'
import { mapInputs } from '../visitor/inputs.ts'
import { type Roots, transform } from '../visitor/transform.ts'
import { groupWindow } from '../windows.ts'

/**
 * Rows of sessions that no aggregate takes. A row's session is known when it ends: until then its rows are kept as a
 * list, which then becomes rows again. Of sessions that do not close the list is corrected as they grow.
 */
export function listSessions(roots: Roots): Roots {
  const known = new Map<PlanNode, PlanNode>()
  const listed = (node: PlanNode): PlanNode => {
    if (node.is !== 'window' || node.windowing.kind !== 'session') return node
    const rows = known.get(node) ?? rowsOfSessions(node, node.windowing.partitionBy)
    known.set(node, rows)
    return rows
  }
  return transform(roots, node => (node.is === 'aggregate' ? node : mapInputs(node, listed))).map(listed)
}

function rowsOfSessions(window: WindowNode, partitionBy: readonly number[]): PlanNode {
  const { schema } = window.input
  const width = schema.length
  const keys = [...partitionBy, width, width + 1, width + 2]
  const row: Expression = {
    is: 'call',
    name: 'row',
    args: columns(schema),
    type: types.row(schema),
    nullable: false,
  }
  const list: AggregateCall = {
    name: 'array_agg',
    args: [row],
    distinct: false,
    type: types.array(row.type),
    nullable: true,
  }
  const closing = groupWindow(window, keys, { allowedLateness: 0n, changes: false })
  const sessions = AggregateNode.create(window, keys, [list])
  const grouped = closing === undefined ? sessions : { ...sessions, window: closing }
  const of = column(grouped.schema, keys.length)
  const rows = expandRows(grouped, [{ is: 'elements', of, name: 'row' }], { outer: false, ordinality: false })
  return ProjectNode.create(
    rows,
    window.schema.map(({ name, nullable }, index) => {
      const at = index < width ? grouped.schema.length + index : partitionBy.length + index - width
      return { name, value: { ...column(rows.schema, at), nullable } }
    }),
  )
}
