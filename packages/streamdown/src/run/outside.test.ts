import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemory } from '../batch/linear-memory.ts'
import { rowsOf, weightsOf } from '../batch/values.ts'
import { MemoryFeed } from '../connect/memory.ts'
import { AsyncNode, type Inquiry, type Relation, ScanNode } from '../plan/nodes/node.ts'
import type { Program } from '../plan/program.ts'
import { field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { VirtualClock } from './clock.ts'
import { Engine, type EngineOptions } from './engine.ts'
import { Journal } from './journal.ts'
import { tableOf } from './operators/operator-harness.fixture.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'

const inquiry: Inquiry = {
  ask: () => Promise.reject(new Error('nobody asks here')),
  batch: 1,
  concurrency: 1,
  timeout: 1n,
  retry: { attempts: 0, delay: 0n, onMiss: false },
}

/** Rows of (k, v) that come and go, and of each what is said of its k, where that is not more than v. */
function programOf(ordered: boolean): Program {
  const relation: Relation = {
    name: 'rows',
    schema: [field('k', types.string), field('v', types.int)],
    connector: 'memory',
    options: {},
    primaryKey: [],
    changes: 'retract',
  }
  const node = AsyncNode.create(ScanNode.create(relation), {
    asks: [0],
    inquiry,
    answers: [field('answer', types.int)],
    single: false,
    keeps: true,
    outer: true,
    condition: {
      is: 'call',
      name: '>=',
      args: [
        { is: 'column', index: 1, name: 'v', type: types.int, nullable: true },
        { is: 'column', index: 2, name: 'answer', type: types.int, nullable: true },
      ],
      type: types.boolean,
      nullable: true,
    },
    ordered,
    name: 'ask',
  })
  return { sinks: [], views: [{ name: 'out', input: node, key: [] }] }
}

interface Rig {
  readonly engine: Engine
  readonly feed: MemoryFeed
  readonly rows: { readonly values: readonly Value[]; readonly weight: number }[]
}

function rig(program: Program, workers: number, more: Partial<EngineOptions> = {}, restored?: Uint8Array): Rig {
  const feed = new MemoryFeed()
  const rows: Rig['rows'] = []
  const engine = new Engine(program, {
    workers,
    stepRows: 'random',
    seed: 3,
    clock: new VirtualClock(0n),
    timeZone: 'UTC',
    settings: {},
    journal: true,
    createMemory: () => createMemory(),
    openSource: ({ relation }) => assert.fail(relation.name),
    outputs: {
      deliver: (_vertex, batch, memory) => {
        const weights = weightsOf(memory, batch)
        for (const [at, values] of rowsOf(memory, batch).entries()) rows.push({ values, weight: weights[at] ?? 1 })
      },
      side: (_vertex, port) => assert.fail(port),
      deadLetters: { add: ({ problem }) => assert.fail(problem) },
      stepDone: () => undefined,
    },
    ...more,
  })
  if (restored !== undefined) engine.restore(decodeSnapshot(restored))
  engine.openWith(scan => [feed.reader(scan)])
  return { engine, feed, rows }
}

const settle = (engine: Engine): void => {
  while (engine.pending()) engine.runStep()
}

const events = fc.array(
  fc.oneof(
    fc.record({
      is: fc.constant('add' as const),
      k: fc.constantFrom('a', 'b', 'long enough to be kept outside'),
      v: fc.nat(3),
    }),
    fc.record({ is: fc.constant('remove' as const), which: fc.nat(20) }),
    fc.record({
      is: fc.constant('answer' as const),
      which: fc.nat(20),
      answers: fc.array(fc.nat(3), { maxLength: 3 }),
    }),
    fc.record({ is: fc.constant('restart' as const), workers: fc.integer({ min: 1, max: 3 }) }),
  ),
  { maxLength: 40 },
)

test('each row has its answer, in whatever order they come; its retraction takes back just that', () => {
  fc.assert(
    fc.property(events, fc.boolean(), (script, ordered) => {
      const program = programOf(ordered)
      let running = rig(program, 1)
      const out: Rig['rows'] = []
      const added: { readonly k: string; readonly v: number; readonly number: bigint; removed: boolean }[] = []
      const answers = new Map<bigint, readonly number[]>()
      /** Every row has a number, retractions too. */
      let next = 0n
      for (const each of script) {
        const { engine, feed } = running
        switch (each.is) {
          case 'add':
            added.push({ k: each.k, v: each.v, number: next++, removed: false })
            feed.push([{ values: [each.k, each.v], weight: 1 }])
            break
          case 'remove': {
            const there = added.filter(({ removed }) => !removed)
            const chosen = there[each.which % Math.max(1, there.length)]
            if (chosen === undefined) break
            const oldest = there.find(({ k, v }) => k === chosen.k && v === chosen.v)
            if (oldest !== undefined) oldest.removed = true
            next += 1n
            feed.push([{ values: [chosen.k, chosen.v], weight: -1 }])
            break
          }
          case 'answer': {
            const [inquiries] = engine.inquiries
            const open = inquiries?.open ?? []
            const question = open[each.which % Math.max(1, open.length)]
            if (inquiries === undefined || question === undefined) break
            answers.set(question.number, each.answers)
            inquiries.answer(question.number, { rows: each.answers.map(answer => [answer]) })
            break
          }
          case 'restart': {
            out.push(...running.rows)
            running = rig(program, each.workers, {}, encodeSnapshot(engine.snapshot()))
          }
        }
        settle(running.engine)
      }
      running.feed.end()
      settle(running.engine)
      const [inquiries] = running.engine.inquiries
      for (const { number } of inquiries?.open ?? []) {
        answers.set(number, [0])
        inquiries?.answer(number, { rows: [[0]] })
      }
      settle(running.engine)
      assert.equal(running.engine.ended, true)
      out.push(...running.rows)
      const left = added.filter(({ removed }) => !removed)
      if (ordered) {
        const expected = left.flatMap(({ k, v, number }) => {
          const met = (answers.get(number) ?? []).filter(answer => v >= answer)
          return (met.length > 0 ? met : [null]).map(answer => ({ values: [k, v, answer], weight: 1 }))
        })
        assert.deepEqual(tableOf(out), tableOf(expected))
        return
      }
      // Which of equal rows a retraction takes hangs on the order of the answers: every row that stays shows.
      const rowOf = (text: string): string => String(JSON.parse(text).slice(0, 2))
      assert.deepEqual(new Set([...tableOf(out).keys()].map(rowOf)), new Set(left.map(({ k, v }) => `${k},${v}`)))
      assert.ok([...tableOf(out).values()].every(weight => weight > 0))
    }),
  )
})

test('a journal replayed takes in the same answers, and asks nothing until it is through', () => {
  const program = programOf(false)
  const first = rig(program, 2)
  const push = ({ feed }: Rig): void => {
    feed.push(['a', 'b', 'a', 'c'].map((k, v) => ({ values: [k, v], weight: 1 })))
    feed.push([{ values: ['a', 0], weight: -1 }])
  }
  push(first)
  first.engine.runStep()
  settle(first.engine)
  const [inquiries] = first.engine.inquiries
  const open = inquiries?.open ?? []
  for (const { number } of [...open].reverse().slice(0, 3)) {
    inquiries?.answer(number, { rows: [[Number(number)], [0]] })
    settle(first.engine)
  }
  const replay = Journal.fromText(first.engine.journal.toText()).entries()
  const asked: bigint[] = []
  const again = rig(program, 2, {
    replay,
    asker: () => ({ ask: ({ number }) => asked.push(number), close: () => undefined }),
  })
  push(again)
  settle(again.engine)
  assert.deepEqual(again.rows, first.rows)
  assert.ok(first.rows.length > 0)
  assert.deepEqual(
    asked,
    inquiries?.open.map(({ number }) => number),
  )
  assert.equal(again.engine.journal.toText(), first.engine.journal.toText())
})
