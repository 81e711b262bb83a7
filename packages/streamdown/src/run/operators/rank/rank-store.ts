import { type Batch, CHUNK_ROWS, type Column, columnAt, type Pointer } from '../../../batch/batch.ts'
import { describeColumns } from '../../../batch/columns.ts'
import { takeColumn, takeRows } from '../../../batch/select.ts'
import { orderFlags } from '../../../batch/sort.ts'
import { int32s } from '../../../batch/values.ts'
import type { RankNode, SortKey } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn, selectBytes, wideWeights } from '../hidden.ts'
import { Numbering } from '../numbering.ts'
import { bytesOf } from '../state-of.ts'

export interface RankOptions {
  readonly schema: Schema
  readonly function: RankNode['function']
  readonly partitionBy: readonly number[]
  readonly orderBy: readonly SortKey[]
  readonly from: number
  readonly to: number
  readonly appendOnly: boolean
  /** Ties go to the row that arrived last (an upsert), not first; a row that comes again arrives again. */
  readonly latest?: boolean
}

/** Rows whose number is in [from, to], partition by partition, in order. */
export interface TopRows {
  readonly rows: number
  /** Position of each row's partition among those asked for. */
  readonly partition: Pointer
  readonly slots: Pointer
  readonly weights: Pointer
  /** i64 */
  readonly numbers: Pointer
}

/** More rows than a partition can have: a top without an end. */
const ALL = 2 ** 30
/** Rows beyond its top that a partition may always hold. */
const SPARE_ROWS = 4
/** The largest top that a batch is cut to before its rows are stored. */
const LARGEST_CUT = 64
/** Partitions that are looked at together. */
const PARTITIONS = 1024

/**
 * The rows of a ranking by partition, in order; ties by arrival. Of an append-only input each row is kept for itself and
 * `trim` forgets those that can never be in the top again. Of a changing input equal rows are one with the sum of their
 * weights, standing where the first of them arrived; a derived table keeps the order.
 */
export class RankStore {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #options: RankOptions
  readonly #columns: readonly number[]
  readonly #fieldOf: ReadonlyMap<number, number>
  readonly #order: StateTable | undefined
  /** Input columns of the order that differ within a partition. */
  readonly #orderColumns: readonly number[]
  readonly #ties: StateTable | undefined
  /** The partitions of one batch, where batches are cut to their own tops. Empty between batches. */
  readonly #partitions: StateTable | undefined
  readonly #sorting: readonly (SortKey & { readonly field: number })[]

  constructor(context: OperatorContext, options: RankOptions) {
    this.#context = context
    this.#options = options
    const { schema, partitionBy, appendOnly, latest } = options
    const orderBy = options.orderBy.filter(({ column }) => !partitionBy.includes(column))
    this.#orderColumns = [...new Set(orderBy.map(({ column }) => column))]
    const first = [...partitionBy, ...this.#orderColumns]
    this.#columns = [...first, ...schema.map((_, column) => column).filter(column => !first.includes(column))]
    this.#fieldOf = new Map([...this.#columns.entries()].reverse().map(([at, column]) => [column, at]))
    const fields = this.#columns.map((column): Field => schema[column] ?? field('', types.null))
    const width = fields.length
    const keys = partitionBy.length
    this.#sorting = orderBy.map(key => ({ ...key, field: this.#field(key.column) }))
    const arrival = (at: number) => ({ field: at, descending: latest === true, nullsFirst: false })
    const hidden = [field('$weight', types.bigint), field('$ordinal', types.bigint)]
    if (appendOnly) {
      const order = [...this.#sorting, arrival(width + 1)]
      this.table = context.table({ name: 'rows', fields: [...fields, ...hidden], keys, unique: false, order })
      if (options.function === 'row_number' && options.to <= LARGEST_CUT) {
        this.#partitions = context.table({
          name: 'batch partitions',
          fields: fields.slice(0, keys),
          keys,
          unique: true,
        })
      }
    } else {
      this.table = context.table({
        name: 'rows',
        fields: [...fields, ...hidden, field('$entry', types.int), field('$mark', types.int)],
        keys: width,
        groupBy: keys,
        unique: true,
        exact: true,
      })
      const orderWidth = keys + this.#orderColumns.length
      this.#order = context.table({
        name: 'order',
        fields: [...fields.slice(0, orderWidth), field('$ordinal', types.bigint), field('$slot', types.int, false)],
        keys,
        unique: false,
        order: [...this.#sorting, arrival(orderWidth)],
      })
    }
    if (options.function !== 'row_number' && orderBy.length > 0) {
      const tied = this.#orderColumns.map((column): Field => schema[column] ?? field('', types.null))
      const tieFields = [field('$partition', types.int, false), ...tied]
      this.#ties = context.table({ name: 'ties', fields: tieFields, keys: tieFields.length, unique: true })
    }
  }

  keysOf(batch: Batch): readonly Column[] {
    return this.#options.partitionBy.map(column => columnAt(batch, column))
  }

  /** Columns of rows in the input's order. */
  columns(slots: Pointer, rows: number): readonly Column[] {
    return this.#options.schema.map((_, column) => this.table.gather(slots, rows, this.#field(column)))
  }

  ordinals(slots: Pointer, rows: number): Pointer {
    return this.table.gather(slots, rows, this.#columns.length + 1).data
  }

  /** Of an append-only input: without the rows that come after the last row of a top that is full. */
  candidates(batch: Batch): Batch {
    const { memory } = this.#context
    const { function: of, to } = this.#options
    if (this.#order !== undefined || of === 'dense_rank' || to > ALL) return batch
    const { rows } = batch
    const positions = memory.chunk(rows * 4)
    memory.kernels.fill_i32(positions, rows, to - 1)
    const last = this.table.slotAt(this.keysOf(batch), positions, rows)
    const columns = this.#sorting.map(({ column }) => columnAt(batch, column))
    const fields = memory.chunk(Math.max(1, columns.length) * 16)
    const view = memory.view()
    for (const [at, by] of this.#sorting.entries()) {
      const { value, valid } = this.table.offsets(by.field)
      view.setUint32(fields + at * 16, value, true)
      view.setUint32(fields + at * 16 + 4, valid, true)
      view.setUint32(fields + at * 16 + 8, orderFlags(by), true)
    }
    const mask = memory.chunk(rows)
    const refused = memory.kernels.rank_can_enter(
      describeColumns(memory, columns),
      fields,
      columns.length,
      this.table.addresses(last, rows),
      rows,
      of === 'row_number' && this.#options.latest !== true ? 1 : 0,
      ordinalColumn(memory, batch),
      this.table.offsets(this.#columns.length + 1).value,
      mask,
    )
    if (refused === 0) return batch
    const { selection, rows: left } = selectBytes(memory, mask, true, rows)
    return takeRows(memory, batch, selection, left)
  }

  push(all: Batch): void {
    const { memory } = this.#context
    const batch = this.#top(all)
    const columns = this.#columns.map(column => columnAt(batch, column))
    if (this.#order !== undefined) {
      this.#change(batch, columns, this.#order)
      return
    }
    const i64 = (data: Pointer): Column => ({ type: types.bigint, data, validity: 0 })
    const hidden = [i64(wideWeights(memory, batch)), i64(ordinalColumn(memory, batch))]
    this.table.insert([...columns, ...hidden], batch.rows)
  }

  /** Of an append-only input: without the rows that enough others of the batch itself come before. */
  #top(batch: Batch): Batch {
    const { memory } = this.#context
    const { rows } = batch
    if (this.#partitions === undefined || rows <= this.#options.to) return batch
    const { slots, inserted } = this.#partitions.findOrInsert(this.keysOf(batch), rows)
    // In a table that was empty slots count from 0.
    this.#partitions.clear()
    if (inserted === rows) return batch
    const flags = this.#sorting.map(orderFlags)
    const mask = memory.chunk(rows)
    const kept = memory.kernels.rank_first(
      slots,
      inserted,
      describeColumns(
        memory,
        this.#sorting.map(({ column }) => columnAt(batch, column)),
      ),
      int32s(memory, flags),
      flags.length,
      this.#options.to,
      ordinalColumn(memory, batch),
      this.#options.latest === true ? 1 : 0,
      rows,
      mask,
    )
    if (kept === rows) return batch
    const { selection } = selectBytes(memory, mask, true, rows)
    return takeRows(memory, batch, selection, kept)
  }

  /** The top of each partition; `from` is the first of a group's partitions among those asked for. */
  forTop(keys: readonly Column[], partitions: number, each: (top: TopRows, from: number) => void): void {
    const { memory } = this.#context
    for (let from = 0; from < partitions; from += PARTITIONS) {
      const mark = memory.mark()
      const rows = Math.min(PARTITIONS, partitions - from)
      const selection = memory.chunk(rows * 4)
      memory.kernels.iota_i32(selection, from, rows)
      const some = keys.map(column => takeColumn(memory, column, selection, rows, false))
      const { top } = this.#rank(some, rows)
      if (top.rows > 0) each(top, from)
      memory.release(mark)
    }
  }

  /**
   * Append-only: forgets the rows of these partitions that come after the top. A partition is looked at when it holds
   * twice what it needs, so that trimming costs no more than the rows that came.
   */
  trim(keys: readonly Column[], partitions: number): void {
    const { memory } = this.#context
    const most = Math.max(this.#options.to, SPARE_ROWS) + this.#options.to
    if (this.#order !== undefined || most > ALL) return
    const counts = memory.i32(this.table.countOf(keys, partitions), partitions)
    const full: number[] = []
    for (const [partition, count] of counts.entries()) if (count > most) full.push(partition)
    for (let from = 0; from < full.length; from += PARTITIONS) {
      const mark = memory.mark()
      const some = full.slice(from, from + PARTITIONS)
      const selection = int32s(memory, some)
      const theirKeys = keys.map(column => takeColumn(memory, column, selection, some.length, false))
      const { beyond } = this.#rank(theirKeys, some.length)
      if (beyond.length > 0) this.table.remove(int32s(memory, beyond), beyond.length)
      memory.release(mark)
    }
  }

  /** Forgets whole partitions. */
  removeAll(keys: readonly Column[], partitions: number): void {
    if (this.#order === undefined) {
      const { pairs, slots } = this.table.matches(keys, partitions, true)
      if (pairs > 0) this.table.remove(slots, pairs)
      return
    }
    const { pairs, slots: entries } = this.#order.matches(keys, partitions, true)
    if (pairs === 0) return
    const slots = this.#order.gather(entries, pairs, this.#slotField()).data
    this.#order.remove(entries, pairs)
    this.table.remove(slots, pairs)
  }

  /** After a restore. */
  rebuild(): void {
    if (this.#order === undefined) return
    const { memory } = this.#context
    this.#order.clear()
    const all = this.table.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, all.rows - from)
      this.#enter(all.slots + from * 4, rows, this.#order)
      memory.release(mark)
    }
  }

  bytes(): number {
    return bytesOf(this.#order === undefined ? [this.table] : [this.table, this.#order])
  }

  #slotField(): number {
    return this.#options.partitionBy.length + this.#orderColumns.length + 1
  }

  #change(batch: Batch, columns: readonly Column[], order: StateTable): void {
    const { memory } = this.#context
    const { kernels } = memory
    const { rows } = batch
    const width = this.#columns.length
    const { slots, fresh } = this.table.findOrInsert(columns, rows)
    const addresses = this.table.addresses(slots, rows)
    const weight = this.table.offsets(width)
    const ordinal = this.table.offsets(width + 1)
    const ordinals = ordinalColumn(memory, batch)
    const arrived = memory.chunk(rows)
    const arrivals = kernels.field_add_arriving(
      addresses,
      weight.value,
      weight.valid,
      batch.weights,
      ordinal.value,
      ordinal.valid,
      ordinals,
      rows,
      arrived,
    )
    let standing = arrivals
    if (this.#options.latest === true) {
      const added = memory.chunk(rows)
      kernels.mask_positive(batch.weights, rows, added)
      kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinals, added, rows)
      kernels.agg_mask_or(arrived, added, rows)
      standing = memory.u8(arrived, rows).reduce((sum, arrives) => sum + arrives, 0)
    }
    const news = selectBytes(memory, fresh, true, rows)
    if (standing === news.rows) {
      if (news.rows > 0) this.#enter(this.#taken(slots, news.selection, news.rows), news.rows, order)
    } else this.#enterAgain(slots, arrived, fresh, rows, order)

    const last = memory.chunk(rows * 4)
    const touched = kernels.field_last(addresses, this.table.offsets(width + 3).value, rows, last)
    const gone = memory.chunk(touched * 4)
    const goneRows = kernels.field_zero(addresses, weight.value, last, touched, 1, gone)
    if (goneRows === 0) return
    const goneSlots = this.#taken(slots, gone, goneRows)
    order.remove(this.table.gather(goneSlots, goneRows, width + 2).data, goneRows)
    this.table.remove(goneSlots, goneRows)
  }

  /**
   * Rows of a batch that arrive, of which some were there before: each stands where it arrived last, as it would over several
   * batches, and after a restore.
   */
  #enterAgain(slots: Pointer, arrived: Pointer, fresh: Pointer, rows: number, order: StateTable): void {
    const { memory } = this.#context
    const entering = new Set<number>()
    const known = new Set<number>()
    const freshRows = memory.u8(fresh, rows)
    const all = memory.i32(slots, rows)
    const made = new Set<number>()
    for (const [row, arrives] of memory.u8(arrived, rows).entries()) {
      const slot = all[row] ?? 0
      if (freshRows[row] !== 0) made.add(slot)
      else if (arrives !== 0 && !made.has(slot)) known.add(slot)
      if (arrives === 0) continue
      entering.delete(slot)
      entering.add(slot)
    }
    const entries = this.table.gather(int32s(memory, [...known]), known.size, this.#columns.length + 2).data
    order.remove(entries, known.size)
    const inOrder = int32s(memory, [...entering])
    this.table.renew(inOrder, entering.size)
    this.#enter(inOrder, entering.size, order)
  }

  #taken(slots: Pointer, selection: Pointer, rows: number): Pointer {
    const { memory } = this.#context
    const out = memory.chunk(rows * 4)
    memory.kernels.take_values(slots, 2, selection, rows, out)
    return out
  }

  /** Rows of the table into the order. */
  #enter(slots: Pointer, rows: number, order: StateTable): void {
    const width = this.#columns.length
    const columns = [...this.#options.partitionBy, ...this.#orderColumns].map((_, at) =>
      this.table.gather(slots, rows, at),
    )
    const slotColumn: Column = { type: types.int, data: slots, validity: 0 }
    const entries = order.insert([...columns, this.table.gather(slots, rows, width + 1), slotColumn], rows)
    this.table.scatter(slots, rows, width + 2, { type: types.int, data: entries, validity: 0 })
  }

  /** Slots of each partition's first `limit` rows, in order. */
  #inOrder(
    keys: readonly Column[],
    partitions: number,
    limit: number,
  ): { pairs: number; probe: Pointer; slots: Pointer } {
    if (this.#order === undefined) return this.table.matches(keys, partitions, true)
    const { pairs, probe, slots } = this.#order.firstOf(keys, partitions, limit)
    return { pairs, probe, slots: pairs === 0 ? slots : this.#order.gather(slots, pairs, this.#slotField()).data }
  }

  #rank(keys: readonly Column[], partitions: number): { top: TopRows; beyond: readonly number[] } {
    for (let limit = Math.min(this.#options.to, ALL); ; limit = Math.min(limit * 4, ALL)) {
      const ranked = this.#rankFirst(keys, partitions, limit)
      if (ranked !== undefined) return ranked
    }
  }

  /** Undefined when some partition's top may reach beyond its first `limit` rows. */
  #rankFirst(
    keys: readonly Column[],
    partitions: number,
    limit: number,
  ): { top: TopRows; beyond: readonly number[] } | undefined {
    const { memory } = this.#context
    const { from, to } = this.#options
    const { pairs, probe: probeAt, slots: slotsAt } = this.#inOrder(keys, partitions, limit)
    const numbering = new Numbering(this.#options.function, from, to)
    const width = this.#columns.length
    const groups = this.#tieGroups(probeAt, slotsAt, pairs)
    const weightsAt = memory.chunk(pairs * 4)
    memory.kernels.stored_weights(
      this.table.addresses(slotsAt, pairs),
      this.table.offsets(width).value,
      pairs,
      weightsAt,
    )
    const weights = memory.i32(weightsAt, pairs).slice()
    const probe = memory.i32(probeAt, pairs).slice()
    const slots = memory.i32(slotsAt, pairs).slice()
    const beyond: number[] = []
    const out = { partition: [] as number[], slots: [] as number[], weights: [] as number[], numbers: [] as number[] }
    let partition = -1
    let seen = 0
    for (let pair = 0; pair < pairs; pair++) {
      const of = probe[pair] ?? 0
      if (of !== partition) {
        partition = of
        seen = 0
        numbering.start()
      }
      seen++
      const slot = slots[pair] ?? 0
      const weight = weights[pair] ?? 0
      if (weight > 0) {
        numbering.next(weight, groups?.[pair] ?? -1)
        for (let number = numbering.low; number <= numbering.high; number++) {
          out.partition.push(of)
          out.slots.push(slot)
          out.weights.push(numbering.copies)
          out.numbers.push(number)
        }
        if (numbering.beyond) beyond.push(slot)
      }
      const lastOfPartition = pair + 1 === pairs || probe[pair + 1] !== of
      if (this.#order !== undefined && lastOfPartition && seen >= limit && limit < ALL && !numbering.done)
        return undefined
    }
    const rows = out.slots.length
    const numbers = memory.chunk(rows * 8)
    const words = memory.u32(numbers, rows * 2)
    for (const [row, number] of out.numbers.entries()) {
      words[row * 2] = number
      words[row * 2 + 1] = Math.floor(number / 2 ** 32)
    }
    return {
      top: {
        rows,
        partition: int32s(memory, out.partition),
        slots: int32s(memory, out.slots),
        weights: int32s(memory, out.weights),
        numbers,
      },
      beyond,
    }
  }

  /** Equal numbers for rows of a partition that tie. */
  #tieGroups(probe: Pointer, slots: Pointer, pairs: number): Int32Array | undefined {
    if (this.#ties === undefined || pairs === 0) return undefined
    const columns = this.#orderColumns.map(column => this.table.gather(slots, pairs, this.#field(column)))
    const partition: Column = { type: types.int, data: probe, validity: 0 }
    const { slots: groups } = this.#ties.findOrInsert([partition, ...columns], pairs)
    const out = this.#context.memory.i32(groups, pairs).slice()
    this.#ties.clear()
    return out
  }

  #field(column: number): number {
    const at = this.#fieldOf.get(column)
    if (at === undefined) throw new RangeError(`no column ${column}`)
    return at
  }
}
