import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'
import type { Session } from './session.ts'

const SECOND = 1_000_000n
const program = `CREATE TABLE src (k STRING, a INT) WITH ('connector' = 'feed');
  CREATE TABLE dst (k STRING, n BIGINT, total INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'feed');
  INSERT INTO dst SELECT /*+ STATE_TTL('src' = '10s') */ k, COUNT(*), SUM(a) FROM src GROUP BY k`

const opened = async () => createSession({ dialect: 'flink', clock: 0n }, await createNodeEnvironment())

/** What the sink got last of a key, after a row for it. */
async function after(session: Session, k: string, a: number): Promise<readonly unknown[] | undefined> {
  session.push('src', [{ op: '+I', values: [k, a] }])
  await session.settle()
  return session.changes('dst').findLast(({ op }) => op === '+I' || op === '+U')?.values
}

test('a group that no row touched for the time of STATE_TTL begins anew; one that is touched goes on', async () => {
  const session = await opened()
  await session.execute(program)
  assert.deepEqual(await after(session, 'x', 1), ['x', 1n, 1])
  assert.deepEqual(await after(session, 'y', 1), ['y', 1n, 1])
  await session.advance(9n * SECOND)
  assert.deepEqual(await after(session, 'x', 2), ['x', 2n, 3])
  await session.advance(9n * SECOND)
  assert.deepEqual(await after(session, 'x', 3), ['x', 3n, 6], 'touched 9 s ago')
  assert.deepEqual(await after(session, 'y', 5), ['y', 1n, 5], 'touched 18 s ago')
  await session.close()
})

test('the time of a group goes on after a restore', async () => {
  const first = await opened()
  await first.execute(program)
  for (let i = 0; i < 5000; i++) first.push('src', [{ op: '+I', values: [`key ${i}`, i] }])
  await first.settle()
  const bytes = await first.snapshot()
  await first.close()
  const second = await opened()
  await second.restore(bytes)
  await second.advance(11n * SECOND)
  assert.deepEqual(second.changes('dst'), [], 'nothing is taken back')
  assert.deepEqual(await after(second, 'key 7', 1), ['key 7', 1n, 1])
  await second.close()
})

test('a group that begins anew has seen no value yet', async () => {
  const session = await opened()
  await session.execute(`CREATE TABLE src (k STRING, a INT) WITH ('connector' = 'feed');
    CREATE TABLE dst (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'feed');
    INSERT INTO dst SELECT /*+ STATE_TTL('src' = '10s') */ k, COUNT(DISTINCT a) FROM src GROUP BY k`)
  for (const a of [1, 2, 2]) await after(session, 'x', a)
  await session.advance(9n * SECOND)
  assert.deepEqual(await after(session, 'y', 1), ['y', 1n])
  await session.advance(9n * SECOND)
  assert.deepEqual(await after(session, 'x', 2), ['x', 1n])
  assert.deepEqual(await after(session, 'x', 1), ['x', 2n])
  assert.deepEqual(await after(session, 'y', 1), undefined, 'touched 9 s ago, it has seen the value')
  await session.close()
})
