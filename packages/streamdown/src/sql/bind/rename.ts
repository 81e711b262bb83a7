import { didYouMean } from '../../values/nearest.ts'
import { kindOf } from '../catalog.ts'
import type { AlterAction, AlterTable } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { lastPart } from './names.ts'
import { fail } from './problem.ts'
import { nameBeside, nameIn, relationName } from './relation-names.ts'
import type { BoundStatement } from './statement.ts'

type Naming = Extract<AlterAction, { is: 'renameTable' | 'setSchema' }>

export const isNaming = (action: AlterAction): action is Naming =>
  action.is === 'renameTable' || action.is === 'setSchema'

/** RENAME TO and SET SCHEMA of a table or view. */
export function bindRename(context: BindContext, { kind, name }: AlterTable, action: Naming): BoundStatement {
  const { catalog, names } = context
  const wanted = relationName(context, name)
  const entry = catalog.find(wanted, names.same)
  if (entry === undefined)
    return fail(
      'DSD2001',
      `There is no ${kind.toLowerCase()} "${wanted}".${didYouMean(wanted, catalog.names())}`,
      name.at,
    )
  const is = kindOf(entry)
  if (is !== kind) fail('DSD2006', `"${entry.name}" is a ${is.toLowerCase()}: ALTER ${is}.`, name.at)
  const to =
    action.is === 'renameTable'
      ? nameBeside(context, entry.name, names.fold(lastPart(action.to)))
      : nameIn(context, action.schema, entry.name.slice(entry.name.lastIndexOf('.') + 1))
  if (to === undefined)
    return fail('DSD2001', `There is no schema "${action.is === 'setSchema' ? action.schema.text : ''}".`, action.at)
  if (to === entry.name) return { is: 'nothing', what: `ALTER ${kind}` }
  if (catalog.find(to, names.same) !== undefined)
    fail('DSD2008', `There is already a table, view or index "${to}".`, action.at)
  return { is: 'rename', from: entry.name, to }
}
