import { all, column, columns, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { joinOn, withColumns } from '../../plan/joins.ts'
import { type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import { overDomain, sameValues } from './domain.ts'
import type { Grouped } from './grouping.ts'
import { notYet } from './problem.ts'
import type { BoundQuery } from './query.ts'

/*
 * An aggregate over all rows has its row over none, too. Where a correlation narrowed it, it has become groups by outer
 * values, and a value that finds no rows has no group. Here it gets one: by an outer join from the distinct values that
 * the query around has.
 */

/** The query with a row for each combination of outer values, where an aggregate over no rows would have one. */
export function withEmptyRows(query: BoundQuery, around: PlanNode): BoundQuery {
  const { ofNothing, outputs } = query
  if (ofNothing === undefined) return query
  const domain = overDomain(query.plan, around, query.correlated, outputs, 'right')
  const values = outputs.map((value, i) =>
    emptyOr(domain.plan, ofNothing.marker, domain.inside(ofNothing.outputs[i] ?? value), domain.inside(value)),
  )
  const plan = withColumns(domain.plan, values)
  return {
    plan,
    names: query.names,
    outputs: columns(plan.schema).slice(domain.plan.schema.length),
    correlated: sameValues(plan.schema, domain.values, domain.outer),
  }
}

/** The same for groups, before anything else is made of them. */
export function withEmptyGroups({ stage, correlated, nothing }: Grouped): Grouped {
  const around = stage.scope.outer?.plan
  if (nothing === undefined) return { stage, correlated, nothing }
  if (around === undefined)
    return notYet('An aggregate without GROUP BY, over a subquery here', 'Join the tables, then aggregate.')
  const groups = stage.plan
  const { plan, values, inside, outer } = overDomain(groups, around, correlated, [], 'right')
  const known = new Map(
    correlated.flatMap(e => {
      const [own, other] = e.is === 'call' && e.name === 'is_not_distinct_from' ? e.args : []
      return own?.is === 'column' && other?.is === 'column' ? [[own.index, inside(other)]] : []
    }),
  )
  const schema = plan.schema.slice(0, groups.schema.length)
  stage.plan = ProjectNode.create(plan, [
    ...schema.map(({ name }, at) => {
      const own = column(groups.schema, at)
      const value = known.get(at) ?? emptyOr(plan, nothing.marker, nothing.of(own), own)
      return { name, value }
    }),
    ...columns(plan.schema)
      .slice(schema.length)
      .map(value => ({ name: value.name, value })),
  ])
  return { stage, correlated: sameValues(stage.plan.schema, values, outer), nothing: undefined }
}

/** One grouping set without keys of its own: `grouped` has the outer values, then what was aggregated, COUNT(*) last. */
export function withEmptySet(grouped: PlanNode, domain: PlanNode, ofNothing: (place: number) => Expression): PlanNode {
  const width = grouped.schema.length
  const places = domain.schema.map((_, at) => at)
  const schema = [...grouped.schema, ...domain.schema]
  const same = places.map(at => test('is_not_distinct_from', column(schema, at), column(schema, width + at)))
  const plan = joinOn('right', grouped, domain, all(same))
  return ProjectNode.create(
    plan,
    grouped.schema.map(({ name }, at) => ({
      name,
      value:
        at < places.length
          ? column(plan.schema, width + at)
          : emptyOr(plan, width - 1, ofNothing(at), column(grouped.schema, at)),
    })),
  )
}

/** A value, or where the join found no row what it is then. `marker`: a column that is NULL there, and there alone. */
function emptyOr(plan: PlanNode, marker: number, empty: Expression, value: Expression): Expression {
  if (value.is === 'column' && empty.is === 'literal' && empty.value === null) return column(plan.schema, value.index)
  return {
    is: 'case',
    branches: [{ when: test('is_null', column(plan.schema, marker)), then: empty }],
    otherwise: value,
    type: value.type,
    nullable: value.nullable || empty.nullable,
  }
}
