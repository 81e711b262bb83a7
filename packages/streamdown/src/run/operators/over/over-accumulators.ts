import { compareValues } from '../../../types/compare-values.ts'
import { type DataType, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { valueKey } from '../../../types/value-key.ts'
import {
  exactAverage,
  integer,
  isExact,
  type ListCall,
  type OVERFLOW,
  zeroOf,
} from '../aggregate/aggregate-list-results.ts'
import { statistic } from '../aggregate/aggregate-statistics.ts'
import { add, type DoubleDouble, doubleDouble, multiply, numberOf, subtract } from '../aggregate/double-double.ts'

export type Result = Value | typeof OVERFLOW

/** An aggregate over a frame that moves on: rows come in at its end and leave at its start, in their order. */
export interface Accumulator {
  add(row: number): void
  /** The oldest row that was added and not removed. */
  remove(row: number): void
  result(): Result
  /** What the rows added so far come to, as values of `saved`; only of one that never removed a row. */
  save(): readonly Value[]
  load(saved: readonly Value[]): void
}

export interface AccumulatorKind {
  /** The types of what `save` gives. */
  readonly saved: readonly DataType[]
  /** What `save` would give, or does as well, by the result; undefined: it does not say enough. */
  readonly resume?: (result: Value) => readonly Value[]
  /** Over the arguments' values by row. `slides`: rows will be removed. */
  create(args: readonly (readonly Value[])[], slides: boolean): Accumulator
}

/** How an aggregate follows a frame; undefined: it is computed anew over each. */
export function accumulatorKind(call: ListCall): AccumulatorKind | undefined {
  if (call.orderBy.length > 0) return undefined
  const plain = plainKind(call)
  if (plain === undefined || !call.distinct || isIdempotent(call.name)) return plain
  return distinctKind(plain)
}

const isIdempotent = (name: string): boolean =>
  ['min', 'max', 'arg_min', 'arg_max', 'bool_and', 'bool_or'].includes(name)

/** Whether what came before can be kept as a few values. */
export const isSavable = (kind: AccumulatorKind): boolean => kind.saved.length > 0

function plainKind(call: ListCall): AccumulatorKind | undefined {
  const [argument = types.null] = call.argumentTypes
  switch (call.name) {
    case 'count':
    case 'regr_count':
      return { saved: [types.bigint], resume: rows => [rows], create: () => new Counter() }
    case 'sum':
    case 'sum0':
    case 'avg':
      if (isExact(argument))
        return {
          saved: [types.string, types.bigint],
          ...(call.name === 'avg' ? {} : { resume: resumedSum }),
          create: ([x = []]) => new ExactSum(call, x),
        }
      if (argument.is === 'double' || argument.is === 'real')
        return { saved: sumTypes, create: ([x = []]) => new FloatSum(call, x) }
      return undefined
    case 'min':
    case 'max':
      return {
        saved: [argument],
        resume: best => [best],
        create: ([x = []], slides) => new Extreme(x, x, call.name === 'max', slides),
      }
    case 'arg_min':
    case 'arg_max':
      return {
        saved: [argument, call.argumentTypes[1] ?? types.null],
        create: ([x = [], by = []], slides) => new Extreme(x, by, call.name === 'arg_max', slides),
      }
    case 'bool_and':
    case 'bool_or':
      return {
        saved: [types.bigint, types.bigint],
        resume: result => [result === null ? 0n : 1n, result === true ? 1n : 0n],
        create: ([x = []]) => new Truths(x, call.name === 'bool_or'),
      }
    case 'stddev_samp':
    case 'stddev_pop':
    case 'var_samp':
    case 'var_pop':
      if (argument.is === 'numeric') return undefined
      return { saved: Moments.saved(1), create: args => new Moments(call, args) }
    case 'corr':
    case 'covar_pop':
    case 'covar_samp':
    case 'regr_slope':
    case 'regr_intercept':
    case 'regr_r2':
    case 'regr_avgx':
    case 'regr_avgy':
    case 'regr_sxx':
    case 'regr_syy':
    case 'regr_sxy':
      return {
        saved: Moments.saved(call.argumentTypes.length),
        create: args => new Moments(call, args),
      }
    default:
      return undefined
  }
}

class Counter implements Accumulator {
  #rows = 0

  add(): void {
    this.#rows++
  }

  remove(): void {
    this.#rows--
  }

  result(): Result {
    return BigInt(this.#rows)
  }

  save(): readonly Value[] {
    return [BigInt(this.#rows)]
  }

  load([rows]: readonly Value[]): void {
    this.#rows = Number(rows)
  }
}

class ExactSum implements Accumulator {
  readonly #call: ListCall
  readonly #values: readonly Value[]
  #sum = 0n
  #rows = 0

  constructor(call: ListCall, values: readonly Value[]) {
    this.#call = call
    this.#values = values
  }

  add(row: number): void {
    this.#sum += exactAt(this.#values, row)
    this.#rows++
  }

  remove(row: number): void {
    this.#sum -= exactAt(this.#values, row)
    this.#rows--
  }

  result(): Result {
    const { name, type } = this.#call
    if (this.#rows === 0) return name === 'sum0' ? zeroOf(type) : null
    return name === 'avg' ? exactAverage(this.#call, this.#sum, this.#rows) : integer(type, this.#sum)
  }

  save(): readonly Value[] {
    return [String(this.#sum), BigInt(this.#rows)]
  }

  load([sum, rows]: readonly Value[]): void {
    this.#sum = BigInt(typeof sum === 'string' ? sum : 0)
    this.#rows = Number(rows)
  }
}

function exactAt(values: readonly Value[], row: number): bigint {
  const value = values[row]
  return typeof value === 'bigint' ? value : BigInt(Number(value))
}

const sumTypes = [types.double, types.double, types.bigint, types.bigint, types.bigint, types.bigint]

/** A sum only asks whether there was a row. */
const resumedSum = (sum: Value): readonly Value[] => [String(sum ?? 0), sum === null ? 0n : 1n]

/** As a pair of doubles; NaN, Infinity and -Infinity are counted apart, so that they can leave. */
class FloatSum implements Accumulator {
  readonly #call: ListCall
  readonly #values: readonly Value[]
  #sum: DoubleDouble = doubleDouble(0)
  #rows = 0
  #nans = 0
  #plus = 0
  #minus = 0

  constructor(call: ListCall, values: readonly Value[]) {
    this.#call = call
    this.#values = values
  }

  add(row: number): void {
    this.#take(row, 1)
  }

  remove(row: number): void {
    this.#take(row, -1)
    if (this.#rows === 0) this.#sum = doubleDouble(0)
  }

  result(): Result {
    const { name, type } = this.#call
    if (this.#rows === 0) return null
    const total = this.#total()
    const value = name === 'avg' ? total / this.#rows : total
    return type.is === 'real' ? Math.fround(value) : value
  }

  save(): readonly Value[] {
    const { high, low } = this.#sum
    return [high, low, BigInt(this.#rows), BigInt(this.#nans), BigInt(this.#plus), BigInt(this.#minus)]
  }

  load([high, low, rows, nans, plus, minus]: readonly Value[]): void {
    this.#sum = doubleDouble(Number(high), Number(low))
    this.#rows = Number(rows)
    this.#nans = Number(nans)
    this.#plus = Number(plus)
    this.#minus = Number(minus)
  }

  #take(row: number, sign: 1 | -1): void {
    const value = Number(this.#values[row])
    this.#rows += sign
    if (Number.isNaN(value)) this.#nans += sign
    else if (value === Number.POSITIVE_INFINITY) this.#plus += sign
    else if (value === Number.NEGATIVE_INFINITY) this.#minus += sign
    else this.#sum = add(this.#sum, doubleDouble(sign * value))
  }

  #total(): number {
    if (this.#nans > 0 || (this.#plus > 0 && this.#minus > 0)) return Number.NaN
    if (this.#plus > 0) return Number.POSITIVE_INFINITY
    return this.#minus > 0 ? Number.NEGATIVE_INFINITY : numberOf(this.#sum)
  }
}

interface Candidate {
  readonly row: number
  readonly value: Value
  readonly by: Value
}

/** The value whose `by` is smallest or largest, of equal ones the first; those that may come next wait in order. */
class Extreme implements Accumulator {
  readonly #values: readonly Value[]
  readonly #by: readonly Value[]
  readonly #sign: number
  readonly #slides: boolean
  #waiting: Candidate[] = []
  #first = 0

  constructor(values: readonly Value[], by: readonly Value[], largest: boolean, slides: boolean) {
    this.#values = values
    this.#by = by
    this.#sign = largest ? 1 : -1
    this.#slides = slides
  }

  add(row: number): void {
    const next = { row, value: this.#values[row] ?? null, by: this.#by[row] ?? null }
    while (this.#waiting.length > this.#first) {
      const last = this.#waiting.at(-1)
      if (last === undefined || compareValues(next.by, last.by) * this.#sign <= 0) break
      this.#waiting.pop()
    }
    if (this.#slides || this.#waiting.length === this.#first) this.#waiting.push(next)
  }

  remove(row: number): void {
    const oldest = this.#waiting[this.#first]
    if (oldest === undefined || oldest.row > row) return
    this.#first++
    if (this.#first < 1024) return
    this.#waiting = this.#waiting.slice(this.#first)
    this.#first = 0
  }

  result(): Result {
    return this.#waiting[this.#first]?.value ?? null
  }

  save(): readonly Value[] {
    const best = this.#waiting[this.#first]
    if (this.#values === this.#by) return [best?.value ?? null]
    return [best?.value ?? null, best?.by ?? null]
  }

  load(saved: readonly Value[]): void {
    const [value = null, by = value] = saved
    this.#waiting = by === null ? [] : [{ row: -1, value, by }]
  }
}

class Truths implements Accumulator {
  readonly #values: readonly Value[]
  readonly #any: boolean
  #rows = 0
  #trues = 0

  constructor(values: readonly Value[], any: boolean) {
    this.#values = values
    this.#any = any
  }

  add(row: number): void {
    this.#rows++
    if (this.#values[row] === true) this.#trues++
  }

  remove(row: number): void {
    this.#rows--
    if (this.#values[row] === true) this.#trues--
  }

  result(): Result {
    if (this.#rows === 0) return null
    return this.#any ? this.#trues > 0 : this.#trues === this.#rows
  }

  save(): readonly Value[] {
    return [BigInt(this.#rows), BigInt(this.#trues)]
  }

  load([rows, trues]: readonly Value[]): void {
    this.#rows = Number(rows)
    this.#trues = Number(trues)
  }
}

/** Sums of values and of their products, as pairs of doubles. */
class Moments implements Accumulator {
  readonly #call: ListCall
  readonly #args: readonly (readonly Value[])[]
  readonly #divisors: readonly number[]
  #sums: DoubleDouble[]
  #rows = 0
  #specials = 0

  constructor(call: ListCall, args: readonly (readonly Value[])[]) {
    this.#call = call
    this.#args = args
    this.#divisors = call.argumentTypes.map(type => (type.is === 'decimal' ? 10 ** type.scale : 1))
    this.#sums = Array.from({ length: args.length === 1 ? 2 : 5 }, () => doubleDouble(0))
  }

  static saved(args: number): readonly DataType[] {
    const sums = Array.from({ length: args === 1 ? 2 : 5 }, () => [types.double, types.double]).flat()
    return [types.bigint, types.bigint, ...sums]
  }

  add(row: number): void {
    this.#take(row, 1)
  }

  remove(row: number): void {
    this.#take(row, -1)
    if (this.#rows === 0) this.#sums = this.#sums.map(() => doubleDouble(0))
  }

  result(): Result {
    return statistic(this.#call.name, this.#rows, this.#sums, this.#specials > 0, 0)
  }

  save(): readonly Value[] {
    return [BigInt(this.#rows), BigInt(this.#specials), ...this.#sums.flatMap(({ high, low }) => [high, low])]
  }

  load([rows, specials, ...sums]: readonly Value[]): void {
    this.#rows = Number(rows)
    this.#specials = Number(specials)
    this.#sums = this.#sums.map((_, i) => doubleDouble(Number(sums[i * 2]), Number(sums[i * 2 + 1])))
  }

  #take(row: number, sign: 1 | -1): void {
    this.#rows += sign
    const values = this.#args.map((column, i) => Number(column[row]) / (this.#divisors[i] ?? 1))
    if (!values.every(Number.isFinite)) {
      this.#specials += sign
      return
    }
    const [y = doubleDouble(0), x = y] = values.map(value => doubleDouble(value))
    const products =
      this.#args.length === 1 ? [y, multiply(y, y)] : [y, x, multiply(y, y), multiply(x, x), multiply(y, x)]
    const join = sign === 1 ? add : subtract
    this.#sums = this.#sums.map((sum, i) => join(sum, products[i] ?? doubleDouble(0)))
  }
}

/** Each combination of arguments counts once; kept by its values, so it is not saved. */
function distinctKind(plain: AccumulatorKind): AccumulatorKind {
  return {
    saved: [],
    create: (args, slides) => new Distinct(args, plain.create(args, slides)),
  }
}

class Distinct implements Accumulator {
  readonly #args: readonly (readonly Value[])[]
  readonly #inner: Accumulator
  readonly #times = new Map<string, number>()

  constructor(args: readonly (readonly Value[])[], inner: Accumulator) {
    this.#args = args
    this.#inner = inner
  }

  add(row: number): void {
    const key = this.#key(row)
    const times = this.#times.get(key) ?? 0
    this.#times.set(key, times + 1)
    if (times === 0) this.#inner.add(row)
  }

  remove(row: number): void {
    const key = this.#key(row)
    const times = this.#times.get(key) ?? 0
    if (times > 1) {
      this.#times.set(key, times - 1)
      return
    }
    this.#times.delete(key)
    this.#inner.remove(row)
  }

  result(): Result {
    return this.#inner.result()
  }

  save(): readonly Value[] {
    return []
  }

  load(): void {
    this.#times.clear()
  }

  #key(row: number): string {
    return this.#args.map(column => valueKey(column[row] ?? null)).join(' ')
  }
}
