import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { ownerColumn } from '../../../state/stored-rows.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { SlotList } from '../slot-list.ts'
import { type CellRows, columnOf } from './aggregate-cells.ts'

/** How a set of distinct values is named, keyed and forgotten. */
export interface DistinctOptions {
  readonly name: string
  /** The groups whose values these are. */
  readonly groups: StateTable
  /** Under retraction, the offset in a group's row of the number of values that sets hold of it. */
  readonly held: number | undefined
  readonly schema: Schema
  /** The columns whose combinations are distinct. */
  readonly args: readonly number[]
  readonly appendOnly: boolean
  /** The number of conditions under which calls count these values; at most `MOST_MEMBERS`. */
  readonly members: number
  /** The key field that holds a window's end: values are forgotten with their window. */
  readonly endKey: number | undefined
}

/** Rows that count under the condition of one member of a set: those that change its part of the set. */
type Changes = (member: number) => CellRows

/** The members of a set whose rows are never taken back have a bit each in a field of 64. */
export const MOST_MEMBERS = 64

/**
 * The different values of each group, for DISTINCT: turns rows into rows that count only where they change the set. The
 * set is a table of its own, keyed by the slot of the group and by value. Calls over the same values under different
 * conditions are its members: a row of the table knows of each whether it has seen the value, or, under retraction, how
 * often it is there.
 */
export class DistinctSet {
  readonly table: StateTable
  readonly #memory: Memory
  readonly #options: DistinctOptions
  /** The slots of each open window, so that closing it is linear in its values. */
  readonly #ofWindow = new Map<bigint, SlotList>()

  constructor(context: OperatorContext, options: DistinctOptions) {
    const { name, groups, args, schema, appendOnly, members } = options
    const group = field('group', types.bigint, false)
    const values = args.map(column => field(`c${column}`, schema[column]?.type ?? types.null))
    const counts = Array.from({ length: members }, (_, i) => field(`count${i}`, types.bigint, false))
    // The only member has seen every value there is.
    const seen = members === 1 ? [] : [field('seen', types.bigint, false)]
    const fields = [group, ...values, ...(appendOnly ? seen : counts)]
    this.#memory = context.memory
    this.#options = options
    this.table = context.table({ name, fields, keys: 1 + args.length, unique: true, owner: groups })
  }

  /**
   * Takes rows in; tells for each member which rows of those under its mask change its set, and by what weight. `keys`:
   * the columns of the groups' key.
   */
  take(rows: Omit<CellRows, 'mask'>, keys: readonly Column[], masks: readonly Pointer[]): Changes {
    const memory = this.#memory
    const { args, appendOnly, members } = this.#options
    const any = this.#anyOf(masks, rows.rows)
    const ends = this.#endsOf(keys)
    const { picked, pickedEnds, selection } =
      any === 0 ? { picked: rows, pickedEnds: ends, selection: 0 } : this.#masked(rows, ends, any)
    const count = picked.rows
    const values = args.map(column => columnOf(picked.columns, column))
    const identity = [ownerColumn(memory, picked.slots, count), ...values]
    const { slots, addresses, fresh, inserted } = this.table.findOrInsert(identity, count)
    if (inserted > 0) this.#note(picked, slots, fresh, pickedEnds)
    if (appendOnly && members === 1) return () => ({ ...picked, mask: fresh, weights: 0 })
    const maskOf = (member: number): Pointer => {
      const mask = masks[member] ?? 0
      return mask === any ? 0 : taken(memory, mask, 0, selection, count)
    }
    const first = identity.length
    const { value } = this.table.offsets(first)
    const parts = this.table.spec.fields.length - first
    if (inserted > 0) {
      const offsets = memory.chunk(parts * 4)
      memory.u32(offsets, parts).set(Array.from({ length: parts }, (_, i) => this.table.offsets(first + i).valid))
      memory.kernels.agg_init(addresses, count, fresh, offsets, parts)
    }
    if (appendOnly) {
      const out = memory.chunk(members * count)
      const own = Array.from({ length: members }, (_, member) => maskOf(member))
      const list = memory.chunk(members * 4)
      memory.u32(list, members).set(own)
      memory.kernels.agg_distinct_bits(addresses, count, value, list, members, out)
      return member => ({ ...picked, mask: out + member * count, weights: 0 })
    }
    const out = memory.chunk(members * count * 4)
    const partOf = (member: number): Pointer => out + member * count * 4
    for (let member = 0; member < members; member++) {
      memory.kernels.agg_distinct(addresses, count, value + member * 8, maskOf(member), picked.weights, partOf(member))
    }
    if (this.#options.endKey === undefined) this.#removeGone(picked, slots, addresses, value)
    return member => ({ ...picked, mask: 0, weights: partOf(member) })
  }

  /** Forgets the values of groups (slots, each once) that end by themselves, not with a window. */
  forget(groups: Pointer, rows: number): void {
    if (this.#options.endKey === undefined) this.table.removeOwned(groups, rows)
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
    const { endKey, groups } = this.#options
    if (endKey === undefined) return
    const { slots, rows } = this.table.all()
    if (rows === 0) return
    const owners = this.#memory.chunk(rows * 4)
    this.#memory.kernels.narrow_i64(this.table.gather(slots, rows, 0).data, rows, owners)
    this.#list(slots, groups.gather(owners, rows, endKey).data, rows)
  }

  bytes(): number {
    let bytes = this.table.bytes()
    for (const list of this.#ofWindow.values()) bytes += list.bytes()
    return bytes
  }

  /** u8 a row: whether a member counts it; 0: all are counted. */
  #anyOf(masks: readonly Pointer[], rows: number): Pointer {
    const [first = 0, ...others] = masks
    if (others.length === 0 || masks.includes(0)) return masks.includes(0) ? 0 : first
    const memory = this.#memory
    const any = memory.chunk(rows)
    memory.u8(any, rows).set(memory.u8(first, rows))
    for (const other of others) memory.kernels.agg_mask_or(any, other, rows)
    return any
  }

  /** The ends of the rows' windows, 0 where values are not forgotten with windows. */
  #endsOf(keys: readonly Column[]): Pointer {
    const { endKey } = this.#options
    return endKey === undefined ? 0 : columnOf(keys, endKey).data
  }

  /** The rows under a mask, and their indexes. */
  #masked(
    rows: Omit<CellRows, 'mask'>,
    ends: Pointer,
    mask: Pointer,
  ): { readonly picked: Omit<CellRows, 'mask'>; readonly pickedEnds: Pointer; readonly selection: Pointer } {
    const memory = this.#memory
    const selection = memory.chunk(rows.rows * 4)
    const count = memory.kernels.agg_select(mask, rows.rows, 1, selection)
    const take = (from: Pointer, bits: number): Pointer => taken(memory, from, bits, selection, count)
    const needed = new Set(this.#options.args)
    const takeValues = (column: Column): Column => takeColumn(memory, column, selection, count, false)
    const picked = {
      ...rows,
      rows: count,
      slots: take(rows.slots, 2),
      addresses: take(rows.addresses, 2),
      weights: take(rows.weights, 2),
      columns: rows.columns.map((column, i) => (needed.has(i) ? takeValues(column) : column)),
    }
    return { picked, pickedEnds: take(ends, 3), selection }
  }

  /** Notes new values: with their windows, or in the number of those that are held of their group. */
  #note({ rows, addresses }: Omit<CellRows, 'mask'>, slots: Pointer, fresh: Pointer, ends: Pointer): void {
    const memory = this.#memory
    const { held } = this.#options
    if (held !== undefined) memory.kernels.agg_count(addresses, rows, held, fresh, 0)
    if (ends === 0) return
    const freshSlots = memory.chunk(rows * 4)
    const freshEnds = memory.chunk(rows * 8)
    this.#list(freshSlots, freshEnds, memory.kernels.agg_fresh(fresh, slots, ends, rows, freshSlots, freshEnds))
  }

  /** Removes values that no row counts any more; `counts`: the offset of their first count. */
  #removeGone(rows: Omit<CellRows, 'mask'>, slots: Pointer, addresses: Pointer, counts: Pointer): void {
    const memory = this.#memory
    const { groups, held, members } = this.#options
    const gone = memory.chunk(rows.rows * 4)
    const count = memory.kernels.agg_zero_counts(addresses, slots, rows.rows, counts, members, gone)
    if (count === 0) return
    if (held !== undefined) {
      const [owners, minusOnes] = [memory.chunk(count * 4), memory.chunk(count * 4)]
      memory.kernels.narrow_i64(this.table.gather(gone, count, 0).data, count, owners)
      memory.kernels.fill_i32(minusOnes, count, -1)
      memory.kernels.agg_count(groups.addresses(owners, count), count, held, 0, minusOnes)
    }
    this.table.remove(gone, count)
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

/** Values of `1 << bits` bytes at the rows of a selection (0: of all rows), 0 where there are none. */
function taken(memory: Memory, from: Pointer, bits: number, selection: Pointer, count: number): Pointer {
  if (from === 0 || selection === 0) return from
  const out = memory.chunk(count << bits)
  memory.kernels.take_values(from, bits, selection, count, out)
  return out
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
