import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { deflateRawSync, zstdCompressSync } from 'node:zlib'
import avro from 'avsc'
import { createMemory } from '../../batch/linear-memory.ts'
import { rowsOf } from '../../batch/values.ts'
import { ScanNode } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { coded, relationOf, sinkOf, sourceOf, write } from '../relation.fixture.ts'
import { systemClock } from './clock.ts'
import { fileConnectors } from './file.ts'
import { inferFile } from './infer-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-avro-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const [found] = fileConnectors
assert.ok(found)
const file = found

const event: avro.schema.RecordType = {
  type: 'record',
  name: 'Event',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'name', type: ['null', 'string'] },
    { name: 'skipped', type: { type: 'map', values: { type: 'array', items: 'double' } } },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'day', type: { type: 'int', logicalType: 'date' } },
    { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } },
    { name: 'place', type: ['null', { type: 'record', name: 'Place', fields: [{ name: 'x', type: 'float' }] }] },
    { name: 'tags', type: { type: 'array', items: ['null', 'string'] } },
    { name: 'next', type: ['null', 'Event'] },
  ],
}

const columns: Schema = [
  field('id', types.bigint, false),
  field('name', types.string),
  field('kind', types.string),
  field('at', types.timestampLtz(3)),
  field('day', types.date),
  field('amount', types.decimal(12, 3)),
  field('place', types.row([field('x', types.real)])),
  field('tags', types.array(types.string)),
]

const recordOf = (id: number): Readonly<Record<string, unknown>> => ({
  id,
  name: id % 2 === 0 ? `name ${id}` : null,
  skipped: { a: [id, 0.5], b: [] },
  kind: id % 3 === 0 ? 'A' : 'B',
  at: 1_700_000_000_000 + id,
  day: 19_000 + id,
  amount: Buffer.from(id % 2 === 0 ? [0x04, 0xd2] : [0xff]),
  place: id % 2 === 0 ? { x: 0.5 } : null,
  tags: id % 2 === 0 ? ['ü', null] : [],
  next: id === 4 ? { ...recordOf(5), id: 99 } : null,
})
const rowOf = (id: number): readonly Value[] => [
  BigInt(id),
  id % 2 === 0 ? `name ${id}` : null,
  id % 3 === 0 ? 'A' : 'B',
  BigInt(1_700_000_000_000 + id) * 1000n,
  19_000 + id,
  id % 2 === 0 ? 12_340n : -10n,
  id % 2 === 0 ? [0.5] : null,
  id % 2 === 0 ? ['ü', null] : [],
]
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

/** Bytes in Snappy's format, as literals of at most 60 bytes behind the length as a varint. */
function snappyLiterals(data: Uint8Array): Buffer<ArrayBuffer> {
  const parts: Uint8Array[] = [
    Buffer.from(data.length < 0x80 ? [data.length] : [(data.length & 0x7f) | 0x80, data.length >> 7]),
  ]
  for (let at = 0; at < data.length; at += 60) {
    const part = data.subarray(at, at + 60)
    parts.push(Buffer.from([(part.length - 1) << 2]), part)
  }
  return Buffer.concat(parts)
}

/** A file that the reference library writes. */
async function encoded(records: readonly unknown[], codec = 'null', schema: avro.Schema = event): Promise<Buffer> {
  const encoder = new avro.streams.BlockEncoder(schema, {
    codec,
    blockSize: 200,
    codecs: {
      null: (data, done) => done(null, data),
      deflate: (data, done) => done(null, deflateRawSync(data)),
      // Avro puts a checksum behind what Snappy makes; readers may leave it unread.
      snappy: (data, done) => done(null, Buffer.concat([snappyLiterals(data), Buffer.alloc(4)])),
      zstandard: (data, done) => done(null, zstdCompressSync(data)),
    },
  })
  const parts: Buffer[] = []
  encoder.on('data', part => parts.push(part))
  const end = new Promise(resolve => encoder.on('end', resolve))
  for (const record of records) encoder.write(record)
  encoder.end()
  await end
  return Buffer.concat(parts)
}

function saved(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function read(
  path: string,
  schema: Schema,
  { position, maxRows = 3, reads = 1_000_000 }: { position?: string; maxRows?: number; reads?: number } = {},
) {
  const relation = relationOf(file, schema, { path, format: 'avro' })
  const [reader] = await sourceOf(file, relation).open({
    scan: ScanNode.create(relation),
    schema,
    positions: new Map(position === undefined ? [] : [[path, position]]),
    clock: systemClock,
  })
  assert.ok(reader)
  const memory = createMemory()
  const rows: Value[][] = []
  const dead: { position: string; problem: string }[] = []
  for (let i = 0; i < reads && reader.state() !== 'ended'; i++) {
    await reader.ready()
    const batch = reader.read(maxRows, memory, {
      add: letter => dead.push({ position: letter.position, problem: letter.problem }),
    })
    if (batch !== undefined) rows.push(...rowsOf(memory, batch))
  }
  const at = reader.position()
  await reader.close()
  return { rows, dead, at }
}

for (const codec of ['null', 'deflate', 'snappy', 'zstandard']) {
  test(`files with codec ${codec} are read, columns that are not wanted passed over`, async () => {
    const path = saved(`${codec}.avro`, await encoded(ids(0, 20).map(recordOf), codec))
    const { rows, dead } = await read(path, columns)
    assert.deepEqual(rows, ids(0, 20).map(rowOf))
    assert.deepEqual(dead, [])
  })
}

test('reading goes on from any position', async () => {
  const path = saved('position.avro', await encoded(ids(0, 20).map(recordOf)))
  for (const reads of [1, 2, 3, 5]) {
    const first = await read(path, columns, { reads, maxRows: 1 })
    const rest = await read(path, columns, { position: first.at })
    assert.deepEqual([...first.rows, ...rest.rows], ids(0, 20).map(rowOf))
  }
})

test('a damaged block costs itself: reading goes on behind the next sync marker', async () => {
  const bytes = await encoded(ids(0, 20).map(recordOf))
  const sync = bytes.subarray(bytes.length - 16)
  const second = bytes.indexOf(sync, bytes.indexOf(sync) + 1) + 16
  const whole = await read(saved('whole.avro', bytes), columns)
  // The size of the third block as the wildest number.
  const wild = Buffer.from(bytes)
  wild.fill(0xff, second, second + 9)
  const damaged = await read(saved('wild.avro', wild), columns)
  assert.equal(damaged.dead.length, 1)
  assert.match(damaged.dead[0]?.position ?? '', new RegExp(`:${second}:0$`))
  assert.ok(damaged.rows.length > 10 && damaged.rows.length < whole.rows.length)
  assert.deepEqual(damaged.rows.at(-1), rowOf(19))
  // Cut off in the last block.
  const cut = await read(saved('cut.avro', bytes.subarray(0, bytes.length - 20)), columns)
  assert.match(cut.dead[0]?.problem ?? '', /cut off/)
  assert.deepEqual(cut.rows, whole.rows.slice(0, cut.rows.length))
  // Noise instead of a record: a length that no block has.
  const noise = Buffer.from(bytes)
  noise.fill(0xfe, second + 4, second + 12)
  const noisy = await read(saved('noise.avro', noise), columns)
  assert.equal(noisy.dead.length, 1)
  assert.deepEqual(noisy.rows.at(-1), rowOf(19))
})

test('a value that does not fit its column is dead by itself', async () => {
  const path = saved('narrow.avro', await encoded(ids(126, 131).map(recordOf)))
  const { rows, dead } = await read(path, [field('id', types.tinyint)])
  assert.deepEqual(rows, [[126], [127]])
  assert.deepEqual(
    dead.map(each => each.problem),
    [128, 129, 130].map(id => `column "id": ${id} does not fit TINYINT`),
  )
})

test('a list that claims more items than there are bytes is damage', async () => {
  const schema: avro.Schema = {
    type: 'record',
    name: 'N',
    fields: [{ name: 'n', type: { type: 'array', items: 'null' } }],
  }
  const bytes = await encoded([{ n: [null] }], 'null', schema)
  // The count of items, 1 as zigzag 2, becomes 2^27.
  const at = bytes.length - 16 - 2
  const head = bytes.subarray(0, at - 1)
  const hostile = Buffer.concat([
    head,
    Buffer.from([12, 0x80, 0x80, 0x80, 0x80, 0x01, 0]),
    bytes.subarray(bytes.length - 16),
  ])
  const { rows, dead } = await read(saved('hostile.avro', hostile), [field('n', types.array(types.string))])
  assert.deepEqual(rows, [])
  assert.match(dead[0]?.problem ?? '', /a list of 134217728 items/)
})

test('what cannot be read is refused before the first row', async () => {
  const path = saved('refused.avro', await encoded([recordOf(1)]))
  await assert.rejects(
    read(path, [field('nothing', types.int)]),
    coded('DSD3002', /no column "nothing"; it has id, name/),
  )
  await assert.rejects(
    read(path, [field('name', types.int)]),
    coded('DSD3002', /null or string.*cannot be read as INT/),
  )
  const text = saved('text.avro', Buffer.from('{"a":1}\n'))
  await assert.rejects(read(text, columns), coded('DSD3004', /no Avro object container file/))
})

test("FROM 'x.avro' has the columns of the file's schema", async () => {
  const { fields } = event
  const flat = { ...event, fields: fields.filter(each => each.name !== 'next') }
  const path = saved('inferred.avro', await encoded([recordOf(1)], 'null', flat))
  const { schema } = await inferFile(path)
  assert.deepEqual(schema, [
    field('id', types.bigint, false),
    field('name', types.string),
    field('skipped', types.map(types.string, types.array(types.double)), false),
    field('kind', types.string, false),
    field('at', types.timestampLtz(3), false),
    field('day', types.date, false),
    field('amount', types.decimal(10, 2), false),
    field('place', types.row([field('x', types.real, false)])),
    field('tags', types.array(types.string), false),
  ])
  await assert.rejects(inferFile(saved('loop.avro', await encoded([recordOf(1)]))), coded('DSD2005', /"next"/))
})

test('the reference library reads what is written, and another process may append', async () => {
  const path = join(folder, 'written.avro')
  const schema: Schema = [
    ...columns,
    field('local', types.timestamp(6)),
    field('counts', types.map(types.string, types.int)),
  ]
  const rows = ids(0, 6).map(id => [...rowOf(id), id % 2 === 0 ? null : -1n, id % 2 === 0 ? [['a', id]] : null])
  for (const part of [rows.slice(0, 4), rows.slice(4)]) {
    const sink = sinkOf(file, relationOf(file, schema, { path }))
    await sink.open()
    write(sink, schema, part)
    await sink.close()
  }
  const decoder = avro.createFileDecoder(path, { parseHook: text => avro.Type.forSchema(text, { wrapUnions: false }) })
  const read: unknown[] = []
  for await (const record of decoder) {
    const { amount, place, tags } = record
    read.push({ ...record, amount: [...amount], tags: [...tags], place: place === null ? null : { ...place } })
  }
  assert.deepEqual(
    read,
    ids(0, 6).map(id => {
      const { name, kind, at, day, place } = recordOf(id)
      const even = id % 2 === 0
      // 12.340 and -0.010 with three digits behind the point.
      const amount = even ? [0x30, 0x34] : [0xf6]
      const more = { local: even ? null : -1, counts: even ? { a: id } : null }
      return { id, name, kind, at, day, amount, place, tags: even ? ['ü', null] : [], ...more }
    }),
  )
  const other = sinkOf(file, relationOf(file, columns, { path }))
  await assert.rejects(async () => other.open(), coded('DSD3002', /another schema/))
  assert.deepEqual([...readFileSync(path).subarray(0, 4)], [0x4f, 0x62, 0x6a, 0x01])
})
