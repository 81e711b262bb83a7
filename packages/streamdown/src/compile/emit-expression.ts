import type { Expression } from '../plan/expressions/expression.ts'
import { type DataType, types } from '../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import { emitCall } from './emit-call.ts'
import { emitAttempt, emitCast } from './emit-cast.ts'
import { emitElements } from './emit-elements.ts'
import { emitStatusKernel } from './emit-kernel.ts'
import { emitLambda } from './emit-lambda.ts'
import { emitLiteral } from './emit-literal.ts'
import { emitCase } from './emit-logic.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

/** Emits an expression; one that has its value already on every way that leads here is not evaluated again. */
export function emitExpression(e: Emitter, expression: Expression): Operand {
  if (expression.is !== 'call' && expression.is !== 'cast' && expression.is !== 'field') return emitAny(e, expression)
  const number = e.numbers.of(expression)
  const known = number === 0 ? undefined : e.recall(-number)
  if (known !== undefined) return known
  const operand = emitAny(e, expression)
  if (number !== 0) e.remember(-number, operand)
  return operand
}

function emitAny(e: Emitter, expression: Expression): Operand {
  switch (expression.is) {
    case 'column':
      return e.column(expression.index, expression.type)
    case 'literal':
      return emitLiteral(e, expression.value, expression.type)
    case 'call':
      return expression.attempt === true
        ? emitAttempt(e, expression.type, () => emitCall(e, emitExpression, expression))
        : emitCall(e, emitExpression, expression)
    case 'case':
      return emitCase(e, emitExpression, expression)
    case 'cast':
      return emitCast(e, emitExpression(e, expression.input), expression)
    case 'field': {
      const input = emitExpression(e, expression.input)
      if (input.type.is !== 'row') throw new TypeError('a field of a value that is no ROW')
      const widths = input.type.fields.slice(0, expression.index + 1).map(({ type }) => packedWidth(type))
      const program = emitLiteral(e, Uint8Array.from(widths), types.bytes)
      return emitStatusKernel(e, 'fn_row_field', [input, program], expression.type, { is: 'null' })
    }
    case 'elements':
      return emitElements(e, emitExpression, expression)
    case 'lambda':
      return expression.compiled === undefined ? emitLambda(e, expression) : emitExpression(e, expression.compiled)
  }
}

/** What the kernel reads of a field in the packed encoding: the bytes of its value, 0 for a length and bytes. */
function packedWidth(type: DataType): number {
  const physical = physicalOf(type)
  return isView(physical) ? 0 : widthOf(physical)
}

/** The input columns that an expression reads, in ascending order of their first mention. */
export function columnsOf(expression: Expression, into: Set<number>): void {
  switch (expression.is) {
    case 'column':
      into.add(expression.index)
      return
    case 'literal':
      return
    case 'call':
      for (const arg of expression.args) columnsOf(arg, into)
      return
    case 'case':
      for (const { when, then } of expression.branches) {
        columnsOf(when, into)
        columnsOf(then, into)
      }
      if (expression.otherwise !== undefined) columnsOf(expression.otherwise, into)
      return
    case 'cast':
    case 'field':
      columnsOf(expression.input, into)
      return
    case 'elements':
      for (const part of [expression.input, ...expression.captured]) columnsOf(part, into)
      return
    case 'lambda':
      if (expression.compiled !== undefined) columnsOf(expression.compiled, into)
  }
}
