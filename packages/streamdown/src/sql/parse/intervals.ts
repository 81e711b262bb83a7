/** Time units and interval literals. */

import type { Expression, IntervalLiteral, TimeUnit } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expression } from './expressions.ts'
import type { Token } from './lexer.ts'
import { integer } from './names.ts'
import { primary } from './primary.ts'

const units: ReadonlyMap<string, TimeUnit> = new Map<string, TimeUnit>([
  ['MILLENNIUM', 'MILLENNIUM'],
  ['MILLENNIA', 'MILLENNIUM'],
  ['MILLENNIUMS', 'MILLENNIUM'],
  ['CENTURY', 'CENTURY'],
  ['CENTURIES', 'CENTURY'],
  ['DECADE', 'DECADE'],
  ['DECADES', 'DECADE'],
  ['YEAR', 'YEAR'],
  ['YEARS', 'YEAR'],
  ['QUARTER', 'QUARTER'],
  ['QUARTERS', 'QUARTER'],
  ['MONTH', 'MONTH'],
  ['MONTHS', 'MONTH'],
  ['MON', 'MONTH'],
  ['MONS', 'MONTH'],
  ['WEEK', 'WEEK'],
  ['WEEKS', 'WEEK'],
  ['DAY', 'DAY'],
  ['DAYS', 'DAY'],
  ['HOUR', 'HOUR'],
  ['HOURS', 'HOUR'],
  ['MINUTE', 'MINUTE'],
  ['MINUTES', 'MINUTE'],
  ['MIN', 'MINUTE'],
  ['MINS', 'MINUTE'],
  ['SECOND', 'SECOND'],
  ['SECONDS', 'SECOND'],
  ['SEC', 'SECOND'],
  ['SECS', 'SECOND'],
  ['MILLISECOND', 'MILLISECOND'],
  ['MILLISECONDS', 'MILLISECOND'],
  ['MICROSECOND', 'MICROSECOND'],
  ['MICROSECONDS', 'MICROSECOND'],
  ['NANOSECOND', 'NANOSECOND'],
  ['NANOSECONDS', 'NANOSECOND'],
]) // prettier-ignore

/** The unit that a word names, in singular or plural; `SQL_TSI_` before it is allowed. */
export function timeUnit(token: Token): TimeUnit | undefined {
  return units.get(token.key.replace(/^SQL_TSI_/, ''))
}

/** Whether INTERVAL here starts a literal; else it is a name like any other. */
export function isInterval(c: Cursor): boolean {
  if (!c.is('INTERVAL')) return false
  const signed = c.isAt(1, '-', '+') ? 1 : 0
  const value = c.peek(1 + signed)
  if (value.kind === 'string') return true
  if (value.kind === 'number' || value.kind === 'word') return timeUnit(c.peek(2 + signed)) !== undefined
  return value.key === '(' && isUnitAfterParenthesis(c, 1 + signed)
}

function isUnitAfterParenthesis(c: Cursor, open: number): boolean {
  let depth = 0
  for (let ahead = open; c.peek(ahead).kind !== 'end'; ahead++) {
    if (c.isAt(ahead, '(')) depth += 1
    if (c.isAt(ahead, ')')) depth -= 1
    if (depth === 0) return timeUnit(c.peek(ahead + 1)) !== undefined
  }
  return false
}

export function interval(c: Cursor): IntervalLiteral {
  const { start } = c.expect('INTERVAL')
  const negative = c.acceptOneOf('-', '+') === '-'
  const value = intervalValue(c)
  let precision: number | undefined
  let fraction: number | undefined
  let to: TimeUnit | undefined
  const from = timeUnit(c.token)
  if (from !== undefined) {
    c.take()
    if (c.is('(') && c.peek(1).kind === 'number') {
      c.take()
      precision = integer(c)
      if (c.accept(',')) fraction = integer(c)
      c.expect(')')
    }
    if (c.is('TO') && timeUnit(c.peek(1)) !== undefined) {
      c.take()
      to = timeUnit(c.take())
      if (c.accept('(')) {
        fraction = integer(c)
        c.expect(')')
      }
    }
  }
  return { is: 'interval', negative, value, from, to, precision, fraction, at: c.since(start) }
}

function intervalValue(c: Cursor): Expression {
  if (!c.accept('(')) return primary(c)
  const value = expression(c)
  c.expect(')')
  return value
}
