import { literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { plainKey } from '../../plan/expressions/walk.ts'
import { type OverCall, OverNode, type SortKey } from '../../plan/nodes/node.ts'
import { types } from '../../types/data-type.ts'
import type { SessionFrame } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import { fail } from './problem.ts'
import type { Rows } from './rows.ts'

/**
 * The column that numbers the sessions of each partition: a row starts one when it lies the gap or more behind the row
 * before it. A window with a SESSION frame is one over all rows of a partition that this number narrows.
 */
export function sessionNumber(
  rows: Rows,
  partitionBy: readonly number[],
  orderBy: readonly SortKey[],
  { gap, at }: SessionFrame,
  known: Map<string, number>,
): number {
  const [order, ...more] = orderBy
  if (order === undefined || more.length > 0)
    return fail('DSD2006', 'A SESSION frame needs exactly one ORDER BY expression.', at)
  const { binder, context } = rows
  const written = binder.bind(gap)
  const distance = written.type.is === 'string' ? castTo(written, types.interval, context.settings) : written
  const key = plainKey([partitionBy, orderBy, distance])
  const before = known.get(key)
  if (before !== undefined) return before
  const value = rows.column(order.column)
  const previous = over(rows, partitionBy, orderBy, {
    ...plain,
    name: 'lag',
    window: 'lag',
    args: [value],
    count: 1,
    ignoreNulls: false,
    type: value.type,
    nullable: true,
  })
  const [early, late] = order.descending ? [value, previous] : [previous, value]
  const starts: Expression = {
    is: 'case',
    branches: [
      {
        when: binder.operate('>=', late, binder.operate('+', early, distance, at), at),
        then: literal(1n, types.bigint),
      },
    ],
    otherwise: literal(0n, types.bigint),
    type: types.bigint,
    nullable: false,
  }
  const number = over(rows, partitionBy, orderBy, {
    ...plain,
    name: 'sum',
    args: [starts],
    type: types.bigint,
    nullable: true,
  })
  const place = rows.plan.schema.length - 1
  known.set(key, number.is === 'column' ? number.index : place)
  return place
}

const plain = { distinct: false, frame: { unit: 'rows', start: 'unbounded', end: 0, exclude: 'none' } } as const

/** The rows with what one call gives, and the column that holds it. */
function over(rows: Rows, partitionBy: readonly number[], orderBy: readonly SortKey[], call: OverCall): Expression {
  rows.plan = OverNode.create(rows.plan, { partitionBy, orderBy, calls: [call], emit: 'update', ties: 'peers' }, [
    `$${call.name}`,
  ])
  return rows.column(rows.plan.schema.length - 1)
}
