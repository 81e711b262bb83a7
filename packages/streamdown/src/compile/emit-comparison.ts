import { asBigint } from '../functions/values.ts'
import { compareValues } from '../types/compare-values.ts'
import { type DataType, types } from '../types/data-type.ts'
import { isView, physicalOf } from '../types/physical.ts'
import { powerOfTen } from '../values/decimal-digits.ts'
import { emitScaleUp } from './emit-decimal.ts'
import { emitHostCall } from './emit-host.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { op } from './wasm/opcodes.ts'

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='

const ints = {
  '=': op.i32Eq,
  '<>': op.i32Ne,
  '<': op.i32LtS,
  '<=': op.i32LeS,
  '>': op.i32GtS,
  '>=': op.i32GeS,
} as const
const longs = {
  '=': op.i64Eq,
  '<>': op.i64Ne,
  '<': op.i64LtS,
  '<=': op.i64LeS,
  '>': op.i64GtS,
  '>=': op.i64GeS,
} as const

/** Compares two values of one type; the result is valid where both are. */
export function emitComparison(e: Emitter, operator: ComparisonOperator, a: Operand, b: Operand): Operand {
  const valid = e.allValid([a, b])
  if (a.type.is === 'decimal' && b.type.is === 'decimal') return compareDecimals(e, operator, a, b, valid)
  if (a.type.is === 'numeric') return compareNumerics(e, operator, a, b, valid)
  if (isView(physicalOf(a.type))) return compareViews(e, operator, a, b, valid)
  compareNumbers(e, operator, a, b)
  return e.boolean(valid)
}

function compareNumerics(
  e: Emitter,
  operator: ComparisonOperator,
  a: Operand,
  b: Operand,
  valid: Operand['valid'],
): Operand {
  const { code } = e
  const result = code.local('i32')
  e.guard(valid, () => {
    const compare = e.module.importFunction('kernels', 'fn_compare_numeric', ['i32', 'i32'], ['i32'])
    code.get(a.values[0] ?? 0)
    code
      .get(b.values[0] ?? 0)
      .call(compare)
      .i32(0)
      .emit(ints[operator])
      .set(result)
  })
  return { type: types.boolean, valid, values: [result] }
}

function compareViews(
  e: Emitter,
  operator: ComparisonOperator,
  a: Operand,
  b: Operand,
  valid: Operand['valid'],
): Operand {
  const { code } = e
  const result = code.local('i32')
  const [left = 0] = a.values
  const [right = 0] = b.values
  const ordered = operator !== '=' && operator !== '<>'
  if (ordered ? isNested(a.type) : holdsEqualOnes(a.type)) {
    const order = emitHostCall(e, [a, b], types.int, { strict: true, mayBeNull: false }, ([x, y]) =>
      compareValues(x ?? null, y ?? null),
    )
    code
      .get(order.values[0] ?? 0)
      .i32(0)
      .emit(ints[operator])
      .set(result)
    return { type: types.boolean, valid, values: [result] }
  }
  e.guard(valid, () => {
    if (ordered) {
      const compare = e.module.importFunction('kernels', 'fn_compare', ['i32', 'i32'], ['i32'])
      code.get(left).get(right).call(compare).i32(0).emit(ints[operator]).set(result)
      return
    }
    emitViewsEqual(e, left, right)
    if (operator === '<>') code.emit(op.i32Eqz)
    code.set(result)
  })
  return { type: types.boolean, valid, values: [result] }
}

const isNested = (type: DataType): boolean => type.is === 'row' || type.is === 'array' || type.is === 'map'

/** Whether nested values may be equal that have not the same bytes: 1.0 and 1.00, -0 and 0, a month and 30 days. */
function holdsEqualOnes(type: DataType): boolean {
  switch (type.is) {
    case 'numeric':
    case 'real':
    case 'double':
    case 'interval':
      return true
    case 'array':
      return holdsEqualOnes(type.element)
    case 'map':
      return holdsEqualOnes(type.key) || holdsEqualOnes(type.value)
    case 'row':
      return type.fields.some(field => holdsEqualOnes(field.type))
    default:
      return false
  }
}

/** Pushes whether two views hold the same bytes: length and prefix first, then what is inline, then the bytes. */
function emitViewsEqual(e: Emitter, left: number, right: number): void {
  const { code } = e
  code.get(left).memory(op.i64Load).get(right).memory(op.i64Load).emit(op.i64Eq)
  code.openIf('i32')
  code.get(left).memory(op.i64Load, 8).get(right).memory(op.i64Load, 8).emit(op.i64Eq)
  code.openIf('i32')
  code.i32(1)
  code.else()
  code.get(left).memory(op.i32Load).i32(12).emit(op.i32GtU)
  code.openIf('i32')
  const equal = e.module.importFunction('kernels', 'fn_equal', ['i32', 'i32'], ['i32'])
  code.get(left).get(right).call(equal)
  code.else().i32(0).end()
  code.end()
  code.else().i32(0).end()
}

/** Pushes the result for two operands of one fixed-width type. */
function compareNumbers(e: Emitter, operator: ComparisonOperator, a: Operand, b: Operand): void {
  const { code } = e
  const [left = 0] = a.values
  const [right = 0] = b.values
  const physical = physicalOf(a.type)
  switch (physical) {
    case 'f32':
    case 'f64':
      compareDoubles(e, operator, wideFloat(e, a), wideFloat(e, b))
      return
    case 'i64':
      code.get(left).get(right).emit(longs[operator])
      return
    case 'interval':
      code.get(comparableInterval(e, a)).get(comparableInterval(e, b)).emit(longs[operator])
      return
    default:
      code.get(left).get(right).emit(ints[operator])
  }
}

function wideFloat(e: Emitter, a: Operand): number {
  const [value = 0] = a.values
  if (physicalOf(a.type) === 'f64') return value
  e.code.get(value).emit(op.f64PromoteF32)
  return e.store('f64')
}

/** NaN equals NaN and is the largest. */
function compareDoubles(e: Emitter, operator: ComparisonOperator, a: number, b: number): void {
  const { code } = e
  const less = (x: number, y: number) =>
    code.get(x).get(x).emit(op.f64Eq).get(x).get(y).emit(op.f64Ge, op.i32Eqz, op.i32And)
  switch (operator) {
    case '=':
    case '<>':
      code.get(a).get(b).emit(op.f64Eq)
      code.get(a).get(a).emit(op.f64Ne).get(b).get(b).emit(op.f64Ne, op.i32And, op.i32Or)
      if (operator === '<>') code.emit(op.i32Eqz)
      return
    case '<':
      less(a, b)
      return
    case '>':
      less(b, a)
      return
    case '<=':
      less(b, a).emit(op.i32Eqz)
      return
    case '>=':
      less(a, b).emit(op.i32Eqz)
  }
}

/** Decimals may differ in scale: the smaller one is raised, with BigInt where 128 bits might not do. */
function compareDecimals(
  e: Emitter,
  operator: ComparisonOperator,
  first: Operand,
  second: Operand,
  valid: Operand['valid'],
): Operand {
  const { code } = e
  const [left, right] = [first.type, second.type]
  if (left.is !== 'decimal' || right.is !== 'decimal') throw new TypeError('decimal comparison over other types')
  const scale = Math.max(left.scale, right.scale)
  const a = emitScaleUp(e, first, left, scale)
  const b = emitScaleUp(e, second, right, scale)
  if (a === undefined || b === undefined) {
    const order = emitHostCall(e, [first, second], types.int, { strict: true, mayBeNull: false }, ([x, y]) => {
      const difference = asBigint(x) * powerOfTen(scale - left.scale) - asBigint(y) * powerOfTen(scale - right.scale)
      return difference < 0n ? -1 : difference > 0n ? 1 : 0
    })
    code
      .get(order.values[0] ?? 0)
      .i32(0)
      .emit(ints[operator])
  } else if (a.values.length === 1 && b.values.length === 1) {
    code
      .get(a.values[0] ?? 0)
      .get(b.values[0] ?? 0)
      .emit(longs[operator])
  } else {
    compareWide(e, operator, a, b)
  }
  return e.boolean(valid)
}

function compareWide(e: Emitter, operator: ComparisonOperator, a: Operand, b: Operand): void {
  const { code } = e
  const [left = 0] = a.values
  const [right = 0] = b.values
  e.high(a)
  const highA = e.store('i64')
  e.high(b)
  const highB = e.store('i64')
  const equal = () => code.get(left).get(right).emit(op.i64Eq).get(highA).get(highB).emit(op.i64Eq, op.i32And)
  const less = (x: number, xHigh: number, y: number, yHigh: number) => {
    code.get(xHigh).get(yHigh).emit(op.i64LtS)
    code.get(xHigh).get(yHigh).emit(op.i64Eq).get(x).get(y).emit(op.i64LtU, op.i32And, op.i32Or)
    return code
  }
  switch (operator) {
    case '=':
      equal()
      return
    case '<>':
      equal().emit(op.i32Eqz)
      return
    case '<':
      less(left, highA, right, highB)
      return
    case '>':
      less(right, highB, left, highA)
      return
    case '<=':
      less(right, highB, left, highA).emit(op.i32Eqz)
      return
    case '>=':
      less(left, highA, right, highB).emit(op.i32Eqz)
  }
}

const DAY = 86_400_000_000n

/** µs with months of 30 days, PostgreSQL's order of intervals. */
function comparableInterval(e: Emitter, a: Operand): number {
  const [low = 0, micros = 0] = a.values
  const { code } = e
  code.get(low).i64(32n).emit(op.i64Shl).i64(32n).emit(op.i64ShrS).i64(30n).emit(op.i64Mul)
  code.get(low).i64(32n).emit(op.i64ShrS, op.i64Add).i64(DAY).emit(op.i64Mul).get(micros).emit(op.i64Add)
  return e.store('i64')
}
