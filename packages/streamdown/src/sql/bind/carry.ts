import { column, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { columnsRead } from '../../plan/expressions/walk.ts'
import type { PlanNode } from '../../plan/nodes/node.ts'
import { distinctValues } from './domain.ts'
import { outerIndex, type Scope } from './scope.ts'

/*
 * A subquery is usually bound with columns of the query around it as negative indexes, and conditions on them are kept
 * until it is joined. Where that cannot be (an outer join's ON, a window, a set operation, a query in between) its rows
 * carry the values of those columns: its FROM begins with the distinct values that the enclosing query has, and what is
 * left to compare when it is joined is their equality. (Neumann and Kemper, Unnesting Arbitrary Queries, 2015.)
 */

/** Thrown where a subquery must carry columns of `outer`; caught where the subquery began, which is bound again. */
export class Carry extends Error {
  readonly outer: Scope
  readonly columns: readonly number[]

  constructor(outer: Scope, columns: readonly number[]) {
    super('a subquery must carry columns of the query around it')
    this.outer = outer
    this.columns = columns
  }
}

/** The columns of the enclosing query that expressions read, by their places there. */
export const outerColumns = (expressions: readonly Expression[]): readonly number[] => [
  ...new Set(expressions.flatMap(e => [...columnsRead(e)].filter(index => index < 0).map(outerIndex))),
]

/** The rows that a FROM begins with, and the scope over them: nobody names their columns, they stand for outer ones. */
export function carriedRows(
  outer: Scope,
  carry: readonly number[],
): { readonly plan: PlanNode; readonly scope: Scope } | undefined {
  if (outer.plan === undefined) return undefined
  const plan = distinctValues(outer.plan, carry)
  const carried = new Map(carry.map((index, place) => [index, place]))
  return { plan, scope: { columns: [], schema: plan.schema, outer, carried } }
}

/** What is left to compare: the carried values with those of the row around, NULLs included. */
export function carriedEqualities({ carried, outer, schema }: Scope): readonly Expression[] {
  if (carried === undefined || outer?.carry === undefined) return []
  return [...carried].map(([index, place]) => {
    const value = column(outer.plan?.schema ?? outer.schema, index)
    return test('is_not_distinct_from', column(schema, place), { ...value, index: outerIndex(index) })
  })
}

/** The inner columns that conditions compare with the query around for equality; undefined where one does something else. */
export function comparedColumns(correlated: readonly Expression[]): readonly number[] | undefined {
  const inner: number[] = []
  for (const e of correlated) {
    const sides = e.is === 'call' && (e.name === '=' || e.name === 'is_not_distinct_from') ? e.args : []
    const own = sides.find(side => side.is === 'column' && side.index >= 0)
    const outer = sides.find(side => [...columnsRead(side)].every(index => index < 0))
    if (own?.is !== 'column' || outer === undefined) return undefined
    inner.push(own.index)
  }
  return inner
}
