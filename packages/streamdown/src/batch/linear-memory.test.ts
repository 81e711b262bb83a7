import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemory, type MemoryOptions } from './linear-memory.ts'
import { MemoryPool } from './memory-pool.ts'

const modes: Record<string, MemoryOptions> = {
  plain: {},
  'grow at every allocation': { growAlways: true },
  'heap above 2 GiB': { heapStart: 2 ** 31 },
}

for (const [mode, options] of Object.entries(modes)) {
  test(`blocks do not overlap and come back, ${mode}`, () => {
    const memory = createMemory(options)
    const used = memory.stateBytes()
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.oneof(fc.nat(200), fc.nat(70_000), fc.nat(900_000)), free: fc.boolean() }), {
          maxLength: 200,
        }),
        steps => {
          const live: { at: number; bytes: number; mark: number }[] = []
          for (const [index, { bytes, free }] of steps.entries()) {
            const at = memory.alloc(bytes)
            assert.equal(at % 16, 0)
            const mark = (index % 255) + 1
            memory.u8(at, bytes).fill(mark)
            live.push({ at, bytes, mark })
            if (free) {
              const [gone] = live.splice((index * 7) % live.length, 1)
              assert.ok(gone !== undefined && memory.u8(gone.at, gone.bytes).every(byte => byte === gone.mark))
              memory.u8(gone.at, gone.bytes).fill(0)
              memory.free(gone.at)
            }
          }
          for (const { at, bytes, mark } of live) {
            assert.ok(memory.u8(at, bytes).every(byte => byte === mark))
            memory.free(at)
          }
          assert.equal(memory.stateBytes(), used)
        },
      ),
      { numRuns: 50 },
    )
    assert.ok(memory.totalBytes() < (options.heapStart ?? 0) + 512 * 1024 * 1024)
  })

  test(`chunks end at their mark, ${mode}`, () => {
    const memory = createMemory(options)
    const outer = memory.mark()
    for (let round = 0; round < 20; round++) {
      const first = memory.chunk(100)
      memory.u8(first, 100).fill(7)
      const mark = memory.mark()
      for (let i = 0; i < 10; i++) memory.u8(memory.chunk(3_000_000), 3_000_000).fill(9)
      memory.release(mark)
      assert.equal(memory.mark(), mark)
      assert.ok(memory.u8(first, 100).every(byte => byte === 7))
      assert.ok(memory.u8(memory.chunkZeroed(50_000), 50_000).every(byte => byte === 0))
      memory.release(outer)
    }
    assert.ok(memory.totalBytes() < (options.heapStart ?? 0) + 128 * 1024 * 1024)
  })
}

test('growing detaches views in the test mode', () => {
  const memory = createMemory({ growAlways: true })
  const view = memory.u8(memory.chunk(8), 8)
  memory.chunk(8)
  assert.equal(view.length, 0)
})

test('a full memory is an error with a code, and what was freed can be used again', () => {
  const memory = createMemory({ maximumBytes: 32 * 1024 * 1024 })
  const blocks: number[] = []
  assert.throws(
    () => {
      for (;;) blocks.push(memory.alloc(1_000_000))
    },
    { code: 'DSD9001' },
  )
  assert.ok(blocks.length > 25)
  for (const at of blocks) memory.free(at)
  assert.ok(memory.alloc(25_000_000) > 0)
  assert.throws(() => memory.chunk(2 ** 33), { code: 'DSD9001' })
})

test('released chunks make room for state when the memory is full', () => {
  const memory = createMemory({ maximumBytes: 40 * 1024 * 1024 })
  const mark = memory.mark()
  for (let i = 0; i < 25; i++) memory.chunk(1_000_000)
  memory.release(mark)
  for (let i = 0; i < 32; i++) memory.alloc(1_000_000)
  assert.ok(memory.stateBytes() > 32_000_000)
})

test('a memory of the pool is empty again, at the size that it had grown to', () => {
  const pool = new MemoryPool()
  const first = pool.take()
  const empty = first.stateBytes()
  const blocks = Array.from({ length: 3000 }, (_, index) => first.alloc(index * 7))
  for (const [index, at] of blocks.entries()) if (index % 3 === 0) first.free(at)
  for (let i = 0; i < 10; i++) first.chunk(1_000_000)
  const size = first.totalBytes()
  pool.give(first)
  const second = pool.take()
  assert.equal(second.memory, first.memory)
  assert.equal(second.totalBytes(), size)
  assert.equal(second.stateBytes(), empty)
  const mark = second.mark()
  const places = new Set<number>()
  for (let i = 0; i < 200; i++) {
    const at = i % 2 === 0 ? second.alloc(100_000) : second.chunk(100_000)
    second.u8(at, 100_000).fill(i)
    places.add(at)
  }
  assert.equal(places.size, 200)
  second.release(mark)
  assert.equal(second.totalBytes(), size)
})

test('a memory that grew large is not kept', () => {
  const pool = new MemoryPool()
  const large = pool.take()
  large.alloc(80 << 20)
  pool.give(large)
  assert.notEqual(pool.take().memory, large.memory)
})
