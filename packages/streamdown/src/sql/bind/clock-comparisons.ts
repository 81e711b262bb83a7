import { intervalOf, timeUnit } from '../../functions/time/interval.ts'
import { literal, test } from '../../plan/expressions/build.ts'
import type { CallExpression, Expression } from '../../plan/expressions/expression.ts'
import { isDeterministicCall } from '../../plan/expressions/facts.ts'
import { columnsRead, some } from '../../plan/expressions/walk.ts'
import { fold } from '../../plan/optimise/fold.ts'
import { type DataType, types } from '../../types/data-type.ts'
import { type Interval, isInterval } from '../../types/value.ts'
import { castTo } from './cast.ts'
import type { BindContext } from './context.ts'
import { notYet } from './problem.ts'

/** The moments between which a row is there, as expressions of TIMESTAMP_LTZ. */
export interface Bounds {
  readonly from?: Expression
  readonly until?: Expression
}

export const instant = types.timestampLtz(6)
const local = types.timestamp(6)
const DAY = 86_400_000_000n

const clocks: ReadonlySet<string> = new Set(['current_timestamp', 'localtimestamp', 'current_date', 'localtime'])

export const readsClock = (e: Expression): boolean => some(e, part => part.is === 'call' && clocks.has(part.name))

const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' }

/** One comparison with the clock, which is on either side: from when and until when it holds. */
export function compared(context: BindContext, { name, args }: CallExpression): Bounds | undefined {
  const [left, right] = args
  const opposite = mirrored[name]
  if (left === undefined || right === undefined || opposite === undefined) return undefined
  return (
    withClock(context, name, left, right) ??
    withClock(context, opposite, right, left) ??
    ofAge(context, name, left, right)
  )
}

/** `value op clock + shift`, or op the beginning of a unit that the clock is in. */
function withClock(context: BindContext, op: string, value: Expression, clock: Expression): Bounds | undefined {
  if (!isKnown(value) || (value.type.is !== 'timestamp' && value.type.is !== 'date')) return undefined
  const shift = shiftOf(context, clock)
  if (shift !== undefined) return op === '=' ? undefined : ahead(context, op, value, shift)
  const step = stepOf(context, clock)
  return step === undefined ? undefined : stepped(context, op, value, step)
}

/** A value that the row alone decides. */
const isKnown = (value: Expression): boolean =>
  isDeterministicCall(value) && ![...columnsRead(value)].some(index => index < 0)

function ahead(context: BindContext, op: string, value: Expression, shift: bigint): Bounds {
  const moment = moved(castTo(value, instant, context.settings), -shift + (op === '>=' || op === '<' ? 1n : 0n))
  return op === '>' || op === '>=' ? { until: moment } : { from: moment }
}

/** `clock - value op interval` and `value - clock op interval`, on either side of the comparison. */
function ofAge(context: BindContext, op: string, left: Expression, right: Expression): Bounds | undefined {
  const [age, limit, way] = readsClock(left) ? [left, right, op] : [right, left, mirrored[op] ?? op]
  if (age.is !== 'call' || age.name !== '-' || age.type.is !== 'interval') return undefined
  const length = fold(limit, context.options.evaluate)
  const [a, b] = age.args
  if (length.is !== 'literal' || !isInterval(length.value) || a === undefined || b === undefined) return undefined
  const { months, days, micros } = length.value
  // Intervals compare with months of 30 days and days of 24 hours.
  const limitMicros = BigInt(months * 30 + days) * DAY + micros
  const first = shiftOf(context, a)
  const second = first === undefined ? shiftOf(context, b) : undefined
  const value = first === undefined ? a : b
  if (way === '=' || !isKnown(value) || value.type.is !== 'timestamp') return undefined
  if (first !== undefined) return ahead(context, mirrored[way] ?? way, value, first - limitMicros)
  return second === undefined ? undefined : ahead(context, way, value, second + limitMicros)
}

/** The beginning of the unit that `clock + shift` is in, and so much later. */
interface Step {
  readonly unit: string
  readonly length: Interval
  readonly shift: bigint
  readonly later: bigint
}

/** The clock moves on in steps: a value is compared with the beginning of its own unit, and of the next. */
function stepped(context: BindContext, op: string, value: Expression, { unit, length, shift, later }: Step): Bounds {
  // Days and more begin in the session's zone; below that, an hour that comes twice is two hours.
  const type = length.micros === 0n ? local : instant
  const time = moved(castTo(value, type, context.settings), -later)
  const own: Expression = call('date_trunc', [literal(unit, types.string), time], type)
  const next = call('+', [own, literal(length, types.interval)], type)
  const begins = test('=', time, own)
  const choose = (then: Expression, otherwise: Expression): Expression => ({
    is: 'case',
    branches: [{ when: begins, then }],
    otherwise,
    type,
    nullable: true,
  })
  const at = (moment: Expression): Expression => moved(castTo(moment, instant, context.settings), -shift)
  switch (op) {
    case '>':
      return { until: at(choose(own, next)) }
    case '>=':
      return { until: at(next) }
    case '<':
      return { from: at(next) }
    case '<=':
      return { from: at(choose(own, next)) }
    default:
      return { from: at(choose(own, literal(null, type))), until: at(next) }
  }
}

const call = (name: string, args: readonly Expression[], type: DataType): Expression => ({
  is: 'call',
  name,
  args,
  type,
  nullable: args.some(arg => arg.nullable),
})

function moved(moment: Expression, micros: bigint): Expression {
  if (micros === 0n) return moment
  return call('+', [moment, literal({ months: 0, days: 0, micros }, types.interval)], moment.type)
}

/** How an expression follows the clock in steps: CURRENT_DATE, a DATE of the clock, DATE_TRUNC, so much before or after. */
function stepOf(context: BindContext, e: Expression): Step | undefined {
  const ofUnit = (unit: string, clock: Expression | undefined): Step | undefined => {
    const length = intervalOf(1, unit)
    const shift = clock === undefined ? 0n : shiftOf(context, clock)
    return length === undefined || shift === undefined ? undefined : { unit, length, shift, later: 0n }
  }
  if (e.is === 'cast') {
    if (e.type.is === 'date') return ofUnit('day', e.input)
    return e.type.is === 'timestamp' ? stepOf(context, e.input) : undefined
  }
  if (e.is !== 'call') return undefined
  const [first, second] = e.args
  if (e.name === 'current_date') return ofUnit('day', undefined)
  if (e.name === 'date_trunc' && e.args.length === 2 && second !== undefined)
    return first?.is === 'literal' && typeof first.value === 'string'
      ? ofUnit(timeUnit(first.value), second)
      : undefined
  const part = addition(context, e)
  const step = part === undefined ? undefined : stepOf(context, part.time)
  return part === undefined || step === undefined ? undefined : { ...step, later: step.later + part.micros }
}

/** How far an expression is ahead of the clock, µs; undefined when it is no clock. */
function shiftOf(context: BindContext, e: Expression): bigint | undefined {
  if (e.is === 'cast') return e.type.is === 'timestamp' ? shiftOf(context, e.input) : undefined
  if (e.is !== 'call') return undefined
  if (e.name === 'current_timestamp' || e.name === 'localtimestamp') return 0n
  const part = addition(context, e)
  const shift = part === undefined ? undefined : shiftOf(context, part.time)
  return part === undefined || shift === undefined ? undefined : shift + part.micros
}

/** A time of the clock with a fixed interval, or days, added or taken away. */
function addition(
  context: BindContext,
  e: CallExpression,
): { readonly time: Expression; readonly micros: bigint } | undefined {
  const sign = { '+': 1n, date_add: 1n, '-': -1n, date_subtract: -1n }[e.name]
  const [first, second] = e.args
  if (sign === undefined || first === undefined || second === undefined || e.args.length > 2) return undefined
  const [time, by] = sign === 1n && !readsClock(first) ? [second, first] : [first, second]
  if (!readsClock(time)) return undefined
  const amount = fold(by, context.options.evaluate)
  if (amount.is !== 'literal') return undefined
  const { value } = amount
  if (time.type.is === 'date' && (typeof value === 'number' || typeof value === 'bigint'))
    return { time, micros: sign * BigInt(value) * DAY }
  if (!isInterval(value)) return undefined
  const { months, days, micros } = value
  if (months !== 0)
    return notYet('An interval of months from the clock', 'Say it in days: a month has no fixed length.', by.at)
  return { time, micros: sign * (BigInt(days) * DAY + micros) }
}
