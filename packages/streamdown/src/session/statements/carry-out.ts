import type { BoundStatement } from '../../sql/bind/statement.ts'
import { withSetting } from '../../sql/settings.ts'
import { relations } from '../history.ts'
import { memoryLines } from '../memory-lines.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { alterOptions } from './alter-options.ts'
import { alterTable } from './alter-table.ts'
import { copy } from './copy.ts'
import { createUserFunction } from './create-function.ts'
import { createIndex } from './create-index.ts'
import { createMaterializedView } from './create-materialized-view.ts'
import { createTable } from './create-table.ts'
import { deleteRows } from './delete.ts'
import { describeRows } from './describe.ts'
import { drop } from './drop.ts'
import { explainRows, programOf } from './explain.ts'
import { insert, startInserts } from './insert.ts'
import { done, isThere } from './results.ts'
import { select } from './select.ts'
import { showRows } from './show.ts'
import { truncate } from './truncate.ts'
import { update } from './update.ts'

/**
 * Carries out one bound statement; `text` is its SQL, remembered when it built something that a snapshot must build
 * again. While a text is only planned, statements over rows note down their programs and change nothing.
 */
export async function carryOut(workspace: Workspace, bound: BoundStatement, text: string): Promise<StatementResult> {
  if (workspace.planned !== undefined && isOverRows(bound)) {
    workspace.planned.push(programOf(bound))
    return done('planned')
  }
  switch (bound.is) {
    case 'select':
      return select(workspace, bound)
    case 'insert':
      return insert(workspace, bound, text)
    case 'update':
      return update(workspace, bound)
    case 'delete':
      return deleteRows(workspace, bound)
    case 'truncate':
      return truncate(workspace, bound)
    case 'statementSet':
      workspace.history.remember(text, relations(bound.inserts.map(({ table }) => table.name)))
      return startInserts(workspace, bound.inserts.map(({ table }) => table.name).join(', '), bound.inserts)
    case 'createTable':
      return createTable(workspace, bound, text)
    case 'alterTable':
      return alterTable(workspace, bound, text)
    case 'createIndex':
      return createIndex(workspace, bound, text)
    case 'rename':
      workspace.history.remember(text, { kind: 'relation', names: [bound.from, bound.to], renamed: bound })
      workspace.catalog.rename(bound.from, bound.to)
      return done(`${bound.from} renamed to ${bound.to}`)
    case 'alterOptions':
      return alterOptions(workspace, bound, text)
    case 'createView':
      if (isThere(workspace.catalog, bound.view.name, bound)) return done(`view ${bound.view.name} is there already`)
      workspace.history.remember(text, relations([bound.view.name]))
      workspace.catalog.define(bound.view)
      return done(`view ${bound.view.name} created`)
    case 'createMaterializedView':
      return createMaterializedView(workspace, bound, text)
    case 'createSink':
      if (bound.ifNotExists && workspace.catalog.findSink(bound.sink.name) !== undefined)
        return done(`sink ${bound.sink.name} is there already`)
      workspace.history.remember(text, relations([bound.sink.name]))
      workspace.catalog.defineSink(bound.sink)
      return startInserts(workspace, bound.sink.name, [bound.insert])
    case 'createFunction':
      workspace.history.remember(text, { kind: 'function', names: [bound.entry.name] })
      workspace.catalog.defineFunction(bound.entry)
      return done(`function ${bound.entry.name} created`)
    case 'createUserFunction':
      return createUserFunction(workspace, bound, text)
    case 'createType':
      workspace.history.remember(text)
      workspace.catalog.defineType(bound.name, bound.type)
      return done(`type ${bound.name} created`)
    case 'createSchema':
      workspace.history.remember(text)
      workspace.catalog.defineSchema(bound.name)
      return done(`schema ${bound.name} created`)
    case 'drop':
      return drop(workspace, bound, text)
    case 'set':
      workspace.history.remember(text)
      workspace.settings = withSetting(workspace.settings, bound.key, bound.value)
      workspace.foreignSettings.set(bound.key, bound.value)
      return done(`${bound.key} set`)
    case 'reset':
      workspace.history.remember(text)
      workspace.settings =
        bound.key === undefined ? workspace.firstSettings() : withSetting(workspace.settings, bound.key, undefined)
      workspace.foreignSettings.reset(bound.key)
      return done('reset')
    case 'show':
      return showRows(bound, workspace)
    case 'describe':
      return describeRows(bound.columns, workspace.settings)
    case 'copy':
      return copy(workspace, bound)
    case 'explain':
      return explainRows(
        bound,
        program => workspace.optimised(program),
        workspace.relations.connectorBehind,
        memoryLines(workspace),
      )
    case 'nothing':
      return done(bound.what)
  }
}

const isOverRows = ({ is }: BoundStatement): boolean =>
  is === 'select' || is === 'insert' || is === 'update' || is === 'delete' || is === 'copy'
