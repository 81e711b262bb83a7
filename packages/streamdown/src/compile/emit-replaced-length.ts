import type { CallExpression } from '../plan/expressions/expression.ts'
import { emitKernel } from './emit-kernel.ts'
import { emitLiteral } from './emit-literal.ts'
import type { Emit, Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { op } from './wasm/opcodes.ts'

/**
 * CHAR_LENGTH(REPLACE(text, 'piece', 'by')), SQL's way to count a piece, without making the text: its length, less what
 * each occurrence gets shorter by. Undefined where the call is another one, or the text may get longer (then the length
 * could pass 32 bits, which REPLACE refuses).
 */
export function emitReplacedLength(e: Emitter, emit: Emit, expression: CallExpression): Operand | undefined {
  const [replaced] = expression.args
  if (replaced?.is !== 'call' || replaced.name !== 'replace' || replaced.user !== undefined) return undefined
  const [text, piece, by] = replaced.args
  if (text === undefined || piece?.is !== 'literal' || by?.is !== 'literal') return undefined
  if (typeof piece.value !== 'string' || typeof by.value !== 'string') return undefined
  const shrinks = points(piece.value) - points(by.value)
  if (shrinks < 0) return undefined
  // Emitted as an expression of the query, so that a projection which has it as well makes it once.
  const length = emit(e, { ...expression, args: [text], nullable: text.nullable })
  const occurrences = emitKernel(
    e,
    'fn_occurrences',
    [emit(e, text), emitLiteral(e, piece.value, piece.type)],
    expression.type,
  )
  const values = e.locals(expression.type)
  e.code
    .get(length.values[0] ?? 0)
    .get(occurrences.values[0] ?? 0)
    .i32(shrinks)
    .emit(op.i32Mul, op.i32Sub)
    .set(values[0] ?? 0)
  return { type: expression.type, valid: length.valid, values }
}

const points = (text: string): number => Array.from(text).length
