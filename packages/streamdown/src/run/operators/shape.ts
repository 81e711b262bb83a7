import type { Schema } from '../../types/data-type.ts'

/** What an operator may rely on about an input. */
export interface InputShape {
  readonly schema: Schema
  /** Every weight is positive: nothing is ever taken back. */
  readonly appendOnly: boolean
  /** Columns that name a row, when the planner found some. */
  readonly key?: readonly number[]
}
