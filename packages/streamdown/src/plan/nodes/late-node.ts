import { type Schema, types } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'

/**
 * A side output of `of`. The late rows (of a windowed aggregate, rank or join, or a match): its input's columns, then
 * windows_missed, windows_total (INT). `timedOut`, of a match: its own columns, for matches that did not end within their time.
 * Of a process function: the output that `side` names.
 */
export interface LateNode {
  readonly is: 'late'
  readonly of: PlanNode
  readonly side?: string
  readonly schema: Schema
}

export const LateNode = {
  is: (node: PlanNode): node is LateNode => node.is === 'late',

  /** `rows`: the columns of the late rows, those of the operator's input before windows were added. */
  create: (of: PlanNode, rows: Schema): LateNode => ({
    is: 'late',
    of,
    schema: [
      ...rows,
      { name: 'windows_missed', type: types.int, nullable: false },
      { name: 'windows_total', type: types.int, nullable: false },
    ],
  }),
}
