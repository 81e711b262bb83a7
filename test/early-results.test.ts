/** Flink's settings for early results and allowed lateness, on a virtual clock; the expected changes are made by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import type { Session } from '../packages/streamdown/src/session/session.ts'

const SECOND = 1_000_000n

async function windowed(settings: string): Promise<Session> {
  const session = await createSession({ dialect: 'flink', clock: 0n }, await createNodeEnvironment())
  await session.execute(`${settings}
    CREATE TABLE clicks (page STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (connector = 'memory');
    CREATE MATERIALIZED VIEW counts AS
      SELECT page, window_start, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
      GROUP BY page, window_start, window_end`)
  return session
}

/** Pushes clicks on page a at these seconds of event time. */
async function click(session: Session, ...seconds: readonly number[]): Promise<void> {
  session.push(
    'clicks',
    seconds.map(second => ({ values: ['a', BigInt(second) * SECOND] })),
  )
  await session.settle()
}

const changes = (session: Session): readonly string[] =>
  session
    .changes('counts')
    .map(({ op, values }) => `${op} ${values[0]} ${Number(values[2]) / Number(SECOND)} ${values[3]}`)

test('early-fire: results of an open window every ten seconds of the processing clock', async () => {
  const session = await windowed(`
    SET 'table.exec.emit.early-fire.enabled' = 'true';
    SET 'table.exec.emit.early-fire.delay' = '10 s';`)
  await click(session, 1, 2)
  assert.deepEqual(changes(session), [])
  await session.advance(9n * SECOND)
  assert.deepEqual(changes(session), [])
  await session.advance(1n * SECOND)
  assert.deepEqual(changes(session), ['+I a 60 2'])
  await click(session, 3)
  await click(session, 4)
  assert.deepEqual(changes(session), [])
  await session.advance(10n * SECOND)
  assert.deepEqual(changes(session), ['-U a 60 2', '+U a 60 4'])
  // The window closes with what came since; nothing waits for the clock then.
  await click(session, 5, 61)
  assert.deepEqual(changes(session), ['-U a 60 4', '+U a 60 5', '+I a 120 1'])
  await session.close()
})

test('early-fire without a delay: with every step', async () => {
  const session = await windowed("SET 'table.exec.emit.early-fire.enabled' = 'true';")
  await click(session, 1)
  assert.deepEqual(changes(session), ['+I a 60 1'])
  await click(session, 2)
  assert.deepEqual(changes(session), ['-U a 60 1', '+U a 60 2'])
  await session.close()
})

test('a delay alone, without early-fire.enabled, changes nothing', async () => {
  const session = await windowed("SET 'table.exec.emit.early-fire.delay' = '10 s';")
  await click(session, 1)
  await session.advance(60n * SECOND)
  assert.deepEqual(changes(session), [])
  await click(session, 61)
  assert.deepEqual(changes(session), ['+I a 60 1'])
  await session.close()
})

test('allow-lateness: late rows correct a closed window until it is over', async () => {
  const session = await windowed("SET 'table.exec.emit.allow-lateness' = '30 s';")
  await click(session, 1, 61)
  assert.deepEqual(changes(session), ['+I a 60 1'])
  await click(session, 2)
  assert.deepEqual(changes(session), ['-U a 60 1', '+U a 60 2'])
  // The watermark is 60 + 30 seconds: too late.
  await click(session, 91)
  await click(session, 3)
  assert.deepEqual(changes(session), [])
  assert.equal(session.status()[0]?.late, 1)
  await session.close()
})
