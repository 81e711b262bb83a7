/** What stands in FROM: tables, functions, subqueries and joins. */

import type {
  Call,
  Expression,
  Identifier,
  Join,
  NamedTable,
  Query,
  TableArgument,
  TableFunction,
  TableReference,
  Unnest,
} from './ast.ts'
import { call } from './calls.ts'
import type { Cursor } from './cursor.ts'
import { expression } from './expressions.ts'
import { hints } from './hints.ts'
import { matchRecognize } from './match.ts'
import { identifiers, isName, name, tableAlias } from './names.ts'
import { opensQuery } from './primary.ts'
import { continueQuery, continuesQuery, query, queryOfFile, startsQuery } from './queries.ts'

/** The comma list after FROM or USING. */
export function tableReferences(c: Cursor): TableReference[] {
  return c.list(() => joinedTable(c))
}

function joinedTable(c: Cursor): TableReference {
  return c.nested(() => joins(c, tablePrimary(c)))
}

function joins(c: Cursor, first: TableReference): TableReference {
  let left = first
  for (let length = 1; ; length++) {
    const next = join(c, left)
    if (next === undefined) return left
    left = next
    c.longestChain = Math.max(c.longestChain, length)
  }
}

function startsJoin(c: Cursor): boolean {
  if (c.isOneOf('JOIN', 'CROSS', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'NATURAL')) return true
  if (c.is('OUTER')) return c.isAt(1, 'APPLY')
  if (c.is('ASOF')) return c.isAt(1, 'JOIN', 'LEFT', 'INNER')
  return c.isOneOf('SEMI', 'ANTI') && c.isAt(1, 'JOIN')
}

function join(c: Cursor, left: TableReference): Join | undefined {
  if (!startsJoin(c)) return undefined
  if (c.isAt(1, 'APPLY')) return apply(c, left)
  const natural = c.accept('NATURAL')
  const asofFirst = c.accept('ASOF')
  const kind = joinKind(c)
  const asof = c.accept('ASOF') || asofFirst
  c.expect('JOIN')
  let right = tablePrimary(c)
  // `a JOIN b JOIN c ON … ON …`: the join of b and c stands within.
  if (!natural && kind !== 'CROSS' && startsJoin(c) && nestedJoinHasItsOn(c)) {
    right = c.nested(() => join(c, right)) ?? right
  }
  let matchCondition: Expression | undefined
  if (c.accept('MATCH_CONDITION')) {
    matchCondition = c.is('(') ? parenthesisedExpression(c) : expression(c)
  }
  const on = c.accept('ON') ? expression(c) : undefined
  const using: Identifier[] = on === undefined && c.accept('USING') ? identifiers(c) : []
  const at = c.since(left.at.start)
  return { is: 'join', kind, natural, asof, left, right, on, using, matchCondition, alias: undefined, at }
}

/** `CROSS APPLY f` is a join with what may use the left row; `OUTER APPLY` keeps left rows without a match. */
function apply(c: Cursor, left: TableReference): Join {
  const outer = c.take().key === 'OUTER'
  c.expect('APPLY')
  const written = tablePrimary(c)
  const right = 'lateral' in written ? { ...written, lateral: true } : written
  const at = c.since(left.at.start)
  return {
    is: 'join',
    kind: outer ? 'LEFT' : 'CROSS',
    natural: false,
    asof: false,
    left,
    right,
    on: outer ? { is: 'boolean', value: true, at } : undefined,
    using: [],
    matchCondition: undefined,
    alias: undefined,
    at,
  }
}

/** Whether two conditions follow one another before the next clause, so that the inner join has one of its own. */
function nestedJoinHasItsOn(c: Cursor): boolean {
  let depth = 0
  let joinsOpen = 1
  for (let ahead = 0; ; ahead++) {
    const { key, kind } = c.peek(ahead)
    if (kind === 'end' || key === ';') return false
    if (key === '(') depth += 1
    if (key === ')') depth -= 1
    if (depth < 0) return false
    if (depth > 0) continue
    if (key === 'JOIN') joinsOpen += c.isAt(ahead - 1, 'CROSS', 'NATURAL') ? 0 : 1
    if (key === 'ON' || key === 'USING') joinsOpen -= 1
    if (joinsOpen === 0) return true
    if (['WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'UNION', 'EXCEPT', 'INTERSECT', ','].includes(key)) return false
  }
}

function joinKind(c: Cursor): Join['kind'] {
  if (c.accept('CROSS')) return 'CROSS'
  if (c.accept('INNER')) return 'INNER'
  if (c.accept('FULL')) {
    c.accept('OUTER')
    return 'FULL'
  }
  if (c.accept('SEMI')) return 'LEFT SEMI'
  if (c.accept('ANTI')) return 'LEFT ANTI'
  const side = c.acceptOneOf('LEFT', 'RIGHT')
  if (side === undefined) return 'INNER'
  const rest = c.acceptOneOf('SEMI', 'ANTI')
  if (rest !== undefined) return `${side} ${rest}`
  c.accept('OUTER')
  return side
}

function parenthesisedExpression(c: Cursor): Expression {
  c.expect('(')
  const value = expression(c)
  c.expect(')')
  return value
}

function tablePrimary(c: Cursor): TableReference {
  let table = unmatchedTable(c)
  while (c.is('MATCH_RECOGNIZE', '(')) table = matchRecognize(c, table)
  return table
}

function unmatchedTable(c: Cursor): TableReference {
  const start = c.start
  const lateral = c.accept('LATERAL')
  if (c.is('(')) return parenthesisedTable(c, start, lateral)
  if (c.is('TABLE', '(')) {
    c.take()
    c.expect('(')
    const wrapped = functionCall(c)
    c.expect(')')
    return tableFunction(c, start, wrapped, { wrapped: true, lateral })
  }
  if (c.is('UNNEST', '(')) return unnest(c, start, lateral)
  if (c.token.kind === 'string') {
    const path = c.take().text
    const alias = tableAlias(c)
    return { is: 'file', path, alias, at: c.since(start) }
  }
  if (isName(c.token) && startsFunction(c)) {
    return tableFunction(c, start, functionCall(c), { wrapped: false, lateral })
  }
  if (lateral) throw c.expected('a query in parentheses, TABLE or a function')
  return namedTable(c)
}

function startsFunction(c: Cursor): boolean {
  let ahead = 1
  while (c.isAt(ahead, '.') && isName(c.peek(ahead + 1))) ahead += 2
  return c.isAt(ahead, '(')
}

function functionCall(c: Cursor): Call {
  const called = name(c, 'a table function')
  if (!c.is('(')) throw c.expected('(')
  return withFile(call(c, called))
}

const tableFunctions = new Set(['TUMBLE', 'HOP', 'CUMULATE', 'SESSION', 'GAP_FILL'])

/** A path as the first argument of a window function is its file. */
function withFile(written: Call): Call {
  const [first, ...more] = written.args
  const isWindow =
    written.name.parts.length === 1 && tableFunctions.has(written.name.parts[0]?.text.toUpperCase() ?? '')
  if (!isWindow || first?.value.is !== 'string') return written
  const { at, value: path } = first.value
  const value: TableArgument = { is: 'tableArgument', table: queryOfFile(path, at), partitionBy: [], orderBy: [], at }
  return { ...written, args: [{ ...first, value }, ...more] }
}

function tableFunction(
  c: Cursor,
  start: number,
  called: Call,
  { wrapped, lateral }: Pick<TableFunction, 'wrapped' | 'lateral'>,
): TableFunction {
  const withOrdinality = c.accept('WITH', 'ORDINALITY')
  const alias = tableAlias(c)
  return { is: 'tableFunction', call: called, wrapped, lateral, withOrdinality, alias, at: c.since(start) }
}

function unnest(c: Cursor, start: number, lateral: boolean): Unnest {
  c.expect('UNNEST')
  const values = c.parenthesised(() => expression(c))
  const withOrdinality = c.accept('WITH', 'ORDINALITY')
  const alias = tableAlias(c)
  return { is: 'unnest', values, lateral, withOrdinality, alias, at: c.since(start) }
}

function namedTable(c: Cursor): NamedTable {
  const start = c.start
  if (c.isOneOf('SELECT', 'WHERE', 'FROM', 'ON', 'GROUP', 'ORDER', 'JOIN')) throw c.expected('a table')
  if (c.is('TABLE') && isName(c.peek(1))) c.take()
  const table = name(c, 'a table')
  let written = hints(c)
  let systemTime = systemTimeClause(c)
  const alias = tableAlias(c)
  systemTime ??= systemTimeClause(c)
  if (written.length === 0) written = hints(c)
  return { is: 'table', name: table, hints: written, systemTime, alias, at: c.since(start) }
}

function systemTimeClause(c: Cursor): Expression | undefined {
  return c.accept('FOR', 'SYSTEM_TIME', 'AS', 'OF') ? expression(c) : undefined
}

function parenthesisedTable(c: Cursor, start: number, lateral: boolean): TableReference {
  c.expect('(')
  const inner = insideTableParentheses(c)
  c.expect(')')
  return inner.is === 'query' ? derived(c, start, inner, lateral) : aliased(c, start, inner)
}

function derived(c: Cursor, start: number, inner: Query, lateral: boolean): TableReference {
  const alias = tableAlias(c)
  return { is: 'derived', query: inner, lateral, alias, at: c.since(start) }
}

function aliased(c: Cursor, start: number, inner: TableReference): TableReference {
  const alias = tableAlias(c)
  return alias === undefined ? inner : { ...inner, alias, at: c.since(start) }
}

/** A query or a join; in `((SELECT …) t JOIN u …)` only what follows the inner parenthesis tells. */
function insideTableParentheses(c: Cursor): Query | TableReference {
  if (startsQuery(c, 0)) return query(c)
  if (!c.is('(') || !opensQuery(c)) return joinedTable(c)
  return c.nested(() => {
    const { start } = c.expect('(')
    const inner = insideTableParentheses(c)
    c.expect(')')
    if (inner.is !== 'query') return joins(c, aliased(c, start, inner))
    if (continuesQuery(c)) return continueQuery(c, inner, start)
    if (c.is(')')) return inner
    return joins(c, derived(c, start, inner, false))
  })
}
