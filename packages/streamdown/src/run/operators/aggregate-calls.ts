import type { Column, Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { columnFromValues } from '../../batch/values.ts'
import type { DataType, Schema } from '../../types/data-type.ts'
import { physicalCodes, physicalOf, widthOf } from '../../types/physical.ts'
import type { Value } from '../../types/value.ts'
import {
  bitsCell,
  type Cell,
  comomentsCell,
  countCell,
  decimalSumCell,
  extremeCell,
  floatSumCell,
  integerSumCell,
  momentsCell,
  type Place,
  placeOf,
  truthCell,
} from './aggregate-cells.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import { statistic } from './aggregate-statistics.ts'
import { arrivalCell, bestCell, foldCell } from './aggregate-winner-cells.ts'
import { doubleDouble } from './double-double.ts'

/** State rows to make results of. `overflow`: u8 a row, set to 1 where a result does not fit its type. */
export interface FinishRows {
  readonly rows: number
  readonly addresses: Pointer
  readonly overflow: Pointer
}

/** Which rows of a batch a cell sees. */
export interface Counted {
  /** Columns that must not be NULL; only those that can be. */
  readonly nonNull: readonly number[]
  readonly filter: number | undefined
  /** DISTINCT: each combination of these columns counts once. */
  readonly distinct: readonly number[] | undefined
}

/** How a call lives in the fields of the group's row. */
export interface CallPlan {
  readonly counted: Counted
  readonly cells: readonly Cell[]
  /** `places`: those of each of `cells`. */
  finish(memory: Memory, rows: FinishRows, places: readonly (readonly Place[])[]): Column
}

export interface CallOptions {
  readonly schema: Schema
  /** No row is ever taken back. */
  readonly appendOnly: boolean
  /** There are group keys: a group that is shown has rows. */
  readonly keyed: boolean
  /** Groups merge (sessions): what DISTINCT has seen cannot be merged in place. */
  readonly merging: boolean
}

/** The plan of a call; undefined: it is kept as a list of its rows (`aggregate-lists.ts`). */
export function planCall(input: AggregateCallInput, options: CallOptions): CallPlan | undefined {
  const { call, args, filter, orderBy } = input
  const { schema, appendOnly } = options
  const typeAt = (index: number): DataType => schema[args[index] ?? -1]?.type ?? { is: 'null' }
  // Repeating a value changes nothing for these.
  const idempotent = ['min', 'max', 'bool_and', 'bool_or', 'bit_and', 'bit_or'].includes(call.name)
  const distinct = (call.distinct && !idempotent) || call.name === 'approx_count_distinct' ? args : undefined
  if (distinct !== undefined && options.merging) return undefined
  const nonNull = args.filter(column => schema[column]?.nullable !== false)
  const counted: Counted = { nonNull, filter, distinct }
  const argument = args[0] ?? -1
  const type = typeAt(0)
  const id = args.join(',')
  const neverNull = options.keyed && nonNull.length === 0 && filter === undefined
  const count = countCell('rows')

  if (call.fold !== undefined) {
    if (!appendOnly || options.merging) return undefined
    const every = { nonNull: [], filter, distinct: undefined }
    return { counted: every, cells: [foldCell(id, args, call.type, call.fold)], finish: finishField(call.type) }
  }
  switch (call.name) {
    case 'count':
    case 'approx_count_distinct':
      return { counted, cells: [count], finish: (memory, rows, [places]) => integers(memory, rows, places, call.type) }
    case 'sum':
    case 'sum0': {
      const cell = sumCell(id, argument, type)
      if (cell === undefined) return undefined
      const known = neverNull || call.name === 'sum0'
      return { counted, cells: known ? [cell] : [cell, count], finish: finishSum(type, call.type) }
    }
    case 'avg': {
      const cell = sumCell(id, argument, type)
      return cell === undefined
        ? undefined
        : { counted, cells: [cell, count], finish: finishAverage(type, call.type, neverNull) }
    }
    case 'min':
    case 'max': {
      if (!appendOnly || isNested(type)) return undefined
      const largest = call.name === 'max'
      const own = { column: argument, type }
      const cell =
        physicalOf(type) === 'view' ? bestCell(id, own, own, largest) : extremeCell(id, argument, type, largest)
      return { counted, cells: [cell], finish: finishField(type) }
    }
    case 'arg_min':
    case 'arg_max': {
      const by = { column: args[1] ?? -1, type: typeAt(1) }
      if (!appendOnly || orderBy.length > 0 || isNested(by.type)) return undefined
      const same = by.column === argument
      const cell = bestCell(id, { column: argument, type }, by, call.name === 'arg_max')
      return { counted, cells: [cell], finish: finishField(type, same ? 0 : 3) }
    }
    case 'first_value':
    case 'last_value':
    case 'any_value': {
      if (!appendOnly || orderBy.length > 0 || distinct !== undefined) return undefined
      return {
        counted,
        cells: [arrivalCell(id, argument, type, call.name === 'last_value')],
        finish: finishField(type),
      }
    }
    case 'bool_and':
    case 'bool_or': {
      const wanted = call.name === 'bool_or'
      const cell = truthCell(id, argument, wanted)
      return { counted, cells: [cell, count], finish: finishTruth(wanted, neverNull) }
    }
    case 'bit_and':
    case 'bit_or':
    case 'bit_xor': {
      const kind = call.name === 'bit_and' ? 'and' : call.name === 'bit_or' ? 'or' : 'xor'
      if (kind !== 'xor' && !appendOnly) return undefined
      return { counted, cells: [bitsCell(id, argument, type, kind), count], finish: finishBits(type) }
    }
    case 'stddev_samp':
    case 'stddev_pop':
    case 'var_samp':
    case 'var_pop': {
      if (sumCell(id, argument, type) === undefined) return undefined
      const scale = type.is === 'decimal' ? type.scale : 0
      return { counted, cells: [count, momentsCell(id, argument, type)], finish: finishMoments(call.name, scale) }
    }
    case 'regr_count':
      return { counted, cells: [count], finish: (memory, rows, [places]) => integers(memory, rows, places, call.type) }
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
        counted,
        cells: [count, comomentsCell(id, argument, args[1] ?? -1)],
        finish: finishMoments(call.name, 0),
      }
    default:
      return undefined
  }
}

/** Nested values compare element by element: in JavaScript only. */
const isNested = (type: DataType): boolean => type.is === 'row' || type.is === 'array' || type.is === 'map'

function sumCell(id: string, argument: number, type: DataType): Cell | undefined {
  switch (type.is) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return integerSumCell(id, argument, type)
    case 'decimal':
      return decimalSumCell(id, argument)
    case 'real':
    case 'double':
      return floatSumCell(id, argument, type)
    default:
      return undefined
  }
}

const columnSpace = (memory: Memory, type: DataType, rows: number): Pointer =>
  memory.chunk(rows * widthOf(physicalOf(type)))

function integers(
  memory: Memory,
  { addresses, rows }: FinishRows,
  places: readonly Place[] | undefined,
  type: DataType,
): Column {
  const data = columnSpace(memory, type, rows)
  memory.kernels.agg_gather(addresses, rows, placeOf(places ?? [], 0).value, 8, data)
  return { type, data, validity: 0 }
}

/** Offset of a count cell, -1 where there is none. */
const countAt = (places: readonly Place[] | undefined): number => (places === undefined ? -1 : placeOf(places, 0).value)

const code = (type: DataType): number => physicalCodes[physicalOf(type)]

function finishSum(argument: DataType, type: DataType): CallPlan['finish'] {
  return (memory, { addresses, rows, overflow }, [sum = [], counted]) => {
    const count = countAt(counted)
    const data = columnSpace(memory, type, rows)
    const validity = count < 0 ? 0 : memory.chunk(rows)
    const field = (index: number): number => placeOf(sum, index).value
    if (argument.is === 'decimal') {
      memory.kernels.agg_finish_decimal(addresses, rows, field(0), field(1), count, data, validity, overflow)
    } else if (argument.is === 'real' || argument.is === 'double') {
      const [high, low, nans, plus, minus] = [field(0), field(1), field(2), field(3), field(4)]
      memory.kernels.agg_finish_float(
        addresses,
        rows,
        high,
        low,
        nans,
        plus,
        minus,
        count,
        0,
        code(type),
        data,
        validity,
      )
    } else {
      const wide = argument.is === 'bigint' ? 2 : 1
      memory.kernels.agg_finish_integer(addresses, rows, field(0), wide, count, code(type), data, validity, overflow)
    }
    return { type, data, validity }
  }
}

/** The integer kept by a sum cell. */
function readSum(view: DataView, address: Pointer, places: readonly Place[], argument: DataType): bigint {
  const at = address + placeOf(places, 0).value
  if (argument.is !== 'bigint' && argument.is !== 'decimal') return view.getBigInt64(at, true)
  const low = view.getBigUint64(at, true)
  if (argument.is === 'bigint') return (view.getBigInt64(at + 8, true) << 64n) | low
  const high = view.getBigInt64(address + placeOf(places, 1).value, true)
  return (high << 128n) | (view.getBigUint64(at + 8, true) << 64n) | low
}

/** The largest number of 38 digits. */
export const decimalLimit = 10n ** 38n

/** sum / count with `scale` digits more, rounded half away from zero. */
export function averageOf(sum: bigint, count: bigint, scale: number): bigint {
  const scaled = sum * 10n ** BigInt(scale)
  const double = (scaled * 2n) / count
  return (double + (double < 0n ? -1n : 1n)) / 2n
}

function finishAverage(argument: DataType, type: DataType, neverNull: boolean): CallPlan['finish'] {
  return (memory, { addresses, rows, overflow }, [sum = [], counted]) => {
    const count = countAt(counted)
    const validity = neverNull ? 0 : memory.chunk(rows)
    const field = (index: number): number => placeOf(sum, index).value
    if (argument.is === 'real' || argument.is === 'double') {
      const data = columnSpace(memory, type, rows)
      const [high, low, nans, plus, minus] = [field(0), field(1), field(2), field(3), field(4)]
      memory.kernels.agg_finish_float(
        addresses,
        rows,
        high,
        low,
        nans,
        plus,
        minus,
        count,
        1,
        code(type),
        data,
        validity,
      )
      return { type, data, validity }
    }
    if (type.is === 'double' && argument.is !== 'decimal') {
      const data = columnSpace(memory, type, rows)
      memory.kernels.agg_finish_mean(addresses, rows, field(0), argument.is === 'bigint' ? 2 : 1, count, data, validity)
      return { type, data, validity }
    }
    const scale = (type.is === 'decimal' ? type.scale : 0) - (argument.is === 'decimal' ? argument.scale : 0)
    return eachRow(memory, addresses, rows, type, (view, address, row) => {
      const n = view.getBigInt64(address + count, true)
      if (n === 0n) return null
      const total = readSum(view, address, sum, argument)
      if (type.is === 'decimal') {
        const average = averageOf(total, n, scale)
        if (average < decimalLimit && average > -decimalLimit) return average
        view.setUint8(overflow + row, 1)
        return null
      }
      // Same integer type: truncated; it always fits.
      return type.is === 'bigint' ? total / n : Number(total / n)
    })
  }
}

/** Results made one by one in JavaScript. `make` may not allocate in the memory. */
function eachRow(
  memory: Memory,
  addresses: Pointer,
  rows: number,
  type: DataType,
  make: (view: DataView, address: Pointer, row: number) => Value,
): Column {
  const view = memory.view()
  const values: Value[] = []
  for (let row = 0; row < rows; row++) values.push(make(view, view.getUint32(addresses + row * 4, true), row))
  return columnFromValues(memory, type, values)
}

/** A field of the first cell as it is. */
function finishField(type: DataType, index = 0): CallPlan['finish'] {
  return (memory, { addresses, rows }, [places = []]) => {
    const place = placeOf(places, index)
    const data = columnSpace(memory, type, rows)
    memory.kernels.agg_gather(addresses, rows, place.value, widthOf(physicalOf(type)), data)
    const validity = memory.chunk(rows)
    memory.kernels.agg_gather(addresses, rows, place.valid, 1, validity)
    return { type, data, validity }
  }
}

function finishTruth(wanted: boolean, neverNull: boolean): CallPlan['finish'] {
  return (memory, { addresses, rows }, [truths = [], counted = []]) => {
    const data = memory.chunk(rows)
    memory.kernels.agg_not_zero(addresses, rows, placeOf(truths, 0).value, 0, data)
    // bool_and counts what is false: it holds where there is none.
    if (!wanted) {
      const bytes = memory.u8(data, rows)
      for (let row = 0; row < rows; row++) bytes[row] = 1 - (bytes[row] ?? 0)
    }
    const validity = neverNull ? 0 : memory.chunk(rows)
    if (!neverNull) memory.kernels.agg_not_zero(addresses, rows, placeOf(counted, 0).value, 0, validity)
    return { type: { is: 'boolean' }, data, validity }
  }
}

function finishBits(type: DataType): CallPlan['finish'] {
  return (memory, { addresses, rows, overflow }, [bits = [], counted]) => {
    const data = columnSpace(memory, type, rows)
    const validity = memory.chunk(rows)
    const { value } = placeOf(bits, 0)
    memory.kernels.agg_finish_integer(addresses, rows, value, 1, countAt(counted), code(type), data, validity, overflow)
    return { type, data, validity }
  }
}

/** `scale`: the argument was a DECIMAL taken as its digits. */
function finishMoments(name: string, scale: number): CallPlan['finish'] {
  return (memory, { addresses, rows }, [counted = [], sums = []]) =>
    eachRow(memory, addresses, rows, { is: 'double' }, (view, address) => {
      const n = Number(view.getBigInt64(address + placeOf(counted, 0).value, true))
      const numbers = sums.slice(0, -1).map(place => view.getFloat64(address + place.value, true))
      const specials = view.getBigInt64(address + placeOf(sums, sums.length - 1).value, true)
      const pairs = numbers.flatMap((high, i) => (i % 2 === 0 ? [doubleDouble(high, numbers[i + 1])] : []))
      return statistic(name, n, pairs, specials !== 0n, scale)
    })
}
