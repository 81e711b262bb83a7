import type { BoundStatement } from '../../sql/bind/statement.ts'
import { relations } from '../history.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { changeTable } from './alter-table.ts'
import { done } from './results.ts'

/** CREATE INDEX: a name in the catalog; of a unique one the table's rows must meet the rule. */
export function createIndex(
  workspace: Workspace,
  { index, ruled }: Extract<BoundStatement, { is: 'createIndex' }>,
  text: string,
): StatementResult {
  if (ruled !== undefined) changeTable(workspace, ruled)
  workspace.history.remember(text, relations([index.name]))
  workspace.catalog.define(index)
  return done(`index ${index.name} created`)
}
