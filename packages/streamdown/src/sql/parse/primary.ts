/** Operands: literals, names, constructors, CASE, parentheses and what is called by a name. */

import type { CaseBranch, Expression, Identifier, MapEntry, Name, Query, Span, TypeName } from './ast.ts'
import { call, isStarArgument, plainArgument, plainCall } from './calls.ts'
import type { Cursor } from './cursor.ts'
import { castCall, continueExpression, expression } from './expressions.ts'
import { interval, isInterval } from './intervals.ts'
import { afterColumn, bareFunctions, notAColumn, seldomAColumn } from './keywords.ts'
import { identifier, isName } from './names.ts'
import { continueQuery, continuesQuery, query, startsQuery } from './queries.ts'
import { star } from './select.ts'
import { specialCall } from './special-calls.ts'
import { typeName } from './types.ts'

export function primary(c: Cursor): Expression {
  const { kind, text, start, end } = c.token
  switch (kind) {
    case 'string':
      c.take()
      return { is: 'string', value: text, at: { start, end } }
    case 'number':
      c.take()
      return { is: 'number', text, at: { start, end } }
    case 'bytes':
      c.take()
      return { is: 'bytes', hex: text, at: { start, end } }
    case 'operator':
      return operatorPrimary(c)
    case 'quoted':
      return reference(c)
    case 'word':
      return wordPrimary(c)
    case 'end':
      throw c.expected('an expression')
  }
}

function operatorPrimary(c: Cursor): Expression {
  const { key, text, start } = c.token
  switch (key) {
    case '(':
      return parenthesis(c)
    case '[':
      return { is: 'array', elements: brackets(c), at: c.since(start) }
    case '{':
      return braces(c)
    case '|':
      return lambda(c)
    case '?|':
    case '?&':
      c.splitParameter()
      return operatorPrimary(c)
    case '?':
      c.take()
      c.parameters += 1
      return { is: 'parameter', name: String(c.parameters), at: c.since(start) }
    case '$1':
      c.take()
      return { is: 'parameter', name: text.slice(1), at: c.since(start) }
    case ':': {
      if (c.peek(1).kind !== 'word' || c.peek(1).start !== start + 1) throw c.expected('an expression')
      c.take()
      return { is: 'parameter', name: c.take().text, at: c.since(start) }
    }
    default:
      throw c.expected('an expression')
  }
}

/** RisingWave's `AGGREGATE:f(a ORDER BY b)` is `f(array_agg(a ORDER BY b))`. */
function wrappedScalar(c: Cursor): Expression {
  const { start } = c.expect('AGGREGATE')
  c.expect(':')
  const written = reference(c)
  if (written.is !== 'call') throw c.expected('a function')
  const collected: Name = { is: 'name', parts: [generated('array_agg', written.at)], at: written.at }
  return plainCall(written.name, [plainArgument({ ...written, name: collected })], c, { start })
}

const generated = (text: string, at: Span): Identifier => ({ is: 'identifier', text, quoted: false, at })

function wordPrimary(c: Cursor): Expression {
  const { key, start } = c.token
  switch (key) {
    case 'NULL':
      c.take()
      return { is: 'null', at: c.since(start) }
    case 'TRUE':
    case 'FALSE':
      c.take()
      return { is: 'boolean', value: key === 'TRUE', at: c.since(start) }
    case 'DEFAULT':
      if (c.isAt(1, '.', '(')) break
      c.take()
      return { is: 'default', at: c.since(start) }
    case 'CASE':
      return caseExpression(c)
    case 'INTERVAL':
      if (isInterval(c)) return interval(c)
      break
    case 'ARRAY':
      if (c.isAt(1, '[')) {
        c.take()
        return { is: 'array', elements: brackets(c), at: c.since(start) }
      }
      if (c.isAt(1, '(') && opensQuery(c, 1)) {
        c.take()
        const content = parenthesisedQuery(c)
        return { is: 'arrayQuery', query: content, at: c.since(start) }
      }
      break
    case 'MAP':
      if (c.isAt(1, '[', '{')) return map(c)
      break
    case 'ROW':
      if (c.isAt(1, '(')) return row(c)
      break
    case 'EXISTS':
      if (c.isAt(1, '(') && opensQuery(c, 1)) {
        c.take()
        const content = parenthesisedQuery(c)
        return { is: 'exists', query: content, at: c.since(start) }
      }
      break
    case 'CAST':
    case 'TRY_CAST':
    case 'SAFE_CAST':
      if (c.isAt(1, '(')) return castCall(c, key !== 'CAST')
      break
    case 'AGGREGATE':
      if (c.isAt(1, ':') && isName(c.peek(2))) return wrappedScalar(c)
      break
    case 'RUNNING':
    case 'FINAL':
      if (isName(c.peek(1)) && c.isAt(2, '(')) {
        c.take()
        const written = reference(c)
        if (written.is !== 'call') throw c.expected('a function')
        return { ...written, semantics: key, at: c.since(start) }
      }
      break
  }
  if (notAColumn.has(key) || (seldomAColumn.has(key) && !isColumnByWhatFollows(c))) throw c.expected('an expression')
  return specialCall(c) ?? typedLiteral(c) ?? reference(c)
}

function isColumnByWhatFollows(c: Cursor): boolean {
  const next = c.peek(1)
  return next.kind === 'end' || afterColumn.has(next.key)
}

/** `a.b.c`, `t.*`, `f(…)`, `s.f(…)`, `CURRENT_DATE`. */
function reference(c: Cursor): Expression {
  const { start, key } = c.token
  const parts: Identifier[] = [identifier(c)]
  while (c.is('.')) {
    if (c.isAt(1, '*')) {
      const of: Expression = { is: 'column', parts, at: c.since(start) }
      c.take()
      return star(c, of)
    }
    c.take()
    parts.push(identifier(c, 'a column, a field or *'))
  }
  const at = c.since(start)
  if (c.is('(')) return call(c, { is: 'name', parts, at })
  if (parts.length > 1 || !bareFunctions.has(key)) return { is: 'column', parts, at }
  return {
    is: 'call',
    name: { is: 'name', parts, at },
    args: [],
    bare: true,
    distinct: false,
    orderBy: [],
    withinGroup: [],
    filter: undefined,
    nulls: undefined,
    over: undefined,
    semantics: undefined,
    json: undefined,
    at,
  }
}

/** `bool 't'`, `TIMESTAMP(3) WITH TIME ZONE '…'`, `DOUBLE PRECISION '1'`. */
function typedLiteral(c: Cursor): Expression | undefined {
  const { start } = c.token
  if (!startsTypedLiteral(c)) return undefined
  const type: TypeName = typeName(c)
  const { text } = c.take()
  return { is: 'typedLiteral', type, text, at: c.since(start) }
}

function startsTypedLiteral(c: Cursor): boolean {
  let ahead = 1
  if (c.isOneOf('TIMESTAMP', 'TIME', 'TIMESTAMPTZ', 'TIMESTAMP_LTZ')) {
    if (c.isAt(ahead, '(') && c.peek(ahead + 1).kind === 'number' && c.isAt(ahead + 2, ')')) ahead += 3
    if (c.isAt(ahead, 'WITH', 'WITHOUT')) {
      ahead += c.isAt(ahead + 1, 'LOCAL') ? 2 : 1
      if (!c.isAt(ahead, 'TIME') || !c.isAt(ahead + 1, 'ZONE')) return false
      ahead += 2
    }
  }
  if (c.is('DOUBLE', 'PRECISION') || c.is('CHARACTER', 'VARYING')) ahead = 2
  return c.peek(ahead).kind === 'string'
}

function brackets(c: Cursor): Expression[] {
  c.expect('[')
  if (c.accept(']')) return []
  const elements = c.list(() => expression(c))
  c.expect(']')
  return elements
}

/** `{a: 1, 'b': 2}` is a row with names. */
function braces(c: Cursor): Expression {
  const { start } = c.expect('{')
  const names: Identifier[] = []
  const elements: Expression[] = []
  if (!c.accept('}')) {
    c.list(() => {
      names.push(fieldName(c))
      c.expect(':')
      elements.push(expression(c))
    })
    c.expect('}')
  }
  return { is: 'row', explicit: true, elements, names, at: c.since(start) }
}

function fieldName(c: Cursor): Identifier {
  if (c.token.kind !== 'string') return identifier(c, 'a field name')
  const { text, start, end } = c.take()
  return { is: 'identifier', text, quoted: true, at: { start, end } }
}

/** `MAP[k, v, k, v]`, `MAP {k: v}`. */
function map(c: Cursor): Expression {
  const { start } = c.expect('MAP')
  const entries: MapEntry[] = []
  const separator = c.is('[') ? ',' : ':'
  const close = c.take().key === '[' ? ']' : '}'
  if (!c.accept(close)) {
    c.list(() => {
      const key = expression(c)
      c.expect(separator)
      entries.push({ is: 'mapEntry', key, value: expression(c) })
    })
    c.expect(close)
  }
  return { is: 'map', entries, at: c.since(start) }
}

function row(c: Cursor): Expression {
  const { start } = c.expect('ROW')
  c.expect('(')
  const elements: Expression[] = []
  if (!c.accept(')')) {
    elements.push(...c.list(() => (isStarArgument(c) ? star(c, undefined) : expression(c))))
    c.expect(')')
  }
  return { is: 'row', explicit: true, elements, names: undefined, at: c.since(start) }
}

function lambda(c: Cursor): Expression {
  const { start } = c.expect('|')
  const parameters = c.list(() => identifier(c, 'a parameter name'))
  c.expect('|')
  const body = expression(c)
  return { is: 'lambda', parameters, body, at: c.since(start) }
}

function caseExpression(c: Cursor): Expression {
  const { start } = c.expect('CASE')
  const operand = c.is('WHEN') ? undefined : expression(c)
  const branches: CaseBranch[] = []
  while (c.is('WHEN')) {
    const branch = c.take()
    const when = c.list(() => expression(c))
    c.expect('THEN')
    const then = expression(c)
    branches.push({ is: 'caseBranch', when, then, at: c.since(branch.start) })
  }
  if (branches.length === 0) throw c.expected('WHEN', ['WHEN'])
  const otherwise = c.accept('ELSE') ? expression(c) : undefined
  c.expect('END')
  return { is: 'case', operand, branches, otherwise, at: c.since(start) }
}

/** Whether the parenthesis `ahead` of here, and any directly within it, hold a query first. */
export function opensQuery(c: Cursor, ahead = 0): boolean {
  let inner = ahead
  while (c.isAt(inner, '(')) inner += 1
  return startsQuery(c, inner)
}

/** `(query)`, whatever parentheses are around it. */
export function parenthesisedQuery(c: Cursor): Query {
  c.expect('(')
  const content = insideParentheses(c)
  if (content.is !== 'query') throw c.expected('a query')
  c.expect(')')
  return content
}

/**
 * What stands after a `(`: a query or the first expression. In `((SELECT 1) UNION SELECT 2)` and
 * `((SELECT 1) + 1)` only what follows the inner parenthesis tells.
 */
export function insideParentheses(c: Cursor): Query | Expression {
  if (startsQuery(c, 0)) return query(c)
  if (!c.is('(') || !opensQuery(c)) return expression(c)
  return c.nested(() => {
    const { start } = c.expect('(')
    const inner = insideParentheses(c)
    if (inner.is !== 'query') return continueExpression(c, closeParenthesis(c, start, inner), 0)
    c.expect(')')
    if (continuesQuery(c)) return continueQuery(c, inner, start)
    if (c.is(')')) return inner
    return continueExpression(c, { is: 'scalarQuery', query: inner, at: c.since(start) }, 0)
  })
}

function parenthesis(c: Cursor): Expression {
  const { start } = c.expect('(')
  const inner = insideParentheses(c)
  if (inner.is !== 'query') return closeParenthesis(c, start, inner)
  c.expect(')')
  return { is: 'scalarQuery', query: inner, at: c.since(start) }
}

/** The rest of `(first)`, which then spans its parentheses, or of the row `(first, …)`. */
function closeParenthesis(c: Cursor, start: number, first: Expression): Expression {
  if (c.accept(')')) return { ...first, at: c.since(start) }
  const elements = [first]
  while (c.accept(',')) elements.push(expression(c))
  c.expect(')')
  return { is: 'row', explicit: false, elements, names: undefined, at: c.since(start) }
}
