import type { Call } from '../functions/define.ts'
import type { DataType } from '../types/data-type.ts'
import { isView, physicalOf } from '../types/physical.ts'
import { emitHostCall } from './emit-host.ts'
import type { Emitter } from './emitter.ts'
import { localTypes, type Operand, type Valid } from './operand.ts'
import { op, type ValueType } from './wasm/opcodes.ts'

/** The status with which a kernel hands a row over to the JavaScript function. */
const LEFT_TO_JAVASCRIPT = 255

/** What a kernel does with rows that it leaves: a function over other arguments, or NULL. */
export type Otherwise =
  | { readonly is: 'call'; readonly call: Call; readonly args: readonly Operand[]; readonly mayBeNull: boolean }
  | { readonly is: 'null' }

/** Values of an operand as a kernel takes them: one of each local, 128-bit values as two i64. */
function pushForKernel(e: Emitter, operand: Operand): ValueType[] {
  if (physicalOf(operand.type) === 'i128' && localTypes(operand.type).length === 2) {
    e.code.get(operand.values[0] ?? 0)
    e.high(operand)
    return ['i64', 'i64']
  }
  for (const value of operand.values) e.code.get(value)
  return [...localTypes(operand.type)]
}

/** A kernel that cannot fail: returns its value, or writes a view. */
export function emitKernel(e: Emitter, kernel: string, args: readonly Operand[], type: DataType): Operand {
  const { code } = e
  const valid = e.allValid(args)
  if (!isView(physicalOf(type))) {
    const values = e.locals(type)
    e.guard(valid, () => {
      const parameters = args.flatMap(arg => pushForKernel(e, arg))
      code
        .call(e.module.importFunction('kernels', kernel, parameters, [localTypes(type)[0] ?? 'i32']))
        .set(values[0] ?? 0)
    })
    return { type, valid, values }
  }
  const slot = e.reserve(16)
  let values: number[] = []
  e.guard(valid, () => {
    const parameters = args.flatMap(arg => pushForKernel(e, arg))
    e.address(slot)
    code.call(e.module.importFunction('kernels', kernel, [...parameters, 'i32'], []))
    e.address(slot)
    values = e.load(type)
  })
  return { type, valid, values }
}

/** A kernel that writes its result and returns a status. `otherwise`: who does the rows that it leaves. */
export function emitStatusKernel(
  e: Emitter,
  kernel: string,
  args: readonly Operand[],
  type: DataType,
  otherwise: Otherwise,
): Operand {
  const slot = e.reserve(16)
  return emitLeaving(e, e.allValid(args), slot, type, otherwise, () => pushLeftByKernel(e, kernel, args, slot))
}

/** Calls a kernel that writes to `slot`, and leaves on the stack whether it leaves the row. */
export function pushLeftByKernel(e: Emitter, kernel: string, args: readonly Operand[], slot: number): void {
  const { code } = e
  const parameters = args.flatMap(arg => pushForKernel(e, arg))
  e.address(slot)
  code.call(e.module.importFunction('kernels', kernel, [...parameters, 'i32'], ['i32']))
  code.i32(LEFT_TO_JAVASCRIPT).emit(op.i32Eq)
}

/**
 * The value at `slot` where all inputs are valid, for `pushLeft` writes it there: it leaves on the stack whether the row is
 * `otherwise`'s instead.
 */
export function emitLeaving(
  e: Emitter,
  inputs: Valid,
  slot: number,
  type: DataType,
  otherwise: Otherwise,
  pushLeft: () => void,
): Operand {
  const { code } = e
  const mayBeNull = otherwise.is === 'null' || otherwise.mayBeNull
  const valid = mayBeNull ? code.local('i32') : inputs
  if (mayBeNull) {
    if (inputs === true) code.i32(1)
    else code.get(inputs)
    if (typeof valid === 'number') code.set(valid)
  }
  let values: number[] = []
  e.guard(inputs, () => {
    pushLeft()
    e.when(() => {
      if (otherwise.is === 'null') {
        if (typeof valid === 'number') code.i32(0).set(valid)
        return
      }
      const known = otherwise.args.map((arg): Operand => ({ ...arg, valid: true }))
      const result = emitHostCall(e, known, type, { strict: true, mayBeNull }, otherwise.call)
      e.address(slot)
      e.storeAt(e.store(), result)
      if (mayBeNull && result.valid !== true && typeof valid === 'number') code.get(result.valid).set(valid)
    })
    e.address(slot)
    values = e.load(type)
  })
  return { type, valid, values }
}
