import type { BoundArgument, ScalarFunction, Signature } from '../functions/definition.ts'
import { findFunction } from '../functions/registry.ts'
import { signatureOf } from '../functions/resolve.ts'
import { all, test } from '../plan/expressions/build.ts'
import type { CallExpression, Expression } from '../plan/expressions/expression.ts'
import { isDeterministicCall, neverFails } from '../plan/expressions/facts.ts'
import { types } from '../types/data-type.ts'
import { emitArithmetic, emitBitNot, emitBits, emitNegate } from './emit-arithmetic.ts'
import { emitComparison } from './emit-comparison.ts'
import { emitHostCall } from './emit-host.ts'
import { emitKernel, emitStatusKernel } from './emit-kernel.ts'
import { emitLike } from './emit-like.ts'
import {
  emitBetween,
  emitCase,
  emitCoalesce,
  emitExtreme,
  emitIn,
  emitIsDistinct,
  emitIsNull,
  emitIsTruth,
  emitJunction,
  emitNot,
  emitNullIf,
} from './emit-logic.ts'
import { emitMath } from './emit-math.ts'
import { emitReplacedLength } from './emit-replaced-length.ts'
import { emitSpecial } from './emit-special.ts'
import { emitTimeArithmetic, isTimeArithmetic } from './emit-time.ts'
import type { Emit, Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

export function emitCall(e: Emitter, emit: Emit, expression: CallExpression): Operand {
  const { user } = expression
  if (user !== undefined) {
    const args = expression.args.map(arg => emit(e, arg))
    return emitHostCall(e, args, expression.type, { strict: user.strict, mayBeNull: true }, user.call)
  }
  const definition = findFunction(expression.name)
  if (definition === undefined) throw new TypeError(`no function ${expression.name}`)
  const bound = expression.args.map(boundArgument)
  const signature = signatureOf(definition, bound)
  if (signature === undefined) {
    throw new TypeError(`no signature of ${expression.name}(${bound.map(({ type }) => type.is).join(', ')})`)
  }
  switch (signature.implementation.is) {
    case 'inline':
      return emitInline(e, emit, definition.name, expression)
    case 'kernel': {
      const counted = definition.name === 'char_length' ? emitReplacedLength(e, emit, expression) : undefined
      if (counted !== undefined) return counted
      const args = expression.args.map(arg => emit(e, arg))
      const { kernel, otherwise } = signature.implementation
      if (otherwise === undefined) return emitKernel(e, kernel, args, expression.type)
      return emitStatusKernel(e, kernel, args, expression.type, { is: 'call', call: otherwise, args, mayBeNull: false })
    }
    case 'javascript': {
      const args = expression.args.map(arg => emit(e, arg))
      const { call } = signature.implementation
      const special = emitSpecial(e, definition.name, args, expression, call)
      if (special !== undefined) return special
      const options = { strict: definition.strict !== false, mayBeNull: mayBeNull(definition, signature, bound) }
      return emitHostCall(e, args, expression.type, options, call)
    }
  }
}

export const boundArgument = (expression: Expression): BoundArgument =>
  expression.is === 'literal'
    ? { type: expression.type, nullable: expression.nullable, literal: expression.value }
    : { type: expression.type, nullable: expression.nullable }

/** Whether a call can give NULL though no argument of it is: everything that the definition does not exclude. */
function mayBeNull(definition: ScalarFunction, signature: Signature, args: readonly BoundArgument[]): boolean {
  const certain = args.map(arg => ({ ...arg, nullable: false }))
  if (typeof signature.nullable === 'function') return signature.nullable(certain)
  return signature.nullable ?? definition.strict === false
}

function emitInline(e: Emitter, emit: Emit, name: string, expression: CallExpression): Operand {
  const { args, type } = expression
  switch (name) {
    case 'and':
      return emitJunction(e, emit, expression, 0)
    case 'or':
      return emitJunction(e, emit, expression, 1)
    case 'in':
      return emitIn(e, emit, expression)
    case 'coalesce':
      return emitCoalesce(e, emit, expression)
    case 'between': {
      const [value, low, high] = args
      if (value === undefined || low === undefined || high === undefined || neverFails(high)) break
      // A value by chance is drawn once.
      if (!isDeterministicCall(value)) break
      // An upper bound that can fail is computed only where the lower one holds, as in the AND that is meant.
      return emit(e, all([test('>=', value, low), test('<=', value, high)]))
    }
    case 'if': {
      const [when, then, otherwise] = args
      if (when === undefined || then === undefined || otherwise === undefined)
        throw new TypeError('IF takes three arguments')
      return emitCase(e, emit, {
        is: 'case',
        branches: [{ when, then }],
        otherwise,
        type,
        nullable: expression.nullable,
      })
    }
  }
  const operands = args.map(arg => emit(e, arg))
  const a = operands[0] ?? e.nullOf(types.null)
  const b = operands[1] ?? a
  switch (name) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return isTimeArithmetic(a.type, b.type)
        ? emitTimeArithmetic(e, name, a, b, type)
        : emitArithmetic(e, name, a, b, type)
    case 'negate':
      return emitNegate(e, a, type)
    case '&':
    case '|':
    case '#':
    case '<<':
    case '>>':
      return emitBits(e, name, a, b, type)
    case 'bit_not':
      return emitBitNot(e, a)
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return emitComparison(e, name, a, b)
    case 'between':
      return emitBetween(e, a, b, operands[2] ?? b)
    case 'is_distinct_from':
      return emitIsDistinct(e, a, b, false)
    case 'is_not_distinct_from':
      return emitIsDistinct(e, a, b, true)
    case 'is_null':
    case 'is_unknown':
      return emitIsNull(e, a, false)
    case 'is_not_null':
    case 'is_not_unknown':
      return emitIsNull(e, a, true)
    case 'is_true':
      return emitIsTruth(e, a, true, false)
    case 'is_not_true':
      return emitIsTruth(e, a, true, true)
    case 'is_false':
      return emitIsTruth(e, a, false, false)
    case 'is_not_false':
      return emitIsTruth(e, a, false, true)
    case 'not':
      return emitNot(e, a)
    case 'nullif':
      return emitNullIf(e, a, b)
    case 'greatest':
    case 'least':
      return emitExtreme(e, operands, type, { largest: name === 'greatest', skipNull: false })
    case 'greatest_known':
    case 'least_known':
      return emitExtreme(e, operands, type, { largest: name === 'greatest_known', skipNull: true })
    case 'current_watermark':
      return e.watermark(type)
    case 'like':
      return emitLike(e, operands)
    default:
      return emitMath(e, name, operands, type)
  }
}
