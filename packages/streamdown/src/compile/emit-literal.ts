import { encodeViewValue } from '../batch/packed.ts'
import type { DataType } from '../types/data-type.ts'
import { isView, physicalOf } from '../types/physical.ts'
import { type Interval, isInterval, type Value } from '../types/value.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

/** Months and days of an interval in one i64, as they lie in memory. */
export const monthsAndDays = ({ months, days }: Interval): bigint =>
  BigInt.asIntN(64, (BigInt(days) << 32n) | BigInt.asUintN(32, BigInt(months)))

export function emitLiteral(e: Emitter, value: Value, type: DataType): Operand {
  if (value === null) return e.nullOf(type)
  const { code } = e
  const physical = physicalOf(type)
  if (isView(physical)) {
    e.address(e.constantView(encodeViewValue(type, value)))
    return { type, valid: true, values: [e.store()], literal: value }
  }
  const values = e.locals(type)
  const [low = 0, high] = values
  if (isInterval(value)) {
    code.i64(monthsAndDays(value)).set(low)
    if (high !== undefined) code.i64(value.micros).set(high)
  } else if (physical === 'i128' || physical === 'i64') {
    const digits = typeof value === 'number' ? BigInt(value) : value
    if (typeof digits !== 'bigint') throw new TypeError(`literal of ${type.is}`)
    code.i64(BigInt.asIntN(64, digits)).set(low)
    if (high !== undefined) {
      if (BigInt.asIntN(64, digits) === digits) return { type, valid: true, values: [low], literal: value }
      code.i64(digits >> 64n).set(high)
    }
  } else {
    const number = Number(value)
    if (physical === 'f64') code.f64(number).set(low)
    else if (physical === 'f32') code.f32(number).set(low)
    else code.i32(number).set(low)
  }
  return { type, valid: true, values, literal: value }
}
