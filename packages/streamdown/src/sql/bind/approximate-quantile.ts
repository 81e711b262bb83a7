import type { AggregateCall } from '../../plan/expressions/aggregate-call.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { types } from '../../types/data-type.ts'
import type { Call } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import { constant } from './constants.ts'
import type { BindContext } from './context.ts'
import { fail } from './problem.ts'

/** RisingWave's, too. */
const DEFAULT_ERROR = 0.01

/** What APPROX_PERCENTILE(fraction [, error]) WITHIN GROUP (ORDER BY value [DESC]) asks for. */
export function wantedQuantile(
  context: BindContext,
  [fraction, error, ...more]: readonly Expression[],
  within: readonly { readonly descending: boolean }[],
  call: Call,
): NonNullable<AggregateCall['quantile']> {
  const usage = 'It is APPROX_PERCENTILE(fraction [, error]) WITHIN GROUP (ORDER BY value).'
  if (fraction === undefined || more.length > 0 || within.length !== 1)
    return fail('DSD2012', `APPROX_PERCENTILE takes a fraction, an error and one value. ${usage}`, call.at)
  if (call.orderBy.length > 0) return fail('DSD2012', `APPROX_PERCENTILE takes no ORDER BY inside. ${usage}`, call.at)
  const from = constantNumber(context, fraction)
  if (from === undefined || from < 0 || from > 1)
    return fail('DSD2012', `The fraction is a constant from 0 to 1. ${usage}`, fraction.at ?? call.at)
  const bound = error === undefined ? DEFAULT_ERROR : constantNumber(context, error)
  if (bound === undefined || bound <= 0 || bound >= 1)
    return fail('DSD2012', `The error is a constant between 0 and 1. ${usage}`, error?.at ?? call.at)
  return { fraction: within[0]?.descending === true ? 1 - from : from, error: bound }
}

function constantNumber(context: BindContext, written: Expression): number | undefined {
  const e = constant(context, castTo(written, types.double, context.settings))
  return e.is === 'literal' && typeof e.value === 'number' ? e.value : undefined
}
