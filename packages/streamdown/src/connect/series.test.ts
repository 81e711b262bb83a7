import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriesLength } from '../plan/series.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { coded, drain, open, relationOf, sourceOf } from './relation.fixture.ts'
import { series } from './series.ts'

const longs: Schema = [field('n', types.bigint)]

async function numbers(options: Readonly<Record<string, string>>, schema = longs, position?: string) {
  const relation = relationOf(series, schema, options)
  const reader = await open(sourceOf(series, relation), relation, position === undefined ? {} : { position })
  return drain(reader, {}).rows.map(row => row[0])
}

test('counts up, down, in steps, and not at all', async () => {
  assert.deepEqual(await numbers({ start: '1', end: '4' }), [1n, 2n, 3n, 4n])
  assert.deepEqual(await numbers({ start: '1', end: '8', step: '3' }), [1n, 4n, 7n])
  assert.deepEqual(await numbers({ start: '2', end: '-3', step: '-2' }), [2n, 0n, -2n])
  assert.deepEqual(await numbers({ start: '2', end: '1' }), [])
  assert.deepEqual(await numbers({ start: '-1', end: '1' }, [field('n', types.int)]), [-1, 0, 1])
})

test('counts to the ends of int64, and goes on from a position', async () => {
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n]
  assert.deepEqual(await numbers({ start: String(most - 1n), end: String(most) }), [most - 1n, most])
  assert.deepEqual(await numbers({ start: String(least), end: String(most), step: String(most) }), [
    least,
    -1n,
    most - 1n,
  ])
  assert.deepEqual(await numbers({ start: '1', end: '5' }, longs, '3'), [4n, 5n])
  assert.equal(seriesLength({ start: 1n, end: 10n ** 12n, step: 1n }), 10n ** 12n)
})

test('what does not fit is refused', async () => {
  await assert.rejects(numbers({ start: '1', end: '5', step: '0' }), coded('DSD3002', /other than 0/))
  await assert.rejects(numbers({ start: '1', end: '3000000000' }, [field('n', types.int)]), coded('DSD3002', /INT/))
  await assert.rejects(numbers({ start: '1', end: '5' }, [field('n', types.string)]), coded('DSD3002', /one column/))
  await assert.rejects(numbers({ start: '1', end: '5' }, longs, 'x'), coded('DSD7001', /no position/))
})
