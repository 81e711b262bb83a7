/** Calls with words between their arguments: EXTRACT, TRIM, SUBSTRING, POSITION, OVERLAY, FLOOR … TO, TIMESTAMPADD. */

import type { Expression, Name } from './ast.ts'
import { callSuffix, plainArgument, plainCall } from './calls.ts'
import type { Cursor } from './cursor.ts'
import { expression, TIGHTER_THAN_PATTERN } from './expressions.ts'
import { timeUnit } from './intervals.ts'
import { identifier, isName } from './names.ts'

/** The special form that starts here; undefined if the name is called as any other function, or not called. */
export function specialCall(c: Cursor): Expression | undefined {
  if (!c.isAt(1, '(')) return undefined
  switch (c.token.key) {
    case 'EXTRACT':
      return c.isAt(3, 'FROM') ? extract(c) : undefined
    case 'TRIM':
      return trim(c)
    case 'SUBSTRING':
      return substring(c)
    case 'POSITION':
      return position(c)
    case 'OVERLAY':
      return overlay(c)
    case 'FLOOR':
    case 'CEIL':
    case 'CEILING':
      return roundTo(c)
    case 'TIMESTAMPADD':
    case 'TIMESTAMPDIFF':
      return timeUnit(c.peek(2)) !== undefined && c.isAt(3, ',') ? timestampArithmetic(c) : undefined
    default:
      return undefined
  }
}

function calledName(c: Cursor): Name {
  const called = identifier(c)
  c.expect('(')
  return { is: 'name', parts: [called], at: called.at }
}

function finish(c: Cursor, called: Name, values: readonly Expression[]): Expression {
  while (c.accept(',')) values = [...values, expression(c)]
  c.expect(')')
  return callSuffix(c, plainCall(called, values.map(plainArgument), c))
}

function extract(c: Cursor): Expression {
  const { start } = c.take()
  c.expect('(')
  if (!isName(c.token) && c.token.kind !== 'string') throw c.expected('a field such as YEAR')
  const field = c.take().text.toUpperCase()
  c.expect('FROM')
  const value = expression(c)
  c.expect(')')
  return { is: 'extract', field, value, at: c.since(start) }
}

/** `TRIM([side] [characters] FROM value)`, `TRIM([side] [FROM] value, characters)`; without side and FROM a plain call. */
function trim(c: Cursor): Expression {
  const called = calledName(c)
  const side = c.isAt(1, ',', ')', '.') ? undefined : c.acceptOneOf('BOTH', 'LEADING', 'TRAILING')
  const first = c.is('FROM') ? undefined : expression(c)
  if (first !== undefined && side === undefined && !c.is('FROM')) return finish(c, called, [first])
  const from = c.accept('FROM')
  const value = first !== undefined && !from ? first : expression(c)
  const characters = from && first !== undefined ? first : c.accept(',') ? expression(c) : undefined
  c.expect(')')
  return { is: 'trim', side: side ?? 'BOTH', characters, value, at: c.since(called.at.start) }
}

function substring(c: Cursor): Expression {
  const called = calledName(c)
  const values = [expression(c)]
  if (c.accept('FROM')) {
    values.push(expression(c))
    if (c.accept('FOR')) values.push(expression(c))
  } else if (c.is('FOR')) {
    const at = c.since(c.take().start)
    const length = expression(c)
    const from: Expression = c.accept('FROM') ? expression(c) : { is: 'number', text: '1', at }
    values.push(from, length)
  }
  return finish(c, called, values)
}

function position(c: Cursor): Expression {
  const called = calledName(c)
  const values = [expression(c, TIGHTER_THAN_PATTERN)]
  if (c.accept('IN')) values.push(expression(c))
  if (c.accept('FROM')) values.push(expression(c))
  return finish(c, called, values)
}

function overlay(c: Cursor): Expression {
  const called = calledName(c)
  const values = [expression(c)]
  if (c.accept('PLACING')) {
    values.push(expression(c))
    c.expect('FROM')
    values.push(expression(c))
    if (c.accept('FOR')) values.push(expression(c))
  }
  return finish(c, called, values)
}

function roundTo(c: Cursor): Expression {
  const called = calledName(c)
  const values = [expression(c)]
  if (c.accept('TO')) values.push(unitArgument(c))
  return finish(c, called, values)
}

function timestampArithmetic(c: Cursor): Expression {
  const called = calledName(c)
  return finish(c, called, [unitArgument(c)])
}

function unitArgument(c: Cursor): Expression {
  const { start, end, text } = c.token
  if (!isName(c.token)) throw c.expected('a time unit')
  const unit = timeUnit(c.token) ?? text.toUpperCase()
  c.take()
  return { is: 'timeUnit', unit, at: { start, end } }
}
