import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, type Field, field, types } from '../../../types/data-type.ts'
import { physicalCodes, physicalOf, widthOf } from '../../../types/physical.ts'

/** Where a field of a cell lies: its index in the table, and offsets in a state row of its value and of its null byte. */
export interface FieldPlace {
  readonly field: number
  readonly value: number
  readonly valid: number
}

/** Rows to take in: the state row of each (`addresses`), the values, and what says whether and how often it counts. */
export interface CellRows {
  readonly rows: number
  readonly table: StateTable
  /** i32 a row: the slot of its group. */
  readonly slots: Pointer
  readonly addresses: Pointer
  readonly columns: readonly Column[]
  /** u8 a row; 0: every row counts. */
  readonly mask: Pointer
  /** i32 a row; 0: every weight is +1. */
  readonly weights: Pointer
  /** i64 a row: arrival; 0: `firstOrdinal + row`. */
  readonly ordinals: Pointer
  readonly firstOrdinal: bigint
  /** Rows that a user's function threw on are added here. */
  readonly failed?: { readonly row: number; readonly message: string }[]
}

/** Pairs of groups of which the second is taken into the first. */
export interface MergedRows {
  readonly rows: number
  readonly table: StateTable
  readonly toSlots: Pointer
  readonly to: Pointer
  readonly from: Pointer
}

/**
 * A part of an aggregate's state, kept in a few fields of the group's row and shared by all calls that need it: a count
 * of values, a sum, an extreme. `places` are its fields' places in the order of `fields`.
 */
export interface Cell {
  /** Equal texts are equal cells. */
  readonly id: string
  /** The null bytes of fields that are not nullable are set when the row is made. */
  readonly fields: readonly Field[]
  /** It counts rows and nothing else: several of one batch may be done together (`updateCounts`). */
  readonly isCount?: true
  update(memory: Memory, rows: CellRows, places: readonly FieldPlace[]): void
  merge(memory: Memory, rows: MergedRows, places: readonly FieldPlace[]): void
}

/** A column of the batch that a cell reads: the planner laid it out, so that it is there. */
export function columnOf(columns: readonly Column[], index: number): Column {
  const column = columns[index]
  if (column === undefined) throw new RangeError(`an aggregate's input has no column ${index}`)
  return column
}

export function placeOf(places: readonly FieldPlace[], index: number): FieldPlace {
  const place = places[index]
  if (place === undefined) throw new RangeError(`an aggregate's cell has no field ${index}`)
  return place
}

const at = (places: readonly FieldPlace[], index: number): number => placeOf(places, index).value

const internal = (name: string, type: DataType): Field => field(name, type, false)

/** The number of rows (by weight) that count. */
export const countCell = (id: string): Cell => ({
  id: `count ${id}`,
  fields: [internal('count', types.bigint)],
  isCount: true,
  update: (memory, { addresses, rows, mask, weights }, places) =>
    memory.kernels.agg_count(addresses, rows, at(places, 0), mask, weights),
  merge: (memory, { to, from, rows }, places) => memory.kernels.agg_merge_add(to, from, rows, at(places, 0)),
})

/** Count cells of rows that are only added, each with the mask of the rows that it counts. */
export function updateCounts(
  memory: Memory,
  { addresses, rows }: Pick<CellRows, 'addresses' | 'rows'>,
  counts: readonly { readonly places: readonly FieldPlace[]; readonly mask: Pointer }[],
): void {
  if (counts.length === 0) return
  const list = memory.chunk(counts.length * 8)
  memory.u32(list, counts.length * 2).set(counts.flatMap(({ places, mask }) => [at(places, 0), mask]))
  memory.kernels.agg_counts(addresses, rows, list, counts.length)
}

/** The number of rows in which a boolean is `wanted`. */
export const truthCell = (id: string, argument: number, wanted: boolean): Cell => ({
  id: `truth ${wanted} ${id}`,
  fields: [internal('truths', types.bigint)],
  update(memory, { addresses, rows, columns, mask, weights }, places) {
    const equal = memory.chunk(rows)
    if (mask === 0) memory.u8(equal, rows).fill(1)
    else memory.u8(equal, rows).set(memory.u8(mask, rows))
    memory.kernels.agg_mask_equal(equal, rows, columnOf(columns, argument).data, wanted ? 1 : 0)
    memory.kernels.agg_count(addresses, rows, at(places, 0), equal, weights)
  },
  merge: (memory, { to, from, rows }, places) => memory.kernels.agg_merge_add(to, from, rows, at(places, 0)),
})

/** A sum of TINYINT, SMALLINT or INT in 64 bits, of BIGINT in 128. */
export function integerSumCell(id: string, argument: number, type: DataType): Cell {
  const wide = type.is === 'bigint'
  const code = physicalCodes[physicalOf(type)]
  return {
    id: `sum ${id}`,
    fields: [internal('sum', wide ? types.decimal(38, 0) : types.bigint)],
    update(memory, { addresses, rows, columns, mask, weights }, places) {
      const { data } = columnOf(columns, argument)
      if (wide) memory.kernels.agg_sum_i64(addresses, rows, at(places, 0), data, mask, weights)
      else memory.kernels.agg_sum_narrow(addresses, rows, at(places, 0), data, code, mask, weights)
    },
    merge(memory, { to, from, rows }, places) {
      if (wide) memory.kernels.agg_merge_wide(to, from, rows, at(places, 0), -1)
      else memory.kernels.agg_merge_add(to, from, rows, at(places, 0))
    },
  }
}

/** A sum of DECIMAL in 192 bits: 38 digits fill 127 already. */
export const decimalSumCell = (id: string, argument: number): Cell => ({
  id: `sum ${id}`,
  fields: [internal('sum', types.decimal(38, 0)), internal('high', types.bigint)],
  update: (memory, { addresses, rows, columns, mask, weights }, places) =>
    memory.kernels.agg_sum_i128(
      addresses,
      rows,
      at(places, 0),
      at(places, 1),
      columnOf(columns, argument).data,
      mask,
      weights,
    ),
  merge: (memory, { to, from, rows }, places) =>
    memory.kernels.agg_merge_wide(to, from, rows, at(places, 0), at(places, 1)),
})

/** A sum of doubles as a pair of doubles; NaN, Infinity and -Infinity counted apart, so that they can be taken back. */
export const floatSumCell = (id: string, argument: number, type: DataType): Cell => ({
  id: `sum ${id}`,
  fields: [
    internal('high', types.double),
    internal('low', types.double),
    internal('nans', types.bigint),
    internal('plus', types.bigint),
    internal('minus', types.bigint),
  ],
  update: (memory, { addresses, rows, columns, mask, weights }, places) =>
    memory.kernels.agg_sum_float(
      addresses,
      rows,
      at(places, 0),
      at(places, 1),
      at(places, 2),
      at(places, 3),
      at(places, 4),
      columnOf(columns, argument).data,
      physicalCodes[physicalOf(type)],
      mask,
      weights,
    ),
  merge(memory, { to, from, rows }, places) {
    memory.kernels.agg_merge_pair(to, from, rows, at(places, 0), at(places, 1))
    for (const index of [2, 3, 4]) memory.kernels.agg_merge_add(to, from, rows, at(places, index))
  },
})

/** Sums as pairs of doubles, then a count of values that are no numbers: `update` gets the offsets of all in memory. */
function pairsCell(
  id: string,
  pairs: number,
  update: (memory: Memory, rows: CellRows, offsets: Pointer) => void,
): Cell {
  const fields = Array.from({ length: pairs }, (_, i) => [
    internal(`high${i}`, types.double),
    internal(`low${i}`, types.double),
  ]).flat()
  return {
    id,
    fields: [...fields, internal('specials', types.bigint)],
    update(memory, rows, places) {
      const offsets = memory.chunk(places.length * 4)
      memory.u32(offsets, places.length).set(places.map(place => place.value))
      update(memory, rows, offsets)
    },
    merge(memory, { to, from, rows }, places) {
      for (let i = 0; i < pairs; i++)
        memory.kernels.agg_merge_pair(to, from, rows, at(places, i * 2), at(places, i * 2 + 1))
      memory.kernels.agg_merge_add(to, from, rows, at(places, pairs * 2))
    },
  }
}

/** Sum and sum of squares. */
export const momentsCell = (id: string, argument: number, type: DataType): Cell =>
  pairsCell(`moments ${id}`, 2, (memory, { addresses, rows, columns, mask, weights }, offsets) =>
    memory.kernels.agg_moments(
      addresses,
      rows,
      offsets,
      columnOf(columns, argument).data,
      physicalCodes[physicalOf(type)],
      mask,
      weights,
    ),
  )

/** Sums of y, x, y*y, x*x, x*y. */
export const comomentsCell = (id: string, y: number, x: number): Cell =>
  pairsCell(`comoments ${id}`, 5, (memory, { addresses, rows, columns, mask, weights }, offsets) =>
    memory.kernels.agg_comoments(
      addresses,
      rows,
      offsets,
      columnOf(columns, y).data,
      columnOf(columns, x).data,
      mask,
      weights,
    ),
  )

/** The values of a cell's field in the rows at `from`, as a column: what merging feeds to `update`. */
export function gatherField(memory: Memory, from: Pointer, rows: number, place: FieldPlace, type: DataType): Column {
  const width = widthOf(physicalOf(type))
  const data = memory.chunk(rows * width)
  memory.kernels.agg_gather(from, rows, place.value, width, data)
  const validity = memory.chunk(rows)
  memory.kernels.agg_gather(from, rows, place.valid, 1, validity)
  return { type, data, validity }
}

/** The smallest or largest value of fixed width; only over rows that are never taken back. */
export function extremeCell(id: string, argument: number, type: DataType, largest: boolean): Cell {
  const code = physicalCodes[physicalOf(type)]
  const take = (
    memory: Memory,
    addresses: Pointer,
    rows: number,
    data: Pointer,
    mask: Pointer,
    place: FieldPlace,
  ): void => memory.kernels.agg_extreme(addresses, rows, place.value, place.valid, data, code, largest ? 1 : 0, mask)
  return {
    id: `${largest ? 'max' : 'min'} ${id}`,
    fields: [field('extreme', type)],
    update: (memory, { addresses, rows, columns, mask }, places) =>
      take(memory, addresses, rows, columnOf(columns, argument).data, mask, placeOf(places, 0)),
    merge(memory, { to, from, rows }, places) {
      const gathered = gatherField(memory, from, rows, placeOf(places, 0), type)
      take(memory, to, rows, gathered.data, gathered.validity, placeOf(places, 0))
    },
  }
}

/** Bits that all, any or an odd number of values have; AND and OR only over rows that are never taken back. */
export function bitsCell(id: string, argument: number, type: DataType, kind: 'and' | 'or' | 'xor'): Cell {
  const code = physicalCodes[physicalOf(type)]
  const number = kind === 'and' ? 0 : kind === 'or' ? 1 : 2
  return {
    id: `bits ${kind} ${id}`,
    fields: [field('bits', types.bigint)],
    update: (memory, { addresses, rows, columns, mask, weights }, places) => {
      const { value, valid } = placeOf(places, 0)
      memory.kernels.agg_bits(
        addresses,
        rows,
        value,
        valid,
        columnOf(columns, argument).data,
        code,
        number,
        mask,
        weights,
      )
    },
    merge(memory, { to, from, rows }, places) {
      const place = placeOf(places, 0)
      const { data, validity } = gatherField(memory, from, rows, place, types.bigint)
      memory.kernels.agg_bits(to, rows, place.value, place.valid, data, physicalCodes.i64, number, validity, 0)
    },
  }
}
