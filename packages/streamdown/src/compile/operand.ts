import type { DataType } from '../types/data-type.ts'
import { physicalOf } from '../types/physical.ts'
import type { Value } from '../types/value.ts'
import type { ValueType } from './wasm/opcodes.ts'

/** A local that holds 1 where the value is not NULL, or `true`: never NULL. */
export type Valid = number | true

/**
 * A value in locals. DECIMAL and INTERVAL take two i64 (low half first; INTERVAL: months and days, then µs), but a
 * DECIMAL of one local is that i64 sign-extended. Views are the i32 address of their 16 bytes. The locals of a NULL
 * hold anything, so only code that cannot fail may use them without a test of `valid`.
 */
export interface Operand {
  readonly type: DataType
  readonly valid: Valid
  readonly values: readonly number[]
  /** Of literals: lets the compiler leave checks out. */
  readonly literal?: Value
}

/** The digits that every DECIMAL in 64 bits has room for. */
export const NARROW_DIGITS = 18

export function localTypes(type: DataType): readonly ValueType[] {
  switch (physicalOf(type)) {
    case 'bool':
    case 'i8':
    case 'i16':
    case 'i32':
    case 'view':
    case 'numeric':
      return ['i32']
    case 'i64':
      return ['i64']
    case 'f32':
      return ['f32']
    case 'f64':
      return ['f64']
    case 'i128':
      return type.is === 'decimal' && type.precision <= NARROW_DIGITS ? ['i64'] : ['i64', 'i64']
    case 'interval':
      return ['i64', 'i64']
  }
}
