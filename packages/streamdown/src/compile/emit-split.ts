import type { CallExpression } from '../plan/expressions/expression.ts'
import { type DataType, types } from '../types/data-type.ts'
import { emitLeaving, emitStatusKernel, type Otherwise } from './emit-kernel.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import type { Split } from './shared-splits.ts'
import { op } from './wasm/opcodes.ts'

/** The part `index` (from 0) of a text. `otherwise`: what a text gives that has fewer parts. */
export function emitSplit(
  e: Emitter,
  call: CallExpression,
  text: Operand,
  separator: Operand,
  index: Operand,
  type: DataType,
  otherwise: Otherwise,
): Operand {
  const split = e.splits.of(call)
  if (split === undefined) return emitStatusKernel(e, 'fn_split_part', [text, separator, index], type, otherwise)
  const part = Number(index.literal) - split.first
  const slot = e.splits.slotOf(e, split)
  const { valid, values } = e.recall(-split.key) ?? emitPass(e, split, slot, text, separator)
  return emitLeaving(e, valid, slot + 16 * part, type, otherwise, () => {
    e.code
      .get(values[0] ?? 0)
      .i32(1 << part)
      .emit(op.i32And, op.i32Eqz)
  })
}

/** Finds all parts of a split: a bit for each that there is. */
function emitPass(e: Emitter, split: Split, slot: number, text: Operand, separator: Operand): Operand {
  const { code } = e
  const found: Operand = { type: types.int, valid: text.valid, values: [code.local('i32')] }
  e.guard(text.valid, () => {
    code
      .get(text.values[0] ?? 0)
      .i32(String(separator.literal).charCodeAt(0))
      .i32(split.first)
      .i32(split.count)
    e.address(slot)
    code.call(e.module.importFunction('kernels', 'fn_split_parts', ['i32', 'i32', 'i32', 'i32', 'i32'], ['i32']))
    code.set(found.values[0] ?? 0)
  })
  e.remember(-split.key, found)
  return found
}
