import { type Fill, fillGaps, type GapFill } from '../../plan/gap-fill.ts'
import type { PlanNode } from '../../plan/nodes/node.ts'
import { typeText } from '../../types/type-text.ts'
import { type Interval, isInterval } from '../../types/value.ts'
import { addInterval } from '../../values/calendar.ts'
import type { Argument, Call, Expression as Syntax } from '../parse/ast.ts'
import { inEventTime } from './in-event-time.ts'
import { fail } from './problem.ts'
import type { Rows } from './rows.ts'
import { callName } from './syntax.ts'

const fillOf: Readonly<Record<string, Fill>> = {
  LOCF: 'last',
  INTERPOLATE: 'line',
  KEEP: 'nothing',
  KEEPNULL: 'nothing',
}

/** GAP_FILL(table, time, step, LOCF | INTERPOLATE | KEEPNULL (column) …, PARTITION_BY(column, …)), behind its table. */
export function bindGapFill(rows: Rows, call: Call, [time, step, ...more]: readonly Argument[]): PlanNode {
  if (time === undefined || step === undefined)
    return fail('DSD2012', 'GAP_FILL takes a table, its time column, a step, and what fills each column.', call.at)
  const place = columnOf(rows, syntaxOf(time))
  const { type } = rows.plan.schema[place]!
  if (type.is !== 'timestamp') fail('DSD2004', `GAP_FILL needs a TIMESTAMP column, this is ${typeText(type)}.`, time.at)
  const fills = new Map<number, Fill>()
  const partitionBy: number[] = []
  for (const argument of more) {
    const value = syntaxOf(argument)
    const name = value.is === 'call' ? callName(value) : ''
    const fill = fillOf[name]
    if (value.is !== 'call' || (fill === undefined && name !== 'PARTITION_BY'))
      return fail(
        'DSD2012',
        'A column is filled by LOCF, INTERPOLATE or KEEPNULL; PARTITION_BY comes last.',
        argument.at,
      )
    for (const each of value.args) {
      const column = columnOf(rows, syntaxOf(each))
      if (fill === undefined) partitionBy.push(column)
      else fills.set(column, fill)
    }
  }
  for (const [column, fill] of fills) {
    const found = rows.plan.schema[column]!
    if (fill === 'line' && !isNumber(found.type.is))
      fail('DSD2004', `INTERPOLATE takes numbers, "${found.name}" is ${typeText(found.type)}.`, call.at)
  }
  const gaps: GapFill = { time: place, step: stepOf(rows, step), partitionBy, fills }
  const inTime = rows.context.settles ? inEventTime(rows.plan, place) : undefined
  return inTime === undefined ? fillGaps(rows.plan, gaps, 'update') : fillGaps(inTime, gaps, 'watermark')
}

function syntaxOf({ value }: Argument): Syntax {
  if (value.is === 'tableArgument') return fail('DSD2012', 'A table stands first.', value.at)
  return value.is === 'descriptor' ? { is: 'column', parts: value.columns[0]!.parts, at: value.at } : value
}

function columnOf(rows: Rows, syntax: Syntax): number {
  const bound = rows.binder.bind(syntax)
  return bound.is === 'column' ? bound.index : fail('DSD2012', 'GAP_FILL takes columns, not expressions.', syntax.at)
}

const isNumber = (type: string): boolean =>
  ['tinyint', 'smallint', 'int', 'bigint', 'real', 'double', 'decimal'].includes(type)

function stepOf(rows: Rows, step: Argument): Interval {
  const bound = rows.binder.bind(syntaxOf(step))
  const value = bound.is === 'literal' ? bound.value : null
  if (!isInterval(value)) return fail('DSD2004', 'The step of GAP_FILL is a constant INTERVAL.', step.at)
  if (addInterval(0n, value) <= 0n) fail('DSD2004', 'The step of GAP_FILL must be longer than nothing.', step.at)
  return value
}
