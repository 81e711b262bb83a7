import { type Batch, type Column, columnAt, NO_WATERMARK, type Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { takeRows } from '../../batch/select.ts'
import type { DataType } from '../../types/data-type.ts'
import { physicalOf, widthOf } from '../../types/physical.ts'

/** The arrival ordinal of each row, i64. */
export function ordinalColumn(memory: Memory, batch: Batch): Pointer {
  if (batch.ordinals !== 0) return batch.ordinals
  const out = memory.chunk(batch.rows * 8)
  memory.kernels.sequence(batch.firstOrdinal, batch.rows, out)
  return out
}

/** The watermark before each row, i64. */
export function watermarkColumn(memory: Memory, batch: Batch): Pointer {
  if (batch.watermarks !== 0) return batch.watermarks
  const out = memory.chunk(batch.rows * 8)
  memory.kernels.fill_i64(out, batch.rows, batch.watermark)
  return out
}

/** The watermark before the last row. */
export function lastWatermark(memory: Memory, batch: Batch): bigint {
  if (batch.watermarks === 0 || batch.rows === 0) return batch.watermark
  return memory.i64(batch.watermarks + (batch.rows - 1) * 8, 1)[0] ?? batch.watermark
}

/** The batch with watermarks of at most `bound`: what an operator with several inputs has seen of the others. */
export function boundWatermarks(memory: Memory, batch: Batch, bound: bigint): Batch {
  const watermark = batch.watermark < bound ? batch.watermark : bound
  if (batch.watermarks === 0) return { ...batch, watermark }
  const watermarks = memory.chunk(batch.rows * 8)
  memory.kernels.min_i64(batch.watermarks, bound, batch.rows, watermarks)
  return { ...batch, watermark, watermarks }
}

/** The batch with watermarks of at least `floor`. */
export function raiseWatermarks(memory: Memory, batch: Batch, floor: bigint): Batch {
  const watermark = batch.watermark > floor ? batch.watermark : floor
  if (batch.watermarks === 0) return { ...batch, watermark }
  const watermarks = memory.chunk(batch.rows * 8)
  memory.kernels.max_i64(batch.watermarks, floor, batch.rows, watermarks)
  return { ...batch, watermark, watermarks }
}

/** The weight of each row as i64. */
export function wideWeights(memory: Memory, batch: Batch): Pointer {
  const out = memory.chunk(batch.rows * 8)
  memory.kernels.widen_weights(batch.weights, batch.rows, out)
  return out
}

export function negatedWeights(memory: Memory, weights: Pointer, rows: number): Pointer {
  const out = memory.chunk(rows * 4)
  memory.kernels.weights_negate(weights, rows, out)
  return out
}

/** A column of NULLs. */
export function nullColumn(memory: Memory, type: DataType, rows: number): Column {
  return {
    type,
    data: memory.chunkZeroed(Math.max(1, rows * widthOf(physicalOf(type)))),
    validity: memory.chunkZeroed(Math.max(1, rows)),
  }
}

/** The same value in every row; i64 types. */
export function constantI64(memory: Memory, type: DataType, value: bigint, rows: number): Column {
  const data = memory.chunk(rows * 8)
  memory.kernels.fill_i64(data, rows, value)
  return { type, data, validity: 0 }
}

export function lowest(watermarks: readonly bigint[]): bigint {
  let low: bigint | undefined
  for (const watermark of watermarks) if (low === undefined || watermark < low) low = watermark
  return low ?? NO_WATERMARK
}

/** i32 indexes of the rows whose byte is set, or is not. */
export function selectBytes(
  memory: Memory,
  bytes: Pointer,
  wanted: boolean,
  rows: number,
): { readonly selection: Pointer; readonly rows: number } {
  const selection = memory.chunk(Math.max(1, rows) * 4)
  return { selection, rows: memory.kernels.select_bytes(bytes, wanted ? 1 : 0, rows, selection) }
}

/** The rows that are not NULL in any of the columns, and those that are in some. */
export function splitByNulls(
  memory: Memory,
  batch: Batch,
  columns: readonly number[],
): { readonly rest: Batch | undefined; readonly lone: Batch | undefined } {
  const nullable = columns.filter(column => columnAt(batch, column).validity !== 0)
  if (nullable.length === 0) return { rest: batch, lone: undefined }
  const mask = memory.chunk(batch.rows)
  memory.u8(mask, batch.rows).fill(1)
  for (const column of nullable) memory.kernels.mask_nulls(columnAt(batch, column).validity, batch.rows, mask)
  return splitByMask(memory, batch, mask)
}

/** The rows whose byte is set, and those whose byte is not. */
export function splitByMask(
  memory: Memory,
  batch: Batch,
  mask: Pointer,
): { readonly rest: Batch | undefined; readonly lone: Batch | undefined } {
  const lone = selectBytes(memory, mask, false, batch.rows)
  if (lone.rows === 0) return { rest: batch, lone: undefined }
  const rest = selectBytes(memory, mask, true, batch.rows)
  return {
    rest: rest.rows === 0 ? undefined : takeRows(memory, batch, rest.selection, rest.rows),
    lone: takeRows(memory, batch, lone.selection, lone.rows),
  }
}
