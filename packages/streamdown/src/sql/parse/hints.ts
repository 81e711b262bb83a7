/** Hints: the content of a comment that starts with a plus sign. */

import type { Hint, HintArgument } from './ast.ts'
import { Cursor } from './cursor.ts'
import { identifier, isName, name } from './names.ts'

/** The hints in the comment before the current token. */
export function hints(c: Cursor): Hint[] {
  const { hint } = c.token
  if (hint === undefined) return []
  const inner = new Cursor(c.text, hint.start, hint.end)
  const found: Hint[] = []
  while (!inner.atEnd) {
    found.push(oneHint(inner))
    inner.accept(',')
  }
  return found
}

function oneHint(c: Cursor): Hint {
  const start = c.start
  const hintName = identifier(c, 'the name of a hint').text.toUpperCase()
  const args: HintArgument[] = []
  if (c.accept('(')) {
    if (!c.is(')')) args.push(...c.list(() => hintArgument(c)))
    c.expect(')')
  }
  return { is: 'hint', name: hintName, args, at: c.since(start) }
}

function hintArgument(c: Cursor): HintArgument {
  const start = c.start
  const first = hintText(c)
  const value = c.accept('=') ? hintText(c) : undefined
  const at = c.since(start)
  return value === undefined
    ? { is: 'hintArgument', key: undefined, value: first, at }
    : { is: 'hintArgument', key: first, value, at }
}

function hintText(c: Cursor): string {
  if (c.token.kind === 'string' || c.token.kind === 'number') return c.take().text
  if (!isName(c.token)) throw c.expected('a name or a string')
  return name(c)
    .parts.map(part => part.text)
    .join('.')
}
