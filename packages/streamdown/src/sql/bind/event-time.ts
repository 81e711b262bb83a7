import type { Expression } from '../../plan/expressions/expression.ts'
import type { EventTime } from '../../plan/nodes/node.ts'
import { isInterval } from '../../types/value.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { TableColumn } from '../catalog.ts'
import type { CreateTable, Identifier, Expression as Syntax, WatermarkDefinition } from '../parse/ast.ts'
import { duration, readSetting } from '../setting-texts.ts'
import type { BindContext } from './context.ts'
import { ExpressionBinder } from './expressions.ts'
import { durationMicros, fixedMicros } from './literals.ts'
import { lastPart } from './names.ts'
import { fail, notYet } from './problem.ts'
import { tableScope } from './scope.ts'

/** A table as far as its event time needs it. */
interface Timed {
  readonly name: string
  readonly columns: readonly TableColumn[]
  readonly options: Readonly<Record<string, string>>
}

/**
 * Column (among all of the table) and delay of the event time: by WATERMARK FOR, LATENESS, the option
 * `event_time_field`, or, where the setting says so, the first TIMESTAMP column. With Flink's
 * `scan.watermark.idle-timeout` and `scan.watermark.alignment`.
 */
export function tableEventTime(context: BindContext, syntax: CreateTable, table: Timed): EventTime | undefined {
  const time = declaredTime(context, syntax, table)
  if (time === undefined) return undefined
  const idleTimeout = durationOption(syntax, table, 'scan.watermark.idle-timeout')
  const most = durationOption(syntax, table, 'scan.watermark.alignment.max-drift')
  const group = table.options['scan.watermark.alignment.group']
  const aligned = most !== undefined || group !== undefined
  return {
    ...time,
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    ...(aligned ? { drift: { group: group ?? '', ...(most === undefined ? {} : { most }) } } : {}),
  }
}

/** µs; undefined where the table does not have the option. */
function durationOption(syntax: CreateTable, { options }: Timed, name: string): bigint | undefined {
  const given = options[name]
  if (given === undefined) return undefined
  const micros = durationMicros(given)
  if (micros !== undefined && micros >= 0n) return micros
  return fail('DSD3002', `Option '${name}' is '${given}'; it takes a duration such as '1 min'.`, syntax.at)
}

function declaredTime(context: BindContext, syntax: CreateTable, table: Timed): EventTime | undefined {
  const [watermark, second] = syntax.watermarks
  if (second !== undefined) fail('DSD2006', 'A table has one WATERMARK.', second.at)
  const { settings } = context
  const lateness = readSetting(settings, 'default_lateness', duration)
  if (watermark !== undefined) return watermarkTime(context, watermark, table, lateness)
  for (const definition of syntax.columns) {
    const delay = definition.lateness ?? definition.watermark
    if (delay === undefined) continue
    return { column: timeColumn(context, table, definition.name), delay: constantDelay(context, delay) }
  }
  const field = table.options['event_time_field']
  if (field !== undefined) {
    const identifier: Identifier = { is: 'identifier', text: field, quoted: true, at: syntax.at }
    return { column: timeColumn(context, table, identifier), delay: lateness }
  }
  if (settings.implicit_event_time === 'none' || (table.options['connector'] ?? 'memory') === 'memory') return undefined
  const first = table.columns.findIndex(c => c.type.is === 'timestamp')
  return first < 0 ? undefined : { column: first, delay: lateness }
}

/** The place of a column among a table's, by its name. */
export function columnPosition(
  context: BindContext,
  columns: readonly { readonly name: string }[],
  identifier: Identifier,
): number {
  const { names } = context
  const name = names.fold(identifier)
  const position = columns.findIndex(c => names.same(c.name, name))
  if (position >= 0) return position
  const known = columns.map(c => c.name)
  return fail('DSD2002', `There is no column "${name}" in this table.${didYouMean(name, known)}`, identifier.at)
}

function timeColumn(context: BindContext, { columns }: Timed, identifier: Identifier): number {
  const position = columnPosition(context, columns, identifier)
  const { type, name } = columns[position]!
  if (type.is !== 'timestamp') fail('DSD2004', `The event time "${name}" must be a TIMESTAMP.`, identifier.at)
  return position
}

function constantDelay(context: BindContext, e: Syntax): bigint {
  const bound = new ExpressionBinder(context, tableScope([], undefined, undefined)).bind(e)
  const micros = intervalMicros(bound)
  if (micros !== undefined) return micros
  return fail('DSD2012', 'This must be a constant INTERVAL without months.', e.at)
}

/** `WATERMARK FOR ts AS ts - INTERVAL …`; without expression the default lateness. */
function watermarkTime(
  context: BindContext,
  { column: path, value, at }: WatermarkDefinition,
  table: Timed,
  lateness: bigint,
): EventTime {
  if (path.parts.length > 1) notYet('A watermark on a field of a ROW', 'Name it as a computed column.', path.at)
  const position = timeColumn(context, table, path.parts[0]!)
  if (value === undefined) return { column: position, delay: lateness }
  if (value.is === 'call' && lastPart(value.name).text.toUpperCase() === 'SOURCE_WATERMARK')
    return { column: position, delay: 0n }
  const schema = table.columns.map(({ name, type, nullable }) => ({ name, type, nullable }))
  const bound = new ExpressionBinder(context, tableScope(schema, table.name, undefined)).bind(value)
  const delay = delayOf(bound, position)
  if (delay !== undefined) return { column: position, delay }
  return notYet('A watermark of another form', 'Write WATERMARK FOR ts AS ts - INTERVAL … over that same column.', at)
}

/** How far the expression lies before the column, µs: of `ts`, `ts - interval`, also within casts. */
function delayOf(e: Expression, column: number): bigint | undefined {
  if (e.is === 'column') return e.index === column ? 0n : undefined
  if (e.is === 'cast') return delayOf(e.input, column)
  if (e.is !== 'call' || (e.name !== '-' && e.name !== '+') || e.args.length !== 2) return undefined
  const before = delayOf(e.args[0]!, column)
  const micros = intervalMicros(e.args[1]!)
  if (before === undefined || micros === undefined) return undefined
  return before + (e.name === '-' ? micros : -micros)
}

function intervalMicros(e: Expression): bigint | undefined {
  const value = e.is === 'literal' ? e.value : undefined
  return isInterval(value) ? fixedMicros(value) : undefined
}
