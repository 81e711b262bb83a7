import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DataType, field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { anyOf } from './any-values.fixture.ts'
import { CHUNK_ROWS } from './batch.ts'
import { keyGroupsOf } from './key-groups.ts'
import { createMemory, type MemoryOptions } from './linear-memory.ts'
import { concatBatches, sliceBatch, takeRows } from './select.ts'
import { batchFromRows, columnFromValues, int32s, ordinalsOf, rowsOf, watermarksOf, weightsOf } from './values.ts'
import { decodeBatch, encodeBatch } from './wire.ts'

const modes: Record<string, MemoryOptions> = {
  plain: {},
  'grow at every allocation': { growAlways: true },
  'heap above 2 GiB': { heapStart: 2 ** 31 },
}

const allTypes: readonly DataType[] = [
  types.null,
  types.boolean,
  types.tinyint,
  types.smallint,
  types.int,
  types.bigint,
  types.real,
  types.double,
  types.decimal(38, 4),
  types.numeric,
  types.string,
  types.json,
  types.bytes,
  types.date,
  types.time(6),
  types.timestamp(6),
  types.interval,
  types.row([
    field('a', types.int),
    field('b', types.array(types.string)),
    field('c', types.decimal(20, 2)),
    field('d', types.numeric),
  ]),
  types.array(types.row([field('x', types.double), field('y', types.bytes)])),
  types.map(types.string, types.array(types.bigint)),
]
const schema: Schema = allTypes.map((type, index) => field(`c${index}`, type))
const row = fc.tuple(...allTypes.map(type => fc.option(anyOf(type), { freq: 4 })))
const rows = fc.array(row, { maxLength: 12 })

for (const [mode, options] of Object.entries(modes)) {
  const memory = createMemory(options)

  test(`values of every type come back, alone and through bytes, ${mode}`, () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (values, hidden) => {
        const mark = memory.mark()
        const extra = {
          weights: values.map((_, index) => index - 2),
          watermarks: values.map((_, index) => BigInt(index) * 1000n),
          ordinals: values.map((_, index) => BigInt(index) * 3n + 7n),
        }
        const batch = batchFromRows(memory, schema, values, hidden && values.length > 0 ? extra : { firstOrdinal: 42n })
        assert.deepEqual(rowsOf(memory, batch), values)
        const bytes = encodeBatch(memory, batch, schema)
        const other = decodeBatch(createOther, bytes, schema)
        assert.deepEqual(rowsOf(createOther, other), values)
        assert.deepEqual(weightsOf(createOther, other), weightsOf(memory, batch))
        assert.deepEqual(ordinalsOf(createOther, other), ordinalsOf(memory, batch))
        assert.deepEqual(watermarksOf(createOther, other), watermarksOf(memory, batch))
        memory.release(mark)
      }),
      { numRuns: 60 },
    )
  })

  test(`rows are taken, sliced and joined, ${mode}`, () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(100)), (values, picks) => {
        const mark = memory.mark()
        const batch = batchFromRows(memory, schema, values, { firstOrdinal: 5n, weights: values.map((_, i) => i) })
        const selection = values.length === 0 ? [] : picks.map(pick => pick % values.length)
        const taken = takeRows(memory, batch, int32s(memory, selection), selection.length)
        assert.deepEqual(
          rowsOf(memory, taken),
          selection.map(index => values[index]),
        )
        assert.deepEqual(weightsOf(memory, taken), selection)
        assert.deepEqual(
          ordinalsOf(memory, taken),
          selection.map(index => BigInt(index) + 5n),
        )
        const cut = Math.floor(values.length / 3)
        const parts = [
          sliceBatch(memory, batch, 0, cut),
          sliceBatch(memory, batch, cut, values.length - cut),
          batchFromRows(memory, schema, values, { watermark: 9n }),
        ]
        const joined = concatBatches(memory, parts)
        assert.deepEqual(rowsOf(memory, joined), [...values, ...values])
        assert.deepEqual(weightsOf(memory, joined), [...values.map((_, i) => i), ...values.map(() => 1)])
        assert.deepEqual(
          watermarksOf(memory, joined),
          parts.flatMap(part => watermarksOf(memory, part)),
        )
        memory.release(mark)
      }),
      { numRuns: 60 },
    )
  })

  test(`equal keys are of one group, ${mode}`, () => {
    const mark = memory.mark()
    const small = columnFromValues(memory, types.int, [1, -5, null])
    const large = columnFromValues(memory, types.bigint, [1n, -5n, null])
    const zeros = columnFromValues(memory, types.double, [0, Number.NaN, null])
    const minus = columnFromValues(memory, types.double, [-0, -Number.NaN, null])
    const text = columnFromValues(memory, types.string, ['short', 'a string of more than twelve bytes', null])
    const again = columnFromValues(memory, types.string, ['short', 'a string of more than twelve bytes', null])
    const batch = { ...batchFromRows(memory, [], [[], [], []]), columns: [small, large, zeros, minus, text, again] }
    const groups = (columns: readonly number[]) => [...memory.u8(keyGroupsOf(memory, batch, columns), 3)]
    assert.deepEqual(groups([0]), groups([1]))
    assert.deepEqual(groups([2]), groups([3]))
    assert.deepEqual(groups([4, 0]), groups([5, 1]))
    assert.deepEqual(groups([]), [0, 0, 0])
    memory.release(mark)
  })
}

const createOther = createMemory()

test('integers spread over the key groups', () => {
  const memory = createMemory()
  const values = Array.from({ length: CHUNK_ROWS * 4 }, (_, i) => [BigInt(i)])
  const batch = batchFromRows(memory, [field('k', types.bigint)], values)
  const counts = new Array<number>(256).fill(0)
  for (const group of memory.u8(keyGroupsOf(memory, batch, [0]), batch.rows)) counts[group] = (counts[group] ?? 0) + 1
  assert.ok(Math.min(...counts) > 32 && Math.max(...counts) < 128, `${Math.min(...counts)}..${Math.max(...counts)}`)
})

test('damaged bytes are an error with a code', () => {
  const memory = createMemory()
  const names: Schema = [field('name', types.string)]
  const bytes = encodeBatch(
    memory,
    batchFromRows(memory, names, [['a string of more than twelve bytes'] as Value[]]),
    names,
  )
  assert.throws(() => decodeBatch(memory, bytes.slice(0, 20), names), { code: 'DSD7001' })
  assert.throws(() => decodeBatch(memory, bytes.slice(0, 64), names), { code: 'DSD7001' })
  assert.throws(() => decodeBatch(memory, bytes, [field('n', types.int)]), { code: 'DSD7001' })
  const broken = bytes.slice()
  broken[48 + 12] = 255
  assert.throws(() => decodeBatch(memory, broken, names), { code: 'DSD7001' })
})
