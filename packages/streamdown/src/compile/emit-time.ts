import { failures } from '../errors/table.ts'
import { RowError } from '../functions/definition.ts'
import { asBigint, asInterval, asNumber } from '../functions/values.ts'
import { type DataType, types } from '../types/data-type.ts'
import { type Interval, isInterval, type Value } from '../types/value.ts'
import {
  addInterval,
  FIRST_DATE,
  floorDivide,
  isDate,
  isTimestamp,
  joinMicros,
  LAST_DATE,
  MICROS_PER_DAY,
} from '../values/calendar.ts'
import { addIntervals, divideInterval, isInRange, multiplyInterval, negateInterval } from '../values/interval.ts'
import type { ArithmeticOperator } from './emit-arithmetic.ts'
import { emitHostCall } from './emit-host.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'
import { op } from './wasm/opcodes.ts'

const timeTypes = new Set(['date', 'time', 'timestamp', 'interval'])

export const isTimeArithmetic = (a: DataType, b: DataType): boolean => timeTypes.has(a.is) || timeTypes.has(b.is)

/** Sums and differences of dates, times, timestamps and intervals. */
export function emitTimeArithmetic(
  e: Emitter,
  operator: ArithmeticOperator,
  a: Operand,
  b: Operand,
  type: DataType,
): Operand {
  // The interval or number that moves a date or timestamp stands on the right.
  if (operator === '+' && moves(a.type) && !moves(b.type)) return emitTimeArithmetic(e, operator, b, a, type)
  const { code } = e
  const valid = e.allValid([a, b])
  const [left = 0] = a.values
  const [right = 0, micros = 0] = b.values
  if (a.type.is === 'timestamp' && b.type.is === 'interval' && isFixed(b)) {
    const out = code.local('i64')
    e.guard(valid, () => {
      // Days and µs of the constant, as one number of µs.
      code.get(right).i64(32n).emit(op.i64ShrS).i64(MICROS_PER_DAY).emit(op.i64Mul).get(micros).emit(op.i64Add)
      const shift = e.store('i64')
      code
        .get(left)
        .get(shift)
        .emit(operator === '+' ? op.i64Add : op.i64Sub)
        .set(out)
      code.get(left).get(out).emit(op.i64Xor)
      if (operator === '+') code.get(shift).get(out).emit(op.i64Xor)
      else code.get(left).get(shift).emit(op.i64Xor)
      code.emit(op.i64And).i64(0n).emit(op.i64LtS)
      e.failIf(failures.overflow)
    })
    return { type, valid, values: [out] }
  }
  if (a.type.is === 'date' && b.type.is === 'bigint') {
    code
      .get(left)
      .emit(op.i64ExtendI32S)
      .get(right)
      .emit(operator === '+' ? op.i64Add : op.i64Sub)
    const moved = e.store('i64')
    const out = code.local('i32')
    e.guard(valid, () => {
      code.get(moved).i64(BigInt(FIRST_DATE)).emit(op.i64LtS)
      code.get(moved).i64(BigInt(LAST_DATE)).emit(op.i64GtS, op.i32Or)
      e.failIf(failures.overflow)
      code.get(moved).emit(op.i32WrapI64).set(out)
    })
    return { type, valid, values: [out] }
  }
  if (a.type.is === 'date' && b.type.is === 'date') {
    code.get(left).get(right).emit(op.i32Sub)
    return { type, valid, values: [e.store()] }
  }
  return emitHostCall(e, [a, b], type, { strict: true, mayBeNull: false }, args =>
    calculate(operator, args, a.type, b.type, type),
  )
}

const moves = (type: DataType): boolean => type.is !== 'date' && type.is !== 'timestamp' && type.is !== 'time'

/** A constant without months always moves by the same time. */
const isFixed = ({ literal }: Operand): boolean =>
  literal !== undefined && isInterval(literal) && literal.months === 0 && Math.abs(literal.days) < 100_000_000

function calculate(
  operator: ArithmeticOperator,
  [a, b]: readonly Value[],
  left: DataType,
  right: DataType,
  type: DataType,
): Value {
  if (left.is === 'interval' || (right.is === 'interval' && isNumber(left)))
    return intervals(operator, a ?? null, b ?? null, left, right)
  if (left.is === 'date' && right.is === 'time') return joinMicros({ days: asNumber(a), micros: 0 }) + asBigint(b)
  if (left.is === 'time' && right.is === 'date') return joinMicros({ days: asNumber(b), micros: 0 }) + asBigint(a)
  if (right.is === 'interval') {
    const interval = operator === '-' ? withinRange(negateInterval(asInterval(b))) : asInterval(b)
    if (left.is === 'time')
      return (((asBigint(a) + interval.micros) % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
    const start = left.is === 'date' ? joinMicros({ days: asNumber(a), micros: 0 }) : asBigint(a)
    const moved = addInterval(start, interval)
    if (type.is === 'date') {
      const days = Number(floorDivide(moved, MICROS_PER_DAY))
      if (!isDate(days)) throw new RowError(failures.overflow, 'date out of range')
      return days
    }
    if (!isTimestamp(moved)) throw new RowError(failures.overflow, 'timestamp out of range')
    return moved
  }
  const from = left.is === 'date' ? joinMicros({ days: asNumber(a), micros: 0 }) : asBigint(a)
  const to = right.is === 'date' ? joinMicros({ days: asNumber(b), micros: 0 }) : asBigint(b)
  const difference = from - to
  if (left.is === 'time') return { months: 0, days: 0, micros: difference }
  return { months: 0, days: Number(difference / MICROS_PER_DAY), micros: difference % MICROS_PER_DAY }
}

const isNumber = (type: DataType): boolean => type.is === types.double.is

function intervals(operator: ArithmeticOperator, a: Value, b: Value, left: DataType, right: DataType): Value {
  if (left.is === 'interval' && right.is === 'interval') {
    const added = operator === '-' ? withinRange(negateInterval(asInterval(b))) : asInterval(b)
    return withinRange(addIntervals(asInterval(a), added))
  }
  if (left.is !== 'interval') return withinRange(multiplyInterval(asInterval(b), asNumber(a)))
  if (operator === '*') return withinRange(multiplyInterval(asInterval(a), asNumber(b)))
  if (asNumber(b) === 0) throw new RowError(failures.divisionByZero, 'division by zero')
  return withinRange(divideInterval(asInterval(a), asNumber(b)))
}

function withinRange(interval: Interval | undefined): Interval {
  if (interval === undefined || !isInRange(interval)) throw new RowError(failures.overflow, 'interval out of range')
  return interval
}
