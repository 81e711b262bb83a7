import type { BoundStatement } from '../../sql/bind/statement.ts'
import { storedName } from '../../sql/catalog.ts'
import { relations } from '../history.ts'
import { startProgram } from '../programs.ts'
import { RelationData } from '../relation-data.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { done, isThere } from './results.ts'

/** A view whose rows are kept by a program that runs from now on. */
export async function createMaterializedView(
  workspace: Workspace,
  bound: Extract<BoundStatement, { is: 'createMaterializedView' }>,
  text: string,
): Promise<StatementResult> {
  const { view } = bound
  if (isThere(workspace.catalog, view.name, bound)) return done(`view ${view.name} is there already`)
  workspace.history.remember(text, relations([view.name]))
  workspace.catalog.define(view)
  const name = storedName(view)
  const data = new RelationData(view.relation?.primaryKey ?? [], true)
  const saved = workspace.restoring?.stores[name]
  if (saved !== undefined) data.restore(saved)
  workspace.relations.keep(name, data)
  const timed = view.relation?.handedOn !== undefined
  await startProgram(workspace, name, { sinks: [], views: [{ name, input: view.plan, key: [], timed }] })
  return done(`view ${view.name} created`)
}
