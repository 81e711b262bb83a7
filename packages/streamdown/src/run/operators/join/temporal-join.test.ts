import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { END_OF_TIME, NO_WATERMARK } from '../../../batch/batch.ts'
import { test as call, column } from '../../../plan/expressions/build.ts'
import { type PlanNode, TemporalJoinNode } from '../../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type FedRow, OperatorHarness, tableOf, textOf } from '../operator-harness.fixture.ts'
import { createArrivalJoin } from './arrival-join.ts'
import { createEventTimeJoin } from './event-time-join.ts'

const input = (schema: Schema): PlanNode => ({ is: 'values', schema, rows: [] })
const kinds = ['inner', 'left'] as const

/** Rows of one moment as the exchange may bring them: one input after the other. */
const byInput = (rows: readonly FedRow[], first: number): readonly FedRow[] => [
  ...rows.filter(row => row.input === first),
  ...rows.filter(row => row.input !== first),
]

const runs = fc.array(
  fc.record({ rows: fc.nat(6), restart: fc.option(fc.integer({ min: 1, max: 3 })), first: fc.nat(1) }),
)

/** Cuts a script into steps at random places. */
function* cut(
  rows: readonly FedRow[],
  steps: readonly { readonly rows: number; readonly restart: number | null; readonly first: number }[],
) {
  let at = 0
  for (const step of steps) {
    yield { ...step, rows: byInput(rows.slice(at, at + step.rows), step.first) }
    at += step.rows
  }
  yield { rows: byInput(rows.slice(at), 0), restart: null, first: 0 }
}

/** The same steps, but none that ends between the two halves of an update: their ordinals follow each other. */
function withoutHalves<Step extends { readonly rows: number }>(
  rows: readonly FedRow[],
  steps: readonly Step[],
): Step[] {
  let at = 0
  return steps.map(step => {
    let end = at + step.rows
    const isHalf = (): boolean =>
      end > at && end < rows.length && (rows[end]?.ordinal ?? 0n) - (rows[end - 1]?.ordinal ?? 0n) === 1n
    if (isHalf()) end++
    const whole = { ...step, rows: end - at }
    at = end
    return whole
  })
}

test('by arrival: each left row meets what is there when it comes, and its retraction takes back just that', () => {
  const left: Schema = [field('k', types.int), field('a', types.int)]
  const right: Schema = [field('id', types.int), field('k', types.int), field('v', types.int)]
  const key = fc.option(fc.nat(2), { freq: 5 })
  const event = fc.oneof(
    fc.record({ is: fc.constant('add' as const), k: key, a: fc.nat(3) }),
    fc.record({ is: fc.constant('remove' as const), which: fc.nat(50) }),
    fc.record({ is: fc.constant('put' as const), id: fc.nat(3), k: key, v: fc.nat(3) }),
    fc.record({ is: fc.constant('drop' as const), id: fc.nat(3) }),
  )
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 40 }),
      runs,
      fc.constantFrom(...kinds),
      fc.boolean(),
      (events, steps, kind, keyed) => {
        const rows: FedRow[] = []
        const there = new Map<number, readonly Value[]>()
        const added: { readonly values: readonly Value[]; readonly answer: readonly (readonly Value[])[] }[] = []
        let ordinal = 0n
        const feed = (at: number, values: readonly Value[], weight: number) =>
          rows.push({ input: at, values, weight, ordinal: ordinal++ })
        for (const each of events) {
          switch (each.is) {
            case 'add': {
              const values = [each.k, each.a]
              const met = [...there.values()].filter(
                ([, k, v]) => (!keyed || (k === each.k && k !== null)) && each.a > Number(v),
              )
              const alone = kind === 'left' ? [[...values, null, null, null]] : []
              added.push({ values, answer: met.length > 0 ? met.map(row => [...values, ...row]) : alone })
              feed(0, values, 1)
              break
            }
            case 'remove': {
              const chosen = added[each.which % Math.max(1, added.length)]
              if (chosen === undefined) break
              // Of equal rows the oldest goes.
              const oldest = added.findIndex(({ values }) => textOf(values) === textOf(chosen.values))
              added.splice(oldest, 1)
              feed(0, chosen.values, -1)
              break
            }
            case 'put':
            case 'drop': {
              const old = there.get(each.id)
              if (old !== undefined) feed(1, old, -1)
              there.delete(each.id)
              if (each.is === 'drop') break
              const values = [each.id, each.k, each.v]
              there.set(each.id, values)
              feed(1, values, 1)
            }
          }
        }
        const both = [...left, ...right]
        const node = TemporalJoinNode.create(
          kind,
          input(left),
          input(right),
          keyed ? [{ left: 0, right: 1, nullsMatch: false }] : [],
          call('>', column(both, 1), column(both, 4)),
          { is: 'arrival' },
        )
        const harness = new OperatorHarness(
          context =>
            createArrivalJoin(node, context, [
              { schema: left, appendOnly: false },
              { schema: right, appendOnly: false, key: [0] },
            ]),
          [
            { schema: left, routeBy: keyed ? [0] : [] },
            { schema: right, routeBy: keyed ? [1] : [] },
          ],
        )
        for (const step of cut(rows, steps)) {
          harness.step(step.rows, {}, 3)
          if (step.restart !== null) harness.restart(step.restart)
        }
        const expected = added.flatMap(({ answer }) => answer.map(values => ({ values, weight: 1 })))
        assert.deepEqual(harness.table(), tableOf(expected))
      },
    ),
  )
})

test('by arrival: nothing is ever taken back from rows that are only added', () => {
  const left: Schema = [field('k', types.int)]
  const right: Schema = [field('k', types.int), field('v', types.int)]
  const node = TemporalJoinNode.create(
    'left',
    input(left),
    input(right),
    [{ left: 0, right: 0, nullsMatch: false }],
    undefined,
    {
      is: 'arrival',
    },
  )
  const harness = new OperatorHarness(
    context =>
      createArrivalJoin(node, context, [
        { schema: left, appendOnly: true },
        { schema: right, appendOnly: false, key: [0] },
      ]),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [0] },
    ],
  )
  harness.step([
    { input: 0, values: [1] },
    { input: 1, values: [1, 10] },
    { input: 0, values: [1] },
  ])
  harness.step([{ input: 1, values: [1, 10], weight: -1 }])
  assert.deepEqual(
    harness.main.map(({ values, weight }) => [...values, weight]),
    [
      [1, null, null, 1],
      [1, 1, 10, 1],
    ],
  )
})

const left: Schema = [field('k', types.int), field('t', types.timestamp()), field('a', types.int)]
const right: Schema = [field('t', types.timestamp()), field('k', types.int), field('v', types.int)]

function eventTimeHarness(kind: (typeof kinds)[number], workers = 1): OperatorHarness {
  const both = [...left, ...right]
  const node = TemporalJoinNode.create(
    kind,
    input(left),
    input(right),
    [{ left: 0, right: 1, nullsMatch: false }],
    call('<>', column(both, 2), column(both, 5)),
    { is: 'eventTime', left: 1, right: 0 },
  )
  const moment = { is: 'eventTime', left: 1, right: 0 } as const
  return new OperatorHarness(
    context =>
      createEventTimeJoin({ ...node, moment }, context, [
        { schema: left, appendOnly: false },
        { schema: right, appendOnly: false },
      ]),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [1] },
    ],
    workers,
  )
}

test('by event time: the two halves of an update may have steps without rows between them', () => {
  const harness = eventTimeHarness('inner')
  const at = (watermark: bigint) => ({ watermarks: [watermark, watermark] })
  harness.step(
    [
      { input: 1, values: [101n, 0, 7], ordinal: 2n },
      { input: 0, values: [0, 102n, 1], ordinal: 4n },
      { input: 1, values: [101n, 0, 7], weight: -1, ordinal: 10n },
    ],
    at(101n),
  )
  harness.step([], at(101n))
  harness.step([], at(101n))
  harness.step([{ input: 1, values: [105n, 0, 8], ordinal: 11n }], at(101n))
  harness.step([], { ...at(END_OF_TIME), ended: true })
  assert.deepEqual(harness.table(), tableOf([{ values: [0, 102n, 1, 101n, 0, 7], weight: 1 }]))
})

test('by event time: the version that was valid at the time, whatever the order of arrival within the lateness', () => {
  const key = fc.option(fc.nat(2), { freq: 6 })
  const event = fc.oneof(
    fc.record({ is: fc.constant('row' as const), k: key, back: fc.nat(3), a: fc.nat(2) }),
    fc.record({ is: fc.constant('undo' as const) }),
    fc.record({ is: fc.constantFrom('put' as const, 'end' as const), k: fc.nat(2), ahead: fc.nat(2), v: fc.nat(2) }),
  )
  const LATENESS = 4n
  fc.assert(
    fc.property(fc.array(event, { maxLength: 50 }), runs, fc.constantFrom(...kinds), (events, steps, kind) => {
      const rows: FedRow[] = []
      const versions = new Map<number, { readonly time: bigint; readonly v: number | null }[]>()
      let clock = 100n
      let ordinal = 0n
      for (const each of events) {
        clock += 1n
        // Two events with a gap between their ordinals are never an update.
        ordinal += 2n
        if (each.is === 'row') {
          const time = clock - BigInt(each.back)
          rows.push({ input: 0, values: [each.k, time, each.a], watermark: clock - LATENESS, ordinal })
          continue
        }
        if (each.is === 'undo') {
          // Only while it surely waits.
          const last = rows.findLast(row => row.input === 0)
          if (last === undefined || last.weight === -1 || BigInt(String(last.values[1])) <= clock - LATENESS) continue
          rows.push({ ...last, weight: -1, watermark: clock - LATENESS, ordinal })
          continue
        }
        const history = versions.get(each.k) ?? []
        versions.set(each.k, history)
        const last = history.at(-1)
        const time = clock + BigInt(each.ahead)
        if (last !== undefined && last.time >= time) continue
        if (each.is === 'end') {
          if (last?.v == null) continue
          history.push({ time, v: null })
          rows.push({ input: 1, values: [time, each.k, last.v], weight: -1, watermark: clock - LATENESS, ordinal })
          continue
        }
        if (last !== undefined && last.v !== null) {
          rows.push({ input: 1, values: [last.time, each.k, last.v], weight: -1, watermark: clock - LATENESS, ordinal })
          ordinal += 1n
        }
        history.push({ time, v: each.v })
        rows.push({ input: 1, values: [time, each.k, each.v], watermark: clock - LATENESS, ordinal })
      }
      const harness = eventTimeHarness(kind)
      let seen = NO_WATERMARK
      for (const step of cut(rows, withoutHalves(rows, steps))) {
        for (const { watermark = NO_WATERMARK } of step.rows) if (watermark > seen) seen = watermark
        harness.step(step.rows, { watermarks: [seen, seen] }, 3)
        if (step.restart !== null) harness.restart(step.restart)
      }
      harness.step([], { watermarks: [END_OF_TIME, END_OF_TIME], ended: true })
      const expected = rows
        .filter(row => row.input === 0)
        .flatMap(({ values, weight = 1 }) => {
          const [k, time = 0n, a] = values
          const valid = (versions.get(Number(k)) ?? []).findLast(version => version.time <= BigInt(String(time)))
          if (k !== null && valid !== undefined && valid.v !== null && valid.v !== a)
            return [{ values: [...values, valid.time, k ?? null, valid.v], weight }]
          return kind === 'left' ? [{ values: [...values, null, null, null], weight }] : []
        })
      assert.deepEqual(harness.table(), tableOf(expected))
      assert.deepEqual(harness.sides.get('late') ?? [], [])
      assert.ok(harness.main.every(({ weight }) => weight > 0))
    }),
  )
})

test('by event time: old versions are forgotten when the watermark has passed the next', () => {
  const harness = eventTimeHarness('inner', 2)
  const step = (time: bigint) =>
    harness.step(
      Array.from({ length: 50 }, (_, k) => ({ input: 1, values: [time, k, Number(time)] })),
      { watermarks: [time - 1n, time - 1n] },
    )
  for (let time = 1n; time <= 20n; time++) step(time)
  const early = harness.stateBytes()
  for (let time = 21n; time <= 300n; time++) step(time)
  assert.equal(harness.stateBytes(), early)
})

test('by event time: a left row from before the watermark is late', () => {
  const harness = eventTimeHarness('left')
  harness.step([{ input: 1, values: [1n, 1, 7] }], { watermarks: [10n, 10n] })
  harness.step(
    [
      { input: 0, values: [1, 9n, 0], watermark: 10n },
      { input: 0, values: [1, 10n, 0], watermark: 10n },
      { input: 0, values: [1, null, 0], watermark: 10n },
    ],
    { watermarks: [10n, 10n] },
  )
  assert.deepEqual(
    harness.main.map(({ values }) => values),
    [[1, 10n, 0, 1n, 1, 7]],
  )
  assert.deepEqual(
    harness.sides.get('late')?.map(({ values }) => values),
    [
      [1, null, 0, 1, 1],
      [1, 9n, 0, 1, 1],
    ],
  )
})
