import { type PlanNode, type Windowing, WindowNode } from '../../plan/nodes/node.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'
import { typeText } from '../../types/type-text.ts'
import type { Argument, Call, Span } from '../parse/ast.ts'
import { constantMicros } from './constants.ts'
import type { BindContext } from './context.ts'
import type { ExpressionBinder } from './expressions.ts'
import { fail, notYet } from './problem.ts'
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
    const key = name === undefined ? names[i] : names.find(n => n === name.text.toUpperCase())
    if (key === undefined || value.is === 'tableArgument' || value.is === 'descriptor')
      fail('DSD2006', `${kind} takes table, time column, ${names.join(', ').toLowerCase()}.`, value.at)
    values.set(key, constantMicros(binder.context, binder.bind(value), `The ${key.toLowerCase()} of ${kind}`, value.at))
  }
  const length = (name: string): bigint => {
    const value = values.get(name)
    if (value === undefined) fail('DSD2006', `${kind} needs its ${name.toLowerCase()}, an INTERVAL.`, at)
    if (value <= 0n) fail('DSD2006', `The ${name.toLowerCase()} of ${kind} must be longer than nothing.`, at)
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
      if (size % length('STEP') !== 0n) fail('DSD2006', 'The size of CUMULATE must be a multiple of its step.', at)
      return { kind: 'cumulate', size, step: length('STEP'), offset }
    }
    case 'SESSION':
      return { kind: 'session', gap: length('GAP'), partitionBy: [] }
  }
}

/**
 * The window function over a time column. Results close with the watermark when the column is event time (or the
 * processing clock) and the query emits on close; over any other time column they are plain updating columns.
 */
export function windowOver(
  context: BindContext,
  input: PlanNode,
  windowing: Windowing,
  column: number,
  at: Span,
): PlanNode {
  const field = input.schema[column]!
  if (field.type.is !== 'timestamp') {
    if (field.type.is === 'date') notYet('A window over a DATE', 'CAST it to TIMESTAMP(3) first.', at)
    fail('DSD2004', `A window needs a TIMESTAMP column, "${field.name}" is ${typeText(field.type)}.`, at)
  }
  const properties = derive(input)
  if (properties.processing.includes(column)) return WindowNode.create(input, windowing, 'processing', 'close')
  const settled = properties.timeColumns.includes(column) ? input : optimise(input)
  const timed = derive(settled).timeColumns.includes(column)
  const emit = context.emit === 'update' || !timed ? 'update' : 'close'
  return WindowNode.create(settled, windowing, column, emit)
}
