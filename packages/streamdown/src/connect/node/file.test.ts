import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { createMemory } from '../../batch/linear-memory.ts'
import { batchFromRows, rowsOf } from '../../batch/values.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import { ScanNode } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { PartitionReader } from '../source.ts'
import { systemClock } from './clock.ts'
import { fileSink } from './file-sink.ts'
import { fileSource } from './file-source.ts'
import { inferFile } from './infer-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-file-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const place = (name: string) => {
  const directory = join(folder, String(files++))
  mkdirSync(directory)
  return join(directory, name)
}

const pair = [field('id', types.bigint, false), field('name', types.string)]
const table = (options: Record<string, string>, schema: Schema = pair, more: Partial<Relation> = {}): Relation => ({
  name: 't',
  schema,
  connector: 'filesystem',
  options,
  primaryKey: [],
  changes: 'append',
  ...more,
})
const open = (relation: Relation, positions: Record<string, string> = {}) =>
  fileSource(relation).open({
    scan: ScanNode.create(relation),
    schema: relation.schema,
    positions: new Map(Object.entries(positions)),
    clock: systemClock,
  })

interface Got {
  readonly rows: Value[][]
  readonly dead: string[]
}

/** Reads what a reader has until it ends, or is idle. */
async function drain(reader: PartitionReader, got: Got = { rows: [], dead: [] }, maxRows = 1000): Promise<Got> {
  const memory = createMemory()
  for (;;) {
    const state = reader.state()
    if (state === 'ended' || state === 'idle') return got
    if (state === 'waiting') {
      await reader.ready()
      continue
    }
    const mark = memory.mark()
    const batch = reader.read(maxRows, memory, {
      add: letter => got.dead.push(`${letter.position.split('/').at(-1)} ${letter.problem}`),
    })
    if (batch !== undefined) got.rows.push(...rowsOf(memory, batch))
    memory.release(mark)
  }
}

async function all(relation: Relation, maxRows?: number): Promise<Got> {
  const got: Got = { rows: [], dead: [] }
  for (const reader of await open(relation)) {
    await drain(reader, got, maxRows)
    await reader.close()
  }
  return got
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `{"id":${from + i},"name":"n${from + i}"}\n`).join('')
const values = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => [BigInt(from + i), `n${from + i}`])
const failsWith = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof StreamdownError && error.code === code && message.test(error.message)

test('plain, gzip and zstd files give the same rows, whatever the size of a read', async () => {
  for (const [name, write] of [
    ['a.ndjson', (text: string) => Buffer.from(text)],
    ['a.ndjson.gz', gzipSync],
    ['a.jsonl.zst', zstdCompressSync],
  ] as const) {
    const path = place(name)
    writeFileSync(path, write(lines(0, 20_000)))
    for (const maxRows of [7, 4096])
      assert.deepEqual(await all(table({ path }), maxRows), { rows: values(0, 20_000), dead: [] })
  }
})

test('positions are byte offsets: a reader goes on where another stopped', async () => {
  for (const name of ['a.ndjson', 'a.ndjson.gz']) {
    const path = place(name)
    const text = lines(0, 1000)
    writeFileSync(path, name.endsWith('gz') ? gzipSync(text) : text)
    const [first] = await open(table({ path }))
    assert.ok(first)
    await first.ready()
    const memory = createMemory()
    const batch = first.read(123, memory, { add: () => assert.fail() })
    assert.equal(batch?.rows, 123)
    assert.equal(first.position(), String(lines(0, 123).length))
    await first.close()
    const [second] = await open(table({ path }), { [path]: first.position() })
    assert.ok(second)
    assert.deepEqual((await drain(second)).rows, values(123, 1000))
    await second.close()
  }
})

test('globs and directories: each file is a partition', async () => {
  const first = place('b-2.ndjson')
  writeFileSync(first, lines(2, 4))
  writeFileSync(first.replace('b-2', 'b-1'), lines(0, 2))
  writeFileSync(first.replace('b-2.ndjson', '_skipped.ndjson'), 'x')
  const directory = join(first, '..')
  assert.deepEqual((await all(table({ path: join(directory, 'b-*.ndjson') }))).rows, values(0, 4))
  assert.deepEqual((await all(table({ path: directory, format: 'json' }))).rows, values(0, 4))
  const strange = first.replace('b-2', 'b-[12]')
  writeFileSync(strange, lines(8, 9))
  assert.deepEqual((await all(table({ path: strange }))).rows, values(8, 9))
  rmSync(strange)
  assert.deepEqual((await all(table({ path: strange }))).rows, values(0, 4))
  const metadata = { 1: 'file.name' }
  const named = table({ path: `file://${first}` }, [field('id', types.bigint), field('file', types.string)], {
    metadata,
  })
  assert.deepEqual((await all(named)).rows, [
    [2n, 'b-2.ndjson'],
    [3n, 'b-2.ndjson'],
  ])
})

test('records that are broken or too long are dead letters, their neighbours stay', async () => {
  const path = place('c.ndjson')
  writeFileSync(path, `${lines(0, 1)}{"id":"x"}\n{"id":1,"name":"${'x'.repeat(300_000)}"}\n${lines(2, 3)}{"id":3`)
  const got = await all(table({ path, 'max-record-bytes': '100000' }))
  assert.deepEqual(got.rows, [...values(0, 1), ...values(2, 3)])
  assert.deepEqual(got.dead, [
    'c.ndjson:21 column "id": expected BIGINT at byte 6',
    'c.ndjson:32 record longer than 100000 bytes (its beginning is kept here)',
    'c.ndjson:300072 record ends too early at byte 7',
  ])
})

test('a reader that goes on inside of a record that is too long does not tell of it again', async () => {
  const path = place('long.ndjson')
  writeFileSync(path, `${lines(0, 1)}{"id":1,"name":"${'x'.repeat(500_000)}"}\n${lines(2, 4)}`)
  const relation = table({ path, 'max-record-bytes': '100000' })
  const got: Got = { rows: [], dead: [] }
  let position: string | undefined
  const memory = createMemory()
  for (let reads = 0; reads < 100 && position?.endsWith('read') !== true; reads++) {
    const [reader] = await open(relation, position === undefined ? {} : { [path]: position })
    assert.ok(reader)
    const batch = reader.read(1, memory, { add: letter => got.dead.push(letter.problem) })
    if (batch !== undefined) got.rows.push(...rowsOf(memory, batch))
    await reader.close()
    position = reader.position()
  }
  assert.deepEqual(got.rows, [...values(0, 1), ...values(2, 4)])
  assert.equal(got.dead.length, 1)
})

test('a file of a directory that is gone is missed, unless it was read to its end', async () => {
  const first = place('one.ndjson')
  const second = first.replace('one', 'two')
  writeFileSync(first, lines(0, 5))
  writeFileSync(second, lines(5, 10))
  const relation = table({ path: join(first, '..'), format: 'json' })
  const positions: Record<string, string> = {}
  for (const [index, reader] of (await open(relation)).entries()) {
    if (index === 0) await drain(reader)
    else reader.read(2, createMemory(), { add: () => assert.fail() })
    await reader.close()
    positions[reader.partition] = reader.position()
  }
  rmSync(first)
  const [rest, ...more] = await open(relation, positions)
  assert.ok(rest)
  assert.equal(more.length, 0)
  assert.deepEqual((await drain(rest)).rows, values(7, 10))
  await rest.close()
  rmSync(second)
  await assert.rejects(open(relation, positions), failsWith('DSD3004', /two\.ndjson' is gone, and was read only up to/))
})

test('a small file that unpacks to one line of 400 MB is a dead letter, in bounded memory', async () => {
  const path = place('bomb.ndjson.gz')
  const member = gzipSync('x'.repeat(4 << 20))
  writeFileSync(
    path,
    Buffer.concat([gzipSync(lines(0, 1)), ...Array.from({ length: 100 }, () => member), gzipSync(`\n${lines(2, 3)}`)]),
  )
  assert.ok(statSync(path).size < 1 << 20)
  const before = process.resourceUsage().maxRSS
  const got = await all(table({ path, 'max-record-bytes': '100000' }))
  assert.deepEqual(got.rows, [...values(0, 1), ...values(2, 3)])
  assert.deepEqual(got.dead, ['bomb.ndjson.gz:21 record longer than 100000 bytes (its beginning is kept here)'])
  const grownKb = process.resourceUsage().maxRSS - before
  assert.ok(grownKb < 150_000, `${grownKb} KB more memory`)
})

test('errors of the file system and of damaged files have codes, and what was read before stands', async () => {
  await assert.rejects(
    open(table({ path: join(folder, 'none.ndjson') })),
    failsWith('DSD3003', /no such file or directory/),
  )
  await assert.rejects(open(table({ path: join(folder, '*.none') })), failsWith('DSD3003', /No file matches/))
  await assert.rejects(open(table({ path: place('x.unknown') })), failsWith('DSD3003', /no such file/))
  const odd = place('x.unknown')
  writeFileSync(odd, '')
  await assert.rejects(open(table({ path: odd })), failsWith('DSD3002', /option 'format' is required/))
  await assert.rejects(open(table({ path: odd, format: 'xml' })), failsWith('DSD3002', /no format 'xml'/))
  assert.throws(
    () => fileSource(table({ path: odd, 'sink.mod': 'overwrite' })),
    failsWith('DSD3002', /no option 'sink.mod'/),
  )
  const misspelt = table({ path: place('c.csv'), 'csv.delimiter': ';' })
  writeFileSync(misspelt.options.path ?? '', '1,a')
  await assert.rejects(
    open(misspelt),
    failsWith('DSD3002', /format csv has no option 'delimiter'; it has field-delimiter/),
  )
  if (process.getuid?.() !== 0) {
    const secret = join(place('x'), '..')
    chmodSync(secret, 0)
    await assert.rejects(open(table({ path: secret, format: 'json' })), failsWith('DSD3003', /permission denied/))
    chmodSync(secret, 0o700)
  }
  for (const [name, whole] of [
    ['t.ndjson.gz', gzipSync(lines(0, 50_000))],
    ['t.ndjson.zst', zstdCompressSync(lines(0, 50_000))],
  ] as const) {
    const path = place(name)
    writeFileSync(path, whole.subarray(0, whole.length >> 1))
    const got: Got = { rows: [], dead: [] }
    const [damaged] = await open(table({ path }))
    assert.ok(damaged)
    await assert.rejects(drain(damaged, got), failsWith('DSD3004', /truncated or damaged/))
    assert.ok(got.rows.length > 1000, `${name}: ${got.rows.length} rows`)
    assert.deepEqual(got.rows, values(0, got.rows.length))
    await damaged.close()
  }
  const parquet = place('t.parquet')
  writeFileSync(parquet, 'PAR1 not really')
  await assert.rejects(open(table({ path: parquet })), failsWith('DSD3004', /no whole Parquet file/))
})

test('a growing file is followed: no half lines, and truncation and rotation are told', async () => {
  const path = place('g.ndjson')
  writeFileSync(path, `${lines(0, 2)}{"id":2,`)
  const relation = table({ path, 'source.monitor-interval': '5 ms' })
  const [reader] = await open(relation)
  assert.ok(reader)
  const got: Got = { rows: [], dead: [] }
  await drain(reader, got)
  assert.deepEqual(got.rows, values(0, 2))
  assert.equal(reader.state(), 'idle')
  appendFileSync(path, `"name":"n2"}\n${lines(3, 5)}`)
  while (reader.state() === 'idle') await reader.ready()
  await drain(reader, got)
  assert.deepEqual(got, { rows: values(0, 5), dead: [] })
  truncateSync(path, 10)
  while (reader.state() === 'idle') await reader.ready()
  await assert.rejects(drain(reader, got), failsWith('DSD3004', /truncated/))
  await reader.close()

  writeFileSync(path, lines(0, 2))
  const [rotated] = await open(relation)
  assert.ok(rotated)
  await drain(rotated, got)
  renameSync(path, `${path}.1`)
  writeFileSync(path, lines(9, 10))
  while (rotated.state() === 'idle') await rotated.ready()
  await assert.rejects(drain(rotated, got), failsWith('DSD3004', /replaced by another file/))
  await rotated.close()
})

test('a named pipe is read as it comes', async () => {
  const path = place('pipe.ndjson')
  execFileSync('mkfifo', [path])
  const [reader] = await open(table({ path }))
  assert.ok(reader)
  const writer = spawn('sh', ['-c', `printf '%s' "$0" > "$1"`, lines(0, 3), path])
  assert.deepEqual((await drain(reader)).rows, values(0, 3))
  writer.kill()
  await reader.close()
})

test('a start offset begins at the next record; a position behind the end is told', async () => {
  const path = place('s.ndjson')
  writeFileSync(path, lines(0, 5))
  assert.deepEqual((await all(table({ path, 'source.start-offset': '10' }))).rows, values(1, 5))
  const [reader] = await open(table({ path }), { [path]: '9999' })
  assert.ok(reader)
  await assert.rejects(drain(reader), failsWith('DSD3004', /truncated/))
})

async function write(relation: Relation, ...epochs: (readonly (readonly Value[])[])[]): Promise<void> {
  const sink = fileSink(relation)
  const memory = createMemory()
  await sink.open()
  for (const [epoch, rows] of epochs.entries()) {
    sink.write(batchFromRows(memory, relation.schema, rows), memory, BigInt(epoch))
    await sink.flush()
  }
  await sink.close()
}

test('text sinks append, or overwrite; compressed ones too', async () => {
  const path = place('out.csv')
  const relation = table({ path, 'csv.header': 'true' })
  await write(relation, [[1n, 'a']], [[2n, 'b,c']])
  await write(relation, [[3n, null]])
  assert.equal(readFileSync(path, 'utf8'), 'id,name\n1,a\n2,"b,c"\n3,\n')
  await write(table({ path, 'csv.header': 'true', 'sink.mode': 'overwrite' }), [[4n, 'd']])
  assert.equal(readFileSync(path, 'utf8'), 'id,name\n4,d\n')
  for (const name of ['out.ndjson.gz', 'out.ndjson.zst']) {
    const zipped = table({ path: place(name) })
    await write(zipped, values(0, 3), values(3, 5))
    assert.deepEqual((await all(zipped)).rows, values(0, 5))
  }
  const out = place('again.ndjson')
  await assert.rejects(
    fileSink(table({ path: out })).open('17'),
    failsWith('DSD7004', /has 0 bytes, and 17 were written/),
  )
  assert.equal(existsSync(out), false)
  writeFileSync(out, lines(0, 1))
  await assert.rejects(fileSink(table({ path: out })).open('117'), failsWith('DSD7004', /has 21 bytes, and 117/))
  if (existsSync('/dev/full'))
    await assert.rejects(
      write(table({ path: '/dev/full', format: 'json' }), values(0, 1)),
      failsWith('DSD6001', /no space/),
    )
  const kept = table({ path, 'sink.mode': 'overwrite' })
  for (const how of ['fails', 'ends'] as const) {
    const sink = fileSink(kept)
    await sink.open()
    assert.match(readFileSync(path, 'utf8'), /4,d/, 'until there is something to take its place')
    if (how === 'fails') await sink.abort(1n)
    await sink.close()
    assert.equal(readFileSync(path, 'utf8'), how === 'fails' ? 'id,name\n4,d\n' : '')
  }
  const directory = join(folder, 'made', 'on', 'the', 'way/')
  await write(table({ path: directory, format: 'json' }), values(0, 1))
  assert.deepEqual(readdirSync(directory), ['part-0.ndjson'])
})

test('parquet keeps every type exactly and appears whole', async () => {
  const schema = [
    field('id', types.bigint, false),
    field('small', types.smallint),
    field('i', types.int),
    field('b', types.boolean),
    field('r', types.real),
    field('d', types.double),
    field('dec', types.decimal(38, 10)),
    field('s', types.string),
    field('bin', types.bytes),
    field('day', types.date),
    field('t', types.time(6)),
    field('ts', types.timestamp(6)),
    field('ltz', types.timestampLtz(3)),
    field('a', types.array(types.bigint)),
    field('row', types.row([field('x', types.decimal(10, 2)), field('y', types.string)])),
  ]
  const rows: Value[][] = [
    [
      9007199254740993n,
      -3,
      7,
      true,
      Math.fround(0.1),
      0.1,
      12345678901234567890123456789n,
      'é long enough',
      new Uint8Array([0, 255]),
      -1,
      86399999999n,
      -1n,
      1577836800123000n,
      [1n, null],
      [123n, 'y'],
    ],
    [1n, ...schema.slice(1).map(() => null)],
    [2n, 1, 2, false, 0, -0, -1n, '', new Uint8Array(), 0, 0n, 0n, 0n, [], [null, null]],
  ]
  const path = place('all.parquet')
  const relation = table({ path }, schema)
  const sink = fileSink(relation)
  const memory = createMemory()
  await sink.open()
  sink.write(batchFromRows(memory, schema, rows), memory, 0n)
  await sink.flush()
  assert.ok(!readdirSync(join(path, '..')).includes('all.parquet'))
  await sink.close()
  assert.deepEqual(readdirSync(join(path, '..')), ['all.parquet'])
  const got = await all(relation, 2)
  assert.deepEqual(got.dead, [])
  assert.deepEqual(got.rows, rows)
  assert.deepEqual(
    (await inferFile(path)).schema.map(({ type }) => type.is),
    schema.map(({ type }) => type.is),
  )
  const [reader] = await open(relation, { [path]: '2' })
  assert.ok(reader)
  assert.deepEqual((await drain(reader)).rows, rows.slice(2))
  await assert.rejects(write(relation, []), failsWith('DSD3002', /cannot be appended/))
  await assert.rejects(open(table({ path }, [field('none', types.int)])), failsWith('DSD3002', /has no column "none"/))
  await assert.rejects(
    open(table({ path }, [field('s', types.int)])),
    failsWith('DSD3002', /is STRING in the file and cannot be read as INT/),
  )
  const narrow = await all(table({ path }, [field('id', types.int)]))
  assert.deepEqual(narrow.rows, [[1], [2]])
  assert.match(narrow.dead[0] ?? '', /9007199254740993 is out of range for INT/)
})

test('columns are inferred from NDJSON, CSV and raw files', async () => {
  const json = place('i.ndjson')
  writeFileSync(
    json,
    [
      '{"a":1,"b":"2020-01-01","c":"2020-01-01T00:00:00Z","n":{"x":1},"l":[1],"m":null,"s":"2020-01-01"}',
      '{"a":3000000000,"n":{"x":1.5,"y":"z"},"l":[2.5],"e":{},"s":"other","j":1}',
      'broken',
      '{"j":"x"}',
    ].join('\n'),
  )
  const show = (schema: Schema) =>
    Object.fromEntries(schema.map(({ name, type }) => [name, type.is === 'array' ? `${type.element.is}[]` : type.is]))
  const found = await inferFile(json)
  assert.deepEqual(show(found.schema), {
    a: 'bigint',
    b: 'date',
    c: 'timestamp',
    n: 'row',
    l: 'double[]',
    m: 'string',
    s: 'string',
    e: 'json',
    j: 'json',
  })
  assert.equal((await all(found)).rows.length, 3)
  const csv = place('i.csv.gz')
  writeFileSync(csv, gzipSync('id,code,at,price\n1,007,2020-01-01 00:00:00.5,1.5\n2,,,\n3,"",,\n'))
  const table_ = await inferFile(csv)
  assert.deepEqual(show(table_.schema), { id: 'bigint', code: 'string', at: 'timestamp', price: 'double' })
  assert.deepEqual((await all(table_)).rows, [
    [1n, '007', 1577836800500000n, 1.5],
    [2n, null, null, null],
    [3n, '', null, null],
  ])
  const bare = place('i.tsv')
  writeFileSync(bare, '1\ta\n2\tb\n')
  assert.deepEqual((await all(await inferFile(bare))).rows, [
    [1n, 'a'],
    [2n, 'b'],
  ])
  await assert.rejects(inferFile(place('x.ndjson')), failsWith('DSD3003', /no such file/))
  const empty = place('x.ndjson')
  writeFileSync(empty, '\n')
  await assert.rejects(inferFile(empty), failsWith('DSD3002', /in its first MB is no record of format json/))
  const packed = place('x.ndjson.gz')
  writeFileSync(packed, 'not packed')
  await assert.rejects(inferFile(packed), failsWith('DSD3004', /truncated or damaged \(incorrect header check\)/))
  const short = place('x.parquet')
  writeFileSync(short, '')
  await assert.rejects(inferFile(short), failsWith('DSD3004', /no whole Parquet file \(it has 0 bytes\)/))
})
