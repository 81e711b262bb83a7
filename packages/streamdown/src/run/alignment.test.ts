import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Journal } from './journal.ts'
import { MINUTE, rig } from './parted.fixture.ts'

const aligned = (most: string, group = 'g'): string =>
  `, 'scan.watermark.alignment.group' = '${group}', 'scan.watermark.alignment.max-drift' = '${most}'`

const minutes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)

test('a partition that leads by more than the drift is not read until the slowest has come nearer', async () => {
  const { engine, a, b, settle } = await rig(aligned('2 min'), { stepRows: 1 })
  a.push(...minutes(0, 20))
  b.push(0)
  settle()
  // Minute 2 is no more than the drift ahead of minute 0, so one more row is read: minute 3 is.
  assert.equal(a.position(), '4')
  assert.equal(engine.pending(), false, 'what is held back starts no step')
  b.push(5)
  settle()
  assert.equal(a.position(), '9', 'up to minute 8, 3 behind which b is')
})

test('a partition that is idle, ended, or has given nothing yet holds nobody', async () => {
  for (const whenEmpty of ['idle', 'ended', 'waiting'] as const) {
    const { a, b, settle } = await rig(aligned('1 min'), { stepRows: 1 })
    b.whenEmpty = whenEmpty
    if (whenEmpty !== 'waiting') b.push(0)
    a.push(...minutes(0, 9))
    settle()
    assert.equal(a.position(), '9', whenEmpty)
  }
})

test('the setting holds for all tables, a table’s own option goes before', async () => {
  for (const [table, read] of [
    ['', '6'],
    [aligned('2 min'), '4'],
  ] as const) {
    const { a, b, settle } = await rig(table, { stepRows: 1, maxDrift: 4n * MINUTE })
    a.push(...minutes(0, 20))
    b.push(0)
    settle()
    assert.equal(a.position(), read)
  }
})

test('a journal repeats the cut that the drift made', async () => {
  const first = await rig(aligned('2 min'), { stepRows: 1 })
  first.a.push(...minutes(0, 20))
  first.b.push(0, 3, 9, 30)
  first.settle()
  const replay = Journal.fromText(first.engine.journal.toText()).entries()
  const again = await rig('', { replay })
  again.a.push(...minutes(0, 20))
  again.b.push(0, 3, 9, 30)
  while (again.engine.step < first.engine.step) again.engine.runStep()
  assert.deepEqual(again.windows, first.windows)
  assert.equal(again.engine.journal.toText(), first.engine.journal.toText())
})

test('when memory is short the leading partition waits while what holds windows open is read', async () => {
  const { engine, a, b, windows, settle } = await rig('', { stepRows: 100, memoryBytes: 1 << 20 })
  // A minute is a group that stays until b has passed it: all of a at once do not fit.
  a.push(...minutes(0, 40_000))
  settle()
  assert.ok(Number(a.position()) < 30_000)
  assert.deepEqual([engine.stopped, engine.pending()], [undefined, false], 'b may still let windows close')
  b.push(...minutes(0, 40_000))
  settle()
  assert.equal(engine.stopped, undefined)
  assert.deepEqual([a.position(), b.position()], ['40000', '40000'])
  assert.deepEqual(windows.slice(0, 3), ['0: 2', '1: 2', '2: 2'])
  assert.equal(windows.length, 39_999)
})

test('a drift that is no duration is refused', async () => {
  await assert.rejects(rig(aligned('far')), { code: 'DSD3002' })
})
