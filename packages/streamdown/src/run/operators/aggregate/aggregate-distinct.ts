import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { SlotList } from '../slot-list.ts'
import { type CellRows, columnOf } from './aggregate-cells.ts'

/** How a set of distinct values is named, keyed and forgotten. */
export interface DistinctOptions {
  readonly name: string
  /** The fields of the group's key. */
  readonly keys: readonly Field[]
  readonly groupBy: number
  readonly schema: Schema
  /** The columns whose combinations are distinct. */
  readonly args: readonly number[]
  readonly appendOnly: boolean
  /** The key field that holds a window's end: values are forgotten with their window. */
  readonly endKey: number | undefined
}

/**
 * The different values of each group, for DISTINCT: turns rows into rows that count only where they change the set. The
 * set is a table of its own, keyed by group and value; under retraction it counts how often each value is there.
 */
export class DistinctSet {
  readonly table: StateTable
  readonly #memory: Memory
  readonly #options: DistinctOptions
  /** The slots of each open window, so that closing it is linear in its values. */
  readonly #ofWindow = new Map<bigint, SlotList>()

  constructor(context: OperatorContext, options: DistinctOptions) {
    const { name, keys, args, schema, groupBy } = options
    const values = args.map(column => field(`c${column}`, schema[column]?.type ?? types.null))
    const count = options.appendOnly ? [] : [field('count', types.bigint, false)]
    const fields = [...keys, ...values, ...count]
    this.#memory = context.memory
    this.#options = options
    this.table = context.table({ name, fields, keys: keys.length + args.length, unique: true, groupBy })
  }

  /** The rows among those with mask, with the weights by which the set of their group changes. */
  changes(rows: CellRows, keys: readonly Column[]): CellRows {
    const memory = this.#memory
    const { args, appendOnly } = this.#options
    const { picked, groups } = rows.mask === 0 ? { picked: rows, groups: keys } : this.#masked(rows, keys)
    const count = picked.rows
    const values = args.map(column => columnOf(picked.columns, column))
    const { slots, fresh, inserted } = this.table.findOrInsert([...groups, ...values], count)
    if (inserted > 0) this.#enlist(groups, slots, fresh, count)
    if (appendOnly) return { ...picked, mask: fresh, weights: 0 }
    const { value, valid } = this.table.offsets(groups.length + args.length)
    const addresses = this.table.addresses(slots, count)
    const offsets = memory.chunk(4)
    memory.u32(offsets, 1)[0] = valid
    memory.kernels.agg_init(addresses, count, fresh, offsets, 1)
    const weights = memory.chunk(count * 4)
    memory.kernels.agg_distinct(addresses, count, value, picked.weights, weights)
    if (this.#options.endKey === undefined) {
      const zero = memory.chunk(count * 4)
      this.table.remove(zero, memory.kernels.agg_zero_counts(addresses, slots, count, value, zero))
    }
    return { ...picked, mask: 0, weights }
  }

  /** Forgets the values of a window. */
  close(end: bigint): void {
    const list = this.#ofWindow.get(end)
    if (list === undefined) return
    this.table.remove(list.at(0), list.length)
    list.free()
    this.#ofWindow.delete(end)
  }

  /** After a restore: the lists of the windows. */
  rebuild(): void {
    const { endKey } = this.#options
    if (endKey === undefined) return
    const { slots, rows } = this.table.all()
    if (rows === 0) return
    this.#list(slots, this.table.gather(slots, rows, endKey).data, rows)
  }

  bytes(): number {
    let bytes = this.table.bytes()
    for (const list of this.#ofWindow.values()) bytes += list.bytes()
    return bytes
  }

  #masked(rows: CellRows, keys: readonly Column[]): { readonly picked: CellRows; readonly groups: readonly Column[] } {
    const memory = this.#memory
    const selection = memory.chunk(rows.rows * 4)
    const count = memory.kernels.agg_select(rows.mask, rows.rows, 1, selection)
    const take = (from: Pointer, bits: number): Pointer => {
      if (from === 0) return 0
      const out = memory.chunk(count << bits)
      memory.kernels.take_values(from, bits, selection, count, out)
      return out
    }
    const needed = new Set(this.#options.args)
    const takeValues = (column: Column): Column => takeColumn(memory, column, selection, count, false)
    const picked = {
      ...rows,
      rows: count,
      mask: 0,
      slots: take(rows.slots, 2),
      addresses: take(rows.addresses, 2),
      weights: take(rows.weights, 2),
      columns: rows.columns.map((column, i) => (needed.has(i) ? takeValues(column) : column)),
    }
    return { picked, groups: keys.map(takeValues) }
  }

  #enlist(groups: readonly Column[], slots: Pointer, fresh: Pointer, rows: number): void {
    const { endKey } = this.#options
    if (endKey === undefined) return
    const memory = this.#memory
    const freshSlots = memory.chunk(rows * 4)
    const freshEnds = memory.chunk(rows * 8)
    const ends = columnOf(groups, endKey).data
    this.#list(freshSlots, freshEnds, memory.kernels.agg_fresh(fresh, slots, ends, rows, freshSlots, freshEnds))
  }

  #list(slots: Pointer, ends: Pointer, rows: number): void {
    forRuns(this.#memory, ends, rows, (end, from, count) => {
      let list = this.#ofWindow.get(end)
      if (list === undefined) {
        list = new SlotList(this.#memory)
        this.#ofWindow.set(end, list)
      }
      list.append(slots + from * 4, count)
    })
  }
}

/** Calls `each` for every run of equal values of an i64 column. */
export function forRuns(
  memory: Memory,
  values: Pointer,
  rows: number,
  each: (value: bigint, from: number, count: number) => void,
): void {
  if (rows === 0) return
  const starts = memory.chunk(rows * 4)
  const runs = memory.kernels.agg_runs(values, rows, starts)
  for (let run = 0; run < runs; run++) {
    const from = memory.i32(starts + run * 4, 1)[0] ?? 0
    const to = run + 1 < runs ? (memory.i32(starts + run * 4 + 4, 1)[0] ?? rows) : rows
    each(memory.i64(values + from * 8, 1)[0] ?? 0n, from, to - from)
  }
}
