import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DataType, field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { runSql } from './expressions.fixture.ts'

const fields: readonly (readonly [string, DataType, fc.Arbitrary<Value>])[] = [
  ['flag', types.boolean, fc.boolean()],
  ['small', types.smallint, fc.integer({ min: -32768, max: 32767 })],
  ['text', types.string, fc.string({ maxLength: 30 })],
  ['money', types.decimal(12, 2), fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n })],
  ['wide', types.decimal(38, 4), fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })],
  ['at', types.timestamp(3), fc.bigInt({ min: 0n, max: 10n ** 15n })],
  ['list', types.array(types.int), fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 4 })],
  ['x', types.double, fc.double({ noNaN: true })],
]
const row = types.row(fields.map(([name, type]) => field(name, type)))
const schema: Schema = [field('r', row), field('n', types.int, false)]

test('fields of a ROW are read where they lie', () => {
  const value = fc.option(fc.tuple(...fields.map(([, , values]) => fc.option(values, { nil: null }))), { nil: null })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), values => {
      const { rows } = runSql(
        schema,
        values.map((v, i) => [v, i]),
        [...fields.map(([name]) => `(r).${name}`), '(r).small + n'],
      )
      assert.deepEqual(
        rows,
        values.map((v, i) => [...fields.map((_, k) => v?.[k] ?? null), typeof v?.[1] === 'number' ? v[1] + i : null]),
      )
    }),
    { numRuns: 40 },
  )
})

test('nested rows, arrays and maps', () => {
  const inner = types.row([field('a', types.int), field('b', types.string)])
  const nested: Schema = [
    field('r', types.row([field('inner', inner), field('tags', types.map(types.string, types.bigint))])),
    field('list', types.array(inner)),
  ]
  const rows: Value[][] = [
    [
      [[1, 'a text that is longer than a view'], [['k', 7n]]],
      [[2, 'x'], null],
    ],
    [[null, null], null],
    [null, []],
  ]
  const { rows: results, failed } = runSql(nested, rows, [
    '(r).inner.a',
    '(r).inner.b',
    "(r).tags['k']",
    'list[1].b',
    'CARDINALITY(list)',
    '(r).inner',
  ])
  assert.equal(failed.size, 0)
  assert.deepEqual(results, [
    [1, 'a text that is longer than a view', 7n, 'x', 2, [1, 'a text that is longer than a view']],
    [null, null, null, null, null, null],
    [null, null, null, null, 0, null],
  ])
})
