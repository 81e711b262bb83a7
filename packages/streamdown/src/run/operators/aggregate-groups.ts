import { type Batch, CHUNK_ROWS, type Column, NO_WATERMARK, type Pointer } from '../../batch/batch.ts'
import { takeColumn } from '../../batch/select.ts'
import { columnFromValues, int32s } from '../../batch/values.ts'
import type { AggregateNode } from '../../plan/nodes/node.ts'
import type { StateTable } from '../../state/state-table.ts'
import { type Field, field, types } from '../../types/data-type.ts'
import { physicalCodes, physicalOf, widthOf } from '../../types/physical.ts'
import type { Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { AggregateStates, type GroupedRows } from './aggregate-states.ts'
import { deadSchema, emitDead } from './dead.ts'

/** The byte of `rowErrorCodes` for DSD4007. */
const FUNCTION_THREW = 7

/** How an aggregate's groups are kept. */
export interface GroupsOptions {
  /** The key of the groups' table; the first `groupBy` fields decide the key group. */
  readonly keys: readonly Field[]
  readonly groupBy: number
  /** Further fields of a group, after its key; the first may be the ordinal of its first row. */
  readonly extra: readonly Field[]
  /** The fields of the table (key or extra) that are the node's keys, in the order of its output. */
  readonly outputs: readonly number[]
  readonly appendOnly: boolean
  readonly keyed: boolean
  readonly merging: boolean
  readonly endKey: number | undefined
  /** Results are corrected: keep what was sent. */
  readonly corrected: boolean
  /** Bounds of sessions, which move: their fields (in `extra`) hold what was sent, `of` gives them as they are. */
  readonly bounds?: {
    readonly fields: readonly number[]
    of(slots: Pointer, rows: number): readonly Column[]
  }
}

/** Groups by slot, with the ordinals that their rows get; 0: those of their first rows. */
export interface Touched {
  readonly rows: number
  readonly slots: Pointer
  readonly ordinals: Pointer
}

/**
 * The groups of an aggregate: a table with key, extra fields, states of the calls, and, where results are corrected, the
 * row that was sent last, kept as it was sent. Makes output rows of groups.
 */
export class AggregateGroups {
  readonly table: StateTable
  readonly states: AggregateStates
  readonly #context: OperatorContext
  readonly #node: AggregateNode
  readonly #input: AggregateInput
  readonly #options: GroupsOptions
  readonly #initial: readonly number[]
  /** Fields of the row that was sent last, one a call; then whether there is one. */
  readonly #sentAt: number
  readonly #touched: { readonly value: number }
  readonly #sentFlag: { readonly value: number }
  readonly #withheldFlag: { readonly value: number }

  constructor(node: AggregateNode, context: OperatorContext, input: AggregateInput, options: GroupsOptions) {
    const { keys, extra, corrected } = options
    this.#context = context
    this.#node = node
    this.#input = input
    this.#options = options
    this.states = new AggregateStates(context, input, options)
    const firstState = keys.length + extra.length
    this.#sentAt = firstState + this.states.fields.length
    const sent = corrected ? node.calls.map(({ type }, i) => field(`sent${i}`, type)) : []
    const flags = ['touched', 'sent', 'withheld'].map(name => field(name, types.boolean, false))
    const fields = [...keys, ...extra, ...this.states.fields, ...sent, ...flags]
    this.table = context.table({ name: 'groups', fields, keys: keys.length, unique: true, groupBy: options.groupBy })
    this.states.bind(this.table, firstState)
    const flagAt = this.#sentAt + sent.length
    const flagOffsets = flags.map((_, i) => this.table.offsets(flagAt + i))
    const [touched, sentFlag, withheld] = flagOffsets
    if (touched === undefined || sentFlag === undefined || withheld === undefined) throw new RangeError('no flags')
    this.#touched = touched
    this.#sentFlag = sentFlag
    this.#withheldFlag = withheld
    this.#initial = [...this.states.initial, ...flagOffsets.map(({ valid }) => valid)]
  }

  /** The groups of rows, made where they are new. */
  of(
    keys: readonly Column[],
    rows: number,
  ): { readonly slots: Pointer; readonly addresses: Pointer; readonly fresh: Pointer; readonly inserted: number } {
    const { slots, fresh, inserted } = this.table.findOrInsert(keys, rows)
    const addresses = this.table.addresses(slots, rows)
    if (inserted > 0) this.#initialise(addresses, fresh, rows)
    return { slots, addresses, fresh, inserted }
  }

  /** Takes the rows of a batch into their groups. */
  update(
    batch: Batch,
    groups: { readonly keys: readonly Column[]; readonly slots: Pointer; readonly addresses: Pointer },
    out: Output,
  ): void {
    const { memory } = this.#context
    const { columns, rows, weights, ordinals, firstOrdinal } = batch
    const { keys, slots, addresses } = groups
    const grouped: GroupedRows = {
      rows,
      table: this.table,
      slots,
      addresses,
      keys,
      columns,
      weights,
      ordinals,
      firstOrdinal,
    }
    const failed = this.states.update(grouped)
    if (failed.length === 0) return
    const codes = memory.chunk(failed.length)
    memory.u8(codes, failed.length).fill(FUNCTION_THREW)
    const messages = new Map(failed.map(({ message }, i) => [i, message]))
    const indexes = int32s(
      memory,
      failed.map(({ row }) => row),
    )
    emitDead(memory, this.#input.schema, batch, { count: failed.length, rows: indexes, codes, messages }, out)
  }

  /** Notes groups that are touched for the first time in this step. */
  touch(rows: {
    readonly rows: number
    readonly slots: Pointer
    readonly addresses: Pointer
    readonly ordinals: Pointer
    readonly firstOrdinal: bigint
  }): Touched {
    const { memory } = this.#context
    const slots = memory.chunk(rows.rows * 4)
    const ordinals = memory.chunk(rows.rows * 8)
    const count = memory.kernels.agg_touch(
      rows.addresses,
      rows.rows,
      this.#touched.value,
      rows.slots,
      rows.ordinals,
      rows.firstOrdinal,
      slots,
      ordinals,
    )
    return { rows: count, slots, ordinals }
  }

  /** Notes the first arrival of groups in the first of the extra fields. */
  arrive(
    rows: number,
    addresses: Pointer,
    fresh: Pointer,
    { ordinals, firstOrdinal }: { readonly ordinals: Pointer; readonly firstOrdinal: bigint },
  ): void {
    const { value, valid } = this.table.offsets(this.#options.keys.length)
    this.#context.memory.kernels.agg_first_ordinal(addresses, rows, fresh, value, valid, ordinals, firstOrdinal)
  }

  untouch(slots: Pointer, rows: number): void {
    const { memory } = this.#context
    memory.kernels.agg_store_byte(this.table.addresses(slots, rows), rows, this.#touched.value, 0)
  }

  /** All groups that were touched and not yet sent: after a restore. */
  touchedSlots(): { readonly slots: Pointer; readonly rows: number } {
    const { memory } = this.#context
    const { slots, rows } = this.table.all()
    const flags = memory.chunk(rows)
    memory.kernels.agg_gather(this.table.addresses(slots, rows), rows, this.#touched.value, 1, flags)
    const selection = memory.chunk(rows * 4)
    const count = memory.kernels.agg_select(flags, rows, 1, selection)
    const touched = memory.chunk(count * 4)
    memory.kernels.agg_take32(slots, selection, count, touched)
    return { slots: touched, rows: count }
  }

  /** One old row and one new row of each group whose result differs from what was sent. */
  sendChanges(groups: Touched, out: Output, watermark: bigint): void {
    this.#inChunks(groups, CHUNK_ROWS / 2, chunk => this.#sendChanges(chunk, false, out, watermark))
  }

  /** Takes back what was sent of groups that are about to be removed. */
  takeBack(groups: Touched, out: Output, watermark: bigint): void {
    this.#inChunks(groups, CHUNK_ROWS / 2, chunk => this.#sendChanges(chunk, true, out, watermark))
  }

  /** The rows of groups that end, once, without keeping what was sent. */
  sendFinal(groups: Touched, out: Output, watermark: bigint): void {
    this.#inChunks(groups, CHUNK_ROWS, chunk => this.#sendFinal(chunk, out, watermark))
  }

  /** Removes groups that have no rows left. */
  removeEmpty(groups: Touched): void {
    const { memory } = this.#context
    const { rowCount } = this.states
    if (rowCount === undefined || !this.#options.keyed) return
    this.#inChunks(groups, CHUNK_ROWS, ({ slots, rows }) => {
      const empty = memory.chunk(rows * 4)
      const count = memory.kernels.agg_zero_slots(this.table.addresses(slots, rows), slots, rows, rowCount, empty)
      if (count > 0) this.#remove(empty, count)
    })
  }

  /** Removes groups and what other tables hold of them. */
  remove(groups: Touched): void {
    this.#inChunks(groups, CHUNK_ROWS, ({ slots, rows }) => this.#remove(slots, rows))
  }

  /** The columns of groups' keys. */
  keysOf(slots: Pointer, rows: number): readonly Column[] {
    return this.#options.keys.map((_, i) => this.table.gather(slots, rows, i))
  }

  bytes(): number {
    return this.table.bytes() + this.states.bytes()
  }

  tables(): readonly StateTable[] {
    return [this.table, ...this.states.tables]
  }

  #initialise(addresses: Pointer, fresh: Pointer, rows: number): void {
    const { memory } = this.#context
    const count = this.#initial.length
    const offsets = memory.chunk(count * 4)
    memory.u32(offsets, count).set(this.#initial)
    memory.kernels.agg_init(addresses, rows, fresh, offsets, count)
  }

  #inChunks({ rows, slots, ordinals }: Touched, size: number, each: (chunk: Touched) => void): void {
    const { memory } = this.#context
    for (let from = 0; from < rows; from += size) {
      const mark = memory.mark()
      const count = Math.min(size, rows - from)
      const at = slots + from * 4
      const arrival =
        ordinals === 0 ? this.table.gather(at, count, this.#options.keys.length).data : ordinals + from * 8
      each({ rows: count, slots: at, ordinals: arrival })
      memory.release(mark)
    }
  }

  #remove(slots: Pointer, rows: number): void {
    if (this.states.hasLists) this.states.forget(this.keysOf(slots, rows), rows)
    this.table.remove(slots, rows)
  }

  /** `moving`: the bounds of sessions as they are; undefined: as they were sent. */
  #outputKeys(slots: Pointer, rows: number, moving: readonly Column[] | undefined): readonly Column[] {
    return this.#options.outputs.map((index, i) => {
      const moved = moving?.[this.#options.bounds?.fields.indexOf(index) ?? -1]
      const column = moved ?? this.table.gather(slots, rows, index)
      return { ...column, type: this.#node.schema[i]?.type ?? column.type }
    })
  }

  /** u8 a group: it has rows. */
  #live(addresses: Pointer, rows: number): Pointer {
    const { memory } = this.#context
    const live = memory.chunk(rows)
    const { rowCount } = this.states
    if (rowCount === undefined || !this.#options.keyed) memory.u8(live, rows).fill(1)
    else memory.kernels.agg_not_zero(addresses, rows, rowCount, 1, live)
    return live
  }

  #finish(
    slots: Pointer,
    addresses: Pointer,
    rows: number,
  ): { readonly columns: readonly Column[]; readonly overflow: Pointer } {
    return this.states.finish(rows, addresses, this.states.hasLists ? this.keysOf(slots, rows) : [])
  }

  #sendFinal({ slots, rows, ordinals }: Touched, out: Output, watermark: bigint): void {
    const { memory } = this.#context
    const { kernels } = memory
    const addresses = this.table.addresses(slots, rows)
    const { columns, overflow } = this.#finish(slots, addresses, rows)
    const keys = this.#outputKeys(slots, rows, this.#options.bounds?.of(slots, rows))
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

  #batch(
    {
      keys,
      columns,
      ordinals,
    }: { readonly keys: readonly Column[]; readonly columns: readonly Column[]; readonly ordinals: Pointer },
    selection: Pointer,
    rows: number,
    watermark: bigint,
  ): Batch {
    const { memory } = this.#context
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

  #sendChanges({ slots, rows, ordinals }: Touched, gone: boolean, out: Output, watermark: bigint): void {
    const { memory } = this.#context
    const { kernels } = memory
    const addresses = this.table.addresses(slots, rows)
    const { columns, overflow } = this.#finish(slots, addresses, rows)
    const moving = this.#options.bounds?.of(slots, rows)
    const keys = this.#outputKeys(slots, rows, moving)
    const sentKeys = moving === undefined ? keys : this.#outputKeys(slots, rows, undefined)
    const newThere = gone ? memory.chunkZeroed(rows) : this.#live(addresses, rows)
    const failed = memory.chunk(rows)
    memory.u8(failed, rows).set(memory.u8(newThere, rows))
    kernels.agg_mask_without(newThere, overflow, rows)
    kernels.agg_mask_without(failed, newThere, rows)
    const oldThere = memory.chunk(rows)
    kernels.agg_gather(addresses, rows, this.#sentFlag.value, 1, oldThere)
    const sent = columns.map((_, i) => this.table.gather(slots, rows, this.#sentAt + i))
    const differs = memory.chunkZeroed(rows)
    const compared = [...columns.entries()].map(([i, column]) => [sent[i] ?? column, column] as const)
    if (moving !== undefined) compared.push(...keys.map((key, i) => [sentKeys[i] ?? key, key] as const))
    for (const [old, column] of compared) {
      const code = physicalCodes[physicalOf(column.type)]
      kernels.agg_diff(rows, old.data, old.validity, column.data, column.validity, code, differs)
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
    const storing = kernels.agg_sent(addresses, rows, oldThere, newThere, differs, this.#sentFlag.value, stored)
    if (storing === 0) return
    const storedSlots = memory.chunk(storing * 4)
    kernels.agg_take32(slots, stored, storing, storedSlots)
    for (const [i, column] of columns.entries()) {
      this.table.scatter(storedSlots, storing, this.#sentAt + i, takeColumn(memory, column, stored, storing, false))
    }
    for (const [i, column] of (moving ?? []).entries()) {
      const index = this.#options.bounds?.fields[i]
      if (index !== undefined)
        this.table.scatter(storedSlots, storing, index, takeColumn(memory, column, stored, storing, false))
    }
  }

  /** A column's validity as bytes, also where no value is NULL. */
  #bytes(column: Column, rows: number): Pointer {
    if (column.validity !== 0) return column.validity
    const { memory } = this.#context
    const ones = memory.chunk(rows)
    memory.u8(ones, rows).fill(1)
    return ones
  }

  /** Dead letters of groups whose result does not fit, once; taken back when it fits again. */
  #noteWithheld(
    groups: { readonly keys: readonly Column[]; readonly columns: readonly Column[]; readonly ordinals: Pointer },
    addresses: Pointer,
    failed: Pointer,
    rows: number,
    out: Output,
    watermark: bigint,
  ): void {
    const { memory } = this.#context
    const { kernels } = memory
    const before = memory.chunk(rows)
    kernels.agg_gather(addresses, rows, this.#withheldFlag.value, 1, before)
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
      kernels.agg_store_byte(chosen, count, this.#withheldFlag.value, value)
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
    const { memory } = this.#context
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

/** A watermark kept in a snapshot. */
export const watermarkText = (watermark: bigint): string => String(watermark)
export const watermarkOf = (text: string | undefined): bigint => (text === undefined ? NO_WATERMARK : BigInt(text))
