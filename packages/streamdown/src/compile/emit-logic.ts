import type { CallExpression, CaseExpression, Expression } from '../plan/expressions/expression.ts'
import { type DataType, types } from '../types/data-type.ts'
import { emitComparison } from './emit-comparison.ts'
import { emitLiteral } from './emit-literal.ts'
import type { Emit, Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { op } from './wasm/opcodes.ts'

/** Whether evaluating can neither fail nor cost a call, so that it need not be jumped over. */
function isCheap(expression: Expression): boolean {
  switch (expression.is) {
    case 'column':
    case 'literal':
      return expression.type.is !== 'string'
    case 'call':
      return cheapCalls.has(expression.name) && expression.args.every(arg => isCheap(arg) && arg.type.is !== 'string')
    default:
      return false
  }
}

const cheapCalls = new Set([
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'and',
  'or',
  'not',
  'is_null',
  'is_not_null',
  'between',
  'in',
])

/** Pushes 1 where the condition is TRUE. */
export function pushTruth(e: Emitter, { valid, values: [value = 0] }: Operand): void {
  e.code.get(value)
  if (valid !== true) e.code.get(valid).emit(op.i32And)
}

/**
 * AND (`absorbing` 0) and OR (`absorbing` 1) from the left: an operand is evaluated only while none before it had the
 * absorbing value.
 */
export function emitJunction(e: Emitter, emit: Emit, { args }: CallExpression, absorbing: 0 | 1): Operand {
  const { code } = e
  const [first, ...rest] = args
  if (first === undefined) return emitLiteral(e, absorbing === 0, types.boolean)
  let result = emit(e, first)
  for (const next of rest) {
    if (isCheap(next)) {
      result = combine(e, result, emit(e, next), absorbing)
      continue
    }
    const value = code.local('i32')
    const valid = code.local('i32')
    e.assign([value], valid, result)
    // Decided when valid and equal to the absorbing value.
    code.get(value)
    if (absorbing === 0) code.emit(op.i32Eqz)
    code.get(valid).emit(op.i32And, op.i32Eqz)
    const before: Operand = { type: types.boolean, valid: result.valid === true ? true : valid, values: [value] }
    let nullable = result.valid !== true
    e.when(() => {
      const operand = emit(e, next)
      nullable ||= operand.valid !== true
      e.assign([value], valid, combine(e, before, operand, absorbing))
    })
    result = { type: types.boolean, valid: nullable ? valid : true, values: [value] }
  }
  return result
}

function combine(e: Emitter, a: Operand, b: Operand, absorbing: 0 | 1): Operand {
  const { code } = e
  const [x = 0] = a.values
  const [y = 0] = b.values
  code
    .get(x)
    .get(y)
    .emit(absorbing === 0 ? op.i32And : op.i32Or)
  const value = e.store()
  if (a.valid === true && b.valid === true) return { type: types.boolean, valid: true, values: [value] }
  // Known when both are, or when one is known to be the absorbing value.
  const absorbs = (operand: Operand) => {
    code.get(operand.values[0] ?? 0)
    if (absorbing === 0) code.emit(op.i32Eqz)
    if (operand.valid !== true) code.get(operand.valid).emit(op.i32And)
  }
  absorbs(a)
  absorbs(b)
  code.emit(op.i32Or)
  const decided = e.store()
  const both = e.allValid([a, b])
  if (both === true) return { type: types.boolean, valid: true, values: [value] }
  code.get(decided).get(both).emit(op.i32Or)
  const valid = e.store()
  // The value under a NULL is arbitrary, so a decided result is written out.
  code.i32(absorbing).get(value).get(decided).emit(op.select)
  return { type: types.boolean, valid, values: [e.store()] }
}

export function emitNot(e: Emitter, a: Operand): Operand {
  e.code.get(a.values[0] ?? 0).emit(op.i32Eqz)
  return e.boolean(a.valid)
}

export function emitIsNull(e: Emitter, a: Operand, negated: boolean): Operand {
  if (a.valid === true) return emitLiteral(e, negated, types.boolean)
  e.code.get(a.valid)
  if (!negated) e.code.emit(op.i32Eqz)
  return e.boolean(true)
}

export function emitIsTruth(e: Emitter, a: Operand, wanted: boolean, negated: boolean): Operand {
  const { code } = e
  code.get(a.values[0] ?? 0)
  if (!wanted) code.emit(op.i32Eqz)
  if (a.valid !== true) code.get(a.valid).emit(op.i32And)
  if (negated) code.emit(op.i32Eqz)
  return e.boolean(true)
}

/** IS [NOT] DISTINCT FROM: never NULL. */
export function emitIsDistinct(e: Emitter, a: Operand, b: Operand, negated: boolean): Operand {
  const { code } = e
  const equal = emitComparison(e, '=', a, b)
  const [same = 0] = equal.values
  if (equal.valid === true) {
    code.get(same)
  } else {
    code.get(same).get(equal.valid).emit(op.i32And)
    // Both NULL.
    if (a.valid !== true && b.valid !== true) code.get(a.valid).get(b.valid).emit(op.i32Or, op.i32Eqz, op.i32Or)
  }
  if (!negated) code.emit(op.i32Eqz)
  return e.boolean(true)
}

export function emitBetween(e: Emitter, x: Operand, low: Operand, high: Operand): Operand {
  return combine(e, emitComparison(e, '>=', x, low), emitComparison(e, '<=', x, high), 0)
}

/** x IN (...): an OR of comparisons, from the left, ended by the first match. */
export function emitIn(e: Emitter, emit: Emit, { args }: CallExpression): Operand {
  const { code } = e
  const [first, ...list] = args
  if (first === undefined) return emitLiteral(e, false, types.boolean)
  const x = emit(e, first)
  const value = code.local('i32')
  const unknown = code.local('i32')
  let nullable = x.valid !== true
  code.i32(0).set(value).i32(0).set(unknown)
  const found = code.open('block')
  e.scoped(() => {
    for (const item of list) {
      const equal = emitComparison(e, '=', x, emit(e, item))
      if (equal.valid !== true) {
        nullable = true
        code.get(unknown).get(equal.valid).emit(op.i32Eqz, op.i32Or).set(unknown)
      }
      pushTruth(e, equal)
      code.tee(value).brIf(found)
    }
  })
  code.end()
  if (!nullable) return { type: types.boolean, valid: true, values: [value] }
  code.get(value).get(unknown).emit(op.i32Eqz, op.i32Or)
  return { type: types.boolean, valid: e.store(), values: [value] }
}

/** Evaluates one of several expressions into one set of locals. */
class Choice {
  readonly #e: Emitter
  readonly #type: DataType
  readonly #values: number[]
  readonly #valid: number
  #nullable = false

  constructor(e: Emitter, type: DataType) {
    this.#e = e
    this.#type = type
    this.#values = e.locals(type)
    this.#valid = e.code.local('i32')
  }

  take(operand: Operand): void {
    if (operand.valid !== true) this.#nullable = true
    if (operand.type.is === 'null') this.#e.code.i32(0).set(this.#valid)
    else this.#e.assign(this.#values, this.#valid, operand)
  }

  result(): Operand {
    return { type: this.#type, valid: this.#nullable ? this.#valid : true, values: this.#values }
  }
}

export function emitCase(e: Emitter, emit: Emit, { branches, otherwise, type }: CaseExpression): Operand {
  const { code } = e
  const choice = new Choice(e, type)
  const end = code.open('block')
  e.scoped(() => {
    for (const { when, then } of branches) {
      pushTruth(e, emit(e, when))
      e.when(() => {
        choice.take(emit(e, then))
        code.br(end)
      })
    }
    choice.take(otherwise === undefined ? e.nullOf(type) : emit(e, otherwise))
  })
  code.end()
  return choice.result()
}

/** The first argument that is not NULL; later ones are not evaluated. */
export function emitCoalesce(e: Emitter, emit: Emit, { args, type }: CallExpression): Operand {
  const { code } = e
  const choice = new Choice(e, type)
  let certain = false
  const end = code.open('block')
  e.scoped(() => {
    for (const [i, arg] of args.entries()) {
      if (certain) break
      const operand = emit(e, arg)
      if (operand.valid === true || i === args.length - 1) {
        choice.take(operand)
        certain = true
      } else {
        const { valid } = operand
        code.get(valid)
        e.when(() => {
          choice.take({ ...operand, valid: true })
          code.br(end)
        })
      }
    }
  })
  code.end()
  return choice.result()
}

/** NULL where both are equal, else the first. */
export function emitNullIf(e: Emitter, a: Operand, b: Operand): Operand {
  const { code } = e
  pushTruth(e, emitComparison(e, '=', a, b))
  code.emit(op.i32Eqz)
  if (a.valid !== true) code.get(a.valid).emit(op.i32And)
  return { type: a.type, valid: e.store(), values: a.values }
}

/** The largest or smallest; `skipNull`: of those that are not NULL, else NULL when one is. */
export function emitExtreme(
  e: Emitter,
  operands: readonly Operand[],
  type: DataType,
  { largest, skipNull }: { readonly largest: boolean; readonly skipNull: boolean },
): Operand {
  const { code } = e
  const [first, ...rest] = operands
  if (first === undefined) return e.nullOf(type)
  const values = e.locals(type)
  const valid = code.local('i32')
  e.assign(values, valid, first)
  const all = e.allValid(operands)
  for (const next of rest) {
    const best: Operand = { type, valid, values }
    pushTruth(e, emitComparison(e, largest ? '>' : '<', next, best))
    if (skipNull) {
      // Where nothing is known yet, whatever comes next is better.
      code.get(valid).emit(op.i32Eqz)
      if (next.valid !== true) code.get(next.valid).emit(op.i32And)
      code.emit(op.i32Or)
    }
    e.when(() => e.assign(values, valid, next))
  }
  if (skipNull) return { type, valid: operands.some(o => o.valid === true) ? true : valid, values }
  return { type, valid: all, values }
}
