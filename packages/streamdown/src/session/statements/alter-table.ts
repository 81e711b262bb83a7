import type { WeightedRow } from '../../connect/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { BoundStatement, TableChange } from '../../sql/bind/statement.ts'
import type { TableEntry } from '../../sql/catalog.ts'
import { relations } from '../history.ts'
import type { StatementResult } from '../session.ts'
import { checkRow, checkUnique } from '../table-changes.ts'
import { TableStore } from '../table-store.ts'
import type { Workspace } from '../workspace.ts'
import { done } from './results.ts'

type Alteration = Extract<BoundStatement, { is: 'alterTable' }>

/** ALTER TABLE of an in-memory table. */
export async function alterTable(workspace: Workspace, bound: Alteration, text: string): Promise<StatementResult> {
  const { before, table, indexes } = bound
  const { catalog, history } = workspace
  changeTable(workspace, bound)
  history.remember(text, relations([table.name]))
  for (const index of catalog.indexesOn(before.name)) catalog.drop(index.name)
  for (const index of indexes) catalog.define(index)
  return done(`table ${before.name} altered`)
}

/**
 * Gives an in-memory table other columns or rules: its rows get the values of new columns, all the same, and must meet
 * new rules. Views go on with the rows that they have taken.
 */
export function changeTable(workspace: Workspace, change: TableChange): void {
  const { before, table } = change
  const { catalog, jobs, restoring } = workspace
  const stored = before.relation.name
  if (jobs.has(stored)) {
    throw new StreamdownError('DSD2013', `A program writes to "${before.name}". Drop the table, and both end.`)
  }
  const dropped = storedOnly(before, table)
  const reader = dropped.map(column => jobs.readerOf(stored, column)).find(name => name !== undefined)
  if (reader !== undefined) throw new StreamdownError('DSD2013', `The program "${reader}" reads a dropped column.`)
  // Rows that are restored are those of the table as it was in the end.
  const rows =
    restoring === undefined ? checkedRows(workspace, change, dropped) : (restoring.stores[stored]?.rows ?? [])
  catalog.define(table)
  workspace.relations.dataOf(table.relation).store.replace(rows, table.unique)
}

/** Places of rows that only the first table has a column for. */
const storedOnly = (before: TableEntry, table: TableEntry): readonly number[] =>
  before.columns.flatMap(({ stored }) =>
    stored === undefined || table.columns.some(column => column.stored === stored) ? [] : [stored],
  )

/** The rows with the values of new columns, and with NULL in the place of dropped ones. */
function checkedRows(
  { relations, evaluator }: Workspace,
  { before, table, added }: TableChange,
  dropped: readonly number[],
): readonly WeightedRow[] {
  const width = before.relation.schema.length
  const values = added.length === 0 ? [] : evaluator.overRow(added, [])
  const rows = relations
    .dataOf(before.relation)
    .store.rows()
    .map(({ values: row, weight }) => {
      const kept = row.slice(0, width).map((value, at) => (dropped.includes(at) ? null : value))
      return { values: [...kept, ...values], weight }
    })
  for (const row of rows) checkRow(table, row.values, evaluator.overRow)
  checkUnique(table, new TableStore([], table.unique), rows)
  return rows
}
