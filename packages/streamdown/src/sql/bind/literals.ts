import { timeUnit } from '../../functions/time/interval.ts'
import { parseInterval } from '../../functions/time/interval-text.ts'
import { literal } from '../../plan/expressions/build.ts'
import type { LiteralExpression } from '../../plan/expressions/expression.ts'
import { types } from '../../types/data-type.ts'
import { integerRanges } from '../../types/integer-range.ts'
import type { Interval } from '../../types/value.ts'
import { negateInterval } from '../../values/interval.ts'
import { parseNumeric } from '../../values/numeric.ts'
import type { IntervalLiteral, Span, Expression as Syntax } from '../parse/ast.ts'
import type { Settings } from '../settings.ts'
import { fail, notYet } from './problem.ts'

/** An integer in the smallest of INT, BIGINT, DECIMAL, NUMERIC that holds it. `negative` because -2147483648 is an INT. */
export function integerLiteral(value: bigint, settings: Settings, at?: Span): LiteralExpression {
  const size = value < 0n ? -value - 1n : value
  if (size <= integerRanges.int[1]) return literal(Number(value), types.int)
  if (size <= integerRanges.bigint[1]) return literal(value, types.bigint)
  const digits = (value < 0n ? -value : value).toString().length
  if (digits > 38)
    return wideLiteral(String(value), settings) ?? fail('DSD2004', `${value} has more than 38 digits.`, at)
  return literal(value, types.decimal(digits, 0))
}

/** Of more than 38 digits: where DECIMAL without a precision has room for any. */
function wideLiteral(text: string, settings: Settings): LiteralExpression | undefined {
  const value = settings.default_decimal === 'any' ? parseNumeric(text) : undefined
  return value === undefined || value === 'too large' ? undefined : literal(value, types.numeric)
}

/** A number as written: exact, except with an exponent or by setting. */
export function numberLiteral(text: string, negative: boolean, settings: Settings, at: Span): LiteralExpression {
  const signed = (value: bigint) => (negative ? -value : value)
  if (/^0[xob]/i.test(text)) return integerLiteral(signed(BigInt(text)), settings, at)
  if (/^\d+$/.test(text)) return integerLiteral(signed(BigInt(text)), settings, at)
  const [mantissa = '', exponentText] = text.split(/e/i)
  const asDouble =
    exponentText === undefined ? settings.decimal_literal === 'double' : settings.exponent_literal === 'double'
  if (asDouble) return literal(Number(negative ? `-${text}` : text), types.double)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const exponent = Number(exponentText ?? 0)
  const scale = Math.max(0, fraction.length - exponent)
  const zeros = Math.max(0, exponent - fraction.length)
  const unscaled = BigInt(`${whole}${fraction}${'0'.repeat(Math.min(zeros, 400))}` || '0')
  const precision = Math.max(unscaled.toString().length, scale, 1)
  if (precision > 38) {
    const written = negative ? `-${text}` : text
    return wideLiteral(written, settings) ?? literal(Number(written), types.double)
  }
  return literal(signed(unscaled), types.decimal(precision, scale))
}

const DAY_MICROS = 86_400_000_000n

/** INTERVAL '…' unit [TO unit], INTERVAL n unit, INTERVAL 'text'. */
export function intervalLiteral(syntax: IntervalLiteral): LiteralExpression {
  const text = textOf(syntax.value)
  if (text === undefined) notYet('INTERVAL of an expression', "Multiply instead: x * INTERVAL '1' DAY.", syntax.at)
  const value = syntax.from === undefined ? parseInterval(text) : fieldsInterval(text, syntax.from, syntax.to)
  if (value === undefined)
    fail('DSD2004', `"${text}" is no interval${syntax.from === undefined ? '' : ` in ${syntax.from}`}.`, syntax.at)
  return literal(syntax.negative ? negateInterval(value) : value, types.interval)
}

/** `CAST('1 2' AS INTERVAL DAY TO HOUR)` is the literal of that text and those fields. */
export function qualifiedInterval(value: Syntax, type: string, at: Span): LiteralExpression {
  const [, from, , to] = type.split(' ') as [string, IntervalLiteral['from'], string?, IntervalLiteral['to']?]
  return intervalLiteral({
    is: 'interval',
    negative: false,
    value,
    from,
    to,
    precision: undefined,
    fraction: undefined,
    at,
  })
}

function textOf(value: Syntax): string | undefined {
  if (value.is === 'string') return value.value
  if (value.is === 'number') return value.text
  if (value.is === 'unary' && value.op === '-' && value.operand.is === 'number') return `-${value.operand.text}`
  return undefined
}

const order = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']

/** `'1 2:3' DAY TO MINUTE`: the numbers are the fields from the first to the last. */
function fieldsInterval(text: string, from: string, to: string | undefined): Interval | undefined {
  const single = /^\s*([+-]?)\s*(\d+\.?\d*|\.\d+)\s*$/.exec(text)
  if (single !== null && (to === undefined || to === from)) {
    const [, sign = '', digits = ''] = single
    if (from === 'NANOSECOND')
      return { months: 0, days: 0, micros: BigInt(Math.trunc(Number(`${sign}${digits}`) / 1000)) }
    return parseInterval(`${sign}${digits}`, timeUnit(from))
  }
  if (to === undefined) return parseInterval(text, timeUnit(from))
  const negative = /^\s*-/.test(text)
  const numbers = text.match(/\d+(?:\.\d*)?/g) ?? []
  const first = order.indexOf(from)
  const last = order.indexOf(to)
  if (first < 0 || last < first || numbers.length !== last - first + 1) return parseInterval(text, timeUnit(from))
  const named = numbers.map((number, i) => `${negative ? '-' : ''}${number} ${order[first + i]}`)
  return parseInterval(named.join(' '))
}

/** µs of an interval without months; undefined with them (a month has no fixed length). */
export function fixedMicros({ months, days, micros }: Interval): bigint | undefined {
  return months === 0 ? BigInt(days) * DAY_MICROS + micros : undefined
}

/** µs of a duration text such as `5 seconds`, `1d`, `10 min`, `1500 ms`; `none` or a wrong one is undefined. */
export function durationMicros(text: string): bigint | undefined {
  if (/^\d+$/.test(text.trim())) return BigInt(text.trim()) * 1000n
  const interval = parseInterval(text)
  return interval && fixedMicros(interval)
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; undefined for a day that is not there. */
export function epochDay(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return Math.round(date.getTime() / 86_400_000)
}

const dateForm = /^(\d{4})-(\d{1,2})-(\d{1,2})$/
const timestampForm = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?$/

/** The usual spelling; every other one is left to CAST, which knows them all. */
export function parseDate(text: string): number | undefined {
  const match = dateForm.exec(text.trim())
  return match === null ? undefined : epochDay(Number(match[1]), Number(match[2]), Number(match[3]))
}

/** µs since the epoch of the usual spelling without a zone. */
export function parseTimestamp(text: string): bigint | undefined {
  const match = timestampForm.exec(text.trim())
  if (match === null) return undefined
  const day = epochDay(Number(match[1]), Number(match[2]), Number(match[3]))
  const [hours, minutes, seconds] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  if (day === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined
  const fraction = BigInt((match[7] ?? '').padEnd(6, '0'))
  return BigInt(day) * DAY_MICROS + BigInt((hours * 60 + minutes) * 60 + seconds) * 1_000_000n + fraction
}
