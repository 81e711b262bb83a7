/** The cut of the input into steps is written down: what repeats it gives the same bytes, and no cut changes the final table. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, test } from 'node:test'
import { queries } from '../../bench/nexmark/queries.ts'
import { nexmarkTables } from '../../bench/nexmark/tables.ts'
import { createMemory } from '../../packages/streamdown/src/batch/linear-memory.ts'
import { encodeBatch } from '../../packages/streamdown/src/batch/wire.ts'
import { type Checksum, checksumConnector } from '../../packages/streamdown/src/connect/checksum.ts'
import { nexmark } from '../../packages/streamdown/src/connect/nexmark/nexmark.ts'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import type { Program } from '../../packages/streamdown/src/plan/program.ts'
import { VirtualClock } from '../../packages/streamdown/src/run/clock.ts'
import { Engine } from '../../packages/streamdown/src/run/engine.ts'
import { Journal, type JournalEntry } from '../../packages/streamdown/src/run/journal.ts'
import { decodeSnapshot, encodeSnapshot, type SavedSnapshot } from '../../packages/streamdown/src/run/snapshot.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import { settingsOf } from '../../packages/streamdown/src/sql/settings.ts'
import { seed } from './oracle.ts'

const names = ['q2', 'q3', 'q5', 'q7', 'q8', 'q106', 'tumble'] as const
const tables = nexmarkTables({ is: 'nexmark', events: 4000, rate: 100 })

let environment: Environment

before(async () => {
  environment = await createNodeEnvironment()
  console.log(`DSD_SEED=${seed}`)
})

async function programOf(query: (typeof names)[number]): Promise<Program> {
  const session = await createSession({}, environment)
  try {
    return await session.plan(`${tables} CREATE TABLE result WITH ('connector' = 'blackhole');
      INSERT INTO result ${queries[query]}`)
  } finally {
    await session.close()
  }
}

interface Cut {
  readonly seed: number
  readonly stepRows: number | 'random'
  readonly now: bigint
  readonly replay?: readonly JournalEntry[]
  readonly from?: SavedSnapshot
}

/** What a run did: a digest of every step's output, and all state in the middle and at the end. */
interface Trace {
  readonly outputs: ReadonlyMap<bigint, string>
  readonly middle: Uint8Array
  readonly end: Uint8Array
  readonly journal: Journal
}

const MIDDLE = 4n

async function run(program: Program, { seed: of, stepRows, now, replay, from }: Cut): Promise<Trace> {
  const digests = new Map<bigint, ReturnType<typeof createHash>>()
  const clock = new VirtualClock(now)
  const engine = new Engine(program, {
    workers: 2,
    stepRows,
    seed: of,
    clock,
    timeZone: 'UTC',
    settings: settingsOf('flink'),
    journal: true,
    ...(replay === undefined ? {} : { replay }),
    createMemory: () => createMemory(),
    openSource: ({ relation }) => {
      if (nexmark.source === undefined) throw new RangeError('nexmark is a source')
      return nexmark.source.create(relation)
    },
    outputs: {
      deliver: (vertex, batch, memory, step) => digest(step).update(encodeBatch(memory, batch, vertex.schema)),
      side: (vertex, port, batch, _memory, step) => {
        digest(step).update(`${vertex.id} ${port} ${batch.rows}`)
      },
      deadLetters: { add: ({ problem }) => assert.fail(problem) },
      stepDone: () => clock.advance(1000n),
    },
  })
  function digest(step: bigint): ReturnType<typeof createHash> {
    const known = digests.get(step) ?? createHash('sha256')
    digests.set(step, known)
    return known
  }
  if (from !== undefined) engine.restore(from)
  await engine.open(new Map(Object.entries(from?.positions ?? {})))
  let middle: Uint8Array = new Uint8Array()
  while (!engine.ended) {
    assert.ok(engine.pending())
    engine.runStep()
    if (engine.step === MIDDLE) middle = encodeSnapshot(engine.snapshot())
  }
  const end = encodeSnapshot(engine.snapshot())
  await engine.close()
  const outputs = new Map([...digests].map(([step, hash]) => [step, hash.digest('hex')]))
  return { outputs, middle, end, journal: engine.journal }
}

test('one journal replayed gives the same bytes, whatever the clock and the size of steps are now', async () => {
  for (const name of names) {
    const program = await programOf(name)
    const first = await run(program, { seed, stepRows: 'random', now: 5n })
    const again = await run(program, { seed, stepRows: 'random', now: 5n })
    assert.deepEqual(again, first, `${name}: the same seed`)
    const text = first.journal.toText()
    const replay = Journal.fromText(text).entries()
    assert.ok(BigInt(replay.length) > MIDDLE)
    const replayed = await run(program, { seed, stepRows: 3, now: 1_000_000n, replay })
    assert.equal(replayed.journal.toText(), text, `${name}: the journal of the replay`)
    assert.deepEqual(replayed.outputs, first.outputs, `${name}: outputs of the replay`)
    assert.deepEqual(replayed.middle, first.middle, `${name}: state in the middle of the replay`)
    assert.deepEqual(replayed.end, first.end, `${name}: state after the replay`)
  }
})

test('a snapshot and the rest of the journal repeat the rest', async () => {
  for (const name of names) {
    const program = await programOf(name)
    const first = await run(program, { seed, stepRows: 'random', now: 5n })
    const replay = first.journal.entries()
    const rest = await run(program, { seed, stepRows: 3, now: 7n, replay, from: decodeSnapshot(first.middle) })
    assert.deepEqual(
      rest.journal.entries(),
      replay.filter(({ step }) => step > MIDDLE),
    )
    const behind = [...first.outputs].filter(([step]) => step > MIDDLE)
    assert.deepEqual([...rest.outputs], behind, name)
  }
})

test('a journal whose source has lost rows is refused', async () => {
  const program = await programOf('q2')
  const { journal } = await run(program, { seed, stepRows: 'random', now: 5n })
  const [first] = journal.entries()
  assert.ok(first !== undefined)
  const takes = first.takes.map(take => ({ ...take, rows: 5000 }))
  const replay = [{ ...first, takes }]
  await assert.rejects(run(program, { seed, stepRows: 1, now: 5n, replay }), { code: 'DSD3004' })
})

test('seeds, steps and workers do not change the final table', async () => {
  const ways = [
    { workers: 1, stepRows: 65_536, seed },
    { workers: 1, stepRows: 61, seed },
    { workers: 2, stepRows: 'random', seed: seed + 1 },
    { workers: 3, stepRows: 'random', seed: seed + 2 },
  ] as const
  for (const name of names) {
    const found: string[] = []
    for (const way of ways) {
      const results = new Map<string, Checksum>()
      const connectors = [...environment.connectors, checksumConnector(results)]
      const session = await createSession(way, { ...environment, connectors })
      await session.execute(`${tables} CREATE TABLE result WITH ('connector' = 'checksum');
        INSERT INTO result ${queries[name]}`)
      await session.run({ stop: () => false })
      await session.close()
      const { rows, sum } = results.get('result') ?? { rows: 0, sum: 0n }
      assert.ok(rows > 0, `${name} has rows`)
      found.push(`${rows} rows, ${sum}`)
    }
    assert.deepEqual(new Set(found).size, 1, `${name}: ${found.join('; ')}`)
  }
})
