import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Attempt } from './match-attempt.ts'
import { OpenAttempts } from './match-attempts.ts'

const program = { instructions: [], entry: 0 }
const attempt = (rows: number): Attempt => Attempt.resume(program, 10, 10 + rows, [])

test('attempts that are too many together are given back, those looked at longest ago first', () => {
  const open = new OpenAttempts(100)
  const [a, b, c] = [attempt(40), attempt(50), attempt(30)]
  open.set(1, a)
  open.set(2, b)
  assert.deepEqual(open.takeExcess(), [])
  open.set(1, a)
  open.set(3, c)
  assert.deepEqual(open.takeExcess(), [[2, b]])
  assert.equal(open.get(2), undefined)
  assert.equal(open.get(1), a)
  // A partition without an attempt makes room.
  open.delete(1)
  open.set(2, b)
  assert.deepEqual(open.takeExcess(), [])
  // One that is too large alone is gone on with.
  const large = attempt(1000)
  open.set(4, large)
  assert.deepEqual(open.takeExcess(), [
    [3, c],
    [2, b],
  ])
  assert.deepEqual(open.all(), [[4, large]])
})
