import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { int32s, int64s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import { type KeptCall, type ListedRows, weightedValues } from './aggregate-lists.ts'

/** Whether a call counts the different values of one column. */
export const countsValues = ({ call, args }: AggregateCallInput): boolean =>
  args.length === 1 && (call.name === 'approx_count_distinct' || (call.name === 'count' && call.distinct))

/**
 * The values of each group in order, each with how often it is there: for MIN and MAX over rows that may be taken back the
 * first or last of them, for COUNT(DISTINCT …) over groups that merge their number. A row costs a logarithm.
 */
export class ValueSet implements KeptCall {
  readonly table: StateTable
  readonly #memory: Memory
  readonly #argument: number
  readonly #result: 'smallest' | 'largest' | 'count'
  readonly #keys: number

  constructor(
    context: OperatorContext,
    input: AggregateCallInput,
    schema: Schema,
    name: string,
    keys: readonly Field[],
    groupBy: number,
  ) {
    this.#memory = context.memory
    this.#argument = input.args[0] ?? -1
    this.#result = countsValues(input) ? 'count' : input.call.name === 'max' ? 'largest' : 'smallest'
    this.#keys = keys.length
    const value = field('value', schema[this.#argument]?.type ?? types.null)
    this.table = context.table({
      name,
      fields: [...keys, value, field('count', types.bigint, false)],
      keys: keys.length,
      unique: true,
      groupBy,
      order: [{ field: keys.length, descending: false, nullsFirst: false }],
    })
  }

  get tables(): readonly StateTable[] {
    return [this.table]
  }

  bytes(): number {
    return this.table.bytes()
  }

  rebuild(): void {}

  insert(listed: ListedRows): void {
    const { rows, identity, weights } = weightedValues(this.#memory, listed, this.#argument)
    if (rows > 0) this.#count(identity, weights, rows)
  }

  finish(keys: readonly Column[], rows: number): Column {
    const memory = this.#memory
    if (this.#result === 'count') {
      const counts = Array.from(memory.i32(this.table.countOf(keys, rows), rows), BigInt)
      return { type: types.bigint, data: int64s(memory, counts), validity: 0 }
    }
    const found = this.#result === 'largest' ? this.table.lastOf(keys, rows, 1) : this.table.firstOf(keys, rows, 1)
    const slots = memory.chunk(rows * 4)
    memory.kernels.fill_i32(slots, rows, -1)
    const own = memory.i32(slots, rows)
    const probes = memory.i32(found.probe, found.pairs)
    const best = memory.i32(found.slots, found.pairs)
    for (let pair = 0; pair < found.pairs; pair++) own[probes[pair] ?? 0] = best[pair] ?? -1
    return this.table.gather(slots, rows, this.#keys)
  }

  forget(keys: readonly Column[], rows: number): void {
    const { pairs, slots } = this.table.matches(keys, rows, true)
    this.table.remove(slots, pairs)
  }

  move(from: readonly Column[], to: readonly Column[], rows: number): void {
    const memory = this.#memory
    const { pairs, probe, slots } = this.table.matches(from, rows, true)
    if (pairs === 0) return
    const counts = memory.i64(this.table.gather(slots, pairs, this.#keys + 1).data, pairs)
    const weights = int32s(memory, Array.from(counts, Number))
    const target = to.map(column => takeColumn(memory, column, probe, pairs, false))
    this.#count([...target, this.table.gather(slots, pairs, this.#keys)], weights, pairs)
    this.table.remove(slots, pairs)
  }

  /** Counts values of groups; those that are there no more leave the table. */
  #count(identity: readonly Column[], weights: Pointer, rows: number): void {
    const memory = this.#memory
    const { kernels } = memory
    const { slots, fresh, inserted } = this.table.findOrInsert(identity, rows)
    const addresses = this.table.addresses(slots, rows)
    const { value, valid } = this.table.offsets(this.#keys + 1)
    if (inserted > 0) kernels.agg_init(addresses, rows, fresh, int32s(memory, [valid]), 1)
    kernels.agg_count(addresses, rows, value, 0, weights)
    const gone = memory.chunk(rows * 4)
    this.table.remove(gone, kernels.agg_zero_counts(addresses, slots, rows, value, 1, gone))
  }
}
