/** ORDER BY items and OVER windows. */

import type { FrameBound, NamedWindow, Over, SessionFrame, SortItem, WindowFrame, WindowSpecification } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expression, TIGHTER_THAN_PATTERN } from './expressions.ts'
import { identifier, isName } from './names.ts'

/** An optional ORDER BY. */
export function orderBy(c: Cursor): SortItem[] {
  return c.accept('ORDER', 'BY') ? c.list(() => sortItem(c)) : []
}

export function sortItem(c: Cursor): SortItem {
  const start = c.start
  const value = expression(c)
  const direction = c.acceptOneOf('ASC', 'DESC')
  const nulls = c.accept('NULLS') ? c.expectOneOf('FIRST', 'LAST') : undefined
  return { is: 'sortItem', value, direction, nulls, at: c.since(start) }
}

export function over(c: Cursor): Over {
  c.expect('OVER')
  if (c.is('(')) return windowSpecification(c)
  const name = identifier(c, 'a window name')
  return { is: 'windowReference', name, at: name.at }
}

function windowSpecification(c: Cursor): WindowSpecification {
  const { start } = c.expect('(')
  const base = isName(c.token) && !startsWindowClause(c) ? identifier(c) : undefined
  const sortedFirst = orderBy(c)
  const partitionBy = c.accept('PARTITION', 'BY') ? c.list(() => expression(c)) : []
  const sorted = sortedFirst.length > 0 ? sortedFirst : orderBy(c)
  const frame = windowFrame(c)
  c.expect(')')
  return { is: 'windowSpecification', base, partitionBy, orderBy: sorted, frame, at: c.since(start) }
}

function startsWindowClause(c: Cursor): boolean {
  if (c.isOneOf('PARTITION', 'ORDER')) return c.isAt(1, 'BY')
  return c.isOneOf('ROWS', 'RANGE', 'GROUPS', 'SESSION') && !c.isAt(1, ')', 'PARTITION', 'ORDER')
}

function windowFrame(c: Cursor): WindowFrame | SessionFrame | undefined {
  const start = c.start
  if (c.accept('SESSION')) {
    c.expect('WITH', 'GAP')
    const gap = expression(c)
    return { is: 'sessionFrame', gap, at: c.since(start) }
  }
  const unit = c.acceptOneOf('ROWS', 'RANGE', 'GROUPS')
  if (unit === undefined) return undefined
  const two = c.accept('BETWEEN')
  const first = frameBound(c)
  if (two) c.expect('AND')
  const end: FrameBound = two ? frameBound(c) : { is: 'currentRow', at: first.at }
  const exclude = c.accept('EXCLUDE') ? excluded(c) : undefined
  return { is: 'frame', unit, start: first, end, exclude, at: c.since(start) }
}

function frameBound(c: Cursor): FrameBound {
  const start = c.start
  if (c.accept('CURRENT', 'ROW') || (c.is('CURRENT') && c.isAt(1, 'AND', ')') && c.accept('CURRENT'))) {
    return { is: 'currentRow', at: c.since(start) }
  }
  if (c.accept('UNBOUNDED', 'PRECEDING')) return { is: 'unboundedPreceding', at: c.since(start) }
  if (c.accept('UNBOUNDED', 'FOLLOWING')) return { is: 'unboundedFollowing', at: c.since(start) }
  const distance = expression(c, TIGHTER_THAN_PATTERN)
  const is = c.expectOneOf('PRECEDING', 'FOLLOWING') === 'PRECEDING' ? 'preceding' : 'following'
  return { is, distance, at: c.since(start) }
}

function excluded(c: Cursor): WindowFrame['exclude'] {
  if (c.accept('CURRENT', 'ROW')) return 'CURRENT ROW'
  if (c.accept('NO', 'OTHERS')) return 'NO OTHERS'
  return c.expectOneOf('GROUP', 'TIES')
}

/** `WINDOW w AS (…), v AS (…)`, if it stands here. */
export function namedWindows(c: Cursor): NamedWindow[] {
  if (!c.is('WINDOW') || !isName(c.peek(1)) || !c.isAt(2, 'AS')) return []
  c.take()
  return c.list(() => {
    const name = identifier(c, 'a window name')
    c.expect('AS')
    const window = windowSpecification(c)
    return { is: 'namedWindow', name, window, at: c.since(name.at.start) }
  })
}
