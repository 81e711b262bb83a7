import { all, any, literal, test } from '../../plan/expressions/build.ts'
import type { CallExpression, Expression } from '../../plan/expressions/expression.ts'
import { isDeterministicCall } from '../../plan/expressions/facts.ts'
import { columnsRead, some } from '../../plan/expressions/walk.ts'
import { withColumns } from '../../plan/joins.ts'
import { FilterNode, type PlanNode, TemporalFilterNode } from '../../plan/nodes/node.ts'
import { fold } from '../../plan/optimise/fold.ts'
import { derive } from '../../plan/properties.ts'
import { types } from '../../types/data-type.ts'
import type { Interval } from '../../types/value.ts'
import { castTo } from './cast.ts'
import type { BindContext } from './context.ts'
import { notYet } from './problem.ts'
import { trimmed } from './sorting.ts'

/** The moments between which a row is there, as expressions of TIMESTAMP_LTZ. */
interface Bounds {
  readonly from?: Expression
  readonly until?: Expression
}

const instant = types.timestampLtz(6)
const DAY = 86_400_000_000n
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

const readsClock = (e: Expression): boolean => some(e, part => part.is === 'call' && clocks.has(part.name))

const clocks: ReadonlySet<string> = new Set(['current_timestamp', 'localtimestamp'])

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
const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

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

/** `value op clock + shift`, the clock on either side: until when, or from when, it holds. */
function compared(context: BindContext, { name, args }: CallExpression): Bounds | undefined {
  const [left, right] = args
  if (left === undefined || right === undefined || mirrored[name] === undefined) return undefined
  const shiftRight = shiftOf(context, right)
  const shift = shiftRight ?? shiftOf(context, left)
  const op = shiftRight === undefined ? mirrored[name] : name
  const value = shiftRight === undefined ? right : left
  if (shift === undefined || !isDeterministicCall(value) || [...columnsRead(value)].some(index => index < 0))
    return undefined
  if (value.type.is !== 'timestamp' && value.type.is !== 'date') return undefined
  const moment = moved(castTo(value, instant, context.settings), -shift + (op === '>=' || op === '<' ? 1n : 0n))
  return op === '>' || op === '>=' ? { until: moment } : { from: moment }
}

function moved(moment: Expression, micros: bigint): Expression {
  if (micros === 0n) return moment
  const by = literal({ months: 0, days: 0, micros }, types.interval)
  return { is: 'call', name: '+', args: [moment, by], type: instant, nullable: moment.nullable }
}

/** How far an expression is ahead of the clock, µs; undefined when it is no clock. */
function shiftOf(context: BindContext, e: Expression): bigint | undefined {
  if (e.is === 'cast') return e.type.is === 'timestamp' ? shiftOf(context, e.input) : undefined
  if (e.is !== 'call') return undefined
  if (clocks.has(e.name)) return 0n
  const sign = { '+': 1n, date_add: 1n, '-': -1n, date_subtract: -1n }[e.name]
  const [first, second] = e.args
  if (sign === undefined || first === undefined || second === undefined) return undefined
  const [time, by] = sign === 1n && first.type.is === 'interval' ? [second, first] : [first, second]
  const shift = shiftOf(context, time)
  const amount = fold(by, context.options.evaluate)
  if (shift === undefined || amount.is !== 'literal' || !isInterval(amount.value)) return undefined
  const { months, days, micros } = amount.value
  if (months !== 0)
    return notYet('An interval of months from the clock', 'Say it in days: a month has no fixed length.', by.at)
  return shift + sign * (BigInt(days) * DAY + micros)
}

const isInterval = (value: unknown): value is Interval =>
  typeof value === 'object' && value !== null && 'months' in value
