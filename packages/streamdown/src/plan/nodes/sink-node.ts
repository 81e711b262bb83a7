import type { PlanNode } from './node.ts'
import type { Relation } from './relation.ts'

/** A job: rows into a sink. `columns` of the sink in order; the binder has cast the input to them. */
export interface SinkNode {
  readonly is: 'sink'
  readonly name: string
  readonly input: PlanNode
  readonly relation: Relation
  readonly guarantee?: 'at-least-once' | 'exactly-once'
}
