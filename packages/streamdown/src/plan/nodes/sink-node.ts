import type { PlanNode } from './node.ts'
import type { Relation } from './relation.ts'

/** A job: rows into a sink. `columns` of the sink in order; the binder has cast the input to them. */
export interface SinkNode {
  readonly is: 'sink'
  readonly name: string
  readonly input: PlanNode
  readonly relation: Relation
  readonly guarantee?: 'at-least-once' | 'exactly-once'
  /** Absent: rows are written as they come. */
  readonly constraints?: SinkConstraints
}

/** What becomes of a row that does not keep to the types of the sink's columns. */
export interface SinkConstraints {
  /** NULL for NOT NULL: the row fails, or is left out. */
  readonly notNull: 'error' | 'drop'
  /** Text and bytes of another length than declared: written as they are, or the row fails. */
  readonly length: 'ignore' | 'error'
  /** A CHAR or BINARY that is too short fails too; else only what is too long does, but for blanks at its end. */
  readonly exactLength: boolean
  /** How far into nested values the rules go. */
  readonly nested: 'ignore' | 'rows' | 'rows_and_collections'
}
