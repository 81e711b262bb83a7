import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storedIn } from '../checkpoint/stored-bytes.ts'
import type { WeightedRow } from '../connect/memory.ts'
import { joined } from '../values/bytes.ts'
import type { DeadLetter } from './dead-letters.ts'
import { savedSession, sessionRecords } from './saved.ts'

const letter = (raw: Uint8Array): DeadLetter => ({
  program: 'p',
  where: 'source',
  step: 3n,
  at: 5n,
  code: 'DSD4001',
  problem: 'broken',
  raw,
})

test('rows are kept in parts of about a mebibyte, in their order, with every bit', () => {
  const rows: readonly WeightedRow[] = [
    { values: [2n ** 63n - 1n, -0, Number.NaN, Number.NEGATIVE_INFINITY, new Uint8Array([0, 255]), null], weight: 2 },
    ...Array.from({ length: 30_000 }, (_, i) => ({
      values: [BigInt(i), i / 3, `row ${i} ${'x'.repeat(100)}`, true],
      weight: 1,
      watermark: BigInt(i) - 5n,
    })),
    // One that fills a part by itself.
    { values: ['y'.repeat(3 << 20)], weight: 1 },
    { values: ['behind it'], weight: 1 },
  ]
  const stores = {
    '"odd" name': { rows, time: { watermark: 30_000n, idle: true } },
    empty: { rows: [] },
  }
  const deadLetters = Array.from({ length: 40 }, (_, i) => letter(new Uint8Array(100_000).fill(i)))
  const records = [...sessionRecords({ statements: ['CREATE …;'], now: 7n, stores, deadLetters, jobs: {} })]
  const large = records.filter(bytes => bytes.length > 1.5 * 2 ** 20)
  assert.equal(large.length, 1)
  assert.ok(records.length > 8)

  const saved = savedSession(storedIn(joined(records)))
  assert.deepEqual(saved.statements, ['CREATE …;'])
  assert.equal(saved.now, 7n)
  assert.deepEqual(saved.stores, stores)
  assert.ok(Object.is(saved.stores['"odd" name']?.rows[0]?.values[1], -0))
  assert.deepEqual(saved.deadLetters, deadLetters)
})

test('bytes that are no snapshot are refused', () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(40)])
    assert.throws(() => savedSession(storedIn(bytes)), { code: 'DSD7001' })
})
