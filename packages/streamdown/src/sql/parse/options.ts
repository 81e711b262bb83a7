/** `(key = value, …)` as after WITH, and FORMAT … ENCODE …. */

import type { Expression, FormatClause, OptionSetting } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expression } from './expressions.ts'
import { isName, name } from './names.ts'

export function optionSettings(c: Cursor): OptionSetting[] {
  c.expect('(')
  const settings: OptionSetting[] = []
  while (!c.accept(')')) {
    settings.push(optionSetting(c))
    if (!c.is(')')) c.expect(',')
  }
  return settings
}

function optionSetting(c: Cursor): OptionSetting {
  const start = c.start
  const key = optionKey(c)
  c.expect('=')
  const value = expression(c)
  return { is: 'option', key, text: optionText(c, value), value, at: c.since(start) }
}

/** `key = value` or `key TO value`, as in `ALTER TABLE t SET parallelism = 4`. */
export function oneOption(c: Cursor): OptionSetting {
  const start = c.start
  const key = optionKey(c)
  c.expectOneOf('=', 'TO')
  const value = expression(c)
  return { is: 'option', key, text: optionText(c, value), value, at: c.since(start) }
}

/** `'a.b'`, `a.b` or `a-b`. */
export function optionKey(c: Cursor): string {
  if (c.token.kind === 'string') return c.take().text
  const start = c.start
  const first = name(c, 'the name of an option')
  if (!c.is('-')) return first.parts.map(part => part.text).join('.')
  while (c.isOneOf('-', '.') && isName(c.peek(1))) {
    c.take()
    c.take()
  }
  const { end } = c.since(start)
  return c.text.slice(start, end)
}

function optionText(c: Cursor, value: Expression): string {
  switch (value.is) {
    case 'string':
      return value.value
    case 'number':
      return value.text
    case 'boolean':
      return String(value.value)
    case 'column':
      return value.parts.map(part => part.text).join('.')
    default:
      return c.text.slice(value.at.start, value.at.end)
  }
}

/** `WITH (…)` if it stands here. */
export function withOptions(c: Cursor): OptionSetting[] {
  if (!c.is('WITH', '(')) return []
  c.take()
  return optionSettings(c)
}

export function formatClause(c: Cursor): FormatClause | undefined {
  const start = c.start
  if (!c.is('FORMAT') || !isName(c.peek(1)) || !c.isAt(2, 'ENCODE')) return undefined
  c.take()
  const format = c.take().text.toUpperCase()
  c.expect('ENCODE')
  const encode = wordOf(c, 'an encoding such as JSON')
  const options = c.is('(') ? optionSettings(c) : []
  const keyEncode = c.accept('KEY', 'ENCODE') ? wordOf(c, 'an encoding such as JSON') : undefined
  return { is: 'format', format, encode, options, keyEncode, at: c.since(start) }
}

function wordOf(c: Cursor, what: string): string {
  if (!isName(c.token)) throw c.expected(what)
  return c.take().text.toUpperCase()
}
