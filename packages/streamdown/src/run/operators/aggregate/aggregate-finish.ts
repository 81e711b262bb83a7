import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { columnFromValues } from '../../../batch/values.ts'
import type { DataType } from '../../../types/data-type.ts'
import { physicalCodes, physicalOf, widthOf } from '../../../types/physical.ts'
import type { Value } from '../../../types/value.ts'
import { type FieldPlace, placeOf } from './aggregate-cells.ts'
import { statistic } from './aggregate-statistics.ts'
import { doubleDouble } from './double-double.ts'

/** State rows to make results of. `overflow`: u8 a row, set to 1 where a result does not fit its type. */
export interface FinishRows {
  readonly rows: number
  readonly addresses: Pointer
  readonly overflow: Pointer
}

/** Makes the column of a call's results; `places`: those of the fields of each of its cells. */
export type Finish = (memory: Memory, rows: FinishRows, places: readonly (readonly FieldPlace[])[]) => Column

const columnSpace = (memory: Memory, type: DataType, rows: number): Pointer =>
  memory.chunk(rows * widthOf(physicalOf(type)))

export function integers(
  memory: Memory,
  { addresses, rows }: FinishRows,
  places: readonly FieldPlace[] | undefined,
  type: DataType,
): Column {
  const data = columnSpace(memory, type, rows)
  memory.kernels.agg_gather(addresses, rows, placeOf(places ?? [], 0).value, 8, data)
  return { type, data, validity: 0 }
}

/** Offset of a count cell, -1 where there is none. */
const countAt = (places: readonly FieldPlace[] | undefined): number =>
  places === undefined ? -1 : placeOf(places, 0).value

const code = (type: DataType): number => physicalCodes[physicalOf(type)]

/** The sum of REAL or DOUBLE from its five cells (high and low part, NaNs, both infinities), or that by the count. */
function finishFloat(
  memory: Memory,
  { addresses, rows }: Pick<FinishRows, 'addresses' | 'rows'>,
  sum: readonly FieldPlace[],
  count: number,
  type: DataType,
  to: { readonly data: Pointer; readonly validity: Pointer },
  what: 'sum' | 'mean',
): void {
  const at = (index: number): number => placeOf(sum, index).value
  memory.kernels.agg_finish_float(
    addresses,
    rows,
    at(0),
    at(1),
    at(2),
    at(3),
    at(4),
    count,
    what === 'mean' ? 1 : 0,
    code(type),
    to.data,
    to.validity,
  )
}

export function finishSum(argument: DataType, type: DataType): Finish {
  return (memory, { addresses, rows, overflow }, [sum = [], counted]) => {
    const count = countAt(counted)
    const data = columnSpace(memory, type, rows)
    const validity = count < 0 ? 0 : memory.chunk(rows)
    const field = (index: number): number => placeOf(sum, index).value
    if (argument.is === 'decimal') {
      memory.kernels.agg_finish_decimal(addresses, rows, field(0), field(1), count, data, validity, overflow)
    } else if (argument.is === 'real' || argument.is === 'double') {
      finishFloat(memory, { addresses, rows }, sum, count, type, { data, validity }, 'sum')
    } else {
      const wide = argument.is === 'bigint' ? 2 : 1
      memory.kernels.agg_finish_integer(addresses, rows, field(0), wide, count, code(type), data, validity, overflow)
    }
    return { type, data, validity }
  }
}

/** The integer kept by a sum cell. */
function readSum(view: DataView, address: Pointer, places: readonly FieldPlace[], argument: DataType): bigint {
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

export function finishAverage(argument: DataType, type: DataType, neverNull: boolean): Finish {
  return (memory, { addresses, rows, overflow }, [sum = [], counted]) => {
    const count = countAt(counted)
    const validity = neverNull ? 0 : memory.chunk(rows)
    const field = (index: number): number => placeOf(sum, index).value
    if (argument.is === 'real' || argument.is === 'double') {
      const data = columnSpace(memory, type, rows)
      finishFloat(memory, { addresses, rows }, sum, count, type, { data, validity }, 'mean')
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
export function eachRow(
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
export function finishField(type: DataType, index = 0): Finish {
  return (memory, { addresses, rows }, [places = []]) => {
    const place = placeOf(places, index)
    const data = columnSpace(memory, type, rows)
    memory.kernels.agg_gather(addresses, rows, place.value, widthOf(physicalOf(type)), data)
    const validity = memory.chunk(rows)
    memory.kernels.agg_gather(addresses, rows, place.valid, 1, validity)
    return { type, data, validity }
  }
}

export function finishTruth(wanted: boolean, neverNull: boolean): Finish {
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

export function finishBits(type: DataType): Finish {
  return (memory, { addresses, rows, overflow }, [bits = [], counted]) => {
    const data = columnSpace(memory, type, rows)
    const validity = memory.chunk(rows)
    const { value } = placeOf(bits, 0)
    memory.kernels.agg_finish_integer(addresses, rows, value, 1, countAt(counted), code(type), data, validity, overflow)
    return { type, data, validity }
  }
}

/** `scale`: the argument was a DECIMAL taken as its digits. */
export function finishMoments(name: string, scale: number): Finish {
  return (memory, { addresses, rows }, [counted = [], sums = []]) =>
    eachRow(memory, addresses, rows, { is: 'double' }, (view, address) => {
      const n = Number(view.getBigInt64(address + placeOf(counted, 0).value, true))
      const numbers = sums.slice(0, -1).map(place => view.getFloat64(address + place.value, true))
      const specials = view.getBigInt64(address + placeOf(sums, sums.length - 1).value, true)
      const pairs = numbers.flatMap((high, i) => (i % 2 === 0 ? [doubleDouble(high, numbers[i + 1])] : []))
      return statistic(name, n, pairs, specials !== 0n, scale)
    })
}
