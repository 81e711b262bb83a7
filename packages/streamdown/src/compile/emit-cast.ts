import { failures } from '../errors/table.ts'
import { type CastRule, castValue } from '../functions/cast.ts'
import { sameType } from '../functions/common-type.ts'
import { decimalOf } from '../functions/decimal-types.ts'
import type { CastExpression } from '../plan/expressions/expression.ts'
import type { DataType } from '../types/data-type.ts'
import { narrowRange } from '../types/integer-range.ts'
import { physicalOf } from '../types/physical.ts'
import { powerOfTen } from '../values/decimal-digits.ts'
import { emitScaleUp } from './emit-decimal.ts'
import { emitHostCall } from './emit-host.ts'
import { emitLiteral } from './emit-literal.ts'
import { emitTextCast } from './emit-text-cast.ts'
import type { Emitter } from './emitter.ts'
import { NARROW_DIGITS, type Operand } from './operand.ts'
import { op } from './wasm/opcodes.ts'

/** CAST and TRY_CAST; of the cast itself only, what fails in its input fails the row. */
export function emitCast(e: Emitter, input: Operand, { type, attempt, rule }: CastExpression): Operand {
  if (!attempt) return emitConversion(e, input, type, rule)
  return emitAttempt(e, type, () => emitConversion(e, input, type, rule))
}

/** What fails in the emitted code is NULL. */
export function emitAttempt(e: Emitter, type: DataType, emit: () => Operand): Operand {
  const { code } = e
  const values = e.locals(type)
  const valid = code.local('i32')
  code.i32(0).set(valid)
  const failed = code.open('block')
  e.failingTo(failed, () => e.scoped(() => e.assign(values, valid, emit())))
  code.end()
  return { type, valid, values }
}

export function emitConversion(e: Emitter, input: Operand, type: DataType, rule: CastRule): Operand {
  const from = input.type
  if (from.is === 'null') return e.nullOf(type)
  if (sameType(from, type)) return { ...input, type }
  const inlined = emitInline(e, input, type, rule) ?? emitTextCast(e, input, type, rule)
  if (inlined !== undefined) return inlined
  if (input.literal !== undefined && !usesZone(from) && !usesZone(type)) {
    const folded = foldLiteral(e, input.literal, from, type, rule)
    if (folded !== undefined) return folded
  }
  const mayBeNull = type.is === 'json' || from.is === 'json'
  return emitHostCall(e, [input], type, { strict: true, mayBeNull }, ([value], { timeZone }) =>
    castValue(value ?? null, from, type, rule, timeZone),
  )
}

const usesZone = (type: DataType): boolean => type.is === 'timestamp' && type.zoned

/** The cast of a constant, unless it fails: then it must fail row by row. */
function foldLiteral(
  e: Emitter,
  value: Operand['literal'],
  from: DataType,
  type: DataType,
  rule: CastRule,
): Operand | undefined {
  try {
    return emitLiteral(e, castValue(value ?? null, from, type, rule, 'UTC'), type)
  } catch {
    return undefined
  }
}

/** A DOUBLE that as REAL is infinite or zero, and was not. */
function failOutOfRange(e: Emitter, value: number, out: number): void {
  const { code } = e
  code.get(out).emit(op.f64PromoteF32, op.f64Abs).f64(Infinity).emit(op.f64Eq)
  code.get(value).emit(op.f64Abs).f64(Infinity).emit(op.f64Ne, op.i32And)
  code.get(out).emit(op.f64PromoteF32).f64(0).emit(op.f64Eq)
  code.get(value).f64(0).emit(op.f64Ne, op.i32And, op.i32Or)
  e.failIf(failures.overflow)
}

const widths: Partial<Record<DataType['is'], number>> = { tinyint: 1, smallint: 2, int: 4, bigint: 8 }

function emitInline(e: Emitter, input: Operand, type: DataType, rule: CastRule): Operand | undefined {
  const from = input.type
  const { code } = e
  const { valid } = input
  const [value = 0] = input.values
  const source = widths[from.is]
  const target = widths[type.is]
  if (source !== undefined && target !== undefined) return integers(e, input, type, source, target)
  if (source !== undefined && (type.is === 'double' || type.is === 'real')) {
    code.get(value).emit(source === 8 ? op.f64ConvertI64S : op.f64ConvertI32S)
    if (type.is === 'real') code.emit(op.f32DemoteF64)
    return { type, valid, values: [e.store(type.is === 'real' ? 'f32' : 'f64')] }
  }
  if (source !== undefined && type.is === 'boolean') {
    code.get(value).emit(source === 8 ? op.i64Eqz : op.i32Eqz, op.i32Eqz)
    return { type, valid, values: [e.store()] }
  }
  if (from.is === 'boolean' && target !== undefined) {
    code.get(value)
    if (target === 8) code.emit(op.i64ExtendI32U)
    return { type, valid, values: [e.store(target === 8 ? 'i64' : 'i32')] }
  }
  if (source !== undefined && type.is === 'decimal') {
    const shape = decimalOf(from)
    if (shape === undefined) return undefined
    code.get(value)
    if (source < 8) code.emit(op.i64ExtendI32S)
    const whole = { is: 'decimal', ...shape, scale: 0 } as const
    return decimals(e, { type: whole, valid, values: [e.store('i64')] }, whole, type)
  }
  if (from.is === 'decimal' && type.is === 'decimal') return decimals(e, input, from, type)
  if (from.is === 'decimal' && from.scale === 0 && target !== undefined && input.values.length === 1) {
    return integers(e, input, type, 8, target)
  }
  if (from.is === 'real' && type.is === 'double') {
    code.get(value).emit(op.f64PromoteF32)
    return { type, valid, values: [e.store('f64')] }
  }
  if (from.is === 'double' && type.is === 'real') {
    code.get(value).emit(op.f32DemoteF64)
    const out = e.store('f32')
    if (rule === 'postgres') e.guard(valid, () => failOutOfRange(e, value, out))
    return { type, valid, values: [out] }
  }
  if ((from.is === 'double' || from.is === 'real') && target !== undefined)
    return doubleToInteger(e, input, type, target, rule)
  if (from.is === 'string' && type.is === 'string' && type.length === undefined) return { ...input, type }
  if (from.is === 'bytes' && type.is === 'bytes' && type.length === undefined) return { ...input, type }
  if (from.is === 'json' && type.is === 'string' && type.length === undefined) return { ...input, type }
  if (from.is === 'time' && type.is === 'time' && type.precision >= from.precision) return { ...input, type }
  return temporal(e, input, type)
}

function integers(e: Emitter, input: Operand, type: DataType, source: number, target: number): Operand {
  const { code } = e
  const [value = 0] = input.values
  if (target === 8) {
    code.get(value)
    if (source < 8) code.emit(op.i64ExtendI32S)
    const literal = typeof input.literal === 'number' ? { literal: BigInt(input.literal) } : {}
    return { type, valid: input.valid, values: [e.store('i64')], ...literal }
  }
  if (target >= source) return { ...input, type }
  const out = code.local('i32')
  const [least, most] = narrowRange(type)
  e.guard(input.valid, () => {
    if (source === 8) {
      code
        .get(value)
        .i64(BigInt(-least))
        .emit(op.i64Add)
        .i64(BigInt(most) - BigInt(least))
        .emit(op.i64GtU)
      e.failIf(failures.overflow)
      code.get(value).emit(op.i32WrapI64).set(out)
    } else {
      code
        .get(value)
        .i32(-least)
        .emit(op.i32Add)
        .i32(most - least)
        .emit(op.i32GtU)
      e.failIf(failures.overflow)
      code.get(value).set(out)
    }
  })
  return { type, valid: input.valid, values: [out] }
}

function doubleToInteger(e: Emitter, input: Operand, type: DataType, target: number, rule: CastRule): Operand {
  const { code } = e
  const values = e.locals(type)
  const [out = 0] = values
  e.guard(input.valid, () => {
    code.get(input.values[0] ?? 0)
    if (physicalOf(input.type) === 'f32') code.emit(op.f64PromoteF32)
    code.emit(rule === 'flink' ? op.f64Trunc : op.f64Nearest)
    const whole = e.store('f64')
    const [least, most] = target === 8 ? [-(2 ** 63), 2 ** 63] : narrowRange(type)
    // Also true of NaN, for which no comparison holds.
    code
      .get(whole)
      .f64(least)
      .emit(op.f64Ge)
      .get(whole)
      .f64(most)
      .emit(target === 8 ? op.f64Lt : op.f64Le)
    code.emit(op.i32And, op.i32Eqz)
    e.failIf(failures.overflow)
    code
      .get(whole)
      .emit(target === 8 ? op.i64TruncF64S : op.i32TruncF64S)
      .set(out)
  })
  return { type, valid: input.valid, values }
}

type DecimalType = Extract<DataType, { is: 'decimal' }>

/** Rescaling that is exact, or stays in 64 bits; the rest is left to BigInt. */
function decimals(e: Emitter, input: Operand, from: DecimalType, type: DecimalType): Operand | undefined {
  const { code } = e
  const { valid } = input
  const integerDigits = from.precision - from.scale
  if (type.scale >= from.scale) {
    const scaled = emitScaleUp(e, input, from, type.scale)
    if (scaled === undefined) return undefined
    if (type.precision - type.scale >= integerDigits) return retyped(scaled, type)
    if (scaled.values.length !== 1) return undefined
    return limited(e, scaled, type)
  }
  if (input.values.length !== 1 || from.scale - type.scale > NARROW_DIGITS) return undefined
  // Halves away from zero: add half the divisor with the sign of the value, then truncate.
  const divisor = powerOfTen(from.scale - type.scale)
  const [value = 0] = input.values
  code.get(value).i64(divisor).emit(op.i64DivS)
  const quotient = e.store('i64')
  code.get(value).i64(divisor).emit(op.i64RemS)
  const rest = e.store('i64')
  code.get(quotient)
  code
    .get(rest)
    .i64(divisor / 2n)
    .emit(op.i64GeS, op.i64ExtendI32U, op.i64Add)
  code
    .get(rest)
    .i64(-(divisor / 2n))
    .emit(op.i64LeS, op.i64ExtendI32U, op.i64Sub)
  const rounded: Operand = { type, valid, values: [e.store('i64')] }
  return type.precision - type.scale > integerDigits ? retyped(rounded, type) : limited(e, rounded, type)
}

/** The same digits in the locals that the type asks for. */
function retyped(operand: Operand, type: DecimalType): Operand {
  if (type.precision <= NARROW_DIGITS && operand.values.length === 2) {
    return { type, valid: operand.valid, values: [operand.values[0] ?? 0] }
  }
  return { type, valid: operand.valid, values: operand.values }
}

function limited(e: Emitter, operand: Operand, type: DecimalType): Operand {
  const { code } = e
  if (type.precision > NARROW_DIGITS) return { ...operand, type }
  const limit = powerOfTen(type.precision) - 1n
  e.guard(operand.valid, () => {
    code
      .get(operand.values[0] ?? 0)
      .i64(limit)
      .emit(op.i64Add)
      .i64(2n * limit)
      .emit(op.i64GtU)
    e.failIf(failures.overflow)
  })
  return { ...operand, type }
}

const MICROS_PER_DAY = 86_400_000_000n

/** DATE and TIMESTAMP among each other, where no zone other than UTC plays in. */
function temporal(e: Emitter, input: Operand, type: DataType): Operand | undefined {
  const { code } = e
  const from = input.type
  const { valid } = input
  const [value = 0] = input.values
  const utc = e.timeZone === 'UTC'
  if (from.is === 'date' && type.is === 'timestamp' && (utc || !type.zoned)) {
    code.get(value).emit(op.i64ExtendI32S).i64(MICROS_PER_DAY).emit(op.i64Mul)
    return { type, valid, values: [e.store('i64')] }
  }
  if (from.is !== 'timestamp') return undefined
  if (type.is === 'date' && (utc || !from.zoned)) {
    code.get(value).get(value).i64(MICROS_PER_DAY).emit(op.i64RemS)
    const rest = e.store('i64')
    code.get(rest).emit(op.i64Sub).i64(MICROS_PER_DAY).emit(op.i64DivS)
    code.get(rest).i64(0n).emit(op.i64LtS, op.i64ExtendI32U, op.i64Sub, op.i32WrapI64)
    return { type, valid, values: [e.store()] }
  }
  if (type.is === 'timestamp' && (utc || from.zoned === type.zoned) && type.precision >= from.precision) {
    return { ...input, type }
  }
  return undefined
}
