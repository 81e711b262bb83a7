import type { PlanNode } from '../../plan/nodes/node.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'

/** The input, perhaps optimised, where its rows are only added and the column is an event time of them. */
export function inEventTime(input: PlanNode, column: number): PlanNode | undefined {
  const settled = derive(input).timeColumns.includes(column) ? input : optimise(input)
  const { appendOnly, timeColumns } = derive(settled)
  return appendOnly && timeColumns.includes(column) ? settled : undefined
}
