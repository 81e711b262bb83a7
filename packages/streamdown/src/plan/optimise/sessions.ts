import { columns } from '../expressions/build.ts'
import { columnsRead, hasLambda, remap, replaceColumns } from '../expressions/walk.ts'
import { type AggregateNode, type PlanNode, ProjectNode, WindowNode } from '../nodes/node.ts'
import { mapCall, type Roots, readersOf, transform } from '../visitor/transform.ts'

/**
 * Sessions are found by the aggregate over them, so nothing may stand between: a projection there is computed below
 * the window, or within the aggregate's arguments.
 */
export function aggregateSessionsDirectly(roots: Roots): Roots {
  const readers = readersOf(roots)
  return transform(roots, (node, original) => {
    if (node.is !== 'aggregate' || node.input.is !== 'project' || original.is !== 'aggregate') return node
    if ((readers.get(original.input) ?? 0) > 1) return node
    return overSession(node, node.input) ?? node
  })
}

function overSession(node: AggregateNode, project: ProjectNode): PlanNode | undefined {
  const window = project.input
  if (window.is !== 'window' || window.windowing.kind !== 'session' || project.watermark !== undefined) return undefined
  const below = window.input.schema.length
  const keyExpressions = node.keys.map(key => project.expressions[key]!)
  const computed = keyExpressions.filter(e => e.is !== 'column')
  if (computed.some(e => hasLambda(e) || [...columnsRead(e)].some(index => index >= below))) return undefined
  const input = ProjectNode.create(window.input, [
    ...columns(window.input.schema).map(value => ({ name: value.name, value })),
    ...computed.map((value, i) => ({ name: `$key${i}`, value })),
  ])
  const moved = (index: number) => (index < below ? index : index + computed.length)
  const sessions = WindowNode.create(
    computed.length === 0 ? window.input : input,
    window.windowing,
    window.time,
    window.emit,
  )
  let next = below
  const keys = keyExpressions.map(e => (e.is === 'column' ? moved(e.index) : next++))
  const calls = node.calls.map(call =>
    mapCall(call, e =>
      remap(
        replaceColumns(e, index => project.expressions[index]!),
        moved,
      ),
    ),
  )
  return { ...node, input: sessions, keys, calls }
}
