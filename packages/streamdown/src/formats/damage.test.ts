/** Bytes that are changed at random: whatever comes, decoders give rows and dead records, and come to an end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import type { Memory } from '../batch/memory.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { joined } from '../values/bytes.ts'
import { AvroBytes, AvroDamage } from './avro-bytes.ts'
import { AvroRecordReader } from './avro-read.ts'
import { parseAvroSchema } from './avro-schema.ts'
import { decodeAll } from './decode-all.fixture.ts'
import type { Decoder } from './format.ts'
import { MisfitError } from './json-values.ts'
import { createMsgpackDecoder } from './msgpack.ts'
import { createProtobufDecoder } from './protobuf.ts'

const schema: Schema = [
  field('id', types.bigint),
  field('name', types.string),
  field('at', types.timestampLtz(3)),
  field('list', types.array(types.double)),
]
const all = schema.map((_, column) => ({ column, path: [] }))
const proto = `syntax = "proto3"; import "google/protobuf/timestamp.proto";
  message M { int64 id = 1; string name = 2; google.protobuf.Timestamp at = 3; repeated double list = 4; M inner = 5; }`

/** A few bytes of the input replaced, and a piece of it left out. */
const changed = (whole: Uint8Array) =>
  fc
    .tuple(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(whole.length), fc.nat(4))
    .map(([edits, from, length]) => {
      const bytes = whole.slice()
      for (const [at, byte] of edits) bytes[at] = byte
      return joined([bytes.subarray(0, from), bytes.subarray(from + length)])
    })

function holds(name: string, whole: Uint8Array, create: (memory: Memory) => Decoder): void {
  test(`${name}: changed bytes are rows or dead records`, () => {
    fc.assert(
      fc.property(changed(whole), fc.integer({ min: 1, max: 40 }), (bytes, piece) => {
        const inOne = decodeAll(bytes, create)
        assert.deepEqual(decodeAll(bytes, create, { piece }).rows, inOne.rows)
      }),
      { numRuns: 150 },
    )
  })
}

const record = { id: 70_000, name: 'ü and more', at: new Date(1_700_000_000_123), list: [1.5, 2] }
holds('msgpack', joined([record, { id: 1 }, record].map(each => encode(each))), memory =>
  createMsgpackDecoder(memory, schema, all),
)
const message = [0x08, 0x05, 0x12, 0x02, 0xc3, 0xbc, 0x1a, 0x02, 0x08, 0x01, 0x2a, 0x02, 0x08, 0x07]
holds('protobuf', Uint8Array.from([...message, ...message].toSpliced(14, 0, 14).toSpliced(0, 0, 14)), memory =>
  createProtobufDecoder(memory, schema, all, { schema: proto }),
)

test('avro: a time that its type does not hold is a misfit', () => {
  const read = (logicalType: string, to: Schema[number]['type'], bytes: number[]) => {
    const text = JSON.stringify({
      type: 'record',
      name: 'M',
      fields: [{ name: 't', type: { type: 'long', logicalType } }],
    })
    return new AvroRecordReader(parseAvroSchema(text, 'M'), [field('t', to)], 'M').read(
      new AvroBytes(Uint8Array.from(bytes)),
    )
  }
  // 2^63 - 1 milliseconds; -1 and 24 hours of microseconds.
  const largest = [0xfe, ...Array.from({ length: 8 }, () => 0xff), 0x01]
  assert.throws(() => read('timestamp-millis', types.timestampLtz(3), largest), MisfitError)
  assert.throws(() => read('time-micros', types.time(6), [1]), MisfitError)
  assert.throws(() => read('time-micros', types.time(6), [0x80, 0x80, 0xbb, 0xdd, 0x83, 0x05]), MisfitError)
  assert.deepEqual(read('time-micros', types.time(6), [2]), [1n])
})

test('avro: changed bytes of a record are a record, a misfit or damage', () => {
  const type = parseAvroSchema(
    JSON.stringify({
      type: 'record',
      name: 'M',
      fields: [
        { name: 'id', type: 'long' },
        { name: 'name', type: ['null', 'string'] },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'list', type: { type: 'array', items: 'double' } },
        { name: 'inner', type: ['null', 'M'] },
      ],
    }),
    'M',
  )
  const reader = new AvroRecordReader(type, schema, 'M')
  // 5; the text ü; 1 ms; no list; a record within: 7, NULL, 0, an empty list, NULL.
  const whole = Uint8Array.of(10, 2, 4, 0xc3, 0xbc, 2, 0, 2, 14, 0, 0, 0, 0)
  assert.deepEqual(reader.read(new AvroBytes(whole)), [5n, 'ü', 1000n, []])
  fc.assert(
    fc.property(changed(whole), bytes => {
      try {
        assert.equal(reader.read(new AvroBytes(bytes)).length, 4)
      } catch (error) {
        assert.ok(error instanceof AvroDamage || error instanceof MisfitError, String(error))
      }
    }),
    { numRuns: 500 },
  )
})
