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

/** Whether it is FALSE or NULL for every row. */
function isNeverTrue(e: Expression): boolean {
  if (e.is === 'literal') return e.value !== true
  if (e.is !== 'call') return false
  const [first] = e.args
  switch (e.name) {
    case 'and':
      return e.args.some(isNeverTrue)
    case 'or':
      return e.args.every(isNeverTrue)
    case 'not':
      // x NOT IN (…, NULL)
      return first?.is === 'call' && first.name === 'in' && first.args.some(isNull)
    default:
      return false
  }
}

const isNull = (e: Expression): boolean => e.is === 'literal' && e.value === null
