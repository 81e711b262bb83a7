/** Queries: WITH, set operations, VALUES, and the tail of ORDER BY, LIMIT, OFFSET, FETCH and EMIT. */

import type {
  Argument,
  CommonTable,
  Corresponding,
  Emit,
  Expression,
  Query,
  QueryBody,
  SetOperation,
  SortItem,
  Span,
  TableFunction,
  Values,
  With,
} from './ast.ts'
import { plainCall } from './calls.ts'
import type { Cursor } from './cursor.ts'
import { continueExpression, expression } from './expressions.ts'
import { startsValue } from './keywords.ts'
import { identifier, identifiers, isName, name, startsMinus } from './names.ts'
import { insideParentheses, parenthesisedQuery } from './primary.ts'
import { select, selectAll } from './select.ts'
import { orderBy } from './windows.ts'

/** Whether the token `ahead` of here starts a query (a parenthesis does not count). */
export function startsQuery(c: Cursor, ahead: number): boolean {
  const next = c.peek(ahead + 1)
  switch (c.peek(ahead).key) {
    case 'SELECT':
      return true
    case 'FROM':
      return isName(next) || next.kind === 'string' || next.key === '('
    case 'WITH':
      return isName(next) && (next.key === 'RECURSIVE' || c.isAt(ahead + 2, 'AS', '('))
    case 'VALUES':
      return next.key === '(' || next.kind === 'number' || next.kind === 'string' || startsValue.has(next.key)
    case 'TABLE':
      return isName(next) && !c.isAt(ahead + 2, '(')
    default:
      return false
  }
}

export function query(c: Cursor): Query {
  return c.nested(() => {
    const start = c.start
    const clause = withClause(c)
    return queryTail(c, start, clause, setOperations(c, operand(c), start, 0))
  })
}

/** Whether a query that was read in parentheses goes on here. */
export function continuesQuery(c: Cursor): boolean {
  return setOperator(c) !== undefined || c.is('ORDER', 'BY') || c.isOneOf('LIMIT', 'OFFSET', 'FETCH') || startsEmit(c)
}

export function continueQuery(c: Cursor, first: Query, start: number): Query {
  return queryTail(c, start, undefined, setOperations(c, first, start, 0))
}

export function withClause(c: Cursor): With | undefined {
  const start = c.start
  if (!c.accept('WITH')) return undefined
  const recursive = c.accept('RECURSIVE')
  const tables = c.list(() => commonTable(c))
  return { is: 'with', recursive, tables, at: c.since(start) }
}

function commonTable(c: Cursor): CommonTable {
  const table = identifier(c, 'a name for the query')
  const columns = c.is('(') ? identifiers(c) : []
  c.expect('AS')
  // [NOT] MATERIALIZED advises a planner that may inline; it has no meaning here.
  if (!c.accept('NOT', 'MATERIALIZED')) c.accept('MATERIALIZED')
  if (c.is('(') && c.isAt(1, 'INSERT', 'UPDATE', 'DELETE'))
    throw c.expected('a query: a statement that changes rows stands behind WITH, or by itself with RETURNING')
  const body = c.is('CHANGELOG', 'FROM') ? changelog(c) : parenthesisedQuery(c)
  return { is: 'commonTable', name: table, columns, query: body, at: c.since(table.at.start) }
}

/** RisingWave's `WITH s AS CHANGELOG FROM t` is `SELECT * FROM CHANGELOG(TABLE t)`. */
function changelog(c: Cursor): Query {
  const word = identifier(c)
  c.expect('FROM')
  const table = name(c, 'a table')
  const at = c.since(word.at.start)
  const argument: Argument = {
    is: 'argument',
    name: undefined,
    variadic: false,
    value: { is: 'tableArgument', table, partitionBy: [], orderBy: [], at: table.at },
    at: table.at,
  }
  const call = plainCall({ is: 'name', parts: [word], at: word.at }, [argument], c)
  const rows: TableFunction = {
    is: 'tableFunction',
    call,
    wrapped: false,
    lateral: false,
    withOrdinality: false,
    alias: undefined,
    at,
  }
  return plainQuery(selectAll([rows], at), at)
}

/** A query without WITH, order and limit. */
export function plainQuery(body: QueryBody, at: Span): Query {
  return {
    is: 'query',
    with: undefined,
    body,
    orderBy: [],
    limit: undefined,
    offset: undefined,
    withTies: false,
    emit: undefined,
    at,
  }
}

/** The rows of a file. */
export function queryOfFile(path: string, at: Span): Query {
  return plainQuery(selectAll([{ is: 'file', path, alias: undefined, at }], at), at)
}

function operand(c: Cursor): QueryBody {
  const start = c.start
  if (c.accept('(')) {
    const inner = query(c)
    c.expect(')')
    return inner
  }
  if (c.is('SELECT') || c.is('FROM')) return select(c)
  if (c.is('VALUES')) return values(c)
  if (c.accept('TABLE')) {
    const table = name(c, 'a table')
    return { is: 'tableQuery', table, at: c.since(start) }
  }
  throw c.expected('SELECT, VALUES or a query in parentheses', ['SELECT', 'VALUES'])
}

export function values(c: Cursor): Values {
  const { start } = c.expect('VALUES')
  const rows = c.list(() => valuesRow(c))
  return { is: 'values', rows, at: c.since(start) }
}

/** `(a, b)` and `ROW(a, b)` are rows of two cells; `(ROW(a, b))` is one cell, as is an expression without parentheses. */
function valuesRow(c: Cursor): Expression[] {
  const start = c.start
  if (!c.accept('(')) {
    const value = expression(c)
    return value.is === 'row' && value.explicit ? [...value.elements] : [value]
  }
  const first = insideParentheses(c)
  if (first.is === 'query') {
    c.expect(')')
    return [{ is: 'scalarQuery', query: first, at: c.since(start) }]
  }
  const cells = [first]
  while (c.accept(',')) cells.push(expression(c))
  c.expect(')')
  return cells.length === 1 ? [continueExpression(c, first, 0)] : cells
}

/** INTERSECT binds tighter than UNION and EXCEPT; equals lean left. */
function setOperations(c: Cursor, first: QueryBody, start: number, min: number): QueryBody {
  let left = first
  for (let length = 1; ; length++) {
    const op = setOperator(c)
    if (op === undefined) return left
    const level = op === 'INTERSECT' ? 2 : 1
    if (level <= min) return left
    c.take()
    const all = c.accept('ALL')
    if (!all) c.accept('DISTINCT')
    const corresponding = correspondingClause(c)
    const rightStart = c.start
    const right = setOperations(c, operand(c), rightStart, level)
    left = { is: 'setOperation', op, all, corresponding, left, right, at: c.since(start) }
    c.longestChain = Math.max(c.longestChain, length)
  }
}

function setOperator(c: Cursor): SetOperation['op'] | undefined {
  if (c.is('UNION')) return 'UNION'
  if (c.is('INTERSECT')) return 'INTERSECT'
  if (c.is('EXCEPT')) return 'EXCEPT'
  return startsMinus(c) ? 'EXCEPT' : undefined
}

function correspondingClause(c: Cursor): Corresponding | undefined {
  const start = c.start
  if (!c.accept('CORRESPONDING')) return undefined
  const columns = c.accept('BY') ? identifiers(c) : []
  return { is: 'corresponding', columns, at: c.since(start) }
}

interface Tail {
  orderBy: readonly SortItem[]
  limit: Expression | undefined
  offset: Expression | undefined
  withTies: boolean
  emit: Emit | undefined
}

function queryTail(c: Cursor, start: number, clause: With | undefined, body: QueryBody): Query {
  const before = c.start
  const tail: Tail = { orderBy: orderBy(c), limit: undefined, offset: undefined, withTies: false, emit: undefined }
  while (limitClause(c, tail)) {
    // LIMIT, OFFSET, FETCH and EMIT come in any order.
  }
  if (body.is === 'query' && clause === undefined && c.start === before) return body
  return { is: 'query', with: clause, body, ...tail, at: c.since(start) }
}

function limitClause(c: Cursor, tail: Tail): boolean {
  if (c.is('LIMIT')) {
    if (tail.limit !== undefined) throw c.expected('the end of the query')
    c.take()
    if (c.accept('ALL')) return true
    tail.limit = expression(c)
    if (c.accept(',')) {
      tail.offset = tail.limit
      tail.limit = expression(c)
    }
    return true
  }
  if (c.is('OFFSET')) {
    if (tail.offset !== undefined) throw c.expected('the end of the query')
    c.take()
    tail.offset = expression(c)
    c.acceptOneOf('ROW', 'ROWS')
    return true
  }
  if (c.is('FETCH')) {
    if (tail.limit !== undefined) throw c.expected('the end of the query')
    fetchClause(c, tail)
    return true
  }
  if (tail.emit !== undefined) return false
  tail.emit = emitClause(c)
  return tail.emit !== undefined
}

function fetchClause(c: Cursor, tail: Tail): void {
  const { start } = c.expect('FETCH')
  c.expectOneOf('FIRST', 'NEXT')
  tail.limit = c.isOneOf('ROW', 'ROWS') ? { is: 'number', text: '1', at: c.since(start) } : expression(c)
  c.expectOneOf('ROW', 'ROWS')
  if (c.accept('WITH', 'TIES')) tail.withTies = true
  else c.expect('ONLY')
}

function startsEmit(c: Cursor): boolean {
  return c.is('EMIT') && c.isAt(1, 'CHANGES', 'ON', 'IMMEDIATELY', 'FINAL')
}

export function emitClause(c: Cursor): Emit | undefined {
  if (!startsEmit(c)) return undefined
  const { start } = c.expect('EMIT')
  const written = c.acceptOneOf('CHANGES', 'IMMEDIATELY', 'FINAL')
  if (written !== undefined) return { is: 'emit', mode: written, at: c.since(start) }
  c.expect('ON', 'WINDOW', 'CLOSE')
  return { is: 'emit', mode: 'ON WINDOW CLOSE', at: c.since(start) }
}
