import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DataType, field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { decimalText } from './decimal-digits.ts'
import { dateText, textOf } from './text.ts'

/** Value, type, PostgreSQL's text, Flink's text. */
const cases: readonly (readonly [Value, DataType, string, string])[] = [
  [null, types.int, 'NULL', 'null'],
  [true, types.boolean, 't', 'true'],
  [false, types.boolean, 'f', 'false'],
  [-128, types.tinyint, '-128', '-128'],
  [-(2n ** 63n), types.bigint, '-9223372036854775808', '-9223372036854775808'],
  [120n, types.decimal(10, 2), '1.20', '1.20'],
  [-5n, types.decimal(10, 3), '-0.005', '-0.005'],
  [2, types.double, '2', '2.0'],
  [0.1, types.double, '0.1', '0.1'],
  [-0, types.double, '-0', '-0.0'],
  [1e7, types.double, '10000000', '1.0E7'],
  [12345678.9, types.double, '12345678.9', '1.23456789E7'],
  [1e20, types.double, '1e+20', '1.0E20'],
  [-0.00001, types.double, '-1e-05', '-1.0E-5'],
  [5e-324, types.double, '5e-324', '5.0E-324'],
  [Number.NaN, types.double, 'NaN', 'NaN'],
  [-Infinity, types.double, '-Infinity', '-Infinity'],
  [Math.fround(0.1), types.real, '0.1', '0.1'],
  [Math.fround(16777216), types.real, '16777216', '1.6777216E7'],
  ['a b', types.string, 'a b', 'a b'],
  [new Uint8Array([1, 255]), types.bytes, '\\x01ff', '[1, -1]'],
  [0, types.date, '1970-01-01', '1970-01-01'],
  [-719_528, types.date, '0001-01-01 BC', '0000-01-01'],
  [3_600_000_000n, types.time(0), '01:00:00', '01:00'],
  [3_601_500_000n, types.time(3), '01:00:01.500', '01:00:01.500'],
  [0n, types.timestamp(3), '1970-01-01 00:00:00', '1970-01-01T00:00'],
  [1_500_001n, types.timestamp(6), '1970-01-01 00:00:01.500001', '1970-01-01T00:00:01.500001'],
  [-1n, types.timestamp(6), '1969-12-31 23:59:59.999999', '1969-12-31T23:59:59.999999'],
  [0n, types.timestampLtz(3), '1970-01-01 00:00:00+00:00', '1970-01-01T00:00:00Z'],
  [
    { months: 14, days: 3, micros: 14_706_000_000n },
    types.interval,
    '1 year 2 mons 3 days 04:05:06',
    '1 year 2 mons 3 days 04:05:06',
  ],
  [{ months: 0, days: 0, micros: 0n }, types.interval, '00:00:00', '00:00:00'],
  [[1, null, 3], types.array(types.int), '{1,NULL,3}', '[1, null, 3]'],
  [['a b', 'null', '', 'x"y', 'z'], types.array(types.string), '{"a b","null","","x\\"y",z}', '[a b, null, , x"y, z]'],
  [[[1], [2, 3]], types.array(types.array(types.int)), '{{1},{2,3}}', '[[1], [2, 3]]'],
  [
    [
      ['a', 1],
      ['b', null],
    ],
    types.map(types.string, types.int),
    '{a:1,b:NULL}',
    '{a=1, b=null}',
  ],
  [
    [1, [1, 2], null],
    types.row([
      field('a', types.int),
      field('b', types.row([field('x', types.int), field('y', types.int)])),
      field('c', types.int),
    ]),
    '(1,"(1,2)",)',
    '+I[1, +I[1, 2], null]',
  ],
  [['x"y'], types.row([field('a', types.string)]), '("x""y")', '+I[x"y]'],
  [[['"']], types.row([field('a', types.array(types.string))]), '("{""\\\\""""}")', '+I[["]]'],
  [[[1]], types.row([field('a', types.array(types.int))]), '({1})', '+I[[1]]'],
  ['{"a": 1}', types.json, '{"a": 1}', '{"a": 1}'],
]

test('values print as PostgreSQL and as Flink print them', () => {
  for (const [value, type, postgres, flink] of cases) {
    assert.equal(textOf(value, type, 'postgres'), postgres)
    assert.equal(textOf(value, type, 'flink'), flink)
  }
})

test('numbers read back from their text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), number => {
      assert.equal(Number(textOf(number, types.double, 'postgres')), number)
      assert.equal(Number(textOf(number, types.double, 'flink')), number)
      const real = Math.fround(number)
      assert.equal(Math.fround(Number(textOf(real, types.real, 'flink'))), real)
    }),
  )
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n), fc.integer({ min: 0, max: 38 }), (unscaled, scale) => {
      const text = decimalText(unscaled, scale)
      assert.equal(BigInt(text.replace('.', '')), unscaled)
      assert.equal(text.split('.')[1]?.length ?? 0, scale)
    }),
  )
})

test('dates are those of the platform', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), days => {
      assert.equal(dateText(days), new Date(days * 86_400_000).toISOString().slice(0, 10))
    }),
  )
})
