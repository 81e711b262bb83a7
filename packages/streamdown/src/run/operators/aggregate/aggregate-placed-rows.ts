import { CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { OrderField, StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { exactRowKey } from '../../../types/value-key.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { bytesOf } from '../state-of.ts'
import { columnOf } from './aggregate-cells.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import type { KeptCall, ListedRows } from './aggregate-lists.ts'
import { isQuantile, quantilesOf } from './aggregate-quantiles.ts'

/** Whether a call's result is one row of the group, or two beside each other, found by a place in an order. */
export const isPlaced = (input: AggregateCallInput): boolean =>
  isQuantile(input) ||
  (!input.call.distinct && ['first_value', 'last_value', 'any_value', 'arg_min', 'arg_max'].includes(input.call.name))

/**
 * A call whose result stands at a place in the order of its rows, over rows that may be taken back: the rows of each group
 * in that order, those that tie as they arrived, and the same rows by their values, so that one that is taken back is
 * found. A result, and a row taken back, cost a logarithm. Of equal rows the first one leaves. A row that is taken back
 * before it came (within a step) is owed, and does not come.
 */
export class PlacedRows implements KeptCall {
  readonly #memory: Memory
  readonly #input: AggregateCallInput
  /** Rows by group and values; of equal ones the first that arrived first. */
  readonly #rows: StateTable
  /** Derived: the rows of each group in order. */
  readonly #order: StateTable
  readonly #owed: StateTable
  readonly #keys: number
  /** The columns of the input that are kept, behind the keys. */
  readonly #columns: readonly number[]
  /** The fields of the order, in `#columns`. */
  readonly #sorting: readonly number[]

  constructor(
    context: OperatorContext,
    input: AggregateCallInput,
    schema: Schema,
    name: string,
    keys: readonly Field[],
    groupBy: number,
  ) {
    const { args, orderBy } = input
    this.#memory = context.memory
    this.#input = input
    this.#keys = keys.length
    this.#columns = [...new Set([...args, ...orderBy.map(({ column }) => column)])]
    const sorting = sortingOf(input)
    this.#sorting = sorting.map(({ column }) => this.#columns.indexOf(column))
    const values = this.#columns.map(column => field(`c${column}`, schema[column]?.type ?? types.null))
    const arrived = (at: number): OrderField => ({ field: at, descending: false, nullsFirst: false })
    const width = keys.length + values.length
    const ordinal = field('ordinal', types.bigint, false)
    this.#rows = context.table({
      name,
      fields: [...keys, ...values, ordinal, field('entry', types.int)],
      keys: width,
      groupBy,
      unique: false,
      exact: true,
      order: [arrived(width)],
    })
    const sorted = this.#sorting.map(at => values[at] ?? field('', types.null))
    this.#order = context.table({
      name: `${name} in order`,
      fields: [...keys, ...sorted, ordinal, field('slot', types.int, false)],
      keys: keys.length,
      groupBy,
      unique: false,
      order: [
        ...sorting.map((each, at) => ({ ...each, field: keys.length + at })),
        arrived(keys.length + sorted.length),
      ],
    })
    this.#owed = context.table({
      name: `${name} owed`,
      fields: [...keys, ...values],
      keys: keys.length,
      groupBy,
      unique: false,
    })
  }

  get tables(): readonly StateTable[] {
    return [this.#rows, this.#owed]
  }

  bytes(): number {
    return bytesOf([this.#rows, this.#order, this.#owed])
  }

  rebuild(): void {
    this.#order.clear()
    const all = this.#rows.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = this.#memory.mark()
      this.#enter(all.slots + from * 4, Math.min(CHUNK_ROWS, all.rows - from))
      this.#memory.release(mark)
    }
  }

  insert({ rows, keys, columns, mask, weights, ordinals, firstOrdinal }: ListedRows): void {
    const memory = this.#memory
    const counted = mask === 0 ? undefined : memory.u8(mask, rows)
    const times = weights === 0 ? undefined : memory.i32(weights, rows)
    const added: number[] = []
    const taken: number[] = []
    for (let row = 0; row < rows; row++) {
      if (counted?.[row] === 0) continue
      const weight = times?.[row] ?? 1
      for (let n = Math.abs(weight); n > 0; n--) (weight > 0 ? added : taken).push(row)
    }
    const kept = [...keys, ...this.#columns.map(column => columnOf(columns, column))]
    const arrival = ordinals === 0 ? memory.chunk(rows * 8) : ordinals
    if (ordinals === 0) memory.kernels.sequence(firstOrdinal, rows, arrival)
    this.#add(kept, { type: types.bigint, data: arrival, validity: 0 }, added)
    this.#take(kept, taken)
  }

  finish(keys: readonly Column[], rows: number): Column {
    const { call, args } = this.#input
    const argument = (column: number | undefined): number => this.#keys + this.#columns.indexOf(column ?? -1)
    if (isQuantile(this.#input)) {
      return quantilesOf(this.#memory, call, rows, {
        counts: this.#order.countOf(keys, rows),
        at: (places, which) =>
          this.#rows.gather(this.#slotAt(keys, places), rows, argument(which === 'value' ? args.at(-1) : args[0])),
        fixed: args.length === 1,
      })
    }
    const last = call.name === 'last_value'
    const counts = this.#memory.i32(this.#order.countOf(keys, rows), rows)
    const places = Array.from(counts, count => (last ? count - 1 : 0))
    return this.#rows.gather(this.#slotAt(keys, places), rows, argument(args[0]))
  }

  forget(keys: readonly Column[], rows: number): void {
    const { pairs, slots } = this.#order.matches(keys, rows, true)
    this.#remove(this.#slotsOf(slots, pairs), pairs)
    const owed = this.#owed.matches(keys, rows, true)
    this.#owed.remove(owed.slots, owed.pairs)
  }

  move(from: readonly Column[], to: readonly Column[], rows: number): void {
    const memory = this.#memory
    const moved = (table: StateTable, slots: Pointer, probe: Pointer, pairs: number, fields: number): Column[] => [
      ...to.map(column => takeColumn(memory, column, probe, pairs, false)),
      ...Array.from({ length: fields }, (_, i) => table.gather(slots, pairs, this.#keys + i)),
    ]
    const { pairs, probe, slots } = this.#order.matches(from, rows, true)
    if (pairs > 0) {
      const own = this.#slotsOf(slots, pairs)
      const columns = moved(this.#rows, own, probe, pairs, this.#columns.length + 1)
      this.#remove(own, pairs)
      this.#insert(columns, pairs)
    }
    const owed = this.#owed.matches(from, rows, true)
    if (owed.pairs === 0) return
    const columns = moved(this.#owed, owed.slots, owed.probe, owed.pairs, this.#columns.length)
    this.#owed.remove(owed.slots, owed.pairs)
    this.#owed.insert(columns, owed.pairs)
  }

  #add(kept: readonly Column[], arrival: Column, added: readonly number[]): void {
    const memory = this.#memory
    const owed = this.#owed.rows === 0 ? new Set<number>() : this.#settled(kept, added)
    const coming = owed.size === 0 ? added : added.filter((_, at) => !owed.has(at))
    if (coming.length === 0) return
    const selection = int32s(memory, coming)
    this.#insert(
      [...kept, arrival].map(column => takeColumn(memory, column, selection, coming.length, false)),
      coming.length,
    )
  }

  /** Which of the rows that come are owed: they are no longer, then. */
  #settled(kept: readonly Column[], added: readonly number[]): ReadonlySet<number> {
    const memory = this.#memory
    const { slots, rows } = this.#owed.all()
    const open = new Map<string, number[]>()
    const fields = kept.map((_, at) => this.#owed.gather(slots, rows, at))
    for (const [row, slot] of memory.i32(slots, rows).slice().entries()) {
      const key = exactRowKey(fields.map(column => readValue(memory, column, row)))
      open.set(key, [...(open.get(key) ?? []), slot])
    }
    const settled = new Set<number>()
    const gone: number[] = []
    for (const [at, row] of added.entries()) {
      const slot = open.get(exactRowKey(kept.map(column => readValue(memory, column, row))))?.pop()
      if (slot === undefined) continue
      settled.add(at)
      gone.push(slot)
    }
    this.#owed.remove(int32s(memory, gone), gone.length)
    return settled
  }

  #take(kept: readonly Column[], taken: readonly number[]): void {
    const memory = this.#memory
    // Equal rows find the same first one: one leaves a round.
    for (let left = taken; left.length > 0; ) {
      const selection = int32s(memory, left)
      const asked = kept.map(column => takeColumn(memory, column, selection, left.length, false))
      const { pairs, probe, slots } = this.#rows.firstOf(asked, left.length, 1)
      const found = new Map<number, number>()
      const probes = memory.i32(probe, pairs)
      for (const [pair, slot] of memory.i32(slots, pairs).entries()) found.set(probes[pair] ?? -1, slot)
      const gone = new Set(found.values())
      if (gone.size > 0) this.#remove(int32s(memory, [...gone]), gone.size)
      const again: number[] = []
      const missing: number[] = []
      for (const [at, row] of left.entries()) {
        const slot = found.get(at)
        if (slot === undefined) missing.push(at)
        else if (!gone.delete(slot)) again.push(row)
      }
      if (missing.length > 0) {
        const those = int32s(memory, missing)
        this.#owed.insert(
          asked.map(column => takeColumn(memory, column, those, missing.length, false)),
          missing.length,
        )
      }
      left = again
    }
  }

  /** `columns`: keys, values and ordinal. */
  #insert(columns: readonly Column[], rows: number): void {
    const entry = columnFromValues(
      this.#memory,
      types.int,
      Array.from({ length: rows }, (): Value => null),
    )
    this.#enter(this.#rows.insert([...columns, entry], rows), rows)
  }

  #enter(slots: Pointer, rows: number): void {
    const width = this.#keys + this.#columns.length
    const fields = [
      ...Array.from({ length: this.#keys }, (_, at) => at),
      ...this.#sorting.map(at => this.#keys + at),
      width,
    ]
    const entries = this.#order.insert(
      [...fields.map(at => this.#rows.gather(slots, rows, at)), { type: types.int, data: slots, validity: 0 }],
      rows,
    )
    this.#rows.scatter(slots, rows, width + 1, { type: types.int, data: entries, validity: 0 })
  }

  #remove(slots: Pointer, rows: number): void {
    const entries = this.#rows.gather(slots, rows, this.#keys + this.#columns.length + 1).data
    this.#order.remove(entries, rows)
    this.#rows.remove(slots, rows)
  }

  /** The rows at 0-based places in the order of each group. */
  #slotAt(keys: readonly Column[], places: readonly number[]): Pointer {
    return this.#slotsOf(this.#order.slotAt(keys, int32s(this.#memory, places), places.length), places.length)
  }

  /** Slots of the order as slots of the rows; -1 where there is none. */
  #slotsOf(entries: Pointer, rows: number): Pointer {
    const memory = this.#memory
    const { data } = this.#order.gather(entries, rows, this.#keys + this.#sorting.length + 1)
    const found = memory.i32(entries, rows)
    const slots = memory.i32(data, rows)
    for (let row = 0; row < rows; row++) if (found[row] === -1) slots[row] = -1
    return data
  }
}

/** By what the rows of a group stand before they stand as they arrived. */
function sortingOf({ call, args, orderBy }: AggregateCallInput): AggregateCallInput['orderBy'] {
  const by = (column: number | undefined, descending: boolean) =>
    column === undefined ? [] : [{ column, descending, nullsFirst: false }]
  switch (call.name) {
    case 'arg_min':
      return [...by(args[1], false), ...orderBy]
    case 'arg_max':
      return [...by(args[1], true), ...orderBy]
    case 'first_value':
    case 'last_value':
    case 'any_value':
      return orderBy
    default:
      return by(args.at(-1), orderBy[0]?.descending === true)
  }
}
