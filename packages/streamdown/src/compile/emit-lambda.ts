import type { LambdaExpression } from '../plan/expressions/expression.ts'
import { receive } from './emit-host.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

/** Calls a TypeScript arrow with a view of the row; it reads its columns from the batch, not from locals. */
export function emitLambda(e: Emitter, lambda: LambdaExpression): Operand {
  const { code } = e
  const slot = e.reserve(16)
  const index = e.module.importFunction('host', `row${e.rowCalls.length}`, ['i32'], ['i32'])
  e.rowCalls.push({ lambda, slot })
  const valid = code.local('i32')
  code.get(e.row).call(index)
  receive(e, valid)
  e.address(slot)
  return { type: lambda.type, valid, values: e.load(lambda.type) }
}
