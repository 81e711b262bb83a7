import type { BoundStatement } from '../../sql/bind/statement.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { change, emptying } from './change.ts'
import { done } from './results.ts'

export async function truncate(
  workspace: Workspace,
  { tables }: Extract<BoundStatement, { is: 'truncate' }>,
): Promise<StatementResult> {
  for (const { relation } of tables) await change(workspace, relation, emptying(workspace, relation))
  return done('truncated')
}
