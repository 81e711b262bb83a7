import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { coded } from '../connect/relation.fixture.ts'
import { createSession } from './create.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-options-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const [a, b] = ['a.csv', 'b.csv'].map(name => join(folder, name))
writeFileSync(a ?? '', '1;x\n2;y\n')
writeFileSync(b ?? '', '3,z\n')

const opened = async () => {
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE t (id INT, s STRING) WITH ('connector' = 'filesystem', 'path' = '${b}', 'format' = 'csv');
    CREATE TABLE plain (id INT); CREATE VIEW v AS SELECT id FROM t`)
  const rows = async (sql: string) => {
    const result = (await session.execute(sql)).at(-1)
    return result?.is === 'rows' ? result.rows : undefined
  }
  return { session, rows }
}
const hint = `/*+ OPTIONS('path' = '${a}', 'csv.field-delimiter' = ';') */`

test('OPTIONS behind a table is for that scan alone', async () => {
  const { session, rows } = await opened()
  assert.deepEqual(await rows(`SELECT * FROM t ${hint} ORDER BY id`), [
    [1, 'x'],
    [2, 'y'],
  ])
  assert.deepEqual(await rows(`SELECT * FROM t ${hint} AS u UNION ALL SELECT * FROM t ORDER BY id`), [
    [1, 'x'],
    [2, 'y'],
    [3, 'z'],
  ])
  assert.deepEqual(await rows('SELECT * FROM t'), [[3, 'z']])
  assert.deepEqual(await rows(`SELECT x.id, y.id FROM t ${hint} x JOIN t y ON x.id + 1 = y.id`), [[2, 3]])
  await session.close()
})

test('an option that makes the input endless makes the query so', async () => {
  const { session } = await opened()
  const [live] = await session.execute(`SELECT * FROM t /*+ OPTIONS('source.monitor-interval' = '1 s') */`)
  assert.equal(live?.is, 'live')
  if (live?.is === 'live') await live.query.close()
  await session.close()
})

test('OPTIONS of INSERT is for what is written', async () => {
  const { session } = await opened()
  const path = join(folder, 'out.csv')
  await session.execute(`INSERT INTO t /*+ OPTIONS('path' = '${path}', 'sink.mode' = 'overwrite') */ VALUES (7, 'q')`)
  await session.run({})
  await session.close()
  assert.equal(readFileSync(path, 'utf8'), '7,q\n')
})

test('what cannot be is refused', async () => {
  const { session } = await opened()
  const refused = (sql: string, code: string, message: RegExp) =>
    assert.rejects(session.execute(sql), coded(code, message), sql)
  await refused(`SELECT * FROM t /*+ OPTIONS('speed' = '1') */`, 'DSD3002', /has no option 'speed'/)
  await refused(`SELECT * FROM t /*+ OPTIONS('connector' = 'datagen') */`, 'DSD2013', /'connector' says what/)
  await refused(`SELECT * FROM v /*+ OPTIONS('path' = 'x') */`, 'DSD2006', /View "v" is a query/)
  await refused(`WITH w AS (SELECT 1) SELECT * FROM w /*+ OPTIONS('a' = 'b') */`, 'DSD2006', /"w" is a query/)
  await refused(`SELECT * FROM plain /*+ OPTIONS('a' = 'b') */`, 'DSD2013', /no connector/)
  await refused(`ALTER TABLE t SET ('path' = 'x')`, 'DSD2013', /Views read "t" as it is \(v\)/)
  await refused(`ALTER TABLE plain SET ('path' = 'x')`, 'DSD2013', /no connector/)
  await session.execute('DROP VIEW v')
  await refused(`ALTER TABLE t SET ('speed' = '1')`, 'DSD3002', /has no option 'speed'/)
  await refused(`ALTER TABLE t RESET ('csv.header')`, 'DSD2014', /'csv.header' of "t" is not set/)
  await refused(`ALTER TABLE t SET ('format' = 'json')`, 'DSD2013', /'format' says what/)
  await session.close()
})

test('ALTER TABLE SET and RESET hold from then on, also after a restore, and not under a running program', async () => {
  const { session, rows } = await opened()
  await session.execute(`DROP VIEW v; ALTER TABLE t SET ('path' = '${a}', 'csv.field-delimiter' = ';')`)
  assert.deepEqual(await rows('SELECT id FROM t ORDER BY id'), [[1], [2]])
  const second = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await second.restore(await session.snapshot())
  const [read] = await second.execute('SELECT s FROM t ORDER BY id')
  assert.deepEqual(read?.is === 'rows' && read.rows, [['x'], ['y']])
  await second.close()
  await session.execute(`ALTER TABLE t RESET ('csv.field-delimiter'); ALTER TABLE t SET ('path' = '${b}')`)
  assert.deepEqual(await rows('SELECT id FROM t'), [[3]])
  await session.execute(`CREATE TABLE out (id INT) WITH ('connector' = 'blackhole'); INSERT INTO out SELECT id FROM t`)
  await assert.rejects(session.execute(`ALTER TABLE t SET ('path' = 'x')`), coded('DSD2013', /"out" uses "t"/))
  await session.close()
})
