import { type DataType, types } from '../types/data-type.ts'
import { emitStatusKernel, type Otherwise } from './emit-kernel.ts'
import { emitLiteral } from './emit-literal.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

/**
 * A timestamp's text by a program (`time-program.ts`). Times of a stream are near each other: the call keeps beside its
 * result for which times it is the same, and writes it anew for others alone.
 */
export function emitFormatTime(
  e: Emitter,
  time: Operand,
  program: Uint8Array,
  type: DataType,
  otherwise: Otherwise,
): Operand {
  e.address(e.constantBytes(new Uint8Array(16)))
  const same: Operand = { type: types.int, valid: true, values: [e.store()] }
  return emitStatusKernel(e, 'fn_format_time', [time, emitLiteral(e, program, types.bytes), same], type, otherwise)
}
