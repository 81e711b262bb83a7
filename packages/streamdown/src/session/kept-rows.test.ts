/** What the session promises of rows that it takes itself instead of a sink: the questions of `connect/node/sinks.test.ts`. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { file, stream, t } from '../index.ts'
import { createSession } from './create.ts'
import type { Session } from './session.ts'

interface Kept {
  readonly name: string
  /** Takes the ids of `fed`, and fails at 0. */
  readonly sql: string
  ids(session: Session): Promise<readonly unknown[]>
}

const selected = async (session: Session): Promise<readonly unknown[]> => {
  const [result] = await session.execute('SELECT id FROM out ORDER BY id')
  assert.ok(result?.is === 'rows')
  return result.rows.map(([id]) => id)
}

const cases: readonly Kept[] = [
  {
    name: 'an in-memory table',
    sql: 'CREATE TABLE out (id BIGINT); INSERT INTO out SELECT id * (id / id) FROM fed',
    ids: selected,
  },
  {
    name: 'a materialized view',
    sql: 'CREATE MATERIALIZED VIEW out AS SELECT id * (id / id) AS id FROM fed',
    ids: selected,
  },
  {
    name: 'a feed',
    sql: `CREATE TABLE out (id BIGINT) WITH ('connector' = 'feed'); INSERT INTO out SELECT id * (id / id) FROM fed`,
    ids: async session => session.changes('out').map(({ values }) => values[0]),
  },
]

async function opened(sql: string): Promise<Session> {
  const session = await createSession({ settings: { on_error: 'fail' } }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE fed (id BIGINT) WITH ('connector' = 'feed'); ${sql}`)
  return session
}

async function feed(session: Session, ...ids: readonly bigint[]): Promise<void> {
  session.push(
    'fed',
    ids.map(id => ({ op: '+I' as const, values: [id] })),
  )
  await session.settle()
}

for (const { name, sql, ids } of cases) {
  test(`${name}: rows are there once they are taken`, async () => {
    const session = await opened(sql)
    await feed(session, 1n, 2n)
    assert.deepEqual(await ids(session), [1n, 2n])
    await session.close()
  })

  test(`${name}: a step that fails leaves nothing, the steps before it do`, async () => {
    const session = await opened(sql)
    await feed(session, 1n)
    await assert.rejects(feed(session, 2n, 0n), { code: 'DSD4002' })
    assert.deepEqual(await ids(session), [1n])
    await session.close()
  })

  test(`${name}: a program that goes on from a snapshot has every row once`, async () => {
    const lost = await opened(sql)
    await feed(lost, 1n)
    const seen = name === 'a feed' ? await ids(lost) : []
    const saved = await lost.snapshot()
    await feed(lost, 2n)
    await lost.close()
    const again = await createSession({ settings: { on_error: 'fail' } }, await createNodeEnvironment())
    await again.restore(saved)
    await feed(again, 2n)
    assert.deepEqual([...seen, ...(await ids(again))], [1n, 2n])
    await again.close()
  })
}

test('what is collected is there as a whole, or not at all; it is read anew each time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'collected-'))
  await writeFile(join(folder, 'ids.ndjson'), '{"id":1}\n{"id":2}\n{"id":0}\n')
  const ids = stream(file(join(folder, 'ids.ndjson')), { schema: t.row({ id: t.bigint }) })
  const divided = ids.select({ id: row => row.id / row.id })
  for (let time = 0; time < 2; time++) assert.deepEqual(await ids.collect(), [{ id: 1n }, { id: 2n }, { id: 0n }])
  assert.deepEqual(await divided.collect(), [{ id: 1n }, { id: 1n }], 'the row that fails is a dead letter')
  await assert.rejects(divided.collect({ onError: 'fail' }), { code: 'DSD4007' })
  await rm(folder, { recursive: true })
})
