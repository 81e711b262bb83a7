/** Tables of WITH: most are plans; those that use columns of the query around them are bound where they are read. */

import type { PlanNode } from '../../plan/nodes/node.ts'
import type { CommonTable as CommonTableSyntax, DerivedTable, NamedTable, TableReference, With } from '../parse/ast.ts'
import { outerColumns } from './carry.ts'
import type { BindContext } from './context.ts'
import { tableOfOuter } from './outer-tables.ts'
import { fail, notYet } from './problem.ts'
import { bindQuery, bindSubquery, renamed, visiblePlan } from './query.ts'
import { bindRecursive, isRecursive, mentions } from './recursion.ts'
import type { Scope } from './scope.ts'

/** A table of WITH. */
export type CommonTable = PlannedTable | CorrelatedTable

export interface PlannedTable {
  readonly is: 'planned'
  readonly name: string
  readonly plan: PlanNode
}

export interface CorrelatedTable {
  readonly is: 'correlated'
  readonly name: string
  readonly syntax: CommonTableSyntax
  /** Where its WITH stands. */
  readonly context: BindContext
  readonly outer: Scope
}

/** `outer`: the scope of the query around the one that has the WITH. */
export function withTables(context: BindContext, clause: With, outer?: Scope): BindContext {
  let inner = context
  const names = clause.tables.map(table => context.names.fold(table.name))
  for (const [i, { name }] of clause.tables.entries()) {
    if (names.slice(0, i).some(other => context.names.same(other, names[i] ?? '')))
      fail('DSD2008', `WITH names "${names[i]}" twice.`, name.at)
  }
  for (const table of clause.recursive ? inOrder(context, clause.tables) : clause.tables) {
    const common = commonTable(inner, table, context.names.fold(table.name), clause.recursive, outer)
    inner = { ...inner, commonTables: [...inner.commonTables, common] }
  }
  return inner
}

/** Tables of WITH RECURSIVE may read those after them: each comes behind the ones that it reads. */
function inOrder(context: BindContext, tables: readonly CommonTableSyntax[]): readonly CommonTableSyntax[] {
  const ordered: CommonTableSyntax[] = []
  const place = (table: CommonTableSyntax, readers: readonly CommonTableSyntax[]): void => {
    if (ordered.includes(table)) return
    if (readers.includes(table))
      notYet(
        'Tables of WITH RECURSIVE that read each other',
        'Make them one, with a column that tells their rows apart.',
        table.at,
      )
    for (const other of tables)
      if (other !== table && mentions(context, table.query, context.names.fold(other.name)))
        place(other, [...readers, table])
    ordered.push(table)
  }
  for (const table of tables) place(table, [])
  return ordered
}

function commonTable(
  context: BindContext,
  syntax: CommonTableSyntax,
  name: string,
  recursive: boolean,
  outer: Scope | undefined,
): CommonTable {
  const planned = (plan: PlanNode): CommonTable => ({
    is: 'planned',
    name,
    plan: renamed(
      plan,
      syntax.columns.map(column => context.names.fold(column)),
      syntax.at,
    ),
  })
  if (recursive && isRecursive(context, syntax)) {
    const { plan, carry } = bindRecursive(context, syntax, name, outer)
    if (outer === undefined || carry.length === 0) return planned(plan)
    return tableOfOuter(context, { name, plan }, outer, carry, syntax.at)
  }
  const defining = { ...context, defining: [...context.defining, name] }
  if (outer === undefined) return planned(bindQuery(defining, syntax.query))
  const { carry: _, ...around } = outer
  const bound = bindSubquery(defining, syntax.query, around)
  if (outerColumns([...bound.correlated, ...bound.outputs]).length === 0) return planned(visiblePlan(bound))
  return { is: 'correlated', name, syntax, context: defining, outer }
}

/** The table of WITH that a name means. */
export function findCommonTable(context: BindContext, { name }: Pick<NamedTable, 'name'>): CommonTable | undefined {
  const [only, ...more] = name.parts
  if (only === undefined || more.length > 0) return undefined
  const wanted = context.names.fold(only)
  return context.commonTables.findLast(table => context.names.same(table.name, wanted))
}

/** A table of WITH that is bound where it is read, as the subquery that it is there; any other reference as it stands. */
export function asSubquery(
  context: BindContext,
  ref: TableReference,
): { readonly ref: TableReference; readonly table?: CorrelatedTable } {
  const table = ref.is === 'table' ? findCommonTable(context, ref) : undefined
  if (ref.is !== 'table' || table?.is !== 'correlated') return { ref }
  const { name, columns, query } = table.syntax
  const given = ref.alias?.columns ?? []
  const derived: DerivedTable = {
    is: 'derived',
    query,
    lateral: false,
    alias: {
      is: 'tableAlias',
      name: ref.alias?.name ?? name,
      columns: [...given, ...columns.slice(given.length)],
      columnTypes: ref.alias?.columnTypes ?? [],
      at: ref.at,
    },
    at: ref.at,
  }
  return { ref: derived, table }
}

/**
 * What the query of a table of WITH sees from where it is read: not the columns of the queries in between, though these
 * may have to carry what it uses.
 */
export function seenByTable(scope: Scope | undefined, table: CorrelatedTable): Scope | undefined {
  if (scope === undefined || isScopeOf(scope, table)) return scope
  return { ...scope, columns: [], outer: seenByTable(scope.outer, table) }
}

/** A scope that is bound again, carrying columns, is another object over the same ones. */
const isScopeOf = (scope: Scope, { outer }: CorrelatedTable): boolean => scope.columns === outer.columns
