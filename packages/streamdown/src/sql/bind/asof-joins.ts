import { all, column, conjuncts } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { remap } from '../../plan/expressions/walk.ts'
import { joinOn, overJoin, sideOf, withColumns, withoutHarmlessCast } from '../../plan/joins.ts'
import { AsofJoinNode, type JoinKind, type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import type { Span } from '../parse/ast.ts'
import { declaredKeys } from './declared-keys.ts'
import { fail, notYet } from './problem.ts'

type Operator = AsofJoinNode['nearest']['operator']

/** The one inequality of an ASOF join, its left side over the left columns, its right over the right ones, from 0. */
interface Inequality {
  readonly left: Expression
  readonly right: Expression
  readonly operator: Operator
}

/** `left ASOF JOIN right ON a = b AND x >= y`: equalities and one inequality. */
export function asofJoin(
  kind: JoinKind,
  left: PlanNode,
  right: PlanNode,
  condition: Expression | undefined,
  at: Span,
): PlanNode {
  if (kind !== 'inner' && kind !== 'left') return notYet(`ASOF ${kind} join`, 'Use ASOF JOIN or ASOF LEFT JOIN.', at)
  const width = left.schema.length
  const parts = condition === undefined ? [] : conjuncts(condition)
  const inequalities = parts.flatMap(part => inequality(part, width) ?? [])
  const [nearest] = inequalities
  if (nearest === undefined || inequalities.length > 1)
    return fail('DSD2006', `ASOF JOIN goes by one inequality between both sides; here are ${inequalities.length}.`, at)
  const widerLeft = withColumns(left, computed(nearest.left))
  const widerRight = withColumns(right, computed(nearest.right))
  const added = widerLeft.schema.length - width
  const equalities = parts.filter(part => inequality(part, width) === undefined)
  const moved = equalities.map(e => remap(e, index => (index < width ? index : index + added)))
  const joined = joinOn(kind, widerLeft, widerRight, moved.length === 0 ? undefined : all(moved))
  const [key = []] = [...derive(right).keys, ...declaredKeys(right)]
  const by = {
    left: placeOf(nearest.left, width),
    right: placeOf(nearest.right, right.schema.length),
    operator: nearest.operator,
  }
  const plan = overJoin(joined, join => {
    if (join.condition !== undefined)
      return fail('DSD2006', 'ASOF JOIN takes equalities and one inequality; test anything else in WHERE.', at)
    return AsofJoinNode.create(kind, join.left, join.right, join.keys, by, key)
  })
  if (widerLeft === left && widerRight === right) return plan
  const kept = [...left.schema.keys(), ...[...right.schema.keys()].map(i => widerLeft.schema.length + i)]
  return ProjectNode.create(
    plan,
    kept.map(i => ({ name: plan.schema[i]!.name, value: column(plan.schema, i) })),
  )
}

/** What must be added to a side for an expression over it. */
const computed = (e: Expression): readonly Expression[] => (e.is === 'column' ? [] : [e])

const placeOf = (e: Expression, width: number): number => (e.is === 'column' ? e.index : width)

const mirrored: Readonly<Record<Operator, Operator>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

function inequality(e: Expression, width: number): Inequality | undefined {
  if (e.is !== 'call' || e.args.length !== 2) return undefined
  const { name } = e
  if (name !== '<' && name !== '<=' && name !== '>' && name !== '>=') return undefined
  const [a, b] = e.args.map(withoutHarmlessCast)
  if (a === undefined || b === undefined) return undefined
  const toRight = (side: Expression) => remap(side, index => index - width)
  const sides = `${sideOf(a, width)} ${sideOf(b, width)}`
  if (sides === 'left right') return { left: a, right: toRight(b), operator: name }
  return sides === 'right left' ? { left: b, right: toRight(a), operator: mirrored[name] } : undefined
}
