import { columns } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { withColumns } from '../../plan/joins.ts'
import { OverNode, type PlanNode, ProjectNode, RankNode, type SortKey, SortNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { types } from '../../types/data-type.ts'
import type { SortItem } from '../parse/ast.ts'
import type { Settings } from '../settings.ts'
import type { BindContext } from './context.ts'
import { notYet } from './problem.ts'

/** Where a query stands: what ORDER BY without LIMIT means there. Of a `list` it is the order of the elements. */
export type QueryPlace = 'select' | 'insert' | 'view' | 'inner' | 'list'

export interface SortBy {
  readonly value: Expression
  readonly descending: boolean
  readonly nullsFirst: boolean
}

export function sortDirection(item: SortItem, settings: Settings): Omit<SortBy, 'value'> {
  const descending = item.direction === 'DESC'
  const smallest = settings.null_order === 'smallest'
  const nullsFirst = item.nulls === undefined ? smallest !== descending : item.nulls === 'FIRST'
  return { descending, nullsFirst }
}

/** The node with the sort expressions as columns, and the keys on them. */
export function sortedRows(
  input: PlanNode,
  sorts: readonly SortBy[],
): { readonly plan: PlanNode; readonly keys: readonly SortKey[] } {
  const added: Expression[] = []
  const keys = sorts.map(({ value: given, descending, nullsFirst }): SortKey => {
    const value = sortable(given)
    const place = value.is === 'column' ? value.index : input.schema.length + added.push(value) - 1
    return { column: place, descending, nullsFirst }
  })
  return { plan: withColumns(input, added), keys }
}

/** Nested values sort by bytes that are in their order. */
export function sortable(value: Expression): Expression {
  const nested = value.type.is === 'array' || value.type.is === 'row' || value.type.is === 'map'
  if (!nested) return value
  return { is: 'call', name: 'sort_key', args: [value], type: types.bytes, nullable: value.nullable }
}

interface Limits {
  readonly limit: number | undefined
  readonly offset: number
  readonly withTies: boolean
  readonly place: QueryPlace
}

/**
 * ORDER BY, LIMIT, OFFSET. In a query over what is there now: a sort. In one that keeps running a limit is a top-N
 * that is kept up to date, and an order without limit has no meaning, except into a sink: from input that ends, or
 * by the event time first.
 */
export function limited(context: BindContext, input: PlanNode, sorts: readonly SortBy[], limits: Limits): PlanNode {
  const { limit, offset, withTies, place } = limits
  const width = input.schema.length
  const bounded = limit !== undefined || offset > 0
  const ordersOnly = place === 'select' || (place === 'insert' && derive(input).bounded)
  if (!bounded && sorts.length === 0) return input
  const { plan, keys } = sortedRows(input, sorts)
  if (!bounded && !ordersOnly)
    return place === 'insert' && followsTime(plan, keys) ? inTimeOrder(plan, keys, width) : input
  if (withTies || (bounded && context.continuous && !(place === 'insert' && derive(input).bounded))) {
    if (withTies && offset > 0) notYet('OFFSET with WITH TIES', 'Use RANK() in a subquery.')
    const rank = RankNode.create(plan, {
      function: withTies ? 'rank' : 'row_number',
      partitionBy: [],
      orderBy: keys,
      from: offset + 1,
      to: limit === undefined ? Number.MAX_SAFE_INTEGER : offset + limit,
      output: false,
    })
    const ordered = ordersOnly ? SortNode.create(rank, keys) : rank
    return trimmed(ordered, width)
  }
  return trimmed(SortNode.create(plan, keys, limit, offset > 0 ? offset : undefined), width)
}

/** Whether rows that are only added are to come in the order of their event time. */
function followsTime(plan: PlanNode, [first]: readonly SortKey[]): boolean {
  const { appendOnly, timeColumns } = derive(plan)
  return appendOnly && first !== undefined && !first.descending && timeColumns.includes(first.column)
}

/** Rows wait for the watermark, and leave in order; those behind it are late. */
export const inTimeOrder = (plan: PlanNode, orderBy: readonly SortKey[], width: number): PlanNode =>
  trimmed(OverNode.create(plan, { partitionBy: [], orderBy, calls: [], emit: 'watermark', ties: 'peers' }), width)

/** The first columns only. */
export function trimmed(node: PlanNode, width: number): PlanNode {
  if (node.schema.length === width) return node
  return ProjectNode.create(
    node,
    columns(node.schema)
      .slice(0, width)
      .map(value => ({ name: value.name, value })),
  )
}
