import type { AggregateCall } from '../expressions/aggregate-call.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode } from '../nodes/node.ts'
import { inputsOf, mapInputs } from './inputs.ts'

/** A plan with several roots: what runs together, and shares nodes by identity. */
export type Roots = readonly PlanNode[]

/**
 * Rewrites from the leaves up. Each node is rewritten once, however many reach it, so sharing stays; `rewrite` gets the
 * node over its rewritten inputs and gives one with the same columns.
 */
export function transform(roots: Roots, rewrite: (node: PlanNode, original: PlanNode) => PlanNode): Roots {
  const done = new Map<PlanNode, PlanNode>()
  const visit = (node: PlanNode): PlanNode => {
    const known = done.get(node)
    if (known !== undefined) return known
    const result = rewrite(mapInputs(node, visit), node)
    done.set(node, result)
    return result
  }
  return roots.map(visit)
}

/** All nodes, each once, inputs before what reads them. */
export function nodesOf(roots: Roots): readonly PlanNode[] {
  const seen = new Set<PlanNode>()
  const visit = (node: PlanNode): void => {
    if (seen.has(node)) return
    for (const input of inputsOf(node)) visit(input)
    seen.add(node)
  }
  for (const root of roots) visit(root)
  return [...seen]
}

/** How many places read a node; a root counts as one. */
export function readersOf(roots: Roots): ReadonlyMap<PlanNode, number> {
  const counts = new Map<PlanNode, number>()
  const count = (node: PlanNode) => counts.set(node, (counts.get(node) ?? 0) + 1)
  for (const node of nodesOf(roots)) for (const input of inputsOf(node)) count(input)
  for (const root of roots) count(root)
  return counts
}

/** All expressions of one node. */
export function expressionsOf(node: PlanNode): readonly Expression[] {
  switch (node.is) {
    case 'filter':
      return [node.condition]
    case 'project':
      return node.expressions
    case 'values':
      return node.rows.flat()
    case 'aggregate':
    case 'over':
      return node.calls.flatMap(callExpressions)
    case 'join':
    case 'temporalJoin':
    case 'async':
      return node.condition === undefined ? [] : [node.condition]
    case 'flatMap':
      return [node.lambda]
    case 'match':
      return [...node.defines.filter(define => define !== undefined), ...node.outputs]
    default:
      return []
  }
}

export const callExpressions = ({ args, filter, orderBy = [] }: AggregateCall): readonly Expression[] => [
  ...args,
  ...(filter === undefined ? [] : [filter]),
  ...orderBy.map(item => item.by),
]

export const mapCall = <Call extends AggregateCall>(call: Call, change: (e: Expression) => Expression): Call => ({
  ...call,
  args: call.args.map(change),
  ...(call.filter === undefined ? {} : { filter: change(call.filter) }),
  ...(call.orderBy === undefined ? {} : { orderBy: call.orderBy.map(item => ({ ...item, by: change(item.by) })) }),
})

/** The node with its own expressions changed to others of the same type. */
export function mapExpressions(node: PlanNode, change: (e: Expression) => Expression): PlanNode {
  switch (node.is) {
    case 'filter': {
      const condition = change(node.condition)
      return condition === node.condition ? node : { ...node, condition }
    }
    case 'project': {
      const expressions = node.expressions.map(change)
      return expressions.every((e, i) => e === node.expressions[i]) ? node : { ...node, expressions }
    }
    case 'values':
      return { ...node, rows: node.rows.map(row => row.map(change)) }
    case 'aggregate':
      return { ...node, calls: node.calls.map(call => mapCall(call, change)) }
    case 'over':
      return { ...node, calls: node.calls.map(call => mapCall(call, change)) }
    case 'join':
    case 'temporalJoin':
    case 'async': {
      if (node.condition === undefined) return node
      const condition = change(node.condition)
      return condition === node.condition ? node : { ...node, condition }
    }
    case 'match': {
      const defines = node.defines.map(define => (define === undefined ? define : change(define)))
      const outputs = node.outputs.map(change)
      const same = defines.every((e, i) => e === node.defines[i]) && outputs.every((e, i) => e === node.outputs[i])
      return same ? node : { ...node, defines, outputs }
    }
    default:
      return node
  }
}
