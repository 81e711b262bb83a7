import { castable, isNumeric, sameFieldNames, sameType } from '../../functions/common-type.ts'
import { parseInterval } from '../../functions/time/interval-text.ts'
import { literal } from '../../plan/expressions/build.ts'
import type { Expression, LiteralExpression } from '../../plan/expressions/expression.ts'
import { type DataType, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Numeric, Value } from '../../types/value.ts'
import { isNumeric as isNumericValue, parseNumeric } from '../../values/numeric.ts'
import type { Span } from '../parse/ast.ts'
import type { Settings } from '../settings.ts'
import { parseDate, parseTimestamp } from './literals.ts'
import { fail } from './problem.ts'

/** `e` as a value of `type`; itself when it is one. Literals in the usual spelling are converted here and now. */
export function castTo(e: Expression, type: DataType, settings: Settings, attempt = false, at?: Span): Expression {
  if (sameType(e.type, type) && sameFieldNames(e.type, type)) return e
  if (!castable(e.type, type)) fail('DSD2004', `${typeText(e.type)} cannot be cast to ${typeText(type)}.`, at ?? e.at)
  const place = at ?? e.at
  const ready = e.is === 'literal' ? convertLiteral(e, type) : undefined
  if (ready !== undefined) return place === undefined ? ready : { ...ready, at: place }
  return {
    is: 'cast',
    input: e,
    attempt,
    rule: settings.cast_rule,
    type,
    nullable: e.nullable || attempt || e.type.is === 'null' || (e.type.is === 'json' && type.is !== 'string'),
    ...(place === undefined ? {} : { at: place }),
  }
}

const integerLimits: Readonly<Record<string, bigint>> = { tinyint: 7n, smallint: 15n, int: 31n, bigint: 63n }

function convertLiteral(e: LiteralExpression, type: DataType): LiteralExpression | undefined {
  const { value } = e
  if (value === null) return literal(null, type)
  if (typeof value === 'string' && e.type.is === 'string') return convertText(value, type)
  if (e.type.is in integerLimits && (typeof value === 'number' || typeof value === 'bigint'))
    return convertInteger(BigInt(value), type)
  if (isFiniteNumeric(value) && type.is === 'decimal') return convertDecimal(value.digits, value.scale, type)
  if (e.type.is === 'decimal' && typeof value === 'bigint') return convertDecimal(value, e.type.scale, type)
  const isWider =
    e.type.is === 'timestamp' &&
    type.is === 'timestamp' &&
    e.type.zoned === type.zoned &&
    e.type.precision <= type.precision
  return isWider ? literal(value, type) : undefined
}

const isFiniteNumeric = (value: Value | 'too large' | undefined): value is Numeric =>
  value !== 'too large' && isNumericValue(value) && value.special === undefined

function convertText(value: string, type: DataType): LiteralExpression | undefined {
  switch (type.is) {
    case 'string':
      return type.length === undefined ? literal(value, type) : undefined
    case 'date': {
      const day = parseDate(value)
      return day === undefined ? undefined : literal(day, type)
    }
    case 'timestamp': {
      const micros = type.zoned ? undefined : parseTimestamp(value)
      return micros === undefined || (type.precision < 6 && micros % 10n ** BigInt(6 - type.precision) !== 0n)
        ? undefined
        : literal(micros, type)
    }
    case 'interval': {
      const interval = parseInterval(value)
      return interval === undefined ? undefined : literal(interval, type)
    }
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return /^\s*[+-]?\d{1,19}\s*$/.test(value)
        ? convertInteger(BigInt(value.trim().replace(/^\+/, '')), type)
        : undefined
    case 'numeric': {
      const number = parseNumeric(value)
      return isFiniteNumeric(number) ? literal(number, type) : undefined
    }
    case 'boolean': {
      const text = value.trim().toLowerCase()
      if (text === 'true' || text === 't') return literal(true, type)
      return text === 'false' || text === 'f' ? literal(false, type) : undefined
    }
    default:
      return undefined
  }
}

function convertInteger(value: bigint, type: DataType): LiteralExpression | undefined {
  const bits = integerLimits[type.is]
  if (bits !== undefined) {
    if (value < -(1n << bits) || value >= 1n << bits) return undefined
    return literal(type.is === 'bigint' ? value : Number(value), type)
  }
  if (type.is === 'double')
    return value >= -(1n << 53n) && value <= 1n << 53n ? literal(Number(value), type) : undefined
  return convertDecimal(value, 0, type)
}

function convertDecimal(value: bigint, scale: number, type: DataType): LiteralExpression | undefined {
  if (type.is === 'double') {
    const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
    const whole = digits.slice(0, digits.length - scale)
    return literal(Number(`${value < 0n ? '-' : ''}${whole}.${digits.slice(digits.length - scale)}`), type)
  }
  if (type.is === 'numeric') return literal({ digits: value, scale }, type)
  if (type.is !== 'decimal' || type.scale < scale) return undefined
  const unscaled = value * 10n ** BigInt(type.scale - scale)
  const fits = (unscaled < 0n ? -unscaled : unscaled).toString().length <= type.precision
  return fits ? literal(unscaled, type) : undefined
}

/**
 * The value as INSERT and sinks take it: numbers fit numbers, anything fits text, a text literal fits anything.
 * @throws BindProblem DSD2004 when the types do not fit.
 */
export function assignTo(e: Expression, type: DataType, column: string, settings: Settings, at?: Span): Expression {
  if (!assignable(e, type))
    fail(
      'DSD2004',
      `Column "${column}" is ${typeText(type)}, but the value is ${typeText(e.type)}. Use CAST.`,
      at ?? e.at,
    )
  const own = stored(type, settings)
  // What a source declares it need not hold: a value of the very type is fitted too.
  const value = sameType(e.type, own) ? castTo(e, stored(type, unfitted), settings) : e
  return castTo(value, own, settings, false, at)
}

function assignable(e: Expression, type: DataType): boolean {
  const from = e.type
  if (from.is === 'null' || sameType(from, type)) return true
  if (from.is === 'string' && type.is !== 'string') return isTextLiteral(e) || type.is === 'json'
  if (type.is === 'string') return true
  if (from.is === 'array' && type.is === 'array') return assignableTypes(from.element, type.element)
  if (isNumeric(from)) return isNumeric(type)
  return castable(from, type)
}

function assignableTypes(from: DataType, type: DataType): boolean {
  return assignable({ is: 'column', index: 0, name: '', type: from, nullable: true }, type)
}

/** Text written in the statement: it has no type of its own yet. */
const isTextLiteral = (e: Expression): boolean => e.is === 'literal' && e.type.is === 'string'

/**
 * The type that a value is cast to: longer text and bytes are cut, shorter padded, only where the settings say so, and
 * never in arrays and maps.
 */
function stored(
  type: DataType,
  settings: Pick<Settings, 'sink_length' | 'sink_nested_not_null'>,
  nested = false,
): DataType {
  const fits = settings.sink_length === 'trim_pad' && (!nested || settings.sink_nested_not_null !== 'ignore')
  switch (type.is) {
    case 'string':
    case 'bytes':
      return fits ? type : { is: type.is }
    case 'row':
      return types.row(type.fields.map(field => ({ ...field, type: stored(field.type, settings, true) })))
    case 'array':
      return types.array(stored(type.element, unfitted, true))
    case 'map':
      return types.map(stored(type.key, unfitted, true), stored(type.value, unfitted, true))
    default:
      return type
  }
}

const unfitted = { sink_length: 'ignore', sink_nested_not_null: 'ignore' } as const
