import { readValue } from '../../../batch/values.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type Cell, columnOf, placeOf } from './aggregate-cells.ts'
import { eachRow, type Finish } from './aggregate-finish.ts'

const widths: Partial<Record<DataType['is'], number>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }
const widthOf = (type: DataType): number => widths[type.is] ?? 64

/** How often each bit is set: what BIT_AND and BIT_OR over rows that may be taken back follow from. */
export function bitCountsCell(id: string, argument: number, type: DataType): Cell {
  const width = widthOf(type)
  const fields = Array.from({ length: width }, (_, bit) => field(`bit${bit}`, types.double, false))
  return {
    id: `bit counts ${id}`,
    fields,
    update(memory, { addresses, rows, columns, mask, weights }, places) {
      const column = columnOf(columns, argument)
      const values = Array.from({ length: rows }, (_, row) => readValue(memory, column, row))
      const view = memory.view()
      for (const [row, value] of values.entries()) {
        if (mask !== 0 && view.getUint8(mask + row) === 0) continue
        const address = view.getUint32(addresses + row * 4, true)
        const weight = weights === 0 ? 1 : view.getInt32(weights + row * 4, true)
        for (const bit of bitsOf(value, width)) add(view, address + placeOf(places, bit).value, weight)
      }
    },
    merge(memory, { to, from, rows }, places) {
      const view = memory.view()
      for (let row = 0; row < rows; row++) {
        const [target, source] = [to, from].map(at => view.getUint32(at + row * 4, true))
        for (let bit = 0; bit < width; bit++) {
          const { value } = placeOf(places, bit)
          add(view, (target ?? 0) + value, view.getFloat64((source ?? 0) + value, true))
        }
      }
    },
  }
}

/** Beside the number of rows. */
export function finishBitCounts(name: 'bit_and' | 'bit_or', type: DataType): Finish {
  const width = widthOf(type)
  return (memory, { addresses, rows }, [counted = [], bits = []]) =>
    eachRow(memory, addresses, rows, type, (view, address): Value => {
      const n = Number(view.getBigInt64(address + placeOf(counted, 0).value, true))
      if (n === 0) return null
      const wanted = name === 'bit_and' ? n : 1
      let result = 0n
      for (let bit = 0; bit < width; bit++) {
        if (view.getFloat64(address + placeOf(bits, bit).value, true) >= wanted) result |= 1n << BigInt(bit)
      }
      const signed = BigInt.asIntN(width, result)
      return type.is === 'bigint' ? signed : Number(signed)
    })
}

function add(view: DataView, at: number, weight: number): void {
  view.setFloat64(at, view.getFloat64(at, true) + weight, true)
}

/** The places of the bits that are set. */
function bitsOf(value: Value, width: number): readonly number[] {
  if (typeof value !== 'number' && typeof value !== 'bigint') return []
  const number = BigInt(value)
  const [low, high] = [number, number >> 32n].map(half => Number(BigInt.asUintN(32, half)))
  const bits: number[] = []
  for (let bit = 0; bit < width; bit++) {
    if ((((bit < 32 ? low : high) ?? 0) >>> (bit & 31)) & 1) bits.push(bit)
  }
  return bits
}
