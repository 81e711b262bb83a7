import type { Batch, Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues } from '../../../batch/values.ts'
import type { AggregateNode } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { physicalCodes, physicalOf, widthOf } from '../../../types/physical.ts'
import type { Output } from '../../operator.ts'
import { deadSchema } from '../dead.ts'
import type { GroupsOptions } from './aggregate-groups.ts'
import type { AggregateStates } from './aggregate-states.ts'

/** Groups by slot, with the ordinals that their rows get; 0: those of their first rows. */
export interface Touched {
  readonly rows: number
  readonly slots: Pointer
  readonly ordinals: Pointer
}

/** Where things lie in the groups' table. */
export interface GroupsLayout {
  readonly table: StateTable
  readonly states: AggregateStates
  readonly options: GroupsOptions
  /** The first of the fields that hold the results that were sent last, one a call. */
  readonly sentAt: number
  /** Offsets of flags: a row was sent and not taken back; the result does not fit and is withheld. */
  readonly sentFlag: number
  readonly withheldFlag: number
  /** Each row changes the result of its group: there is a count of all rows, and none is taken back. */
  readonly everyRowCounts: boolean
}

interface OutputRows {
  readonly keys: readonly Column[]
  readonly columns: readonly Column[]
  readonly ordinals: Pointer
}

/** Makes the output rows of an aggregate's groups, a chunk at a time. */
export class AggregateOutput {
  readonly #memory: Memory
  readonly #node: AggregateNode
  readonly #layout: GroupsLayout

  constructor(memory: Memory, node: AggregateNode, layout: GroupsLayout) {
    this.#memory = memory
    this.#node = node
    this.#layout = layout
  }

  /** The rows of groups that end, once. */
  sendFinal({ slots, rows, ordinals }: Touched, out: Output, watermark: bigint): void {
    const memory = this.#memory
    const { kernels } = memory
    const addresses = this.#layout.table.addresses(slots, rows)
    const { columns, overflow } = this.#finish(slots, addresses, rows)
    const keys = this.#outputKeys(slots, rows, this.#layout.options.bounds?.of(slots, rows))
    const live = this.#live(addresses, rows)
    const selection = memory.chunk(rows * 4)
    const all = { keys, columns, ordinals }
    // A group without rows has nothing to withhold.
    const dead = memory.chunk(rows)
    memory.u8(dead, rows).set(memory.u8(live, rows))
    kernels.agg_mask_without(live, overflow, rows)
    kernels.agg_mask_without(dead, live, rows)
    this.#sendDead(all, dead, rows, 1, out, watermark)
    const count = kernels.agg_select(live, rows, 1, selection)
    if (count > 0) out.emit(this.#batch(all, count === rows ? 0 : selection, count, watermark))
  }

  /** One old row and one new row of each group whose result differs from what was sent; `gone`: only the old ones. */
  sendChanges({ slots, rows, ordinals }: Touched, gone: boolean, out: Output, watermark: bigint): void {
    const memory = this.#memory
    const { kernels } = memory
    const addresses = this.#layout.table.addresses(slots, rows)
    const { columns, overflow } = this.#finish(slots, addresses, rows)
    const moving = this.#layout.options.bounds?.of(slots, rows)
    const keys = this.#outputKeys(slots, rows, moving)
    const sentKeys = moving === undefined ? keys : this.#outputKeys(slots, rows, undefined)
    const newThere = gone ? memory.chunkZeroed(rows) : this.#live(addresses, rows)
    const failed = memory.chunk(rows)
    memory.u8(failed, rows).set(memory.u8(newThere, rows))
    kernels.agg_mask_without(newThere, overflow, rows)
    kernels.agg_mask_without(failed, newThere, rows)
    const oldThere = memory.chunk(rows)
    kernels.agg_gather(addresses, rows, this.#layout.sentFlag, 1, oldThere)
    const sent = columns.map((_, i) => this.#layout.table.gather(slots, rows, this.#layout.sentAt + i))
    const differs = memory.chunkZeroed(rows)
    if (this.#layout.everyRowCounts) memory.u8(differs, rows).fill(1)
    else {
      const compared = [...columns.entries()].map(([i, column]) => [sent[i] ?? column, column] as const)
      if (moving !== undefined) compared.push(...keys.map((key, i) => [sentKeys[i] ?? key, key] as const))
      for (const [old, column] of compared) {
        const code = physicalCodes[physicalOf(column.type)]
        kernels.agg_diff(rows, old.data, old.validity, column.data, column.validity, code, differs)
      }
    }
    const picks = memory.chunk(rows * 8)
    const weights = memory.chunk(rows * 8)
    const count = kernels.agg_changes(rows, oldThere, newThere, differs, picks, weights)
    if (count > 0) {
      const pick = (a: Pointer, b: Pointer, width: number): Pointer => {
        const to = memory.chunk(count * width)
        kernels.agg_pick(picks, count, a, b, width, to)
        return to
      }
      const pickColumn = (old: Column, fresh: Column): Column => ({
        type: fresh.type,
        data: pick(old.data, fresh.data, widthOf(physicalOf(fresh.type))),
        validity:
          old.validity === 0 && fresh.validity === 0 ? 0 : pick(this.#bytes(old, rows), this.#bytes(fresh, rows), 1),
      })
      const taken = pick(ordinals, ordinals, 8)
      const retracts = memory.i32(weights, count).includes(-1)
      out.emit({
        rows: count,
        columns: [
          ...keys.map((key, i) => pickColumn(sentKeys[i] ?? key, key)),
          ...columns.map((column, i) => pickColumn(sent[i] ?? column, column)),
        ],
        weights: retracts ? weights : 0,
        watermarks: 0,
        watermark,
        ordinals: taken,
        firstOrdinal: memory.i64(taken, 1)[0] ?? 0n,
      })
    }
    this.#noteWithheld({ keys, columns, ordinals }, addresses, failed, rows, out, watermark)
    const stored = memory.chunk(rows * 4)
    const storing = kernels.agg_sent(addresses, rows, oldThere, newThere, differs, this.#layout.sentFlag, stored)
    if (storing === 0) return
    const storedSlots = memory.chunk(storing * 4)
    kernels.agg_take32(slots, stored, storing, storedSlots)
    for (const [i, column] of columns.entries()) {
      this.#layout.table.scatter(
        storedSlots,
        storing,
        this.#layout.sentAt + i,
        takeColumn(memory, column, stored, storing, false),
      )
    }
    for (const [i, column] of (moving ?? []).entries()) {
      const index = this.#layout.options.bounds?.fields[i]
      if (index === undefined) continue
      this.#layout.table.scatter(storedSlots, storing, index, takeColumn(memory, column, stored, storing, false))
    }
  }

  #keysOf(slots: Pointer, rows: number): readonly Column[] {
    return this.#layout.options.keys.map((_, i) => this.#layout.table.gather(slots, rows, i))
  }

  /** `moving`: the bounds of sessions as they are; undefined: as they were sent. */
  #outputKeys(slots: Pointer, rows: number, moving: readonly Column[] | undefined): readonly Column[] {
    return this.#layout.options.outputs.map((index, i) => {
      const moved = moving?.[this.#layout.options.bounds?.fields.indexOf(index) ?? -1]
      const column = moved ?? this.#layout.table.gather(slots, rows, index)
      return { ...column, type: this.#node.schema[i]?.type ?? column.type }
    })
  }

  /** u8 a group: it has rows. */
  #live(addresses: Pointer, rows: number): Pointer {
    const memory = this.#memory
    const live = memory.chunk(rows)
    const { rowCount } = this.#layout.states
    if (rowCount === undefined || !this.#layout.options.keyed) memory.u8(live, rows).fill(1)
    else memory.kernels.agg_not_zero(addresses, rows, rowCount, 1, live)
    return live
  }

  #finish(
    slots: Pointer,
    addresses: Pointer,
    rows: number,
  ): { readonly columns: readonly Column[]; readonly overflow: Pointer } {
    return this.#layout.states.finish(rows, addresses, this.#layout.states.hasLists ? this.#keysOf(slots, rows) : [])
  }

  #batch({ keys, columns, ordinals }: OutputRows, selection: Pointer, rows: number, watermark: bigint): Batch {
    const memory = this.#memory
    const take = (column: Column): Column =>
      selection === 0 ? column : takeColumn(memory, column, selection, rows, false)
    let taken = ordinals
    if (selection !== 0) {
      taken = memory.chunk(rows * 8)
      memory.kernels.take_values(ordinals, 3, selection, rows, taken)
    }
    return {
      rows,
      columns: [...keys.map(take), ...columns.map(take)],
      weights: 0,
      watermarks: 0,
      watermark,
      ordinals: taken,
      firstOrdinal: memory.i64(taken, 1)[0] ?? 0n,
    }
  }

  /** A column's validity as bytes, also where no value is NULL. */
  #bytes(column: Column, rows: number): Pointer {
    if (column.validity !== 0) return column.validity
    const memory = this.#memory
    const ones = memory.chunk(rows)
    memory.u8(ones, rows).fill(1)
    return ones
  }

  /** Dead letters of groups whose result does not fit, once; taken back when it fits again. */
  #noteWithheld(
    groups: OutputRows,
    addresses: Pointer,
    failed: Pointer,
    rows: number,
    out: Output,
    watermark: bigint,
  ): void {
    const memory = this.#memory
    const { kernels } = memory
    const before = memory.chunk(rows)
    kernels.agg_gather(addresses, rows, this.#layout.withheldFlag, 1, before)
    const anyBefore = memory.u8(before, rows).includes(1)
    const anyNow = memory.u8(failed, rows).includes(1)
    if (!anyBefore && !anyNow) return
    const copy = (of: Pointer): Pointer => {
      const to = memory.chunk(rows)
      memory.u8(to, rows).set(memory.u8(of, rows))
      return to
    }
    const begins = copy(failed)
    kernels.agg_mask_without(begins, before, rows)
    this.#sendDead(groups, begins, rows, 1, out, watermark)
    const ends = copy(before)
    kernels.agg_mask_without(ends, failed, rows)
    this.#sendDead(groups, ends, rows, -1, out, watermark)
    for (const [mask, value] of [
      [begins, 1],
      [ends, 0],
    ] as const) {
      const selection = memory.chunk(rows * 4)
      const count = kernels.agg_select(mask, rows, 1, selection)
      const chosen = memory.chunk(count * 4)
      kernels.agg_take32(addresses, selection, count, chosen)
      kernels.agg_store_byte(chosen, count, this.#layout.withheldFlag, value)
    }
  }

  /** The keys, NULL for every result, code and message. */
  #sendDead(
    { keys, ordinals }: { readonly keys: readonly Column[]; readonly ordinals: Pointer },
    mask: Pointer,
    rows: number,
    weight: 1 | -1,
    out: Output,
    watermark: bigint,
  ): void {
    const memory = this.#memory
    const selection = memory.chunk(rows * 4)
    const count = memory.kernels.agg_select(mask, rows, 1, selection)
    if (count === 0) return
    const repeat = <Item>(item: Item): Item[] => Array.from({ length: count }, () => item)
    const letters = deadSchema(this.#node.schema).slice(keys.length)
    const values = [
      ...this.#node.calls.map(() => null),
      'DSD4003',
      'an aggregate of the group has no result that fits its type',
    ]
    const columns = letters.map(({ type }, i) => columnFromValues(memory, type, repeat(values[i] ?? null)))
    const batch = this.#batch({ keys, columns: [], ordinals }, selection, count, watermark)
    const weights = memory.chunk(count * 4)
    memory.kernels.fill_i32(weights, count, weight)
    out.side('dead', { ...batch, columns: [...batch.columns, ...columns], weights: weight === 1 ? 0 : weights })
  }
}
