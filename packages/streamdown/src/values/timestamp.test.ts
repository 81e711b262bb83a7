import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Timestamp } from './timestamp.ts'

test('it is a Date that knows its microseconds', () => {
  const time = Timestamp.from('2026-01-31T12:30:15.123456Z')
  assert.ok(time instanceof Date)
  assert.equal(time.micros, 1769862615123456n)
  assert.equal(time.getTime(), 1769862615123)
  assert.equal(time.toISOString(), '2026-01-31T12:30:15.123456Z')
  assert.equal(JSON.stringify(time), '"2026-01-31T12:30:15.123456Z"')
})

test('text with and without zone, a Date and microseconds are read', () => {
  assert.equal(Timestamp.from('2026-01-31 12:00').micros, Timestamp.from('2026-01-31T12:00:00Z').micros)
  assert.equal(Timestamp.from('2026-01-31T12:00:00+02:00').micros, Timestamp.from('2026-01-31T10:00:00Z').micros)
  assert.equal(Timestamp.from('2026-01-31').micros, Timestamp.from(new Date('2026-01-31')).micros)
  assert.equal(Timestamp.from(-1n).toISOString(), '1969-12-31T23:59:59.999999Z')
})

test('what is no time is refused', () => {
  for (const input of ['', 'tomorrow', '2026-02-30', '2026-01-01T25:00:00Z', new Date('x')])
    assert.throws(() => Timestamp.from(input), /DSD5002/)
})
