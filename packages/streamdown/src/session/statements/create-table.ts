import type { BoundStatement } from '../../sql/bind/statement.ts'
import type { TableEntry } from '../../sql/catalog.ts'
import { relations } from '../history.ts'
import { runQuery, startProgram } from '../programs.ts'
import { RelationData } from '../relation-data.ts'
import { isFeed, isInMemory } from '../relations.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { change, inserting } from './change.ts'
import { done, isThere } from './results.ts'

/**
 * CREATE TABLE, with the rows of AS: an in-memory table has them at once, into another a program writes them from now
 * on. A connector that there is none of is refused here already.
 */
export async function createTable(
  workspace: Workspace,
  bound: Extract<BoundStatement, { is: 'createTable' }>,
  text: string,
): Promise<StatementResult> {
  const { table, rows } = bound
  const { relation } = table
  if (isThere(workspace.catalog, table.name, bound)) return done(`table ${table.name} is there already`)
  if (!isInMemory(relation) && !isFeed(relation)) workspace.relations.connectorOf(relation)
  workspace.history.remember(text, relations([table.name]))
  define(workspace, table)
  if (rows !== undefined && !isInMemory(relation))
    return startProgram(workspace, relation.name, { sinks: [rows], views: [] })
  if (rows === undefined || workspace.restoring !== undefined) return done(`table ${table.name} created`)
  const given = await runQuery(workspace, rows.input)
  await change(workspace, relation, inserting(given.rows))
  return done(`table ${table.name} created with ${given.rows.length} rows`, given.dead)
}

/** A table that was declared without columns takes those of its first INSERT. */
export function defineInserted(workspace: Workspace, table: TableEntry): void {
  const entry = workspace.catalog.find(table.name)
  if (entry?.is === 'table' && entry.open && !table.open) define(workspace, table)
}

function define({ catalog, relations, restoring }: Workspace, table: TableEntry): void {
  const { relation } = table
  catalog.define(table)
  if (!isInMemory(relation) && !isFeed(relation)) return
  const data = new RelationData(relation.primaryKey, isInMemory(relation), table.unique)
  const saved = restoring?.stores[relation.name]
  if (saved !== undefined) data.restore(saved)
  relations.keep(relation.name, data)
}
