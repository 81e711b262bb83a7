import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { createMemory } from '../../batch/linear-memory.ts'
import { rowsOf } from '../../batch/values.ts'
import { type Relation, ScanNode } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { systemClock } from './clock.ts'
import { fileSource } from './file-source.ts'
import { inferFile } from './infer-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-maps-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A Parquet file that DuckDB writes from a query. */
async function written(name: string, query: string): Promise<string> {
  const path = join(folder, name)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  return path
}

async function rowsIn(path: string, schema: Schema): Promise<Value[][]> {
  const relation: Relation = {
    name: 't',
    schema,
    connector: 'filesystem',
    options: { path },
    primaryKey: [],
    changes: 'append',
  }
  const [reader] = await fileSource(relation).open({
    scan: ScanNode.create(relation),
    schema,
    positions: new Map(),
    clock: systemClock,
  })
  assert.ok(reader)
  const memory = createMemory()
  const rows: Value[][] = []
  while (reader.state() !== 'ended') {
    await reader.ready()
    const batch = reader.read(1000, memory, { add: ({ problem }) => assert.fail(problem) })
    if (batch !== undefined) rows.push(...rowsOf(memory, batch).map(row => [...row]))
  }
  await reader.close()
  return rows
}

test('maps are read with their keys in order, NULL and empty ones too', async () => {
  const path = await written(
    'maps.parquet',
    `SELECT * FROM (VALUES
      (1::BIGINT, MAP {'a': 1, 'b': NULL}, MAP {10::BIGINT: 'x', -3::BIGINT: 'ü'}),
      (2::BIGINT, NULL, MAP {}),
      (3::BIGINT, MAP {'': 5}, MAP {9007199254740993: 'far'})) AS t(id, counts, names) ORDER BY id`,
  )
  const schema = [
    field('id', types.bigint),
    field('counts', types.map(types.string, types.int)),
    field('names', types.map(types.bigint, types.string)),
  ]
  assert.deepEqual((await inferFile(path)).schema, schema)
  assert.deepEqual(await rowsIn(path, schema), [
    [
      1n,
      [
        ['a', 1],
        ['b', null],
      ],
      [
        [-3n, 'ü'],
        [10n, 'x'],
      ],
    ],
    [2n, null, []],
    [3n, [['', 5]], [[9007199254740993n, 'far']]],
  ])
})

test('maps within lists, rows and maps', async () => {
  const path = await written(
    'nested.parquet',
    `SELECT [MAP {'a': [1, 2]}, NULL, MAP {'b': NULL, 'c': []}] AS list,
       {'m': MAP {DATE '2024-02-29': {'x': 1.5::DOUBLE}}, 'n': 7} AS row,
       MAP {'outer': MAP {'inner': [true, NULL]}} AS deep, 5 AS plain`,
  )
  const inner = types.map(types.string, types.array(types.int))
  const schema = [
    field('list', types.array(inner)),
    field(
      'row',
      types.row([field('m', types.map(types.date, types.row([field('x', types.double)]))), field('n', types.int)]),
    ),
    field('deep', types.map(types.string, types.map(types.string, types.array(types.boolean)))),
    field('plain', types.int),
  ]
  assert.deepEqual(await rowsIn(path, schema), [
    [
      [
        [['a', [1, 2]]],
        null,
        [
          ['b', null],
          ['c', []],
        ],
      ],
      [[[19782, [1.5]]], 7],
      [['outer', [['inner', [true, null]]]]],
      5,
    ],
  ])
})
