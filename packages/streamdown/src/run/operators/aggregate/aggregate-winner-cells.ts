import type { Column, Pointer } from '../../../batch/batch.ts'
import { widthBitsOf } from '../../../batch/columns.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import { physicalCodes, physicalOf } from '../../../types/physical.ts'
import { type Cell, type CellRows, columnOf, gatherField, placeOf } from './aggregate-cells.ts'

/** Stores the values of the chosen rows into their groups' field. */
function storeWinners(
  memory: Memory,
  { table, slots }: { readonly table: StateTable; readonly slots: Pointer },
  column: Column,
  winners: Pointer,
  count: number,
  fieldIndex: number,
): void {
  if (count === 0) return
  const chosen = memory.chunk(count * 4)
  memory.kernels.agg_take32(slots, winners, count, chosen)
  table.scatter(chosen, count, fieldIndex, takeColumn(memory, column, winners, count, false))
}

/**
 * The value of the row in which `by` is smallest or largest, of equal ones the first; only over rows that are never taken
 * back. Where both are one column: the smallest or largest text.
 */
export function bestCell(
  id: string,
  argument: { readonly column: number; readonly type: DataType },
  by: { readonly column: number; readonly type: DataType },
  largest: boolean,
): Cell {
  const physical = physicalOf(by.type)
  const same = argument.column === by.column
  const take = (
    memory: Memory,
    rows: CellRows,
    value: Column,
    key: Column,
    places: Parameters<Cell['update']>[2],
  ): void => {
    const [kept, ordinal, best, own] = [placeOf(places, 0), placeOf(places, 1), placeOf(places, 2), places[3]]
    const winners = memory.chunk(rows.rows * 4)
    const count = memory.kernels.agg_winners_by(
      rows.addresses,
      rows.rows,
      kept.value,
      kept.valid,
      ordinal.value,
      best.value,
      key.data,
      physicalCodes[physical],
      widthBitsOf(physical),
      largest ? 1 : 0,
      rows.ordinals,
      rows.firstOrdinal,
      rows.mask,
      winners,
    )
    storeWinners(memory, rows, key, winners, count, kept.field)
    if (own !== undefined) storeWinners(memory, rows, value, winners, count, own.field)
  }
  return {
    id: `${largest ? 'largest' : 'smallest'} ${id}`,
    fields: [
      field('by', by.type),
      field('ordinal', types.bigint, false),
      field('best', types.int, false),
      ...(same ? [] : [field('value', argument.type)]),
    ],
    update: (memory, rows, places) =>
      take(memory, rows, columnOf(rows.columns, argument.column), columnOf(rows.columns, by.column), places),
    merge(memory, { table, toSlots, to, from, rows }, places) {
      const key = gatherField(memory, from, rows, placeOf(places, 0), by.type)
      const value = same ? key : gatherField(memory, from, rows, placeOf(places, 3), argument.type)
      const ordinals = gatherField(memory, from, rows, placeOf(places, 1), types.bigint).data
      const none = { columns: [], weights: 0, firstOrdinal: 0n }
      const merged = { ...none, rows, table, slots: toSlots, addresses: to, mask: key.validity, ordinals }
      take(memory, merged, value, key, places)
    },
  }
}

/** The value that arrived first or last; only over rows that are never taken back. */
export function arrivalCell(id: string, argument: number, type: DataType, last: boolean): Cell {
  const take = (memory: Memory, rows: CellRows, column: Column, places: Parameters<Cell['update']>[2]): void => {
    const [value, ordinal, best] = [placeOf(places, 0), placeOf(places, 1), placeOf(places, 2)]
    const winners = memory.chunk(rows.rows * 4)
    const count = memory.kernels.agg_winners_arrival(
      rows.addresses,
      rows.rows,
      value.valid,
      ordinal.value,
      best.value,
      rows.ordinals,
      rows.firstOrdinal,
      last ? 1 : 0,
      rows.mask,
      winners,
    )
    storeWinners(memory, rows, column, winners, count, value.field)
  }
  return {
    id: `${last ? 'last' : 'first'} ${id}`,
    fields: [field('value', type), field('ordinal', types.bigint, false), field('best', types.int, false)],
    update: (memory, rows, places) => take(memory, rows, columnOf(rows.columns, argument), places),
    merge(memory, { table, toSlots, to, from, rows }, places) {
      const column = gatherField(memory, from, rows, placeOf(places, 0), type)
      const ordinals = gatherField(memory, from, rows, placeOf(places, 1), types.bigint).data
      const none = { columns: [], weights: 0, firstOrdinal: 0n }
      take(
        memory,
        { ...none, rows, table, slots: toSlots, addresses: to, mask: column.validity, ordinals },
        column,
        places,
      )
    },
  }
}
