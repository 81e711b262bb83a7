import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from './environment.ts'

const { connectors, clock } = await createNodeEnvironment()

test('every connector of the core is registered once', () => {
  const names = connectors.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const name of [
    'filesystem',
    'file',
    'stdin',
    'stdout',
    'http',
    'datagen',
    'nexmark',
    'print',
    'blackhole',
    'webhook',
  ]) {
    assert.ok(names.includes(name), name)
  }
})

test('every connector says what it does, what it guarantees and what its options take', () => {
  for (const { name, summary, source, sink, lookup, options } of connectors) {
    assert.match(summary, /^[A-Z].*\.$/s, name)
    assert.ok(source !== undefined || sink !== undefined || lookup !== undefined, name)
    for (const way of [source, sink]) if (way !== undefined) assert.match(way.guarantee, /^(replays|exactly|at-)/, name)
    assert.equal(new Set(options.map(option => option.name)).size, options.length, name)
    for (const option of options) {
      assert.match(option.summary, /\.$/, `${name} ${option.name}`)
      assert.equal(option.type === 'enum', option.values !== undefined, `${name} ${option.name}`)
      if (option.default !== undefined && option.values !== undefined) assert.ok(option.values.includes(option.default))
      assert.ok(option.required !== true || option.default === undefined, `${name} ${option.name}`)
    }
  }
})

test('the clock counts microseconds', () => {
  const before = BigInt(Date.now()) * 1000n
  assert.ok(clock.now() >= before && clock.now() < before + 60_000_000n)
})
