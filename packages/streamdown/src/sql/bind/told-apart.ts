import { test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { columnsRead } from '../../plan/expressions/walk.ts'
import { overDomain, sameValues } from './domain.ts'
import { notYet } from './problem.ts'
import { isFixed, type Rows, readsOuter } from './rows.ts'

/** The rows of a correlated subquery where they must be numbered or counted for each outer row by itself. */
export interface ToldApart {
  /** Columns in which rows differ that are for different outer rows. */
  readonly by: readonly number[]
  /** What is left to compare with the outer rows. */
  readonly correlated: readonly Expression[]
  /** An expression of the subquery, over its rows as they are now. */
  readonly inside: (e: Expression) => Expression
}

/**
 * When all conditions are equalities the compared columns tell the rows apart; else the rows are joined with the values
 * of the outer columns that are used. `others`: further expressions that may read outer columns.
 */
export function toldApart(
  rows: Rows,
  conditions: readonly Expression[],
  others: readonly Expression[] = [],
): ToldApart {
  const outside = others.some(readsOuter)
  if (conditions.length === 0 && !outside) return { by: [], correlated: [], inside: e => e }
  const equalities = outside ? [] : conditions.flatMap(e => equalityOf(e) ?? [])
  if (equalities.length === conditions.length && !outside) {
    const by = rows.append(equalities.map(({ inner }) => inner))
    const correlated = equalities.map(({ name, outer }, i) => test(name, rows.column(by[i] ?? 0), outer))
    return { by, correlated, inside: e => e }
  }
  const around = rows.scope.outer?.plan
  if (around === undefined)
    return notYet(
      'LIMIT or OVER in a subquery here that is correlated by other than equality',
      'Use ROW_NUMBER and a join.',
      conditions[0]?.at,
    )
  const domain = overDomain(rows.plan, around, conditions, others)
  rows.plan = domain.plan
  return {
    by: domain.values,
    correlated: sameValues(rows.plan.schema, domain.values, domain.outer),
    inside: domain.inside,
  }
}

/** An equality between an expression of the subquery's own columns and one of outer columns. */
function equalityOf(e: Expression) {
  if (e.is !== 'call' || (e.name !== '=' && e.name !== 'is_not_distinct_from')) return undefined
  const outer = e.args.find(isFixed)
  const inner = e.args.find(side => side !== outer && [...columnsRead(side)].every(index => index >= 0))
  return inner === undefined || outer === undefined ? undefined : { name: e.name, inner, outer }
}
