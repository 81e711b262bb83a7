import type { DataType } from '../types/data-type.ts'
import type { Emitter, HostCall } from './emitter.ts'
import { localTypes, type Operand, type Valid } from './operand.ts'
import { op, type ValueType } from './wasm/opcodes.ts'

/**
 * Calls a JavaScript function for the row. It gets the row's index, for each argument a flag (where it may be NULL and
 * the function takes NULL) and its parts, writes its result to the call's slot and returns 1, 0 for NULL, or minus the
 * code of a row error. A strict function is not called over a NULL.
 */
export function emitHostCall(
  e: Emitter,
  args: readonly Operand[],
  type: DataType,
  { strict, mayBeNull }: { readonly strict: boolean; readonly mayBeNull: boolean },
  call: HostCall['call'],
  body?: HostCall['body'],
): Operand {
  const { code } = e
  const slot = e.reserve(16)
  const described = args.map((arg): HostCall['args'][number] =>
    arg.literal === undefined
      ? { type: arg.type, parts: arg.values.length, flag: !strict && arg.valid !== true }
      : { type: arg.type, parts: 0, flag: false, literal: arg.literal },
  )
  const parameters: ValueType[] = ['i32']
  for (const { type: argType, flag, parts } of described) {
    if (flag) parameters.push('i32')
    for (let part = 0; part < parts; part++) parameters.push(localTypes(argType)[0] ?? 'i32')
  }
  const index = e.module.importFunction('host', `f${e.hostCalls.length}`, parameters, ['i32'])
  e.hostCalls.push({ call, args: described, returns: type, slot, ...(body === undefined ? {} : { body }) })
  const inputs = strict ? e.allValid(args) : true
  const valid: Valid = !mayBeNull && strict ? inputs : code.local('i32')
  const result: { values: number[] } = { values: [] }
  if (typeof valid === 'number' && strict && mayBeNull) code.i32(0).set(valid)
  e.guard(inputs, () => {
    code.get(e.row)
    for (const [i, arg] of args.entries()) {
      if (described[i]?.flag === true && arg.valid !== true) code.get(arg.valid)
      if (arg.literal === undefined) for (const value of arg.values) code.get(value)
    }
    code.call(index)
    receive(e, valid === true || valid === inputs ? undefined : valid)
    e.address(slot)
    result.values = e.load(type)
  })
  return { type, valid, values: result.values }
}

/** Fails the row when the status on the stack is negative, else keeps it as the validity. */
export function receive(e: Emitter, valid: number | undefined): void {
  const { code } = e
  const status = e.store()
  code.i32(0).get(status).emit(op.i32Sub)
  const failure = e.store()
  code.get(status).i32(0).emit(op.i32LtS)
  code.open('if')
  e.failLocal(failure)
  code.end()
  if (valid !== undefined) code.get(status).set(valid)
}
