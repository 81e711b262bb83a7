import { column, columns } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { columnsRead, replaceColumns, sameExpression } from '../../plan/expressions/walk.ts'
import { ProjectNode } from '../../plan/nodes/node.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { CatalogEntry, IndexEntry, TableEntry, UniqueRule } from '../catalog.ts'
import type { CreateIndex, Drop, Expression as Syntax } from '../parse/ast.ts'
import { inMemory, storedAt, withRule } from './alter-table.ts'
import type { BindContext } from './context.ts'
import { columnPosition } from './event-time.ts'
import { ExpressionBinder } from './expressions.ts'
import { bindNamedTable } from './named-table.ts'
import { lastPart } from './names.ts'
import { fail, notYet } from './problem.ts'
import { nameBeside, relationName } from './relation-names.ts'
import { tableScope } from './scope.ts'
import type { BoundStatement, TableChange } from './statement.ts'

/**
 * CREATE INDEX changes no result and keeps no rows: its name can be read, and stands for rows of its table, as in
 * RisingWave. Without INCLUDE all columns of the table come along. UNIQUE is a rule of the table.
 */
export function bindCreateIndex(context: BindContext, syntax: CreateIndex): BoundStatement {
  const { catalog, names } = context
  const input = bindNamedTable(context, syntax.table)
  const on = catalog.find(relationName(context, syntax.table), names.same)
  if (on === undefined || on.is === 'index' || (on.is === 'view' && !on.materialized))
    return fail('DSD2006', 'An index stands on a table or on a materialized view.', syntax.table.at)
  const name = indexName(context, syntax, on)
  const known = catalog.find(name, names.same)
  if (known !== undefined) {
    if (syntax.ifNotExists && known.is === 'index') return { is: 'nothing', what: 'CREATE INDEX' }
    fail('DSD2008', `There is already a table, view or index "${name}".`, syntax.name?.at ?? syntax.at)
  }
  const binder = new ExpressionBinder(context, tableScope(input.schema, lastPart(syntax.table).text, undefined))
  const keys = syntax.columns.map(({ value }) => binder.bind(value))
  const spread = syntax.distributedBy.map(value => binder.bind(value))
  if (spread.length > keys.length || spread.some((value, at) => !sameExpression(value, keys[at]!)))
    fail('DSD2006', "DISTRIBUTED BY takes the first of the index's columns, in their order.", syntax.at)
  const all = columns(input.schema)
  const named = syntax.include.map(id => all[columnPosition(context, input.schema, id)]!)
  const rest = syntax.include.length > 0 ? named : all
  const included = rest.filter(value => !keys.some(key => sameExpression(key, value)))
  const plan = ProjectNode.create(
    input,
    [...keys, ...included].map((value, at) => ({
      name: value.is === 'column' ? input.schema[value.index]!.name : keyName(syntax.columns[at]?.value, at),
      value,
    })),
  )
  const index: IndexEntry = { is: 'index', name, on: on.name, keys: keys.length, plan, relation: undefined }
  return { is: 'createIndex', index, ruled: syntax.unique ? uniqueRule(context, syntax, name) : undefined }
}

/** PostgreSQL's rule: an index lies in the schema of its table, and is named after both where it has no name. */
function indexName(context: BindContext, { name, columns, table }: CreateIndex, on: CatalogEntry): string {
  const { catalog, names } = context
  if (name !== undefined) {
    if (name.parts.length > 1)
      fail('DSD2006', 'An index has no schema of its own: it lies in that of its table. Write its name alone.', name.at)
    return nameBeside(context, on.name, names.fold(lastPart(name)))
  }
  const parts = columns.map(({ value }, at) => keyName(value, at))
  const wanted = names.fold({ ...lastPart(table), text: [lastPart(table).text, ...parts, 'idx'].join('_') })
  for (let number = 0; ; number++) {
    const free = nameBeside(context, on.name, number === 0 ? wanted : `${wanted}${number}`)
    if (catalog.find(free, names.same) === undefined) return free
  }
}

const keyName = (key: Syntax | undefined, at: number): string =>
  key?.is === 'column' ? key.parts.at(-1)!.text : at === 0 ? 'expr' : `expr${at}`

function uniqueRule(context: BindContext, syntax: CreateIndex, name: string): TableChange {
  const before = inMemory(context, syntax.table, 'CREATE UNIQUE INDEX')
  const columns = syntax.columns.map(({ value }) =>
    value.is === 'column'
      ? storedAt(context, before, value.parts.at(-1)!)
      : notYet('A unique index over an expression', 'Store it as a column.', syntax.at),
  )
  return { before, table: withRule(before, { name, columns }), added: [] }
}

/** DROP INDEX: views that read it by its name go only with CASCADE. */
export function bindDropIndexes(
  context: BindContext,
  { names: dropped, ifExists, cascade }: Pick<Drop, 'names' | 'ifExists' | 'cascade'>,
): BoundStatement {
  const { catalog, names } = context
  const found: IndexEntry[] = []
  const readers: string[] = []
  for (const name of dropped) {
    const wanted = relationName(context, name)
    const entry = catalog.find(wanted, names.same)
    if (entry === undefined && ifExists) continue
    if (entry?.is !== 'index') {
      const what = entry === undefined ? '' : ` "${entry.name}" is a ${entry.is}.`
      const known = [...catalog.entries()].filter(({ is }) => is === 'index').map(index => index.name)
      return fail('DSD2001', `There is no index "${wanted}".${what}${didYouMean(wanted, known)}`, name.at)
    }
    const users = catalog.users(entry.name)
    if (users.length > 0 && !cascade)
      fail('DSD2013', `"${wanted}" is used by ${users.join(', ')}. Drop them first, or use CASCADE.`, name.at)
    for (const user of users.toReversed()) if (!readers.includes(user)) readers.push(user)
    found.push(entry)
  }
  return {
    is: 'drop',
    kind: 'index',
    names: [...readers, ...found.map(({ name }) => name)],
    ruled: withoutRules(catalog.entries(), found),
  }
}

/** The tables of which unique indexes go, without their rules. */
function withoutRules(entries: Iterable<CatalogEntry>, gone: readonly IndexEntry[]): readonly TableChange[] {
  const isGone = (rule: UniqueRule): boolean => gone.some(({ name }) => name === rule.name)
  return [...entries].flatMap(before =>
    before.is === 'table' && before.unique.some(isGone)
      ? [{ before, table: { ...before, unique: before.unique.filter(rule => !isGone(rule)) }, added: [] }]
      : [],
  )
}

/** The indexes of an altered table, over its columns as they are now: those keyed by a dropped one go. */
export function remainingIndexes(
  indexes: readonly IndexEntry[],
  before: TableEntry,
  after: TableEntry,
): readonly IndexEntry[] {
  const places = before.columns.map(({ stored, name }) =>
    after.columns.findIndex(other => (stored === undefined ? other.name === name : other.stored === stored)),
  )
  const isLost = (e: Expression): boolean => [...columnsRead(e)].some(at => places[at] === -1)
  const moved = (e: Expression): Expression => replaceColumns(e, at => column(after.plan.schema, places[at]!))
  return indexes.flatMap(index => {
    const { expressions, schema } = index.plan
    if (expressions.slice(0, index.keys).some(isLost)) return []
    const outputs = expressions.flatMap((e, at) => {
      if (isLost(e)) return []
      const value = moved(e)
      return [{ name: value.is === 'column' ? after.columns[value.index]!.name : schema[at]!.name, value }]
    })
    return [{ ...index, plan: ProjectNode.create(after.plan, outputs) }]
  })
}
