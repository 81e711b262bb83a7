import type { BoundSelect } from '../../sql/bind/statement.ts'
import { RunningQuery } from '../live-query.ts'
import { runQuery } from '../programs.ts'
import { endlessRelation } from '../relations.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { deadOf } from './results.ts'

/** The final rows, or where a source never ends a query that is to be started. */
export async function select(workspace: Workspace, { plan }: BoundSelect): Promise<StatementResult> {
  if (endlessRelation(plan) !== undefined) return { is: 'live', query: new RunningQuery(workspace, plan) }
  const { rows, dead } = await runQuery(workspace, plan)
  return { is: 'rows', schema: plan.schema, rows, timeZone: workspace.settings.timezone, ...deadOf(dead) }
}
