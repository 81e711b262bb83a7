import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Numeric } from '../types/value.ts'
import {
  compareNumerics,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  numericText,
  parseNumeric,
} from './numeric.ts'
import { decodeNumeric, encodeNumeric } from './numeric-bytes.ts'

const numbers = fc.oneof(
  fc.record({ digits: fc.bigInt(), scale: fc.nat(60) }, { noNullPrototype: true }),
  fc.record({ digits: fc.bigInt({ min: -200n, max: 200n }), scale: fc.nat(3) }, { noNullPrototype: true }),
  fc.record(
    { digits: fc.constantFrom(1n, -1n, 10n ** 200n, -(10n ** 131071n)), scale: fc.nat(16383) },
    { noNullPrototype: true },
  ),
  fc.constantFrom<Numeric>(NUMERIC_NAN, NUMERIC_INFINITY, NUMERIC_MINUS_INFINITY),
)

test('a number is the same after its bytes', () => {
  fc.assert(fc.property(numbers, value => assert.deepEqual(decodeNumeric(encodeNumeric(value)), value)))
})

test('bytes without the scale order as the numbers do, and are equal where these are', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const order = Buffer.compare(encodeNumeric(a).subarray(0, -2), encodeNumeric(b).subarray(0, -2))
      assert.equal(order, compareNumerics(a, b))
    }),
  )
})

test('text is read and written with its scale', () => {
  // PostgreSQL's documentation of numeric_in and its regression test numeric.sql.
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['1.0', '1.0'],
    [' -00.50 ', '-0.50'],
    ['1.23e-3', '0.00123'],
    ['1.5e3', '1500'],
    ['2.', '2'],
    ['.5', '0.5'],
    ['+inF', 'Infinity'],
    ['-infinity', '-Infinity'],
    ['nan', 'NaN'],
    ['', undefined],
    ['+nan', undefined],
    ['1e', undefined],
    ['1 2', undefined],
  ]
  for (const [text, expected] of cases) {
    const parsed = parseNumeric(text)
    assert.equal(parsed === undefined || parsed === 'too large' ? parsed : numericText(parsed), expected, text)
  }
  assert.equal(parseNumeric('1e131072'), 'too large')
  assert.equal(parseNumeric('1e-16384'), 'too large')
  assert.notEqual(parseNumeric('1e131071'), 'too large')
  assert.notEqual(parseNumeric('1e-16383'), 'too large')
})
