import type { BoundStatement } from '../../sql/bind/statement.ts'
import { storedName } from '../../sql/catalog.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { changeTable } from './alter-table.ts'
import { done } from './results.ts'

/** DROP: the name, what is kept behind it, and the programs that write to it. */
export async function drop(
  workspace: Workspace,
  { kind, names, schemas = [], ruled = [] }: Extract<BoundStatement, { is: 'drop' }>,
  text: string,
): Promise<StatementResult> {
  if (schemas.length > 0) workspace.history.remember(text)
  else workspace.history.drop(text, { kind: kind === 'function' ? 'function' : 'relation', names })
  for (const change of ruled) changeTable(workspace, change)
  for (const name of names) {
    if (kind === 'function') {
      workspace.catalog.dropFunction(name)
      continue
    }
    const entry = workspace.catalog.find(name)
    const isSink = workspace.catalog.dropSink(name)
    if (!isSink && kind !== 'other' && kind !== 'sink') {
      workspace.catalog.drop(name)
      // What keeps no rows has nothing under its name: that may be another's, which was renamed.
      if (entry?.is === 'index' || (entry?.is === 'view' && !entry.materialized)) continue
      if (entry !== undefined) workspace.relations.drop(storedName(entry))
    }
    await workspace.jobs.drop(entry === undefined ? name : storedName(entry))
  }
  for (const schema of schemas) workspace.catalog.dropSchema(schema)
  return done(
    [...names, ...schemas].join(', ') === '' ? 'nothing to drop' : `${[...names, ...schemas].join(', ')} dropped`,
  )
}
