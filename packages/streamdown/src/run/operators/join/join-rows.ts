import { type Batch, CHUNK_ROWS, type Column, END_OF_TIME, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import type { JoinKind } from '../../../plan/nodes/node.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { Output } from '../../operator.ts'
import { negatedWeights, nullColumn, ordinalColumn, watermarkColumn } from '../hidden.ts'
import { sendMissed } from '../late-rows.ts'
import type { JoinSide } from './join-side.ts'

/** 0: left, 1: right. */
export type Input = 0 | 1

export const otherOf = (input: Input): Input => (input === 0 ? 1 : 0)

/** Rows of a pushed batch with the slots of the other side's rows that they meet. */
export interface Pairs {
  readonly count: number
  readonly probe: Pointer
  readonly slots: Pointer
}

/** The output rows of a join: columns of both sides, and their hidden columns. */
export class JoinRows {
  readonly #memory: Memory
  readonly #kind: JoinKind
  readonly #schemas: readonly [Schema, Schema]
  readonly #sides: readonly [JoinSide, JoinSide]
  /** How far output times may lie behind the inputs' watermark, µs. */
  readonly #hold: bigint

  constructor(
    memory: Memory,
    kind: JoinKind,
    schemas: readonly [Schema, Schema],
    sides: readonly [JoinSide, JoinSide],
    hold: bigint,
  ) {
    this.#memory = memory
    this.#kind = kind
    this.#schemas = schemas
    this.#sides = sides
    this.#hold = hold
  }

  emitJoined(input: Input, part: Batch, pairs: Pairs, out: Output): void {
    const memory = this.#memory
    for (let from = 0; from < pairs.count; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, pairs.count - from)
      out.emit(this.joined(input, part, { count, probe: pairs.probe + from * 4, slots: pairs.slots + from * 4 }))
      memory.release(mark)
    }
  }

  joined(input: Input, part: Batch, pairs: Pairs): Batch {
    const hidden = this.hidden(input, part, pairs, part.weights)
    return { ...hidden, columns: this.columns(input, part, pairs) }
  }

  /** Stored rows of the other side on their own, at some of the pairs. */
  emitStored(input: Input, part: Batch, pairs: Pairs, at: readonly number[], add: boolean, out: Output): void {
    const memory = this.#memory
    const other = otherOf(input)
    for (let from = 0; from < at.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, at.length - from)
      const selection = memory.chunk(count * 4)
      memory.i32(selection, count).set(at.slice(from, from + count))
      const probe = memory.chunk(count * 4)
      const slots = memory.chunk(count * 4)
      memory.kernels.take_values(pairs.probe, 2, selection, count, probe)
      memory.kernels.take_values(pairs.slots, 2, selection, count, slots)
      const hidden = this.hidden(input, part, { count, probe, slots }, 0)
      out.emit({
        ...hidden,
        weights: add ? hidden.weights : negatedWeights(memory, hidden.weights, count),
        columns: this.alone(other, this.storedColumns(other, slots, count), count),
      })
      memory.release(mark)
    }
  }

  hidden(input: Input, part: Batch, pairs: Pairs, weights: Pointer): Omit<Batch, 'columns'> {
    const memory = this.#memory
    const stored = this.#sides[otherOf(input)]
    const { count } = pairs
    const out = {
      weights: memory.chunk(count * 4),
      watermarks: memory.chunk(count * 8),
      ordinals: memory.chunk(count * 8),
    }
    const ones = memory.kernels.join_hidden(
      pairs.probe,
      count,
      weights,
      ordinalColumn(memory, part),
      watermarkColumn(memory, part),
      stored.weights(pairs.slots, count),
      stored.ordinals(pairs.slots, count),
      out.weights,
      out.ordinals,
      out.watermarks,
    )
    return this.heldBatch({
      rows: count,
      weights: ones === 1 ? 0 : out.weights,
      watermarks: out.watermarks,
      watermark: part.watermark,
      ordinals: out.ordinals,
      firstOrdinal: 0n,
    })
  }

  /** Columns of joined rows, left then right; those that are not in `only` are not read. */
  columns(input: Input, part: Batch, pairs: Pairs, only?: ReadonlySet<number>): readonly Column[] {
    const memory = this.#memory
    const leftColumns = this.#schemas[0].length
    const own = part.columns.map((column, index): Column => {
      const read = only === undefined || only.has(input === 0 ? index : leftColumns + index)
      return read
        ? takeColumn(memory, column, pairs.probe, pairs.count, false)
        : { type: column.type, data: 0, validity: 0 }
    })
    const other = otherOf(input)
    const stored = this.#schemas[other].map(({ type }, index): Column => {
      const read = only === undefined || only.has(other === 0 ? index : leftColumns + index)
      const side = this.#sides[other]
      if (!read) return { type, data: 0, validity: 0 }
      return side.keeps(index) ? side.column(pairs.slots, pairs.count, index) : nullColumn(memory, type, pairs.count)
    })
    return input === 0 ? [...own, ...stored] : [...stored, ...own]
  }

  storedColumns(input: Input, slots: Pointer, rows: number): readonly Column[] {
    const side = this.#sides[input]
    return this.#schemas[input].map((_, index) => side.column(slots, rows, index))
  }

  /** Output columns of rows that have no other side. */
  alone(input: Input, columns: readonly Column[], rows: number): readonly Column[] {
    const memory = this.#memory
    const kind = this.#kind
    if (kind === 'semi' || kind === 'anti') return columns
    const nulls = this.#schemas[otherOf(input)].map(({ type }) => nullColumn(memory, type, rows))
    return input === 0 ? [...columns, ...nulls] : [...nulls, ...columns]
  }

  emitAlone(input: Input, batch: Batch, out: Output): void {
    out.emit(this.heldBatch({ ...batch, columns: this.alone(input, batch.columns, batch.rows) }))
  }

  /** Rows of a window that has ended; the columns of the other side are NULL. */
  emitLate(input: Input, batch: Batch, out: Output): void {
    const memory = this.#memory
    const nulls = this.#schemas[otherOf(input)].map(({ type }) => nullColumn(memory, type, batch.rows))
    const columns = input === 0 ? [...batch.columns, ...nulls] : [...nulls, ...batch.columns]
    sendMissed(memory, { ...batch, columns }, out)
  }

  held(watermark: bigint): bigint {
    if (this.#hold === 0n || watermark === NO_WATERMARK || watermark === END_OF_TIME) return watermark
    return watermark - this.#hold
  }

  heldBatch<B extends Omit<Batch, 'columns'>>(batch: B): B {
    if (this.#hold === 0n) return batch
    const watermark = this.held(batch.watermark)
    if (batch.watermarks === 0) return { ...batch, watermark }
    const memory = this.#memory
    const watermarks = memory.chunk(batch.rows * 8)
    memory.kernels.hold_watermarks(batch.watermarks, this.#hold, batch.rows, watermarks)
    return { ...batch, watermark, watermarks }
  }
}
