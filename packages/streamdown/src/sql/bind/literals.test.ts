import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseInterval } from '../../functions/time/interval-text.ts'
import { types } from '../../types/data-type.ts'
import { presets } from '../settings.ts'
import { durationMicros, numberLiteral, parseTimestamp } from './literals.ts'

const at = { start: 0, end: 0 }

test('numbers are exact, in the smallest type that holds them', () => {
  const of = (text: string, negative = false) => {
    const { type, value } = numberLiteral(text, negative, presets.flink, at)
    return [type, value]
  }
  assert.deepEqual(of('1'), [types.int, 1])
  assert.deepEqual(of('2147483648', true), [types.int, -2147483648])
  assert.deepEqual(of('2147483648'), [types.bigint, 2147483648n])
  assert.deepEqual(of('9223372036854775808'), [types.decimal(19, 0), 9223372036854775808n])
  assert.deepEqual(of('1.50'), [types.decimal(3, 2), 150n])
  assert.deepEqual(of('.05'), [types.decimal(2, 2), 5n])
  assert.deepEqual(of('1e3'), [types.double, 1000])
  assert.deepEqual(numberLiteral('1.5e-2', false, presets.postgres, at).value, 15n)
})

test('intervals keep months, days and time apart', () => {
  const hour = 3_600_000_000n
  const cases: readonly (readonly [string, number, number, bigint])[] = [
    ['1 day', 0, 1, 0n],
    ['1 year 2 mons 3 days 04:05:06', 14, 3, 4n * hour + 306_000_000n],
    ['-1.5 hours', 0, 0, -5_400_000_000n],
    ['1.5 days', 0, 1, 12n * hour],
    ['1.5 months', 1, 15, 0n],
    ['2 weeks ago', 0, -14, 0n],
    ['1-2', 14, 0, 0n],
    ['P1Y2M3DT4H5M6S', 14, 3, 4n * hour + 306_000_000n],
    ['10', 0, 0, 10_000_000n],
    ['1 2:03', 0, 1, 2n * hour + 180_000_000n],
  ]
  for (const [text, months, days, micros] of cases)
    assert.deepEqual(parseInterval(text), { months, days, micros }, text)
  assert.equal(parseInterval('soon'), undefined)
  assert.equal(parseInterval('1 fortnight'), undefined)
})

test('durations and timestamps', () => {
  assert.equal(durationMicros('5 seconds'), 5_000_000n)
  assert.equal(durationMicros('1d'), 86_400_000_000n)
  assert.equal(durationMicros('none'), undefined)
  assert.equal(parseTimestamp('1970-01-02 00:00:00.5'), 86_400_500_000n)
  assert.equal(parseTimestamp('2021-02-29'), undefined)
  assert.equal(parseTimestamp('0001-01-01'), -62_135_596_800_000_000n)
})
