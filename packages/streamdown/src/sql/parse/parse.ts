/**
 * SQL text to syntax trees.
 *
 * @module
 */

import type { Expression, ParsedStatement, TypeName } from './ast.ts'
import { Cursor } from './cursor.ts'
import { expression } from './expressions.ts'
import { checkHeight } from './height.ts'
import { statement } from './statements/statement.ts'
import { nullableTypeName } from './types.ts'

/**
 * Every statement of a text, parted by `;`. Empty statements vanish.
 *
 * @throws StreamdownError DSD1001 at the first place that is not SQL.
 */
export function parseStatements(text: string): ParsedStatement[] {
  const c = new Cursor(text)
  const found: ParsedStatement[] = []
  for (;;) {
    while (c.accept(';')) {
      // An empty statement.
    }
    if (c.atEnd) return found
    const start = c.start
    const parsed = statement(c)
    const at = c.since(start)
    if (!c.atEnd && !c.is(';')) throw c.expectedEnd()
    checkHeight(c, parsed, at)
    found.push({ statement: parsed, text: text.slice(at.start, at.end), at })
  }
}

/**
 * The one statement of a text.
 *
 * @throws StreamdownError DSD1001 if there is none or more than one.
 */
export function parseStatement(text: string): ParsedStatement {
  const [first, second] = parseStatements(text)
  const c = new Cursor(text)
  if (first === undefined) throw c.expected('a statement')
  if (second !== undefined) throw c.error(second.at, 'expected one statement, found another')
  return first
}

/** A text that is one expression, as in `` sql`…` ``. */
export function parseExpression(text: string): Expression {
  return whole(text, expression)
}

/** A text that is one type name. */
export function parseTypeName(text: string): TypeName {
  return whole(text, nullableTypeName)
}

function whole<Node extends object>(text: string, read: (c: Cursor) => Node): Node {
  const c = new Cursor(text)
  const node = read(c)
  if (!c.atEnd) throw c.expected('the end of the text')
  checkHeight(c, node, { start: 0, end: text.length })
  return node
}
