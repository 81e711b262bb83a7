import { CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { int32s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { bytesOf } from '../state-of.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import { type KeptCall, type ListedRows, weightedValues } from './aggregate-lists.ts'

/**
 * MODE: the values of each group with how often they are there, and the same in the order of these numbers, the most
 * frequent first, of those the smallest. A change costs a logarithm. A value that is taken back before it came (within a
 * step) is there less than no times, until it comes.
 */
export class Frequencies implements KeptCall {
  readonly #memory: Memory
  readonly #argument: number
  /** Values by group: count, and the value's entry in the order. */
  readonly #values: StateTable
  /** Derived. */
  readonly #order: StateTable
  readonly #keys: number

  constructor(
    context: OperatorContext,
    { args }: AggregateCallInput,
    schema: Schema,
    name: string,
    keys: readonly Field[],
    groupBy: number,
  ) {
    this.#memory = context.memory
    this.#argument = args[0] ?? -1
    this.#keys = keys.length
    const value = field('value', schema[this.#argument]?.type ?? types.null)
    const count = field('count', types.bigint, false)
    this.#values = context.table({
      name,
      fields: [...keys, value, count, field('entry', types.int)],
      keys: keys.length + 1,
      groupBy,
      unique: true,
    })
    this.#order = context.table({
      name: `${name} in order`,
      fields: [...keys, count, value, field('slot', types.int, false)],
      keys: keys.length,
      groupBy,
      unique: false,
      order: [
        { field: keys.length, descending: true, nullsFirst: false },
        { field: keys.length + 1, descending: false, nullsFirst: false },
      ],
    })
  }

  get tables(): readonly StateTable[] {
    return [this.#values]
  }

  bytes(): number {
    return bytesOf([this.#values, this.#order])
  }

  rebuild(): void {
    this.#order.clear()
    const all = this.#values.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = this.#memory.mark()
      this.#enter(all.slots + from * 4, Math.min(CHUNK_ROWS, all.rows - from))
      this.#memory.release(mark)
    }
  }

  insert(listed: ListedRows): void {
    const { rows, identity, weights } = weightedValues(this.#memory, listed, this.#argument)
    if (rows > 0) this.#count(identity, weights, rows)
  }

  finish(keys: readonly Column[], rows: number): Column {
    const memory = this.#memory
    const first = int32s(
      memory,
      Array.from({ length: rows }, () => 0),
    )
    const found = this.#order.slotAt(keys, first, rows)
    const counts = memory.i64(this.#order.gather(found, rows, this.#keys).data, rows)
    const slots = memory.i32(found, rows)
    for (let row = 0; row < rows; row++) if ((counts[row] ?? 0n) <= 0n) slots[row] = -1
    return this.#order.gather(found, rows, this.#keys + 1)
  }

  forget(keys: readonly Column[], rows: number): void {
    const { pairs, slots } = this.#order.matches(keys, rows, true)
    this.#remove(this.#order.gather(slots, pairs, this.#keys + 2).data, pairs)
  }

  move(from: readonly Column[], to: readonly Column[], rows: number): void {
    const memory = this.#memory
    const { pairs, probe, slots } = this.#order.matches(from, rows, true)
    if (pairs === 0) return
    const counts = memory.i64(this.#order.gather(slots, pairs, this.#keys).data, pairs)
    const weights = int32s(memory, Array.from(counts, Number))
    const target = [
      ...to.map(column => takeColumn(memory, column, probe, pairs, false)),
      this.#order.gather(slots, pairs, this.#keys + 1),
    ]
    this.#remove(this.#order.gather(slots, pairs, this.#keys + 2).data, pairs)
    this.#count(target, weights, pairs)
  }

  /** Counts values of groups; those that are there no more leave. */
  #count(identity: readonly Column[], weights: Pointer, rows: number): void {
    const memory = this.#memory
    const { slots, fresh, inserted } = this.#values.findOrInsert(identity, rows)
    const addresses = this.#values.addresses(slots, rows)
    const { value, valid } = this.#values.offsets(this.#countField)
    if (inserted > 0) memory.kernels.agg_init(addresses, rows, fresh, int32s(memory, [valid]), 1)
    const isFresh = memory.u8(fresh, rows)
    const news = new Set<number>()
    const touched = new Set(memory.i32(slots, rows))
    for (const [row, slot] of memory.i32(slots, rows).entries()) if (isFresh[row] === 1) news.add(slot)
    memory.kernels.agg_count(addresses, rows, value, 0, weights)
    const known = [...touched].filter(slot => !news.has(slot))
    const entries = this.#values.gather(int32s(memory, known), known.length, this.#countField + 1)
    this.#order.remove(entries.data, known.length)
    const all = [...touched]
    const counts = memory.i64(this.#values.gather(int32s(memory, all), all.length, this.#countField).data, all.length)
    const [left, gone]: [number[], number[]] = [[], []]
    for (const [at, slot] of all.entries()) (counts[at] === 0n ? gone : left).push(slot)
    this.#enter(int32s(memory, left), left.length)
    this.#values.remove(int32s(memory, gone), gone.length)
  }

  #enter(slots: Pointer, rows: number): void {
    const at = (field: number): Column => this.#values.gather(slots, rows, field)
    const keys = Array.from({ length: this.#keys }, (_, key) => at(key))
    const slot: Column = { type: types.int, data: slots, validity: 0 }
    const entries = this.#order.insert([...keys, at(this.#countField), at(this.#keys), slot], rows)
    this.#values.scatter(slots, rows, this.#countField + 1, { type: types.int, data: entries, validity: 0 })
  }

  #remove(slots: Pointer, rows: number): void {
    this.#order.remove(this.#values.gather(slots, rows, this.#countField + 1).data, rows)
    this.#values.remove(slots, rows)
  }

  get #countField(): number {
    return this.#keys + 1
  }
}
