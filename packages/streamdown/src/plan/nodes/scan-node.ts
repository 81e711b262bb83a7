import type { Schema } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'
import type { EventTime, HandedOnTime, Relation } from './relation.ts'

/** Reads physical and metadata columns of a relation; computed columns are a Project above. */
export interface ScanNode {
  readonly is: 'scan'
  readonly relation: Relation
  readonly schema: Schema
  /** Output column -> relation column, or a path into its ROW fields; projection is pushed down into this. */
  readonly columns: readonly { readonly column: number; readonly path: readonly number[] }[]
  /** The event time of the rows when it is computed: over the relation's columns. */
  readonly eventTime?: EventTime
  /** The event time of rows that come with it; columns are the node's own. */
  readonly handedOn?: HandedOnTime
}

/** Whether the rows of a scan have event time. */
export const isTimed = ({ eventTime, handedOn }: ScanNode): boolean => eventTime !== undefined || handedOn !== undefined

export const ScanNode = {
  is: (node: PlanNode): node is ScanNode => node.is === 'scan',

  /** All columns of the relation, with its event time. */
  create: (relation: Relation): ScanNode => ({
    is: 'scan',
    relation,
    schema: relation.schema,
    columns: relation.schema.map((_, column) => ({ column, path: [] })),
    ...(relation.eventTime === undefined ? {} : { eventTime: relation.eventTime }),
    ...(relation.handedOn === undefined ? {} : { handedOn: relation.handedOn }),
  }),
}
