import type { Memory } from '../../../batch/memory.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import { RowError } from '../../../functions/definition.ts'
import {
  including,
  joined,
  type NumericTotal,
  resultOfTotal,
  totalOf,
  totalType,
  totalValue,
} from '../../../functions/numeric/total.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { isNumeric } from '../../../values/numeric.ts'
import { type Cell, columnOf, gatherField, type Place, placeOf } from './aggregate-cells.ts'
import type { Finish } from './aggregate-finish.ts'

/** The total of NUMERIC values, kept as one value of the group's row: `squared` also of their squares. */
export function numericTotalCell(id: string, argument: number, squared: boolean): Cell {
  return {
    id: `numeric ${squared ? 'moments' : 'sum'} ${id}`,
    fields: [field('total', totalType)],
    update(memory, { rows, table, slots, addresses, columns, mask, weights }, places) {
      const place = placeOf(places, 0)
      const mark = memory.mark()
      const known = gatherField(memory, addresses, rows, place, totalType)
      const values = columnOf(columns, argument)
      const slotOf = memory.i32(slots, rows).slice()
      const counts = mask === 0 ? undefined : memory.u8(mask, rows).slice()
      const times = weights === 0 ? undefined : memory.i32(weights, rows).slice()
      const totals = new Map<number, NumericTotal>()
      for (let row = 0; row < rows; row++) {
        if (counts?.[row] === 0) continue
        const value = readValue(memory, values, row)
        if (!isNumeric(value)) continue
        const slot = slotOf[row] ?? -1
        const before = totals.get(slot) ?? totalOf(readValue(memory, known, row))
        totals.set(slot, including(before, value, BigInt(times?.[row] ?? 1), squared))
      }
      store(memory, table, place, totals)
      memory.release(mark)
    },
    merge(memory, { rows, table, toSlots, to, from }, places) {
      const place = placeOf(places, 0)
      const mark = memory.mark()
      const known = gatherField(memory, to, rows, place, totalType)
      const more = gatherField(memory, from, rows, place, totalType)
      const slotOf = memory.i32(toSlots, rows).slice()
      const totals = new Map<number, NumericTotal>()
      for (let row = 0; row < rows; row++) {
        const slot = slotOf[row] ?? -1
        const before = totals.get(slot) ?? totalOf(readValue(memory, known, row))
        totals.set(slot, joined(before, totalOf(readValue(memory, more, row))))
      }
      store(memory, table, place, totals)
      memory.release(mark)
    },
  }
}

function store(memory: Memory, table: StateTable, place: Place, totals: ReadonlyMap<number, NumericTotal>): void {
  const slots = int32s(memory, [...totals.keys()])
  table.scatter(
    slots,
    totals.size,
    place.field,
    columnFromValues(memory, totalType, [...totals.values()].map(totalValue)),
  )
}

/** SUM, AVG and the deviations of NUMERIC. */
export const finishNumeric =
  (name: string): Finish =>
  (memory, { rows, addresses, overflow }, [places = []]) => {
    const totals = gatherField(memory, addresses, rows, placeOf(places, 0), totalType)
    const results = Array.from({ length: rows }, (_, row): Value => {
      try {
        return resultOfTotal(name, totalOf(readValue(memory, totals, row)))
      } catch (error) {
        if (!(error instanceof RowError)) throw error
        memory.view().setUint8(overflow + row, 1)
        return null
      }
    })
    return columnFromValues(memory, types.numeric, results)
  }
