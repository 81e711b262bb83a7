import type { UserFunction } from '../../functions/user/user-function.ts'
import type { RowSource } from '../../plan/expand-rows.ts'
import { literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { Series } from '../../plan/series.ts'
import { types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Catalog } from '../catalog.ts'
import type { Call, Expression as Syntax } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import { argumentOf, commonOf, type ExpressionBinder } from './expressions.ts'
import { fail } from './problem.ts'
import { callName } from './syntax.ts'
import { userCall } from './user-calls.ts'

interface ListRows {
  /** The function that gives the rows as an array. */
  readonly list: string
  /** What their column is called in FROM, where that is not the function's name. */
  readonly column?: string
}

/** Functions that give a row for each element of the array that another one makes. */
const listRows: Readonly<Record<string, ListRows>> = {
  GENERATE_SUBSCRIPTS: { list: 'array_subscripts' },
  JSON_ARRAY_ELEMENTS: { list: 'json_elements', column: 'value' },
  JSON_ARRAY_ELEMENTS_TEXT: { list: 'json_elements_text', column: 'value' },
  JSON_EACH: { list: 'json_members' },
  JSON_EACH_TEXT: { list: 'json_members_text' },
  JSON_OBJECT_KEYS: { list: 'json_member_names' },
  JSON_POPULATE_RECORDSET: { list: 'json_records' },
  JSONB_ARRAY_ELEMENTS: { list: 'json_elements', column: 'value' },
  JSONB_ARRAY_ELEMENTS_TEXT: { list: 'json_elements_text', column: 'value' },
  JSONB_EACH: { list: 'json_members' },
  JSONB_EACH_TEXT: { list: 'json_members_text' },
  JSONB_OBJECT_KEYS: { list: 'json_member_names' },
  JSONB_PATH_QUERY: { list: 'json_path_values' },
  JSONB_PATH_QUERY_TZ: { list: 'json_path_values_tz' },
  JSONB_POPULATE_RECORDSET: { list: 'json_records' },
  REGEXP_MATCHES: { list: 'regexp_all_matches' },
  REGEXP_SPLIT_TO_TABLE: { list: 'regexp_split_to_array' },
  STRING_TO_TABLE: { list: 'string_to_array' },
}

const series = new Set(['GENERATE_SERIES', 'RANGE'])

/** Functions that give any number of rows, in FROM and in a select list. */
export function isRowSource(call: Call, catalog: Catalog): boolean {
  const name = callName(call)
  if (call.over !== undefined) return false
  if (tableFunction(catalog, call) !== undefined) return true
  return name === 'UNNEST' || series.has(name) || Object.hasOwn(listRows, name)
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
  const name = callName(call)
  const args = call.args.map(({ value }) => {
    if (value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2012', `${name} takes values.`, value.at)
    return value
  })
  if (name === 'UNNEST') return args.map(arg => elementsOf(binder, arg, 'unnest'))
  if (series.has(name)) return [seriesOf(binder, call, args)]
  const rows = listRows[name]
  if (rows === undefined) return fail('DSD9002', `${name} gives no rows.`, call.at)
  const values = args.map(arg => binder.bind(arg))
  const of = binder.call(rows.list, values, call.at)
  const declared = rows.column !== undefined
  return [{ is: 'elements', of, name: rows.column ?? name.toLowerCase(), declared }]
}

const numbers = ['tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric']

/** Numbers in their common type; times with an interval as step. */
function seriesOf(binder: ExpressionBinder, call: Call, args: readonly Syntax[]): RowSource {
  const name = callName(call)
  const { context } = binder
  const [start, stop, step, zone] = args.map(arg => binder.bind(arg))
  if (start === undefined || stop === undefined || args.length > 4)
    return fail('DSD2012', `${name} takes start, end, a step, and for instants a time zone.`, call.at)
  const bounds = commonOf([start, stop], context)
  // Texts become what stands beside them: times where the step is an interval, an interval where the bounds are times.
  const timed = step?.type.is === 'interval' || bounds?.is === 'timestamp' || bounds?.is === 'date'
  const common = timed ? bounds : commonOf(step === undefined ? [start, stop] : [start, stop, step], context)
  const type = timed && (common?.is === 'date' || common?.is === 'string') ? unstated(binder) : common
  const takes = timed
    ? type?.is === 'timestamp' && step !== undefined && (step.type.is === 'interval' || isText(step))
    : type !== undefined && numbers.includes(type.is) && zone === undefined
  if (type === undefined || !takes)
    return fail(
      'DSD2004',
      `${name} takes numbers, or times with an INTERVAL as step; not ${typeText(start.type)}.`,
      call.at,
    )
  const cast = (e: Expression, to = type) => castTo(e, to, context.settings)
  return {
    is: 'series',
    inclusive: name === 'GENERATE_SERIES',
    name: name.toLowerCase(),
    start: cast(start),
    stop: cast(stop),
    step: step === undefined ? undefined : cast(step, timed ? types.interval : type),
    ...(type.is === 'timestamp' && type.zoned
      ? { zone: zone ?? literal(context.settings.timezone, types.string) }
      : {}),
  }
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

/** Of dates and texts PostgreSQL takes the instants in the session's zone. */
const unstated = ({ context }: ExpressionBinder) =>
  context.functionRules.functions === 'postgres' ? types.timestampLtz(6) : types.timestamp(6)

/** A text literal. */
const isText = (e: Expression): boolean => e.type.is === 'string' && argumentOf(e).literal !== undefined

export function elementsOf(binder: ExpressionBinder, syntax: Syntax, name: string): RowSource {
  let of = binder.bind(syntax)
  if (of.type.is !== 'array' && of.type.is !== 'map')
    return fail('DSD2004', `UNNEST takes an array or map, not ${typeText(of.type)}.`, syntax.at)
  // PostgreSQL has arrays of several dimensions: the elements are those of the innermost.
  if (binder.context.functionRules.functions === 'postgres')
    while (of.type.is === 'array' && of.type.element.is === 'array') of = binder.call('flatten', [of], syntax.at)
  return { is: 'elements', of, name }
}
