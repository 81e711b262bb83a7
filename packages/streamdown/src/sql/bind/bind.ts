import { handedOnBy } from '../../plan/handed-on.ts'
import type { PlanNode, Relation } from '../../plan/nodes/node.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { Catalog, ViewEntry } from '../catalog.ts'
import type { Comment, CreateNamespace, CreateView, Explain, Name, Query, Statement, Use } from '../parse/ast.ts'
import type { Settings } from '../settings.ts'
import { bindAlterTable } from './alter-table.ts'
import { bindDelete, bindUpdate } from './change-rows.ts'
import { type BindContext, type BindOptions, contextOf } from './context.ts'
import { bindCopy } from './copy.ts'
import { createFunction } from './create-function.ts'
import { bindCreateSink } from './create-sink.ts'
import { bindCreateTable } from './create-table.ts'
import { type DescribedColumn, describedColumns } from './describe.ts'
import { bindDrop } from './drop.ts'
import { bindCreateIndex } from './indexes.ts'
import { bindInsert } from './insert.ts'
import { bindNamedTable } from './named-table.ts'
import { lastPart } from './names.ts'
import { BindProblem, fail, notYet } from './problem.ts'
import { bindQuery, renamed } from './query.ts'
import { createdName, relationName } from './relation-names.ts'
import type { BoundStatement } from './statement.ts'
import { noteUserAggregates } from './syntax.ts'
import { bindType } from './types.ts'

/**
 * Looks up every name and type of a statement. Nothing is changed: the session puts new tables and views into the
 * catalog and runs the plans.
 * @throws StreamdownError with the place in `options.text`.
 */
export function bindStatement(
  statement: Statement,
  catalog: Catalog,
  settings: Settings,
  options: BindOptions = {},
): BoundStatement {
  const context: BindContext = {
    ...contextOf(catalog, settings, options, options.continuous === true || isContinuous(statement)),
    lenient: settings.on_error === 'null' && isKept(statement),
  }
  if (catalog.hasUserAggregates) noteUserAggregates(statement, name => catalog.isUserAggregate(name))
  try {
    return bindAny(context, statement)
  } catch (problem) {
    if (problem instanceof BindProblem) throw problem.withText(options.text)
    throw problem
  }
}

function isContinuous(statement: Statement): boolean {
  switch (statement.is) {
    case 'insert':
    case 'createView':
    case 'createSink':
    case 'statementSet':
      return true
    case 'explain':
      return isContinuous(statement.statement)
    default:
      return false
  }
}

/** Rows that go on being computed behind a name. */
function isKept(statement: Statement): boolean {
  if (statement.is === 'explain') return isKept(statement.statement)
  return statement.is === 'createSink' || (statement.is === 'createView' && statement.materialized)
}

function bindAny(context: BindContext, statement: Statement): BoundStatement {
  switch (statement.is) {
    case 'query':
      return { is: 'select', plan: bindQuery(context, statement, 'select'), ordered: isOrdered(statement) }
    case 'insert':
      return bindInsert(context, statement)
    case 'update':
      return bindUpdate(context, statement)
    case 'delete':
      return bindDelete(context, statement)
    case 'truncate':
      return { is: 'truncate', tables: statement.tables.map(name => tableNamed(context, name)) }
    case 'statementSet':
      return { is: 'statementSet', inserts: statement.inserts.map(insert => bindInsert(context, insert)) }
    case 'createTable':
      return bindCreateTable(context, statement)
    case 'createView':
      return createView(context, statement)
    case 'createSink':
      return bindCreateSink(context, statement)
    case 'createFunction':
      return createFunction(context, statement)
    case 'createType':
      return {
        is: 'createType',
        name: context.names.fold(lastPart(statement.name)),
        type: bindType(statement.type, context.settings, context.names, name => context.catalog.findType(name)),
      }
    case 'createIndex':
      return bindCreateIndex(context, statement)
    case 'createNamespace':
      return createNamespace(context, statement)
    case 'alterTable':
      return bindAlterTable(context, statement)
    case 'drop':
      return bindDrop(context, statement)
    case 'set':
      return { is: 'set', key: statement.key, value: statement.text }
    case 'reset':
      return { is: 'reset', key: statement.key }
    case 'show':
      return {
        is: 'show',
        what: statement.what,
        name: statement.name && shownName(context, statement.what, statement.name),
        like: statement.like,
      }
    case 'describe':
      return { is: 'describe', columns: described(context, statement.of) }
    case 'copy':
      return bindCopy(context, statement)
    case 'explain':
      return explain(context, statement)
    case 'use':
      return use(context, statement)
    case 'comment':
      return commented(context, statement)
    case 'flush':
      return { is: 'nothing', what: 'FLUSH' }
    case 'transaction':
      return { is: 'nothing', what: statement.action }
    case 'foreign':
      return notYet(statement.what, statement.advice, statement.at)
  }
}

/** The name of a setting stands as it is written, with all its parts. */
const shownName = (context: BindContext, what: string, name: Name): string =>
  what === '' ? name.parts.map(part => part.text).join('.') : relationName(context, name)

/** COMMENT ON is kept nowhere; what it is on must be there. */
function commented(context: BindContext, { kind, on }: Comment): BoundStatement {
  const isColumn = kind === 'COLUMN'
  const table: Name = isColumn && on.parts.length > 1 ? { ...on, parts: on.parts.slice(0, -1) } : on
  const { schema } = bindNamedTable(context, table)
  const column = on.parts.at(-1)!
  if (isColumn && !schema.some(({ name }) => context.names.same(name, context.names.fold(column))))
    fail('DSD2002', `There is no column "${column.text}" in "${relationName(context, table)}".`, column.at)
  return { is: 'nothing', what: 'COMMENT' }
}

function described(context: BindContext, of: Name | Query): readonly DescribedColumn[] {
  if (of.is === 'query') return describedColumns(bindQuery(context, of, 'select'))
  const { catalog, names } = context
  return describedColumns(bindNamedTable(context, of), catalog.find(names.fold(lastPart(of)), names.same))
}

const explain = (context: BindContext, { details, statement }: Explain): BoundStatement => ({
  is: 'explain',
  details,
  statement: bindAny(context, statement),
})

function isOrdered(query: Query): boolean {
  if (query.orderBy.length > 0) return true
  return query.body.is === 'query' && isOrdered(query.body)
}

/** In Flink a database is what PostgreSQL calls a schema. */
function createNamespace(context: BindContext, { kind, name, ifNotExists }: CreateNamespace): BoundStatement {
  const { catalog, names, settings } = context
  if (kind !== 'SCHEMA' && !(kind === 'DATABASE' && settings.dialect === 'flink'))
    return { is: 'nothing', what: `CREATE ${kind}` }
  const created = names.fold(lastPart(name))
  const exists = catalog.findSchema(created, names.same) !== undefined || created === 'public'
  if (exists && !ifNotExists) fail('DSD2008', `There is already a schema "${created}".`, name.at)
  return exists ? { is: 'nothing', what: `CREATE ${kind}` } : { is: 'createSchema', name: created }
}

function use({ catalog, names }: BindContext, { name }: Use): BoundStatement {
  const schema = catalog.findSchema(names.fold(lastPart(name)), names.same)
  return schema === undefined ? { is: 'nothing', what: 'USE' } : { is: 'set', key: 'search_path', value: schema }
}

function tableNamed(context: BindContext, name: Name) {
  const { catalog, names } = context
  const wanted = relationName(context, name)
  const entry = catalog.find(wanted, names.same)
  if (entry?.is !== 'table')
    return fail('DSD2001', `There is no table "${wanted}".${didYouMean(wanted, catalog.names())}`, name.at)
  return entry
}

function createView(context: BindContext, syntax: CreateView): BoundStatement {
  const { names, catalog } = context
  const name = createdName(context, syntax.name)
  const before = catalog.find(name, names.same)
  if (before !== undefined && !syntax.ifNotExists && !syntax.orReplace)
    fail('DSD2008', `There is already a table, view or index "${name}".`, syntax.name.at)
  if (syntax.altered && (before?.is !== 'view' || before.materialized))
    fail('DSD2001', `There is no view "${name}" whose query can be another one.`, syntax.name.at)
  const [option] = syntax.options
  if (option !== undefined)
    notYet(`The option ${option.key} of a view`, 'Views take no options: leave WITH out.', option.at)
  const plan = renamed(
    bindQuery(context, syntax.query, 'view'),
    syntax.columns.map(c => names.fold(c)),
    syntax.at,
  )
  if (syntax.columns.length > 0 && syntax.columns.length !== plan.schema.length) {
    fail(
      'DSD2010',
      `${syntax.columns.length} column names are given, there are ${plan.schema.length} columns.`,
      syntax.at,
    )
  }
  const view: ViewEntry = {
    is: 'view',
    name,
    plan,
    materialized: syntax.materialized,
    relation: syntax.materialized ? viewRelation(catalog.freeStoredName(name), plan) : undefined,
    reads: [...context.reads],
    temporary: syntax.temporary,
  }
  const rest = { view, ifNotExists: syntax.ifNotExists, orReplace: syntax.orReplace }
  return syntax.materialized ? { is: 'createMaterializedView', ...rest } : { is: 'createView', ...rest }
}

/** The kept rows of a materialized view, as a relation that other queries read. */
function viewRelation(name: string, plan: PlanNode): Relation {
  const rows = optimise(plan, { timed: [true] })
  const { appendOnly, keys } = derive(rows)
  const handedOn = handedOnBy(rows)
  return {
    name,
    schema: plan.schema,
    connector: 'view',
    options: {},
    primaryKey: keys[0] ?? [],
    changes: appendOnly ? 'append' : 'retract',
    ...(appendOnly ? { appendOnly: true } : {}),
    ...(handedOn === undefined ? {} : { handedOn }),
  }
}
