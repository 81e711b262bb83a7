import { findFunction } from '../functions/registry.ts'
import { signatureOf } from '../functions/resolve.ts'
import type { CallExpression, Expression } from '../plan/expressions/expression.ts'
import { visit } from '../plan/expressions/walk.ts'
import { isView, physicalOf } from '../types/physical.ts'
import { boundArgument } from './emit-call.ts'
import type { Emitter } from './emitter.ts'
import { op } from './wasm/opcodes.ts'

/** Rows whose texts the kernel touches at a time. */
const BLOCK_ROWS = 64

/**
 * At the first row of each block, where `wanted` is not 0: loads the beginning of the texts that the block's rows hand to
 * functions. A row waits for a text that is in no cache; loads that nothing waits for overlap.
 */
export function emitTouches(
  e: Emitter,
  expressions: readonly Expression[],
  frame: {
    readonly columns: ReadonlyMap<number, { readonly data: number; readonly validity: number }>
    readonly rows: number
    readonly wanted: number
  },
): void {
  const texts = textsRead(expressions)
  if (texts.size === 0) return
  const { code } = e
  const touch = e.module.importFunction('kernels', 'texts_touch', ['i32', 'i32', 'i32', 'i32'], [])
  code
    .get(e.row)
    .i32(BLOCK_ROWS - 1)
    .emit(op.i32And, op.i32Eqz)
    .get(frame.wanted)
    .emit(op.i32And)
  e.when(() => {
    for (const index of texts) {
      const column = frame.columns.get(index)
      if (column === undefined) continue
      code.get(column.data)
      if (e.isNullable(index)) code.get(column.validity)
      else code.i32(0)
      code.get(e.row).get(frame.rows).call(touch)
    }
  })
}

/** The columns of texts that are arguments of functions which look into them. */
function textsRead(expressions: readonly Expression[]): ReadonlySet<number> {
  const texts = new Set<number>()
  for (const expression of expressions) {
    visit(expression, part => {
      if (part.is !== 'call' || !looksInto(part)) return
      for (const arg of part.args) if (arg.is === 'column' && isView(physicalOf(arg.type))) texts.add(arg.index)
    })
  }
  return texts
}

/** What is emitted in place compares texts by their length and first bytes, which the views hold. */
function looksInto(call: CallExpression): boolean {
  if (call.user !== undefined) return true
  const definition = findFunction(call.name)
  if (definition === undefined) return false
  return signatureOf(definition, call.args.map(boundArgument))?.implementation.is !== 'inline'
}
