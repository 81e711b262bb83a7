import type { AggregateCall } from '../../plan/expressions/aggregate-call.ts'
import { column, columns, literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { withColumns } from '../../plan/joins.ts'
import { AggregateNode, FilterNode, type PlanNode, ProjectNode, RepeatNode, UnionNode } from '../../plan/nodes/node.ts'
import { type Schema, types } from '../../types/data-type.ts'
import type { SetOperation, Span } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { overDomain, sameValues } from './domain.ts'
import { withEmptyRows } from './empty-groups.ts'
import { fail, notYet } from './problem.ts'
import { alike, type BoundQuery, bindBody, boundPlan, distinct, noTail, visiblePlan } from './query.ts'
import { readsOuter } from './rows.ts'
import type { Scope } from './scope.ts'
import { trimmed } from './sorting.ts'

/** UNION, INTERSECT and EXCEPT, of all rows or distinct ones. */
export function bindSetOperation(context: BindContext, operation: SetOperation, outer: Scope | undefined): BoundQuery {
  const bound = [operation.left, operation.right].map(body => bindBody(context, body, noTail, outer))
  return combined(bound, outer, operation.at, sides => setOperation(context, operation, sides))
}

/**
 * Queries made into one. When some are correlated each of them is done for all values that the query around them gives
 * to the columns they use: these are columns of every side then, so that rows for different values never meet.
 */
export function combined(
  sides: readonly BoundQuery[],
  outer: Scope | undefined,
  at: Span,
  combine: (sides: readonly PlanNode[]) => PlanNode,
): BoundQuery {
  const outside = sides.flatMap(side => [...side.correlated, ...side.outputs]).filter(readsOuter)
  if (outside.length === 0) return boundPlan(combine(sides.map(visiblePlan)))
  const around = outer?.plan
  if (around === undefined)
    return notYet('A correlated set operation here', 'Join the tables, then combine the queries.', at)
  const parts = sides.map(written => {
    const side = withEmptyRows(written, around)
    const domain = overDomain(side.plan, around, side.correlated, outside)
    const values = domain.values.map((place, i) => ({ name: `$outer${i}`, value: column(domain.plan.schema, place) }))
    const own = side.outputs.map((e, i) => ({ name: side.names[i] ?? '', value: domain.inside(e) }))
    return { plan: ProjectNode.create(domain.plan, [...own, ...values]), outer: domain.outer }
  })
  const plan = combine(parts.map(part => part.plan))
  const known = parts[0]?.outer ?? []
  const width = plan.schema.length - known.length
  return {
    plan,
    names: plan.schema.slice(0, width).map(field => field.name),
    outputs: columns(plan.schema).slice(0, width),
    correlated: sameValues(
      plan.schema,
      known.map((_, i) => width + i),
      known,
    ),
  }
}

function setOperation(context: BindContext, operation: SetOperation, sides: readonly PlanNode[]): PlanNode {
  const [left, right] = operation.corresponding === undefined ? sides : corresponding(context, operation, sides)
  if (left === undefined || right === undefined) return fail('DSD9002', 'A set operation has two sides.', operation.at)
  if (left.schema.length !== right.schema.length)
    fail(
      'DSD2004',
      `${operation.op}: the left side has ${left.schema.length} columns, the right side ${right.schema.length}.`,
      operation.at,
    )
  const [a, b] = alike(context, [left, right], operation.op, operation.at)
  if (operation.op === 'UNION') {
    const union = UnionNode.create([...(operation.all ? unionInputs(a!) : [a!]), b!])
    return operation.all ? union : distinct(context, union)
  }
  return byCounts(operation, a!, b!)
}

/** A chain of UNION ALL is one node. */
const unionInputs = (node: PlanNode): readonly PlanNode[] => (node.is === 'union' ? node.inputs : [node])

/** The columns that both sides have by name, or those named, of each side: in the order of the left one. */
function corresponding(
  { names }: BindContext,
  { corresponding: by }: SetOperation,
  sides: readonly PlanNode[],
): readonly PlanNode[] {
  const has = ({ schema }: PlanNode, name: string): boolean => schema.some(field => names.same(field.name, name))
  const wanted =
    by === undefined || by.columns.length === 0
      ? (sides[0]?.schema ?? []).map(field => field.name).filter(name => sides.every(side => has(side, name)))
      : by.columns.map(c => names.fold(c))
  if (wanted.length === 0) fail('DSD2006', 'CORRESPONDING: the sides have no column name in common.', by?.at)
  return sides.map(side =>
    ProjectNode.create(
      side,
      wanted.map(name => {
        const index = side.schema.findIndex(field => names.same(field.name, name))
        if (index < 0) fail('DSD2002', `There is no column "${name}" on one side.`, by?.at)
        return { name, value: column(side.schema, index) }
      }),
    ),
  )
}

/** INTERSECT and EXCEPT: both sides in one, counted by side for each distinct row. */
function byCounts({ op, all }: SetOperation, left: PlanNode, right: PlanNode): PlanNode {
  const sided = (side: PlanNode, isLeft: boolean) =>
    ProjectNode.create(side, [
      ...columns(side.schema).map((value, i) => ({ name: left.schema[i]!.name, value })),
      { name: '$left', value: literal(isLeft, types.boolean) },
    ])
  const union = UnionNode.create([sided(left, true), sided(right, false)])
  const width = left.schema.length
  const isLeft = column(union.schema, width)
  const count = (filter: Expression): AggregateCall => ({
    name: 'count',
    args: [],
    distinct: false,
    filter,
    type: types.bigint,
    nullable: false,
  })
  const counts = AggregateNode.create(
    union,
    left.schema.map((_, i) => i),
    [count(isLeft), count(test('not', isLeft))],
    ['$l', '$r'],
  )
  const zero = literal(0n, types.bigint)
  const [l, r] = [column(counts.schema, width), column(counts.schema, width + 1)]
  const counted = op === 'INTERSECT' ? test('>', r, zero) : all ? test('>', l, r) : test('=', r, zero)
  const kept = FilterNode.create(counts, test('and', test('>', l, zero), counted))
  return trimmed(all ? repeated(kept, timesOf(op, kept.schema, width)) : kept, width)
}

/** How often a row of INTERSECT ALL is there: as often as on both sides; of EXCEPT ALL: as often as left over. */
function timesOf(op: SetOperation['op'], schema: Schema, width: number): Expression {
  const args = [column(schema, width), column(schema, width + 1)]
  const name = op === 'INTERSECT' ? 'least' : '-'
  return { is: 'call', name, args, type: types.bigint, nullable: false }
}

const repeated = (input: PlanNode, times: Expression): PlanNode =>
  RepeatNode.create(withColumns(input, [times]), input.schema.length)
