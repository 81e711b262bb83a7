import type { Expression } from '../../plan/expressions/expression.ts'
import { fold } from '../../plan/optimise/fold.ts'
import { types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import { isInterval } from '../../types/value.ts'
import type { Span } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import type { BindContext } from './context.ts'
import { fixedMicros } from './literals.ts'
import { fail } from './problem.ts'

/** The expression with its constant parts computed, for places that take a constant. */
export const constant = (context: BindContext, e: Expression): Expression => fold(e, context.options.evaluate)

/** A constant whole number. */
export function wholeNumber(context: BindContext, written: Expression, what: string, at: Span): number {
  const e = constant(context, written)
  const inner = e.is === 'cast' ? e.input : e
  const value = inner.is === 'literal' ? inner.value : undefined
  if (typeof value === 'bigint' && inner.type.is === 'bigint') return Number(value)
  if (typeof value === 'number' && Number.isInteger(value)) return value
  return fail('DSD2004', `${what} must be a constant whole number.`, written.at ?? at)
}

/** A constant interval without months, in µs; text is read as one. */
export function constantMicros(context: BindContext, written: Expression, what: string, at: Span): bigint {
  const isText = written.type.is === 'string' && context.settings.functions === 'postgres'
  const e = constant(context, isText ? castTo(written, types.interval, context.settings, true, at) : written)
  if (e.is === 'literal' && isInterval(e.value)) {
    const micros = fixedMicros(e.value)
    if (micros !== undefined) return micros
    fail('DSD2004', `${what} cannot be in months or years; a window has a fixed length.`, at)
  }
  fail('DSD2004', `${what} must be a constant INTERVAL, this is ${typeText(written.type)}.`, at)
}
