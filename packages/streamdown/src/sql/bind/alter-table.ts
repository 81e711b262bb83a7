import type { Expression } from '../../plan/expressions/expression.ts'
import { columnsRead, replaceColumns } from '../../plan/expressions/walk.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { nodesOf } from '../../plan/visitor/transform.ts'
import type { TableColumn, TableEntry, UniqueRule } from '../catalog.ts'
import type {
  AlterAction,
  AlterTable,
  ColumnDefinition,
  Identifier,
  Name,
  Span,
  TableConstraint,
} from '../parse/ast.ts'
import { declaredDefault, declaredType } from './column-definition.ts'
import type { BindContext } from './context.ts'
import { columnPosition } from './event-time.ts'
import { ExpressionBinder } from './expressions.ts'
import { remainingIndexes } from './indexes.ts'
import { fail, notYet } from './problem.ts'
import { relationName } from './relation-names.ts'
import { bindRename, isNaming } from './rename.ts'
import { tableScope } from './scope.ts'
import type { BoundStatement, TableChange } from './statement.ts'
import { alterOptions, isOptionAction } from './table-options.ts'
import { overStored, rebuilt } from './table-plan.ts'
import { tableOf } from './target-table.ts'

type Action<A extends AlterAction['is']> = Extract<AlterAction, { is: A }>

/** A table on its way through the actions of a statement; `added`: the values of new stored columns, over no columns. */
type Alteration = Omit<TableChange, 'before'>

/**
 * ALTER TABLE of an in-memory table. Columns keep their places in its rows, so that what reads the table goes on: a new
 * one stands at the end, that of a dropped one stays and is read by nobody.
 */
export function bindAlterTable(context: BindContext, syntax: AlterTable): BoundStatement {
  const { catalog, names } = context
  const missing = catalog.find(relationName(context, syntax.name), names.same) === undefined
  if (missing && syntax.ifExists) return { is: 'nothing', what: `ALTER ${syntax.kind}` }
  const [first] = syntax.actions
  if (first !== undefined && syntax.actions.length === 1 && isNaming(first)) return bindRename(context, syntax, first)
  if (syntax.kind !== 'TABLE') notYet(`ALTER ${syntax.kind}`, 'Drop and create it again.', syntax.at)
  if (syntax.actions.every(isOptionAction)) return alterOptions(context, syntax)
  const before = inMemory(context, syntax.name, 'ALTER TABLE')
  let alteration: Alteration = { table: before, added: [] }
  for (const action of syntax.actions) alteration = altered(context, alteration, action)
  return {
    is: 'alterTable',
    before,
    ...alteration,
    indexes: remainingIndexes(catalog.indexesOn(before.name), before, alteration.table),
  }
}

/** A table that keeps its rows here, and has its columns. */
export function inMemory(context: BindContext, name: Name, statement: string): TableEntry {
  const table = tableOf(context, name)
  if (table.relation.connector !== 'memory')
    notYet(`${statement} of a table with a connector`, 'Drop and create it again; its rows are elsewhere.', name.at)
  if (table.open) fail('DSD2006', `"${table.name}" has no columns before its first INSERT.`, name.at)
  return table
}

function altered(context: BindContext, alteration: Alteration, action: AlterAction): Alteration {
  const { table } = alteration
  switch (action.is) {
    case 'addColumn':
      return addColumn(context, alteration, action)
    case 'dropColumn':
      return { ...alteration, table: dropColumn(context, table, action) }
    case 'renameColumn':
      return { ...alteration, table: renameColumn(context, table, action) }
    case 'renameTable':
    case 'setSchema':
      return fail('DSD2006', 'RENAME TO and SET SCHEMA stand in a statement of their own.', action.at)
    case 'setDefault': {
      const at = columnPosition(context, table.columns, action.column)
      const { type, name } = table.columns[at]!
      const value = declaredDefault(context, { default: action.value, identity: false, at: action.at }, type, name)
      return { ...alteration, table: withColumn(table, at, { default: value }) }
    }
    case 'setNotNull':
      return { ...alteration, table: setNotNull(context, table, action) }
    case 'addConstraint':
      return { ...alteration, table: constrained(context, table, action.constraint) }
    case 'setType':
      return notYet('ALTER COLUMN … TYPE', 'Add a column of that type, UPDATE it, and drop this one.', action.at)
    case 'setOptions':
    case 'resetOptions':
      return fail('DSD2006', 'Columns and options are changed by statements of their own.', action.at)
  }
}

function addColumn(context: BindContext, { table, added }: Alteration, action: Action<'addColumn'>): Alteration {
  const { names } = context
  const { column: definition } = action
  const name = names.fold(definition.name)
  if (table.columns.some(other => names.same(other.name, name))) {
    if (action.ifNotExists) return { table, added }
    fail('DSD2008', `Table "${table.name}" has a column "${name}" already.`, definition.at)
  }
  plainOnly(definition)
  const type = declaredType(context, definition)
  const value = declaredDefault(context, definition, type, name)
  const nullable = !(definition.notNull || definition.type?.nullable === false)
  const stored = table.relation.schema.length
  const schema = [...table.relation.schema, { name, type, nullable }]
  const made: TableColumn = { name, type, nullable, kind: 'physical', stored, computed: undefined, default: value }
  const nothing: Expression = { is: 'literal', value: null, type, nullable: true }
  return {
    table: rebuilt({ ...table, columns: [...table.columns, made] }, { ...table.relation, schema }),
    added: [...added, value ?? nothing],
  }
}

function plainOnly(definition: ColumnDefinition): void {
  const { at } = definition
  if (definition.computed !== undefined || definition.metadata !== undefined || definition.type === undefined)
    notYet('ADD COLUMN of a computed column', 'Create the table again, or a view with it.', at)
  if (definition.primaryKey) notYet('ADD COLUMN … PRIMARY KEY', 'Create the table again with its key.', at)
  if (definition.unique || definition.check !== undefined)
    notYet('ADD COLUMN with UNIQUE or CHECK', 'Write ADD UNIQUE (column) or ADD CHECK (condition) behind it.', at)
}

/** A view that reads the column keeps it from being dropped, as in PostgreSQL. */
function dropColumn(context: BindContext, table: TableEntry, action: Action<'dropColumn'>): TableEntry {
  const { names } = context
  const wanted = names.fold(action.column)
  if (action.ifExists && !table.columns.some(c => names.same(c.name, wanted))) return table
  const at = columnPosition(context, table.columns, action.column)
  const { stored, name } = table.columns[at]!
  const others = table.columns.filter((_, i) => i !== at)
  if (others.length === 0) fail('DSD2013', `"${name}" is the last column of "${table.name}".`, action.at)
  if (stored === undefined) return rebuilt({ ...table, columns: others }, table.relation)
  const readers = viewsThatRead(context, table, stored)
  if (readers.length > 0) {
    const them = readers.length === 1 ? 'it' : 'them'
    fail('DSD2013', `Column "${name}" is read by ${readers.join(', ')}. Drop ${them} first.`, action.column.at)
  }
  if (table.relation.primaryKey.includes(stored) || table.conflict.versions.includes(stored))
    fail('DSD2013', `Column "${name}" is part of the key of "${table.name}".`, action.column.at)
  if (table.relation.eventTime?.column === stored)
    fail('DSD2013', `Column "${name}" is the event time of "${table.name}".`, action.column.at)
  const computed = others.find(c => c.computed !== undefined && columnsRead(c.computed).has(stored))
  if (computed !== undefined)
    fail('DSD2013', `Column "${name}" is read by the computed column "${computed.name}".`, action.column.at)
  const schema = table.relation.schema.map((field, i) =>
    i === stored ? { ...field, name: `$dropped${stored}`, nullable: true } : field,
  )
  return rebuilt(
    {
      ...table,
      columns: others,
      unique: table.unique.filter(rule => !rule.columns.includes(stored)),
      checks: table.checks.filter(check => !columnsRead(check).has(stored)),
      partitionKeys: table.partitionKeys.filter(key => key !== at).map(key => (key > at ? key - 1 : key)),
    },
    { ...table.relation, schema },
  )
}

/** Views whose rows need a stored column of a table. */
function viewsThatRead({ catalog }: BindContext, { name, relation }: TableEntry, stored: number): readonly string[] {
  return catalog
    .dependents(name)
    .filter(view =>
      nodesOf([optimise(view.plan)]).some(
        node =>
          node.is === 'scan' &&
          node.relation.name === relation.name &&
          node.columns.some(({ column }) => column === stored),
      ),
    )
    .map(view => view.name)
}

function renameColumn(context: BindContext, table: TableEntry, action: Action<'renameColumn'>): TableEntry {
  const { names } = context
  const at = columnPosition(context, table.columns, action.from)
  const name = names.fold(action.to)
  if (table.columns.some((other, i) => i !== at && names.same(other.name, name)))
    fail('DSD2008', `Table "${table.name}" has a column "${name}" already.`, action.to.at)
  return withColumn(table, at, { name })
}

function setNotNull(context: BindContext, table: TableEntry, action: Action<'setNotNull'>): TableEntry {
  const at = columnPosition(context, table.columns, action.column)
  if (!action.notNull && context.catalog.dependents(table.name).length > 0)
    notYet('DROP NOT NULL of a table that views read', 'Drop them first.', action.at)
  return withColumn(table, at, { nullable: !action.notNull })
}

function constrained(context: BindContext, table: TableEntry, constraint: TableConstraint): TableEntry {
  switch (constraint.is) {
    case 'unique': {
      const name = constraint.name === undefined ? undefined : context.names.fold(constraint.name)
      return withRule(table, { name, columns: constraint.columns.map(id => storedAt(context, table, id)) })
    }
    case 'check': {
      const visible = table.columns.map(({ name, type, nullable }) => ({ name, type, nullable }))
      const binder = new ExpressionBinder(context, tableScope(visible, table.name, undefined))
      const condition = binder.condition(constraint.condition, 'CHECK')
      const check = replaceColumns(condition, index => overStored(table.columns, index))
      return { ...table, checks: [...table.checks, check] }
    }
    case 'primaryKey':
      return notYet('ADD PRIMARY KEY', 'Create the table again with its key, or ADD UNIQUE.', constraint.at)
    default:
      return table
  }
}

export const withRule = (table: TableEntry, rule: UniqueRule): TableEntry => ({
  ...table,
  unique: [...table.unique, rule],
})

/** The place of a column in the rows of its table. */
export function storedAt(context: BindContext, table: TableEntry, identifier: Identifier): number {
  const { stored, name } = table.columns[columnPosition(context, table.columns, identifier)]!
  return stored ?? notYet(`UNIQUE over the computed column "${name}"`, 'Store it.', spanOf(identifier))
}

const spanOf = ({ at }: Identifier): Span => at

/** A table with another name, default or nullability of a column. */
function withColumn(table: TableEntry, at: number, change: Partial<TableColumn>): TableEntry {
  const columns = table.columns.map((c, i) => (i === at ? { ...c, ...change } : c))
  const { stored, name, nullable } = columns[at]!
  const schema = table.relation.schema.map((field, i) => (i === stored ? { ...field, name, nullable } : field))
  return rebuilt({ ...table, columns }, { ...table.relation, schema })
}
