import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { encodeBatch } from '../../batch/wire.ts'
import { type Checksum, checksumConnector } from '../../connect/checksum.ts'
import { datagen } from '../../connect/datagen/datagen.ts'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { sinkOf, sourceOf } from '../../connect/relation.case.ts'
import type { Program } from '../../plan/program.ts'
import { createSession } from '../../session/create.ts'
import { VirtualClock } from '../clock.ts'
import { plainEngine } from '../engine.case.ts'
import { Engine, type EngineOptions } from '../engine.ts'
import { Journal } from '../journal.ts'
import { decodeSnapshot, encodeSnapshot } from '../snapshot.ts'
import { MemoryStore } from './memory-store.case.ts'

const KEYS = 30_000
const BUDGET = 3 << 20

/** Each key twice, a second apart from the next. */
const TABLE = (name: string): string => `
  CREATE TABLE ${name} (n BIGINT, v BIGINT, k AS n % ${KEYS}, ts AS TO_TIMESTAMP_LTZ(n % ${KEYS}, 0)) WITH (
    'connector' = 'datagen', 'number-of-rows' = '${2 * KEYS}', 'rows-per-second' = '0',
    'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${2 * KEYS - 1}',
    'fields.v.min' = '0', 'fields.v.max' = '1000');`

const queries: Readonly<Record<string, string>> = {
  aggregate: 'SELECT k, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS least FROM a GROUP BY k',
  join: 'SELECT a.k, a.v, b.v AS w FROM a JOIN b ON a.k = b.k AND a.v < b.v',
  'outer join': 'SELECT a.k, a.v, b.v AS w FROM a FULL JOIN b ON a.k = b.k + 5000',
  rank: 'SELECT k, v, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v, n) AS place FROM a) WHERE place <= 1',
  window:
    "SELECT k, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
  over: 'SELECT k, n, SUM(v) OVER (PARTITION BY k ORDER BY n) AS s FROM a',
  'aggregate of a join': 'SELECT a.k % 20000 AS g, MAX(b.v) AS m FROM a JOIN b ON a.k = b.k GROUP BY a.k % 20000',
}

async function programOf(query: string): Promise<Program> {
  const environment = await createNodeEnvironment()
  const connectors = [...environment.connectors, checksumConnector(new Map())]
  const session = await createSession({ dialect: 'postgres' }, { ...environment, connectors })
  const program = await session.plan(`SET dialect = 'flink'; SET window_emit = 'update'; ${TABLE('a')} ${TABLE('b')}
    CREATE TABLE result WITH ('connector' = 'checksum'); INSERT INTO result ${query}`)
  await session.close()
  return program
}

interface Run {
  readonly engine: Engine
  readonly result: () => Checksum | undefined
  /** Of what left the engine, in order. */
  readonly digest: () => string
  finish(): void
}

async function running(program: Program, more: Partial<EngineOptions>): Promise<Run> {
  const results = new Map<string, Checksum>()
  const [node] = program.sinks
  assert.ok(node !== undefined)
  const sink = sinkOf(checksumConnector(results), node.relation)
  const delivered = createHash('sha256')
  const engine = new Engine(program, {
    ...plainEngine,
    stepRows: 20_000,
    clock: new VirtualClock(0n),
    journal: false,
    openSource: ({ relation }) => sourceOf(datagen, relation),
    outputs: {
      deliver: (vertex, batch, memory, step) => {
        sink.write(batch, memory, step)
        delivered.update(`${step}`).update(encodeBatch(memory, batch, vertex.schema))
      },
      side: (vertex, port) => assert.fail(`${port} of ${vertex.name}`),
      deadLetters: { add: ({ problem }) => assert.fail(problem) },
      stepDone: () => undefined,
    },
    ...more,
  })
  const finish = (): void => {
    while (engine.pending()) engine.runStep()
  }
  return { engine, result: () => results.get('result'), digest: () => delivered.copy().digest('hex'), finish }
}

async function whole(program: Program, more: Partial<EngineOptions> = {}): Promise<Checksum | undefined> {
  const run = await running(program, more)
  await run.engine.open()
  run.finish()
  assert.equal(run.engine.ended, true)
  await run.engine.close()
  return run.result()
}

/** Goes on from a snapshot to the end: what all rows from then on add up to. */
async function rest(program: Program, bytes: Uint8Array, more: Partial<EngineOptions>): Promise<Checksum | undefined> {
  const snapshot = decodeSnapshot(bytes)
  const run = await running(program, more)
  run.engine.restore(snapshot)
  await run.engine.open(new Map(Object.entries(snapshot.positions)))
  run.finish()
  assert.equal(run.engine.ended, true)
  await run.engine.close()
  return run.result()
}

/** Of the rows of both. */
const together = (a: Checksum | undefined, b: Checksum | undefined): Checksum => ({
  rows: (a?.rows ?? 0) + (b?.rows ?? 0),
  sum: BigInt.asUintN(64, (a?.sum ?? 0n) + (b?.sum ?? 0n)),
})

for (const [name, query] of Object.entries(queries)) {
  test(`${name}: state of several times the budget gives what unlimited memory gives`, async () => {
    const program = await programOf(query)
    const unlimited = await whole(program)
    for (const workers of name === 'join' ? [1, 3] : [1]) {
      const store = new MemoryStore()
      const memoryBytes = workers === 1 ? BUDGET : BUDGET / 2
      const run = await running(program, { memoryBytes, openSpill: () => store, workers })
      await run.engine.open()
      let most = 0
      while (run.engine.pending()) {
        run.engine.runStep()
        most = Math.max(most, run.engine.stateBytes())
      }
      assert.equal(run.engine.stopped, undefined)
      assert.deepEqual(run.result(), unlimited)
      assert.ok(store.written > 0 && most > 1.5 * BUDGET, `${most} bytes of state`)
      await run.engine.close()
      assert.equal(store.closed, true)
    }
  })
}

test('a journal repeats when state was spilled: the same rows leave in the same order', async () => {
  const program = await programOf(queries['aggregate'] ?? '')
  const spilled = { memoryBytes: BUDGET, openSpill: () => new MemoryStore(), journal: true }
  const first = await running(program, spilled)
  await first.engine.open()
  first.finish()
  const text = first.engine.journal.toText()
  assert.match(text, /"partitions":\d+/)
  const again = await running(program, { ...spilled, replay: Journal.fromText(text).entries() })
  await again.engine.open()
  while (again.engine.step < first.engine.step) again.engine.runStep()
  assert.equal(again.engine.journal.toText() === text, true, 'the journal is the same')
  assert.equal(again.digest(), first.digest())
})

test('a snapshot of spilled state changes nothing, and restores with as little memory and with enough', async () => {
  const program = await programOf(queries['join'] ?? '')
  const unlimited = await whole(program)
  const spilled = { memoryBytes: BUDGET, openSpill: () => new MemoryStore() }
  const run = await running(program, spilled)
  await run.engine.open()
  while (run.engine.rowsIn < 3 * KEYS) run.engine.runStep()
  const bytes = encodeSnapshot(run.engine.snapshot())
  const before = { ...(run.result() ?? { rows: 0, sum: 0n }) }
  assert.ok((decodeSnapshot(bytes).partitions ?? 0) > 1)
  run.finish()
  assert.deepEqual(run.result(), unlimited)
  for (const more of [spilled, { workers: 2 }]) {
    assert.deepEqual(together(before, await rest(program, bytes, more)), unlimited)
  }
})

test('a store that is full stops the program between two steps, and nothing is lost', async () => {
  const program = await programOf(queries['join'] ?? '')
  const unlimited = await whole(program)
  // Full at the first piece, within the first hand-over, and in the middle of a later step.
  for (const capacity of [0, 2 << 20, 5 << 20]) {
    const run = await running(program, { memoryBytes: BUDGET, openSpill: () => new MemoryStore(capacity) })
    await run.engine.open()
    run.finish()
    assert.equal(run.engine.stopped?.code, 'DSD7103', `capacity ${capacity}`)
    assert.match(run.engine.stopped?.message ?? '', /cannot be spilled: .*full\. The largest state is that of join/)
    const bytes = encodeSnapshot(run.engine.snapshot())
    await run.engine.close()
    assert.deepEqual(together(run.result(), await rest(program, bytes, {})), unlimited)
  }
})
