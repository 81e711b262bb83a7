import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base64Bytes, base64Text } from './base64.ts'

test('bytes of every length and value are the base64 that Node.js writes, and come back', () => {
  for (const length of [0, 1, 2, 3, 255, 256, 8191, 8192, 8193, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) % 256)
    const text = base64Text(bytes)
    assert.equal(text, Buffer.from(bytes).toString('base64'))
    assert.deepEqual(base64Bytes(text), bytes)
  }
})

test('white space is passed over; other characters are refused', () => {
  assert.deepEqual(base64Bytes('AQ I\nD'), Uint8Array.of(1, 2, 3))
  assert.throws(() => base64Bytes('AQ*D'), { name: 'InvalidCharacterError' })
})
