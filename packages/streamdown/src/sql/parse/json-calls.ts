/** The SQL/JSON functions, whose arguments carry clauses: `JSON_VALUE(x, '$.a' RETURNING INT NULL ON ERROR)`. */

import type { Call, Expression, JsonBehavior, JsonOptions, JsonPassing, Name, SortItem } from './ast.ts'
import { callSuffix, plainArgument, plainCall } from './calls.ts'
import type { Cursor } from './cursor.ts'
import { expression } from './expressions.ts'
import { identifier } from './names.ts'
import { typeName } from './types.ts'
import { orderBy } from './windows.ts'

const jsonFunctions = new Set([
  'JSON_ARRAY',
  'JSON_ARRAYAGG',
  'JSON_EXISTS',
  'JSON_OBJECT',
  'JSON_OBJECTAGG',
  'JSON_QUERY',
  'JSON_VALUE',
])

export function isJsonFunction({ parts }: Name): boolean {
  const [first] = parts
  return parts.length === 1 && first?.quoted === false && jsonFunctions.has(first.text.toUpperCase())
}

export function jsonCall(c: Cursor, called: Name): Call {
  c.expect('(')
  const distinct = c.accept('DISTINCT')
  const pairs = called.parts[0]?.text.toUpperCase().startsWith('JSON_OBJECT') === true
  const values: Expression[] = []
  if (!c.is(')') && !isNullClause(c)) c.list(() => values.push(...(pairs ? pair(c) : [jsonValue(c)])))
  const sorted: readonly SortItem[] = orderBy(c)
  const json = options(c)
  c.expect(')')
  return callSuffix(c, plainCall(called, values.map(plainArgument), c, { distinct, orderBy: sorted, json }))
}

function isNullClause(c: Cursor): boolean {
  return c.isOneOf('NULL', 'ABSENT') && c.isAt(1, 'ON') && c.isAt(2, 'NULL')
}

/** `KEY k VALUE v`, `k VALUE v`, `k : v`; a lone value is one argument. */
function pair(c: Cursor): Expression[] {
  if (c.is('KEY') && !c.isAt(1, 'VALUE', ':', ',', ')', '.')) c.take()
  const key = expression(c)
  if (c.acceptOneOf('VALUE', ':') === undefined) return [key]
  return [key, jsonValue(c)]
}

function jsonValue(c: Cursor): Expression {
  const value = expression(c)
  c.accept('FORMAT', 'JSON')
  return value
}

function options(c: Cursor): JsonOptions | undefined {
  const start = c.start
  let found: JsonOptions = {
    passing: c.accept('PASSING') ? c.list(() => passed(c)) : [],
    returning: undefined,
    wrapper: undefined,
    quotes: undefined,
    onEmpty: undefined,
    onError: undefined,
    onNull: undefined,
  }
  while (!c.is(')')) {
    const next = option(c, found)
    if (next === undefined) break
    found = next
  }
  return c.start === start ? undefined : found
}

/** `value AS name` */
function passed(c: Cursor): JsonPassing {
  const value = jsonValue(c)
  c.expect('AS')
  return { name: identifier(c), value }
}

function option(c: Cursor, found: JsonOptions): JsonOptions | undefined {
  if (c.accept('RETURNING')) {
    const returning = typeName(c)
    c.accept('FORMAT', 'JSON')
    return { ...found, returning }
  }
  if (c.accept('KEEP', 'QUOTES') || c.is('OMIT', 'QUOTES')) {
    const quotes = c.accept('OMIT', 'QUOTES') ? 'OMIT' : 'KEEP'
    c.accept('ON', 'SCALAR', 'STRING')
    return { ...found, quotes }
  }
  if (c.is('WITH') || c.is('WITHOUT')) return withClause(c, found)
  if (isNullClause(c)) {
    const onNull = c.expectOneOf('NULL', 'ABSENT')
    c.expect('ON', 'NULL')
    return { ...found, onNull }
  }
  const behavior = jsonBehavior(c)
  if (behavior === undefined) return undefined
  c.expect('ON')
  return c.expectOneOf('EMPTY', 'ERROR') === 'EMPTY' ? { ...found, onEmpty: behavior } : { ...found, onError: behavior }
}

function withClause(c: Cursor, found: JsonOptions): JsonOptions {
  const without = c.expectOneOf('WITH', 'WITHOUT') === 'WITHOUT'
  if (c.accept('UNIQUE')) {
    c.accept('KEYS')
    return found
  }
  const condition = c.acceptOneOf('CONDITIONAL', 'UNCONDITIONAL')
  c.accept('ARRAY')
  c.expect('WRAPPER')
  return { ...found, wrapper: without ? 'WITHOUT' : (condition ?? 'UNCONDITIONAL') }
}

function jsonBehavior(c: Cursor): JsonBehavior | undefined {
  if (c.accept('EMPTY', 'OBJECT')) return { is: 'empty object' }
  if (c.accept('EMPTY')) {
    c.accept('ARRAY')
    return { is: 'empty array' }
  }
  if (c.accept('DEFAULT')) return { is: 'default', value: expression(c) }
  if (c.accept('NULL')) return { is: 'null' }
  if (c.accept('ERROR')) return { is: 'error' }
  if (c.accept('TRUE')) return { is: 'true' }
  if (c.accept('FALSE')) return { is: 'false' }
  return c.accept('UNKNOWN') ? { is: 'unknown' } : undefined
}
