import { type Batch, type Column, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { int32s } from '../../../batch/values.ts'
import type { MatchNode } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'

/** Rows whose places are looked up at a time. */
const BLOCK = 256

/**
 * The rows of all partitions, as they are kept for as long as a match may need them: in order, event time first. Behind
 * the input's columns: $time µs (event time, or the clock when the row came), $ordinal, and $holds, a bit for each of
 * the definitions that were evaluated when the row came.
 */
export class MatchRows {
  readonly table: StateTable
  readonly partitionBy: readonly number[]
  /** Input column -> field of the table. */
  readonly fieldOf: readonly number[]
  readonly time: number
  readonly ordinal: number
  readonly holds: number
  readonly memory: Memory

  constructor({ input, partitionBy, orderBy, time }: MatchNode, context: OperatorContext) {
    const { schema } = input
    const fields: Field[] = partitionBy.map(index => schema[index] ?? field('', types.null))
    const fieldOf = schema.map((own, column) => {
      const key = partitionBy.indexOf(column)
      return key >= 0 ? key : fields.push(own) - 1
    })
    this.memory = context.memory
    this.partitionBy = partitionBy
    this.fieldOf = fieldOf
    this.time = fields.push(field('$time', types.bigint, false)) - 1
    this.ordinal = fields.push(field('$ordinal', types.bigint, false)) - 1
    this.holds = fields.push(field('$holds', types.int, false)) - 1
    const ascending = { descending: false, nullsFirst: false }
    // Order fields stand behind the keys: one that is a key too says nothing within its partition.
    const keys = orderBy.flatMap(({ column, descending, nullsFirst }) => {
      const place = fieldOf[column] ?? 0
      return place < partitionBy.length ? [] : [{ field: place, descending, nullsFirst }]
    })
    const byTime = typeof time === 'number' ? [{ field: this.time, ...ascending }] : []
    this.table = context.table({
      name: 'rows',
      fields,
      keys: partitionBy.length,
      unique: false,
      order: [...byTime, ...keys, { field: this.ordinal, ...ascending }],
    })
  }

  /** Adds the rows of a batch; returns their slots. */
  insert(
    batch: Batch,
    hidden: { readonly times: Pointer; readonly ordinals: Pointer; readonly holds: Pointer },
  ): Pointer {
    const columns: Column[] = []
    const put = (place: number, column: Column | undefined): void => {
      if (column !== undefined) columns[place] = column
    }
    for (const [key, index] of this.partitionBy.entries()) put(key, batch.columns[index])
    for (const [index, place] of this.fieldOf.entries()) put(place, batch.columns[index])
    put(this.time, { type: types.bigint, data: hidden.times, validity: 0 })
    put(this.ordinal, { type: types.bigint, data: hidden.ordinals, validity: 0 })
    put(this.holds, { type: types.int, data: hidden.holds, validity: 0 })
    return this.table.insert(columns, batch.rows)
  }

  /** Columns of the input for rows by their slots; -1 gives NULL. */
  columns(slots: Pointer, rows: number): readonly Column[] {
    return this.fieldOf.map(place => this.table.gather(slots, rows, place))
  }

  /** The input's rows as a batch. */
  batch(slots: readonly number[], watermark: bigint): Batch {
    const at = int32s(this.memory, slots)
    return {
      rows: slots.length,
      columns: this.columns(at, slots.length),
      weights: 0,
      watermarks: 0,
      watermark,
      ordinals: this.table.gather(at, slots.length, this.ordinal).data,
      firstOrdinal: 0n,
    }
  }
}

interface KnownRow {
  readonly slot: number
  readonly time: bigint
  readonly ordinal: bigint
  readonly holds: number
}

/** The rows of one partition by their number, while a step lasts. Rows from `ready` on are not in order yet. */
export class PartitionRows {
  readonly #rows: MatchRows
  readonly #key: readonly Column[]
  readonly first: number
  readonly ready: number
  readonly #known = new Map<number, KnownRow>()

  /** `key`: the partition's columns, one row each, valid while the step lasts. */
  constructor(rows: MatchRows, key: readonly Column[], first: number, ready: number) {
    this.#rows = rows
    this.#key = key
    this.first = first
    this.ready = ready
  }

  slot(row: number): number {
    return row < this.first || row >= this.ready ? -1 : this.#at(row).slot
  }

  time(row: number): bigint {
    return this.#at(row).time
  }

  ordinal(row: number): bigint {
    return this.#at(row).ordinal
  }

  /** A bit for each of the definitions that were evaluated when the row came. */
  holds(row: number): number {
    return this.#at(row).holds
  }

  #at(row: number): KnownRow {
    const known = this.#known.get(row)
    if (known !== undefined) return known
    this.#load(row)
    const loaded = this.#known.get(row)
    if (loaded === undefined) throw new RangeError(`a partition has no row ${row}`)
    return loaded
  }

  #load(from: number): void {
    const { memory, table, time, ordinal, holds } = this.#rows
    const rows = Math.min(BLOCK, this.ready - from)
    if (rows <= 0) return
    const mark = memory.mark()
    const same = memory.chunkZeroed(rows * 4)
    const keys = this.#key.map(column => takeColumn(memory, column, same, rows))
    const positions = int32s(
      memory,
      Array.from({ length: rows }, (_, i) => from - this.first + i),
    )
    const slots = table.slotAt(keys, positions, rows)
    const times = table.gather(slots, rows, time).data
    const ordinals = table.gather(slots, rows, ordinal).data
    const bits = table.gather(slots, rows, holds).data
    const slotValues = memory.i32(slots, rows)
    const timeValues = memory.i64(times, rows)
    const ordinalValues = memory.i64(ordinals, rows)
    const bitValues = memory.i32(bits, rows)
    for (let i = 0; i < rows; i++) {
      this.#known.set(from + i, {
        slot: slotValues[i] ?? -1,
        time: timeValues[i] ?? NO_WATERMARK,
        ordinal: ordinalValues[i] ?? 0n,
        holds: bitValues[i] ?? 0,
      })
    }
    memory.release(mark)
  }
}
