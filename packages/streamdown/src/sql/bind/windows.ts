import { column } from '../../plan/expressions/build.ts'
import { withColumns } from '../../plan/joins.ts'
import { type PlanNode, type Windowing, WindowNode } from '../../plan/nodes/node.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'
import { types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Argument, Call, Span } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import { constantMicros } from './constants.ts'
import type { BindContext } from './context.ts'
import type { ExpressionBinder } from './expressions.ts'
import { fail } from './problem.ts'
import { callName } from './syntax.ts'

export type WindowKind = 'TUMBLE' | 'HOP' | 'CUMULATE' | 'SESSION'

export function windowKind(call: Call): WindowKind | undefined {
  const name = callName(call)
  return name === 'TUMBLE' || name === 'HOP' || name === 'CUMULATE' || name === 'SESSION' ? name : undefined
}

/** Names of the lengths after table and time, in written order; the last may be left out. */
const lengthNames = {
  TUMBLE: ['SIZE', 'OFFSET'],
  HOP: ['SLIDE', 'SIZE', 'OFFSET'],
  CUMULATE: ['STEP', 'SIZE', 'OFFSET'],
  SESSION: ['GAP'],
} as const satisfies Record<WindowKind, readonly string[]>

/** The windowing that the arguments after table and time say; `partitionBy` of sessions is filled in by the caller. */
export function bindWindowing(
  kind: WindowKind,
  args: readonly Argument[],
  binder: ExpressionBinder,
  at: Span,
): Windowing {
  const names = lengthNames[kind]
  const values = new Map<string, bigint>()
  for (const [i, { name, value }] of args.entries()) {
    const written = name?.text.toUpperCase()
    // Calcite's name for the gap of a session.
    const wanted = kind === 'SESSION' && written === 'SIZE' ? 'GAP' : written
    const key = wanted === undefined ? names[i] : names.find(n => n === wanted)
    if (key === undefined || value.is === 'tableArgument' || value.is === 'descriptor')
      fail('DSD2012', `${kind} takes table, time column, ${names.join(', ').toLowerCase()}.`, value.at)
    values.set(key, constantMicros(binder.context, binder.bind(value), `The ${key.toLowerCase()} of ${kind}`, value.at))
  }
  const length = (name: string): bigint => {
    const value = values.get(name)
    if (value === undefined) fail('DSD2012', `${kind} needs its ${name.toLowerCase()}, an INTERVAL.`, at)
    if (value <= 0n) fail('DSD2012', `The ${name.toLowerCase()} of ${kind} must be longer than nothing.`, at)
    return value
  }
  const offset = values.get('OFFSET') ?? 0n
  switch (kind) {
    case 'TUMBLE':
      return { kind: 'tumble', size: length('SIZE'), offset }
    case 'HOP':
      return { kind: 'hop', size: length('SIZE'), slide: length('SLIDE'), offset }
    case 'CUMULATE': {
      const size = length('SIZE')
      if (size % length('STEP') !== 0n) fail('DSD2012', 'The size of CUMULATE must be a multiple of its step.', at)
      return { kind: 'cumulate', size, step: length('STEP'), offset }
    }
    case 'SESSION':
      return { kind: 'session', gap: length('GAP'), partitionBy: [] }
  }
}

/**
 * The window function over a time column. Results close with the watermark when the column is event time (or the
 * processing clock) and the query emits on close; over any other time column they are plain updating columns.
 * A DATE stands for its midnight.
 */
export function windowOver(
  context: BindContext,
  input: PlanNode,
  windowing: Windowing,
  time: number,
  at: Span,
): PlanNode {
  const field = input.schema[time]!
  if (field.type.is !== 'timestamp') {
    if (field.type.is === 'date') {
      const midnight = castTo(column(input.schema, time), types.timestamp(3), context.settings)
      return windowOver(context, withColumns(input, [midnight]), windowing, input.schema.length, at)
    }
    fail('DSD2004', `A window needs a TIMESTAMP column, "${field.name}" is ${typeText(field.type)}.`, at)
  }
  const properties = derive(input)
  if (properties.processing.includes(time)) return WindowNode.create(input, windowing, 'processing', 'close')
  const settled = properties.timeColumns.includes(time) ? input : optimise(input)
  const timed = derive(settled).timeColumns.includes(time)
  const emit = context.emit === 'update' || !timed ? 'update' : 'close'
  return WindowNode.create(settled, windowing, time, emit)
}
