import type { AggregateCall } from '../expressions/aggregate-call.ts'
import { column } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { AggregateNode, type PlanNode, ProjectNode } from '../nodes/node.ts'
import { type Roots, transform } from '../visitor/transform.ts'

/** Aggregates that say the same of each different value once. */
const divided = new Set(['count', 'sum', 'sum0', 'avg'])

/**
 * DISTINCT aggregates of one value over all rows are aggregates over its groups: these are divided by key, between workers
 * and where state is spilled, while what all rows meet in is then a few numbers.
 */
export function groupDistinctValues(roots: Roots): Roots {
  return transform(roots, node => (node.is === 'aggregate' ? (overValues(node) ?? node) : node))
}

function overValues(node: AggregateNode): PlanNode | undefined {
  if (node.keys.length > 0 || node.window !== undefined || node.ttl !== undefined) return undefined
  const [first] = node.calls
  const value = first === undefined ? undefined : countedOnce(first)
  if (value === undefined) return undefined
  const text = textOf(value)
  const isSame = (call: AggregateCall): boolean => {
    const own = countedOnce(call)
    return own !== undefined && textOf(own) === text
  }
  if (!node.calls.every(isSame)) return undefined
  const values = AggregateNode.create(ProjectNode.create(node.input, [{ name: 'value', value }]), [0], [])
  const calls = node.calls.map(call => ({ ...call, distinct: false, args: [column(values.schema, 0)] }))
  return { ...node, input: values, calls }
}

/** The value that a DISTINCT call looks at, if it has no other condition. */
function countedOnce({ name, distinct, args, filter, orderBy }: AggregateCall): Expression | undefined {
  if (!distinct || !divided.has(name) || filter !== undefined || (orderBy ?? []).length > 0) return undefined
  return args.length === 1 ? args[0] : undefined
}

const textOf = (value: Expression): string =>
  JSON.stringify(value, (key, part) => (key === 'at' ? undefined : typeof part === 'bigint' ? `${part}n` : part))
