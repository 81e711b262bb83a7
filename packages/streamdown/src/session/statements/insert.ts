import type { BoundInsert } from '../../sql/bind/statement.ts'
import { counted } from '../../values/counted.ts'
import { relations } from '../history.ts'
import { runQuery, startProgram } from '../programs.ts'
import { isInMemory, readsFeed } from '../relations.ts'
import type { StatementResult } from '../session.ts'
import { arrivingChanges, checkUnique, insertChanges } from '../table-changes.ts'
import type { Workspace } from '../workspace.ts'
import { change, emptying, returned } from './change.ts'
import { defineInserted } from './create-table.ts'

/** INSERT of rows that end into an in-memory table ends with them; any other is a program that runs from now on. */
export async function insert(workspace: Workspace, bound: BoundInsert, text: string): Promise<StatementResult> {
  const { table, plan } = bound
  if (!isInMemory(table.relation) || !bound.literal || readsFeed(plan)) {
    workspace.history.remember(text, relations([table.name]))
    return startInserts(workspace, table.relation.name, [bound])
  }
  defineInserted(workspace, table)
  const { store } = workspace.relations.dataOf(table.relation)
  if (bound.overwrite) await change(workspace, table.relation, emptying(workspace, table.relation))
  const given = await runQuery(workspace, plan)
  const { changes, rows } = insertChanges(table, store, given.rows, bound.conflict, workspace.evaluator.overRow)
  checkUnique(table, store, changes)
  await change(workspace, table.relation, changes)
  return returned(workspace, bound.returning, rows, `${counted(rows.length, 'row')} inserted`, given.dead)
}

/** INSERTs that run together, as one program. */
export async function startInserts(
  workspace: Workspace,
  name: string,
  inserts: readonly BoundInsert[],
): Promise<StatementResult> {
  for (const { table } of inserts) defineInserted(workspace, table)
  const kept = inserts.filter(({ table }) => isInMemory(table.relation) && table.relation.primaryKey.length > 0)
  return startProgram(workspace, name, { sinks: inserts.map(({ sink }) => sink), views: [] }, (output, changes) => {
    const insert = kept.find(({ sink }) => sink.name === output)
    if (insert === undefined) return changes
    const { store } = workspace.relations.dataOf(insert.table.relation)
    return arrivingChanges(insert, store, changes, workspace.evaluator.overRow)
  })
}
