import type { BoundSelect } from '../../sql/bind/statement.ts'
import { runQuery } from '../programs.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'

export async function select(workspace: Workspace, { plan }: BoundSelect): Promise<StatementResult> {
  const { rows, dead } = await runQuery(workspace, plan)
  return { is: 'rows', schema: plan.schema, rows, ...(dead > 0 ? { dead } : {}) }
}
