import { type Batch, CHUNK_ROWS, type Column, columnAt, type Pointer } from '../../../batch/batch.ts'
import { describeColumns } from '../../../batch/columns.ts'
import { takeColumn, takeRows } from '../../../batch/select.ts'
import { orderFlags } from '../../../batch/sort.ts'
import { int32s } from '../../../batch/values.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { bytesOf, restoreTables, snapshotOf } from '../state-of.ts'
import type { RankOptions } from './rank-store.ts'

/** The largest top whose slots lie in its partition's row. */
const LARGEST_TOP = 32
const ENTRY_HEAD_BYTES = 16

/** Whether `TopRank` can hold this ranking. */
export function isSmallTop({
  appendOnly,
  function: of,
  to,
}: Pick<RankOptions, 'appendOnly' | 'function' | 'to'>): boolean {
  return appendOnly && of === 'row_number' && to <= LARGEST_TOP
}

/**
 * ROW_NUMBER from one small number to another over rows that are only ever added: of each partition only the rows of its
 * top are kept, and their slots in order. At the end of a step come, partition by partition, the rows that left a top and
 * those that entered one: where a number is in the output or there is only one, number by number the old row, then the new.
 */
export class TopRank implements Operator {
  readonly #context: OperatorContext
  readonly #options: RankOptions
  readonly #numbered: boolean
  /** Rows in a top: the columns of the partition first, those of the order, the ordinal; the others are payload. */
  readonly #rows: StateTable
  /** Of each field of a row, its input column; the ordinal has none. */
  readonly #columns: readonly (number | 'ordinal')[]
  readonly #ordinal: number
  /** Derived: the key of each partition with its top, as kernels/top.ts has it. */
  readonly #partitions: StateTable
  readonly #orderColumns: readonly number[]
  /** Of kernels/rank.ts: where the order's columns lie in a row. */
  readonly #orderFields: Pointer
  readonly #top: number
  readonly #mark: number
  #entries: Pointer = 0
  #entryCapacity = 0
  #entered = 0
  readonly #watermarks = new InputWatermarks(1)

  constructor(options: RankOptions, numbered: boolean, context: OperatorContext) {
    this.#context = context
    this.#options = options
    this.#numbered = numbered
    const { schema, partitionBy, to } = options
    const orderBy = options.orderBy.filter(({ column }) => !partitionBy.includes(column))
    this.#orderColumns = orderBy.map(({ column }) => column)
    const compared = [...partitionBy, ...new Set(this.#orderColumns)]
    const payload = [...schema.keys()].filter(column => !compared.includes(column))
    this.#columns = [...compared, 'ordinal', ...payload]
    this.#ordinal = compared.length
    const fields = this.#columns.map((column): Field => {
      if (column === 'ordinal') return field('$ordinal', types.bigint)
      return schema[column] ?? field('', types.null)
    })
    const keys = partitionBy.length
    // Rows that are equal and not the same, 1.0 and 1.00, are not taken for one another.
    this.#rows = context.table({ name: 'rows', fields, keys, unique: false, payload: payload.length, exact: true })
    const slots = Array.from({ length: to }, (_, place) => field(`$slot${place + 1}`, types.int))
    this.#partitions = context.table({
      name: 'partitions',
      fields: [...fields.slice(0, keys), field('$rows', types.int), ...slots, field('$mark', types.int)],
      keys,
      unique: true,
    })
    this.#top = this.#partitions.offsets(keys).value
    this.#mark = this.#partitions.offsets(keys + to + 1).value
    this.#orderFields = context.memory.alloc(Math.max(1, orderBy.length) * 16)
    const view = context.memory.view()
    for (const [at, by] of orderBy.entries()) {
      const { value, valid } = this.#rows.offsets(this.#columns.indexOf(by.column))
      view.setUint32(this.#orderFields + at * 16, value, true)
      view.setUint32(this.#orderFields + at * 16 + 4, valid, true)
      view.setUint32(this.#orderFields + at * 16 + 8, orderFlags(by), true)
    }
  }

  push(_input: number, all: Batch): void {
    const { memory } = this.#context
    const batch = this.#unweighted(all)
    if (batch.rows === 0) return
    const ordinals = ordinalColumn(memory, batch)
    const column = (at: number): Column => columnAt(batch, at)
    const { partitions, gone, goneRows } = this.#enter(column, ordinals, batch.rows)
    if (goneRows > 0) this.#rows.remove(gone, goneRows)
    const selection = memory.chunk(batch.rows * 4)
    const rows = memory.kernels.top_entered(partitions, batch.rows, this.#top, selection)
    if (rows === 0) return
    const ofOrdinals: Column = { type: types.bigint, data: ordinals, validity: 0 }
    const taken = this.#columns.map(at =>
      takeColumn(memory, at === 'ordinal' ? ofOrdinals : columnAt(batch, at), selection, rows, false),
    )
    const slots = this.#rows.insert(taken, rows)
    memory.kernels.top_stored(partitions, selection, slots, rows, this.#top)
  }

  endStep(end: StepEnd, out: Output): void {
    if (this.#entered > 0) {
      this.#emit(out)
      const { gone, rows } = this.#leave()
      if (rows > 0) this.#rows.remove(gone, rows)
      this.#rows.moveSparse(({ from, to, rows: moved }) => this.#follow(from, to, moved))
    }
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#rows], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#rows], from)
    this.#rebuild()
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return bytesOf([this.#rows, this.#partitions]) + this.#entryCapacity * this.#entryBytes()
  }

  /** Rows of the table into the tops. Those that are in none go: a program may have got a smaller top. */
  #rebuild(): void {
    const { memory } = this.#context
    this.#partitions.clear()
    const all = this.#rows.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, all.rows - from)
      const slots = all.slots + from * 4
      const column = (at: number): Column => this.#rows.gather(slots, rows, this.#columns.indexOf(at))
      const ordinals = this.#rows.gather(slots, rows, this.#ordinal).data
      const { partitions } = this.#enter(column, ordinals, rows)
      const numbers = memory.chunk(rows * 4)
      const entered = memory.kernels.top_entered(partitions, rows, this.#top, numbers)
      const stored = memory.chunk(entered * 4)
      memory.kernels.take_values(slots, 2, numbers, entered, stored)
      memory.kernels.top_stored(partitions, numbers, stored, entered, this.#top)
      const left = this.#leave()
      this.#rows.remove(left.gone, left.rows)
      const kept = new Set(memory.i32(stored, entered))
      const refused = memory.i32(slots, rows).filter(slot => !kept.has(slot))
      if (refused.length > 0) this.#rows.remove(int32s(memory, [...refused]), refused.length)
      memory.release(mark)
    }
  }

  /** Rows into their tops, by their numbers in the batch (kernels/top.ts). */
  #enter(
    column: (at: number) => Column,
    ordinals: Pointer,
    rows: number,
  ): { readonly partitions: Pointer; readonly gone: Pointer; readonly goneRows: number } {
    const { memory } = this.#context
    const { partitionBy, to, latest } = this.#options
    this.#growEntries(this.#entered + rows)
    const { slots, addresses } = this.#partitions.findOrInsert(partitionBy.map(column), rows)
    const gone = memory.chunk(rows * 4)
    const goneRows = memory.chunk(4)
    this.#entered = memory.kernels.top_enter(
      describeColumns(memory, this.#orderColumns.map(column)),
      this.#orderFields,
      this.#orderColumns.length,
      addresses,
      slots,
      rows,
      to,
      ordinals,
      latest === true ? 1 : 0,
      this.#rows.address,
      this.#rows.offsets(this.#ordinal).value,
      this.#top,
      this.#mark,
      this.#entries,
      this.#entered,
      gone,
      goneRows,
    )
    return { partitions: addresses, gone, goneRows: memory.u32(goneRows, 1)[0] ?? 0 }
  }

  /** Forgets what the tops were before the step; the rows that are in none any more. */
  #leave(): { readonly gone: Pointer; readonly rows: number } {
    const { memory } = this.#context
    const gone = memory.chunk(this.#entered * this.#options.to * 4)
    const rows = memory.kernels.top_left(
      this.#entries,
      this.#entered,
      this.#options.to,
      this.#partitions.address,
      this.#top,
      this.#mark,
      gone,
    )
    this.#entered = 0
    if (this.#entries !== 0) memory.free(this.#entries)
    this.#entries = 0
    this.#entryCapacity = 0
    return { gone, rows }
  }

  /** Stored rows have moved: the tops of their partitions take the new slots. */
  #follow(from: Pointer, to: Pointer, rows: number): void {
    const { memory } = this.#context
    const keys = this.#options.partitionBy.map((_, at) => this.#rows.gather(from, rows, at))
    const partitions = this.#partitions.find(keys, rows)
    const addresses = this.#partitions.addresses(partitions, rows)
    memory.kernels.top_moved(addresses, from, to, rows, this.#top)
  }

  #emit(out: Output): void {
    const { memory } = this.#context
    const { from: first, to } = this.#options
    const most = this.#entered * to * 2
    const weights = memory.chunk(most * 4)
    const slots = memory.chunk(most * 4)
    const numbers = memory.chunk(most * 8)
    const ordinals = memory.chunk(most * 8)
    const changes = memory.kernels.top_changes(
      this.#entries,
      this.#entered,
      to,
      first,
      this.#numbered || first === to ? 1 : 0,
      this.#partitions.address,
      this.#top,
      this.#rows.address,
      this.#ordinal,
      slots,
      weights,
      numbers,
      ordinals,
    )
    for (let from = 0; from < changes; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, changes - from)
      const columns = this.#options.schema.map((_, at) =>
        this.#rows.gather(slots + from * 4, rows, this.#columns.indexOf(at)),
      )
      const number: Column = { type: types.bigint, data: numbers + from * 8, validity: 0 }
      out.emit({
        rows,
        columns: this.#numbered ? [...columns, number] : columns,
        weights: weights + from * 4,
        watermarks: 0,
        watermark: this.#watermarks.reached(),
        ordinals: ordinals + from * 8,
        firstOrdinal: 0n,
      })
      memory.release(mark)
    }
  }

  /** A row of weight n as n rows. */
  #unweighted(batch: Batch): Batch {
    if (batch.weights === 0) return batch
    const { memory } = this.#context
    const numbers: number[] = []
    for (const [row, weight] of memory.i32(batch.weights, batch.rows).entries()) {
      for (let copy = 0; copy < weight; copy++) numbers.push(row)
    }
    return { ...takeRows(memory, batch, int32s(memory, numbers), numbers.length), weights: 0 }
  }

  #entryBytes(): number {
    return ENTRY_HEAD_BYTES + Math.ceil(this.#options.to / 2) * 8
  }

  #growEntries(entries: number): void {
    if (entries <= this.#entryCapacity) return
    const { memory } = this.#context
    const capacity = Math.max(entries, this.#entryCapacity * 2)
    const bytes = this.#entered * this.#entryBytes()
    const at = memory.alloc(capacity * this.#entryBytes())
    if (bytes > 0) memory.u8(at, bytes).set(memory.u8(this.#entries, bytes))
    if (this.#entries !== 0) memory.free(this.#entries)
    this.#entries = at
    this.#entryCapacity = capacity
  }
}
