import type { BoundDelete } from '../../sql/bind/statement.ts'
import { counted } from '../../values/counted.ts'
import { runQuery } from '../programs.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { change, deleting, returned } from './change.ts'

export async function deleteRows(
  workspace: Workspace,
  { plan, table, returning }: BoundDelete,
): Promise<StatementResult> {
  const { rows, dead } = await runQuery(workspace, plan)
  await change(workspace, table.relation, deleting(rows))
  return returned(workspace, returning, rows, `${counted(rows.length, 'row')} deleted`, dead)
}
