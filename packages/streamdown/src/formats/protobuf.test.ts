import assert from 'node:assert/strict'
import { test } from 'node:test'
import protobuf from 'protobufjs'
import { createMemory } from '../batch/linear-memory.ts'
import { batchFromRows } from '../batch/values.ts'
import { coded } from '../connect/relation.fixture.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { joined } from '../values/bytes.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { createProtobufDecoder } from './protobuf.ts'
import { createProtobufEncoder } from './protobuf-encode.ts'
import { protoMessage } from './protobuf-schema.ts'

const proto = `
syntax = "proto3"; // a comment
package shop.v1;
import "google/protobuf/timestamp.proto";
option java_package = "x";
message Event {
  reserved 40 to 50; /* another */
  sint64 id = 1;
  string name = 2;
  optional int32 amount = 3;
  repeated fixed32 codes = 4;
  repeated string tags = 5;
  map<string, int64> counts = 6;
  enum Kind { UNKNOWN = 0; SOLD = 1; RETURNED = -1; }
  Kind kind = 7 [deprecated = true];
  message Place { float x = 1; Event next = 2; }
  Place place = 8;
  oneof what { bytes raw = 9; double price = 10; }
  uint64 big = 11;
  bool ok = 12;
}
`
const schema: Schema = [
  field('id', types.bigint, false),
  field('name', types.string),
  field('amount', types.int),
  field('codes', types.array(types.bigint)),
  field('tags', types.array(types.string)),
  field('counts', types.map(types.string, types.bigint)),
  field('kind', types.string),
  field('place', types.row([field('x', types.real)])),
  field('raw', types.bytes),
  field('price', types.double),
  field('big', types.decimal(20, 0)),
  field('ok', types.boolean),
]
const all = schema.map((_, column) => ({ column, path: [] }))
// Without the import the reference library needs no file system.
const peer = protobuf.parse(proto.replace(/import .*/, '')).root.lookupType('shop.v1.Event')
const options = { schema: proto, message: 'Event' }

const records = [
  {
    id: -5,
    name: 'ü',
    amount: 0,
    codes: [1, 4_000_000_000],
    tags: ['a', ''],
    counts: { a: 1, b: -2 },
    kind: -1,
    place: { x: 0.5, next: { id: 9 } },
    raw: Uint8Array.of(1, 255),
    big: 12,
    ok: true,
  },
  { price: 2.5 },
]
const rows = [
  [
    -5n,
    'ü',
    0,
    [1n, 4_000_000_000n],
    ['a', ''],
    [
      ['a', 1n],
      ['b', -2n],
    ],
    'RETURNED',
    [0.5],
    Uint8Array.of(1, 255),
    null,
    12n,
    true,
  ],
  [0n, '', null, [], [], [], 'UNKNOWN', null, null, 2.5, 0n, false],
]
const written = (record: object): Uint8Array => new Uint8Array(peer.encodeDelimited(peer.fromObject(record)).finish())
const decoded = (bytes: Uint8Array, piece = bytes.length) =>
  decodeAll(bytes, memory => createProtobufDecoder(memory, schema, all, { ...options, maxRecordBytes: 10_000 }), {
    piece,
  })

test('messages that the reference library writes are rows, in pieces of any size', () => {
  const bytes = joined(records.map(written))
  for (const piece of [1, 5, bytes.length]) assert.deepEqual(decoded(bytes, piece), { rows, dead: [] })
})

test('the reference library reads what is written', () => {
  const memory = createMemory()
  const bytes = createProtobufEncoder(memory, schema, options).encode(batchFromRows(memory, schema, rows))
  const reader = protobuf.Reader.create(bytes)
  const read: unknown[] = []
  while (reader.pos < reader.len)
    read.push(peer.toObject(peer.decodeDelimited(reader), { longs: Number, bytes: Array }))
  const [first, second] = records
  assert.deepEqual(JSON.parse(JSON.stringify(read)), [
    { ...first, raw: [1, 255], place: { x: 0.5 } },
    // What is its default is no different from what is left out.
    second,
  ])
})

test('timestamps, packed numbers and proto2', () => {
  const text = `syntax = "proto2"; import "google/protobuf/timestamp.proto";
    message M { required google.protobuf.Timestamp at = 1; repeated int32 n = 2; optional string s = 3; }`
  const columns = [field('at', types.timestampLtz(6)), field('n', types.array(types.int)), field('s', types.string)]
  // seconds 1 and nanoseconds 2000; -1 as ten bytes and 3, packed.
  const packed = [0x12, 0x0b, ...Array.from({ length: 9 }, () => 0xff), 0x01, 0x03]
  const message = [0x0a, 0x05, 0x08, 0x01, 0x10, 0xd0, 0x0f, ...packed]
  const bytes = Uint8Array.of(message.length, ...message)
  const places = columns.map((_, column) => ({ column, path: [] }))
  const create = (memory: ReturnType<typeof createMemory>) =>
    createProtobufDecoder(memory, columns, places, { schema: text })
  assert.deepEqual(decodeAll(bytes, create).rows, [[1_000_002n, [-1, 3], null]])
})

test('a damaged message is dead by itself; a hostile length ends the input', () => {
  const good = written({ id: 1 })
  const damaged: readonly (readonly [number[], RegExp])[] = [
    [[2, 0x0a, 0x01], /wire type 2 for sint64/],
    [[2, 0x12, 0x7f], /a length of 127, with 0 left/],
    [[3, 0x12, 0x01, 0xff], /invalid UTF-8/],
    [[1, 0x08], /a value is cut off/],
    [[2, 0x0b, 0x00], /wire type 3 for sint64/],
    [[2, 0x00, 0x00], /a field with number 0/],
  ]
  for (const [bytes, problem] of damaged) {
    const { rows: read, dead } = decoded(joined([good, Uint8Array.from(bytes), good]))
    assert.equal(read.length, 2, String(problem))
    assert.equal(dead[0]?.offset, good.length)
    assert.match(dead[0]?.problem ?? '', problem)
  }
  for (const bytes of [
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0xff, 0x7f],
    [9, 0x08],
  ]) {
    const { rows: read, dead } = decoded(joined([good, Uint8Array.from(bytes)]))
    assert.deepEqual([read.length, dead.length], [1, 1])
    assert.match(dead[0]?.problem ?? '', /nothing can be read behind it/)
  }
  // Messages in messages: 200 deep.
  let deep = new Uint8Array(0)
  for (let i = 0; i < 200; i++) {
    const inner = protobuf.Writer.create()
      .uint32(i % 2 === 0 ? 0x12 : 0x42)
      .bytes(deep)
      .finish()
    deep = new Uint8Array(inner)
  }
  const { dead } = decoded(new Uint8Array(protobuf.Writer.create().bytes(deep).finish()))
  assert.match(dead[0]?.problem ?? '', /nested deeper than 100/)
})

test('a schema that is none, or lacks a column, is refused', () => {
  const memory = createMemory()
  const refused = (text: string, message: RegExp) =>
    assert.throws(() => createProtobufDecoder(memory, schema, all, { schema: text }), coded('DSD3002', message))
  refused('message M {', /ends too early/)
  refused('hello', /not understood at 'hello'/)
  refused('message M { Other o = 1; }', /names a type Other that is not in it/)
  refused('message A {} message B {}', /several messages \(A, B\)/)
  refused('message M { int32 x = 1; }', /no field "id"; it has x/)
  assert.throws(() => protoMessage(proto, 'Nothing'), coded('DSD3002', /no message Nothing/))
})
