import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from '../session/create.ts'
import type { EngineOptions } from './engine.ts'
import { Journal } from './journal.ts'
import { MINUTE, parted, type Rig, rig } from './parted.fixture.ts'

test('a partition that was asked and has nothing holds no window open', async () => {
  const { a, b, windows, settle } = await rig()
  b.whenEmpty = 'idle'
  a.push(0, 0, 2)
  settle()
  assert.deepEqual(windows, ['0: 2'])
})

test('a partition that waits holds windows open, however long', async () => {
  const { a, clock, windows, settle } = await rig(`, 'scan.watermark.idle-timeout' = '1 s'`)
  a.push(0, 0, 2)
  settle()
  clock.advance(1000n * MINUTE)
  settle()
  assert.deepEqual(windows, [])
})

test('a partition falls idle when it has had nothing for the timeout, and a step starts for it', async () => {
  const { engine, a, b, clock, windows, settle } = await rig(`, 'scan.watermark.idle-timeout' = '5 min'`)
  a.push(0, 2)
  b.whenEmpty = 'idle'
  settle()
  assert.equal(engine.nextTimer(), 5n * MINUTE)
  clock.advance(5n * MINUTE - 1n)
  assert.equal(engine.pending(), false)
  assert.deepEqual(windows, [])
  clock.advance(1n)
  assert.equal(engine.pending(), true)
  settle()
  assert.deepEqual(windows, ['0: 1'])
  assert.equal(engine.nextTimer(), undefined, 'nothing more is about to fall idle')
})

test('rows, and not being askable, start the timeout again', async () => {
  const { a, b, clock, windows, settle } = await rig(`, 'scan.watermark.idle-timeout' = '5 min'`)
  b.whenEmpty = 'idle'
  a.push(0, 9)
  settle()
  clock.advance(4n * MINUTE)
  b.push(1)
  settle()
  assert.deepEqual(windows, ['0: 1'], 'b has moved on to minute 1')
  clock.advance(4n * MINUTE)
  settle()
  b.whenEmpty = 'waiting'
  settle()
  b.whenEmpty = 'idle'
  clock.advance(4n * MINUTE)
  settle()
  assert.deepEqual(windows, ['0: 1'])
  clock.advance(5n * MINUTE)
  settle()
  assert.deepEqual(windows, ['0: 1', '1: 1'])
})

test('a partition that comes back holds windows again, and what it missed is late', async () => {
  const { a, b, windows, settle } = await rig()
  b.whenEmpty = 'idle'
  a.push(0, 3)
  settle()
  assert.deepEqual(windows, ['0: 1'])
  b.whenEmpty = 'waiting'
  b.push(1, 4)
  settle()
  assert.deepEqual(windows, ['0: 1', 'late: 1'])
  a.push(9)
  settle()
  assert.deepEqual(windows, ['0: 1', 'late: 1', '3: 1'], 'b stands at minute 4')
})

test('an idle partition that cannot be asked any more holds windows again', async () => {
  const { engine, a, b, windows, settle } = await rig()
  b.whenEmpty = 'idle'
  b.push(0)
  a.push(1)
  settle()
  b.whenEmpty = 'waiting'
  a.push(5)
  settle()
  assert.deepEqual(windows, ['0: 1'], 'minute 1 was reached while b was idle; no more since')
  assert.deepEqual(engine.journal.entries().at(-1)?.statuses, [{ partition: '0/b', status: 'active' }])
})

test('when all partitions are idle nothing holds the watermark below the newest row', async () => {
  const { engine, clock, a, b, settle } = await rig(`, 'scan.watermark.idle-timeout' = '1 min'`)
  a.push(7)
  b.push(3)
  settle()
  assert.equal(engine.watermark(), 3n * MINUTE)
  a.whenEmpty = 'idle'
  b.whenEmpty = 'idle'
  settle()
  assert.equal(engine.watermark(), 3n * MINUTE)
  clock.advance(MINUTE)
  settle()
  assert.equal(engine.watermark(), 7n * MINUTE)
})

test("the setting holds for tables that say nothing; a table's own option goes before", async () => {
  for (const [table, own] of [
    ['', 2n],
    [`, 'scan.watermark.idle-timeout' = '3 min'`, 3n],
  ] as const) {
    const { engine, b, settle } = await rig(table, { idleTimeout: 2n * MINUTE })
    b.whenEmpty = 'idle'
    settle()
    assert.equal(engine.nextTimer(), own * MINUTE)
  }
})

test('a journal with partitions that fall idle and come back gives the same windows', async () => {
  const play = async (more: Partial<EngineOptions>): Promise<Rig> => {
    const made = await rig(`, 'scan.watermark.idle-timeout' = '1 min'`, more)
    const { a, b, clock, settle } = made
    b.whenEmpty = 'idle'
    a.push(0, 3)
    settle()
    clock.advance(MINUTE)
    settle()
    b.push(2)
    settle()
    b.whenEmpty = 'waiting'
    a.push(6)
    settle()
    return made
  }
  const first = await play({})
  assert.deepEqual(first.windows, ['0: 1', 'late: 1'])
  const replay = Journal.fromText(first.engine.journal.toText()).entries()
  const again = await rig('', { replay })
  again.a.push(0, 3, 6)
  again.b.push(2)
  while (again.engine.step < first.engine.step) again.engine.runStep()
  assert.deepEqual(again.windows, first.windows)
  assert.equal(again.engine.journal.toText(), first.engine.journal.toText())
})

test('SET table.exec.source.idle-timeout reaches the programs that start after it', async () => {
  const environment = await createNodeEnvironment()
  const connector = parted((a, b) => {
    a.push(0, 2)
    b.whenEmpty = 'idle'
  })
  const session = await createSession({ clock: 0n }, { ...environment, connectors: [connector] })
  await session.execute(`
    SET 'table.exec.source.idle-timeout' = '10 min';
    CREATE TABLE t (name STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'parted');
    CREATE MATERIALIZED VIEW counts AS SELECT window_start, COUNT(*) AS n
      FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`)
  await session.settle()
  await session.advance(9n * MINUTE)
  assert.deepEqual(session.changes('counts'), [])
  await session.advance(1n * MINUTE)
  assert.deepEqual(
    session.changes('counts').map(({ values }) => values),
    [[0n, 1n]],
  )
  await session.close()
})

test('an idle timeout that is no duration is refused', async () => {
  await assert.rejects(rig(`, 'scan.watermark.idle-timeout' = 'soon'`), { code: 'DSD3002' })
})
