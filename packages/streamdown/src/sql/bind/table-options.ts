import type { Relation } from '../../plan/nodes/node.ts'
import type { TableEntry } from '../catalog.ts'
import type { AlterAction, AlterTable, Hint, Span } from '../parse/ast.ts'
import { type BindContext, endsByItself } from './context.ts'
import { fail } from './problem.ts'
import type { BoundStatement } from './statement.ts'
import { rebuilt } from './table-plan.ts'
import { tableOf } from './target-table.ts'

/** By these the columns and the changes of a table are bound: they stay as it was created. */
const fixed = new Set([
  'connector',
  'changelog-mode',
  'changelog_mode',
  'event_time_field',
  'format',
  'primary_key',
  'type',
  'value.format',
])

type OptionAction = Extract<AlterAction, { is: 'setOptions' | 'resetOptions' }>

export const isOptionAction = (action: AlterAction): action is OptionAction =>
  action.is === 'setOptions' || action.is === 'resetOptions'

/** ALTER TABLE … SET and RESET of a table with a connector. */
export function alterOptions(context: BindContext, syntax: AlterTable): BoundStatement {
  const table = tableOf(context, syntax.name)
  const readers = context.catalog.dependents(table.name).map(view => view.name)
  if (readers.length > 0)
    fail('DSD2013', `Views read "${table.name}" as it is (${readers.join(', ')}). Drop them first.`, syntax.at)
  const options = { ...table.relation.options }
  for (const action of syntax.actions) {
    if (!isOptionAction(action)) continue
    if (action.is === 'setOptions') {
      for (const { key, text, at } of action.options) options[unfixed(key, at)] = text
      continue
    }
    for (const key of action.keys) {
      if (options[key] === undefined) fail('DSD2014', `Option '${key}' of "${table.name}" is not set.`, action.at)
      delete options[unfixed(key, action.at)]
    }
  }
  return { is: 'alterOptions', table: withOptions(context, table, options, syntax.at) }
}

/** A table as the hint OPTIONS('key' = 'value') behind its name says, for this one use of it. */
export function hinted(context: BindContext, table: TableEntry, hints: readonly Hint[]): TableEntry {
  const [first, ...more] = optionHints(hints)
  if (first === undefined) return table
  const options = { ...table.relation.options }
  for (const { args } of [first, ...more]) {
    for (const { key, value, at } of args) {
      if (key === undefined) fail('DSD2014', "OPTIONS takes 'key' = 'value'.", at)
      options[unfixed(key, at)] = value
    }
  }
  return withOptions(context, table, options, first.at)
}

export const optionHints = (hints: readonly Hint[]): readonly Hint[] => hints.filter(({ name }) => name === 'OPTIONS')

function unfixed(key: string, at: Span): string {
  if (fixed.has(key)) fail('DSD2013', `Option '${key}' says what the table is: create another table.`, at)
  return key
}

/** The connector checks its options where it says whether its input ends. */
function withOptions(
  context: BindContext,
  table: TableEntry,
  options: Readonly<Record<string, string>>,
  at: Span,
): TableEntry {
  const { connector } = table.relation
  if (connector === 'memory') fail('DSD2013', `"${table.name}" has no connector, and so no options.`, at)
  const { bounded, ...rest } = table.relation
  const draft: Relation = { ...rest, options }
  const ends = (context.options.isBounded ?? endsByItself)(draft)
  return rebuilt(table, ends ? { ...draft, bounded: true } : draft)
}
