import { countWindows } from '../../plan/count-windows.ts'
import type { PlanNode } from '../../plan/nodes/node.ts'
import type { Argument, Call, Expression as Syntax } from '../parse/ast.ts'
import { wholeNumber } from './constants.ts'
import { fail } from './problem.ts'
import type { Rows } from './rows.ts'

const names = ['SLIDE', 'SIZE'] as const

/** COUNT_WINDOW(TABLE t [PARTITION BY key, …], [slide,] size), behind its table. */
export function bindCountWindows(
  rows: Rows,
  call: Call,
  partitionBy: readonly Syntax[],
  args: readonly Argument[],
): PlanNode {
  const usage = 'COUNT_WINDOW takes a table, then [slide,] size: numbers of rows.'
  const values = new Map<string, number>()
  const positional = args.length === 1 ? names.slice(1) : names
  for (const [i, { name, value }] of args.entries()) {
    const key = name === undefined ? positional[i] : names.find(n => n === name.text.toUpperCase())
    if (key === undefined || value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2012', usage, value.at)
    const what = `The ${key.toLowerCase()} of COUNT_WINDOW`
    const number = wholeNumber(rows.context, rows.binder.bind(value), what, value.at)
    if (number < 1) fail('DSD2004', `${what} must be at least one row.`, value.at)
    values.set(key, number)
  }
  const size = values.get('SIZE')
  if (size === undefined) return fail('DSD2012', usage, call.at)
  const places = rows.append(partitionBy.map(e => rows.binder.bind(e)))
  return countWindows(rows.plan, { partitionBy: [...new Set(places)], size, every: values.get('SLIDE') ?? size })
}
