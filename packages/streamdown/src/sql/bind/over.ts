import type { Expression } from '../../plan/expressions/expression.ts'
import { plainKey } from '../../plan/expressions/walk.ts'
import { type OverCall, OverNode, type PlanNode, RankNode, type SortKey } from '../../plan/nodes/node.ts'
import { looksBack } from '../../plan/over.ts'
import { derive } from '../../plan/properties.ts'
import { windowColumns } from '../../plan/windows.ts'
import type { Call, NamedWindow, Over, WindowSpecification } from '../parse/ast.ts'
import { aggregateKey, finished } from './aggregates.ts'
import type { BindContext } from './context.ts'
import { inEventTime } from './in-event-time.ts'
import { bindOverCall } from './over-calls.ts'
import { fail } from './problem.ts'
import type { Rows } from './rows.ts'
import { sortable, sortDirection } from './sorting.ts'
import { resolveSubqueries } from './subqueries.ts'
import { callName } from './syntax.ts'

/** The calls over one window: partition and order, whatever their frames. */
interface Windowed {
  readonly partitionBy: readonly number[]
  readonly orderBy: readonly SortKey[]
  readonly calls: { readonly call: OverCall; readonly name: string; readonly written: Call[] }[]
}

/**
 * Joins what calls with OVER give to the rows, window by window. ROW_NUMBER, RANK and DENSE_RANK are ranks of their own:
 * a condition on the number narrows them to a top-N later. `by`: columns that part the rows of every window as well.
 */
export function bindOver(
  rows: Rows,
  calls: readonly Call[],
  windows: readonly NamedWindow[],
  by: readonly number[],
): void {
  const ranks = new Map<string, number>()
  const groups = new Map<string, Windowed>()
  for (const call of calls) {
    if (rows.knows(call) || call.over === undefined) continue
    const { over, partitionBy: own, orderBy } = bindWindow(rows, call.over, windows)
    const partitionBy = [...new Set([...by, ...own])]
    const numbered = over.frame === undefined ? rankFunction(call) : undefined
    const rank = numbered !== undefined && waitsInOrder(rows, partitionBy, orderBy) ? undefined : numbered
    if (rank !== undefined) {
      rows.know(call, rows.column(bindRank(rows, rank, partitionBy, orderBy, ranks)))
      continue
    }
    const bound = bindOverCall(rows, call, over, orderBy)
    const key = plainKey([partitionBy, orderBy])
    const group = groups.get(key) ?? { partitionBy, orderBy, calls: [] }
    groups.set(key, group)
    const same = group.calls.find(other => overKey(other.call) === overKey(bound))
    if (same === undefined) group.calls.push({ call: bound, name: callName(call).toLowerCase(), written: [call] })
    else same.written.push(call)
  }
  for (const group of leavingFirst(rows, [...groups.values()])) appendOver(rows, group)
}

/** Joins the results of a group's calls to the rows. */
function appendOver(rows: Rows, { partitionBy, orderBy, calls: bound }: Windowed): void {
  const inOrder = orderBy.filter(({ column }) => !partitionBy.includes(column))
  const calls = bound.map(({ call }) => call)
  const { input, emit } = emission(rows.context, rows.plan, inOrder, calls)
  rows.plan = OverNode.create(
    input,
    // Rows of one reading of the clock have come one after the other.
    { partitionBy, orderBy, calls, emit, ties: emit === 'arrival' ? 'arrival' : 'peers' },
    bound.map(({ name }) => name),
  )
  const width = input.schema.length
  for (const [i, { written }] of bound.entries())
    for (const call of written) rows.know(call, finished(rows.context, call, rows.column(width + i)))
}

/**
 * Where rows wait for the watermark, calls that look back come before those that look ahead: behind these the watermark
 * says nothing of the rows any more, and each keeps what it sees.
 */
function leavingFirst({ context }: Rows, groups: readonly Windowed[]): readonly Windowed[] {
  if (!context.settles) return groups
  const part = (back: boolean): readonly Windowed[] =>
    groups.flatMap(group => {
      const calls = group.calls.filter(({ call }) => looksBack(call) === back)
      return calls.length === 0 ? [] : [{ ...group, calls }]
    })
  return [...part(true), ...part(false)]
}

const overKey = (call: OverCall): string =>
  plainKey([aggregateKey(call), call.window, call.count, call.ignoreNulls, call.frame])

/**
 * Rows that are only added, in the order of a time that moves on, leave once and in order; all others are kept, and
 * corrected when rows before or behind them change.
 */
function emission(
  context: BindContext,
  input: PlanNode,
  orderBy: readonly SortKey[],
  calls: readonly OverCall[],
): { readonly input: PlanNode; readonly emit: OverNode['emit'] } {
  const [first] = orderBy
  if (first === undefined || first.descending || (!context.settles && !calls.every(looksBack)))
    return { input, emit: 'update' }
  const { appendOnly, processing } = derive(input)
  const back = calls.every(looksBack)
  if (appendOnly && processing.includes(first.column) && orderBy.length === 1 && back) return { input, emit: 'arrival' }
  const timed = context.emit === 'close' ? inOrderOfTime(input, first) : undefined
  if (timed === undefined) return { input, emit: 'update' }
  return { input: timed, emit: back ? 'watermark' : 'settled' }
}

const inOrderOfTime = (input: PlanNode, { column, descending }: SortKey): PlanNode | undefined =>
  descending ? undefined : inEventTime(input, column)

/** Numbers of rows that wait for the watermark in their order are theirs for good. */
function waitsInOrder({ context, plan }: Rows, partitionBy: readonly number[], orderBy: readonly SortKey[]): boolean {
  const [first] = orderBy.filter(({ column }) => !partitionBy.includes(column))
  return context.settles && first !== undefined && inOrderOfTime(plan, first) !== undefined
}

function bindWindow(
  rows: Rows,
  written: Over,
  windows: readonly NamedWindow[],
): {
  readonly over: WindowSpecification
  readonly partitionBy: readonly number[]
  readonly orderBy: readonly SortKey[]
} {
  const over = specification(rows, written, windows)
  for (const e of [...over.partitionBy, ...over.orderBy.map(item => item.value)]) resolveSubqueries(rows, e)
  const columns = rows.append(over.partitionBy.flatMap(e => partitionColumns(rows, rows.binder.bind(e))))
  const partitionBy = [...new Set(columns)]
  const directions = over.orderBy.map(item => sortDirection(item, rows.context.settings))
  const orderBy = rows
    .append(over.orderBy.map(item => sortable(rows.binder.bind(item.value))))
    .map((column, i): SortKey => ({ column, ...directions[i]! }))
  return { over, partitionBy, orderBy }
}

const rankFunctions = { ROW_NUMBER: 'row_number', RANK: 'rank', DENSE_RANK: 'dense_rank' } as const

function rankFunction(call: Call): RankNode['function'] | undefined {
  const name = callName(call)
  return name === 'ROW_NUMBER' || name === 'RANK' || name === 'DENSE_RANK' ? rankFunctions[name] : undefined
}

/** The column of the number. */
function bindRank(
  rows: Rows,
  kind: RankNode['function'],
  partitionBy: readonly number[],
  orderBy: readonly SortKey[],
  known: Map<string, number>,
): number {
  const key = plainKey([kind, partitionBy, orderBy])
  const before = known.get(key)
  if (before !== undefined) return before
  const place = rows.plan.schema.length
  rows.plan = RankNode.create(
    rows.plan,
    { function: kind, partitionBy, orderBy, from: 1, to: Number.MAX_SAFE_INTEGER, output: true },
    kind,
  )
  known.set(key, place)
  return place
}

/** A window value partitions by its bounds. */
function partitionColumns(rows: Rows, e: Expression): readonly Expression[] {
  if (e.type.is !== 'row' || e.is !== 'column' || !windowColumns(rows.plan).some(columns => columns.row === e.index))
    return [e]
  return e.type.fields.map(({ type, nullable }, index) => ({ is: 'field', input: e, index, type, nullable }))
}

function specification(rows: Rows, over: Over, windows: readonly NamedWindow[]): WindowSpecification {
  const { names } = rows.context
  const find = (name: Parameters<typeof names.fold>[0]): WindowSpecification => {
    const at = windows.findIndex(w => names.same(names.fold(w.name), names.fold(name)))
    const found = windows[at]
    if (found === undefined) return fail('DSD2009', `There is no window "${name.text}" in the WINDOW clause.`, name.at)
    // A window is made of those written before it.
    return specification(rows, found.window, windows.slice(0, at))
  }
  if (over.is === 'windowReference') return find(over.name)
  if (over.base === undefined) return over
  const base = find(over.base)
  return {
    ...over,
    base: undefined,
    partitionBy: over.partitionBy.length > 0 ? over.partitionBy : base.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy,
    frame: over.frame ?? base.frame,
  }
}
