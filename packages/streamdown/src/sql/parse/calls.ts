/** Function calls: arguments by place or name, tables and descriptors as arguments, and what may follow. */

import type { Argument, Call, Descriptor, Expression, Name, Query, SortItem, TableArgument } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expression, isArrow } from './expressions.ts'
import { isJsonFunction, jsonCall } from './json-calls.ts'
import { takesLambda } from './keywords.ts'
import { identifier, identifiers, isName, name, text } from './names.ts'
import { parenthesisedQuery } from './primary.ts'
import { query, queryOfFile, startsQuery } from './queries.ts'
import { star } from './select.ts'
import { orderBy, over, sortItem } from './windows.ts'

/** From the opening parenthesis on. */
export function call(c: Cursor, called: Name): Call {
  if (isJsonFunction(called)) return jsonCall(c, called)
  c.expect('(')
  const distinct = c.accept('DISTINCT')
  if (!distinct && c.is('ALL') && !c.isAt(1, ')', ',', '.')) c.take()
  const lambdas = takesLambda.has(called.parts.at(-1)!.text.toUpperCase())
  const written = c.is(')') || c.is('ORDER', 'BY') ? [] : c.list(() => argument(c, lambdas))
  const { args, nulls } = withoutOuterNulls(written, nullTreatment(c))
  const sorted = orderBy(c)
  const nullsAfter = nulls ?? nullTreatment(c)
  c.expect(')')
  return callSuffix(c, plainCall(called, args, c, { distinct, nulls: nullsAfter, orderBy: sorted }))
}

export function plainCall(
  called: Name,
  args: readonly Argument[],
  c: Cursor,
  parts: Partial<Pick<Call, 'distinct' | 'nulls' | 'orderBy' | 'json'> & { readonly start: number }> = {},
): Call {
  return {
    is: 'call',
    name: called,
    args,
    bare: false,
    distinct: parts.distinct ?? false,
    orderBy: parts.orderBy ?? [],
    withinGroup: [],
    filter: undefined,
    nulls: parts.nulls,
    over: undefined,
    semantics: undefined,
    json: parts.json,
    at: c.since(parts.start ?? called.at.start),
  }
}

/** WITHIN GROUP, FILTER, IGNORE NULLS and OVER. */
export function callSuffix(c: Cursor, plain: Call): Call {
  let withinGroup: readonly SortItem[] = []
  if (c.accept('WITHIN', 'GROUP')) {
    c.expect('(')
    withinGroup = orderBy(c)
    if (withinGroup.length === 0) throw c.expected('ORDER BY', ['ORDER'])
    c.expect(')')
  }
  let filter: Expression | undefined
  if (c.accept('FILTER', '(')) {
    c.expect('WHERE')
    filter = expression(c)
    c.expect(')')
  }
  const nulls = plain.nulls ?? nullTreatment(c)
  const window = c.is('OVER') && (c.isAt(1, '(') || isName(c.peek(1))) ? over(c) : undefined
  return { ...plain, withinGroup, filter, nulls, over: window, at: c.since(plain.at.start) }
}

/** In `first_value(f(a) IGNORE NULLS)` the words behind the call of an argument are said of the call around it. */
function withoutOuterNulls(
  args: readonly Argument[],
  nulls: Call['nulls'],
): { readonly args: readonly Argument[]; readonly nulls: Call['nulls'] } {
  const last = args.at(-1)
  const inner = last?.value
  if (last === undefined || inner?.is !== 'call' || inner.nulls === undefined || inner.over !== undefined)
    return { args, nulls }
  return {
    args: [...args.slice(0, -1), { ...last, value: { ...inner, nulls: undefined } }],
    nulls: nulls ?? inner.nulls,
  }
}

function nullTreatment(c: Cursor): 'IGNORE' | 'RESPECT' | undefined {
  if (c.accept('IGNORE', 'NULLS')) return 'IGNORE'
  return c.accept('RESPECT', 'NULLS') ? 'RESPECT' : undefined
}

/** A bare `*`. */
export function isStarArgument(c: Cursor): boolean {
  return c.is('*')
}

function argument(c: Cursor, lambdas: boolean): Argument {
  const start = c.start
  const named = isName(c.token) && c.isAt(1, '=>', ':=')
  const argumentName = named ? identifier(c) : undefined
  if (named) c.take()
  const variadic = c.is('VARIADIC') && !c.isAt(1, ',', ')', '.') && c.accept('VARIADIC')
  const value = argumentValue(c, lambdas)
  return { is: 'argument', name: argumentName, variadic, value, at: c.since(start) }
}

/** An argument by place, outside an argument list. */
export function plainArgument(value: Expression): Argument {
  return { is: 'argument', name: undefined, variadic: false, value, at: value.at }
}

function argumentValue(c: Cursor, lambdas: boolean): Argument['value'] {
  if (isStarArgument(c)) return star(c, undefined)
  if (c.is('DESCRIPTOR', '(')) return descriptor(c)
  if (c.is('TABLE') && (isName(c.peek(1)) || c.isAt(1, '(') || c.peek(1).kind === 'string')) return tableArgument(c)
  if (startsQuery(c, 0)) {
    const start = c.start
    const table = query(c)
    return { is: 'tableArgument', table, partitionBy: [], orderBy: [], at: c.since(start) }
  }
  if (isArrow(c) && (lambdas || c.isAt(2, ','))) return arrow(c)
  return expression(c)
}

function arrow(c: Cursor): Expression {
  const start = c.start
  const parameters = c.is('(') ? identifiers(c) : [identifier(c)]
  c.expect('->')
  const body = expression(c)
  return { is: 'lambda', parameters, body, at: c.since(start) }
}

function descriptor(c: Cursor): Descriptor {
  const { start } = c.expect('DESCRIPTOR')
  const columns = c.parenthesised(() => name(c, 'a column'))
  return { is: 'descriptor', columns, at: c.since(start) }
}

function tableArgument(c: Cursor): TableArgument {
  const { start } = c.expect('TABLE')
  const table = c.is('(') ? parenthesisedTable(c) : c.token.kind === 'string' ? fileQuery(c) : name(c, 'a table')
  const partitionBy = c.accept('PARTITION', 'BY') ? partitionColumns(c) : []
  const sorted = sortColumns(c)
  return { is: 'tableArgument', table, partitionBy, orderBy: sorted, at: c.since(start) }
}

/** `'file'` is all of its columns. */
function fileQuery(c: Cursor): Query {
  const start = c.start
  const path = text(c)
  return queryOfFile(path, c.since(start))
}

function parenthesisedTable(c: Cursor): TableArgument['table'] {
  if (!isName(c.peek(1)) || startsQuery(c, 1)) return parenthesisedQuery(c)
  c.expect('(')
  const table = name(c, 'a table')
  c.expect(')')
  return table
}

/** `PARTITION BY a, b`, `PARTITION BY (a, b)`. */
function partitionColumns(c: Cursor): Expression[] {
  if (c.is('(')) return c.parenthesised(() => expression(c))
  return columnList(c, () => expression(c))
}

function sortColumns(c: Cursor): SortItem[] {
  if (!c.accept('ORDER', 'BY')) return []
  if (c.is('(')) return c.parenthesised(() => sortItem(c))
  return columnList(c, () => sortItem(c))
}

/** A list within a list of arguments: a comma goes on with it only if a plain column follows. */
function columnList<Item>(c: Cursor, read: () => Item): Item[] {
  const items = [read()]
  while (c.is(',') && isName(c.peek(1)) && c.isAt(2, ',', ')', 'ORDER', 'ASC', 'DESC', 'NULLS')) {
    c.take()
    items.push(read())
  }
  return items
}
