import { all, column, test } from '../../plan/expressions/build.ts'
import type { ColumnExpression, Expression } from '../../plan/expressions/expression.ts'
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
  /** A row for each combination of them. */
  readonly domain: PlanNode
  /** Outer columns, as negative indexes, in the order of `values`: that of the outer rows. */
  readonly outer: readonly ColumnExpression[]
}

/** The combinations of values that the query around a subquery gives to the columns of it that expressions read. */
interface Domain {
  readonly plan: PlanNode
  /** An expression of the subquery where its rows have `width` columns and the values stand behind them. */
  readonly behind: (width: number) => (e: Expression) => Expression
  /** The outer columns in the order of the values, as negative indexes. */
  readonly outer: readonly ColumnExpression[]
}

export function domainOf(outer: PlanNode, expressions: readonly Expression[]): Domain {
  const read = new Set(expressions.flatMap(e => [...columnsRead(e)].filter(index => index < 0)))
  const used = [...read].sort((a, b) => b - a)
  const columnsUsed = used.map(index => column(outer.schema, outerIndex(index)))
  return {
    plan: distinctValues(outer, used.map(outerIndex)),
    behind: width => e => remap(e, index => (index < 0 ? width + used.indexOf(index) : index)),
    outer: columnsUsed.map((value, at) => ({ ...value, index: used[at] ?? 0 })),
  }
}

/**
 * Takes conditions on columns of the enclosing query, of any form, into a subquery: its rows are joined with the distinct
 * values of those columns, and what is left to compare with the outer rows is plain equality of values, NULLs included.
 * (Neumann and Kemper, Unnesting Arbitrary Queries, 2015.) `kind`: right for values without rows, too.
 */
export function overDomain(
  inner: PlanNode,
  outer: PlanNode,
  conditions: readonly Expression[],
  outputs: readonly Expression[] = [],
  kind: 'inner' | 'right' = 'inner',
): OverDomain {
  const domain = domainOf(outer, [...conditions, ...outputs])
  const width = inner.schema.length
  const inside = domain.behind(width)
  return {
    plan: joinOn(kind, inner, domain.plan, all(conditions.map(inside))),
    inside,
    values: domain.outer.map((_, at) => width + at),
    domain: domain.plan,
    outer: domain.outer,
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
