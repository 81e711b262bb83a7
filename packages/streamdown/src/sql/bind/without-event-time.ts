import type { PlanNode, Relation } from '../../plan/nodes/node.ts'
import { nodesOf } from '../../plan/visitor/transform.ts'

/** Why rows that a plan reads have no event time, and what gives them one: the end of a sentence, and another. */
export function withoutEventTime(plan: PlanNode): string {
  const views = nodesOf([plan]).flatMap(node =>
    node.is === 'scan' && node.relation.connector === 'view' && node.handedOn === undefined ? [node.relation] : [],
  )
  const [view] = views
  if (view === undefined) return 'nothing that is read here has one. Declare WATERMARK FOR a time column of the table.'
  return isUpdating(view)
    ? `rows of the materialized view "${view.name}" may be taken back, so that no watermark holds for them. Make it a plain VIEW, which keeps the event time of its tables, or have it emit final rows: a window with EMIT ON WINDOW CLOSE.`
    : `the materialized view "${view.name}" hands none on: select a time column of a table with a WATERMARK in it, as it is, or window_end.`
}

const isUpdating = ({ changes }: Relation): boolean => changes === 'retract'
