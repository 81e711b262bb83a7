import { absolute } from '../functions/numeric/arithmetic.ts'
import { asNumeric } from '../functions/values.ts'
import type { DataType } from '../types/data-type.ts'
import { physicalOf } from '../types/physical.ts'
import { emitNegate } from './emit-arithmetic.ts'
import { emitHostCall } from './emit-host.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { op } from './wasm/opcodes.ts'

/** Functions of doubles that are one call of JavaScript's Math: the same for every engine to the last digit but one. */
export const directFunctions: Readonly<Record<string, (...args: number[]) => number>> = {
  exp: Math.exp,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  cbrt: Math.cbrt,
  degrees: x => ((x ?? Number.NaN) * 180) / Math.PI,
  radians: x => ((x ?? Number.NaN) * Math.PI) / 180,
}

export function emitMath(e: Emitter, name: string, operands: readonly Operand[], type: DataType): Operand {
  const { code } = e
  const [a] = operands
  if (a === undefined) throw new TypeError(`${name} without arguments`)
  const direct = directFunctions[name]
  if (direct !== undefined) {
    e.directImports.set(name, direct)
    const index = e.module.importFunction(
      'math',
      name,
      operands.map(() => 'f64'),
      ['f64'],
    )
    for (const operand of operands) code.get(operand.values[0] ?? 0)
    code.call(index)
    return { type, valid: e.allValid(operands), values: [e.store('f64')] }
  }
  const [value = 0] = a.values
  switch (name) {
    case 'abs':
      return emitAbs(e, a, type)
    case 'floor':
    case 'ceil':
      if (type.is === 'double' || type.is === 'real') {
        const real = type.is === 'real'
        code.get(value)
        if (real) code.emit(op.f64PromoteF32)
        code.emit(name === 'floor' ? op.f64Floor : op.f64Ceil)
        if (real) code.emit(op.f32DemoteF64)
        return { type, valid: a.valid, values: [e.store(real ? 'f32' : 'f64')] }
      }
      return a
    default:
      throw new TypeError(`no inline code for ${name}`)
  }
}

function emitAbs(e: Emitter, a: Operand, type: DataType): Operand {
  if (type.is === 'numeric') {
    return emitHostCall(e, [a], type, { strict: true, mayBeNull: false }, ([x]) => absolute(asNumeric(x)))
  }
  const { code } = e
  const [value = 0] = a.values
  const physical = physicalOf(type)
  if (physical === 'f64' || physical === 'f32') {
    code.get(value).emit(physical === 'f64' ? op.f64Abs : op.f32Abs)
    return { type, valid: a.valid, values: [e.store(physical)] }
  }
  const values = e.locals(type)
  const negative = () => {
    if (type.is === 'decimal') e.high(a).i64(0n).emit(op.i64LtS)
    else if (physical === 'i64') code.get(value).i64(0n).emit(op.i64LtS)
    else code.get(value).i32(0).emit(op.i32LtS)
  }
  e.guard(a.valid, () => {
    negative()
    e.when(
      () => e.assign(values, undefined, emitNegate(e, { ...a, valid: true }, type)),
      () => e.assign(values, undefined, a),
    )
  })
  return { type, valid: a.valid, values }
}
