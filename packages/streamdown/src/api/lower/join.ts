import { commonOfArguments, sameType } from '../../functions/common-type.ts'
import { all, column, literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { JoinNode, type PlanNode, WindowNode } from '../../plan/nodes/node.ts'
import { callFunction } from '../../sql/bind/calls.ts'
import { castTo } from '../../sql/bind/cast.ts'
import { argumentOf } from '../../sql/bind/expressions.ts'
import { fail } from '../../sql/bind/problem.ts'
import { types } from '../../types/data-type.ts'
import type { JoinRelation } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { RowType } from '../schema/row-type.ts'
import { windowingPlan } from './aggregate.ts'
import type { LowerContext } from './context.ts'
import {
  columnNamed,
  expressionOf,
  type Lowered,
  type Output,
  passed,
  projected,
  timeOf,
  type VisibleColumn,
  withHidden,
} from './lowered.ts'

const nowhere = { start: 0, end: 0 }

/** What the result of a join looks like. */
type JoinShape = Pick<JoinRelation, 'on' | 'as' | 'how'>

/** Both sides with the columns that must be equal, of one type each. */
export interface Sides {
  readonly left: Lowered
  readonly right: Lowered
  readonly keys: readonly { readonly left: number; readonly right: number; readonly nullsMatch: boolean }[]
}

export function lowerJoin(
  context: LowerContext,
  leftInput: Lowered,
  rightInput: Lowered,
  draft: JoinRelation,
): Lowered {
  const sides = joinSides(context, leftInput, rightInput, draft.on)
  const { how, time } = draft
  switch (time?.is) {
    case undefined:
      return shaped(draft, sides, JoinNode.create(how, sides.left.node, sides.right.node, sides.keys))
    case 'keep': {
      const ttl = time.micros === 'forever' ? undefined : ({ kind: 'keep', ttl: time.micros } as const)
      return shaped(draft, sides, JoinNode.create(how, sides.left.node, sides.right.node, sides.keys, undefined, ttl))
    }
    case 'within':
      return within(context, draft, sides, time)
    case 'window': {
      const windowed = (side: Lowered) => ({
        ...side,
        node: WindowNode.create(
          side.node,
          windowingPlan(time.windowing, []),
          timeOf(side, 'A join in windows'),
          'close',
        ),
      })
      const [left, right] = [windowed(sides.left), windowed(sides.right)]
      const [leftStart, rightStart] = [sides.left.node.schema.length, sides.right.node.schema.length]
      const bounds = [0, 1].map(offset => ({ left: leftStart + offset, right: rightStart + offset, nullsMatch: false }))
      const node = JoinNode.create(how, left.node, right.node, [...sides.keys, ...bounds], undefined, {
        kind: 'window',
        leftEnd: leftStart + 1,
        rightEnd: rightStart + 1,
      })
      return shaped(draft, { left, right, keys: sides.keys }, node)
    }
  }
}

/** Both sides with the columns that must be equal. */
export function joinSides(
  context: LowerContext,
  leftInput: Lowered,
  rightInput: Lowered,
  on: JoinRelation['on'],
): Sides {
  if (on.length === 0) fail('DSD5007', "A join wants on: { left: 'right' }, the columns that must be equal.")
  let sides: Sides = { left: leftInput, right: rightInput, keys: [] }
  for (const { left, right } of on)
    sides = withKey(context, sides, columnNamed(sides.left, left), columnNamed(sides.right, right))
  return sides
}

/** One more pair of equal columns; a side of another type is cast, unseen. */
function withKey(context: LowerContext, { left, right, keys }: Sides, a: VisibleColumn, b: VisibleColumn): Sides {
  const [x, y] = [expressionOf(left, a), expressionOf(right, b)]
  if (sameType(x.type, y.type))
    return { left, right, keys: [...keys, { left: a.index, right: b.index, nullsMatch: false }] }
  const common = commonOfArguments([argumentOf(x), argumentOf(y)], context.bind.functionRules)
  if (common === undefined) return fail('DSD2004', `Columns '${a.name}' and '${b.name}' have different types.`)
  const { settings } = context.bind
  const l = sameType(x.type, common) ? { lowered: left, index: a.index } : withHidden(left, castTo(x, common, settings))
  const r = sameType(y.type, common)
    ? { lowered: right, index: b.index }
    : withHidden(right, castTo(y, common, settings))
  return { left: l.lowered, right: r.lowered, keys: [...keys, { left: l.index, right: r.index, nullsMatch: false }] }
}

/** The right row's time lies at most `before` before and `after` after the left row's. */
function within(
  context: LowerContext,
  draft: JoinRelation,
  sides: Sides,
  time: { readonly beforeMicros: bigint; readonly afterMicros: bigint },
): Lowered {
  const left = timeOf(sides.left, 'A join within a time')
  const right = timeOf(sides.right, 'A join within a time')
  const shift = sides.left.node.schema.length
  const schema = [...sides.left.node.schema, ...sides.right.node.schema]
  const moved = (micros: bigint): Expression =>
    callFunction(
      context.bind,
      '+',
      [column(schema, left), literal({ months: 0, days: 0, micros }, types.interval)],
      nowhere,
    )
  const rightTime = column(schema, shift + right)
  const condition = all([
    callFunction(context.bind, '>=', [rightTime, moved(-time.beforeMicros)], nowhere),
    callFunction(context.bind, '<=', [rightTime, moved(time.afterMicros)], nowhere),
  ])
  const bounds = { kind: 'interval', left, right, lower: -time.afterMicros, upper: time.beforeMicros } as const
  return shaped(
    draft,
    sides,
    JoinNode.create(draft.how, sides.left.node, sides.right.node, sides.keys, condition, bounds),
  )
}

/** The result's columns: the left ones, then the right ones beside them or nested. */
export function shaped(draft: JoinShape, { left, right, keys }: Sides, node: PlanNode): Lowered {
  const key = keyOf(draft, left, right)
  if (draft.how === 'semi' || draft.how === 'anti') return { node, columns: left.columns, key }
  const shift = left.node.schema.length
  const whole: Lowered = { node, columns: left.columns, key }
  const visible = (one: VisibleColumn, at: number): VisibleColumn => {
    const nullable = node.schema[at]?.nullable ?? one.type.nullable
    const type =
      one.type.nullable === nullable ? one.type : new ColumnType(one.type.type, { ...one.type.facts, nullable })
    return { name: one.name, index: at, type }
  }
  const leftColumns = left.columns.map(one => visible(one, one.index))
  if (draft.as === undefined) {
    const same = new Set(draft.on.filter(pair => pair.left === pair.right).map(pair => pair.right))
    const rightColumns = right.columns.filter(({ name }) => !same.has(name)).map(one => visible(one, shift + one.index))
    const clash = rightColumns.find(({ name }) => leftColumns.some(one => one.name === name))
    if (clash !== undefined)
      fail('DSD5007', `Both sides have a column '${clash.name}': nest the right row with as: 'name'.`)
    return { node, columns: [...leftColumns, ...rightColumns], key }
  }
  const matched = shift + (keys[0]?.right ?? 0)
  const nested = nestedRow(
    draft.as,
    right,
    node,
    shift,
    draft.how === 'left' || draft.how === 'full' ? matched : undefined,
  )
  return projected(whole, [...leftColumns.map(one => passed(whole, one)), nested], key)
}

/** The right row as one column: NULL where there is none, which a key column that is NULL tells. */
function nestedRow(name: string, right: Lowered, node: PlanNode, shift: number, matched: number | undefined): Output {
  const type = new RowType<unknown>(Object.fromEntries(right.columns.map(one => [one.name, one.type])))
  const fields = right.columns.map(one => column(node.schema, shift + one.index))
  const row: Expression = { is: 'call', name: 'row', args: fields, type: type.type, nullable: false }
  if (matched === undefined) return { name, value: row, type }
  const value: Expression = {
    is: 'case',
    branches: [{ when: test('is_not_null', column(node.schema, matched)), then: row }],
    type: type.type,
    nullable: true,
  }
  return { name, value, type: type.orNull() }
}

/** A left row keeps its key when it meets at most one right row: when `on` names the whole key of the right side. */
function keyOf({ how, on }: JoinShape, left: Lowered, right: Lowered): readonly string[] {
  if (how === 'semi' || how === 'anti') return left.key
  if (how === 'right' || how === 'full' || right.key.length === 0) return []
  return right.key.every(name => on.some(pair => pair.right === name)) ? left.key : []
}
