import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { columnFromValues, int32s, readValue } from '../batch/values.ts'
import { field, types } from '../types/data-type.ts'
import type { StateTable } from './state-table.ts'
import { ownerColumn } from './stored-rows.ts'
import { createStateTable } from './table.ts'

const ownerFields = [field('region', types.string), field('shop', types.bigint), field('open', types.boolean)]

/** Shops by region and number, of which the region decides the key group, and visitors that belong to them. */
function tables(memory: Memory): { readonly shops: StateTable; readonly visitors: StateTable } {
  const shops = createStateTable(memory, { name: 'shops', fields: ownerFields, keys: 2, groupBy: 1, unique: true })
  const fields = [field('of', types.bigint, false), field('visitor', types.bigint), field('visits', types.int)]
  const visitors = createStateTable(memory, { name: 'visitors', fields, keys: 2, unique: true, owner: shops })
  return { shops, visitors }
}

/** Visitor `v` of shop `s` has come `v + s` times. Shops are found in the order given, so that their slots follow it. */
function fill(memory: Memory, { shops, visitors }: ReturnType<typeof tables>, of: readonly number[]): void {
  const pairs = of.flatMap(shop => Array.from({ length: 5 }, (_, visitor) => ({ shop, visitor })))
  const regions = pairs.map(({ shop }) => `region ${shop % 7} with a name of its own`)
  const keys = [
    columnFromValues(memory, types.string, regions),
    columnFromValues(
      memory,
      types.bigint,
      pairs.map(({ shop }) => BigInt(shop)),
    ),
  ]
  const found = shops.findOrInsert(keys, pairs.length)
  const identity = [
    ownerColumn(memory, found.slots, pairs.length),
    columnFromValues(
      memory,
      types.bigint,
      pairs.map(({ visitor }) => BigInt(visitor)),
    ),
  ]
  const { slots } = visitors.findOrInsert(identity, pairs.length)
  const visits = pairs.map(({ shop, visitor }) => shop + visitor)
  visitors.scatter(slots, pairs.length, 2, columnFromValues(memory, types.int, visits))
}

/** Visitors as [shop, visitor, visits], by way of their owners. */
function read(memory: Memory, { shops, visitors }: ReturnType<typeof tables>): readonly string[] {
  const { slots, rows } = visitors.all()
  const columns = [0, 1, 2].map(index => visitors.gather(slots, rows, index))
  return Array.from({ length: rows }, (_, row) => {
    const [owner, visitor, visits] = columns.map(column => readValue(memory, column, row))
    const shop = readValue(memory, shops.gather(int32s(memory, [Number(owner)]), 1, 1), 0)
    return `${shop}/${visitor}/${visits}`
  }).sort()
}

const expected = (shops: readonly number[]): readonly string[] =>
  shops.flatMap(shop => Array.from({ length: 5 }, (_, visitor) => `${shop}/${visitor}/${shop + visitor}`)).sort()

const numbers = Array.from({ length: 40 }, (_, i) => i)

test('rows find their owners again in other slots, whatever the number of workers', () => {
  const memory = createMemory()
  const whole = tables(memory)
  fill(memory, whole, numbers)
  const [shops, visitors] = [whole.shops.snapshot(), whole.visitors.snapshot()]
  assert.deepEqual([...visitors.groups.keys()], [...shops.groups.keys()], 'they are in the key groups of their owners')
  const parts = [0, 1, 2].map(worker => {
    const own = createMemory()
    const part = tables(own)
    const owns = (group: number): boolean => group % 3 === worker
    part.shops.restore(shops, owns)
    part.visitors.restore(visitors, owns)
    return { own, part }
  })
  assert.deepEqual(parts.flatMap(({ own, part }) => read(own, part)).sort(), expected(numbers))
  const together = tables(memory)
  fill(memory, together, [])
  for (const { part } of parts.reverse()) {
    together.shops.restore(part.shops.snapshot(), () => true)
    together.visitors.restore(part.visitors.snapshot(), () => true)
  }
  assert.deepEqual(read(memory, together), expected(numbers))
})

test('the rows of some owners go together', () => {
  const memory = createMemory()
  const both = tables(memory)
  fill(memory, both, numbers)
  const gone = numbers.filter(shop => shop % 3 === 1)
  const { slots, rows } = both.shops.all()
  const numbered = both.shops.gather(slots, rows, 1)
  const owners = Array.from(memory.i32(slots, rows)).filter((_, row) =>
    gone.includes(Number(readValue(memory, numbered, row))),
  )
  both.visitors.removeOwned(int32s(memory, owners), owners.length)
  both.shops.remove(int32s(memory, owners), owners.length)
  assert.deepEqual(read(memory, both), expected(numbers.filter(shop => shop % 3 !== 1)))
  // Their slots are given to others, which begin without rows.
  fill(memory, both, [100, 101])
  assert.deepEqual(read(memory, both), expected([...numbers.filter(shop => shop % 3 !== 1), 100, 101]))
})

test('a row whose owner a snapshot lacks is damage', () => {
  const memory = createMemory()
  const whole = tables(memory)
  fill(memory, whole, [1])
  const other = tables(createMemory())
  assert.throws(() => other.visitors.restore(whole.visitors.snapshot(), () => true), { code: 'DSD7001' })
})
