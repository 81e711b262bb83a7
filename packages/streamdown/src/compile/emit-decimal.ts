import { failures } from '../errors/table.ts'
import { MAX_PRECISION } from '../functions/decimal-types.ts'
import { RowError } from '../functions/definition.ts'
import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { divideRounded, fitsPrecision, powerOfTen, rescaled } from '../values/decimal-digits.ts'
import { type ArithmeticOperator, multiplyHigh } from './emit-arithmetic.ts'
import { emitHostCall } from './emit-host.ts'
import type { Emitter } from './emitter.ts'
import type { Operand, Valid } from './operand.ts'
import { op } from './wasm/opcodes.ts'

type DecimalType = Extract<DataType, { is: 'decimal' }>

/** Digits that a sum or product of that many digits certainly has room for in 64 bits. */
const SAFE_DIGITS = 18

/**
 * Exact decimal arithmetic. What fits 64 bits by the types' digits, and products of two 64-bit values, is emitted;
 * the rest is computed with BigInt.
 */
export function emitDecimalArithmetic(
  e: Emitter,
  operator: ArithmeticOperator,
  a: Operand,
  b: Operand,
  type: DecimalType,
  valid: Valid,
): Operand {
  const left = a.type
  const right = b.type
  if (left.is !== 'decimal' || right.is !== 'decimal') throw new TypeError('decimal arithmetic over other types')
  const { code } = e
  const single = a.values.length === 1 && b.values.length === 1
  if (operator === '*' && single && type.scale === left.scale + right.scale) {
    const values = e.locals(type)
    const [low = 0, high] = values
    code
      .get(a.values[0] ?? 0)
      .get(b.values[0] ?? 0)
      .emit(op.i64Mul)
      .set(low)
    if (high !== undefined) {
      multiplyHigh(e, a.values[0] ?? 0, b.values[0] ?? 0)
      code.set(high)
    }
    return { type, valid, values }
  }
  if ((operator === '+' || operator === '-') && type.scale === Math.max(left.scale, right.scale)) {
    const p = emitScaleUp(e, a, left, type.scale)
    const q = emitScaleUp(e, b, right, type.scale)
    if (p !== undefined && q !== undefined && type.precision < MAX_PRECISION)
      return addSub(e, operator, p, q, type, valid)
  }
  if (operator === '%' && single && left.scale === right.scale) {
    const values = e.locals(type)
    const [low = 0, high] = values
    e.guard(valid, () => {
      code.get(b.values[0] ?? 0).emit(op.i64Eqz)
      e.failIf(failures.divisionByZero)
      code
        .get(a.values[0] ?? 0)
        .get(b.values[0] ?? 0)
        .emit(op.i64RemS)
        .set(low)
      if (high !== undefined) code.get(low).i64(63n).emit(op.i64ShrS).set(high)
    })
    return { type, valid, values }
  }
  return emitHostCall(e, [a, b], type, { strict: true, mayBeNull: false }, args =>
    exact(operator, args, left, right, type),
  )
}

function addSub(e: Emitter, operator: '+' | '-', a: Operand, b: Operand, type: DecimalType, valid: Valid): Operand {
  const { code } = e
  const values = e.locals(type)
  const [low = 0, high] = values
  const [x = 0] = a.values
  const [y = 0] = b.values
  code
    .get(x)
    .get(y)
    .emit(operator === '+' ? op.i64Add : op.i64Sub)
  if (high === undefined) {
    code.set(low)
    return { type, valid, values }
  }
  const sum = e.store('i64')
  e.high(a)
  e.high(b).emit(operator === '+' ? op.i64Add : op.i64Sub)
  if (operator === '+') code.get(sum).get(x).emit(op.i64LtU, op.i64ExtendI32U, op.i64Add)
  else code.get(x).get(y).emit(op.i64LtU, op.i64ExtendI32U, op.i64Sub)
  code.set(high).get(sum).set(low)
  return { type, valid, values }
}

/** The operand at a larger scale, where that is certain to fit what a local or a 64-bit product holds. */
export function emitScaleUp(e: Emitter, a: Operand, type: DecimalType, scale: number): Operand | undefined {
  const digits = scale - type.scale
  if (digits === 0) return a
  if (digits > SAFE_DIGITS || a.values.length !== 1) return undefined
  const precision = type.precision + digits
  if (precision > MAX_PRECISION) return undefined
  const { code } = e
  const [value = 0] = a.values
  const wider: DecimalType = { is: 'decimal', precision, scale }
  code.i64(powerOfTen(digits))
  const factor = e.store('i64')
  code.get(value).get(factor).emit(op.i64Mul)
  const low = e.store('i64')
  if (precision <= SAFE_DIGITS) return { type: wider, valid: a.valid, values: [low] }
  multiplyHigh(e, value, factor)
  return { type: wider, valid: a.valid, values: [low, e.store('i64')] }
}

function exact(
  operator: ArithmeticOperator,
  [a, b]: readonly Value[],
  left: DecimalType,
  right: DecimalType,
  type: DecimalType,
): bigint {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') throw new TypeError('decimal arithmetic over other values')
  if ((operator === '/' || operator === '%') && b === 0n)
    throw new RowError(failures.divisionByZero, 'division by zero')
  const scale = Math.max(left.scale, right.scale)
  const x = a * powerOfTen(scale - left.scale)
  const y = b * powerOfTen(scale - right.scale)
  let result: bigint
  switch (operator) {
    case '+':
      result = rescaled(x + y, scale, type.scale)
      break
    case '-':
      result = rescaled(x - y, scale, type.scale)
      break
    case '%':
      result = rescaled(x % y, scale, type.scale)
      break
    case '*':
      result = rescaled(a * b, left.scale + right.scale, type.scale)
      break
    case '/':
      result = divideRounded(x * powerOfTen(type.scale), y)
      break
  }
  if (!fitsPrecision(result, type.precision)) {
    throw new RowError(failures.overflow, `the result has more than ${type.precision} digits`)
  }
  return result
}
