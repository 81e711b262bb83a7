import type { UserFunction } from '../../functions/user/user-function.ts'
import type { RowSource } from '../../plan/expand-rows.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { Series } from '../../plan/series.ts'
import { typeText } from '../../types/type-text.ts'
import type { Catalog } from '../catalog.ts'
import type { Call, Expression as Syntax } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import { commonOf, type ExpressionBinder } from './expressions.ts'
import { fail } from './problem.ts'
import { callName } from './syntax.ts'
import { userCall } from './user-calls.ts'

/** Functions that give any number of rows, in FROM and in a select list. */
export function isRowSource(call: Call, catalog: Catalog): boolean {
  const name = callName(call)
  if (call.over !== undefined) return false
  if (tableFunction(catalog, call) !== undefined) return true
  return name === 'UNNEST' || name === 'GENERATE_SERIES' || name === 'RANGE'
}

/** A function of the user's that gives rows. */
function tableFunction(catalog: Catalog, call: Call): Extract<UserFunction, { kind: 'table' }> | undefined {
  const entry = catalog.findFunction(callName(call))
  return entry?.is === 'userFunction' && entry.function.kind === 'table' ? entry.function : undefined
}

export function rowSources(binder: ExpressionBinder, call: Call): readonly RowSource[] {
  const user = tableFunction(binder.context.catalog, call)
  if (user !== undefined) {
    const [only, ...more] = user.columns
    const single = only !== undefined && more.length === 0 ? only.name : user.name
    return [{ is: 'elements', of: userCall(binder, user, call), name: single, declared: true }]
  }
  const name = callName(call).toLowerCase()
  const args = call.args.map(({ value }) => {
    if (value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2006', `${callName(call)} takes values.`, value.at)
    return value
  })
  if (name === 'unnest') return args.map(arg => elementsOf(binder, arg, name))
  const [start, stop, step] = args.map(arg => binder.bind(arg))
  if (start === undefined || stop === undefined || args.length > 3)
    return fail('DSD2006', `${callName(call)} takes start, end and a step.`, call.at)
  return [{ is: 'series', inclusive: name === 'generate_series', name, ...alike(binder, start, stop, step, call) }]
}

/** Numbers in their common type; times with an interval as step. */
function alike(
  binder: ExpressionBinder,
  start: Expression,
  stop: Expression,
  step: Expression | undefined,
  call: Call,
) {
  const { context } = binder
  const isInterval = step?.type.is === 'interval'
  const type = commonOf(isInterval || step === undefined ? [start, stop] : [start, stop, step], context)
  const takes =
    type !== undefined &&
    (isInterval
      ? type.is === 'timestamp'
      : ['tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric'].includes(type.is))
  if (type === undefined || !takes)
    return fail(
      'DSD2004',
      `${callName(call)} takes numbers, or times with an INTERVAL as step; not ${typeText(start.type)}.`,
      call.at,
    )
  const cast = (e: Expression) => castTo(e, type, context.settings)
  return { start: cast(start), stop: cast(stop), step: step === undefined || isInterval ? step : cast(step) }
}

/** A series of whole numbers whose bounds are known: its last number is at most `end`. */
export function constantSeries(source: RowSource): Series | undefined {
  if (source.is !== 'series') return undefined
  const { type } = source.start
  if (type.is !== 'int' && type.is !== 'bigint') return undefined
  const start = wholeOf(source.start)
  const stop = wholeOf(source.stop)
  const step = source.step === undefined ? 1n : wholeOf(source.step)
  if (start === undefined || stop === undefined || step === undefined || step === 0n) return undefined
  return { type, start, end: source.inclusive ? stop : stop - (step > 0n ? 1n : -1n), step }
}

function wholeOf(e: Expression): bigint | undefined {
  if (e.is === 'cast') return wholeOf(e.input)
  if (e.is !== 'literal' || (typeof e.value !== 'bigint' && typeof e.value !== 'number')) return undefined
  return ['tinyint', 'smallint', 'int', 'bigint'].includes(e.type.is) ? BigInt(e.value) : undefined
}

export function elementsOf(binder: ExpressionBinder, syntax: Syntax, name: string): RowSource {
  const of = binder.bind(syntax)
  if (of.type.is !== 'array' && of.type.is !== 'map')
    return fail('DSD2004', `UNNEST takes an array or map, not ${typeText(of.type)}.`, syntax.at)
  return { is: 'elements', of, name }
}
