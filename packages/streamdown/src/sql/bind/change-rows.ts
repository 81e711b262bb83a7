import { literal } from '../../plan/expressions/build.ts'
import { FilterNode, type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import type { TableEntry } from '../catalog.ts'
import type { Delete, Name, Expression as Syntax, TableReference, Update } from '../parse/ast.ts'
import { withTables } from './common-tables.ts'
import type { BindContext } from './context.ts'
import { bindFrom } from './from.ts'
import { fail } from './problem.ts'
import { Rows } from './rows.ts'
import { type Scope, tableScope } from './scope.ts'
import type { BoundDelete, BoundUpdate } from './statement.ts'
import { joinAsTest, resolveSubqueries, singleRow } from './subqueries.ts'
import { conjunctsOf } from './syntax.ts'
import { assignedValues, bindReturning, tableOf } from './target-table.ts'

/** The table's rows (all columns), the tables beside it, and WHERE. */
function affected(
  context: BindContext,
  table: TableEntry,
  alias: string,
  others: readonly TableReference[],
  where: Syntax | undefined,
): Rows {
  const own = tableScope(table.plan.schema, alias, undefined)
  let rows = new Rows(context, table.plan, own)
  if (others.length > 0) {
    const beside = bindFrom(context, others, [], undefined)
    const schema = [...table.plan.schema, ...beside.plan.schema]
    const scope: Scope = {
      columns: [
        ...own.columns,
        ...beside.scope.columns.map(c => ({ ...c, index: c.index + table.plan.schema.length })),
      ],
      schema,
      outer: undefined,
    }
    const joined: PlanNode = { is: 'join', kind: 'inner', left: table.plan, right: beside.plan, keys: [], schema }
    rows = new Rows(context, joined, scope)
  }
  for (const conjunct of where === undefined ? [] : conjunctsOf(where)) {
    if (joinAsTest(rows, conjunct)) continue
    resolveSubqueries(rows, conjunct)
    rows.plan = FilterNode.create(rows.plan, rows.binder.condition(conjunct, 'WHERE'))
  }
  return rows
}

/** The relation's columns out of the table's; NULL in the place of a dropped one. */
function storedColumns({ relation, columns }: TableEntry, rows: Rows) {
  return relation.schema.map(({ name, type }, stored) => {
    const at = columns.findIndex(column => column.stored === stored)
    return { name, value: at < 0 ? literal(null, type) : rows.column(at) }
  })
}

export function bindUpdate(outer: BindContext, update: Update): BoundUpdate {
  const context = update.with === undefined ? outer : withTables(outer, update.with)
  const table = changeable(context, update.table)
  const alias = update.alias === undefined ? table.name : context.names.fold(update.alias)
  const rows = affected(context, table, alias, update.from, update.where)
  for (const { value, columns } of update.assignments) if (columns.length === 1) resolveSubqueries(rows, value)
  const changes = assignedValues(context, table, rows.binder, update.assignments, (query, width, at) =>
    singleRow(rows, query, width, at),
  )
  const before = storedColumns(table, rows)
  const after = before.map(({ name, value }, stored) => ({
    name,
    value: changes.findLast(change => change.stored === stored)?.value ?? value,
  }))
  return {
    is: 'update',
    table,
    plan: ProjectNode.create(rows.plan, [...before, ...after]),
    returning: bindReturning(context, table, update.returning),
  }
}

export function bindDelete(outer: BindContext, syntax: Delete): BoundDelete {
  const context = syntax.with === undefined ? outer : withTables(outer, syntax.with)
  const table = changeable(context, syntax.table)
  const alias = syntax.alias === undefined ? table.name : context.names.fold(syntax.alias)
  const rows = affected(context, table, alias, syntax.using, syntax.where)
  return {
    is: 'delete',
    table,
    plan: ProjectNode.create(rows.plan, storedColumns(table, rows)),
    returning: bindReturning(context, table, syntax.returning),
  }
}

function changeable(context: BindContext, name: Name): TableEntry {
  const table = tableOf(context, name)
  if (table.relation.connector !== 'memory')
    fail('DSD2006', `"${table.name}" is an external table; UPDATE and DELETE need one without connector.`, name.at)
  if (table.relation.changes === 'append') fail('DSD2006', `"${table.name}" is APPEND ONLY.`, name.at)
  context.reads.add(table.name)
  return table
}
