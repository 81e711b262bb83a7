import { type Batch, CHUNK_ROWS, type Column, columnAt, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import { takeRows } from '../../../batch/select.ts'
import { int32s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn, selectBytes } from '../hidden.ts'
import { Timers } from '../timers.ts'

/** 100 ms. */
const TIMER_BUCKET = 100_000n

export interface VersionsOptions {
  readonly schema: Schema
  /** Columns that name what there are versions of. */
  readonly keys: readonly number[]
  /** The column of the time from which a version is valid. */
  readonly time: number
}

/**
 * The versions of the rows of a table, by key and time. A row added is a version from its time on, and takes the place of
 * one of the same time. A row taken away ends the validity of its key at its time, unless the next row to arrive is a new
 * version of the key: then the two were an update, and the old version is valid until the new one begins. That is told
 * from arrival ordinals, so the two may come in different steps; only rows whose time comes in the step that has the first
 * of them alone meet no version.
 */
export class Versions {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #options: VersionsOptions
  /** Columns of the schema by field: keys, time, the others. */
  readonly #columns: readonly number[]
  readonly #timers: Timers
  /**
   * Deleted in this step (or before a restore), and in the last step before that changed anything: the next row may show
   * that it was an update, however many steps without rows come between.
   */
  #deleted = new Set<number>()
  #deletedBefore = new Set<number>()
  #isChanged = false

  constructor(context: OperatorContext, options: VersionsOptions) {
    this.#context = context
    this.#options = options
    const { schema, keys, time } = options
    const first = [...keys, time]
    this.#columns = [...first, ...schema.map((_, column) => column).filter(column => !first.includes(column))]
    this.table = context.table({
      name: 'versions',
      fields: [
        ...this.#columns.map((column): Field => schema[column] ?? field('', types.null)),
        field('$there', types.int, false),
        field('$changed', types.bigint, false),
        field('$from', types.bigint, false),
        field('$mark', types.int),
      ],
      keys: keys.length,
      unique: true,
      order: [{ field: keys.length, descending: true, nullsFirst: false }],
    })
    this.#timers = new Timers(context, 'version timers', this.table, this.#columns.length + 2, TIMER_BUCKET)
  }

  /** Changes in the order of their arrival; keys and time are not NULL. */
  change(batch: Batch): void {
    const { memory } = this.#context
    const { rows } = batch
    this.#isChanged = true
    const identity = [...this.#options.keys, this.#options.time].map(column => columnAt(batch, column))
    const { slots, fresh } = this.table.findOrInsert(identity, rows)
    const width = this.#columns.length
    const last = memory.chunk(rows * 4)
    const mark = this.table.offsets(width + 3).value
    const count = memory.kernels.field_last(this.table.addresses(slots, rows), mark, rows, last)
    const lastSlots = memory.chunk(count * 4)
    memory.kernels.take_values(slots, 2, last, count, lastSlots)
    const changed = takeRows(memory, batch, last, count)
    for (const [at, column] of this.#columns.entries())
      if (at >= identity.length) this.table.scatter(lastSlots, count, at, columnAt(changed, column))
    const weights = changed.weights === 0 ? undefined : memory.i32(changed.weights, count).slice()
    const there = Array.from({ length: count }, (_, row) => ((weights?.[row] ?? 1) > 0 ? 1 : 0))
    this.table.scatter(lastSlots, count, width, int(int32s(memory, there)))
    this.table.scatter(lastSlots, count, width + 1, bigint(ordinalColumn(memory, changed)))
    const times = columnAt(changed, this.#options.time).data
    this.table.scatter(lastSlots, count, width + 2, bigint(times))
    for (const [row, slot] of memory.i32(lastSlots, count).entries())
      if (there[row] === 0) this.#deleted.add(slot)
      else this.#keep(slot)
    const news = selectBytes(memory, fresh, true, rows)
    if (news.rows > 0) {
      const newSlots = memory.chunk(news.rows * 4)
      memory.kernels.take_values(slots, 2, news.selection, news.rows, newSlots)
      const newTimes = memory.chunk(news.rows * 8)
      memory.kernels.take_values(columnAt(batch, this.#options.time).data, 3, news.selection, news.rows, newTimes)
      this.#timers.add(newTimes, newSlots, news.rows)
    }
    this.#revive(batch, slots)
  }

  /** The slot of the version of each key that is valid at each time, -1 where none is. */
  validAt(keys: readonly Column[], times: Column, rows: number): Pointer {
    const { memory } = this.#context
    const slots = this.table.firstFrom(keys, times, rows, false)
    const there = this.table.gather(slots, rows, this.#columns.length)
    const flags = memory.i32(there.data, rows)
    const found = memory.i32(slots, rows)
    for (let row = 0; row < rows; row++) if (found[row] !== -1 && flags[row] === 0) found[row] = -1
    return slots
  }

  /** The columns of the table's rows; NULL for slot -1. */
  columns(slots: Pointer, rows: number, only?: (column: number) => boolean): readonly Column[] {
    return this.#options.schema.map(({ type }, column) =>
      only === undefined || only(column)
        ? this.table.gather(slots, rows, this.#columns.indexOf(column))
        : { type, data: 0, validity: 0 },
    )
  }

  /** Forgets the versions that no row of a time after `time` can meet. Once a step. */
  free(time: bigint): void {
    const { memory } = this.#context
    const bound = time === END_OF_TIME ? time : time + 1n
    this.#timers.forDue(bound, ({ rows, slots }) => {
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const mark = memory.mark()
        this.#freeOlder(slots + from * 4, Math.min(CHUNK_ROWS, rows - from), time)
        memory.release(mark)
      }
    })
    if (!this.#isChanged) return
    this.#isChanged = false
    this.#freeDeleted(time)
    this.#deletedBefore = this.#deleted
    this.#deleted = new Set()
  }

  /** After a restore: timers again. */
  rebuild(): void {
    const { memory } = this.#context
    this.#timers.clear()
    this.#deleted.clear()
    this.#deletedBefore.clear()
    const all = this.table.all()
    const width = this.#columns.length
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, all.rows - from)
      const slots = all.slots + from * 4
      this.#timers.add(this.table.gather(slots, rows, width + 2).data, slots, rows)
      const there = memory.i32(this.table.gather(slots, rows, width).data, rows)
      for (const [row, slot] of memory.i32(slots, rows).entries()) if (there[row] === 0) this.#deleted.add(slot)
      memory.release(mark)
    }
  }

  bytes(): number {
    return this.table.bytes() + this.#timers.bytes()
  }

  /** Not, or no longer, among the deleted. */
  #keep(slot: number): void {
    this.#deleted.delete(slot)
    this.#deletedBefore.delete(slot)
  }

  /** The older version was not deleted but updated, when the added row came right behind its deletion. */
  #revive(batch: Batch, slots: Pointer): void {
    const { memory } = this.#context
    const { rows } = batch
    const width = this.#columns.length
    const older = this.table.nextOf(slots, rows)
    const there = memory.i32(this.table.gather(older, rows, width).data, rows).slice()
    const changed = memory.i64(this.table.gather(older, rows, width + 1).data, rows).slice()
    const ordinals = memory.i64(ordinalColumn(memory, batch), rows).slice()
    const weights = batch.weights === 0 ? undefined : memory.i32(batch.weights, rows).slice()
    const revived: number[] = []
    for (const [row, slot] of memory.i32(older, rows).entries()) {
      if (slot === -1 || there[row] !== 0 || (weights?.[row] ?? 1) < 0) continue
      const distance = (ordinals[row] ?? 0n) - (changed[row] ?? 0n)
      if (distance === 0n || distance === 1n) revived.push(slot)
    }
    if (revived.length === 0) return
    for (const slot of revived) this.#keep(slot)
    const ones = int32s(
      memory,
      revived.map(() => 1),
    )
    this.table.scatter(int32s(memory, revived), revived.length, width, int(ones))
  }

  /** Of versions whose time has come: those before them go, and those that a newer one has followed already. */
  #freeOlder(slots: Pointer, rows: number, time: bigint): void {
    const { memory } = this.#context
    const width = this.#columns.length
    const older = memory.i32(this.table.nextOf(slots, rows), rows).slice()
    const newer = this.table.previousOf(slots, rows)
    const follows = memory.i64(this.table.gather(newer, rows, width + 2).data, rows).slice()
    const followers = memory.i32(newer, rows).slice()
    const there = memory.i32(this.table.gather(slots, rows, width).data, rows).slice()
    const gone = new Set<number>()
    for (const [row, slot] of memory.i32(slots, rows).entries()) {
      const before = older[row] ?? -1
      if (before !== -1) gone.add(before)
      const followed = followers[row] !== -1 && (follows[row] ?? 0n) <= time
      const undecided = this.#deleted.has(slot) || this.#deletedBefore.has(slot)
      if (followed || (there[row] === 0 && !undecided)) gone.add(slot)
    }
    for (const slot of gone) this.#keep(slot)
    if (gone.size > 0) this.table.remove(int32s(memory, [...gone]), gone.size)
  }

  /** Those deleted in the last step that changed anything whose time has come: no row followed them, so they were no updates. */
  #freeDeleted(time: bigint): void {
    const { memory } = this.#context
    if (this.#deletedBefore.size === 0) return
    const mark = memory.mark()
    const slots = [...this.#deletedBefore]
    const from = this.table.gather(int32s(memory, slots), slots.length, this.#columns.length + 2).data
    const times = memory.i64(from, slots.length)
    const due = slots.filter((_, row) => (times[row] ?? 0n) <= time)
    if (due.length > 0) this.table.remove(int32s(memory, due), due.length)
    memory.release(mark)
  }
}

const int = (data: Pointer): Column => ({ type: types.int, data, validity: 0 })
const bigint = (data: Pointer): Column => ({ type: types.bigint, data, validity: 0 })
