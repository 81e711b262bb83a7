import type { Column } from '../../../batch/batch.ts'
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
    const memory = this.#memory
    const counts = Array.from(memory.i32(this.table.countOf(keys, rows), rows))
    const fractions = this.#fractions(keys, rows)
    const exact = counts.map((count, row) => {
      const fraction = fractions[row] ?? Number.NaN
      if (count === 0 || !(fraction >= 0 && fraction <= 1)) return undefined
      return this.#name === 'percentile_disc' ? Math.max(0, Math.ceil(fraction * count) - 1) : fraction * (count - 1)
    })
    const below = this.#at(
      keys,
      exact.map(place => Math.floor(place ?? 0)),
    )
    const above = this.#at(
      keys,
      exact.map(place => Math.ceil(place ?? 0)),
    )
    const results = exact.map((place, row): Value => {
      if (place === undefined) return null
      const low = readValue(memory, below, row)
      if (this.#name === 'percentile_disc') return low
      const high = readValue(memory, above, row)
      if (typeof low !== 'number' || typeof high !== 'number') return null
      return low === high ? low : low + (high - low) * (place - Math.floor(place))
    })
    return columnFromValues(memory, this.#type, results)
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

  /** The values at 0-based places in the order of each group. */
  #at(keys: readonly Column[], places: readonly number[]): Column {
    const slots = this.table.slotAt(keys, int32s(this.#memory, places), places.length)
    return this.table.gather(slots, places.length, this.#keys)
  }

  /** The fraction asked for: that of the group's first row. */
  #fractions(keys: readonly Column[], rows: number): readonly (number | undefined)[] {
    if (this.#fraction === undefined) return Array.from({ length: rows }, () => 0.5)
    const memory = this.#memory
    const first = this.table.slotAt(
      keys,
      int32s(
        memory,
        Array.from({ length: rows }, () => 0),
      ),
      rows,
    )
    const column = this.table.gather(first, rows, this.#keys + 1)
    return Array.from({ length: rows }, (_, row) => {
      const fraction = readValue(memory, column, row)
      return typeof fraction === 'number' ? fraction : undefined
    })
  }
}
