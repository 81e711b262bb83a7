import { conjuncts } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { type PlanNode, ValuesNode } from '../nodes/node.ts'
import { derive } from '../properties.ts'
import { type Roots, transform } from '../visitor/transform.ts'

/**
 * A condition that holds for no row leaves nothing to compute: what is below it is not run, so nothing in it fails, as in
 * PostgreSQL. A stream with a time column stays: windows and patterns behind it need its watermark.
 */
export function dropWhatNeverPasses(roots: Roots): Roots {
  return transform(roots, node => (neverPasses(node) ? ValuesNode.create([], node.schema) : node))
}

function neverPasses(node: PlanNode): boolean {
  if (node.is !== 'filter' || !conjuncts(node.condition).some(isNeverTrue)) return false
  const { timeColumns, processing } = derive(node)
  return timeColumns.length === 0 && processing.length === 0
}

const isNeverTrue = (e: Expression): boolean => e.is === 'literal' && e.value !== true
