import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createSession } from '../../session/create.ts'
import { coded } from '../relation.fixture.ts'
import { createNodeEnvironment } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-protobuf-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a table of Protobuf messages is written and read by the .proto file of its option', async () => {
  const schema = join(folder, 'event.proto')
  writeFileSync(schema, 'syntax = "proto3"; message Event { int64 id = 1; optional string name = 2; }')
  const options = (path: string) => `WITH ('connector' = 'filesystem', 'path' = '${join(folder, 'events.bin')}',
    'format' = 'protobuf', 'protobuf.schema' = '${path}')`
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE t (id BIGINT, name STRING) ${options(schema)};
    INSERT INTO t VALUES (1, 'a'), (0, NULL)`)
  await session.run({})
  const [read] = await session.execute('SELECT * FROM t ORDER BY id')
  assert.deepEqual(read?.is === 'rows' && read.rows, [
    [0n, null],
    [1n, 'a'],
  ])
  const missing = `CREATE TABLE m (id BIGINT) ${options(join(folder, 'no.proto'))}; SELECT * FROM m`
  await assert.rejects(session.execute(missing), coded('DSD3003', /no such file/))
  await session.close()
})
