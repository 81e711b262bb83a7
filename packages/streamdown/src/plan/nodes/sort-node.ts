import type { Schema } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'

export interface SortKey {
  readonly column: number
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** ORDER BY and LIMIT over bounded input (final rows, in order); over unbounded input only with a limit (a top-N). */
export interface SortNode {
  readonly is: 'sort'
  readonly input: PlanNode
  readonly orderBy: readonly SortKey[]
  readonly limit?: number
  readonly offset?: number
  readonly schema: Schema
}

export const SortNode = {
  is: (node: PlanNode): node is SortNode => node.is === 'sort',

  create: (input: PlanNode, orderBy: readonly SortKey[], limit?: number, offset?: number): SortNode => ({
    is: 'sort',
    input,
    orderBy,
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    schema: input.schema,
  }),
}
