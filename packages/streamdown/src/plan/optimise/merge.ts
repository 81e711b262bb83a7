import { all, conjuncts, isTrue } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { isDeterministicCall, isStepClock } from '../expressions/facts.ts'
import { hasLambda, replaceColumns, visit } from '../expressions/walk.ts'
import { FilterNode, type PlanNode, type ProjectNode } from '../nodes/node.ts'
import { derive } from '../properties.ts'
import { type Roots, readersOf, transform } from '../visitor/transform.ts'
import { fold } from './fold.ts'

/** Projects and filters that stand on each other become one; those that change nothing go. */
export function merge(roots: Roots): Roots {
  const readers = readersOf(roots)
  const shared = new Set<PlanNode>()
  return transform(roots, (node, original) => {
    const result = mergeNode(node, shared)
    if ((readers.get(original) ?? 0) > 1) shared.add(result)
    return result
  })
}

function mergeNode(node: PlanNode, shared: ReadonlySet<PlanNode>): PlanNode {
  if (node.is === 'filter') {
    if (isTrue(node.condition)) return node.input
    if (node.input.is !== 'filter' || shared.has(node.input)) return node
    return FilterNode.create(node.input.input, all([...conjuncts(node.input.condition), ...conjuncts(node.condition)]))
  }
  if (node.is !== 'project') return node
  if (isIdentity(node)) return node.input
  const { input } = node
  if (input.is !== 'project' || shared.has(input) || input.watermark !== undefined || !mayInline(node, input))
    return node
  if (node.watermark !== undefined && derive(input).timeColumns.length > 0) return node
  const expressions = node.expressions.map(e => fold(replaceColumns(e, index => input.expressions[index]!)))
  return mergeNode({ ...node, input: input.input, expressions }, shared)
}

/** All columns as they are, names too. */
function isIdentity(node: ProjectNode): boolean {
  return (
    node.watermark === undefined &&
    node.expressions.length === node.input.schema.length &&
    node.expressions.every((e, i) => e.is === 'column' && e.index === i) &&
    node.schema.every((field, i) => field.name === node.input.schema[i]!.name)
  )
}

/** What costs or may differ is not computed twice; an arrow sees the row that it was written for. */
function mayInline(outer: ProjectNode, inner: ProjectNode): boolean {
  if (outer.expressions.some(hasLambda)) return false
  const uses = new Map<number, number>()
  for (const e of outer.expressions) {
    visit(e, part => {
      if (part.is === 'column') uses.set(part.index, (uses.get(part.index) ?? 0) + 1)
    })
  }
  return inner.expressions.every((e, i) => {
    const count = uses.get(i) ?? 0
    return count === 0 || isCheap(e) || (count === 1 && (isDeterministicCall(e) || isStepClock(e)))
  })
}

export const isCheap = (e: Expression): boolean =>
  e.is === 'column' ||
  e.is === 'literal' ||
  (e.is === 'field' && isCheap(e.input)) ||
  (e.is === 'call' && e.name === 'row' && e.args.every(isCheap))
