import type { Expression } from '../plan/expressions/expression.ts'
import { emitCall } from './emit-call.ts'
import { emitCast } from './emit-cast.ts'
import { emitHostCall } from './emit-host.ts'
import { emitLambda } from './emit-lambda.ts'
import { emitLiteral } from './emit-literal.ts'
import { emitCase } from './emit-logic.ts'
import type { Emitter } from './emitter.ts'
import { expressionKey } from './expression-key.ts'
import type { Operand } from './operand.ts'

/** Emits an expression; one that has its value already on every way that leads here is not evaluated again. */
export function emitExpression(e: Emitter, expression: Expression): Operand {
  if (expression.is !== 'call' && expression.is !== 'cast' && expression.is !== 'field') return emitAny(e, expression)
  const key = expressionKey(expression)
  const known = key === '' ? undefined : e.recall(key)
  if (known !== undefined) return known
  const operand = emitAny(e, expression)
  if (key !== '') e.remember(key, operand)
  return operand
}

function emitAny(e: Emitter, expression: Expression): Operand {
  switch (expression.is) {
    case 'column':
      return e.column(expression.index, expression.type)
    case 'literal':
      return emitLiteral(e, expression.value, expression.type)
    case 'call':
      return emitCall(e, emitExpression, expression)
    case 'case':
      return emitCase(e, emitExpression, expression)
    case 'cast':
      return emitCast(e, emitExpression(e, expression.input), expression)
    case 'field': {
      const input = emitExpression(e, expression.input)
      return emitHostCall(e, [input], expression.type, { strict: true, mayBeNull: true }, ([row]) =>
        Array.isArray(row) ? (row[expression.index] ?? null) : null,
      )
    }
    case 'lambda':
      return expression.compiled === undefined ? emitLambda(e, expression) : emitExpression(e, expression.compiled)
  }
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
    case 'lambda':
      if (expression.compiled !== undefined) columnsOf(expression.compiled, into)
  }
}
