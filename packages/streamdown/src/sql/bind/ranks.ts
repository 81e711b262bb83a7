import type { Expression } from '../../plan/expressions/expression.ts'
import { plainKey } from '../../plan/expressions/walk.ts'
import { RankNode, type SortKey } from '../../plan/nodes/node.ts'
import { windowColumns } from '../../plan/windows.ts'
import type { Call, NamedWindow, Over, WindowSpecification } from '../parse/ast.ts'
import { noOver } from './aggregates.ts'
import { fail, notYet } from './problem.ts'
import type { Rows } from './rows.ts'
import { sortDirection } from './sorting.ts'
import { resolveSubqueries } from './subqueries.ts'
import { callName } from './syntax.ts'

const rankFunctions = { ROW_NUMBER: 'row_number', RANK: 'rank', DENSE_RANK: 'dense_rank' } as const

function rankFunction(call: Call): RankNode['function'] | undefined {
  const name = callName(call)
  return name === 'ROW_NUMBER' || name === 'RANK' || name === 'DENSE_RANK' ? rankFunctions[name] : undefined
}

/** Joins the numbers of ROW_NUMBER, RANK and DENSE_RANK to the rows; a condition on them narrows the node later. */
export function bindRanks(rows: Rows, calls: readonly Call[], windows: readonly NamedWindow[]): void {
  const known = new Map<string, number>()
  for (const call of calls) {
    if (rows.knows(call)) continue
    const kind = rankFunction(call)
    if (kind === undefined || call.over === undefined) noOver(call)
    const over = specification(rows, call.over, windows)
    if (over.frame !== undefined)
      notYet(`${callName(call)} with a frame`, 'It numbers all rows of the partition; leave the frame away.', call.at)
    for (const e of [...over.partitionBy, ...over.orderBy.map(item => item.value)]) resolveSubqueries(rows, e)
    const partitionBy = rows.append(over.partitionBy.flatMap(e => partitionColumns(rows, rows.binder.bind(e))))
    const directions = over.orderBy.map(item => sortDirection(item, rows.context.settings))
    const orderBy = rows
      .append(over.orderBy.map(item => rows.binder.bind(item.value)))
      .map((column, i): SortKey => ({ column, ...directions[i]! }))
    const key = plainKey([kind, partitionBy, orderBy])
    const place = known.get(key) ?? rows.plan.schema.length
    if (!known.has(key)) {
      rows.plan = RankNode.create(
        rows.plan,
        { function: kind, partitionBy, orderBy, from: 1, to: Number.MAX_SAFE_INTEGER, output: true },
        callName(call).toLowerCase(),
      )
      known.set(key, place)
    }
    rows.know(call, rows.column(place))
  }
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
    const found = windows.find(w => names.same(names.fold(w.name), names.fold(name)))
    if (found === undefined) return fail('DSD2006', `There is no window "${name.text}" in the WINDOW clause.`, name.at)
    return specification(rows, found.window, windows)
  }
  if (over.is === 'windowReference') return find(over.name)
  if (over.base === undefined) return over
  const base = find(over.base)
  return {
    ...over,
    base: undefined,
    partitionBy: over.partitionBy.length > 0 ? over.partitionBy : base.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy,
  }
}
