import { type Batch, CHUNK_ROWS, type Column, columnAt, type Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, type Field, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn } from '../hidden.ts'
import { bytesOf } from '../state-of.ts'
import { int32sOf, type OverLayout, valuesIn } from './over-layout.ts'

/** Rows `[from, to)` of a partition. */
export interface Stretch {
  readonly partition: number
  readonly from: number
  readonly to: number
}

/** What a row was sent as. */
export const NEW = 0
export const SENT = 1
export const WITHHELD = 2

export interface SentRow {
  readonly state: number
  readonly results: readonly Value[]
}

/**
 * The rows of an OVER by partition, in order, each copy for itself; rows that tie stand as they arrived. With results:
 * the ones that were sent last, as they were sent. Where rows may be taken back, equal ones leave in the order in which
 * they came, so that what stays does not depend on how input is cut into steps; a derived table then keeps the order.
 */
export class OverStore {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #layout: OverLayout
  /** Input columns by field of the table. */
  readonly #columns: readonly number[]
  readonly #fieldOf: ReadonlyMap<number, number>
  readonly #order: StateTable | undefined
  readonly #keys: number
  /** Order fields behind the keys. */
  readonly #orderFields: number
  /** The types of what a row is sent with, and of what is kept with it. */
  readonly sentTypes: readonly DataType[]
  #next = 0n

  constructor(context: OperatorContext, layout: OverLayout, appendOnly: boolean, results: readonly DataType[]) {
    this.#context = context
    this.#layout = layout
    this.sentTypes = results
    const { schema, partitionBy, orderBy } = layout
    const orderColumns = [...new Set(orderBy.map(({ column }) => column))]
    const first = [...partitionBy, ...orderColumns]
    this.#columns = [...first, ...schema.map((_, column) => column).filter(column => !first.includes(column))]
    this.#fieldOf = new Map(this.#columns.map((column, at) => [column, at]))
    this.#keys = partitionBy.length
    this.#orderFields = orderColumns.length
    const fields = this.#columns.map((column): Field => schema[column] ?? field('', types.null))
    const width = fields.length
    const arrival = [field('$ordinal', types.bigint, false), field('$sequence', types.bigint, false)]
    const sent = results.map((type, i) => field(`$result${i}`, type))
    const hidden = [...arrival, field('$state', types.int, false), ...sent]
    const sorting = orderBy.map(key => ({ ...key, field: this.#fieldOf.get(key.column) ?? 0 }))
    const arrived = (at: number, descending = false) =>
      [at, at + 1].map(each => ({ field: each, descending, nullsFirst: false }))
    const lastFirst = layout.arrival === 'last'
    if (appendOnly) {
      this.table = context.table({
        name: 'rows',
        fields: [...fields, ...hidden],
        keys: this.#keys,
        unique: false,
        order: [...sorting, ...arrived(width, lastFirst)],
      })
      return
    }
    this.table = context.table({
      name: 'rows',
      fields: [...fields, ...hidden, field('$entry', types.int)],
      keys: width,
      groupBy: this.#keys,
      unique: false,
      exact: true,
      order: arrived(width),
    })
    const ordered = this.#keys + this.#orderFields
    this.#order = context.table({
      name: 'order',
      fields: [...fields.slice(0, ordered), ...arrival, field('$slot', types.int, false)],
      keys: this.#keys,
      unique: false,
      order: [...sorting, ...arrived(ordered, lastFirst)],
    })
  }

  keysOf(batch: Batch): readonly Column[] {
    return this.#layout.partitionBy.map(column => columnAt(batch, column))
  }

  keysAt(slots: Pointer, rows: number): readonly Column[] {
    return Array.from({ length: this.#keys }, (_, at) => this.table.gather(slots, rows, at))
  }

  /** Puts rows in; every weight counts as +1. Returns their slots. */
  insert(batch: Batch): Pointer {
    const { memory } = this.#context
    const { rows } = batch
    const sequence = memory.chunk(rows * 8)
    memory.kernels.sequence(this.#next, rows, sequence)
    this.#next += BigInt(rows)
    const i64 = (data: Pointer): Column => ({ type: types.bigint, data, validity: 0 })
    const none = (type: DataType): Column =>
      columnFromValues(
        memory,
        type,
        Array.from({ length: rows }, () => null),
      )
    const zeros: Column = { type: types.int, data: memory.chunkZeroed(rows * 4), validity: 0 }
    const slots = this.table.insert(
      [
        ...this.#columns.map(column => columnAt(batch, column)),
        i64(ordinalColumn(memory, batch)),
        i64(sequence),
        zeros,
        ...this.sentTypes.map(none),
        ...(this.#order === undefined ? [] : [zeros]),
      ],
      rows,
    )
    if (this.#order !== undefined) this.#enter(slots, rows, this.#order)
    return slots
  }

  /** The copies of rows that came first, at most `limit` of each: pairs of the row asked for and the copy's slot. */
  copiesOf(columns: readonly Column[], rows: number, limit: number) {
    const asked = this.#columns.map(column => columns[column] ?? { type: types.null, data: 0, validity: 0 })
    return this.table.firstOf(asked, rows, limit)
  }

  /** The place of each row among those of its partition. */
  positions(slots: Pointer, rows: number): Int32Array {
    const { memory } = this.#context
    const at = this.#order === undefined ? slots : this.table.gather(slots, rows, this.#entryField).data
    return int32sOf(memory, this.#ordered.positionOf(at, rows), rows)
  }

  counts(keys: readonly Column[], partitions: number): Int32Array {
    return int32sOf(this.#context.memory, this.#ordered.countOf(keys, partitions), partitions)
  }

  /** The rows at places (i32) of the partitions with these keys. */
  rowsAt(keys: readonly Column[], places: Pointer, rows: number): Pointer {
    return this.#main(this.#ordered.slotAt(keys, places, rows), rows)
  }

  /** The rows of stretches of partitions, one after the other. `keys` of all partitions. */
  stretches(
    stretches: readonly Stretch[],
    keys: readonly Column[],
  ): { readonly slots: Pointer; readonly rows: number } {
    const { memory } = this.#context
    const rows = stretches.reduce((sum, { from, to }) => sum + to - from, 0)
    const selection = memory.chunk(rows * 4)
    const places = memory.chunk(rows * 4)
    const partitionOf = memory.i32(selection, rows)
    const placeOf = memory.i32(places, rows)
    let at = 0
    for (const { partition, from, to } of stretches) {
      partitionOf.fill(partition, at, at + to - from)
      for (let place = from; place < to; place++) placeOf[at++] = place
    }
    const own = keys.map(column => takeColumn(memory, column, selection, rows, false))
    return { slots: this.rowsAt(own, places, rows), rows }
  }

  /**
   * The places of the first rows of partitions of which the first value of the order is not before `bound` (with `strict`:
   * stands behind it); -1 where there is none.
   */
  placesFrom(keys: readonly Column[], bound: Column, rows: number, strict: boolean): Int32Array {
    const { memory } = this.#context
    const slots = int32sOf(memory, this.#ordered.firstFrom(keys, bound, rows, strict), rows)
    const found = slots.filter(slot => slot !== -1)
    const places = int32sOf(memory, this.#ordered.positionOf(int32s(memory, [...found]), found.length), found.length)
    let next = 0
    return slots.map(slot => (slot === -1 ? -1 : places[next++]!))
  }

  /** The first values of the order of the rows at places (i32) of partitions; NULL where there is no row. */
  orderAt(keys: readonly Column[], places: Pointer, rows: number): Column {
    const slots = this.#ordered.slotAt(keys, places, rows)
    return this.#ordered.gather(slots, rows, this.#keys)
  }

  remove(slots: Pointer, rows: number): void {
    if (this.#order !== undefined) this.#order.remove(this.table.gather(slots, rows, this.#entryField).data, rows)
    this.table.remove(slots, rows)
  }

  /** A column of the operator's input. */
  column(slots: Pointer, rows: number, column: number): Column {
    return this.table.gather(slots, rows, this.#fieldOf.get(column) ?? 0)
  }

  /** What leaves of rows: the columns of the node's input. */
  outputs(slots: Pointer, rows: number): readonly Column[] {
    return Array.from({ length: this.#layout.inputColumns }, (_, column) => this.column(slots, rows, column))
  }

  ordinals(slots: Pointer, rows: number): Pointer {
    return this.table.gather(slots, rows, this.#columns.length).data
  }

  states(slots: Pointer, rows: number): Int32Array {
    return int32sOf(this.#context.memory, this.table.gather(slots, rows, this.#stateField).data, rows)
  }

  /** What rows were sent as. */
  sent(slots: Pointer, rows: number): readonly SentRow[] {
    const results = this.sentTypes.map((_, i) =>
      valuesIn(this.#context.memory, this.table.gather(slots, rows, this.#stateField + 1 + i), rows),
    )
    return Array.from(this.states(slots, rows), (state, row) => ({
      state,
      results: results.map(of => of[row] ?? null),
    }))
  }

  /** Notes what rows were sent with. */
  note(slots: Pointer, states: readonly Value[], results: readonly Column[]): void {
    const { memory } = this.#context
    const rows = states.length
    this.table.scatter(slots, rows, this.#stateField, columnFromValues(memory, types.int, states))
    for (const [i, column] of results.entries()) this.table.scatter(slots, rows, this.#stateField + 1 + i, column)
  }

  clear(): void {
    this.#order?.clear()
    this.table.clear()
  }

  /** After a restore. */
  rebuild(): void {
    const { memory } = this.#context
    this.#order?.clear()
    const all = this.table.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, all.rows - from)
      const slots = all.slots + from * 4
      if (this.#order !== undefined) this.#enter(slots, rows, this.#order)
      const sequences = memory.i64(this.table.gather(slots, rows, this.#columns.length + 1).data, rows)
      for (const sequence of sequences) if (sequence >= this.#next) this.#next = sequence + 1n
      memory.release(mark)
    }
  }

  bytes(): number {
    return bytesOf(this.#order === undefined ? [this.table] : [this.table, this.#order])
  }

  get #ordered(): StateTable {
    return this.#order ?? this.table
  }

  get #stateField(): number {
    return this.#columns.length + 2
  }

  get #entryField(): number {
    return this.#stateField + 1 + this.sentTypes.length
  }

  /** Slots of the ordered table as slots of the table. */
  #main(slots: Pointer, rows: number): Pointer {
    if (this.#order === undefined) return slots
    return this.#order.gather(slots, rows, this.#keys + this.#orderFields + 2).data
  }

  #enter(slots: Pointer, rows: number, order: StateTable): void {
    const ordered = this.#keys + this.#orderFields
    const width = this.#columns.length
    const fields = Array.from({ length: ordered }, (_, at) => this.table.gather(slots, rows, at))
    const arrival = [width, width + 1].map(at => this.table.gather(slots, rows, at))
    const entries = order.insert([...fields, ...arrival, { type: types.int, data: slots, validity: 0 }], rows)
    this.table.scatter(slots, rows, this.#entryField, { type: types.int, data: entries, validity: 0 })
  }
}

/** The rows of a batch with these signs, each as often as it counts, every weight +1. */
export function copiesWith(context: OperatorContext, batch: Batch, sign: 1 | -1): Batch {
  const { memory } = context
  if (batch.weights === 0) return sign === 1 ? batch : { ...batch, rows: 0 }
  const copies: number[] = []
  for (const [row, weight] of memory.i32(batch.weights, batch.rows).entries())
    for (let i = 0; i < weight * sign; i++) copies.push(row)
  const rows = copies.length
  const selection = memory.chunk(Math.max(1, rows) * 4)
  memory.i32(selection, rows).set(copies)
  const ordinals = memory.chunk(Math.max(1, rows) * 8)
  memory.kernels.take_values(ordinalColumn(memory, batch), 3, selection, rows, ordinals)
  return {
    ...batch,
    rows,
    columns: batch.columns.map(column => takeColumn(memory, column, selection, rows, false)),
    weights: 0,
    watermarks: 0,
    ordinals,
  }
}
