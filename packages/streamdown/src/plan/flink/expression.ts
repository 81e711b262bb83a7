import { StreamdownError } from '../../errors/error.ts'
import type { Schema } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Interval } from '../../types/value.ts'
import { valueText } from '../explain/text.ts'
import type { AggregateCall } from '../expressions/aggregate-call.ts'
import type { Expression, LambdaExpression } from '../expressions/expression.ts'
import { flinkCall } from './functions.ts'
import { quoted } from './names.ts'

/** Says no to an arrow that stays JavaScript. */
export type Refuse = (lambda: LambdaExpression) => never

const infix: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '=', '<>', '<', '<=', '>', '>=', '||'])
const postfix: Readonly<Record<string, string>> = {
  is_null: 'IS NULL',
  is_not_null: 'IS NOT NULL',
  is_true: 'IS TRUE',
  is_not_true: 'IS NOT TRUE',
  is_false: 'IS FALSE',
  is_not_false: 'IS NOT FALSE',
  is_unknown: 'IS UNKNOWN',
  is_not_unknown: 'IS NOT UNKNOWN',
}

/** A bound expression as Flink SQL. `schema`: the columns under the names that they have in the text. */
export function expressionSQL(e: Expression, schema: Schema, refuse: Refuse): string {
  const text = (part: Expression): string => expressionSQL(part, schema, refuse)
  const inner = (part: Expression): string =>
    part.is === 'call' || part.is === 'lambda' ? `(${text(part)})` : text(part)
  switch (e.is) {
    case 'column':
      return schema[e.index]?.name ?? `#${e.index}`
    case 'literal':
      return literalSQL(e)
    case 'call':
      if (e.user !== undefined)
        throw new StreamdownError('DSD5011', `Flink SQL does not know ${e.user.name}, which is written in TypeScript.`)
      // Named fields: ROW alone has none.
      if (e.name === 'row') return `CAST(ROW(${e.args.map(text).join(', ')}) AS ${typeText(e.type)})`
      return callSQL(e.name, e.args, text, inner)
    case 'case': {
      const branches = e.branches.map(({ when, then }) => `WHEN ${text(when)} THEN ${text(then)}`)
      return `CASE ${branches.join(' ')}${e.otherwise === undefined ? '' : ` ELSE ${text(e.otherwise)}`} END`
    }
    case 'cast':
      return `${e.attempt ? 'TRY_CAST' : 'CAST'}(${text(e.input)} AS ${typeText(e.type)})`
    case 'field':
      return `${inner(e.input)}.${quoted(e.input.type.is === 'row' ? (e.input.type.fields[e.index]?.name ?? '') : '')}`
    case 'elements':
      throw new StreamdownError('DSD5011', 'Flink SQL has nothing that says a lambda over elements.')
    case 'lambda':
      return e.compiled === undefined ? refuse(e) : text(e.compiled)
  }
}

function literalSQL({ value, type }: Extract<Expression, { is: 'literal' }>): string {
  if (value === null) return `CAST(NULL AS ${typeText(type)})`
  if (type.is === 'interval' && typeof value === 'object' && 'micros' in value) return intervalSQL(value)
  if (type.is === 'double' && typeof value === 'number')
    return Number.isFinite(value) ? doubleSQL(value) : `CAST('${value}' AS DOUBLE)`
  if (type.is === 'bigint') return `CAST(${String(value)} AS BIGINT)`
  return valueText(value, type)
}

/** With an exponent: without one Flink reads a DECIMAL. */
const doubleSQL = (value: number): string => (String(value).includes('e') ? String(value) : `${value}e0`)

function intervalSQL({ months, days, micros }: Interval): string {
  if (months !== 0) return `INTERVAL '${months}' ${unitSQL('MONTH', Math.abs(months))}`
  return durationSQL(BigInt(days) * 86_400_000_000n + micros)
}

/** A length of time in the largest unit that divides it. */
export function durationSQL(micros: bigint): string {
  const size = micros < 0n ? -micros : micros
  const sign = micros < 0n ? '-' : ''
  for (const [unit, length] of [
    ['DAY', 86_400_000_000n],
    ['HOUR', 3_600_000_000n],
    ['MINUTE', 60_000_000n],
  ] as const) {
    if (size >= length && size % length === 0n)
      return `INTERVAL '${sign}${size / length}' ${unitSQL(unit, size / length)}`
  }
  const fraction = size % 1_000_000n
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`
  const seconds = size / 1_000_000n
  if (seconds < 100n) return `INTERVAL '${sign}${seconds}${digits}' SECOND`
  const two = (value: bigint): string => String(value).padStart(2, '0')
  const days = seconds / 86_400n
  const time = [(seconds / 3600n) % 24n, (seconds / 60n) % 60n, seconds % 60n].map(two).join(':')
  return `INTERVAL '${sign}${days} ${time}${digits}' ${unitSQL('DAY', days)} TO SECOND`
}

/** A unit has room for two digits unless it says for how many. */
function unitSQL(unit: string, value: number | bigint): string {
  const { length } = String(value)
  return length <= 2 ? unit : `${unit}(${length})`
}

function callSQL(
  name: string,
  args: readonly Expression[],
  text: (e: Expression) => string,
  inner: (e: Expression) => string,
): string {
  const [a, b, c] = args
  if (name === 'and' || name === 'or') return args.map(inner).join(` ${name.toUpperCase()} `)
  if (infix.has(name)) return args.map(inner).join(` ${name} `)
  if (a === undefined) return flinkCall(name, args, text)
  const test = postfix[name]
  if (test !== undefined) return `${inner(a)} ${test}`
  if (name === 'not') return `NOT ${inner(a)}`
  if (name === 'negate') return `-${inner(a)}`
  if (name === 'in') return `${inner(a)} IN (${args.slice(1).map(text).join(', ')})`
  if (b === undefined) return flinkCall(name, args, text)
  switch (name) {
    case 'like':
      return `${inner(a)} LIKE ${inner(b)}${c === undefined ? '' : ` ESCAPE ${inner(c)}`}`
    case 'between':
      return `${inner(a)} BETWEEN ${inner(b)} AND ${c === undefined ? 'NULL' : inner(c)}`
    case 'is_distinct_from':
      return `${inner(a)} IS DISTINCT FROM ${inner(b)}`
    case 'is_not_distinct_from':
      return `${inner(a)} IS NOT DISTINCT FROM ${inner(b)}`
    case 'booleq':
      return `${inner(a)} = ${inner(b)}`
    case 'boolne':
      return `${inner(a)} <> ${inner(b)}`
    case 'similar_to':
      return `${inner(a)} SIMILAR TO ${inner(b)}`
    case 'substring_postgres':
      return flinkCall('substring', args, text)
    default:
      return flinkCall(name, args, text)
  }
}

/** An aggregate call; its filter behind it. */
export function aggregateSQL(call: AggregateCall, schema: Schema, refuse: Refuse): string {
  const args = call.args.map(arg => expressionSQL(arg, schema, refuse)).join(', ')
  const filter = call.filter === undefined ? '' : ` FILTER (WHERE ${expressionSQL(call.filter, schema, refuse)})`
  return `${call.name.toUpperCase()}(${call.distinct ? 'DISTINCT ' : ''}${call.args.length === 0 ? '*' : args})${filter}`
}
