import { LateNode, type PlanNode, ScanNode } from '../../plan/nodes/node.ts'
import { rankWindow } from '../../plan/windows.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { CatalogEntry } from '../catalog.ts'
import type { Hint, Name, Span } from '../parse/ast.ts'
import { findCommonTable } from './common-tables.ts'
import type { BindContext } from './context.ts'
import { lastPart } from './names.ts'
import { fail, notYet } from './problem.ts'
import { relationName } from './relation-names.ts'
import { hinted, optionHints } from './table-options.ts'

/** A table, view or WITH table by its name; hints may give a table's options for this use of it. */
export function bindNamedTable(context: BindContext, name: Name, hints: readonly Hint[] = []): PlanNode {
  const { names, catalog } = context
  const wanted = names.fold(lastPart(name))
  if (name.parts.length === 1) {
    const common = findCommonTable(context, { name })
    if (common?.is === 'correlated')
      return notYet(`"${wanted}", which uses columns of the query around it, here`, 'Read it in FROM.', name.at)
    if (common !== undefined) return unhinted(hints, `"${wanted}"`, common.plan)
    if (context.defining.some(defined => names.same(defined, wanted)) && catalog.find(wanted, names.same) === undefined)
      fail(
        'DSD2001',
        `There is no table or view "${wanted}" yet: only WITH RECURSIVE name AS (base UNION [ALL] step) reads itself, in the step.`,
        name.at,
      )
  }
  const full = relationName(context, name)
  const entry = catalog.find(full, names.same)
  if (entry === undefined) {
    const known = [...context.commonTables.map(table => table.name), ...catalog.names()]
    const list = known.length === 0 ? ' No tables are defined.' : ` Known: ${known.slice(0, 20).join(', ')}.`
    fail('DSD2001', `There is no table or view "${full}".${didYouMean(full, known)}${list}`, name.at)
  }
  context.reads.add(entry.name)
  if (entry.is === 'index') context.reads.add(entry.on)
  if (entry.is === 'table') return entryPlan(context, hinted(context, entry, hints), name.at)
  return unhinted(hints, `${entry.is === 'view' ? 'View' : 'Index'} "${full}"`, entryPlan(context, entry, name.at))
}

function unhinted(hints: readonly Hint[], what: string, plan: PlanNode): PlanNode {
  const [hint] = optionHints(hints)
  return hint === undefined ? plan : fail('DSD2006', `${what} is a query, and has no OPTIONS.`, hint.at)
}

function entryPlan(context: BindContext, entry: CatalogEntry, at: Span): PlanNode {
  if (entry.is === 'table') {
    if (entry.open) fail('DSD2006', `Table "${entry.name}" has no columns yet: they come with its first INSERT.`, at)
    return entry.plan
  }
  if (entry.is === 'index') return entry.plan
  const scans = entry.materialized && context.options.materializedViews !== 'inline'
  return scans && entry.relation !== undefined ? ScanNode.create(entry.relation) : entry.plan
}

/** The late rows of the nearest operator below that has any. */
export function lateRows(plan: PlanNode, at: Span): PlanNode {
  switch (plan.is) {
    case 'project':
    case 'filter':
    case 'sort':
      return lateRows(plan.input, at)
    case 'aggregate':
      if (plan.window !== undefined) return LateNode.create(plan, plan.input.schema)
      return lateRows(plan.input, at)
    case 'rank':
      if (plan.window !== undefined || rankWindow(plan.input, plan.partitionBy) !== undefined)
        return LateNode.create(plan, plan.input.schema)
      return lateRows(plan.input, at)
    case 'temporalJoin':
      if (plan.moment.is === 'eventTime') return LateNode.create(plan, plan.left.schema)
      return lateRows(plan.left, at)
    case 'match':
      if (typeof plan.time !== 'number')
        fail('DSD2011', 'Rows that are not ordered by their event time never come too late.', at)
      return LateNode.create(plan, plan.input.schema)
    case 'over':
      if (plan.emit === 'watermark' || plan.emit === 'settled') return LateNode.create(plan, plan.input.schema)
      return lateRows(plan.input, at)
    default:
      return fail('DSD2011', 'LATE takes a view whose results close with a window; this one drops no late rows.', at)
  }
}
