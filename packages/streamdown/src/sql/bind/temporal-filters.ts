import { all, any, literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { withColumns } from '../../plan/joins.ts'
import { FilterNode, type PlanNode, TemporalFilterNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { refuseChance } from './chance.ts'
import { type Bounds, compared, instant, readsClock } from './clock-comparisons.ts'
import type { BindContext } from './context.ts'
import { notYet } from './problem.ts'
import { trimmed } from './sorting.ts'

/** Bounds of rows that need not wait, or never go: the first and the last moment that a timestamp can be. */
const FIRST = literal(-62_135_596_800_000_000n, instant)
const LAST = literal(253_402_300_799_999_999n, instant)

/**
 * The rows for which conditions hold. In a query that keeps running a comparison with the clock holds for a time: rows
 * come and go as it passes.
 */
export function whereRows(context: BindContext, input: PlanNode, conditions: readonly Expression[]): PlanNode {
  const parts = conditions.map(condition => ({ condition, bounds: boundsOf(context, condition) }))
  const plain = parts.flatMap(({ condition, bounds }) => (bounds === undefined ? [condition] : []))
  const clock = plain.find(readsClock)
  if (context.continuous && clock !== undefined && !derive(input).appendOnly)
    notYet(
      'A condition on the clock over rows that may be taken back in this form',
      "Compare a time with it: ts > NOW() - INTERVAL '1' HOUR.",
      clock.at,
    )
  refuseChance(context, input, plain)
  const filtered = plain.length === 0 ? input : FilterNode.create(input, all(plain))
  const bounds = parts.flatMap(part => part.bounds ?? [])
  if (bounds.length === 0) return filtered
  const from = combined(
    bounds.flatMap(bound => bound.from ?? []),
    '>',
  )
  const until = combined(
    bounds.flatMap(bound => bound.until ?? []),
    '<',
  )
  const width = input.schema.length
  const added = [...(from === undefined ? [] : [from]), ...(until === undefined ? [] : [until])]
  const dated = withColumns(filtered, added, [...(from === undefined ? [] : ['$from']), '$until'])
  return trimmed(
    TemporalFilterNode.create(dated, {
      ...(from === undefined ? {} : { from: width }),
      ...(until === undefined ? {} : { until: width + added.length - 1 }),
    }),
    width,
  )
}

/** Whether a condition holds for a time. */
export const isTemporal = (context: BindContext, condition: Expression): boolean =>
  boundsOf(context, condition) !== undefined

/** The latest, or earliest, of moments; NULL when one of them is. */
function combined(moments: readonly Expression[], before: '<' | '>'): Expression | undefined {
  const [first, ...more] = moments
  if (first === undefined) return undefined
  return more.reduce(
    (a, b): Expression => ({
      is: 'case',
      branches: [
        { when: test(before, a, b), then: a },
        { when: test('is_not_null', a), then: b },
      ],
      otherwise: literal(null, instant),
      type: instant,
      nullable: true,
    }),
    first,
  )
}

function boundsOf(context: BindContext, condition: Expression): Bounds | undefined {
  if (!context.continuous || condition.is !== 'call' || !readsClock(condition)) return undefined
  switch (condition.name) {
    case 'between': {
      const [value, low, high] = condition.args
      if (value === undefined || low === undefined || high === undefined) return undefined
      return both(context, [test('>=', value, low), test('<=', value, high)])
    }
    case 'and':
      return both(context, condition.args)
    case 'or':
      return either(context, condition.args)
    case 'not': {
      const [inner] = condition.args
      const opposite = inner?.is === 'call' ? negated[inner.name] : undefined
      return inner?.is === 'call' && opposite !== undefined
        ? boundsOf(context, test(opposite, ...inner.args))
        : undefined
    }
    default:
      return compared(context, condition)
  }
}

const negated: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

function both(context: BindContext, parts: readonly Expression[]): Bounds | undefined {
  const found: Bounds[] = []
  for (const part of parts) {
    const bounds = readsClock(part) ? boundsOf(context, part) : heldBy(part)
    if (bounds === undefined) return undefined
    found.push(bounds)
  }
  const from = combined(
    found.flatMap(bounds => bounds.from ?? []),
    '>',
  )
  const until = combined(
    found.flatMap(bounds => bounds.until ?? []),
    '<',
  )
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }
}

/** A condition that the clock does not change: for ever, or never. */
const heldBy = (condition: Expression): Bounds => ({
  until: {
    is: 'case',
    branches: [{ when: condition, then: LAST }],
    otherwise: literal(null, instant),
    type: instant,
    nullable: true,
  },
})

/** One comparison with the clock, or else something that it does not change. */
function either(context: BindContext, parts: readonly Expression[]): Bounds | undefined {
  const [temporal, ...more] = parts.filter(readsClock)
  const others = parts.filter(part => !readsClock(part))
  const bounds = temporal === undefined || more.length > 0 ? undefined : boundsOf(context, temporal)
  if (bounds === undefined) return undefined
  const unless = (moment: Expression, otherwise: Expression): Expression => ({
    is: 'case',
    branches: [{ when: any(others), then: otherwise }],
    otherwise: moment,
    type: instant,
    nullable: true,
  })
  return {
    ...(bounds.from === undefined ? {} : { from: unless(bounds.from, FIRST) }),
    ...(bounds.until === undefined ? {} : { until: unless(bounds.until, LAST) }),
  }
}
