import type { WeightedRow } from '../../connect/memory.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { Returning } from '../../sql/bind/statement.ts'
import type { Value } from '../../types/value.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { deadOf, done, rows as rowsResult } from './results.ts'

type Rows = readonly (readonly Value[])[]

/** Changes a table, and every view that reads it. */
export async function change(workspace: Workspace, relation: Relation, changes: readonly WeightedRow[]): Promise<void> {
  workspace.relations.dataOf(relation).apply(changes)
  await workspace.jobs.settle()
}

/** The changes that take away all that a table holds. */
export const emptying = ({ relations }: Workspace, relation: Relation): readonly WeightedRow[] =>
  relations
    .dataOf(relation)
    .store.rows()
    .map(({ values, weight }) => ({ values, weight: -weight }))

export const inserting = (rows: Rows): readonly WeightedRow[] => rows.map(values => ({ values, weight: 1 }))
export const deleting = (rows: Rows): readonly WeightedRow[] => rows.map(values => ({ values, weight: -1 }))

/** The answer of a statement that changed rows: what RETURNING asks for, or a message. */
export function returned(
  { evaluator, settings }: Workspace,
  returning: Returning | undefined,
  rows: Rows,
  message: string,
  dead: number,
): StatementResult {
  if (returning === undefined) return done(message, dead)
  const values = rows.map(row => evaluator.overRow(returning.expressions, row))
  return { ...rowsResult(returning.schema, values, settings.timezone), ...deadOf(dead) }
}
