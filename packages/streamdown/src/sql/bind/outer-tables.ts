import { column, columns } from '../../plan/expressions/build.ts'
import { type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import type { ColumnReference, Identifier, Query, SelectItem, Span } from '../parse/ast.ts'
import type { CorrelatedTable, PlannedTable } from './common-tables.ts'
import type { BindContext, OuterPlace } from './context.ts'
import { overDomain } from './domain.ts'
import { withEmptyRows } from './empty-groups.ts'
import { type BoundQuery, visiblePlan } from './query.ts'
import { readsOuter } from './rows.ts'
import { outerIndex, type Scope } from './scope.ts'

/*
 * A table of WITH that is done once for all rows of the query around it, although it uses columns of them: its rows have
 * the values of those columns behind their own. Where it is read it stands for those of the row around.
 */

/** A query's visible columns, and behind them the values of outer columns (by their places) for which its rows are there. */
export function withOuterValues(query: BoundQuery, around: PlanNode, places: readonly number[]): PlanNode {
  const side = withEmptyRows(query, around)
  const values = places.map(place => ({ ...column(around.schema, place), index: outerIndex(place) }))
  const known = values.map(value => side.correlated.find(e => comparedWith(e)?.outer === value.index))
  const isWhole = known.every(each => each !== undefined) && side.correlated.every(e => known.includes(e))
  if (isWhole && !side.outputs.some(readsOuter)) {
    const held = known.map(each => (each === undefined ? 0 : (comparedWith(each)?.place ?? 0)))
    return visiblePlan({
      ...side,
      names: [...side.names, ...places.map((_, i) => `$outer${i}`)],
      outputs: [...side.outputs, ...held.map(place => column(side.plan.schema, place))],
    })
  }
  const { plan, inside } = overDomain(side.plan, around, side.correlated, [...side.outputs, ...values])
  return ProjectNode.create(plan, [
    ...side.outputs.map((e, i) => ({ name: side.names[i] ?? '', value: inside(e) })),
    ...values.map((value, i) => ({ name: `$outer${i}`, value: inside(value) })),
  ])
}

/** The column that a condition says to be the same as an outer one. */
function comparedWith(e: BoundQuery['correlated'][number]) {
  const [own, other] = e.is === 'call' && e.name === 'is_not_distinct_from' ? e.args : []
  if (own?.is !== 'column' || other?.is !== 'column' || own.index < 0) return undefined
  return { place: own.index, outer: other.index }
}

/** The table of WITH of rows that have outer values behind their columns: those for the values of the row around. */
export function tableOfOuter(
  context: BindContext,
  { name, plan }: Pick<PlannedTable, 'name' | 'plan'>,
  outer: Scope,
  places: readonly number[],
  at: Span,
): CorrelatedTable {
  const identifier = (text: string): Identifier => ({ is: 'identifier', text, quoted: true, at })
  const reference = (text: string): ColumnReference => ({ is: 'column', parts: [identifier(text)], at })
  const own = plan.schema.slice(0, plan.schema.length - places.length)
  const rows = ProjectNode.create(
    plan,
    columns(plan.schema).map((value, i) => ({ name: `$${i}`, value })),
  )
  const all: PlannedTable = { is: 'planned', name: `all of ${name}`, plan: rows }
  const placed = new Map<ColumnReference, OuterPlace>()
  const same = places.map((index, i) => {
    const around = reference(`$outer${i}`)
    placed.set(around, { columns: outer.columns, index })
    return { is: 'isDistinct' as const, left: reference(`$${own.length + i}`), right: around, negated: true, at }
  })
  const items = own.map((field, i): SelectItem => {
    return { is: 'selectItem', value: reference(`$${i}`), alias: identifier(field.name), at }
  })
  const query: Query = {
    is: 'query',
    with: undefined,
    body: {
      is: 'select',
      hints: [],
      distinct: undefined,
      items,
      from: [
        {
          is: 'table',
          name: { is: 'name', parts: [identifier(all.name)], at },
          hints: [],
          systemTime: undefined,
          alias: undefined,
          at,
        },
      ],
      where: { is: 'logical', op: 'AND', operands: same, at },
      groupBy: undefined,
      having: undefined,
      windows: [],
      qualify: undefined,
      at,
    },
    orderBy: [],
    limit: undefined,
    offset: undefined,
    withTies: false,
    emit: undefined,
    at,
  }
  return {
    is: 'correlated',
    name,
    syntax: { is: 'commonTable', name: identifier(name), columns: [], query, at },
    context: { ...context, commonTables: [all], placed: new Map([...context.placed, ...placed]) },
    outer,
  }
}
