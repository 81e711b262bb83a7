import { column, columns } from './expressions/build.ts'
import { AggregateNode, FilterNode, type PlanNode, ProjectNode } from './nodes/node.ts'
import { derive } from './properties.ts'

export interface Timed {
  /** The rows as they were, maybe with their event time behind them. */
  readonly plan: PlanNode
  readonly time: number
}

/**
 * The rows with their event time, also where it was not selected: projections hand it on, and results of a closing window
 * have that of the window. Undefined where the rows have none.
 */
export function keepingTime(plan: PlanNode): Timed | undefined {
  const { eventTime } = derive(plan)
  const own = eventTime === undefined ? undefined : { plan, time: eventTime }
  // Its own may be the end of the window, which lies in the next one.
  if (plan.is === 'aggregate') return ofWindow(plan) ?? own
  if (own !== undefined) return own
  switch (plan.is) {
    case 'filter': {
      const input = keepingTime(plan.input)
      return input && { plan: FilterNode.create(input.plan, plan.condition), time: input.time }
    }
    case 'project': {
      const input = keepingTime(plan.input)
      if (input === undefined) return undefined
      const selected = plan.expressions.map((value, i) => ({ name: plan.schema[i]?.name ?? '', value }))
      return {
        plan: ProjectNode.create(input.plan, [...selected, timeOf(input)]),
        time: selected.length,
      }
    }
    default:
      return undefined
  }
}

const timeOf = ({ plan, time }: Timed) => ({ name: '$time', value: column(plan.schema, time) })

function ofWindow(plan: AggregateNode): Timed | undefined {
  const { eventTime } = derive(plan.input)
  if (plan.window === undefined || eventTime === undefined) return undefined
  const { keys, calls, window } = plan
  const grouped = { ...AggregateNode.create(plan.input, [...keys, eventTime], calls), window }
  const all = columns(grouped.schema).map(value => ({ name: value.name, value }))
  const before = all.filter((_, i) => i !== keys.length)
  return {
    plan: ProjectNode.create(grouped, [...before, timeOf({ plan: grouped, time: keys.length })]),
    time: before.length,
  }
}
