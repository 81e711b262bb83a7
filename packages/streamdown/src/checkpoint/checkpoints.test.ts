import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../run/clock.ts'
import { joined } from '../values/bytes.ts'
import { Checkpoints } from './checkpoints.ts'
import { Durable } from './durable.ts'
import type { StateStore } from './state-store.ts'
import { type StoredBytes, storedIn } from './stored-bytes.ts'

/** Files in memory; a write after the last one that it lets through fails, as a disk that is full. */
class MemoryStore implements StateStore {
  readonly place = 'memory'
  readonly files = new Map<string, Uint8Array>()
  writes = Number.POSITIVE_INFINITY
  /** Files that somebody has open. */
  opened = 0
  closed = false

  async names(): Promise<readonly string[]> {
    return [...this.files.keys()]
  }

  async open(name: string): Promise<StoredBytes | undefined> {
    const bytes = this.files.get(name)
    if (bytes === undefined) return undefined
    this.opened += 1
    return {
      ...storedIn(bytes),
      close: () => {
        this.opened -= 1
      },
    }
  }

  async write(name: string, blocks: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.writes-- <= 0) throw new Error('no space')
    const written: Uint8Array[] = []
    for await (const block of blocks) written.push(block.slice())
    this.files.set(name, joined(written))
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name)
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

const bytes = (...values: number[]): readonly Uint8Array[] => [Uint8Array.from(values)]

/** What the last checkpoint holds. */
async function lastOf(checkpoints: Checkpoints): Promise<number[] | undefined> {
  const last = await checkpoints.last()
  if (last === undefined) return undefined
  const found = [...last.read(0, last.length)]
  last.close()
  return found
}

test('the last checkpoint is what a program goes on from; three are kept', async () => {
  const store = new MemoryStore()
  const first = await Checkpoints.open(store, 'a')
  assert.equal(await lastOf(first), undefined)
  for (let n = 1; n <= 5; n++) await first.write(bytes(n))
  assert.deepEqual(await lastOf(await Checkpoints.open(store, 'a')), [5])
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
    assert.deepEqual(await lastOf(again), [1])
    assert.equal(store.files.size, 2, 'bytes without a manifest are removed')
    await again.write(bytes(3))
    assert.deepEqual(await lastOf(await Checkpoints.open(store, 'a')), [3])
  }
})

test('damage is found, and the message says how to go on', async () => {
  const store = new MemoryStore()
  const checkpoints = await Checkpoints.open(store, 'a')
  await checkpoints.write(bytes(1, 2))
  store.files.set('checkpoint-00000001.state', Uint8Array.of(1, 3))
  await assert.rejects(checkpoints.last(), { code: 'DSD7001', message: /starts anew/ })
  assert.equal(store.opened, 0)
  store.files.delete('checkpoint-00000001.state')
  await assert.rejects(checkpoints.last(), { code: 'DSD7001', message: /missing/ })
})

test('a checkpoint of any size is written in blocks as its parts are made', async () => {
  const sizes = [0, 1, 2 ** 20 - 1, 2 ** 20, 1, 3 * 2 ** 20 + 5]
  const store = new MemoryStore()
  let made = 0
  function* parts(): Iterable<Uint8Array> {
    for (const [index, size] of sizes.entries()) {
      made += size
      yield new Uint8Array(size).fill(index)
    }
  }
  let written = 0
  let ahead = 0
  const watched: StateStore = {
    place: store.place,
    names: () => store.names(),
    open: name => store.open(name),
    remove: name => store.remove(name),
    close: () => store.close(),
    write: (name, blocks) => {
      async function* counted(): AsyncIterable<Uint8Array> {
        for await (const block of blocks) {
          if (name.endsWith('.state')) {
            written += block.length
            ahead = Math.max(ahead, made - written)
          }
          yield block
        }
      }
      return store.write(name, counted())
    },
  }
  const checkpoints = await Checkpoints.open(watched, 'a')
  await checkpoints.write(parts())
  assert.ok(ahead < 3 * 2 ** 20 + 5, `of the parts the last one is in memory, not ${ahead} bytes`)
  const last = await checkpoints.last()
  assert.equal(last?.length, made)
  let at = 0
  for (const [index, size] of sizes.entries()) {
    assert.ok(last?.read(at, size).every(byte => byte === index))
    at += size
  }
  assert.throws(() => last?.read(at - 1, 2), RangeError)
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
  assert.equal(await durable.goOn(() => assert.fail('there is none')), false)
  await durable.tick()
  await durable.tick()
  assert.equal(captured, 1)
  clock.advance(10n)
  await durable.tick()
  assert.equal(captured, 2)
  await durable.around(async () => undefined)
  let last: Uint8Array | undefined
  const goesOn = await durable.goOn(async stored => {
    last = stored.read(0, stored.length)
  })
  assert.deepEqual([goesOn, last, store.opened], [true, Uint8Array.of(3), 0])
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
