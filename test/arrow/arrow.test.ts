/**
 * Arrow IPC streams and files: those of pyarrow (make.py) are read as pyarrow reads them, what is written is read by
 * another library, damage is refused, and a reader goes on in the middle.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { tableFromIPC } from '@uwdata/flechette'
import fc from 'fast-check'
import { jsonLinesOf } from '../../packages/streamdown/src/cli/json-lines.ts'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { StreamdownError } from '../../packages/streamdown/src/errors/error.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { seed } from '../property/oracle.ts'

const environment = await createNodeEnvironment()
const folder = mkdtempSync(join(tmpdir(), 'dsd-arrow-'))
after(() => rmSync(folder, { recursive: true }))
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The rows of the last statement as lines of JSON. */
async function linesOf(sql: string): Promise<readonly string[]> {
  const session = await createSession({ dialect: 'postgres' }, environment)
  try {
    const result = (await session.execute(sql)).at(-1)
    assert.equal(result?.is, 'rows')
    return jsonLinesOf(result)
      .split('\n')
      .filter(line => line !== '')
  } finally {
    await session.close()
  }
}

/** Whole numbers by their digits, others by their value. */
function comparable(line: string): unknown {
  return JSON.parse(line, (_, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number') return value
    const digits = (context?.source ?? '').replace(/\.0+$/, '')
    return /^-?\d+$/.test(digits) ? digits : value
  })
}

const expected = readFileSync(fileOf('types.ndjson'), 'utf8').trimEnd().split('\n').map(comparable)

for (const name of ['types.arrow', 'types.arrows']) {
  test(`${name} is read as pyarrow reads it`, async () => {
    assert.deepEqual((await linesOf(`SELECT * FROM '${fileOf(name)}'`)).map(comparable), expected)
  })
}

test('a stream is read packed, too', async () => {
  const path = join(folder, 'types.arrows.gz')
  writeFileSync(path, gzipSync(readFileSync(fileOf('types.arrows'))))
  assert.deepEqual((await linesOf(`SELECT * FROM '${path}'`)).map(comparable), expected)
})

test('buffers packed with zstd and LZ4 are read', async () => {
  const packed = (await linesOf(`SELECT * FROM '${fileOf('zstd.feather')}'`)).map(comparable)
  assert.deepEqual(
    packed,
    expected
      .slice(0, 3)
      .map(row => ({ ...(row as object), runs: undefined }))
      .map(row => JSON.parse(JSON.stringify(row))),
  )
  assert.deepEqual(
    await linesOf(
      `SELECT count(*) AS n, sum(n) AS total, count(DISTINCT s) AS texts, min(s) AS low, max(s) AS high, sum(length(s)) AS size
       FROM '${fileOf('lz4.feather')}'`,
    ),
    ['{"n":12000,"total":71994000,"texts":1000,"low":"000","high":"999999999","size":104040}'],
  )
})

test('dictionaries that grow, and that are replaced', async () => {
  const kinds = async (name: string) =>
    (await linesOf(`SELECT kind FROM '${fileOf(name)}'`)).map(line => JSON.parse(line).kind)
  assert.deepEqual(await kinds('grows.arrows'), ['a', 'a', 'b', 'a'])
  assert.deepEqual(await kinds('replaced.arrows'), ['a', 'a', 'x', 'y'])
})

test('a declared table takes wider types, and refuses others', async () => {
  const table = (columns: string) =>
    `CREATE TABLE t (${columns}) WITH (connector = 'filesystem', format = 'arrow', path = '${fileOf('types.arrow')}');`
  assert.deepEqual(await linesOf(`${table('"dec" DECIMAL(30, 5), i8 BIGINT')} SELECT "dec", i8 FROM t WHERE i8 > 0`), [
    '{"dec":0.00100,"i8":127}',
    '{"dec":0.00100,"i8":127}',
  ])
  for (const columns of ['i64 INT', 'text INT', 'nothing INT', '"dec" DECIMAL(20, 2)', 'list ARRAY<VARCHAR>']) {
    await assert.rejects(linesOf(`${table(columns)} SELECT * FROM t`), { code: 'DSD3002' }, columns)
  }
})

test('a row with NULL where the table has none is a dead letter, others are kept', async () => {
  const session = await createSession({ dialect: 'postgres' }, environment)
  try {
    const [, result] = await session.execute(
      `CREATE TABLE t (i32 INT NOT NULL) WITH (connector = 'filesystem', format = 'arrow', path = '${fileOf('types.arrow')}');
       SELECT * FROM t`,
    )
    assert.equal(result?.is === 'rows' && result.rows.length, 3)
    assert.deepEqual(
      session.deadLetters().map(({ code, problem }) => [code, problem]),
      [1, 2].map(() => ['DSD4001', 'column "i32": NULL, but the column is NOT NULL']),
    )
  } finally {
    await session.close()
  }
})

test('what is written is read by another library, also when more is appended', async () => {
  const path = join(folder, 'out.arrows')
  const write = (values: string) =>
    `CREATE TABLE o (i BIGINT, s TEXT, d DECIMAL(10, 2), l INT[]) WITH (connector = 'filesystem', format = 'arrow', path = '${path}');
     INSERT INTO o VALUES ${values}; SELECT 1`
  await linesOf(write(`(1, 'a', 1.25, ARRAY[1, NULL]), (NULL, NULL, NULL, NULL)`))
  await linesOf(write(`(9007199254740993, 'größer als zwölf Zeichen', -0.01, ARRAY[]::INT[])`))
  const table = tableFromIPC(readFileSync(path), { useBigInt: true, useDecimalInt: true })
  assert.deepEqual(
    table.toArray().map(({ i, s, d, l }) => [i, s, d, l === null ? null : [...l]]),
    [
      [1n, 'a', 125n, [1, null]],
      [null, null, null, null],
      [9007199254740993n, 'größer als zwölf Zeichen', -1n, []],
    ],
  )
  await assert.rejects(
    linesOf(`CREATE TABLE o (other INT) WITH (connector = 'filesystem', format = 'arrow', path = '${path}');
             INSERT INTO o VALUES (1); SELECT 1`),
    { code: 'DSD3002' },
  )
})

test('a program that was stopped goes on in the middle of a record batch', async () => {
  const program = `CREATE TABLE i (n BIGINT, s TEXT) WITH (connector = 'filesystem', format = 'arrow', path = '${fileOf('lz4.feather')}');
    CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n, sum(n) AS total, sum(length(s)) AS size FROM i`
  let bytes: Uint8Array | undefined
  let total: unknown
  for (let round = 0; total === undefined; round++) {
    const session = await createSession({ dialect: 'postgres', stepRows: 1700 }, environment)
    if (bytes === undefined) await session.execute(program)
    else await session.restore(bytes)
    let steps = 0
    await session.run({ stop: () => ++steps > 3 })
    const ended = session.status().every(status => status.ended)
    if (ended) total = (await session.execute('SELECT * FROM v')).map(result => result.is === 'rows' && result.rows)
    else bytes = await session.snapshot()
    await session.close()
    assert.ok(round < 20)
  }
  assert.deepEqual(total, [[[12000n, 71994000n, 104040n]]])
})

test('damage is refused or becomes dead letters, and no file keeps the reader busy', async () => {
  const wholes = ['types.arrow', 'types.arrows', 'zstd.feather', 'grows.arrows'].map(name => readFileSync(fileOf(name)))
  const damage = fc.record({
    whole: fc.constantFrom(...wholes),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    cut: fc.boolean(),
  })
  const path = join(folder, 'damaged.arrow')
  await fc.assert(
    fc.asyncProperty(damage, async ({ whole, at, bytes, cut }) => {
      const place = Math.floor(at * whole.length)
      const damaged = Buffer.from(cut ? whole.subarray(0, place) : whole)
      if (!cut) damaged.set(bytes.subarray(0, damaged.length - place), place)
      writeFileSync(path, damaged)
      try {
        await linesOf(`SELECT * FROM '${path}'`)
      } catch (error) {
        assert.ok(error instanceof StreamdownError && !error.code.startsWith('DSD9'), String(error))
      }
    }),
    { seed, numRuns: Number(process.env['DSD_RUNS'] ?? 150) },
  )
})
