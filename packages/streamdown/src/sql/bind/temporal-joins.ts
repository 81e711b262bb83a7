import { all, column } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { joinOn, overJoin } from '../../plan/joins.ts'
import { type JoinNode, type PlanNode, TemporalJoinNode } from '../../plan/nodes/node.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'
import type { Span } from '../parse/ast.ts'
import { declaredKeys } from './declared-keys.ts'
import { fail } from './problem.ts'
import { withoutEventTime } from './without-event-time.ts'

/**
 * `left JOIN right FOR SYSTEM_TIME AS OF time ON condition`. `time` is an expression over the left: the clock, for the
 * right as it is when the left row comes, or the left's event time, for the right as it was at that time.
 */
export function temporalJoin(
  kind: TemporalJoinNode['kind'],
  left: PlanNode,
  right: PlanNode,
  time: Expression,
  condition: Expression | undefined,
  at: Span,
): PlanNode {
  const { timeColumns } = derive(left)
  if (isClock(time, left)) {
    return overJoin(joinOn(kind, left, right, condition), join =>
      TemporalJoinNode.create(kind, join.left, join.right, join.keys, join.condition, { is: 'arrival' }),
    )
  }
  const leftTime = columnOf(time, timeColumns)
  if (leftTime === undefined)
    return fail(
      'DSD2011',
      `FOR SYSTEM_TIME AS OF takes PROCTIME(), a column that is PROCTIME(), or the event time of the left table${timeColumns.length > 0 ? '.' : `, and ${withoutEventTime(left)}`}`,
      at,
    )
  const { eventTime } = derive(right)
  if (eventTime === undefined)
    return fail(
      'DSD2011',
      `What stands behind FOR SYSTEM_TIME AS OF a time needs event time, and ${withoutEventTime(right)}`,
      at,
    )
  return overJoin(joinOn(kind, left, right, condition), join => {
    const versions = versionedKeys(join, at)
    return TemporalJoinNode.create(kind, join.left, join.right, versions.keys, versions.condition, {
      is: 'eventTime',
      left: leftTime,
      right: eventTime,
    })
  })
}

/** Whether an expression over the left is the clock. */
export function isClock(time: Expression, left: PlanNode): boolean {
  return time.is === 'call' ? time.name === 'current_timestamp' : columnOf(time, derive(left).processing) !== undefined
}

function columnOf(e: Expression, among: readonly number[]): number | undefined {
  if (e.is === 'column') return among.includes(e.index) ? e.index : undefined
  return e.is === 'cast' ? columnOf(e.input, among) : undefined
}

/** The equalities with the key of the right name its version; all others are conditions on it. */
function versionedKeys(
  join: JoinNode,
  at: Span,
): { readonly keys: JoinNode['keys']; readonly condition: Expression | undefined } {
  const equal = join.keys.filter(key => !key.nullsMatch)
  // That a view keeps the newest row of each key is seen when its filter has become part of the numbering.
  const candidates = [...derive(optimise(join.right)).keys, ...declaredKeys(join.right)]
  const key = candidates.find(
    columns => columns.length > 0 && columns.every(one => equal.some(({ right }) => right === one)),
  )
  if (key === undefined)
    return fail('DSD2006', 'FOR SYSTEM_TIME AS OF a time needs equalities with the whole primary key of the table.', at)
  const keys = key.flatMap(one => equal.find(({ right }) => right === one) ?? [])
  const schema = [...join.left.schema, ...join.right.schema]
  const conditions = [
    ...join.keys
      .filter(one => !keys.includes(one))
      .map(one =>
        equality(column(schema, one.left), column(schema, join.left.schema.length + one.right), one.nullsMatch),
      ),
    ...(join.condition === undefined ? [] : [join.condition]),
  ]
  return { keys, condition: conditions.length === 0 ? undefined : all(conditions) }
}

const equality = (left: Expression, right: Expression, nullsMatch: boolean): Expression => ({
  is: 'call',
  name: nullsMatch ? 'is_not_distinct_from' : '=',
  args: [left, right],
  type: { is: 'boolean' },
  nullable: !nullsMatch,
})
