import type { DataType, Schema } from '../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import type { Value } from '../types/value.ts'
import { type Batch, type Column, NO_WATERMARK, type Pointer } from './batch.ts'
import { readFixed, writeFixed } from './fixed.ts'
import type { Memory } from './memory.ts'
import { decodeViewValue, encodeViewValue } from './packed.ts'
import { readString, viewAt, writeBytes, writeString } from './views.ts'

/** The value of a row of a column, copied out of the memory. */
export function readValue(memory: Memory, column: Column, row: number): Value {
  const { type, validity, data } = column
  const view = memory.view()
  if (type.is === 'null' || (validity !== 0 && view.getUint8(validity + row) === 0)) return null
  const physical = physicalOf(type)
  const at = data + row * widthOf(physical)
  if (!isView(physical)) return readFixed(view, at, type)
  if (type.is === 'string' || type.is === 'json') return readString(memory, at)
  const bytes = viewAt(memory, at)
  return decodeViewValue(type, memory.u8(bytes.data, bytes.length))
}

/** Builds a column value by value in chunk memory. */
export class ColumnBuilder {
  readonly #memory: Memory
  readonly #type: DataType
  readonly #width: number
  #capacity: number
  #data: Pointer
  #validity: Pointer
  #rows = 0
  #nulls = 0

  constructor(memory: Memory, type: DataType, capacity = 64) {
    this.#memory = memory
    this.#type = type
    this.#width = widthOf(physicalOf(type))
    this.#capacity = Math.max(capacity, 1)
    this.#data = memory.chunk(this.#capacity * this.#width)
    this.#validity = memory.chunk(this.#capacity)
  }

  get rows(): number {
    return this.#rows
  }

  add(value: Value): void {
    if (this.#rows === this.#capacity) this.#grow()
    const memory = this.#memory
    const at = this.#data + this.#rows * this.#width
    memory.view().setUint8(this.#validity + this.#rows, value === null ? 0 : 1)
    this.#rows++
    if (value === null) {
      this.#nulls++
      memory.u8(at, this.#width).fill(0)
    } else if (typeof value === 'string' && (this.#type.is === 'string' || this.#type.is === 'json')) {
      writeString(memory, at, value)
    } else if (isView(physicalOf(this.#type))) {
      writeBytes(memory, at, encodeViewValue(this.#type, value))
    } else {
      writeFixed(memory.view(), at, this.#type, value)
    }
  }

  finish(): Column {
    return { type: this.#type, data: this.#data, validity: this.#nulls === 0 ? 0 : this.#validity }
  }

  #grow(): void {
    const memory = this.#memory
    const capacity = this.#capacity * 2
    const data = memory.chunk(capacity * this.#width)
    memory.u8(data, this.#rows * this.#width).set(memory.u8(this.#data, this.#rows * this.#width))
    const validity = memory.chunk(capacity)
    memory.u8(validity, this.#rows).set(memory.u8(this.#validity, this.#rows))
    this.#data = data
    this.#validity = validity
    this.#capacity = capacity
  }
}

export function columnFromValues(memory: Memory, type: DataType, values: readonly Value[]): Column {
  const builder = new ColumnBuilder(memory, type, values.length)
  for (const value of values) builder.add(value)
  return builder.finish()
}

export interface BatchOptions {
  readonly weights?: readonly number[]
  /** The watermark before the first row, or one before each row. */
  readonly watermark?: bigint
  readonly watermarks?: readonly bigint[]
  readonly firstOrdinal?: bigint
  readonly ordinals?: readonly bigint[]
}

/** A batch in chunk memory from rows of values in schema order; a missing value is NULL. */
export function batchFromRows(
  memory: Memory,
  schema: Schema,
  rows: readonly (readonly Value[])[],
  options: BatchOptions = {},
): Batch {
  return {
    rows: rows.length,
    columns: schema.map((field, index) =>
      columnFromValues(
        memory,
        field.type,
        rows.map(row => row[index] ?? null),
      ),
    ),
    weights: options.weights === undefined ? 0 : int32s(memory, options.weights),
    watermarks: options.watermarks === undefined ? 0 : int64s(memory, options.watermarks),
    watermark: options.watermark ?? options.watermarks?.[0] ?? NO_WATERMARK,
    ordinals: options.ordinals === undefined ? 0 : int64s(memory, options.ordinals),
    firstOrdinal: options.firstOrdinal ?? options.ordinals?.[0] ?? 0n,
  }
}

/** The rows of a batch as values, in column order. */
export function rowsOf(memory: Memory, batch: Batch): Value[][] {
  return Array.from({ length: batch.rows }, (_, row) => batch.columns.map(column => readValue(memory, column, row)))
}

/** The weight of each row, +1 where the batch has no weights. */
export function weightsOf(memory: Memory, batch: Batch): number[] {
  if (batch.weights === 0) return Array.from({ length: batch.rows }, () => 1)
  return Array.from(memory.i32(batch.weights, batch.rows))
}

/** The arrival ordinal of each row. */
export function ordinalsOf(memory: Memory, batch: Batch): bigint[] {
  if (batch.ordinals === 0) return Array.from({ length: batch.rows }, (_, row) => batch.firstOrdinal + BigInt(row))
  return Array.from(memory.i64(batch.ordinals, batch.rows))
}

/** The watermark before each row. */
export function watermarksOf(memory: Memory, batch: Batch): bigint[] {
  if (batch.watermarks === 0) return Array.from({ length: batch.rows }, () => batch.watermark)
  return Array.from(memory.i64(batch.watermarks, batch.rows))
}

/** Numbers as i32 in chunk memory: weights, slots, selections. */
export function int32s(memory: Memory, values: readonly number[]): Pointer {
  const at = memory.chunk(values.length * 4)
  memory.i32(at, values.length).set(values)
  return at
}

export function int64s(memory: Memory, values: readonly bigint[]): Pointer {
  const at = memory.chunk(values.length * 8)
  memory.i64(at, values.length).set(values)
  return at
}
