import type { PlanNode } from '../../plan/nodes/node.ts'
import type { Argument, Call, Descriptor, Name, Span, Expression as Syntax } from '../parse/ast.ts'
import { changelogOf } from './changelog.ts'
import type { BindContext } from './context.ts'
import { bindCountWindows } from './count-windows.ts'
import { bindGapFill } from './gap-fill.ts'
import { bindNamedTable, lateRows } from './named-table.ts'
import { lastPart } from './names.ts'
import { fail } from './problem.ts'
import { bindQuery } from './query.ts'
import { Rows } from './rows.ts'
import { tableScope } from './scope.ts'
import { callName } from './syntax.ts'
import { bindWindowing, type WindowKind, windowKind, windowOver } from './windows.ts'

/** What a table function over a table gives: `TUMBLE(TABLE t, …)`, `LATE(TABLE v)`. */
export interface OverTable {
  readonly plan: PlanNode
  /** The table's own name, by which its columns can be named. */
  readonly name: string | undefined
  /** The column that `*` does not give. */
  readonly unlisted?: number
}

/** Undefined where the call is none of a function over a table. */
export function overTable(context: BindContext, call: Call): OverTable | undefined {
  const kind = windowKind(call)
  if (kind !== undefined) return windowed(context, kind, call)
  switch (callName(call)) {
    case 'LATE': {
      // The operators of a kept view are in its query.
      const inline = { ...context, options: { ...context.options, materializedViews: 'inline' as const } }
      const { plan, name } = tableArgument(inline, call.args, [], call.at)
      return { plan: lateRows(plan, call.at), name }
    }
    case 'CHANGELOG': {
      const { plan, name } = tableArgument(context, call.args, [], call.at)
      return { plan: changelogOf(plan), name }
    }
    case 'GAP_FILL': {
      const table = tableArgument(context, call.args, [], call.at)
      return { plan: bindGapFill(rowsOf(context, table), call, besides(call, table)), name: table.name }
    }
    case 'COUNT_WINDOW': {
      const table = tableArgument(context, call.args, ['DATA'], call.at)
      const rows = rowsOf(context, table)
      return { plan: bindCountWindows(rows, call, table.partitionBy, besides(call, table)), name: table.name }
    }
    default:
      return undefined
  }
}

function windowed(context: BindContext, kind: WindowKind, call: Call): OverTable {
  const table = tableArgument(context, call.args, ['DATA'], call.at)
  const time = named(call.args, 'TIMECOL') ?? call.args[1]
  if (time === undefined) fail('DSD2012', `${kind} takes a table, its time column and lengths.`, call.at)
  const rows = rowsOf(context, table)
  const place = timeColumn(rows, time)
  const others = besides(call, table).filter(arg => arg !== time)
  // Calcite's SESSION takes the keys as a second descriptor.
  const keys = kind === 'SESSION' ? others.find(({ value }) => value.is === 'descriptor') : undefined
  const partitionBy = keys?.value.is === 'descriptor' ? columnsOf(keys.value) : table.partitionBy
  const lengths = others.filter(arg => arg !== keys)
  const bound = bindWindowing(kind, lengths, rows.binder, call.at)
  const windowing =
    bound.kind === 'session' ? { ...bound, partitionBy: rows.append(partitionBy.map(e => rows.binder.bind(e))) } : bound
  const plan = windowOver(context, rows.plan, windowing, place, time.at)
  // Engines with PostgreSQL's names know window_start and window_end alone.
  const unlisted = context.settings.dialect === 'postgres' ? { unlisted: plan.schema.length - 1 } : {}
  return { plan, name: table.name, ...unlisted }
}

interface TableArgument {
  readonly argument: Argument
  readonly plan: PlanNode
  readonly name: string | undefined
  readonly partitionBy: readonly Syntax[]
}

/** The argument by one of the `names`, else the first. */
function tableArgument(
  context: BindContext,
  args: readonly Argument[],
  names: readonly string[],
  at: Span,
): TableArgument {
  const argument = names.map(name => named(args, name)).find(arg => arg !== undefined) ?? args[0]
  const value = argument?.value
  if (argument === undefined || value === undefined) return fail('DSD2012', 'The first argument is a table.', at)
  const make = (plan: PlanNode, name: string | undefined, partitionBy: readonly Syntax[]): TableArgument => ({
    argument,
    plan,
    name,
    partitionBy,
  })
  const nameOf = (name: Name): string => context.names.fold(lastPart(name))
  if (value.is === 'tableArgument') {
    const { table, partitionBy } = value
    if (table.is === 'query') return make(bindQuery(context, table), undefined, partitionBy)
    return make(bindNamedTable(context, table), nameOf(table), partitionBy)
  }
  if (value.is === 'column') {
    const name: Name = { is: 'name', parts: value.parts, at: value.at }
    return make(bindNamedTable(context, name), nameOf(name), [])
  }
  if (value.is === 'scalarQuery') return make(bindQuery(context, value.query), undefined, [])
  return fail('DSD2012', 'The first argument is a table: TABLE name, a name, or a query.', value.at)
}

const rowsOf = (context: BindContext, { plan, name }: TableArgument): Rows =>
  new Rows(context, plan, tableScope(plan.schema, name, undefined))

const besides = ({ args }: Call, { argument }: TableArgument): readonly Argument[] =>
  args.filter(arg => arg !== argument)

function timeColumn(rows: Rows, { value }: Argument): number {
  if (value.is === 'tableArgument') fail('DSD2012', 'The second argument is the time column.', value.at)
  const syntax: Syntax =
    value.is === 'descriptor' ? { is: 'column', parts: value.columns[0]!.parts, at: value.at } : value
  return rows.append([rows.binder.bind(syntax)])[0]!
}

const columnsOf = ({ columns, at }: Descriptor): readonly Syntax[] =>
  columns.map(({ parts }) => ({ is: 'column', parts, at }))

const named = (args: readonly Argument[], name: string): Argument | undefined =>
  args.find(arg => arg.name?.text.toUpperCase() === name)
