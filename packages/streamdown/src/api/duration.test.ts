import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationMicros } from './duration.ts'

test('a number and a unit, long or short', () => {
  for (const [text, micros] of [
    ['5s', 5_000_000n],
    ['10 minutes', 600_000_000n],
    ['1 day', 86_400_000_000n],
    ['250ms', 250_000n],
    ['1.5 hours', 5_400_000_000n],
    ['-2 h', -7_200_000_000n],
    ['3us', 3n],
  ] as const) {
    assert.equal(durationMicros(text), micros)
  }
})

test('anything else is refused', () => {
  for (const text of ['', '5', 'ten minutes', '10 minuts', '1 month'])
    assert.throws(() => durationMicros(text), /DSD5003/)
})
