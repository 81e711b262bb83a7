import type { Expression, LiteralExpression } from '../expressions/expression.ts'
import { isDeterministicCall } from '../expressions/facts.ts'
import { replaceColumns } from '../expressions/walk.ts'
import { type PlanNode, type ProjectNode, ValuesNode } from '../nodes/node.ts'
import { type Roots, transform } from '../visitor/transform.ts'
import type { Evaluate } from './fold.ts'

/** Cells that are computed one by one; more are computed faster by the running program. */
const COMPUTED_CELLS = 100

/** A projection of rows of literals becomes rows, unless a cell fails: it fails then when it runs. */
export function projectRows(roots: Roots, evaluate: Evaluate): Roots {
  return transform(roots, node => (node.is === 'project' ? projected(node, evaluate) : node))
}

function projected(node: ProjectNode, evaluate: Evaluate): PlanNode {
  const { input, expressions, schema } = node
  if (input.is !== 'values' || node.watermark !== undefined) return node
  const computed = expressions.filter(({ is }) => is !== 'column' && is !== 'literal')
  if (computed.length * input.rows.length > COMPUTED_CELLS || !computed.every(isPlain)) return node
  const rows: LiteralExpression[][] = []
  for (const cells of input.rows) {
    if (!cells.every(({ is }) => is === 'literal')) return node
    const row: LiteralExpression[] = []
    for (const e of expressions) {
      const cell = e.is === 'column' ? cells[e.index] : e
      if (cell === undefined) return node
      if (cell.is === 'literal') {
        row.push(cell)
        continue
      }
      const value = evaluate(replaceColumns(cell, index => cells[index]!))
      if (value === undefined) return node
      row.push({ is: 'literal', value, type: e.type, nullable: value === null })
    }
    rows.push(row)
  }
  return ValuesNode.create(rows, schema)
}

const isPlain = (e: Expression): boolean =>
  isDeterministicCall(e) && e.type.is !== 'row' && e.type.is !== 'array' && e.type.is !== 'map'
