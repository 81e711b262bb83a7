import { StreamdownError } from '../errors/error.ts'
import { physicalOf, widthOf } from '../types/physical.ts'
import { type Batch, type Column, columnAt, type Pointer } from './batch.ts'
import { widthBitsOf } from './columns.ts'
import type { Memory } from './memory.ts'

/** The rows of a column at i32 indexes; a negative index gives NULL. Long strings are referred to, not copied. */
export function takeColumn(memory: Memory, column: Column, selection: Pointer, rows: number, outer = true): Column {
  const physical = physicalOf(column.type)
  const data = memory.chunk(rows * widthOf(physical))
  memory.kernels.take_values(column.data, widthBitsOf(physical), selection, rows, data)
  if (column.validity === 0 && !outer) return { type: column.type, data, validity: 0 }
  const validity = memory.chunk(rows)
  const nulls = memory.kernels.take_validity(column.validity, selection, rows, validity)
  return { type: column.type, data, validity: nulls === 0 ? 0 : validity }
}

/** The rows of a batch at i32 indexes (none negative), with their weights, watermarks and ordinals. */
export function takeRows(memory: Memory, batch: Batch, selection: Pointer, rows: number): Batch {
  const { kernels } = memory
  const take = (from: Pointer, bits: number): Pointer => {
    if (from === 0) return 0
    const out = memory.chunk(rows << bits)
    kernels.take_values(from, bits, selection, rows, out)
    return out
  }
  let ordinals = take(batch.ordinals, 3)
  if (ordinals === 0) {
    ordinals = memory.chunk(rows * 8)
    kernels.take_sequence(batch.firstOrdinal, selection, rows, ordinals)
  }
  return {
    rows,
    columns: batch.columns.map(column => takeColumn(memory, column, selection, rows, false)),
    weights: take(batch.weights, 2),
    watermarks: take(batch.watermarks, 3),
    watermark: batch.watermark,
    ordinals,
    firstOrdinal: rows === 0 ? batch.firstOrdinal : (memory.i64(ordinals, 1)[0] ?? batch.firstOrdinal),
  }
}

/** Rows [from, from + rows) without a copy. */
export function sliceBatch(memory: Memory, batch: Batch, from: number, rows: number): Batch {
  const move = (at: Pointer, width: number): Pointer => (at === 0 ? 0 : at + from * width)
  const watermark = batch.watermarks === 0 || rows === 0 ? undefined : memory.i64(batch.watermarks + from * 8, 1)[0]
  return {
    rows,
    columns: batch.columns.map(column => sliceColumn(column, from)),
    weights: move(batch.weights, 4),
    watermarks: move(batch.watermarks, 8),
    watermark: watermark ?? batch.watermark,
    ordinals: move(batch.ordinals, 8),
    firstOrdinal: batch.firstOrdinal + BigInt(from),
  }
}

/** The column from row `from` on, without a copy. */
export function sliceColumn(column: Column, from: number): Column {
  return {
    type: column.type,
    data: column.data + from * widthOf(physicalOf(column.type)),
    validity: column.validity === 0 ? 0 : column.validity + from,
  }
}

/** Batches with the same columns as one, in order. At least one batch. */
export function concatBatches(memory: Memory, batches: readonly Batch[]): Batch {
  const [first] = batches
  if (first === undefined) throw new StreamdownError('DSD9002', 'There is no batch to join.')
  if (batches.length === 1) return first
  const { kernels } = memory
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0)
  const weights = batches.every(batch => batch.weights === 0) ? 0 : memory.chunk(rows * 4)
  const sameWatermark = batches.every(batch => batch.watermarks === 0 && batch.watermark === first.watermark)
  const watermarks = sameWatermark ? 0 : memory.chunk(rows * 8)
  const ordinals = memory.chunk(rows * 8)
  let at = 0
  for (const batch of batches) {
    if (weights !== 0) {
      if (batch.weights === 0) kernels.fill_i32(weights + at * 4, batch.rows, 1)
      else copy(memory, batch.weights, weights + at * 4, batch.rows * 4)
    }
    if (watermarks !== 0) {
      if (batch.watermarks === 0) kernels.fill_i64(watermarks + at * 8, batch.rows, batch.watermark)
      else copy(memory, batch.watermarks, watermarks + at * 8, batch.rows * 8)
    }
    if (batch.ordinals === 0) kernels.sequence(batch.firstOrdinal, batch.rows, ordinals + at * 8)
    else copy(memory, batch.ordinals, ordinals + at * 8, batch.rows * 8)
    at += batch.rows
  }
  return {
    rows,
    columns: first.columns.map((_, index) =>
      concatColumns(
        memory,
        batches.map(batch => ({ column: columnAt(batch, index), rows: batch.rows })),
        rows,
      ),
    ),
    weights,
    watermarks,
    watermark: first.watermark,
    ordinals,
    firstOrdinal: first.firstOrdinal,
  }
}

function concatColumns(
  memory: Memory,
  parts: readonly { readonly column: Column; readonly rows: number }[],
  rows: number,
): Column {
  const type = parts[0]?.column.type ?? { is: 'null' }
  const width = widthOf(physicalOf(type))
  const data = memory.chunk(rows * width)
  const validity = parts.every(part => part.column.validity === 0) ? 0 : memory.chunk(rows)
  let at = 0
  for (const { column, rows: count } of parts) {
    copy(memory, column.data, data + at * width, count * width)
    if (validity !== 0) {
      if (column.validity === 0) memory.u8(validity + at, count).fill(1)
      else copy(memory, column.validity, validity + at, count)
    }
    at += count
  }
  return { type, data, validity }
}

function copy(memory: Memory, from: Pointer, to: Pointer, bytes: number): void {
  memory.u8(to, bytes).set(memory.u8(from, bytes))
}
