import { columns, literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { replaceColumns } from '../../plan/expressions/walk.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { TableEntry } from '../catalog.ts'
import type { Assignment, Name, Query, SelectItem, Span, Expression as Syntax } from '../parse/ast.ts'
import { assignTo } from './cast.ts'
import type { BindContext } from './context.ts'
import type { ExpressionBinder } from './expressions.ts'
import { lastPart } from './names.ts'
import { fail } from './problem.ts'
import { relationName } from './relation-names.ts'
import { Rows } from './rows.ts'
import { tableScope } from './scope.ts'
import type { Returning } from './statement.ts'
import { overStored } from './table-plan.ts'

export function tableOf(context: BindContext, name: Name): TableEntry {
  const { catalog, names } = context
  const wanted = relationName(context, name)
  const entry = catalog.find(wanted, names.same)
  if (entry === undefined)
    return fail('DSD2001', `There is no table "${wanted}".${didYouMean(wanted, catalog.names())}`, name.at)
  if (entry.is !== 'table')
    return fail(
      'DSD2006',
      `"${wanted}" is ${entry.is === 'view' ? 'a view' : 'an index'}; rows go into tables.`,
      name.at,
    )
  return entry
}

export function position(context: BindContext, table: TableEntry, name: Name): number {
  const { names } = context
  const wanted = names.fold(lastPart(name))
  const found = table.columns.findIndex(c => names.same(c.name, wanted))
  if (found < 0)
    fail(
      'DSD2002',
      `Table "${table.name}" has no column "${wanted}".${didYouMean(
        wanted,
        table.columns.map(c => c.name),
      )}`,
      name.at,
    )
  return found
}

export interface Assigned {
  readonly stored: number
  readonly value: Expression
}

/**
 * The assignments as stored columns and values; `(a, b) = (1, 2)` is several, and so is `(a, b) = (SELECT …)`, whose
 * columns `subquery` gives.
 */
export function assignedValues(
  context: BindContext,
  table: TableEntry,
  binder: ExpressionBinder,
  assignments: readonly Assignment[],
  subquery: (query: Query, width: number, at: Span) => readonly Expression[],
): readonly Assigned[] {
  const seen = new Set<number>()
  return assignments.flatMap(({ columns: targets, value, at }) => {
    const values = valuesOf(targets.length, value, binder, at, subquery)
    if (values.length !== targets.length) fail('DSD2010', `${targets.length} columns, ${values.length} values.`, at)
    return targets.map((target, i): Assigned => {
      const { stored, type, name, default: fallback } = table.columns[position(context, table, target)]!
      if (stored === undefined) return fail('DSD2006', `Column "${name}" is computed; it cannot be set.`, target.at)
      if (seen.has(stored)) fail('DSD2008', `Column "${name}" is set twice.`, target.at)
      seen.add(stored)
      const given = values[i]
      return {
        stored,
        value:
          given === undefined || given === 'default'
            ? (fallback ?? literal(null, type))
            : assignTo(given, type, name, context.settings, given.at),
      }
    })
  })
}

function valuesOf(
  width: number,
  value: Syntax,
  binder: ExpressionBinder,
  at: Span,
  subquery: (query: Query, width: number, at: Span) => readonly Expression[],
): readonly (Expression | 'default')[] {
  const each = (e: Syntax) => (e.is === 'default' ? 'default' : binder.bind(e))
  if (width === 1) return [each(value)]
  if (value.is === 'row') return value.elements.map(each)
  if (value.is === 'scalarQuery') return subquery(value.query, width, value.at)
  return fail('DSD2006', 'Several columns take (value, …), ROW(value, …) or (SELECT …).', at)
}

export function bindReturning(
  context: BindContext,
  table: TableEntry,
  items: readonly SelectItem[],
): Returning | undefined {
  if (items.length === 0) return undefined
  const scope = tableScope(table.plan.schema, table.name, undefined)
  const rows = new Rows(context, table.plan, scope)
  const outputs = items.flatMap(({ value, alias }) => {
    if (value.is === 'star') return columns(scope.schema).map(c => ({ name: c.name, value: c }))
    const bound = rows.binder.bind(value)
    const natural = value.is === 'column' ? context.names.fold(value.parts.at(-1)!) : '?column?'
    return [{ name: alias === undefined ? natural : context.names.fold(alias), value: bound }]
  })
  const overRelation = outputs.map(({ value }) => replaceColumns(value, index => overStored(table.columns, index)))
  return {
    expressions: overRelation,
    schema: outputs.map(({ name, value }) => ({ name, type: value.type, nullable: value.nullable })),
  }
}
