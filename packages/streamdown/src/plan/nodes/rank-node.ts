import { type Schema, types } from '../../types/data-type.ts'
import type { PlanNode } from './node.ts'
import type { SortKey } from './sort-node.ts'

/**
 * ROW_NUMBER/RANK/DENSE_RANK top-N: per partition the rows whose number is in [from, to]. With `output` the number is
 * appended as BIGINT. Ties go to the row that arrived first, with `latest` to the last. `window`: the partition holds window_end of a closing
 * window (position in `partitionBy`): rows are written once, when it closes. `keepLast`/`keepFirst` dedup is n = 1.
 */
export interface RankNode {
  readonly is: 'rank'
  readonly function: 'row_number' | 'rank' | 'dense_rank'
  readonly input: PlanNode
  readonly partitionBy: readonly number[]
  readonly orderBy: readonly SortKey[]
  readonly from: number
  readonly to: number
  readonly output: boolean
  readonly latest?: boolean
  readonly window?: { readonly end: number }
  readonly schema: Schema
  readonly name?: string
}

export const RankNode = {
  is: (node: PlanNode): node is RankNode => node.is === 'rank',

  create: (
    input: PlanNode,
    options: Pick<
      RankNode,
      'function' | 'partitionBy' | 'orderBy' | 'from' | 'to' | 'output' | 'latest' | 'window' | 'name'
    >,
    numberName = 'row_number',
  ): RankNode => ({
    is: 'rank',
    input,
    ...options,
    schema: options.output
      ? [...input.schema, { name: numberName, type: types.bigint, nullable: false }]
      : input.schema,
  }),
}
