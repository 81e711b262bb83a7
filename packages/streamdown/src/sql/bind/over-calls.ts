import { literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { Frame, OverCall, SortKey, WindowFunction } from '../../plan/nodes/node.ts'
import { defaultFrame } from '../../plan/over.ts'
import { types } from '../../types/data-type.ts'
import type { Call, WindowSpecification } from '../parse/ast.ts'
import { bindAggregate } from './aggregates.ts'
import { castTo } from './cast.ts'
import { wholeNumber } from './constants.ts'
import { bindFrame } from './frames.ts'
import { fail } from './problem.ts'
import type { Rows } from './rows.ts'
import { resolveSubqueries } from './subqueries.ts'
import { callName } from './syntax.ts'

const windowFunctions = new Set<string>([
  'row_number',
  'rank',
  'dense_rank',
  'percent_rank',
  'cume_dist',
  'ntile',
  'lag',
  'lead',
  'first_value',
  'last_value',
  'nth_value',
] satisfies readonly WindowFunction[])

const isWindowFunction = (name: string): name is WindowFunction => windowFunctions.has(name)

/** A call with OVER, its arguments over the rows before it. */
export function bindOverCall(rows: Rows, call: Call, over: WindowSpecification, orderBy: readonly SortKey[]): OverCall {
  for (const { value } of call.args)
    if (value.is !== 'tableArgument' && value.is !== 'descriptor') resolveSubqueries(rows, value)
  if (call.filter !== undefined) resolveSubqueries(rows, call.filter)
  const name = callName(call).toLowerCase()
  const frame = over.frame === undefined ? defaultFrame(orderBy.length > 0) : bindFrame(rows, over.frame, orderBy)
  if (isWindowFunction(name)) return bindWindowFunction(rows, call, name, frame)
  const bound = bindAggregate(rows, call, seesItself(frame))
  // The first value that is there is what any value is over an order.
  if (bound.name !== 'any_value' || bound.filter !== undefined) return { ...bound, frame }
  return { ...bound, window: 'first_value', ignoreNulls: true, frame }
}

/** Whether a frame always holds its own row. */
const seesItself = ({ start, end, exclude }: Frame): boolean =>
  exclude === 'none' && (start === 'unbounded' || start <= 0) && (end === 'unbounded' || end >= 0)

function bindWindowFunction(rows: Rows, call: Call, name: WindowFunction, frame: Frame): OverCall {
  const { context, binder } = rows
  const shown = name.toUpperCase()
  if (call.distinct || call.filter !== undefined || call.orderBy.length > 0 || call.withinGroup.length > 0)
    fail('DSD2012', `${shown} takes neither DISTINCT, ORDER BY inside nor FILTER.`, call.at)
  const args = call.args.map(({ value }) => {
    if (value.is === 'star' || value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2012', `${shown} takes a value.`, value.at)
    return binder.bind(value)
  })
  const ignoreNulls = call.nulls === 'IGNORE'
  const none = { name, window: name, distinct: false, frame } as const
  const takes = (least: number, most: number): void => {
    if (args.length < least || args.length > most)
      fail('DSD2004', `${shown} takes ${least === most ? least : `${least} to ${most}`} arguments.`, call.at)
  }
  const refuseNulls = (): void => {
    if (ignoreNulls) fail('DSD2012', `${shown} has no IGNORE NULLS.`, call.at)
  }
  const [value = literal(null, types.null), second, third] = args
  switch (name) {
    case 'row_number':
    case 'rank':
    case 'dense_rank':
      takes(0, 0)
      refuseNulls()
      return { ...none, args: [], type: types.bigint, nullable: false }
    case 'percent_rank':
    case 'cume_dist':
      takes(0, 0)
      refuseNulls()
      return { ...none, args: [], type: types.double, nullable: false }
    case 'ntile': {
      takes(1, 1)
      refuseNulls()
      const count = wholeNumber(context, value, 'The number of buckets of NTILE', call.at)
      if (count < 1) fail('DSD2004', 'NTILE takes at least one bucket.', call.at)
      return { ...none, args: [], count, type: types.bigint, nullable: false }
    }
    case 'lag':
    case 'lead': {
      takes(1, 3)
      const distance = second === undefined ? 1 : wholeNumber(context, second, `The distance of ${shown}`, call.at)
      const turned = distance < 0 ? (name === 'lag' ? 'lead' : 'lag') : name
      const otherwise = third === undefined ? undefined : castTo(third, value.type, context.settings, false, third.at)
      return {
        ...none,
        name: turned,
        window: turned,
        args: otherwise === undefined ? [value] : [value, otherwise],
        count: Math.abs(distance),
        ignoreNulls,
        type: value.type,
        nullable: value.nullable || otherwise === undefined || otherwise.nullable || ignoreNulls,
      }
    }
    case 'first_value':
    case 'last_value': {
      takes(1, 1)
      return {
        ...none,
        args: [value],
        ignoreNulls,
        type: value.type,
        nullable: value.nullable || !seesItself(frame),
      }
    }
    case 'nth_value': {
      takes(2, 2)
      const count = wholeNumber(context, second as Expression, 'The place of NTH_VALUE', call.at)
      if (count < 1) fail('DSD2004', 'NTH_VALUE counts from 1.', call.at)
      return { ...none, args: [value], count, ignoreNulls, type: value.type, nullable: true }
    }
  }
}
