import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory } from '../batch/linear-memory.ts'
import { batchFromRows, rowsOf, weightsOf } from '../batch/values.ts'
import { field, types } from '../types/data-type.ts'
import { createDebeziumDecoder, createDebeziumEncoder } from './debezium.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { PADDING } from './format.ts'
import { createRawDecoder, createRawEncoder } from './raw.ts'

const schema = [field('id', types.int, false), field('name', types.string), field('at', types.timestamp(6))]
const columns = [
  { column: 1, path: [] },
  { column: 0, path: [] },
  { column: 2, path: [] },
]

function changes(lines: readonly string[], upsert: boolean, schemaInclude = false, wanted = columns) {
  const memory = createMemory()
  const decoder = createDebeziumDecoder(memory, schema, wanted, { upsert, schemaInclude, timestampEpoch: 'us' })
  const bytes = new TextEncoder().encode(lines.join('\n'))
  const at = memory.chunk(bytes.length + PADDING)
  memory.u8(at, bytes.length).set(bytes)
  const { batch, dead, consumed } = decoder.decode(at, bytes.length, 100, true)
  assert.equal(consumed, bytes.length)
  const weights = weightsOf(memory, batch)
  return {
    rows: rowsOf(memory, batch).map((row, index) => [weights[index], ...row]),
    dead: dead.map(({ problem }) => problem),
  }
}

test('debezium events become weighted rows', () => {
  const lines = [
    '{"before":null,"after":{"id":1,"name":"a","at":1577836800000001},"op":"c","ts_ms":5}',
    '{"before":{"id":1,"name":"a"},"after":{"id":1,"name":"b"},"op":"u"}',
    '{"before":{"id":1,"name":"b"},"after":null,"op":"d"}',
    '{"op":"r","after":{"id":2}}',
    '{"op":"x","after":{"id":2}}',
    '{"op":"u","after":{"id":2,"name":"c"}}',
    '{"op":"d","after":{"id":2}}',
    '{"op":"c"}',
  ]
  assert.deepEqual(changes(lines, false), {
    rows: [
      [1, 'a', 1, 1577836800000001n],
      [-1, 'a', 1, null],
      [1, 'b', 1, null],
      [-1, 'b', 1, null],
      [1, null, 2, null],
    ],
    dead: [
      '"op" is "x"; it must be c, r, u or d',
      '"before" is missing, and op is "u": give the table a PRIMARY KEY, or send whole rows (REPLICA IDENTITY FULL)',
      '"before" is missing, and op is "d"',
      '"after" is missing, and op is "c"',
    ],
  })
  assert.deepEqual(changes(['{"op":"c","after":{"id":2,"name":null}}'], false, false, [{ column: 1, path: [] }]).rows, [
    [1, null],
  ])
  assert.deepEqual(changes(lines.slice(5, 6), true).rows, [[1, 'c', 2, null]])
  assert.deepEqual(changes([`{"schema":{"type":"struct"},"payload":${lines[0]}}`], false, true).rows.length, 1)
})

test('weighted rows become debezium events', () => {
  const memory = createMemory()
  const encoder = createDebeziumEncoder(memory, [field('n', types.bigint)])
  const batch = batchFromRows(memory, [field('n', types.bigint)], [[1n], [2n]], { weights: [-1, 1] })
  assert.equal(
    new TextDecoder().decode(encoder.encode(batch)),
    '{"before":{"n":1},"after":null,"op":"d"}\n{"before":null,"after":{"n":2},"op":"c"}\n',
  )
})

test('raw lines', () => {
  const line = [field('line', types.string)]
  const whole = [{ column: 0, path: [] }]
  const bytes = new Uint8Array([
    ...new TextEncoder().encode('a b\n\nlonger than a view holds: é\r\n'),
    0xff,
    0x0a,
    0x62,
  ])
  const { rows, dead } = decodeAll(bytes, memory => createRawDecoder(memory, line, whole))
  assert.deepEqual(rows, [['a b'], [''], ['longer than a view holds: é'], ['b']])
  assert.match(dead[0]?.problem ?? '', /invalid UTF-8/)
  const memory = createMemory()
  const encoded = createRawEncoder(memory, line).encode(batchFromRows(memory, line, [['x'], [null], ['y']]))
  assert.equal(new TextDecoder().decode(encoded), 'x\n\ny\n')
  assert.throws(() => createRawDecoder(memory, [...line, ...line], whole), /DSD3002/)
})
