import type { DataType } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import { isInterval, type Value } from '../../types/value.ts'
import { addInterval, floorDivide, isDate, isTimestamp, joinMicros, MICROS_PER_DAY } from '../../values/calendar.ts'
import { addIntervals, isInRange, negateInterval } from '../../values/interval.ts'
import { all, any, literal, test, truth } from '../expressions/build.ts'
import type { CallExpression, Expression, LiteralExpression } from '../expressions/expression.ts'
import { isDeterministicCall, isStrict } from '../expressions/facts.ts'
import { mapParts, parts } from '../expressions/walk.ts'

/** Computes an expression without columns; undefined when that fails (the row fails then, when it runs). */
export type Evaluate = (e: Expression) => Value | undefined

/** Constant parts become literals, and AND, OR, CASE lose branches that cannot be reached. */
export function fold(e: Expression, evaluate?: Evaluate): Expression {
  const inner = mapParts(e, part => fold(part, evaluate))
  const simple = simplify(inner)
  if (simple.is === 'literal' || simple.is === 'column' || !isConstant(simple)) return simple
  const known = evaluateSimple(simple)
  const value = known === undefined ? evaluate?.(simple) : known
  if (value === undefined) return simple
  return at(literal(value, simple.type), e)
}

const at = (folded: LiteralExpression, from: Expression): Expression =>
  from.at === undefined ? folded : { ...folded, at: from.at }

const isConstant = (e: Expression): boolean =>
  parts(e).length > 0 &&
  parts(e).every(part => part.is === 'literal') &&
  isDeterministicCall(e) &&
  e.type.is !== 'row' &&
  e.type.is !== 'array' &&
  e.type.is !== 'map'

function simplify(e: Expression): Expression {
  if (e.is === 'case') return simplifyCase(e)
  if (e.is === 'field' && e.input.is === 'call' && e.input.name === 'row') return e.input.args[e.index]!
  if (e.is !== 'call') return e
  switch (e.name) {
    case 'and':
      return junction(e, false, all)
    case 'or':
      return junction(e, true, any)
    case 'not':
      return negation(e)
    case 'between':
      return between(e)
    case 'coalesce':
      return coalesce(e)
    default:
      return isNullCall(e) ? literal(null, e.type) : e
  }
}

/** A strict function of NULL is NULL, whatever its other arguments are: as in PostgreSQL, `1 / 0 = NULL` does not fail. */
const isNullCall = (e: CallExpression): boolean =>
  e.name === 'in' ? e.args.slice(0, 1).some(isNull) : isStrict(e.name) && e.args.some(isNull)

/** `stop` decides alone (FALSE for AND) for all that is written behind it; its opposite says nothing. */
function junction(
  e: CallExpression,
  stop: boolean,
  combine: (operands: readonly Expression[]) => Expression,
): Expression {
  const kept: Expression[] = []
  for (const arg of e.args) {
    if (arg.is === 'literal' && arg.value === !stop) continue
    kept.push(arg)
    if (arg.is === 'literal' && arg.value === stop) break
  }
  if (kept.length === 1 && kept[0]!.is === 'literal') return kept[0]!
  if (kept.length === e.args.length) return e
  return kept.length === 0 ? truth(!stop) : combine(kept)
}

/** Nothing behind a value that is not NULL is looked at, and NULLs are passed over. */
function coalesce(e: CallExpression): Expression {
  const args = e.args.filter(arg => !isNull(arg))
  const certain = args.findIndex(arg => arg.is === 'literal')
  const kept = certain < 0 ? args : args.slice(0, certain + 1)
  if (kept.length === 0) return literal(null, e.type)
  const [first] = kept
  if (first !== undefined && kept.length === 1 && typeText(first.type) === typeText(e.type)) return first
  return kept.length === e.args.length ? e : { ...e, args: kept }
}

/** With a NULL among its operands BETWEEN is the two comparisons that it stands for, one or both of them NULL. */
function between(e: CallExpression): Expression {
  const [value, low, high] = e.args
  if (value === undefined || low === undefined || high === undefined || !e.args.some(isNull)) return e
  return simplify(all([simplify(test('>=', value, low)), simplify(test('<=', value, high))]))
}

const isNull = (e: Expression): boolean => e.is === 'literal' && e.value === null

function negation(e: CallExpression): Expression {
  const [arg] = e.args
  if (arg?.is === 'literal') return arg.value === null ? arg : truth(arg.value !== true)
  return arg?.is === 'call' && arg.name === 'not' ? arg.args[0]! : e
}

function simplifyCase(e: Extract<Expression, { is: 'case' }>): Expression {
  const branches = e.branches.filter(({ when }) => !(when.is === 'literal' && when.value !== true))
  const certain = branches.findIndex(({ when }) => when.is === 'literal')
  if (certain === 0) return branches[0]!.then
  if (certain > 0) return { ...e, branches: branches.slice(0, certain), otherwise: branches[certain]!.then }
  if (branches.length === 0) return e.otherwise ?? literal(null, e.type)
  return branches.length === e.branches.length ? e : { ...e, branches }
}

/** The same instant with room for more digits. */
function widerTimestamp({ input, type }: Extract<Expression, { is: 'cast' }>): Value | undefined {
  if (input.is !== 'literal' || input.type.is !== 'timestamp' || type.is !== 'timestamp') return undefined
  return input.type.zoned === type.zoned && input.type.precision <= type.precision ? input.value : undefined
}

/** Time arithmetic and comparisons that need no other machinery. */
function evaluateSimple(e: Expression): Value | undefined {
  if (e.is === 'cast') return widerTimestamp(e)
  if (e.is !== 'call') return undefined
  const values = e.args.map(arg => (arg.is === 'literal' ? arg.value : undefined))
  const [a, b] = values
  const [left, right] = e.args
  if (e.args.length === 2 && left !== undefined && right !== undefined && a != null && b != null) {
    if (e.name === '+' || e.name === '-') return timePlus(e.name, left, a, right, b, e)
    if ((e.name === '=' || e.name === '<>') && isPlain(left.type, a) && isPlain(right.type, b))
      return (a === b) === (e.name === '=')
  }
  return undefined
}

/** Whether equality of such values is that of JavaScript. */
const isPlain = (type: DataType, value: Value): boolean =>
  type.is !== 'decimal' &&
  type.is !== 'double' &&
  type.is !== 'real' &&
  !(type.is === 'string' && type.fixed === true) &&
  (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'string')

function timePlus(
  op: '+' | '-',
  left: Expression,
  a: Value,
  right: Expression,
  b: Value,
  e: Expression,
): Value | undefined {
  if (isInterval(a) && isInterval(b)) {
    const sum = addIntervals(a, op === '-' ? negateInterval(b) : b)
    return isInRange(sum) ? sum : undefined
  }
  const [time, interval, type] = isInterval(b)
    ? [a, b, left.type]
    : isInterval(a) && op === '+'
      ? [b, a, right.type]
      : []
  if (
    time === undefined ||
    interval === undefined ||
    type === undefined ||
    (type.is !== 'date' && type.is !== 'timestamp')
  )
    return undefined
  if (type.is === 'timestamp' && type.zoned) return undefined
  const micros =
    type.is === 'date' && typeof time === 'number'
      ? joinMicros({ days: time, micros: 0 })
      : typeof time === 'bigint'
        ? time
        : undefined
  if (micros === undefined) return undefined
  const sum = addInterval(micros, op === '-' ? negateInterval(interval) : interval)
  if (e.type.is === 'timestamp') return isTimestamp(sum) ? sum : undefined
  const days = Number(floorDivide(sum, MICROS_PER_DAY))
  return e.type.is === 'date' && isDate(days) ? days : undefined
}
