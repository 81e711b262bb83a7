import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Decimal } from './decimal.ts'

const digits = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
const scale = fc.integer({ min: 0, max: 6 })
const decimal = fc.tuple(digits, scale).map(([unscaled, places]) => new Decimal(unscaled, places))

test('text, numbers and integers are read exactly', () => {
  for (const [input, text] of [
    ['1.20', '1.20'],
    ['-0.05', '-0.05'],
    [0.1, '0.1'],
    [5n, '5'],
    ['.5', '0.5'],
    ['1e3', '1000'],
    [1e-7, '0.0000001'],
    ['1.5E-2', '0.015'],
    [-0, '0'],
  ] as const) {
    assert.equal(Decimal.from(input).toString(), text)
  }
})

test('what is no decimal of 38 digits is refused', () => {
  for (const input of ['', '.', 'abc', '1,5', Number.NaN, Number.POSITIVE_INFINITY, '1'.repeat(39), '1e60']) {
    assert.throws(() => Decimal.from(input), /DSD5001/)
  }
})

test('sums, products and order are those of the numbers', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const whole = (x: Decimal) => x.unscaled * 10n ** BigInt(6 - x.scale)
      assert.equal(a.plus(b).compare(new Decimal(whole(a) + whole(b), 6)), 0)
      assert.equal(a.minus(b).plus(b).compare(a), 0)
      assert.equal(a.times(b).unscaled * 10n ** BigInt(12 - a.scale - b.scale), whole(a) * whole(b))
      assert.equal(Math.sign(Number(whole(a) - whole(b))), a.compare(b))
      assert.equal(Decimal.from(a.toString()).equals(a), true)
    }),
  )
})

test('rounding and division go half away from zero', () => {
  assert.equal(Decimal.from('2.5').round().toString(), '3')
  assert.equal(Decimal.from('-2.5').round().toString(), '-3')
  assert.equal(Decimal.from('2.45').round(1).toString(), '2.5')
  assert.equal(Decimal.from(1).dividedBy(3, 4).toString(), '0.3333')
  assert.equal(Decimal.from(-2).dividedBy(3, 2).toString(), '-0.67')
  assert.throws(() => Decimal.from(1).dividedBy(0), /DSD4002/)
})

test('it is no number by accident', () => {
  assert.equal(JSON.stringify({ a: Decimal.from('12345678901234567890.12') }), '{"a":"12345678901234567890.12"}')
  assert.equal(Decimal.from('0.10').toNumber(), 0.1)
})
