import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { columnOf } from './aggregate-cells.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import type { KeptCall, ListedRows } from './aggregate-lists.ts'

/** The aggregates that are a value, or two, at a place in the order of a group's values. */
export const isQuantile = ({ call, orderBy }: AggregateCallInput): boolean =>
  !call.distinct && orderBy.length <= 1 && ['median', 'percentile_cont', 'percentile_disc'].includes(call.name)

/**
 * Quantiles over rows that are never taken back: the values of each group in order, so that one is found by its place in
 * a logarithm.
 */
export class QuantileSet implements KeptCall {
  readonly table: StateTable
  readonly #memory: Memory
  readonly #name: string
  readonly #type: DataType
  readonly #keys: number
  readonly #value: number
  /** The column of the fraction; undefined: a median. */
  readonly #fraction: number | undefined

  constructor(
    context: OperatorContext,
    { call, args, orderBy }: AggregateCallInput,
    schema: Schema,
    name: string,
    keys: readonly Field[],
    groupBy: number,
  ) {
    this.#memory = context.memory
    this.#name = call.name
    this.#type = call.type
    this.#keys = keys.length
    this.#value = args.at(-1) ?? -1
    this.#fraction = args.length > 1 ? args[0] : undefined
    const value = field('value', schema[this.#value]?.type ?? types.null)
    const fraction = this.#fraction === undefined ? [] : [field('fraction', types.double)]
    this.table = context.table({
      name,
      fields: [...keys, value, ...fraction],
      keys: keys.length,
      unique: false,
      groupBy,
      order: [{ field: keys.length, descending: orderBy[0]?.descending === true, nullsFirst: false }],
    })
  }

  get tables(): readonly StateTable[] {
    return [this.table]
  }

  bytes(): number {
    return this.table.bytes()
  }

  rebuild(): void {}

  insert({ rows, keys, columns, mask, weights }: ListedRows): void {
    const memory = this.#memory
    const counted = mask === 0 ? undefined : memory.u8(mask, rows)
    const times = weights === 0 ? undefined : memory.i32(weights, rows)
    const repeated: number[] = []
    for (let row = 0; row < rows; row++) {
      if (counted?.[row] === 0) continue
      for (let n = times?.[row] ?? 1; n > 0; n--) repeated.push(row)
    }
    const selection = int32s(memory, repeated)
    const take = (column: Column): Column => takeColumn(memory, column, selection, repeated.length, false)
    const fraction = this.#fraction === undefined ? [] : [take(columnOf(columns, this.#fraction))]
    this.table.insert([...keys.map(take), take(columnOf(columns, this.#value)), ...fraction], repeated.length)
  }

  finish(keys: readonly Column[], rows: number): Column {
    return quantilesOf(this.#memory, { name: this.#name, type: this.#type }, rows, {
      counts: this.table.countOf(keys, rows),
      at: (places, which) => this.#at(keys, places, this.#keys + (which === 'value' ? 0 : 1)),
      fixed: this.#fraction === undefined,
    })
  }

  forget(keys: readonly Column[], rows: number): void {
    const { pairs, slots } = this.table.matches(keys, rows, true)
    this.table.remove(slots, pairs)
  }

  move(from: readonly Column[], to: readonly Column[], rows: number): void {
    const memory = this.#memory
    const { pairs, probe, slots } = this.table.matches(from, rows, true)
    if (pairs === 0) return
    const values = this.table.spec.fields
      .slice(this.#keys)
      .map((_, i) => this.table.gather(slots, pairs, this.#keys + i))
    this.table.insert([...to.map(column => takeColumn(memory, column, probe, pairs, false)), ...values], pairs)
    this.table.remove(slots, pairs)
  }

  /** A field of the rows at 0-based places in the order of each group. */
  #at(keys: readonly Column[], places: readonly number[], field: number): Column {
    const slots = this.table.slotAt(keys, int32s(this.#memory, places), places.length)
    return this.table.gather(slots, places.length, field)
  }
}

/** The values of groups in order. */
export interface PlacedValues {
  /** i32 a group: how many. */
  readonly counts: Pointer
  /** Those at 0-based places, one a group, and what fraction was asked for with them. */
  readonly at: (places: readonly number[], which: 'value' | 'fraction') => Column
  /** There is no fraction: a median. */
  readonly fixed: boolean
}

/** The quantiles of groups; the fraction asked for is that of the group's first row. */
export function quantilesOf(
  memory: Memory,
  { name, type }: { readonly name: string; readonly type: DataType },
  rows: number,
  { counts, at, fixed }: PlacedValues,
): Column {
  const sizes = Array.from(memory.i32(counts, rows))
  const first = fixed
    ? undefined
    : at(
        sizes.map(() => 0),
        'fraction',
      )
  const exact = sizes.map((count, row) => {
    const asked = first === undefined ? 0.5 : readValue(memory, first, row)
    const fraction = typeof asked === 'number' ? asked : Number.NaN
    if (count === 0 || !(fraction >= 0 && fraction <= 1)) return undefined
    return name === 'percentile_disc' ? Math.max(0, Math.ceil(fraction * count) - 1) : fraction * (count - 1)
  })
  const below = at(
    exact.map(place => Math.floor(place ?? 0)),
    'value',
  )
  const above = at(
    exact.map(place => Math.ceil(place ?? 0)),
    'value',
  )
  const results = exact.map((place, row): Value => {
    if (place === undefined) return null
    const low = readValue(memory, below, row)
    if (name === 'percentile_disc') return low
    const high = readValue(memory, above, row)
    if (typeof low !== 'number' || typeof high !== 'number') return null
    return low === high ? low : low + (high - low) * (place - Math.floor(place))
  })
  return columnFromValues(memory, type, results)
}
