import { all, column, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { columnsRead, remap } from '../../plan/expressions/walk.ts'
import { joinOn } from '../../plan/joins.ts'
import { AggregateNode, type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import { outerIndex } from './scope.ts'

/** A subquery evaluated once for each combination of values that the query around it gives to the columns it uses. */
export interface OverDomain {
  /** The subquery's rows with the values for which its conditions hold behind them. */
  readonly plan: PlanNode
  /** The places of those values. */
  readonly values: readonly number[]
  /** An expression of the subquery, over `plan`. */
  readonly inside: (e: Expression) => Expression
  /** Outer columns, as negative indexes, in the order of `values`: that of the outer rows. */
  readonly outer: readonly Expression[]
}

/**
 * Takes conditions on columns of the enclosing query, of any form, into a subquery: its rows are joined with the distinct
 * values of those columns, and what is left to compare with the outer rows is plain equality of values, NULLs included.
 * (Neumann and Kemper, Unnesting Arbitrary Queries, 2015.)
 */
export function overDomain(
  inner: PlanNode,
  outer: PlanNode,
  conditions: readonly Expression[],
  outputs: readonly Expression[] = [],
): OverDomain {
  const read = new Set([...conditions, ...outputs].flatMap(e => [...columnsRead(e)].filter(index => index < 0)))
  const used = [...read].sort((a, b) => b - a)
  const columnsUsed = used.map(index => column(outer.schema, outerIndex(index)))
  const domain = distinctValues(outer, used.map(outerIndex))
  const width = inner.schema.length
  const inside = (e: Expression): Expression => remap(e, index => (index < 0 ? width + used.indexOf(index) : index))
  return {
    plan: joinOn('inner', inner, domain, all(conditions.map(inside))),
    inside,
    values: used.map((_, at) => width + at),
    outer: columnsUsed.map((value, at) => (value.is === 'column' ? { ...value, index: used[at] ?? 0 } : value)),
  }
}

/** The distinct values of some columns. */
export function distinctValues(input: PlanNode, places: readonly number[]): PlanNode {
  const picked = ProjectNode.create(
    input,
    places.map((place, at) => ({ name: `$outer${at}`, value: column(input.schema, place) })),
  )
  return AggregateNode.create(
    picked,
    places.map((_, at) => at),
    [],
  )
}

/** What remains to compare when the values stand at these places of the subquery's schema. */
export const sameValues = (
  schema: PlanNode['schema'],
  places: readonly number[],
  outer: readonly Expression[],
): readonly Expression[] =>
  places.map((place, at) => test('is_not_distinct_from', column(schema, place), outer[at] ?? column(schema, place)))
