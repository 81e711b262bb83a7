import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type DistinctSketch,
  distinctCount,
  distinctSketchBytes,
  distinctSketchFrom,
  emptyDistinctSketch,
  including,
  MOST_HASHES,
  union,
} from './distinct-sketch.ts'
import {
  bucketOf,
  count,
  type QuantileSketch,
  quantileOf,
  quantileSketchBytes,
  quantileSketchFrom,
} from './quantile-sketch.ts'

/** Mulberry32: the same numbers below 2^32 each run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
}

const sketched = (values: readonly number[], error: number): QuantileSketch => {
  const sketch: QuantileSketch = new Map()
  for (const value of values) count(sketch, bucketOf(value, error), 1)
  return sketch
}

test('a quantile is within the error of the exact one', () => {
  const next = random(1)
  // From 10^-6 to 10^6, of both signs.
  const values = Array.from({ length: 5000 }, () => (next() % 2 === 0 ? -1 : 1) * 10 ** ((next() / 2 ** 32) * 12 - 6))
  const sorted = values.toSorted((a, b) => a - b)
  for (const error of [0.1, 0.01, 0.0001]) {
    const sketch = sketched(values, error)
    for (const fraction of [0, 0.001, 0.25, 0.5, 0.75, 0.99, 1]) {
      const exact = sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN
      const got = quantileOf(sketch, fraction, error) ?? Number.NaN
      assert.ok(Math.abs(got - exact) <= Math.abs(exact) * error * (1 + 1e-9), `${got} for ${exact} at ${fraction}`)
    }
  }
})

test('values without a size stand where PostgreSQL puts them', () => {
  const values = [Number.NaN, Infinity, 5, 0, -0, -5, -Infinity]
  const sketch = sketched(values, 0.01)
  const at = (place: number): number => quantileOf(sketch, place / values.length, 0.01) ?? 0
  assert.equal(at(1), -Infinity)
  assert.ok(Math.abs(at(2) + 5) <= 0.05)
  assert.deepEqual([at(3), at(4)], [0, 0])
  assert.ok(Math.abs(at(5) - 5) <= 0.05)
  assert.equal(at(6), Infinity)
  assert.ok(Number.isNaN(at(7)))
  assert.equal(quantileOf(new Map(), 0.5, 0.01), undefined)
})

test('values are taken out of quantiles in any order, also through bytes', () => {
  const sketch: QuantileSketch = new Map()
  count(sketch, bucketOf(7, 0.01), -1)
  for (const value of [1, 7, 100]) count(sketch, bucketOf(value, 0.01), 1)
  const restored = quantileSketchFrom(quantileSketchBytes(sketch))
  count(restored, bucketOf(1, 0.01), -1)
  assert.deepEqual(restored, sketched([100], 0.01))
})

const distinctOf = (hashes: readonly number[]): DistinctSketch => hashes.reduce(including, emptyDistinctSketch())

test('few different values are counted', () => {
  const hashes = Array.from({ length: MOST_HASHES }, random(2))
  assert.equal(distinctCount(distinctOf([...hashes, ...hashes])), BigInt(new Set(hashes).size))
})

test('many are estimated to a few times 1.6 %', () => {
  // Five standard errors: less than one in a million runs is further off, and these are always the same ones.
  for (const [seed, size] of [2000, 5000, 10_000, 20_000, 300_000, 2_000_000].entries()) {
    const hashes = new Set(Array.from({ length: size }, random(seed)))
    const got = Number(distinctCount([...hashes].reduce(including, emptyDistinctSketch())))
    assert.ok(Math.abs(got / hashes.size - 1) < 0.08, `${got} of ${hashes.size}`)
  }
})

test('how values are spread over sketches, and in what order they come, changes nothing', () => {
  const hashes = Array.from({ length: 5000 }, random(3))
  const whole = distinctSketchBytes(distinctOf(hashes))
  for (const cut of [0, 10, 900, 2500, 4990]) {
    const [a, b] = [distinctOf(hashes.slice(0, cut)), distinctOf(hashes.slice(cut).toReversed())]
    const stored = distinctSketchFrom(distinctSketchBytes(a))
    assert.deepEqual(distinctSketchBytes(union(stored, b)), whole)
    assert.deepEqual(distinctSketchBytes(union(distinctSketchFrom(distinctSketchBytes(b)), a)), whole)
  }
})
