import type { PlanNode } from '../nodes/node.ts'
import type { Program } from '../program.ts'
import { mapExpressions, type Roots, transform } from '../visitor/transform.ts'
import { joinDistinctPartners } from './distinct-partners.ts'
import { groupDistinctValues } from './distinct-values.ts'
import { useEqualities } from './equalities.ts'
import { dropUnusedEventTime } from './event-time.ts'
import { pushFilters } from './filters.ts'
import { type Evaluate, fold } from './fold.ts'
import { merge } from './merge.ts'
import { readNestedFields } from './nested.ts'
import { dropWhatNeverPasses } from './never.ts'
import { prune } from './prune.ts'
import { projectRows } from './rows.ts'
import { listSessions } from './session-rows.ts'
import { aggregateSessionsDirectly } from './sessions.ts'
import { share } from './share.ts'
import { constrained } from './sink-constraints.ts'
import { findTimeBounds } from './time-bounds.ts'
import { readVersions } from './versions.ts'

export interface OptimiseOptions {
  /** Computes constant expressions beyond the simple ones. */
  readonly evaluate?: Evaluate
  /** Of each root, whether its event time is handed on: it is kept though nothing in the plan looks at it. */
  readonly timed?: readonly boolean[]
}

/**
 * A plan that gives the same rows with less work. Every root keeps its columns in order, names and types. Nodes that
 * roots share stay shared; equal ones become so.
 */
export function optimiseRoots(roots: Roots, { evaluate, timed = [] }: OptimiseOptions = {}): Roots {
  let plan = transform(roots, node => mapExpressions(node, e => fold(e, evaluate)))
  plan = dropWhatNeverPasses(merge(plan))
  if (evaluate !== undefined) plan = projectRows(plan, evaluate)
  if (plan.every(root => root.is === 'values')) return plan
  plan = share(plan)
  plan = merge(pushFilters(plan))
  plan = merge(findTimeBounds(plan))
  plan = merge(pushFilters(merge(dropUnusedEventTime(plan, timed))))
  plan = useEqualities(plan, evaluate)
  plan = joinDistinctPartners(plan)
  plan = groupDistinctValues(plan)
  plan = merge(readVersions(plan))
  plan = aggregateSessionsDirectly(plan)
  plan = merge(prune(plan, timed))
  plan = readNestedFields(plan)
  plan = listSessions(plan)
  return share(merge(plan))
}

export function optimise(plan: PlanNode, options: OptimiseOptions = {}): PlanNode {
  return optimiseRoots([plan], options)[0]!
}

export function optimiseProgram(program: Program, options: OptimiseOptions = {}): Program {
  const roots = [...program.sinks.map(constrained), ...program.views.map(view => view.input)]
  const timed = [...program.sinks.map(() => false), ...program.views.map(view => view.timed === true)]
  const plans = optimiseRoots(roots, { ...options, timed })
  return {
    sinks: program.sinks.map(({ constraints: _, ...sink }, i) => ({ ...sink, input: plans[i]! })),
    views: program.views.map((view, i) => ({ ...view, input: plans[program.sinks.length + i]! })),
  }
}
