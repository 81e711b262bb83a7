import { StreamdownError } from '../../errors/error.ts'
import type { TableEntry } from '../../sql/catalog.ts'
import { relations } from '../history.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { done } from './results.ts'

/** ALTER TABLE … SET: for what reads or writes the table from now on. Programs that run have what they were built for. */
export function alterOptions(
  { catalog, history, jobs }: Workspace,
  { table }: { readonly table: TableEntry },
  text: string,
): StatementResult {
  const user = jobs.has(table.name) ? table.name : jobs.readerOf(table.name)
  if (user !== undefined) {
    throw new StreamdownError('DSD2013', `The program "${user}" uses "${table.name}" with the options that it has.`)
  }
  history.remember(text, relations([table.name]))
  catalog.define(table)
  return done(`table ${table.name} altered`)
}
