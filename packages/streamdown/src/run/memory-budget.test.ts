import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory } from '../batch/linear-memory.ts'
import { datagen } from '../connect/datagen/datagen.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { sourceOf } from '../connect/relation.fixture.ts'
import { createSession } from '../session/create.ts'
import type { Environment } from '../session/environment.ts'
import type { Session } from '../session/session.ts'
import { VirtualClock } from './clock.ts'
import { plainEngine } from './engine.fixture.ts'
import { Engine } from './engine.ts'

const rows = 200_000

/** Nowhere to put state away: a program whose state does not fit has to stop. */
async function withoutSpill(): Promise<Environment> {
  const { openSpill: _, ...environment } = await createNodeEnvironment()
  return environment
}

/** A count a name over as many names as rows, with so much memory. */
async function counting(memory: string, workers = 1): Promise<Session> {
  const session = await createSession(
    { stepRows: 50_000, workers, settings: { memory_limit: memory } },
    await withoutSpill(),
  )
  await session.execute(`
    CREATE TABLE visits (name BIGINT) WITH (
      'connector' = 'datagen', 'number-of-rows' = '${rows}', 'rows-per-second' = '0',
      'fields.name.kind' = 'sequence', 'fields.name.start' = '1', 'fields.name.end' = '${rows}');
    CREATE TABLE nothing (name BIGINT, visits BIGINT) WITH ('connector' = 'blackhole');
    CREATE MATERIALIZED VIEW counts AS SELECT name AS visitor, COUNT(*) AS visits FROM visits GROUP BY name`)
  return session
}

const finish = (session: Session): Promise<void> => session.run({ stop: () => false })

test('state over the budget stops the program with its largest operator, between two steps', async () => {
  const session = await counting('2 mb')
  await assert.rejects(finish(session), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'DSD7101')
    assert.match(error.message, /over the memory budget \(2\.0 MB\)/)
    assert.match(error.message, /largest state is that of aggregate \(name, count\)/)
    assert.match(error.message, /larger memory_limit or more workers/)
    return true
  })
  const [status] = session.status()
  assert.ok(status !== undefined && status.rowsIn > 0 && status.rowsIn < rows)
  const [largest] = status.operators
  assert.equal(`${largest?.name} ${largest?.columns}`, 'aggregate name,count')
  assert.ok(largest !== undefined && largest.stateBytes > status.stateLimitBytes / 2)
  assert.equal(status.stateLimitBytes, 2 * 2 ** 20 * (7 / 8))
  assert.ok(status.stateBytes < 2 * 2 ** 20, 'the last chunk went over seven eighths, not over all')
  await assert.rejects(finish(session), { code: 'DSD7101' }, 'asked again it says so again')
  await session.close()
})

test('what was stopped over its budget goes on from a snapshot with more memory, or more workers', async () => {
  const stopped = await counting('2 mb')
  await assert.rejects(finish(stopped), { code: 'DSD7101' })
  const bytes = await stopped.snapshot()
  await stopped.close()
  const environment = await createNodeEnvironment()
  for (const [memory, workers] of [
    ['1 gb', 1],
    ['1 gb', 3],
  ] as const) {
    const resumed = await createSession({ workers, settings: { memory_limit: memory } }, environment)
    await resumed.restore(bytes)
    await finish(resumed)
    const [counts] = await resumed.execute('SELECT COUNT(*), COUNT(DISTINCT visitor), SUM(visits) FROM counts')
    assert.ok(counts?.is === 'rows')
    assert.deepEqual(counts.rows, [[BigInt(rows), BigInt(rows), BigInt(rows)]])
    await resumed.close()
  }
})

test('memory that runs out within a step is an error that names the operator; that state is not saved', async () => {
  const session = await counting('4 gb')
  const program = await session.plan('INSERT INTO nothing SELECT name, COUNT(*) FROM visits GROUP BY name')
  await session.close()
  const engine = new Engine(program, {
    ...plainEngine,
    stepRows: rows,
    clock: new VirtualClock(0n),
    journal: false,
    createMemory: () => createMemory({ maximumBytes: 12 << 20, initialBytes: 4 << 20 }),
    openSource: ({ relation }) => sourceOf(datagen, relation),
    outputs: {
      deliver: () => undefined,
      side: () => undefined,
      deadLetters: { add: ({ problem }) => assert.fail(problem) },
      stepDone: () => undefined,
    },
  })
  await engine.open()
  const outOfMemory = { code: 'DSD9001', message: /Step 1 was not finished.*largest state is that of aggregate/ }
  assert.throws(() => engine.runStep(), outOfMemory)
  assert.throws(() => engine.snapshot(), outOfMemory)
  assert.equal(engine.pending(), false)
  await engine.close()
})

test('a size that is none is refused', async () => {
  await assert.rejects(counting('much'), { code: 'DSD2014' })
})

test('EXPLAIN says the memory where it is set', async () => {
  const explained = async (workers: number, set: string): Promise<readonly unknown[]> => {
    const session = await createSession({ workers }, await createNodeEnvironment())
    const result = (await session.execute(`${set} EXPLAIN SELECT 1`)).at(-1)
    await session.close()
    assert.ok(result?.is === 'rows')
    const lines = result.rows.map(([line]) => line)
    return lines.slice(lines.indexOf('Memory:') + 1)
  }
  // Seven eighths of 1 GB are 896 MB, those of 64 MB 56.
  assert.deepEqual(await explained(1, `SET memory_limit = '1 gb';`), [
    '  1.0 GB, of it 896.0 MB for state; over that state is spilled',
  ])
  assert.deepEqual(await explained(3, `SET memory_limit = '64mb';`), [
    '  64.0 MB for each of 3 workers, of it 56.0 MB for state; over that state is spilled',
  ])
  assert.equal(String(await explained(1, '')).includes('MB'), false)
})
