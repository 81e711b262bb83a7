import { failures } from '../errors/table.ts'
import * as numeric from '../functions/numeric/arithmetic.ts'
import { asNumeric } from '../functions/values.ts'
import { type DataType, types } from '../types/data-type.ts'
import { narrowRange } from '../types/integer-range.ts'
import { physicalOf } from '../types/physical.ts'
import { emitDecimalArithmetic } from './emit-decimal.ts'
import { emitHostCall } from './emit-host.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { op } from './wasm/opcodes.ts'

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'

export function emitArithmetic(
  e: Emitter,
  operator: ArithmeticOperator,
  a: Operand,
  b: Operand,
  type: DataType,
): Operand {
  const { code } = e
  if (type.is === 'numeric') return emitNumericArithmetic(e, operator, a, b)
  const valid = e.allValid([a, b])
  if (type.is === 'decimal') return emitDecimalArithmetic(e, operator, a, b, type, valid)
  const [left = 0] = a.values
  const [right = 0] = b.values
  const physical = physicalOf(type)
  if (physical === 'f64' || physical === 'f32') {
    if (operator === '%') {
      const index = e.module.importFunction('math', 'remainder', ['f64', 'f64'], ['f64'])
      e.directImports.set('remainder', (x, y) => (x ?? Number.NaN) % (y ?? Number.NaN))
      code.get(left)
      if (physical === 'f32') code.emit(op.f64PromoteF32)
      code.get(right)
      if (physical === 'f32') code.emit(op.f64PromoteF32)
      code.call(index)
      if (physical === 'f32') code.emit(op.f32DemoteF64)
    } else {
      code
        .get(left)
        .get(right)
        .emit((physical === 'f64' ? doubles : reals)[operator])
    }
    return { type, valid, values: [e.store(physical)] }
  }
  const result = e.locals(type)
  const [out = 0] = result
  e.guard(valid, () => {
    if (operator === '/' || operator === '%') divide(e, operator, type, a, b, out)
    else if (physical === 'i64') wideInteger(e, operator, a, b, out)
    else narrowInteger(e, operator, type, left, right, out)
  })
  return { type, valid, values: result }
}

const numerics = {
  '+': numeric.add,
  '-': numeric.subtract,
  '*': numeric.multiply,
  '/': numeric.divide,
  '%': numeric.remainder,
} as const

const emitNumericArithmetic = (e: Emitter, operator: ArithmeticOperator, a: Operand, b: Operand): Operand =>
  emitHostCall(e, [a, b], types.numeric, { strict: true, mayBeNull: false }, ([left, right]) =>
    numerics[operator](asNumeric(left), asNumeric(right)),
  )

const doubles = { '+': op.f64Add, '-': op.f64Sub, '*': op.f64Mul, '/': op.f64Div } as const
const reals = { '+': op.f32Add, '-': op.f32Sub, '*': op.f32Mul, '/': op.f32Div } as const
const longs = { '+': op.i64Add, '-': op.i64Sub, '*': op.i64Mul } as const
const ints = { '+': op.i32Add, '-': op.i32Sub, '*': op.i32Mul } as const

function narrowInteger(e: Emitter, operator: '+' | '-' | '*', type: DataType, a: number, b: number, out: number): void {
  const { code } = e
  if (type.is !== 'int') {
    const [least, most] = narrowRange(type)
    code.get(a).get(b).emit(ints[operator]).tee(out)
    code
      .i32(-least)
      .emit(op.i32Add)
      .i32(most - least)
      .emit(op.i32GtU)
    e.failIf(failures.overflow)
    return
  }
  code.get(a).emit(op.i64ExtendI32S).get(b).emit(op.i64ExtendI32S, longs[operator])
  const exact = e.store('i64')
  code.get(exact).emit(op.i32WrapI64).tee(out).emit(op.i64ExtendI32S).get(exact).emit(op.i64Ne)
  e.failIf(failures.overflow)
}

function wideInteger(e: Emitter, operator: '+' | '-' | '*', a: Operand, b: Operand, out: number): void {
  const { code } = e
  const [left = 0] = a.values
  const [right = 0] = b.values
  if (operator === '*') {
    const constant = typeof b.literal === 'bigint' ? b.literal : typeof a.literal === 'bigint' ? a.literal : undefined
    if (constant !== undefined && constant > 0n) {
      const variable = typeof b.literal === 'bigint' ? left : right
      const most = (2n ** 63n - 1n) / constant
      const least = -(2n ** 63n) / constant
      code
        .get(variable)
        .i64(least)
        .emit(op.i64Sub)
        .i64(most - least)
        .emit(op.i64GtU)
      e.failIf(failures.overflow)
      code.get(left).get(right).emit(op.i64Mul).set(out)
      return
    }
    code.get(left).get(right).emit(op.i64Mul).set(out)
    // Two factors of 32 bits cannot overflow.
    code.get(left).i64(0x80000000n).emit(op.i64Add)
    code.get(right).i64(0x80000000n).emit(op.i64Add, op.i64Or).i64(32n).emit(op.i64ShrU, op.i64Eqz, op.i32Eqz)
    e.when(() => {
      multiplyHigh(e, left, right)
      code.get(out).i64(63n).emit(op.i64ShrS, op.i64Ne)
      e.failIf(failures.overflow)
    })
    return
  }
  code.get(left).get(right).emit(longs[operator]).set(out)
  // The sign of the result differs from both summands' (from the minuend's where the signs of the two differ).
  code.get(left).get(out).emit(op.i64Xor)
  if (operator === '+') code.get(right).get(out).emit(op.i64Xor)
  else code.get(left).get(right).emit(op.i64Xor)
  code.emit(op.i64And).i64(0n).emit(op.i64LtS)
  e.failIf(failures.overflow)
}

function divide(e: Emitter, operator: '/' | '%', type: DataType, a: Operand, b: Operand, out: number): void {
  const { code } = e
  const [left = 0] = a.values
  const [right = 0] = b.values
  const wide = physicalOf(type) === 'i64'
  const divisor = b.literal === undefined || b.literal === null ? undefined : Number(b.literal)
  const safe = divisor !== undefined && divisor !== 0 && divisor !== -1
  if (!safe) {
    code.get(right).emit(wide ? op.i64Eqz : op.i32Eqz)
    e.failIf(failures.divisionByZero)
    if (operator === '/') {
      if (wide)
        code
          .get(right)
          .i64(-1n)
          .emit(op.i64Eq)
          .get(left)
          .i64(-(2n ** 63n))
          .emit(op.i64Eq, op.i32And)
      else code.get(right).i32(-1).emit(op.i32Eq).get(left).i32(narrowRange(type)[0]).emit(op.i32Eq, op.i32And)
      e.failIf(failures.overflow)
    }
  }
  code.get(left).get(right)
  if (operator === '/') code.emit(wide ? op.i64DivS : op.i32DivS)
  else code.emit(wide ? op.i64RemS : op.i32RemS)
  code.set(out)
}

/** Pushes the high 64 bits of the signed 128-bit product (Hacker's Delight, mulhs). */
export function multiplyHigh(e: Emitter, a: number, b: number): void {
  const { code } = e
  const mask = 0xffffffffn
  const part = (value: number, high: boolean): number => {
    if (high) code.get(value).i64(32n).emit(op.i64ShrS)
    else code.get(value).i64(mask).emit(op.i64And)
    return e.store('i64')
  }
  const a0 = part(a, false)
  const a1 = part(a, true)
  const b0 = part(b, false)
  const b1 = part(b, true)
  code.get(a1).get(b0).emit(op.i64Mul).get(a0).get(b0).emit(op.i64Mul).i64(32n).emit(op.i64ShrU, op.i64Add)
  const middle = e.store('i64')
  code.get(a0).get(b1).emit(op.i64Mul).get(middle).i64(mask).emit(op.i64And, op.i64Add)
  const lower = e.store('i64')
  code.get(a1).get(b1).emit(op.i64Mul).get(middle).i64(32n).emit(op.i64ShrS, op.i64Add)
  code.get(lower).i64(32n).emit(op.i64ShrS, op.i64Add)
}

export function emitNegate(e: Emitter, a: Operand, type: DataType): Operand {
  const { code } = e
  const [value = 0] = a.values
  const physical = physicalOf(type)
  if (type.is === 'numeric') {
    return emitHostCall(e, [a], type, { strict: true, mayBeNull: false }, ([x]) => numeric.negate(asNumeric(x)))
  }
  if (physical === 'f64' || physical === 'f32') {
    code.get(value).emit(physical === 'f64' ? op.f64Neg : op.f32Neg)
    return { type, valid: a.valid, values: [e.store(physical)] }
  }
  if (type.is === 'decimal') {
    const values = e.locals(type)
    const [low = 0, high] = values
    if (high === undefined) {
      code.i64(0n).get(value).emit(op.i64Sub).set(low)
    } else {
      code.i64(0n).get(value).emit(op.i64Sub).set(low)
      code.i64(0n)
      e.high(a).emit(op.i64Sub).get(value).emit(op.i64Eqz, op.i32Eqz, op.i64ExtendI32U, op.i64Sub).set(high)
    }
    return { type, valid: a.valid, values }
  }
  if (type.is === 'interval') {
    const [months = 0, micros = 0] = a.values
    // Days and months are negated apart: the halves must not carry into each other.
    code.i32(0).get(months).emit(op.i32WrapI64, op.i32Sub, op.i64ExtendI32U)
    code
      .i32(0)
      .get(months)
      .i64(32n)
      .emit(op.i64ShrS, op.i32WrapI64, op.i32Sub, op.i64ExtendI32U)
      .i64(32n)
      .emit(op.i64Shl, op.i64Or)
    const low = e.store('i64')
    code.i64(0n).get(micros).emit(op.i64Sub)
    const high = e.store('i64')
    e.guard(a.valid, () => {
      const least = -(2 ** 31)
      code
        .get(micros)
        .i64(-(2n ** 63n))
        .emit(op.i64Eq)
      code.get(months).emit(op.i32WrapI64).i32(least).emit(op.i32Eq, op.i32Or)
      code.get(months).i64(32n).emit(op.i64ShrS, op.i32WrapI64).i32(least).emit(op.i32Eq, op.i32Or)
      e.failIf(failures.overflow)
    })
    return { type, valid: a.valid, values: [low, high] }
  }
  const values = e.locals(type)
  const [out = 0] = values
  e.guard(a.valid, () => {
    if (physical === 'i64') {
      code
        .get(value)
        .i64(-(2n ** 63n))
        .emit(op.i64Eq)
      e.failIf(failures.overflow)
      code.i64(0n).get(value).emit(op.i64Sub).set(out)
    } else {
      code.get(value).i32(narrowRange(type)[0]).emit(op.i32Eq)
      e.failIf(failures.overflow)
      code.i32(0).get(value).emit(op.i32Sub).set(out)
    }
  })
  return { type, valid: a.valid, values }
}

export type BitOperator = '&' | '|' | '#' | '<<' | '>>'

const bits64 = { '&': op.i64And, '|': op.i64Or, '#': op.i64Xor, '<<': op.i64Shl, '>>': op.i64ShrS } as const
const bits32 = { '&': op.i32And, '|': op.i32Or, '#': op.i32Xor, '<<': op.i32Shl, '>>': op.i32ShrS } as const

/** Bit operators; a shift keeps the bits that fit the type. */
export function emitBits(e: Emitter, operator: BitOperator, a: Operand, b: Operand, type: DataType): Operand {
  const { code } = e
  const valid = e.allValid([a, b])
  const [left = 0] = a.values
  const [right = 0] = b.values
  const shift = operator === '<<' || operator === '>>'
  if (physicalOf(type) === 'i64') {
    code.get(left).get(right)
    if (shift) code.emit(op.i64ExtendI32S)
    code.emit(bits64[operator])
    return { type, valid, values: [e.store('i64')] }
  }
  code.get(left).get(right).emit(bits32[operator])
  const unused = type.is === 'tinyint' ? 24 : type.is === 'smallint' ? 16 : 0
  if (operator === '<<' && unused > 0) code.i32(unused).emit(op.i32Shl).i32(unused).emit(op.i32ShrS)
  return { type, valid, values: [e.store()] }
}

export function emitBitNot(e: Emitter, a: Operand): Operand {
  const [value = 0] = a.values
  const wide = physicalOf(a.type) === 'i64'
  if (wide) e.code.get(value).i64(-1n).emit(op.i64Xor)
  else e.code.get(value).i32(-1).emit(op.i32Xor)
  return { type: a.type, valid: a.valid, values: [e.store(wide ? 'i64' : 'i32')] }
}
