/**
 * Quantiles with a bounded relative error, from counts alone: Masson, Rim, Lee, "DDSketch: A fast and fully-mergeable
 * quantile sketch with relative-error guarantees" (VLDB 2019), without its limit on buckets, so that the error holds for
 * every quantile and a value that was taken in can be taken out again. It has one count for each bucket in use: of
 * values between 1 ms and 1 day no more than some 900 at an error of 1 %.
 */

/** How many values lie in each bucket; numbers of buckets order as their values do. */
export type QuantileSketch = Map<number, number>

/** Buckets of positive values lie around this, those of negative ones around its opposite. Zero has bucket 0. */
const ONE = 1 << 24
const INFINITE = 1 << 29
const NOT_A_NUMBER = 1 << 30

/** The bucket that holds a value: each is wider than the one before by the same factor. NaN is the largest value. */
export function bucketOf(value: number, error: number): number {
  if (value === 0) return 0
  if (Number.isNaN(value)) return NOT_A_NUMBER
  const size = Number.isFinite(value) ? ONE + Math.ceil(Math.log(Math.abs(value)) / Math.log(growth(error))) : INFINITE
  return value < 0 ? -size : size
}

/** The value that is no further than `error`, relative to its size, from all values of a bucket. */
function middleOf(bucket: number, error: number): number {
  if (bucket === 0) return 0
  if (bucket === NOT_A_NUMBER) return Number.NaN
  if (Math.abs(bucket) === INFINITE) return bucket < 0 ? -Infinity : Infinity
  const base = growth(error)
  const size = (2 * base ** (Math.abs(bucket) - ONE)) / (base + 1)
  return bucket < 0 ? -size : size
}

const growth = (error: number): number => (1 + error) / (1 - error)

/** Takes values of a bucket in, or out where `times` is negative. */
export function count(sketch: QuantileSketch, bucket: number, times: number): void {
  const left = (sketch.get(bucket) ?? 0) + times
  // Within a step a value may be taken out before it comes in.
  if (left === 0) sketch.delete(bucket)
  else sketch.set(bucket, left)
}

/** About the first value at or after a fraction of all in order; undefined: there are none. */
export function quantileOf(sketch: QuantileSketch, fraction: number, error: number): number | undefined {
  const buckets = [...sketch].sort(([a], [b]) => a - b)
  const all = buckets.reduce((sum, [, times]) => sum + times, 0)
  const wanted = Math.max(1, Math.ceil(fraction * all))
  let passed = 0
  for (const [bucket, times] of buckets) {
    passed += times
    if (passed >= wanted) return middleOf(bucket, error)
  }
  return undefined
}

const BYTES_A_BUCKET = 12

export function quantileSketchBytes(sketch: QuantileSketch): Uint8Array {
  const bytes = new Uint8Array(sketch.size * BYTES_A_BUCKET)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [bucket, times] of sketch) {
    view.setInt32(at, bucket, true)
    view.setFloat64(at + 4, times, true)
    at += BYTES_A_BUCKET
  }
  return bytes
}

export function quantileSketchFrom(bytes: Uint8Array): QuantileSketch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sketch: QuantileSketch = new Map()
  for (let at = 0; at < bytes.byteLength; at += BYTES_A_BUCKET)
    sketch.set(view.getInt32(at, true), view.getFloat64(at + 4, true))
  return sketch
}
