import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NO_WATERMARK } from '../../../batch/batch.ts'
import type { MemoryOptions } from '../../../batch/linear-memory.ts'
import type { AggregateNode, WindowNode } from '../../../plan/nodes/node.ts'
import { randomOf } from '../../../state/table-model.fixture.ts'
import { field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type FedRow, tableOf } from '../operator-harness.fixture.ts'
import { aggregateNode, call, harnessOf, inputNode, memoryModes } from './aggregate-model.fixture.ts'

const time = types.timestamp(3)
const source = [field('k', types.bigint), field('v', types.int), field('t', time, false)]
const windowed = [
  ...source,
  field('window_start', time, false),
  field('window_end', time, false),
  field('window_time', time, false),
]

const SLIDE = 10n

/** A HOP window of `copies` times the slide; the operator is fed with its rows. */
function windowNode(copies: number): WindowNode {
  const windowing = { kind: 'hop', size: SLIDE * BigInt(copies), slide: SLIDE, offset: 0n } as const
  return { is: 'window', input: inputNode(source), windowing, time: 2, emit: 'close', schema: windowed }
}

const calls = [
  call(windowed, 'count', []),
  call(windowed, 'sum', ['v']),
  call(windowed, 'min', ['v']),
  call(windowed, 'count', ['v'], { distinct: true }),
  call(windowed, 'array_agg', ['v'], { orderBy: ['v'] }),
]

/** The keys stand in another order than the state's: window_start, k, window_end. */
function node(copies: number, window: Partial<NonNullable<AggregateNode['window']>> = {}): AggregateNode {
  return aggregateNode(windowNode(copies), [3, 0, 4], calls, {
    start: 0,
    end: 2,
    allowedLateness: 0n,
    changes: false,
    ...window,
  })
}

interface Event {
  readonly values: readonly [bigint | null, number | null, bigint]
  readonly weight: number
  readonly ordinal: bigint
  readonly watermark: bigint
}

const endsOf = (t: bigint, copies: number): bigint[] =>
  Array.from({ length: copies }, (_, i) => (t / SLIDE + 1n + BigInt(i)) * SLIDE)

const copiesOf = ({ values, weight, ordinal, watermark }: Event, copies: number): FedRow[] =>
  endsOf(values[2], copies).map(end => ({
    input: 0,
    values: [...values, end - SLIDE * BigInt(copies), end, end - 1000n],
    weight,
    ordinal,
    watermark,
  }))

function randomEvents(seed: number, appendOnly: boolean): Event[] {
  const random = randomOf(seed)
  const events: Event[] = []
  const living: Event[] = []
  let newest = 0n
  for (let i = 0; i < 5 + random.below(50); i++) {
    const watermark = newest === 0n ? NO_WATERMARK : newest - 15n
    const ordinal = BigInt(i)
    const taken = !appendOnly && random.below(4) === 0 ? living.splice(random.below(living.length), 1)[0] : undefined
    if (taken !== undefined) {
      events.push({ ...taken, weight: -1, ordinal, watermark })
      continue
    }
    const t = BigInt(100 + i * 3 + random.below(60))
    const event: Event = {
      values: [
        random.below(6) === 0 ? null : BigInt(random.below(3)),
        random.below(6) === 0 ? null : random.below(4),
        t,
      ],
      weight: 1,
      ordinal,
      watermark,
    }
    living.push(event)
    events.push(event)
    if (t > newest) newest = t
  }
  return events
}

/** The rows that the windows give in the end, and the late rows with missed and total. */
function recompute(events: readonly Event[], copies: number, lateness: bigint) {
  const groups = new Map<string, { key: Value[]; rows: { v: number | null; weight: number }[] }>()
  const late: { values: Value[]; weight: number }[] = []
  for (const { values, weight, watermark } of events) {
    const [k, v, t] = values
    const ends = endsOf(t, copies)
    const missed = ends.filter(end => watermark !== NO_WATERMARK && end + lateness <= watermark)
    const [first] = missed
    if (first !== undefined) {
      late.push({
        values: [...values, first - SLIDE * BigInt(copies), first, first - 1000n, missed.length, copies],
        weight,
      })
    }
    for (const end of ends) {
      if (missed.includes(end)) continue
      const key = [end - SLIDE * BigInt(copies), k, end]
      const text = key.join(' ')
      const group = groups.get(text) ?? { key, rows: [] }
      groups.set(text, group)
      group.rows.push({ v, weight })
    }
  }
  const rows: { values: Value[]; weight: number }[] = []
  for (const { key, rows: own } of groups.values()) {
    const count = own.reduce((sum, { weight }) => sum + weight, 0)
    if (count <= 0) continue
    const counts = new Map<number, number>()
    let nulls = 0
    for (const { v, weight } of own)
      if (v !== null) counts.set(v, (counts.get(v) ?? 0) + weight)
      else nulls += weight
    const values = [...counts].filter(([, n]) => n > 0).sort(([a], [b]) => a - b)
    const list = [
      ...values.flatMap(([v, n]) => Array.from({ length: n }, () => v)),
      ...Array.from({ length: nulls }, () => null),
    ]
    const sum = values.reduce((total, [v, n]) => total + v * n, 0)
    rows.push({
      values: [
        ...key,
        BigInt(count),
        values.length === 0 ? null : BigInt(sum),
        values[0]?.[0] ?? null,
        BigInt(values.length),
        list,
      ],
      weight: 1,
    })
  }
  return { rows: tableOf(rows), late: tableOf(late), order: rows }
}

/** A changelog whose retractions miss a window though their insertions did not has no result to compare with. */
const consistent = (events: readonly Event[], copies: number, lateness: bigint): boolean =>
  events.every(
    ({ weight, values, watermark }) =>
      weight > 0 || endsOf(values[2], copies).every(end => watermark === NO_WATERMARK || end + lateness > watermark),
  )

function drive(
  seed: number,
  copies: number,
  appendOnly: boolean,
  window: Partial<NonNullable<AggregateNode['window']>>,
  workers: number,
  memory: MemoryOptions = {},
): void {
  const events = randomEvents(seed, appendOnly)
  const lateness = window.allowedLateness ?? 0n
  if (!appendOnly && !consistent(events, copies, lateness)) return
  const random = randomOf(seed ^ 0x5eed)
  const harness = harnessOf(node(copies, window), appendOnly, workers, memory)
  for (let at = 0; at < events.length; ) {
    const step = events.slice(at, at + 1 + random.below(12))
    at += step.length
    const last = events[at]?.watermark ?? step.at(-1)?.watermark ?? NO_WATERMARK
    harness.now += 3n
    harness.step(
      step.flatMap(event => copiesOf(event, copies)),
      { watermarks: [last] },
      1 + random.below(6),
    )
    if (random.below(4) === 0) harness.restart(1 + random.below(workers))
  }
  harness.step([], { ended: true })
  const expected = recompute(events, copies, lateness)
  assert.deepEqual(harness.table(), expected.rows, `rows, seed ${seed}`)
  assert.deepEqual(tableOf(harness.sides.get('late') ?? []), expected.late, `late rows, seed ${seed}`)
  if (!window.changes && lateness === 0n) {
    const ends = harness.main.map(({ values }) => Number(values[2]))
    assert.deepEqual(
      harness.main.every(({ weight }) => weight === 1),
      true,
    )
    if (workers === 1)
      assert.deepEqual(
        ends,
        ends.toSorted((a, b) => a - b),
        'by window end',
      )
  }
}

const modes: Record<string, Partial<NonNullable<AggregateNode['window']>>> = {
  'on close': {},
  'with allowed lateness': { allowedLateness: 12n },
  'with changes': { changes: true },
  'with changes now and then': { changes: true, emitEvery: 8n, allowedLateness: 5n },
}

for (const [name, window] of Object.entries(modes)) {
  for (const copies of [1, 3]) {
    for (const appendOnly of [true, false]) {
      test(`windows ${name}, ${copies} a row, over ${appendOnly ? 'added' : 'changing'} rows equal a recomputation`, () => {
        fc.assert(
          fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, workers) => {
            drive(seed, copies, appendOnly, window, workers)
          }),
          { numRuns: 60 },
        )
      })
    }
  }
}

test('rows of one window come in order of their first arrival, with its ordinal', () => {
  const harness = harnessOf(node(1), true)
  const event = (k: bigint, t: bigint, ordinal: bigint): FedRow[] =>
    copiesOf({ values: [k, 1, t], weight: 1, ordinal, watermark: NO_WATERMARK }, 1)
  harness.step([...event(7n, 15n, 0n), ...event(3n, 5n, 1n), ...event(9n, 12n, 2n), ...event(7n, 11n, 3n)], {
    watermarks: [4n],
  })
  harness.restart(1)
  harness.step([], { watermarks: [20n] })
  assert.deepEqual(
    harness.main.map(({ values, ordinal }) => [values[1], values[2], ordinal]),
    [
      [3n, 10n, 1n],
      [7n, 20n, 0n],
      [9n, 20n, 2n],
    ],
  )
  assert.equal(harness.main[0]?.watermark, 4n)
})

test('closing many windows gives back their memory', () => {
  const harness = harnessOf(node(1), true)
  const empty = harness.stateBytes()
  for (let i = 0; i < 20; i++) {
    harness.step(
      Array.from({ length: 5000 }, (_, row) =>
        copiesOf(
          {
            values: [BigInt(i * 5000 + row), row, BigInt(row % 50)],
            weight: 1,
            ordinal: BigInt(row),
            watermark: NO_WATERMARK,
          },
          1,
        ),
      ).flat(),
    )
  }
  const full = harness.stateBytes()
  harness.step([], { watermarks: [1000n] })
  assert.equal(harness.main.length, 100_000)
  // The indexes of three tables keep their size; rows and lists are gone.
  assert.ok(harness.stateBytes() - empty < full / 4, `${harness.stateBytes()} of ${full} bytes left`)
})

for (const [mode, memory] of Object.entries(memoryModes)) {
  test(`windows in a memory ${mode}`, () => {
    for (let seed = 0; seed < 12; seed++)
      drive(seed, 3, seed % 2 === 0, modes[seed % 3 === 0 ? 'with changes' : 'on close'] ?? {}, 1, memory)
  })
}
