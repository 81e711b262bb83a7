import type { Expression } from '../../plan/expressions/expression.ts'
import { isDeterministicCall } from '../../plan/expressions/facts.ts'
import type { PlanNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { readsClock } from './clock-comparisons.ts'
import type { BindContext } from './context.ts'
import { notYet } from './problem.ts'

/**
 * Where a query keeps running, a condition on chance over rows that may be taken back would let a row in and not its
 * retraction, or the other way round.
 */
export function refuseChance(context: BindContext, input: PlanNode, conditions: readonly Expression[]): void {
  if (!context.continuous || derive(input).appendOnly) return
  const chance = conditions.find(condition => !isDeterministicCall(condition) && !readsClock(condition))
  if (chance === undefined) return
  notYet(
    'A condition on chance over rows that may be taken back',
    'Let it stand over rows that are only added, or compare a column that came with the row.',
    chance.at,
  )
}
