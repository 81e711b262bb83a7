import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf } from '../batch/values.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { sourceOf } from '../connect/relation.fixture.ts'
import { createSession } from '../session/create.ts'
import type { Value } from '../types/value.ts'
import { VirtualClock } from './clock.ts'
import { plainEngine } from './engine.fixture.ts'
import { Engine, type EngineOptions } from './engine.ts'
import { lone, type Partition } from './partition.fixture.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'

const MINUTE = 60_000_000n

interface Rig {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly a: Partition
  readonly b: Partition
  /** What came out: results, and rows of side outputs after the output's name. Times are minutes. */
  readonly out: string[]
  settle(): void
}

const table = (name: string): string => `
  CREATE TABLE ${name} (name STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
    WITH ('connector' = 'lone', 'name' = '${name}', 'scan.watermark.idle-timeout' = '5 min');`

/** Tables a and b, and a view over them. Idle after five minutes. */
async function rig(view: string, more: Partial<EngineOptions> = {}, from?: Uint8Array): Promise<Rig> {
  const environment = await createNodeEnvironment()
  const session = await createSession({}, { ...environment, connectors: [lone(() => undefined)] })
  const program = await session.plan(`${table('a')}${table('b')} CREATE MATERIALIZED VIEW result AS ${view}`)
  await session.close()
  const clock = new VirtualClock(0n)
  const out: string[] = []
  const partitions = new Map<string, Partition>()
  const shown = (value: Value): string =>
    typeof value === 'bigint' && value >= MINUTE ? `${value / MINUTE}m` : `${value}`
  const engine = new Engine(program, {
    ...plainEngine,
    clock,
    openSource: ({ relation }) =>
      sourceOf(
        lone((name, partition) => partitions.set(name, partition)),
        relation,
      ),
    outputs: {
      deliver: (_vertex, batch, memory) => {
        for (const row of rowsOf(memory, batch)) out.push(row.map(shown).join(' '))
      },
      side: (_vertex, port, batch, memory) => {
        for (const row of rowsOf(memory, batch)) out.push(`${port}: ${row.map(shown).join(' ')}`)
      },
      deadLetters: { add: ({ problem }) => assert.fail(problem) },
      stepDone: () => undefined,
    },
    ...more,
  })
  const snapshot = from === undefined ? undefined : decodeSnapshot(from)
  if (snapshot !== undefined) engine.restore(snapshot)
  await engine.open()
  const [a, b] = [partitions.get('a'), partitions.get('b')]
  assert.ok(a !== undefined && b !== undefined)
  a.whenEmpty = 'idle'
  b.whenEmpty = 'idle'
  const settle = (): void => {
    while (engine.pending()) engine.runStep()
  }
  return { engine, clock, a, b, out, settle }
}

const UNION = `
  SELECT window_start, COUNT(*) AS n
  FROM TABLE(TUMBLE(TABLE (SELECT * FROM a UNION ALL SELECT * FROM b), DESCRIPTOR(ts), INTERVAL '1' MINUTE))
  GROUP BY window_start, window_end`

const WINDOW_JOIN = `
  SELECT l.name, r.name AS other, l.window_start
  FROM (SELECT * FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) AS l
  LEFT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) AS r
  ON l.window_start = r.window_start AND l.window_end = r.window_end`

const INTERVAL_JOIN = `
  SELECT a.name, b.name AS other, a.ts FROM a LEFT JOIN b
  ON b.ts BETWEEN a.ts - INTERVAL '1' MINUTE AND a.ts + INTERVAL '1' MINUTE`

/** Both are active at minute 2 of event time; then b falls silent and a goes on to minute 20. */
function silentB({ a, b, clock, settle }: Rig): void {
  a.push(1, 2)
  b.push(1, 2)
  settle()
  clock.advance(4n * MINUTE)
  a.push(8)
  settle()
  clock.advance(2n * MINUTE)
  a.push(20)
  settle()
}

for (const workers of [1, 3]) {
  test(`a union goes on without an input that is idle; ${workers} workers`, async () => {
    const made = await rig(UNION, { workers })
    silentB(made)
    assert.deepEqual(made.out, ['1m 2', '2m 2', '8m 1'])
  })

  test(`a window join goes on without an input that is idle; ${workers} workers`, async () => {
    const made = await rig(WINDOW_JOIN, { workers })
    silentB(made)
    assert.deepEqual(made.out, ['a b 1m', 'a b 2m', 'a null 8m'])
  })

  test(`an interval join goes on without an input that is idle; ${workers} workers`, async () => {
    const made = await rig(INTERVAL_JOIN, { workers })
    silentB(made)
    assert.deepEqual(made.out.sort(), ['a b 1m', 'a b 1m', 'a b 2m', 'a b 2m', 'a null 8m'])
  })

  test(`what an idle input gives when it returns is late where the operator has gone on; ${workers} workers`, async () => {
    for (const [view, late, next] of [
      // The rows of minutes 3 and 8 (in a closed window) are late; that of minute 20 is in the open one.
      [UNION, ['3m', '8m'], ['20m 2']],
      [WINDOW_JOIN, ['b 3m', 'b 8m'], ['a b 20m']],
      // Nothing that comes from a can meet a row of b that is older than a minute.
      [INTERVAL_JOIN, ['b 3m', 'b 8m'], ['a b 20m']],
    ] as const) {
      const made = await rig(view, { workers })
      silentB(made)
      made.out.length = 0
      made.b.push(3, 8, 20)
      made.settle()
      made.a.push(30)
      made.b.push(30)
      made.settle()
      const lates = made.out.filter(line => line.startsWith('late'))
      assert.equal(lates.length, late.length, `${view}: ${made.out.join(', ')}`)
      for (const [at, row] of late.entries()) assert.ok(lates[at]?.includes(row), lates[at])
      const rest = made.out.filter(line => !line.startsWith('late'))
      assert.deepEqual(
        rest.filter(line => !line.includes('30m')),
        next,
      )
    }
  })
}

test('the watermark that is reported is that of the results, not of the sources', async () => {
  const made = await rig(INTERVAL_JOIN)
  made.a.push(1, 50)
  made.b.push(1, 50)
  made.settle()
  // Rows of a may wait a minute for those of b: what leaves the join is not complete beyond that.
  assert.equal(made.engine.watermark(), 49n * MINUTE)
})

test('an input that has returned holds results back again', async () => {
  const made = await rig(UNION)
  silentB(made)
  made.out.length = 0
  made.b.push(20)
  made.settle()
  made.a.push(40)
  made.settle()
  assert.deepEqual(made.out, [], 'b is at minute 20 and is not idle')
  made.b.push(21)
  made.settle()
  assert.deepEqual(made.out, ['20m 2'])
})

test('where all inputs are idle, the furthest of them counts', async () => {
  const made = await rig(UNION)
  made.a.push(1, 9)
  made.b.push(1, 4)
  made.settle()
  assert.deepEqual(made.out, ['1m 2'])
  made.clock.advance(6n * MINUTE)
  made.settle()
  assert.deepEqual(made.out, ['1m 2', '4m 1'])
})

test('an input that is idle behind another operator holds nothing back either', async () => {
  const made = await rig(`
    SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE (
      SELECT name, ts FROM a UNION ALL SELECT UPPER(name), ts FROM (SELECT * FROM b WHERE name <> 'x')
    ), DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`)
  silentB(made)
  assert.deepEqual(made.out, ['1m 2', '2m 2', '8m 1'])
})

test('a journal repeats how inputs fell idle and returned', async () => {
  for (const view of [UNION, WINDOW_JOIN, INTERVAL_JOIN]) {
    const first = await rig(view)
    silentB(first)
    first.b.push(3, 20)
    first.settle()
    first.a.push(30)
    first.settle()
    const again = await rig(view, { replay: first.engine.journal.entries() })
    again.a.push(1, 2, 8, 20, 30)
    again.b.push(1, 2, 3, 20)
    again.settle()
    assert.deepEqual(again.out, first.out)
  }
})

test('a snapshot knows how far an operator has gone without an idle input', async () => {
  for (const view of [UNION, WINDOW_JOIN, INTERVAL_JOIN]) {
    const straight = await rig(view)
    silentB(straight)
    const bytes = encodeSnapshot(straight.engine.snapshot())
    straight.out.length = 0
    const restored = await rig(view, { workers: 2 }, bytes)
    restored.clock.advance(straight.clock.now())
    for (const made of [straight, restored]) {
      made.b.push(3, 8, 20)
      made.settle()
      made.a.push(30)
      made.b.push(30)
      made.settle()
    }
    assert.deepEqual(restored.out, straight.out)
    assert.ok(straight.out.some(line => line.startsWith('late')))
  }
})
