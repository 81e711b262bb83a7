import { type DataType, types } from '../types/data-type.ts'
import type { FunctionRules } from './definition.ts'

/** The most digits a DECIMAL has. */
export const MAX_PRECISION = 38
const MIN_ADJUSTED_SCALE = 6
/** Fraction digits of products and quotients in the postgres rules. */
const POSTGRES_DIGITS = 16

export interface DecimalShape {
  readonly precision: number
  readonly scale: number
}

/** Digits of the integer types as DECIMAL(p, 0). */
export function decimalOf(type: DataType): DecimalShape | undefined {
  switch (type.is) {
    case 'decimal':
      return type
    case 'tinyint':
      return { precision: 3, scale: 0 }
    case 'smallint':
      return { precision: 5, scale: 0 }
    case 'int':
      return { precision: 10, scale: 0 }
    case 'bigint':
      return { precision: 19, scale: 0 }
    default:
      return undefined
  }
}

/** Flink's LogicalTypeMerging.adjustPrecisionScale: keep the integer digits, give up fraction digits down to six. */
function adjusted(precision: number, scale: number): DataType {
  if (precision <= MAX_PRECISION) return types.decimal(precision, scale)
  const integerDigits = precision - scale
  const least = Math.min(scale, MIN_ADJUSTED_SCALE)
  return types.decimal(MAX_PRECISION, Math.max(MAX_PRECISION - integerDigits, least))
}

/**
 * PostgreSQL never gives up fraction digits, its NUMERIC has room for all; here the integer digits have what remains,
 * and a row with more of them fails.
 */
function limited(precision: number, scale: number, rules: FunctionRules): DataType {
  if (rules.functions === 'flink') return adjusted(precision, scale)
  return types.decimal(Math.min(precision, MAX_PRECISION), scale)
}

export function sumType(a: DecimalShape, b: DecimalShape, rules: FunctionRules): DataType {
  const scale = Math.max(a.scale, b.scale)
  return limited(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale, rules)
}

export function productType(a: DecimalShape, b: DecimalShape, rules: FunctionRules): DataType {
  const precision = a.precision + b.precision + 1
  const scale = a.scale + b.scale
  if (precision <= MAX_PRECISION || rules.functions === 'flink') return adjusted(precision, scale)
  return types.decimal(MAX_PRECISION, Math.min(scale, Math.max(a.scale, b.scale, POSTGRES_DIGITS)))
}

export function quotientType(a: DecimalShape, b: DecimalShape, rules: FunctionRules): DataType {
  if (rules.division === 'flink') {
    const scale = Math.max(6, a.scale + b.precision + 1)
    return adjusted(a.precision - a.scale + b.scale + scale, scale)
  }
  return types.decimal(MAX_PRECISION, Math.max(POSTGRES_DIGITS, a.scale, b.scale))
}

export function remainderType(a: DecimalShape, b: DecimalShape, rules: FunctionRules): DataType {
  const scale = Math.max(a.scale, b.scale)
  return limited(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale, rules)
}

/** Flink's findRoundDecimalType. */
export function roundedType(a: DecimalShape, digits: number): DataType {
  if (digits >= a.scale) return types.decimal(a.precision, a.scale)
  if (digits < 0) return types.decimal(Math.min(MAX_PRECISION, 1 + a.precision - a.scale), 0)
  return types.decimal(Math.min(MAX_PRECISION, 1 + a.precision - a.scale + digits), digits)
}

/** The DECIMAL that holds both. */
export function commonDecimal(a: DecimalShape, b: DecimalShape, rules: FunctionRules): DataType {
  const scale = Math.max(a.scale, b.scale)
  return limited(Math.max(a.precision - a.scale, b.precision - b.scale) + scale, scale, rules)
}
