import type { Schema } from '../../types/data-type.ts'
import type { Operator } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { Rank } from './rank/rank.ts'

/**
 * Before a sink whose key is not the query's own: of the rows that are there for a key the one that arrived last counts.
 * At most one old and one new row a key leave a step; when the last row goes, the one before it is there again.
 */
export function createUpsertMaterialize(
  options: { readonly schema: Schema; readonly key: readonly number[]; readonly appendOnly?: boolean },
  context: OperatorContext,
): Operator {
  const { schema, key, appendOnly = false } = options
  const last = { function: 'row_number', orderBy: [], from: 1, to: 1, latest: true } as const
  return new Rank({ ...last, schema, partitionBy: key, appendOnly }, false, context)
}
