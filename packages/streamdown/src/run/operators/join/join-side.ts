import { type Batch, CHUNK_ROWS, type Column, columnAt, type Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import type { MatchCursor, OrderField, StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ExpiryRuns } from '../expiry-runs.ts'
import { ordinalColumn, selectBytes, wideWeights } from '../hidden.ts'
import { bytesOf } from '../state-of.ts'
import { Timers } from '../timers.ts'
import { type Hidden, type JoinFields, joinFields } from './join-fields.ts'

export interface JoinSideOptions {
  readonly name: 'left' | 'right'
  readonly schema: Schema
  /** Input columns of the key. */
  readonly keys: readonly number[]
  /** How many of the key columns decide the worker. */
  readonly groupBy: number
  /** Input columns that are kept; all others read as NULL. */
  readonly stored: readonly number[]
  readonly appendOnly: boolean
  /** Rows count what they met. */
  readonly tracked: boolean
  /** The input column of an interval join's time. */
  readonly time?: number
  /** Rows end: the width of a timer's bucket, µs. */
  readonly timers?: bigint
  /** Who meets a row that has ended knows it: rows may stay longer, but go sometime. */
  readonly endsUnseen?: boolean
}

/** Times of probe rows, i64 a row, and the bounds of probe time - stored time. */
export interface ProbeTimes {
  readonly times: Pointer
  readonly lower: bigint
  readonly upper: bigint
}

/** What is said of the rows of one push besides their columns. i64 a row. */
export interface StoredHidden {
  /** Weight of the other side's rows that each row meets. */
  readonly matches: Pointer
  /** The last moment of each row; 0 without timers. */
  readonly expires: Pointer
}

/**
 * One input of a join, kept by key. Of an append-only input each row is one row of a multimap. Of a changing input
 * equal rows are one row with the sum of their weights (it goes when that is zero), found by a derived multimap.
 */
export class JoinSide {
  readonly table: StateTable
  readonly options: JoinSideOptions
  /** The offset of the matches (i64) in a row; 0 when they are not counted. */
  readonly matches: number
  readonly #context: OperatorContext
  readonly #fieldOf: ReadonlyMap<number | Hidden, number>
  readonly #layout: JoinFields['layout']
  readonly #columns: readonly number[]
  readonly #ordered: boolean
  readonly #slotField: number
  readonly #index: StateTable | undefined
  readonly #timers: Timers | undefined
  readonly #runs: ExpiryRuns | undefined

  constructor(context: OperatorContext, options: JoinSideOptions) {
    this.#context = context
    this.options = options
    const { keys, name } = options
    // A tree for each key costs more than it saves unless all rows are of one key.
    this.#ordered = options.time !== undefined && keys.length === 0
    this.#slotField = keys.length + (this.#ordered ? 1 : 0)
    const order = (at: number): { order?: readonly OrderField[] } =>
      this.#ordered ? { order: [{ field: at, descending: false, nullsFirst: false }] } : {}
    const timed = options.timers !== undefined
    const inRuns = timed && options.appendOnly && options.endsUnseen === true
    const inOrder = options.appendOnly && !this.#ordered && (!timed || inRuns)
    const { fields, layout, columns, payload } = joinFields({ ...options, timed, inOrder })
    this.#layout = layout
    this.#columns = columns
    this.#fieldOf = new Map([...layout.entries()].reverse().map(([at, each]) => [each, at]))
    const timeField = options.time === undefined ? 0 : this.#at(options.time)
    this.table = context.table({
      name,
      fields,
      keys: options.appendOnly ? keys.length : columns.length,
      groupBy: options.groupBy,
      unique: !options.appendOnly,
      ...(options.appendOnly ? {} : { exact: true }),
      ...(options.appendOnly ? order(timeField) : {}),
      ...(inOrder ? { payload } : {}),
    })
    this.#index = options.appendOnly
      ? undefined
      : context.table({
          name: `${name} by key`,
          fields: [
            ...fields.slice(0, keys.length),
            ...(this.#ordered ? fields.slice(timeField, timeField + 1) : []),
            field('$slot', types.int, false),
          ],
          keys: keys.length,
          unique: false,
          ...order(keys.length),
        })
    this.matches = options.tracked ? this.#offset('matches') : 0
    if (inRuns) this.#runs = new ExpiryRuns(context.memory)
    else if (options.timers !== undefined) {
      this.#timers = new Timers(context, `${name} timers`, this.table, this.#at('expires'), options.timers)
    }
  }

  column(slots: Pointer, rows: number, column: number): Column {
    return this.table.gather(slots, rows, this.#at(column))
  }

  keeps(column: number): boolean {
    return this.#fieldOf.has(column)
  }

  /** i64 a row, as all that follow. */
  weights(slots: Pointer, rows: number): Pointer {
    return this.table.gather(slots, rows, this.#at('weight')).data
  }

  expiries(slots: Pointer, rows: number): Pointer {
    return this.table.gather(slots, rows, this.#at('expires')).data
  }

  ordinals(slots: Pointer, rows: number): Pointer {
    return this.table.gather(slots, rows, this.#at('ordinal')).data
  }

  matchCounts(slots: Pointer, rows: number): Pointer {
    return this.table.gather(slots, rows, this.#at('matches')).data
  }

  /**
   * Pairs of probe rows and slots with equal keys (NULLs equal), in portions. With `times`, i64 a probe row, perhaps only
   * those whose time less the stored time is in [lower, upper].
   */
  probe(keys: readonly Column[], rows: number, times?: ProbeTimes): MatchCursor {
    const table = this.#index ?? this.table
    const cursor =
      times === undefined || !this.#ordered
        ? table.matchCursor(keys, rows, true)
        : table.rangeCursor(keys, rows, { ...this.#bounds(rows, times), nullsMatch: true })
    const index = this.#index
    if (index === undefined) return cursor
    return {
      next: limit => {
        const { pairs, probe, slots } = cursor.next(limit)
        if (pairs === 0) return { pairs, probe, slots }
        return { pairs, probe, slots: index.gather(slots, pairs, this.#slotField).data }
      },
    }
  }

  add(batch: Batch, hidden: StoredHidden): void {
    if (this.#index === undefined) this.#append(batch, hidden)
    else this.#change(batch, hidden, this.#index)
  }

  /** Hands over the rows whose last moment is before `bound`; where ends are not seen some of them may come later. */
  forDue(bound: bigint, each: (due: { readonly rows: number; readonly slots: Pointer }) => void): void {
    this.#timers?.forDue(bound, each)
    this.#runs?.forDue(bound, each)
  }

  /** Rows that ended; their timers are removed by who found them. */
  end(slots: Pointer, rows: number): void {
    if (this.#index !== undefined) {
      this.#index.remove(this.table.gather(slots, rows, this.#at('entry')).data, rows)
    }
    this.table.remove(slots, rows)
  }

  #bounds(rows: number, { times, lower, upper }: ProbeTimes): { lower: Column; upper: Column } {
    const { memory } = this.#context
    const type = this.options.schema[this.options.time ?? -1]?.type ?? types.bigint
    const shifted = (by: bigint): Column => {
      const data = memory.chunk(rows * 8)
      memory.kernels.add_i64(times, by, rows, data)
      return { type, data, validity: 0 }
    }
    return { lower: shifted(-upper), upper: shifted(-lower) }
  }

  /** After a restore: index and timers again. */
  rebuild(): void {
    const { memory } = this.#context
    this.#index?.clear()
    this.#timers?.clear()
    this.#runs?.clear()
    const all = this.table.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, all.rows - from)
      const slots = all.slots + from * 4
      const keys = this.options.keys.map((_, at) => this.table.gather(slots, rows, at))
      const expires = this.options.timers === undefined ? 0 : this.table.gather(slots, rows, this.#at('expires')).data
      this.#enter(keys, slots, rows, expires)
      memory.release(mark)
    }
  }

  bytes(): number {
    const tables = this.#index === undefined ? [this.table] : [this.table, this.#index]
    return bytesOf(tables) + (this.#timers?.bytes() ?? 0) + (this.#runs?.bytes() ?? 0)
  }

  #append(batch: Batch, hidden: StoredHidden): void {
    const { memory } = this.#context
    const { rows } = batch
    const values: Partial<Record<Hidden, Pointer>> = {
      weight: wideWeights(memory, batch),
      ordinal: ordinalColumn(memory, batch),
      ...hidden,
    }
    const kept = this.#layout.map((each): Column => {
      if (typeof each === 'number') return columnAt(batch, each)
      return { type: types.bigint, data: values[each] ?? 0, validity: 0 }
    })
    const slots = this.table.insert(kept, rows)
    this.#timers?.add(hidden.expires, slots, rows)
    this.#runs?.add(hidden.expires, slots, rows)
  }

  #change(batch: Batch, hidden: StoredHidden, index: StateTable): void {
    const { memory } = this.#context
    const { kernels } = memory
    const { rows } = batch
    const columns = this.#columns.map(column => columnAt(batch, column))
    const { slots, fresh } = this.table.findOrInsert(columns, rows)
    const addresses = this.table.addresses(slots, rows)
    const set = (name: Hidden, values: Pointer): void => {
      if (!this.#fieldOf.has(name)) return
      const { value, valid } = this.table.offsets(this.#at(name))
      kernels.field_set_i64(addresses, value, valid, values, fresh, rows)
    }
    const weight = this.table.offsets(this.#at('weight'))
    kernels.field_add(addresses, weight.value, weight.valid, batch.weights, 1, rows)
    set('ordinal', ordinalColumn(memory, batch))
    set('matches', hidden.matches)
    set('expires', hidden.expires)

    const news = selectBytes(memory, fresh, true, rows)
    if (news.rows > 0) {
      const newSlots = memory.chunk(news.rows * 4)
      kernels.take_values(slots, 2, news.selection, news.rows, newSlots)
      const keys = columns
        .slice(0, this.options.keys.length)
        .map(column => takeColumn(memory, column, news.selection, news.rows, false))
      let expires = 0
      if (this.#timers !== undefined) {
        expires = memory.chunk(news.rows * 8)
        kernels.take_values(hidden.expires, 3, news.selection, news.rows, expires)
      }
      this.#enter(keys, newSlots, news.rows, expires)
    }

    const last = memory.chunk(rows * 4)
    const mark = this.#offset('mark')
    const touched = kernels.field_last(addresses, mark, rows, last)
    const gone = memory.chunk(touched * 4)
    const goneRows = kernels.field_zero(addresses, weight.value, last, touched, 1, gone)
    if (goneRows === 0) return
    const goneSlots = memory.chunk(goneRows * 4)
    kernels.take_values(slots, 2, gone, goneRows, goneSlots)
    index.remove(this.table.gather(goneSlots, goneRows, this.#at('entry')).data, goneRows)
    this.#timers?.remove(this.table.gather(goneSlots, goneRows, this.#at('timer')).data, goneRows)
    this.table.remove(goneSlots, goneRows)
  }

  /** New rows into the index and the timers. */
  #enter(keys: readonly Column[], slots: Pointer, rows: number, expires: Pointer): void {
    const i32 = (data: Pointer): Column => ({ type: types.int, data, validity: 0 })
    if (this.#index !== undefined) {
      const time = this.#ordered ? [this.column(slots, rows, this.options.time ?? 0)] : []
      const entries = this.#index.insert([...keys, ...time, i32(slots)], rows)
      this.table.scatter(slots, rows, this.#at('entry'), i32(entries))
    }
    this.#runs?.add(expires, slots, rows)
    if (this.#timers !== undefined) {
      const timers = this.#timers.add(expires, slots, rows)
      if (this.#fieldOf.has('timer')) this.table.scatter(slots, rows, this.#at('timer'), i32(timers))
    }
  }

  #at(kept: number | Hidden): number {
    const at = this.#fieldOf.get(kept)
    if (at === undefined) throw new RangeError(`the ${this.options.name} side does not keep ${kept}`)
    return at
  }

  #offset(name: Hidden): number {
    return this.table.offsets(this.#at(name)).value
  }
}
