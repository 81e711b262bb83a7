import type { DataType, Field } from '../types/data-type.ts'
import { types } from '../types/data-type.ts'
import { commonDecimal, decimalOf } from './decimal-types.ts'
import type { BoundArgument, FunctionRules } from './definition.ts'

const integerRank: Partial<Record<DataType['is'], number>> = { tinyint: 1, smallint: 2, int: 3, bigint: 4 }

export const isInteger = (type: DataType): boolean => integerRank[type.is] !== undefined
/** DECIMAL(p, s), or NUMERIC of any size. */
export const isExactFraction = (type: DataType): boolean => type.is === 'decimal' || type.is === 'numeric'
export const isApproximate = (type: DataType): boolean => type.is === 'real' || type.is === 'double'
export const isNumeric = (type: DataType): boolean => isInteger(type) || isApproximate(type) || isExactFraction(type)
export const isTemporal = (type: DataType): boolean =>
  type.is === 'date' || type.is === 'time' || type.is === 'timestamp'

/** Equal in every part, nullability of nested fields and their names aside. */
export function sameType(a: DataType, b: DataType): boolean {
  switch (a.is) {
    case 'decimal':
      return b.is === 'decimal' && a.precision === b.precision && a.scale === b.scale
    case 'string':
      return b.is === 'string' && a.length === b.length && (a.fixed ?? false) === (b.fixed ?? false)
    case 'bytes':
      return b.is === 'bytes' && a.length === b.length && (a.fixed ?? false) === (b.fixed ?? false)
    case 'time':
      return b.is === 'time' && a.precision === b.precision
    case 'timestamp':
      return b.is === 'timestamp' && a.precision === b.precision && a.zoned === b.zoned
    case 'array':
      return b.is === 'array' && sameType(a.element, b.element)
    case 'map':
      return b.is === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value)
    case 'row':
      return (
        b.is === 'row' &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, i) => {
          const other = b.fields[i]
          return other !== undefined && sameType(field.type, other.type)
        })
      )
    default:
      return a.is === b.is
  }
}

/** Of two types that are the same: whether the fields of their rows have the same names, too. */
export function sameFieldNames(a: DataType, b: DataType): boolean {
  if (a.is === 'array' && b.is === 'array') return sameFieldNames(a.element, b.element)
  if (a.is === 'map' && b.is === 'map') return sameFieldNames(a.key, b.key) && sameFieldNames(a.value, b.value)
  if (a.is !== 'row' || b.is !== 'row') return true
  return a.fields.every((field, i) => {
    const other = b.fields[i]
    return other !== undefined && field.name === other.name && sameFieldNames(field.type, other.type)
  })
}

/**
 * The one type that both values can have: of CASE branches, UNION columns, IN lists, comparisons. Undefined when there
 * is none. A string beside another type gives that type only when it is a literal, see `commonOfArguments`.
 */
export function commonType(a: DataType, b: DataType, rules: FunctionRules): DataType | undefined {
  if (a.is === 'null') return b
  if (b.is === 'null') return a
  if (sameType(a, b)) return a
  if (isNumeric(a) && isNumeric(b)) return commonNumeric(a, b, rules)
  if (a.is === 'string' && b.is === 'string') {
    if (a.length === undefined || b.length === undefined) return types.string
    return { is: 'string', length: Math.max(a.length, b.length), fixed: a.fixed === true && b.fixed === true }
  }
  if (a.is === 'bytes' && b.is === 'bytes') return types.bytes
  if (a.is === 'time' && b.is === 'time') return types.time(Math.max(a.precision, b.precision))
  if (a.is === 'timestamp' && b.is === 'timestamp') {
    return { is: 'timestamp', precision: Math.max(a.precision, b.precision), zoned: a.zoned || b.zoned }
  }
  if (a.is === 'date' && b.is === 'timestamp') return b
  if (b.is === 'date' && a.is === 'timestamp') return a
  if (a.is === 'array' && b.is === 'array') {
    const element = commonType(a.element, b.element, rules)
    return element === undefined ? undefined : types.array(element)
  }
  if (a.is === 'map' && b.is === 'map') {
    const key = commonType(a.key, b.key, rules)
    const value = commonType(a.value, b.value, rules)
    return key === undefined || value === undefined ? undefined : types.map(key, value)
  }
  if (a.is === 'row' && b.is === 'row' && a.fields.length === b.fields.length) {
    const fields: Field[] = []
    for (const [i, left] of a.fields.entries()) {
      const right = b.fields[i]
      const type = right === undefined ? undefined : commonType(left.type, right.type, rules)
      if (right === undefined || type === undefined) return undefined
      fields.push({ name: left.name, type, nullable: left.nullable || right.nullable })
    }
    return types.row(fields)
  }
  return undefined
}

function commonNumeric(a: DataType, b: DataType, rules: FunctionRules): DataType {
  if (isApproximate(a) || isApproximate(b)) {
    if (a.is === 'double' || b.is === 'double') return types.double
    const exact = isExactFraction(a) || isExactFraction(b)
    return exact && rules.functions !== 'postgres' ? types.double : types.real
  }
  if (a.is === 'numeric' || b.is === 'numeric') return types.numeric
  if (a.is === 'decimal' || b.is === 'decimal') {
    const left = decimalOf(a)
    const right = decimalOf(b)
    if (left !== undefined && right !== undefined) return commonDecimal(left, right, rules)
  }
  return (integerRank[a.is] ?? 0) >= (integerRank[b.is] ?? 0) ? a : b
}

/**
 * The common type of several arguments. A string meets a number, time or boolean in that other type, as Flink's
 * implicit conversion and PostgreSQL's untyped literals have it; with several other types these decide first.
 */
export function commonOfArguments(args: readonly BoundArgument[], rules: FunctionRules): DataType | undefined {
  let common: DataType | undefined = types.null
  let text: DataType | undefined
  for (const { type } of args) {
    if (type.is === 'string') text = text === undefined ? type : commonType(text, type, rules)
    else common = common === undefined ? undefined : commonType(common, type, rules)
  }
  if (common === undefined || text === undefined) return common
  if (common.is === 'null') return text
  if (common.is === 'decimal' && rules.functions === 'postgres') return withTexts(common, args, rules)
  return castable(text, common) ? common : undefined
}

/** Untyped literals beside DECIMALs are numbers of as many digits as are written; NaN and the infinities are NUMERIC. */
function withTexts(decimal: DataType, args: readonly BoundArgument[], rules: FunctionRules): DataType {
  let common = decimal
  for (const { type, literal } of args) {
    if (type.is !== 'string' || typeof literal !== 'string') continue
    const [, whole, fraction = ''] = /^\s*[+-]?(\d*)(?:\.(\d*))?\s*$/.exec(literal) ?? []
    if (whole === undefined) return types.numeric
    const scale = fraction.length
    common = commonNumeric(common, types.decimal(Math.max(whole.length + scale, 1), scale), rules)
  }
  return common
}

/**
 * The one type in which operands meet: as `commonOfArguments`, but PostgreSQL's operators have REAL beside another number
 * as DOUBLE.
 */
export function operandType(args: readonly BoundArgument[], rules: FunctionRules): DataType | undefined {
  const common = commonOfArguments(args, rules)
  const mixed = common?.is === 'real' && args.some(({ type }) => isNumeric(type) && type.is !== 'real')
  return mixed && rules.functions === 'postgres' ? types.double : common
}

/** Whether CAST(from AS to) exists at all; single values may still fail. */
export function castable(from: DataType, to: DataType): boolean {
  if (from.is === 'null' || sameType(from, to)) return true
  if (from.is === 'string' || to.is === 'string') return true
  switch (from.is) {
    case 'boolean':
      return isNumeric(to)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'real':
    case 'double':
    case 'decimal':
    case 'numeric':
      return isNumeric(to) || to.is === 'boolean' || to.is === 'json' || (to.is === 'timestamp' && to.zoned)
    case 'date':
    case 'timestamp':
      return (
        to.is === 'date' ||
        to.is === 'timestamp' ||
        (from.is === 'timestamp' && (to.is === 'time' || to.is === 'bigint'))
      )
    case 'time':
      return to.is === 'time' || to.is === 'interval' || to.is === 'timestamp'
    case 'interval':
      return to.is === 'interval' || to.is === 'time'
    case 'bytes':
      return to.is === 'bytes'
    case 'json':
      return true
    case 'array':
      return (to.is === 'array' && castable(from.element, to.element)) || to.is === 'json'
    case 'map':
      return (to.is === 'map' && castable(from.key, to.key) && castable(from.value, to.value)) || to.is === 'json'
    case 'row':
      return (
        to.is === 'json' ||
        (to.is === 'row' &&
          from.fields.length === to.fields.length &&
          from.fields.every((field, i) => {
            const target = to.fields[i]
            return target !== undefined && castable(field.type, target.type)
          }))
      )
  }
}
