import type { BoundUpdate } from '../../sql/bind/statement.ts'
import type { TableEntry } from '../../sql/catalog.ts'
import type { Value } from '../../types/value.ts'
import { rowKey } from '../../types/value-key.ts'
import { counted } from '../../values/counted.ts'
import { runQuery } from '../programs.ts'
import type { StatementResult } from '../session.ts'
import { checkUnique, type InsertResult, insertChanges } from '../table-changes.ts'
import type { Workspace } from '../workspace.ts'
import { change, deleting, inserting, returned } from './change.ts'

type Row = readonly Value[]

/** UPDATE: the new rows must not meet a key of the rows that stay. */
export async function update(workspace: Workspace, { plan, table, returning }: BoundUpdate): Promise<StatementResult> {
  const width = table.relation.schema.length
  const { rows: pairs, dead } = await runQuery(workspace, plan)
  const olds = pairs.map(row => row.slice(0, width))
  const news = pairs.map(row => row.slice(width))
  const { store } = workspace.relations.dataOf(table.relation)
  let changed: InsertResult
  store.apply(deleting(olds))
  try {
    const conflict = { action: 'error', versions: [] } as const
    changed = insertChanges(table, store, news, conflict, workspace.evaluator.overRow)
  } finally {
    store.apply(inserting(olds))
  }
  const changes = keepKeys(table, olds, news)
    ? deleting(olds).flatMap((old, at) => [old, ...changed.changes.slice(at, at + 1)])
    : [...deleting(olds), ...changed.changes]
  checkUnique(table, store, changes)
  await change(workspace, table.relation, changes)
  return returned(workspace, returning, news, `${counted(news.length, 'row')} updated`, dead)
}

/** Then each old row has its new one behind it; else all old rows go first, as keys may pass from row to row. */
const keepKeys = ({ relation }: TableEntry, olds: readonly Row[], news: readonly Row[]): boolean =>
  olds.every((old, at) => {
    const keyOf = (row: Row | undefined): string => rowKey(relation.primaryKey.map(column => row?.[column] ?? null))
    return keyOf(old) === keyOf(news[at])
  })
