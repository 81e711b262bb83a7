import { findFunction } from '../../functions/registry.ts'
import type { Expression } from './expression.ts'
import { some } from './walk.ts'

/** Clock and chance: such an expression may give something else for the same row later. */
export function isDeterministicCall(e: Expression): boolean {
  return !some(
    e,
    part =>
      part.is === 'lambda' ||
      (part.is === 'elements' && !isDeterministicCall(part.body)) ||
      (part.is === 'call' && (part.user ?? findFunction(part.name))?.deterministic === false),
  )
}

/** The clock is read once a step: wherever in the step it is read, it is the same. */
export const isStepClock = (e: Expression): boolean => e.is === 'call' && e.name === 'current_timestamp'

/** Functions that no value makes fail, so that evaluating them where the written order would not is harmless. */
const total = new Set([
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'and',
  'or',
  'not',
  'is_null',
  'is_not_null',
  'is_true',
  'is_not_true',
  'is_false',
  'is_not_false',
  'is_unknown',
  'is_not_unknown',
  'is_distinct_from',
  'is_not_distinct_from',
  'between',
  'in',
  'coalesce',
  'nullif',
  'row',
  'like',
  'upper',
  'lower',
  'char_length',
]) // prettier-ignore

/** Whether no value makes the function fail. */
export const isTotal = (name: string): boolean => total.has(name)

/** Whether evaluating the expression can never fail a row. */
export function neverFails(e: Expression): boolean {
  return !some(e, part => {
    if (part.is === 'lambda' || part.is === 'elements') return true
    if (part.is === 'cast') return !part.attempt && !isWidening(part.input, part)
    return part.is === 'call' && part.attempt !== true && !isTotal(part.name)
  })
}

const integerOrder = ['tinyint', 'smallint', 'int', 'bigint']

function isWidening(from: Expression, to: Expression): boolean {
  if (from.type.is === 'null') return true
  const rank = integerOrder.indexOf(from.type.is)
  if (rank >= 0 && integerOrder.indexOf(to.type.is) >= rank) return true
  if (to.type.is === 'double') return rank >= 0 || from.type.is === 'real' || from.type.is === 'decimal'
  if (to.type.is === 'string') return to.type.length === undefined
  return from.type.is === 'timestamp' && to.type.is === 'timestamp' && from.type.zoned === to.type.zoned
}

/** NULL in, NULL out. */
export function isStrict(name: string): boolean {
  const definition = findFunction(name)
  return definition !== undefined && definition.strict !== false
}

/** Whether the expression is NULL whenever all of these columns are. */
function isNullWith(e: Expression, columns: (index: number) => boolean): boolean {
  if (e.is === 'column') return columns(e.index)
  if (e.is === 'cast' || e.is === 'field') return isNullWith(e.input, columns)
  return e.is === 'call' && isStrict(e.name) && e.args.some(arg => isNullWith(arg, columns))
}

/** Whether the condition is never TRUE for a row in which all of these columns are NULL. */
export function rejectsNulls(e: Expression, columns: (index: number) => boolean): boolean {
  if (e.is !== 'call') return isNullWith(e, columns)
  if (e.name === 'and') return e.args.some(arg => rejectsNulls(arg, columns))
  if (e.name === 'or') return e.args.every(arg => rejectsNulls(arg, columns))
  const first = e.args[0]
  if (e.name === 'between' || e.name === 'in' || e.name === 'is_not_null' || e.name === 'is_true')
    return first !== undefined && (e.name === 'is_true' ? rejectsNulls(first, columns) : isNullWith(first, columns))
  return isNullWith(e, columns)
}
