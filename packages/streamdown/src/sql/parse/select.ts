/** One SELECT, its list before or behind FROM: FROM, WHERE, GROUP BY, HAVING, WINDOW and QUALIFY. */

import type {
  Distinct,
  Expression,
  GroupBy,
  GroupItem,
  GroupingSet,
  GroupingSets,
  Name,
  Select,
  SelectItem,
  Span,
  Star,
  TableReference,
} from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expression } from './expressions.ts'
import { hints } from './hints.ts'
import { alias, isName, name } from './names.ts'
import { tableReferences } from './tables.ts'
import { namedWindows } from './windows.ts'

/** `SELECT * FROM …`. */
export function selectAll(from: readonly TableReference[], at: Span): Select {
  return {
    is: 'select',
    hints: [],
    distinct: undefined,
    items: [
      { is: 'selectItem', value: { is: 'star', of: undefined, except: [], replace: [], at }, alias: undefined, at },
    ],
    from,
    where: undefined,
    groupBy: undefined,
    having: undefined,
    windows: [],
    qualify: undefined,
    at,
  }
}

/** SELECT, or DuckDB's `FROM t SELECT a` and `FROM t`, which is all of its columns. */
export function select(c: Cursor): Select {
  const { start } = c.token
  const first = c.accept('FROM') ? tableReferences(c) : undefined
  const all = first === undefined || c.is('SELECT') ? undefined : selectAll(first, c.since(start))
  if (all === undefined) c.expect('SELECT')
  const written = all === undefined ? hints(c) : []
  const distinct = all === undefined ? distinctClause(c) : undefined
  const items = all?.items ?? c.list(() => selectItem(c))
  const from = first ?? (c.accept('FROM') ? tableReferences(c) : [])
  const where = c.accept('WHERE') ? expression(c) : undefined
  const grouping = groupBy(c)
  const having = c.accept('HAVING') ? expression(c) : undefined
  let qualify = qualifyClause(c)
  const windows = namedWindows(c)
  qualify ??= qualifyClause(c)
  return {
    is: 'select',
    hints: written,
    distinct,
    items,
    from,
    where,
    groupBy: grouping,
    having,
    windows,
    qualify,
    at: c.since(start),
  }
}

function qualifyClause(c: Cursor): Expression | undefined {
  return c.accept('QUALIFY') ? expression(c) : undefined
}

function distinctClause(c: Cursor): Distinct | undefined {
  const start = c.start
  if (!c.accept('DISTINCT')) {
    if (c.is('ALL') && !c.isAt(1, ',', 'FROM', '.')) c.take()
    return undefined
  }
  const on = c.accept('ON') ? c.parenthesised(() => expression(c)) : []
  return { is: 'distinct', on, at: c.since(start) }
}

export function selectItem(c: Cursor): SelectItem {
  const start = c.start
  const value = c.is('*') ? star(c, undefined) : expression(c)
  const itemAlias = value.is === 'star' ? undefined : alias(c)
  return { is: 'selectItem', value, alias: itemAlias, at: c.since(start) }
}

/** `*` with an optional EXCEPT, EXCLUDE or REPLACE. */
export function star(c: Cursor, of: Expression | undefined): Star {
  const { start } = c.expect('*')
  const except: Name[] = []
  if ((c.is('EXCEPT') || c.is('EXCLUDE')) && c.isAt(1, '(') && isName(c.peek(2)) && c.isAt(3, ',', ')', '.')) {
    c.take()
    except.push(...c.parenthesised(() => name(c, 'a column')))
  }
  const replace = c.accept('REPLACE') ? c.parenthesised(() => selectItem(c)) : []
  return { is: 'star', of, except, replace, at: c.since(of?.at.start ?? start) }
}

function groupBy(c: Cursor): GroupBy | undefined {
  const start = c.start
  if (!c.accept('GROUP', 'BY')) return undefined
  const distinct = c.accept('DISTINCT')
  const quantified = !distinct && c.accept('ALL')
  if (quantified && (c.atEnd || c.isOneOf(')', ';', 'HAVING', 'ORDER', 'LIMIT', 'QUALIFY', 'UNION', 'EMIT'))) {
    return { is: 'groupBy', distinct, all: true, items: [], at: c.since(start) }
  }
  const items = c.list(() => groupItem(c))
  return { is: 'groupBy', distinct, all: false, items, at: c.since(start) }
}

function groupItem(c: Cursor): GroupItem {
  const start = c.start
  const sets = setsOfGroups(c)
  if (sets !== undefined) return sets
  if (c.is('(', ')')) return { is: 'groupingSets', sets: [groupingSet(c)], at: c.since(start) }
  return expression(c)
}

function setsOfGroups(c: Cursor): Exclude<GroupItem, Expression> | undefined {
  const start = c.start
  if (c.accept('GROUPING', 'SETS')) {
    const sets = c.parenthesised((): GroupingSets['sets'][number] => setsOfGroups(c) ?? groupingSet(c))
    return { is: 'groupingSets', sets, at: c.since(start) }
  }
  if (!c.isOneOf('ROLLUP', 'CUBE') || !c.isAt(1, '(')) return undefined
  const is = c.take().key === 'ROLLUP' ? 'rollup' : 'cube'
  const sets = c.parenthesised(() => groupingSet(c))
  return { is, sets, at: c.since(start) }
}

function groupingSet(c: Cursor): GroupingSet {
  const start = c.start
  if (c.accept('(', ')')) return { is: 'groupingSet', items: [], at: c.since(start) }
  const value = expression(c)
  const items = value.is === 'row' && !value.explicit ? value.elements : [value]
  return { is: 'groupingSet', items, at: c.since(start) }
}
