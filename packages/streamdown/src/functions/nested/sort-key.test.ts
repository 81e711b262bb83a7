import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareValues } from '../../types/compare-values.ts'
import { type DataType, field, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { sortKey } from './sort-key.ts'

const cases: readonly (readonly [DataType, readonly Value[]])[] = [
  [types.array(types.int), [[], [-5], [1], [1, 2], [1, 3], [1, null], [2], [null]]],
  [types.array(types.double), [[-Infinity], [-1.5], [-0.25], [0], [1e-9], [3], [Infinity], [Number.NaN], [null]]],
  [types.array(types.string), [[''], ['\0'], ['a'], ['a', 'b'], ['a\0'], ['ab'], ['z'], ['😀']]],
  [types.array(types.decimal(38, 2)), [[-(10n ** 37n)], [-1n], [0n], [1n], [10n ** 37n]]],
  [types.array(types.bigint), [[-(2n ** 63n)], [-1n], [0n], [2n ** 63n - 1n]]],
  [
    types.array(types.numeric),
    [
      [{ digits: 0n, scale: 0, special: '-Infinity' }],
      [{ digits: -10n, scale: 0 }],
      [{ digits: 5n, scale: 1 }],
      [{ digits: 10n ** 40n, scale: 2 }],
      [{ digits: 0n, scale: 0, special: 'NaN' }],
    ],
  ],
  [
    types.array(types.interval),
    [
      [{ months: 0, days: -1, micros: 0n }],
      [{ months: 0, days: 29, micros: 0n }],
      [{ months: 1, days: 0, micros: 1n }],
      [{ months: 0, days: 31, micros: 0n }],
    ],
  ],
  [
    types.row([field('a', types.boolean), field('b', types.array(types.date))]),
    [
      [false, [1, 2]],
      [true, []],
      [true, [0]],
      [true, null],
      [null, []],
    ],
  ],
  [types.map(types.string, types.int), [[['a', 1]], [['a', 2]], [['a', null]], [['b', 0]]]],
]

test('keys are in the order of the values', () => {
  for (const [type, values] of cases) {
    const keys = values.map(value => sortKey(value, type))
    for (const [i, a] of keys.entries()) {
      for (const [j, b] of keys.entries()) {
        const expected = Math.sign(i - j)
        assert.equal(compareValues(a, b), expected, `${type.is} ${i} ${j}`)
        assert.equal(compareValues(values[i] ?? null, values[j] ?? null), expected, `values of ${type.is} ${i} ${j}`)
      }
    }
  }
})
