/**
 * Parquet files of other writers are read as DuckDB reads them: those of Apache's parquet-testing, and what DuckDB
 * writes in each codec and version. Damaged files are refused, and no file keeps the reader busy without end.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { jsonLinesOf } from '../../packages/streamdown/src/cli/json-lines.ts'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { StreamdownError } from '../../packages/streamdown/src/errors/error.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { openOracle, seed } from '../property/oracle.ts'

const environment = await createNodeEnvironment()
const oracle = await openOracle()
const folder = mkdtempSync(join(tmpdir(), 'dsd-parquet-'))
after(() => rmSync(folder, { recursive: true }))

const filesIn = (name: string): readonly string[] => {
  const path = fileURLToPath(new URL(name, import.meta.url))
  return readdirSync(path).map(file => join(path, file))
}

/** The rows as JSON; a value that its type cannot hold is an error. */
async function ours(path: string): Promise<readonly unknown[]> {
  const session = await createSession({ dialect: 'postgres' }, environment)
  try {
    await session.execute("SET on_error = 'fail'")
    const [result] = await session.execute(`SELECT * FROM '${path}'`)
    assert.equal(result?.is, 'rows')
    return jsonLinesOf(result)
      .split('\n')
      .filter(line => line !== '')
      .map(line => comparable(JSON.parse(line)))
  } finally {
    await session.close()
  }
}

async function theirs(path: string): Promise<readonly unknown[]> {
  const reader = await oracle.runAndReadAll(
    `SELECT to_json(t) FROM read_parquet('${path}', binary_as_string = true) AS t`,
  )
  return reader.getRows().map(([json]) => comparable(JSON.parse(quoted(String(json)))))
}

const quoted = (json: string): string => json.replaceAll(/:(-?Infinity|NaN)/g, ':"$1"')

/** DuckDB was told to take bytes as text; it writes a TIMESTAMP without its zeros, and tells 0 from -0. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value === 'number') return Math.fround(value) + 0
  if (typeof value === 'string')
    return value.startsWith('\\x')
      ? Buffer.from(value.slice(2), 'hex').toString()
      : value.replace(/(:\d\d\.\d*?)0+$/, '$1')
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]))
}

for (const path of filesIn('files')) {
  test(`as DuckDB reads it: ${path.split('/').at(-1)}`, async () => {
    assert.deepEqual(await ours(path), await theirs(path))
  })
}

for (const path of filesIn('bad')) {
  test(`refused: ${path.split('/').at(-1)}`, async () => {
    await assert.rejects(ours(path), (error: unknown) => error instanceof StreamdownError && error.code === 'DSD3004')
  })
}

const drawn = `SELECT i AS id, i % 7 AS small, CASE WHEN i % 3 = 0 THEN NULL ELSE i * 1.5 END AS ratio, i % 2 = 0 AS even,
  'text ' || (i % 50) AS word, CASE WHEN i % 5 = 0 THEN NULL ELSE repeat('x', i % 40) || i END AS long,
  TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS at, DATE '2024-01-01' + CAST(i AS INT) AS day,
  CAST(i / 100 AS DECIMAL(20, 4)) AS amount, [i, NULL, i + 1] AS list, {'a': i, 'b': ['p', 'q' || i]} AS pair,
  [[i % 3], [], [i, i]] AS lists, MAP {'k' || i % 3: i} AS entries FROM range(5000) AS r(i)`
const writers = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'].flatMap(codec =>
  ['v1', 'v2'].map(version => ({ codec, version, path: join(folder, `${codec}-${version}.parquet`) })),
)

for (const { codec, version, path } of writers) {
  test(`as DuckDB writes it: ${codec}, ${version}`, async () => {
    await oracle.run(
      `COPY (${drawn}) TO '${path}' (FORMAT parquet, CODEC '${codec}', PARQUET_VERSION ${version}, ROW_GROUP_SIZE 2048)`,
    )
    assert.deepEqual(await ours(path), await theirs(path))
  })
}

test('whatever bytes of a file are changed, it is read or refused', async () => {
  const small = join(folder, 'small.parquet')
  const wholes = []
  for (const version of ['v1', 'v2']) {
    for (const codec of ['uncompressed', 'zstd']) {
      await oracle.run(
        `COPY (${drawn} LIMIT 60) TO '${small}' (FORMAT parquet, CODEC '${codec}', PARQUET_VERSION ${version})`,
      )
      wholes.push(readFileSync(small))
    }
  }
  const damaged = join(folder, 'damaged.parquet')
  const change = fc.record({
    whole: fc.constantFrom(...wholes),
    at: fc.array(fc.record({ place: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  let refused = 0
  await fc.assert(
    fc.asyncProperty(change, async ({ whole, at }) => {
      const bytes = Uint8Array.from(whole)
      for (const { place, byte } of at) bytes[Math.floor(place * (bytes.length - 1))] = byte
      writeFileSync(damaged, bytes)
      try {
        await ours(damaged)
      } catch (error) {
        assert.ok(error instanceof StreamdownError, String(error))
        refused++
      }
    }),
    { seed, numRuns: 300 },
  )
  assert.ok(refused > 0 && refused < 300, `${refused} refused`)
})
