import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SortKey } from '../plan/nodes/node.ts'
import { canonical, compareAscending, randomOf, rowOf } from '../state/table-model.fixture.ts'
import { compareValues } from '../types/compare-values.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import type { Interval, Value } from '../types/value.ts'
import { anyOf } from './any-values.fixture.ts'
import { type Batch, columnAt } from './batch.ts'
import { createMemory } from './linear-memory.ts'
import type { Memory } from './memory.ts'
import { takeRows } from './select.ts'
import { sortedRows } from './sort.ts'
import { batchFromRows, ordinalsOf, rowsOf } from './values.ts'

const schema: Schema = [
  field('i', types.int),
  field('b', types.bigint),
  field('d', types.double),
  field('m', types.decimal(38, 0)),
  field('s', types.string),
]

function sortBatch(memory: Memory, batch: Batch, keys: readonly SortKey[]): Batch {
  const columns = keys.map(key => columnAt(batch, key.column))
  return takeRows(memory, batch, sortedRows(memory, columns, keys, batch.rows), batch.rows)
}

for (const heapStart of [0, 2 ** 31]) {
  test(`rows are sorted by any keys, stable, heap from ${heapStart}`, () => {
    const memory = createMemory({ heapStart })
    const key = fc.record({ column: fc.nat(4), descending: fc.boolean(), nullsFirst: fc.boolean() })
    fc.assert(
      fc.property(fc.array(key, { maxLength: 3 }), fc.integer(), fc.nat(300), (keys, seed, count) => {
        const mark = memory.mark()
        const random = randomOf(seed)
        const rows = Array.from({ length: count }, () => rowOf(random, schema))
        const sorted = sortBatch(memory, batchFromRows(memory, schema, rows), keys)
        const expected = rows
          .map((row, at) => ({ row, at }))
          .sort((a, b) => {
            for (const { column, descending, nullsFirst } of keys) {
              const [x, y] = [a.row[column] ?? null, b.row[column] ?? null]
              if (x === null || y === null) {
                if (x === y) continue
                return (x === null) === nullsFirst ? -1 : 1
              }
              const order = compareAscending(x, y)
              if (order !== 0) return descending ? -order : order
            }
            return 0
          })
        assert.deepEqual(
          ordinalsOf(memory, sorted),
          expected.map(({ at }) => BigInt(at)),
        )
        assert.deepEqual(
          rowsOf(memory, sorted).map(row => canonical(row)),
          expected.map(({ row }) => canonical(row)),
        )
        memory.release(mark)
      }),
      { numRuns: 150 },
    )
  })
}

test('NUMERICs are sorted by value, stable where only their scales differ', () => {
  const memory = createMemory()
  const numbers = fc.oneof(
    anyOf(types.numeric),
    fc.record({ digits: fc.bigInt({ min: -30n, max: 30n }), scale: fc.nat(2) }, { noNullPrototype: true }),
  )
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 200 }), fc.boolean(), (values, descending) => {
      const mark = memory.mark()
      const batch = batchFromRows(
        memory,
        [field('n', types.numeric)],
        values.map(value => [value]),
      )
      const sorted = sortBatch(memory, batch, [{ column: 0, descending, nullsFirst: false }])
      const expected = values.toSorted((a, b) => (descending ? -1 : 1) * compareValues(a, b))
      assert.deepEqual(
        rowsOf(memory, sorted),
        expected.map(value => [value]),
      )
      memory.release(mark)
    }),
    { numRuns: 100 },
  )
})

test('intervals are ordered by their length', () => {
  const memory = createMemory()
  const interval = (months: number, days: number, micros: bigint): Interval => ({ months, days, micros })
  const values: Value[][] = [
    [interval(1, 0, 0n)],
    [interval(0, 29, 0n)],
    [interval(0, 31, -86_400_000_001n)],
    [interval(0, 0, -1n)],
    [interval(0, 30, 0n)],
  ]
  const batch = batchFromRows(memory, [field('i', types.interval)], values)
  const sorted = sortBatch(memory, batch, [{ column: 0, descending: false, nullsFirst: false }])
  assert.deepEqual(ordinalsOf(memory, sorted), [3n, 1n, 2n, 0n, 4n])
})
