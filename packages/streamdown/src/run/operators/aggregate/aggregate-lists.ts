import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { exactRowKey } from '../../../types/value-key.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { columnOf } from './aggregate-cells.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import { type ListCall, type ListRow, listResult, OVERFLOW } from './aggregate-list-results.ts'

/** Rows to keep. */
export interface ListedRows {
  readonly rows: number
  /** The columns of the group's key. */
  readonly keys: readonly Column[]
  readonly columns: readonly Column[]
  /** u8 a row, 0: all. */
  readonly mask: Pointer
  readonly weights: Pointer
  readonly ordinals: Pointer
  readonly firstOrdinal: bigint
}

/** A call whose rows are kept in a table of its own. */
export interface KeptCall {
  /** What a snapshot holds. */
  readonly tables: readonly StateTable[]
  bytes(): number
  /** After the tables were restored. */
  rebuild(): void
  insert(rows: ListedRows): void
  /** The results for groups, by key; `overflow`: u8 a group, set where there is none. */
  finish(keys: readonly Column[], rows: number, overflow: Pointer): Column
  /** Removes the rows of groups. */
  forget(keys: readonly Column[], rows: number): void
  /** Gives the rows of groups to other groups: of `from` to the key at the same row of `to`. */
  move(from: readonly Column[], to: readonly Column[], rows: number): void
}

/** Of the rows that are kept the group's key and the value of one argument, and their weights (0: all +1). */
export function weightedValues(
  memory: Memory,
  { rows, keys, columns, mask, weights }: ListedRows,
  argument: number,
): { readonly rows: number; readonly identity: readonly Column[]; readonly weights: Pointer } {
  const identity = [...keys, columnOf(columns, argument)]
  if (mask === 0) return { rows, identity, weights }
  const selection = memory.chunk(rows * 4)
  const kept = memory.kernels.agg_select(mask, rows, 1, selection)
  const taken = weights === 0 ? 0 : memory.chunk(kept * 4)
  if (weights !== 0) memory.kernels.take_values(weights, 2, selection, kept, taken)
  return {
    rows: kept,
    identity: identity.map(column => takeColumn(memory, column, selection, kept, false)),
    weights: taken,
  }
}

interface KeptRow extends ListRow {
  readonly slot: number
  readonly weight: number
}

/** Aggregates in which NULLs count as values. */
const keepsNulls = new Set([
  'array_agg',
  'jsonb_agg',
  'jsonb_agg_strict',
  'jsonb_object_agg',
  'jsonb_object_agg_strict',
  'fold',
])
/** Aggregates in which only NULLs of this argument are left out. */
const looksAt: Readonly<Record<string, number>> = { string_agg: 0, percentile_cont: 1, percentile_disc: 1 }

/** The arguments that must not be NULL for a row to count. */
export const listNonNull = ({ call, args }: AggregateCallInput): readonly number[] => {
  if (keepsNulls.has(call.name)) return []
  const only = looksAt[call.name]
  return only === undefined ? args : args.slice(only, only + 1)
}

/**
 * A call kept as the list of its rows, for aggregates that need them all (lists, quantiles, the extreme of rows that may
 * be taken back). A retracted row is kept with its weight until the end of the step and then cancels an equal one, so
 * that the order of changes within a step does not matter.
 */
export class AggregateList implements KeptCall {
  readonly #memory: Memory
  readonly #table: StateTable
  readonly #input: AggregateCallInput
  readonly #call: ListCall
  readonly #keys: number

  constructor(
    context: OperatorContext,
    input: AggregateCallInput,
    schema: Schema,
    name: string,
    keys: readonly Field[],
    groupBy: number,
  ) {
    const { call, args, orderBy } = input
    const typeOf = (column: number): Field => field(`c${column}`, schema[column]?.type ?? types.null)
    this.#memory = context.memory
    this.#input = input
    this.#keys = keys.length
    this.#call = {
      name: call.name,
      type: call.type,
      distinct: call.distinct,
      orderBy,
      argumentTypes: args.map(column => typeOf(column).type),
      ...(call.quantile === undefined ? {} : { quantile: call.quantile }),
      ...(call.fold === undefined ? {} : { fold: call.fold }),
    }
    const values = [...args, ...orderBy.map(({ column }) => column)].map(typeOf)
    this.#table = context.table({
      name,
      fields: [...keys, ...values, field('ordinal', types.bigint, false), field('weight', types.int, false)],
      keys: keys.length,
      unique: false,
      groupBy,
    })
  }

  insert({ rows, keys, columns, mask, weights, ordinals, firstOrdinal }: ListedRows): void {
    const memory = this.#memory
    const { args, orderBy } = this.#input
    const selection = memory.chunk(rows * 4)
    let count = rows
    if (mask === 0) memory.kernels.iota_i32(selection, 0, rows)
    else count = memory.kernels.agg_select(mask, rows, 1, selection)
    if (count === 0) return
    const take = (column: Column): Column => (mask === 0 ? column : takeColumn(memory, column, selection, count, false))
    const arrival = memory.chunk(count * 8)
    if (ordinals === 0) memory.kernels.take_sequence(firstOrdinal, selection, count, arrival)
    else memory.kernels.take_values(ordinals, 3, selection, count, arrival)
    const times = memory.chunk(count * 4)
    if (weights === 0) memory.kernels.fill_i32(times, count, 1)
    else memory.kernels.take_values(weights, 2, selection, count, times)
    this.#table.insert(
      [
        ...keys.map(take),
        ...args.map(column => take(columnOf(columns, column))),
        ...orderBy.map(({ column }) => take(columnOf(columns, column))),
        { type: types.bigint, data: arrival, validity: 0 },
        { type: types.int, data: times, validity: 0 },
      ],
      count,
    )
  }

  finish(keys: readonly Column[], rows: number, overflow: Pointer): Column {
    const memory = this.#memory
    const groups = this.#read(keys, rows)
    const results = groups.map((kept, group): Value => {
      const result = listResult(this.#call, this.#cancel(kept))
      if (result !== OVERFLOW) return result
      memory.view().setUint8(overflow + group, 1)
      return null
    })
    return columnFromValues(memory, this.#call.type, results)
  }

  forget(keys: readonly Column[], rows: number): void {
    const { pairs, slots } = this.#table.matches(keys, rows, true)
    this.#table.remove(slots, pairs)
  }

  move(from: readonly Column[], to: readonly Column[], rows: number): void {
    const memory = this.#memory
    const { pairs, probe, slots } = this.#table.matches(from, rows, true)
    if (pairs === 0) return
    const values = this.#table.spec.fields
      .slice(this.#keys)
      .map((_, i) => this.#table.gather(slots, pairs, this.#keys + i))
    this.#table.insert([...to.map(column => takeColumn(memory, column, probe, pairs, false)), ...values], pairs)
    this.#table.remove(slots, pairs)
  }

  get tables(): readonly StateTable[] {
    return [this.#table]
  }

  bytes(): number {
    return this.#table.bytes()
  }

  rebuild(): void {}

  #read(keys: readonly Column[], rows: number): readonly KeptRow[][] {
    const memory = this.#memory
    const { args, orderBy } = this.#input
    const { pairs, probe, slots } = this.#table.matches(keys, rows, true)
    const columns = this.#table.spec.fields
      .slice(this.#keys)
      .map((_, i) => this.#table.gather(slots, pairs, this.#keys + i))
    const groups: KeptRow[][] = Array.from({ length: rows }, () => [])
    const probes = memory.i32(probe, pairs).slice()
    const slotOf = memory.i32(slots, pairs).slice()
    for (let pair = 0; pair < pairs; pair++) {
      const values = columns.map(column => readValue(memory, column, pair))
      const ordinal = values.at(-2)
      const weight = values.at(-1)
      groups[probes[pair] ?? 0]?.push({
        slot: slotOf[pair] ?? -1,
        args: values.slice(0, args.length),
        order: values.slice(args.length, args.length + orderBy.length),
        ordinal: typeof ordinal === 'bigint' ? ordinal : 0n,
        weight: typeof weight === 'number' ? weight : 0,
      })
    }
    for (const kept of groups) kept.sort((a, b) => (a.ordinal < b.ordinal ? -1 : a.ordinal > b.ordinal ? 1 : 0))
    return groups
  }

  /** The rows left, each as often as it counts; taken-back rows leave the table with the first equal ones. */
  #cancel(kept: readonly KeptRow[]): readonly ListRow[] {
    const owed = new Map<string, number>()
    const keyOf = (row: KeptRow): string => `${exactRowKey(row.args)} ${exactRowKey(row.order)}`
    for (const row of kept) {
      if (row.weight < 0) owed.set(keyOf(row), (owed.get(keyOf(row)) ?? 0) - row.weight)
    }
    if (owed.size === 0)
      return kept.flatMap(row => (row.weight === 1 ? [row] : Array.from({ length: row.weight }, () => row)))
    const left: ListRow[] = []
    const gone: number[] = []
    const changed: { slot: number; weight: number }[] = []
    const debts = new Map<string, number>()
    for (const row of kept) {
      if (row.weight < 0) {
        debts.set(keyOf(row), row.slot)
        gone.push(row.slot)
        continue
      }
      const key = keyOf(row)
      const taken = Math.min(owed.get(key) ?? 0, row.weight)
      if (taken > 0) owed.set(key, (owed.get(key) ?? 0) - taken)
      if (taken === row.weight) gone.push(row.slot)
      else if (taken > 0) changed.push({ slot: row.slot, weight: row.weight - taken })
      for (let i = taken; i < row.weight; i++) left.push(row)
    }
    for (const [key, debt] of owed) {
      const slot = debts.get(key)
      if (debt > 0 && slot !== undefined) changed.push({ slot, weight: -debt })
    }
    this.#store(gone, changed)
    return left
  }

  #store(gone: readonly number[], changed: readonly { readonly slot: number; readonly weight: number }[]): void {
    const memory = this.#memory
    const kept = new Set(changed.map(({ slot }) => slot))
    const removed = gone.filter(slot => !kept.has(slot))
    if (changed.length > 0) {
      const weights = columnFromValues(
        memory,
        types.int,
        changed.map(({ weight }) => weight),
      )
      const slots = int32s(
        memory,
        changed.map(({ slot }) => slot),
      )
      this.#table.scatter(slots, changed.length, this.#table.spec.fields.length - 1, weights)
    }
    this.#table.remove(int32s(memory, removed), removed.length)
  }
}
