import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMulti, encode } from '@msgpack/msgpack'
import { createMemory } from '../batch/linear-memory.ts'
import { batchFromRows } from '../batch/values.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { joined } from '../values/bytes.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { inferMsgpack } from './infer.ts'
import { createMsgpackDecoder } from './msgpack.ts'
import { createMsgpackEncoder } from './msgpack-encode.ts'

const schema: Schema = [
  field('id', types.bigint, false),
  field('name', types.string),
  field('price', types.double),
  field('at', types.timestampLtz(3)),
  field('tags', types.array(types.string)),
  field('raw', types.bytes),
  field('more', types.json),
]
const all = schema.map((_, column) => ({ column, path: [] }))
const decoder = (maxRecordBytes = 1_000_000) => ({
  of: (bytes: Uint8Array, piece?: number) =>
    decodeAll(bytes, memory => createMsgpackDecoder(memory, schema, all, { maxRecordBytes }), {
      ...(piece === undefined ? {} : { piece }),
    }),
})

const records = [
  {
    id: 1,
    name: 'ü',
    price: 1.5,
    at: new Date(1_700_000_000_123),
    tags: ['a', null],
    raw: Uint8Array.of(1, 2),
    more: { b: [1, 'x'] },
  },
  { id: -70_000, name: 'x'.repeat(300), price: 2, at: new Date(0), tags: [] },
  { name: 'another order', id: 2 ** 40, unknown: { deep: [true] } },
]
const expected = [
  [1n, 'ü', 1.5, 1_700_000_000_123_000n, ['a', null], Uint8Array.of(1, 2), '{"b": [1, "x"]}'],
  [-70_000n, 'x'.repeat(300), 2, 0n, [], null, null],
  [2n ** 40n, 'another order', null, null, null, null, null],
]

test('maps that the reference library writes are rows, in pieces of any size', () => {
  const bytes = joined(records.map(record => encode(record)))
  for (const piece of [1, 7, 100, bytes.length])
    assert.deepEqual(decoder().of(bytes, piece), { rows: expected, dead: [] })
})

test('a record of another kind, or with a value that does not fit, is dead by itself', () => {
  const bytes = joined([
    encode([1, 2]),
    encode({ id: 1 }),
    encode({ id: 'one' }),
    encode({ name: 'no id' }),
    encode({ id: 2, price: 'dear' }),
    encode({ id: 3 }),
  ])
  const { rows, dead } = decoder().of(bytes)
  assert.deepEqual(
    rows.map(row => row[0]),
    [1n, 3n],
  )
  assert.deepEqual(
    dead.map(letter => [letter.offset, letter.problem]),
    [
      [0, 'the record is no map'],
      [3 + 5, 'column "id": value does not fit BIGINT'],
      [3 + 5 + 8, 'column "id" is NULL or missing, but NOT NULL'],
      [3 + 5 + 8 + 12, 'column "price": value does not fit DOUBLE'],
    ],
  )
})

test('what is no MessagePack, cut off, nested without end or of a hostile length ends the input', () => {
  const good = encode({ id: 1 })
  const hostile: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['no tag', Uint8Array.of(0xc1), /^0xc1 starts no value; nothing can be read behind it$/],
    [
      'a map of 4 billion',
      Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff),
      /^a length of 4294967295, over max-record-bytes/,
    ],
    ['a text of 2 GB', Uint8Array.of(0x81, 0xdb, 0x7f, 0xff, 0xff, 0xff), /^a length of 2147483647/],
    ['lists in lists', new Uint8Array(5000).fill(0x91), /^nested deeper than 100/],
    ['cut off', good.subarray(0, 3), /^the record is cut off/],
    ['bad text', Uint8Array.of(0x81, 0xa1, 0xff, 0x01), /^invalid UTF-8/],
  ]
  for (const [name, bytes, problem] of hostile) {
    const { rows, dead } = decoder().of(joined([good, bytes]))
    assert.equal(rows.length, 1, name)
    assert.equal(dead.length, 1, name)
    assert.equal(dead[0]?.offset, good.length, name)
    assert.match(dead[0]?.problem ?? '', problem, name)
  }
})

test('the reference library reads what is written', () => {
  const memory = createMemory()
  const wide: Schema = [
    ...schema,
    field('amount', types.decimal(10, 2)),
    field('day', types.date),
    field('counts', types.map(types.string, types.int)),
    field('place', types.row([field('x', types.real), field('ok', types.boolean)])),
  ]
  const rows = [
    [...(expected[0] ?? []), 1234n, 19_675, [['a', 200]], [0.5, true]],
    [-129n, null, Number.NaN, -1000n, null, new Uint8Array(300), '"text"', null, null, null, null],
    [2n ** 60n, '', 0, 0n, Array.from({ length: 20 }, () => 't'), null, 'null', null, null, [], null],
  ]
  const bytes = createMsgpackEncoder(memory, wide).encode(batchFromRows(memory, wide, rows))
  const read = [...decodeMulti(bytes, { useBigInt64: true })]
  const none = { amount: null, day: null, counts: null, place: null }
  assert.deepEqual(read, [
    { ...records[0], amount: '12.34', day: '2023-11-14', counts: { a: 200 }, place: { x: 0.5, ok: true } },
    {
      id: -129,
      name: null,
      price: Number.NaN,
      at: new Date(-1),
      tags: null,
      raw: new Uint8Array(300),
      more: 'text',
      ...none,
    },
    {
      id: 2n ** 60n,
      name: '',
      price: 0,
      at: new Date(0),
      tags: Array.from({ length: 20 }, () => 't'),
      raw: null,
      more: null,
      ...none,
      counts: {},
    },
  ])
})

test('many rows are written whole', () => {
  const memory = createMemory()
  const numbers: Schema = [field('a', types.double), field('b', types.bigint), field('c', types.timestamp(6))]
  const rows = Array.from({ length: 2000 }, (_, id) => [id + 0.5, BigInt(id) * 3_000_000_000n, BigInt(id) * 1_000_000n])
  const bytes = createMsgpackEncoder(memory, numbers).encode(batchFromRows(memory, numbers, rows))
  const read = [...decodeMulti(bytes, { useBigInt64: true })]
  assert.deepEqual(
    read,
    Array.from({ length: 2000 }, (_, id) => {
      const b = id === 0 ? 0 : BigInt(id) * 3_000_000_000n
      return { a: id + 0.5, b, c: new Date(id * 1000) }
    }),
  )
})

test('columns are inferred from the records, also of a sample that is cut off', () => {
  const bytes = joined(records.map(record => encode(record)))
  const inferred = inferMsgpack(bytes.subarray(0, bytes.length - 3))
  assert.deepEqual(
    inferred.map(({ name, type }) => `${name} ${type.is}`),
    ['id bigint', 'name string', 'price double', 'at timestamp', 'tags array', 'raw string', 'more row'],
  )
})
