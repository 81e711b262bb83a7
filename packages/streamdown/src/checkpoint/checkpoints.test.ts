import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../run/clock.ts'
import { Checkpoints } from './checkpoints.ts'
import { Durable } from './durable.ts'
import type { StateStore } from './state-store.ts'

/** Files in memory; a write after the last one that it lets through fails, as a disk that is full. */
class MemoryStore implements StateStore {
  readonly place = 'memory'
  readonly files = new Map<string, Uint8Array>()
  writes = Number.POSITIVE_INFINITY
  closed = false

  async names(): Promise<readonly string[]> {
    return [...this.files.keys()]
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.files.get(name)
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (this.writes-- <= 0) throw new Error('no space')
    this.files.set(name, bytes.slice())
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name)
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

test('the last checkpoint is what a program goes on from; three are kept', async () => {
  const store = new MemoryStore()
  const first = await Checkpoints.open(store, 'a')
  assert.equal(await first.last(), undefined)
  for (let n = 1; n <= 5; n++) await first.write(bytes(n))
  assert.deepEqual(await (await Checkpoints.open(store, 'a')).last(), bytes(5))
  assert.deepEqual(
    [...store.files.keys()].filter(name => name.endsWith('.state')),
    [3, 4, 5].map(n => `checkpoint-0000000${n}.state`),
  )
  await assert.rejects((await Checkpoints.open(store, 'b')).last(), { code: 'DSD7002' })
})

test('one that was not finished does not count, wherever it ended', async () => {
  for (const writes of [0, 1]) {
    const store = new MemoryStore()
    const checkpoints = await Checkpoints.open(store, 'a')
    await checkpoints.write(bytes(1))
    store.writes = writes
    await assert.rejects(checkpoints.write(bytes(2)))
    store.writes = Number.POSITIVE_INFINITY
    const again = await Checkpoints.open(store, 'a')
    assert.deepEqual(await again.last(), bytes(1))
    assert.equal(store.files.size, 2, 'bytes without a manifest are removed')
    await again.write(bytes(3))
    assert.deepEqual(await (await Checkpoints.open(store, 'a')).last(), bytes(3))
  }
})

test('damage is found, and the message says how to go on', async () => {
  const store = new MemoryStore()
  const checkpoints = await Checkpoints.open(store, 'a')
  await checkpoints.write(bytes(1, 2))
  store.files.set('checkpoint-00000001.state', bytes(1, 3))
  await assert.rejects(checkpoints.last(), { code: 'DSD7001', message: /starts anew/ })
  store.files.delete('checkpoint-00000001.state')
  await assert.rejects(checkpoints.last(), { code: 'DSD7001', message: /missing/ })
})

test('a checkpoint is written before the first step, every so often, and at the end', async () => {
  const clock = new VirtualClock(0n)
  let captured = 0
  let failures = 0
  let kept = 0
  const store = new MemoryStore()
  const durable = await Durable.open({
    store,
    identity: 'a',
    clock,
    intervalMicros: () => 10n,
    capture: async () => bytes(++captured),
    kept: async () => {
      kept += 1
    },
    failed: async () => {
      failures += 1
    },
  })
  await durable.tick()
  await durable.tick()
  assert.equal(captured, 1)
  clock.advance(10n)
  await durable.tick()
  assert.equal(captured, 2)
  await durable.around(async () => undefined)
  assert.deepEqual(await durable.last(), bytes(3))
  await assert.rejects(durable.around(() => Promise.reject(new Error('the sink is gone'))))
  assert.equal(captured, 3)
  assert.equal(failures, 1)
  store.writes = 0
  await assert.rejects(durable.around(async () => undefined))
  assert.equal(failures, 2, 'a checkpoint that is not kept is a failure, too')
  assert.deepEqual([captured, kept], [4, 3])
  await durable.close()
  assert.ok(store.closed)
})
