import { hashesOf } from '../../../batch/key-groups.ts'
import { readValue } from '../../../batch/values.ts'
import {
  type DistinctSketch,
  distinctCount,
  distinctSketchBytes,
  distinctSketchFrom,
  emptyDistinctSketch,
  including,
  union,
} from '../../../functions/sketches/distinct-sketch.ts'
import {
  bucketOf,
  count,
  type QuantileSketch,
  quantileOf,
  quantileSketchBytes,
  quantileSketchFrom,
} from '../../../functions/sketches/quantile-sketch.ts'
import { types } from '../../../types/data-type.ts'
import { type Cell, columnOf } from './aggregate-cells.ts'
import type { Finish } from './aggregate-finish.ts'
import { finishSummary, type Summary, summaryCell } from './aggregate-summary-cells.ts'

const quantiles: Summary<QuantileSketch> = {
  type: types.bytes,
  read: kept => (kept instanceof Uint8Array ? quantileSketchFrom(kept) : new Map()),
  write: quantileSketchBytes,
  union(a, b) {
    for (const [bucket, times] of b) count(a, bucket, times)
    return a
  },
}

const distinct: Summary<DistinctSketch> = {
  type: types.bytes,
  read: kept => (kept instanceof Uint8Array ? distinctSketchFrom(kept) : emptyDistinctSketch()),
  write: distinctSketchBytes,
  union,
}

/** The numbers of each group by buckets, for quantiles no further from the exact ones than `error`. */
export const quantileSketchCell = (id: string, argument: number, error: number): Cell =>
  summaryCell(`quantiles within ${error} ${id}`, quantiles, (memory, { columns }) => {
    const values = columnOf(columns, argument)
    return (sketch, row, times) => {
      const value = readValue(memory, values, row)
      if (typeof value !== 'number') return undefined
      count(sketch, bucketOf(value, error), times)
      return sketch
    }
  })

/** The different values of each group; only over rows that are never taken back. */
export const distinctSketchCell = (id: string, argument: number): Cell =>
  summaryCell(`distinct ${id}`, distinct, (memory, { columns, rows }) => {
    const hashes = memory.u32(hashesOf(memory, [columnOf(columns, argument)], rows), rows).slice()
    return (sketch, row) => including(sketch, hashes[row] ?? 0)
  })

export const finishQuantile = (fraction: number, error: number): Finish =>
  finishSummary(types.double, quantiles, sketch => quantileOf(sketch, fraction, error) ?? null)

export const finishDistinctCount: Finish = finishSummary(types.bigint, distinct, distinctCount)
