import { type DataType, field, type Schema } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Interval, Value } from '../../types/value.ts'
import { decimalText } from '../../values/decimal-digits.ts'
import { isNumeric, numericText } from '../../values/numeric.ts'
import type { AggregateCall } from '../expressions/aggregate-call.ts'
import type { Expression } from '../expressions/expression.ts'

const infix = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '||',
  '&',
  '|',
  '#',
  '<<',
  '>>',
  '->',
  '->>',
])
const postfix: Readonly<Record<string, string>> = {
  is_null: 'IS NULL',
  is_not_null: 'IS NOT NULL',
  is_true: 'IS TRUE',
  is_not_true: 'IS NOT TRUE',
  is_false: 'IS FALSE',
  is_not_false: 'IS NOT FALSE',
}

/** An expression as SQL text, with the names of the columns it reads. */
export function expressionText(e: Expression, schema: Schema): string {
  const text = (part: Expression): string => expressionText(part, schema)
  const inner = (part: Expression): string => (needsParentheses(part) ? `(${text(part)})` : text(part))
  switch (e.is) {
    case 'column':
      return schema[e.index]?.name ?? `#${e.index}`
    case 'literal':
      return valueText(e.value, e.type)
    case 'call':
      return callText(e.user?.name ?? e.name, e.args, text, inner)
    case 'case': {
      const branches = e.branches.map(({ when, then }) => `WHEN ${text(when)} THEN ${text(then)}`)
      return `CASE ${branches.join(' ')}${e.otherwise === undefined ? '' : ` ELSE ${text(e.otherwise)}`} END`
    }
    case 'cast':
      return `${e.attempt ? 'TRY_CAST' : 'CAST'}(${text(e.input)} AS ${typeText(e.type)})`
    case 'field':
      return `${inner(e.input)}.${e.input.type.is === 'row' ? e.input.type.fields[e.index]?.name : e.index}`
    case 'lambda':
      return e.compiled === undefined ? e.source : text(e.compiled)
    case 'elements': {
      const around = e.captured.map(value => field(text(value), value.type))
      const body = expressionText(e.body, [...e.parameters, ...around])
      return `${e.operation.toUpperCase()}(${text(e.input)}, |${e.parameters.map(({ name }) => name).join(', ')}| ${body})`
    }
  }
}

function callText(
  name: string,
  args: readonly Expression[],
  text: (e: Expression) => string,
  inner: (e: Expression) => string,
): string {
  const [a, b] = args
  if (name === 'and' || name === 'or') return args.map(inner).join(` ${name.toUpperCase()} `)
  if (name === 'not' && a !== undefined) return `NOT ${inner(a)}`
  if (infix.has(name) && a !== undefined && b !== undefined && args.length === 2)
    return `${inner(a)} ${name} ${inner(b)}`
  const test = postfix[name]
  if (test !== undefined && a !== undefined) return `${inner(a)} ${test}`
  if (name === 'between' && args.length === 3) return `${inner(a!)} BETWEEN ${inner(b!)} AND ${inner(args[2]!)}`
  if (name === 'in' && a !== undefined) return `${inner(a)} IN (${args.slice(1).map(text).join(', ')})`
  if (name === 'is_distinct_from' || name === 'is_not_distinct_from')
    return `${inner(a!)} ${name === 'is_distinct_from' ? 'IS' : 'IS NOT'} DISTINCT FROM ${inner(b!)}`
  return `${name.toUpperCase()}(${args.map(text).join(', ')})`
}

const needsParentheses = (e: Expression): boolean =>
  e.is === 'call' &&
  (infix.has(e.name) ||
    e.name === 'and' ||
    e.name === 'or' ||
    e.name === 'not' ||
    e.name === 'between' ||
    e.name === 'in')

export function valueText(value: Value, type: DataType): string {
  if (value === null) return 'NULL'
  switch (type.is) {
    case 'string':
    case 'json':
      return `'${String(value).replaceAll("'", "''")}'`
    case 'decimal':
      return typeof value === 'bigint' ? decimalText(value, type.scale) : String(value)
    case 'numeric':
      return isNumeric(value) ? numericText(value) : String(value)
    case 'date':
      return typeof value === 'number'
        ? `DATE '${new Date(value * 86_400_000).toISOString().slice(0, 10)}'`
        : String(value)
    case 'timestamp':
      return typeof value === 'bigint' ? `TIMESTAMP '${timestampText(value)}'` : String(value)
    case 'interval':
      return typeof value === 'object' && 'micros' in value ? intervalText(value) : 'INTERVAL'
    case 'boolean':
      return value === true ? 'TRUE' : 'FALSE'
    case 'bytes':
      return value instanceof Uint8Array
        ? `X'${[...value].map(byte => byte.toString(16).padStart(2, '0')).join('')}'`
        : String(value)
    case 'array':
    case 'map':
    case 'row':
      return `${type.is.toUpperCase()} of ${Array.isArray(value) ? value.length : 0}`
    default:
      return String(value)
  }
}

function timestampText(micros: bigint): string {
  const below = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = (micros - below) / 1_000_000n
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) return `${micros} µs`
  const fraction = below === 0n ? '' : `.${below.toString().padStart(6, '0').replace(/0+$/, '')}`
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}${fraction}`
}

function intervalText({ months, days, micros }: Interval): string {
  const parts = [
    ...(months === 0 ? [] : [`${months} months`]),
    ...(days === 0 ? [] : [`${days} days`]),
    ...(micros === 0n && (months !== 0 || days !== 0) ? [] : [durationText(micros)]),
  ]
  return `INTERVAL '${parts.join(' ')}'`
}

/** µs in the largest unit that divides it: `10 s`, `2 min`, `1 d`. */
export function durationText(micros: bigint): string {
  const units: readonly (readonly [string, bigint])[] = [
    ['d', 86_400_000_000n],
    ['h', 3_600_000_000n],
    ['min', 60_000_000n],
    ['s', 1_000_000n],
    ['ms', 1000n],
  ]
  if (micros === 0n) return '0 s'
  const [name, size] = units.find(([, unit]) => micros % unit === 0n) ?? ['µs', 1n]
  return `${micros / size} ${name}`
}

export function aggregateText(call: AggregateCall, schema: Schema): string {
  const args = call.args.map(arg => expressionText(arg, schema))
  const order = (call.orderBy ?? []).map(
    ({ by, descending }) => `${expressionText(by, schema)}${descending ? ' DESC' : ''}`,
  )
  const quantile = call.quantile === undefined ? '' : ` AT ${call.quantile.fraction} WITHIN ${call.quantile.error}`
  const inside = `${call.distinct ? 'DISTINCT ' : ''}${args.length === 0 ? '*' : args.join(', ')}${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`}${quantile}`
  const filter = call.filter === undefined ? '' : ` FILTER (WHERE ${expressionText(call.filter, schema)})`
  return `${call.name.toUpperCase()}(${inside})${filter}`
}
