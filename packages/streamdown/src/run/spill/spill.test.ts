import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createMemory } from '../../batch/linear-memory.ts'
import type { Memory } from '../../batch/memory.ts'
import { encodeBatch } from '../../batch/wire.ts'
import { recordsIn } from '../../checkpoint/records.ts'
import { type StoredBytes, storedIn } from '../../checkpoint/stored-bytes.ts'
import { type Checksum, checksumConnector } from '../../connect/checksum.ts'
import { datagen } from '../../connect/datagen/datagen.ts'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { sinkOf, sourceOf } from '../../connect/relation.fixture.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { Program } from '../../plan/program.ts'
import { createSession } from '../../session/create.ts'
import { joined } from '../../values/bytes.ts'
import { VirtualClock } from '../clock.ts'
import { plainEngine } from '../engine.fixture.ts'
import { Engine, type EngineOptions } from '../engine.ts'
import { Journal } from '../journal.ts'
import { decodeSnapshot, encodeSnapshot, type SavedSnapshot, savedSnapshots, snapshotRecords } from '../snapshot.ts'
import { MemoryStore } from './memory-store.fixture.ts'

const KEYS = 30_000
const BUDGET = 3 << 20

/** Each key twice, a second apart from the next. */
const TABLE = (name: string, keys = KEYS): string => `
  CREATE TABLE ${name} (n BIGINT, v BIGINT, k AS n % ${keys}, ts AS TO_TIMESTAMP_LTZ(n % ${keys}, 0)) WITH (
    'connector' = 'datagen', 'number-of-rows' = '${2 * keys}', 'rows-per-second' = '0',
    'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${2 * keys - 1}',
    'fields.v.min' = '0', 'fields.v.max' = '1000');`

const queries: Readonly<Record<string, string>> = {
  aggregate: 'SELECT k, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS least FROM a GROUP BY k',
  join: 'SELECT a.k, a.v, b.v AS w FROM a JOIN b ON a.k = b.k AND a.v < b.v',
  'outer join': 'SELECT a.k, a.v, b.v AS w FROM a FULL JOIN b ON a.k = b.k + 5000',
  rank: 'SELECT k, v, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v, n) AS place FROM a) WHERE place <= 1',
  window:
    "SELECT k, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
  over: 'SELECT k, n, SUM(v) OVER (PARTITION BY k ORDER BY n) AS s FROM a',
  'different values of all rows': 'SELECT COUNT(DISTINCT n) AS n, SUM(DISTINCT n) AS s FROM a',
  'aggregate of a join': 'SELECT a.k % 20000 AS g, MAX(b.v) AS m FROM a JOIN b ON a.k = b.k GROUP BY a.k % 20000',
}

async function programOf(query: string, tables = `${TABLE('a')} ${TABLE('b')}`): Promise<Program> {
  const environment = await createNodeEnvironment()
  const connectors = [...environment.connectors, checksumConnector(new Map())]
  const session = await createSession({ dialect: 'postgres' }, { ...environment, connectors })
  const emit = tables.includes('WATERMARK') ? 'close' : 'update'
  const program = await session.plan(`SET dialect = 'flink'; SET window_emit = '${emit}'; ${tables}
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
const rest = (program: Program, bytes: Uint8Array, more: Partial<EngineOptions>): Promise<Checksum | undefined> =>
  goingOn(program, decodeSnapshot(bytes), more)

async function goingOn(
  program: Program,
  snapshot: SavedSnapshot,
  more: Partial<EngineOptions>,
): Promise<Checksum | undefined> {
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

test('state that fits again is in the memories of all workers again, each with its own limit', async () => {
  // A day of long texts of as many keys as rows, then two days of short texts of ten keys.
  const keys = 2_000
  const program = await programOf(
    `SELECT k, window_end, MAX(t) AS t FROM TABLE(TUMBLE(TABLE days, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY k, window_start, window_end`,
    `CREATE TABLE days (n BIGINT, k AS CASE WHEN n < ${keys} THEN n ELSE n % 10 END,
      t AS REPEAT(CAST(n AS STRING), CASE WHEN n < ${keys} THEN 800 ELSE 1 END),
      ts AS TO_TIMESTAMP_LTZ(n / ${keys} * 86400, 0), WATERMARK FOR ts AS ts) WITH (
      'connector' = 'datagen', 'number-of-rows' = '${3 * keys}', 'rows-per-second' = '0',
      'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${3 * keys - 1}');`,
  )
  const unlimited = await whole(program)
  assert.equal(unlimited?.rows, keys + 10 + 10)
  for (const [workers, memoryBytes] of [
    [1, 4 << 20],
    [2, 2 << 20],
  ] as const) {
    const limit = memoryBytes * (7 / 8)
    const store = new MemoryStore()
    const run = await running(program, { memoryBytes, openSpill: () => store, workers, stepRows: 200 })
    await run.engine.open()
    const limits: number[] = []
    while (run.engine.pending()) {
      run.engine.runStep()
      if (run.engine.stateLimitBytes !== limits.at(-1)) limits.push(run.engine.stateLimitBytes)
    }
    assert.deepEqual(run.result(), unlimited)
    assert.ok(store.written > 2 * memoryBytes, `${store.written} bytes`)
    assert.equal(run.engine.snapshot().partitions, undefined)
    assert.deepEqual(limits, workers === 1 ? [limit] : [workers * limit, limit, workers * limit])
    assert.equal(store.held, 0, 'nothing is left in the store')
    await run.engine.close()
  }
})

test('spilled state that is restored with more workers is in their memories when it fits there', async () => {
  const program = await programOf(queries['join'] ?? '')
  const unlimited = await whole(program)
  const run = await running(program, { memoryBytes: BUDGET, openSpill: () => new MemoryStore() })
  await run.engine.open()
  while (run.engine.rowsIn < 3 * KEYS) run.engine.runStep()
  const bytes = encodeSnapshot(run.engine.snapshot())
  const before = { ...(run.result() ?? { rows: 0, sum: 0n }) }
  await run.engine.close()
  for (const [workers, spills] of [
    [1, true],
    [2, true],
    [12, false],
  ] as const) {
    const store = new MemoryStore()
    const more = { memoryBytes: BUDGET, openSpill: () => store, workers }
    assert.deepEqual(together(before, await rest(program, bytes, more)), unlimited)
    assert.equal(store.written > 0, spills, `${workers} workers`)
  }
})

test('what is in memory of spilled state stays within the budget, however much state there is', async () => {
  const tables = `${TABLE('a', 2 * KEYS)} ${TABLE('b', 2 * KEYS)}`
  for (const name of ['aggregate', 'join']) {
    const program = await programOf(queries[name] ?? '', tables)
    const store = new MemoryStore()
    const memories: Memory[] = []
    const run = await running(program, {
      memoryBytes: BUDGET,
      openSpill: () => store,
      createMemory: () => {
        const memory = createMemory({ initialBytes: 1 << 20 })
        memories.push(memory)
        return memory
      },
    })
    await run.engine.open()
    let most = 0
    while (run.engine.pending()) {
      run.engine.runStep()
      const state = run.engine.stateBytes()
      most = Math.max(most, state)
      // What is not in the store is in the memory, or too small a part for it.
      if (store.held > 0)
        assert.ok(state - store.held < BUDGET, `${name}: ${state} bytes of state, ${store.held} in the store`)
    }
    assert.ok(most > 3 * BUDGET, `${name}: ${most} bytes of state`)
    const reserved = memories.reduce((sum, memory) => sum + memory.totalBytes(), 0)
    // docs/cli.md says so: the budget, and the rows of a step as they are exchanged.
    assert.ok(reserved < 3 * BUDGET, `${name}: ${reserved} bytes of memory`)
    await run.engine.close()
  }
})

test('a snapshot of spilled state is made and read part by part, none large', async () => {
  const program = await programOf(queries['join'] ?? '')
  const unlimited = await whole(program)
  const spilled = { memoryBytes: BUDGET, openSpill: () => new MemoryStore() }
  const run = await running(program, spilled)
  await run.engine.open()
  while (run.engine.rowsIn < 3 * KEYS) run.engine.runStep()
  const before = { ...(run.result() ?? { rows: 0, sum: 0n }) }
  const records = [...snapshotRecords('', run.engine.snapshot())]
  const bytes = joined(records)
  assert.ok(bytes.length > BUDGET / 2, `${bytes.length} bytes`)
  const parts = [...run.engine.snapshot().states()].map(({ state }) =>
    state.tables.flatMap(({ groups }) => [...groups.values()]).reduce((sum, { length }) => sum + length, 0),
  )
  assert.ok(Math.max(...parts) < bytes.length / 8, `${Math.max(...parts)} bytes of ${bytes.length}`)
  await run.engine.close()

  let most = 0
  const stored: StoredBytes = {
    ...storedIn(bytes),
    read: (at, length) => {
      most = Math.max(most, length)
      return storedIn(bytes).read(at, length)
    },
  }
  const saved = savedSnapshots(stored, recordsIn(stored)).get('')
  assert.ok(saved !== undefined)
  assert.deepEqual(together(before, await goingOn(program, saved, spilled)), unlimited)
  assert.ok(most < bytes.length / 8, `${most} bytes of ${bytes.length} read at once`)
})

test('a step that is run while a snapshot is taken is a defect that is said', async () => {
  const run = await running(await programOf(queries['join'] ?? ''), {})
  await run.engine.open()
  run.engine.runStep()
  const states = run.engine.snapshot().states()[Symbol.iterator]()
  states.next()
  run.engine.runStep()
  assert.throws(() => states.next(), { code: 'DSD9002' })
  await run.engine.close()
})

/** A store from which nothing can be read once \`broken\`. */
class FailingStore extends MemoryStore {
  broken = false

  override read(name: string, parts: readonly Uint8Array[]): void {
    if (this.broken) throw new StreamdownError('DSD7103', `${name}: the disk is gone.`)
    super.read(name, parts)
  }
}

test('a store that cannot be read fails the step; the program goes on from the snapshot before', async () => {
  const program = await programOf(queries['join'] ?? '')
  const unlimited = await whole(program)
  const store = new FailingStore()
  const run = await running(program, { memoryBytes: BUDGET, openSpill: () => store })
  await run.engine.open()
  while (run.engine.rowsIn < 3 * KEYS) run.engine.runStep()
  const bytes = encodeSnapshot(run.engine.snapshot())
  const before = { ...(run.result() ?? { rows: 0, sum: 0n }) }
  store.broken = true
  const gone = { code: 'DSD7103', message: /the disk is gone/ }
  assert.throws(() => run.engine.runStep(), gone)
  assert.throws(() => run.engine.snapshot(), gone, 'state is of no step')
  assert.equal(run.engine.pending(), false)
  await run.engine.close()
  assert.deepEqual(together(before, await rest(program, bytes, {})), unlimited)
})
