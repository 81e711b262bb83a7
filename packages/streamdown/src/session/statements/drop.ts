import type { BoundStatement } from '../../sql/bind/statement.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { done } from './results.ts'

/** DROP: the name, what is kept behind it, and the programs that write to it. */
export async function drop(
  workspace: Workspace,
  { kind, names }: Extract<BoundStatement, { is: 'drop' }>,
  text: string,
): Promise<StatementResult> {
  workspace.history.drop(text, { kind: kind === 'function' ? 'function' : 'relation', names })
  for (const name of names) {
    if (kind === 'function') {
      workspace.catalog.dropFunction(name)
      continue
    }
    workspace.catalog.drop(name)
    workspace.relations.drop(name)
    await workspace.jobs.drop(name)
  }
  return done(names.length === 0 ? 'nothing to drop' : `${names.join(', ')} dropped`)
}
