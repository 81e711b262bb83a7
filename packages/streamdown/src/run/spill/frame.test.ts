import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory } from '../../batch/linear-memory.ts'
import type { Memory } from '../../batch/memory.ts'
import { SeededRandom } from '../clock.ts'
import { Frame } from './frame.ts'
import { MemoryStore } from './memory-store.fixture.ts'

/** A block of a heap and the byte that fills it. */
interface Block {
  readonly at: number
  readonly length: number
  readonly byte: number
}

/** Allocates and frees at random, and looks whether every block is what it was filled with. */
class Tenant {
  readonly memory: Memory
  readonly #blocks: Block[] = []

  constructor(memory: Memory) {
    this.memory = memory
  }

  work(random: SeededRandom): void {
    this.check()
    for (let step = 0; step < 40; step++) {
      if (random.below(3) === 0 && this.#blocks.length > 0) {
        const [block] = this.#blocks.splice(random.below(this.#blocks.length), 1)
        if (block !== undefined) this.memory.free(block.at)
        continue
      }
      const length = 1 + random.below(random.below(8) === 0 ? 400_000 : 3000)
      const block = { at: this.memory.alloc(length), length, byte: random.below(256) }
      this.memory.u8(block.at, length).fill(block.byte)
      this.#blocks.push(block)
    }
  }

  check(): void {
    for (const { at, length, byte } of this.#blocks) {
      assert.ok(
        this.memory.u8(at, length).every(value => value === byte),
        `a block of ${length} bytes at ${at} is no longer all ${byte}`,
      )
    }
  }
}

test('heaps that take turns in one memory find their bytes, however it grew meanwhile', () => {
  const frame = new Frame(createMemory({ initialBytes: 1 << 20 }).memory, new MemoryStore())
  const tenants = Array.from({ length: 3 }, () => new Tenant(frame.create()))
  const random = new SeededRandom(7)
  for (let turn = 0; turn < 24; turn++) {
    const tenant = tenants[random.below(tenants.length)]
    if (tenant === undefined) continue
    frame.enter(tenant.memory)
    tenant.work(random)
  }
  for (const tenant of tenants) {
    frame.enter(tenant.memory)
    tenant.check()
  }
})

test('chunks that are in use stay through turns of others', () => {
  const frame = new Frame(createMemory().memory, new MemoryStore())
  const [first, second] = [frame.create(), frame.create()]
  frame.enter(first)
  const mark = first.mark()
  // More than the segment that is there: several segments are in use.
  const chunks = [70_000, 2_000_000, 500].map((length, byte) => {
    const at = first.chunk(length)
    first.u8(at, length).fill(byte + 1)
    return { at, length, byte: byte + 1 }
  })
  frame.enter(second)
  second.u8(second.chunk(3_000_000), 3_000_000).fill(99)
  frame.enter(first)
  for (const { at, length, byte } of chunks) assert.ok(first.u8(at, length).every(value => value === byte))
  first.release(mark)
  assert.equal(first.mark(), mark)
})

test('what is free is not put away', () => {
  const store = new MemoryStore()
  const frame = new Frame(createMemory().memory, store)
  const heap = frame.create()
  heap.free(heap.alloc(20 << 20))
  heap.alloc(1 << 20)
  frame.create()
  assert.ok(store.written > 1 << 20 && store.written < 2 << 20, `${store.written} bytes`)
})

test('what a full store does not take is held in memory, and the frame says so', () => {
  const frame = new Frame(createMemory().memory, new MemoryStore(3 << 20))
  const tenants = Array.from({ length: 4 }, () => new Tenant(frame.create()))
  const random = new SeededRandom(3)
  for (let turn = 0; turn < 3; turn++) {
    for (const tenant of tenants) {
      frame.enter(tenant.memory)
      tenant.work(random)
    }
  }
  assert.equal(frame.failure?.code, 'DSD7103')
  for (const tenant of tenants) {
    frame.enter(tenant.memory)
    tenant.check()
  }
})
