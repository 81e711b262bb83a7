import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queries } from '../../../../bench/nexmark/queries.ts'
import { nexmarkTables } from '../../../../bench/nexmark/tables.ts'
import { createMemory } from '../batch/linear-memory.ts'
import { type Checksum, checksumConnector } from '../connect/checksum.ts'
import { nexmark } from '../connect/nexmark/nexmark.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { sinkOf, sourceOf } from '../connect/relation.fixture.ts'
import { createSession } from '../session/create.ts'
import { VirtualClock } from './clock.ts'
import { plainEngine } from './engine.fixture.ts'
import { Engine } from './engine.ts'
import { Inbox } from './exchange.ts'

const parcel = (bytes: number) => ({ to: 0, from: 0, rows: 1, firstOrdinal: 0n, bytes: new Uint8Array(bytes) })

test('an inbox takes parcels up to its credit, and a lone one of any size', () => {
  const inbox = new Inbox(100)
  assert.equal(inbox.offer(parcel(60)), 'done')
  assert.equal(inbox.offer(parcel(40)), 'done')
  assert.equal(inbox.offer(parcel(1)), 'output full')
  assert.equal(inbox.peakBytes, 100)
  assert.equal(new Inbox(100).offer(parcel(1000)), 'done')
})

test('an inbox without parcels says so', () => {
  const state = new Inbox(100).drain(createMemory(), [], () => assert.fail('there is nothing to push'))
  assert.equal(state, 'input empty')
})

/** All rows in one step; what was left in the inboxes at most, and the checksum of the result. */
async function inOneStep(
  query: 'q0' | 'q5',
  workers: number,
  inboxBytes: number,
): Promise<{ readonly peak: number; readonly result: Checksum | undefined }> {
  const results = new Map<string, Checksum>()
  const checksum = checksumConnector(results)
  const environment = await createNodeEnvironment()
  const session = await createSession({}, { ...environment, connectors: [...environment.connectors, checksum] })
  const program = await session.plan(`${nexmarkTables({ is: 'nexmark', events: 300_000, rate: 10_000 })}
    CREATE TABLE result WITH ('connector' = 'checksum'); INSERT INTO result ${queries[query]}`)
  await session.close()
  const [node] = program.sinks
  assert.ok(node !== undefined)
  const sink = sinkOf(checksum, node.relation)
  const engine = new Engine(program, {
    ...plainEngine,
    workers,
    stepRows: 1_000_000,
    clock: new VirtualClock(0n),
    journal: false,
    inboxBytes,
    openSource: ({ relation }) => sourceOf(nexmark, relation),
    outputs: {
      deliver: (_vertex, batch, memory, step) => sink.write(batch, memory, step),
      side: () => assert.fail('no row is late or fails'),
      deadLetters: { add: ({ problem }) => assert.fail(problem) },
      stepDone: () => undefined,
    },
  })
  await engine.open()
  while (!engine.ended) engine.runStep()
  await engine.close()
  assert.ok(engine.step <= 2n, 'one step took everything')
  return { peak: engine.peakInboxBytes(), result: results.get('result') }
}

test('what waits between workers stays under its budget, however large the step; the result is the same', async () => {
  const budget = 1 << 20
  for (const query of ['q0', 'q5'] as const) {
    const alone = await inOneStep(query, 1, budget)
    const unbounded = await inOneStep(query, 2, 2 ** 30)
    const bounded = await inOneStep(query, 2, budget)
    assert.equal(alone.peak, 0)
    assert.ok(unbounded.peak > 2 * budget, `${query} has more to exchange: ${unbounded.peak}`)
    assert.ok(bounded.peak <= budget, `${query}: ${bounded.peak}`)
    assert.deepEqual(bounded.result, alone.result, query)
    assert.deepEqual(unbounded.result, alone.result, query)
  }
})
