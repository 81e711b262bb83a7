import { all, column, columns, literal, test } from '../../plan/expressions/build.ts'
import { joinOn } from '../../plan/joins.ts'
import { type JoinKind, type PlanNode, ProjectNode, UnionNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'

/**
 * A join by the pairs of rows for which its condition holds, where that is more than a join can test (it has subqueries):
 * the pairs, and the rows that are in none. `pairs` has the left columns, then the right ones.
 */
export function joinByPairs(kind: JoinKind, left: PlanNode, right: PlanNode, pairs: PlanNode): PlanNode {
  const width = left.schema.length
  if (kind === 'semi' || kind === 'anti') return inPairs(kind, left, pairs, 0)
  const padded = (side: PlanNode, from: number): PlanNode => {
    const own = columns(side.schema)
    return ProjectNode.create(
      side,
      pairs.schema.map(({ name, type }, at) => ({ name, value: own[at - from] ?? literal(null, type) })),
    )
  }
  const ofLeft = kind === 'left' || kind === 'full' ? [padded(inPairs('anti', left, pairs, 0), 0)] : []
  const ofRight = kind === 'right' || kind === 'full' ? [padded(inPairs('anti', right, pairs, width), width)] : []
  return UnionNode.create([pairs, ...ofLeft, ...ofRight])
}

/** The rows of a side that are, or are not, in one of the pairs: rows of equal values are in pairs alike. */
function inPairs(kind: 'semi' | 'anti', side: PlanNode, pairs: PlanNode, from: number): PlanNode {
  const [key] = [...derive(side).keys].sort((a, b) => a.length - b.length)
  const places = key ?? side.schema.map((_, at) => at)
  const width = side.schema.length
  const schema = [...side.schema, ...pairs.schema]
  const same = places.map(at => test('is_not_distinct_from', column(schema, at), column(schema, width + from + at)))
  return joinOn(kind, side, pairs, all(same))
}
