import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'
import type { Session } from './session.ts'

const open = async (): Promise<Session> => createSession({}, await createNodeEnvironment())

async function restored(session: Session): Promise<{ readonly text: string; readonly session: Session }> {
  const bytes = await session.snapshot()
  const again = await open()
  await again.restore(bytes)
  return { text: new TextDecoder().decode(bytes), session: again }
}

const rowsOf = async (session: Session, sql: string) => {
  const result = (await session.execute(sql)).at(-1)
  return result?.is === 'rows' ? result.rows : assert.fail(sql)
}

test('a snapshot holds nothing of what was dropped', async () => {
  const session = await open()
  await session.execute(`CREATE TABLE kept (a INT); INSERT INTO kept VALUES (1), (2);
    CREATE TABLE gone (secret INT); CREATE MATERIALIZED VIEW sums AS SELECT SUM(secret) AS s FROM gone;
    CREATE FUNCTION twice(x INT) RETURNS INT AS x * 2;
    INSERT INTO gone VALUES (7); DROP MATERIALIZED VIEW sums; DROP TABLE gone; DROP FUNCTION twice`)
  const { text, session: again } = await restored(session)
  assert.doesNotMatch(text, /secret|sums|gone|twice/)
  assert.deepEqual(await rowsOf(again, 'SELECT a FROM kept'), [[1], [2]])
})

test('a name can be taken again after it was dropped', async () => {
  const session = await open()
  await session.execute(`CREATE TABLE t (a INT); DROP TABLE t; CREATE TABLE t (b STRING); INSERT INTO t VALUES ('x')`)
  const { session: again } = await restored(session)
  assert.deepEqual(await rowsOf(again, 'SELECT b FROM t'), [['x']])
})

test('what a program still reads is built again, and dropped again', async () => {
  const session = await open()
  await session.execute(`CREATE TABLE fed (a INT) WITH ('connector' = 'feed'); CREATE TABLE t (a INT);
    INSERT INTO t SELECT a + 1 FROM fed; DROP TABLE fed`)
  const { session: again } = await restored(session)
  assert.deepEqual(
    again.status().map(({ name }) => name),
    ['t'],
  )
  await assert.rejects(again.execute('SELECT * FROM fed'), { code: 'DSD2001' })
})

test('the programs that write to a table end with it; others keep their names and their state', async () => {
  const session = await open()
  await session.execute(`CREATE TABLE fed (a INT) WITH ('connector' = 'feed'); CREATE TABLE gone (a INT); CREATE TABLE t (a BIGINT);
    INSERT INTO gone SELECT a FROM fed; INSERT INTO gone SELECT a FROM fed;
    INSERT INTO t SELECT COUNT(*) FROM fed; INSERT INTO t SELECT SUM(a) FROM fed`)
  session.push('fed', [{ values: [5] }])
  await session.settle()
  await session.execute('DROP TABLE gone')
  const { session: again } = await restored(session)
  assert.deepEqual(
    again.status().map(({ name }) => name),
    ['t', 't 2'],
  )
  again.push('fed', [{ values: [6] }])
  await again.settle()
  assert.deepEqual(
    (await rowsOf(again, 'SELECT a FROM t')).map(([a]) => Number(a)).sort((a, b) => a - b),
    [2, 11],
  )
})
