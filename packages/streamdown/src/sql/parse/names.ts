/** Identifiers, qualified names, aliases, and literal texts. */

import type { Identifier, Name, TableAlias, TypeName } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { notABareAlias, notABareTableAlias } from './keywords.ts'
import type { Token } from './lexer.ts'
import { typeName } from './types.ts'

export function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'quoted'
}

/** Any word may be a name where the grammar wants one. */
export function identifier(c: Cursor, what = 'a name'): Identifier {
  if (!isName(c.token)) throw c.expected(what)
  const { text, kind, start, end } = c.take()
  return { is: 'identifier', text, quoted: kind === 'quoted', at: { start, end } }
}

export function identifiers(c: Cursor): Identifier[] {
  return c.parenthesised(() => identifier(c))
}

export function name(c: Cursor, what = 'a name'): Name {
  const start = c.start
  const parts = [identifier(c, what)]
  while (c.is('.') && isName(c.peek(1))) {
    c.take()
    parts.push(identifier(c))
  }
  return { is: 'name', parts, at: c.since(start) }
}

export function text(c: Cursor, what = 'a string'): string {
  if (c.token.kind !== 'string') throw c.expected(what)
  return c.take().text
}

export function integer(c: Cursor, what = 'a whole number'): number {
  if (c.token.kind !== 'number' || !/^\d{1,9}$/.test(c.token.text)) throw c.expected(what)
  return Number(c.take().text)
}

/** `AS x`, `AS 'x'` or a bare `x`. */
export function alias(c: Cursor): Identifier | undefined {
  if (c.accept('AS')) {
    if (c.token.kind !== 'string') return identifier(c, 'an alias')
    const { text: aliasText, start, end } = c.take()
    return { is: 'identifier', text: aliasText, quoted: true, at: { start, end } }
  }
  return mayBeBareAlias(c) ? identifier(c) : undefined
}

function mayBeBareAlias(c: Cursor): boolean {
  if (c.token.kind === 'quoted') return true
  if (c.token.kind !== 'word' || notABareAlias.has(c.token.key)) return false
  if (c.is('WINDOW')) return !(isName(c.peek(1)) && c.isAt(2, 'AS'))
  return !startsMinus(c)
}

/** Whether MINUS here is Oracle's EXCEPT; else it is a name. */
export const startsMinus = (c: Cursor): boolean =>
  c.is('MINUS') && c.isAt(1, 'SELECT', '(', 'ALL', 'DISTINCT', 'VALUES', 'TABLE')

/** `AS t`, `t`, `AS t(a, b)`, `t(a INT)`. */
export function tableAlias(c: Cursor): TableAlias | undefined {
  const start = c.start
  if (!c.accept('AS')) {
    if (!mayBeBareAlias(c) || notABareTableAlias.has(c.token.key)) return undefined
    if (c.is('ASOF') && c.isAt(1, 'JOIN', 'LEFT', 'INNER')) return undefined
    if (c.is('OUTER', 'APPLY')) return undefined
    if (c.isOneOf('SEMI', 'ANTI') && c.isAt(1, 'JOIN')) return undefined
    if (c.is('WINDOW') && isName(c.peek(1)) && c.isAt(2, 'AS')) return undefined
  }
  const aliasName = identifier(c, 'an alias')
  const columns: Identifier[] = []
  const columnTypes: TypeName[] = []
  if (c.is('(') && isName(c.peek(1))) {
    c.parenthesised(() => {
      columns.push(identifier(c, 'a column name'))
      if (!c.isOneOf(',', ')')) columnTypes.push(typeName(c))
    })
  }
  return { is: 'tableAlias', name: aliasName, columns, columnTypes, at: c.since(start) }
}
