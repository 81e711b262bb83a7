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
const source = [field('k', types.bigint), field('v', types.int), field('t', time)]
const windowed = [
  ...source,
  field('window_start', time, false),
  field('window_end', time, false),
  field('window_time', time, false),
]
const GAP = 10n

const calls = [
  call(windowed, 'count', []),
  call(windowed, 'sum', ['v']),
  call(windowed, 'max', ['v']),
  call(windowed, 'count', ['v'], { distinct: true }),
  call(windowed, 'array_agg', ['v'], { orderBy: ['v'] }),
  call(windowed, 'median', ['v']),
]

/** Sessions by k, or of all rows (`partitioned` false) and then grouped by k. */
function node(
  partitioned: boolean,
  window: AggregateNode['window'] | undefined,
  { gap = GAP, of = calls, time = 2 }: Partial<{ gap: bigint; of: typeof calls; time: WindowNode['time'] }> = {},
): AggregateNode {
  const windowing = { kind: 'session', gap, partitionBy: partitioned ? [0] : [] } as const
  const sessions: WindowNode = {
    is: 'window',
    input: inputNode(source),
    windowing,
    time,
    emit: window === undefined ? 'update' : 'close',
    schema: windowed,
  }
  return aggregateNode(sessions, [3, 0, 4, 5], of, window)
}

interface Event {
  readonly k: bigint | null
  readonly v: number | null
  readonly t: bigint
  readonly watermark: bigint
  readonly weight: number
  /** Its place among the events. */
  readonly at: number
}

interface ModelSession {
  start: bigint
  end: bigint
  rows: Event[]
}

const sessionsOf = (rows: readonly Event[]): ModelSession[] => {
  const found: ModelSession[] = []
  for (const row of rows.toSorted((a, b) => Number(a.t - b.t))) {
    const last = found.at(-1)
    if (last === undefined || last.end < row.t) found.push({ start: row.t, end: row.t + GAP, rows: [row] })
    else {
      last.end = row.t + GAP
      last.rows.push(row)
    }
  }
  return found
}

/** What stands at the end: the rows that are there form sessions anew before every event. */
function recompute(events: readonly Event[], partitioned: boolean, closing: boolean, lateness: bigint) {
  const late: { values: Value[]; weight: number }[] = []
  const done: ModelSession[] = []
  const open = new Map<unknown, Event[]>()
  const owed: Event[] = []
  const isOver = (end: bigint, watermark: bigint): boolean =>
    closing && watermark !== NO_WATERMARK && end + lateness <= watermark
  const same = (a: Event, b: Event): boolean => a.k === b.k && a.v === b.v && a.t === b.t
  const takeFrom = (list: Event[], event: Event): boolean => {
    const at = list.findIndex(each => same(each, event))
    if (at >= 0) list.splice(at, 1)
    return at >= 0
  }
  for (const event of events) {
    const partition = partitioned ? event.k : 'all'
    const all = sessionsOf(open.get(partition) ?? [])
    done.push(...all.filter(({ end }) => isOver(end, event.watermark)))
    const left = all.filter(({ end }) => !isOver(end, event.watermark))
    const rows = left.flatMap(session => session.rows).toSorted((a, b) => a.at - b.at)
    open.set(partition, rows)
    const touches = left.some(({ start, end }) => start <= event.t + GAP && event.t <= end)
    if (!touches && isOver(event.t + GAP, event.watermark)) {
      late.push({ values: [event.k, event.v, event.t, 1, 1], weight: event.weight })
    } else if (event.weight < 0) {
      if (!takeFrom(rows, event)) owed.push(event)
    } else if (!takeFrom(owed, event)) rows.push(event)
    for (const debt of owed.filter(({ t }) => isOver(t + GAP, event.watermark))) takeFrom(owed, debt)
  }
  const rows: { values: Value[]; weight: number }[] = []
  for (const session of [...done, ...[...open.values()].flatMap(sessionsOf)]) {
    for (const k of new Set(session.rows.map(row => row.k))) {
      const own = session.rows.filter(row => row.k === k).toSorted((a, b) => a.at - b.at)
      const known = own.flatMap(({ v }) => (v === null ? [] : [v])).sort((a, b) => a - b)
      rows.push({
        values: [
          session.start,
          k,
          session.end,
          session.end - 1000n,
          BigInt(own.length),
          known.length === 0 ? null : BigInt(known.reduce((a, b) => a + b, 0)),
          known.at(-1) ?? null,
          BigInt(new Set(known).size),
          [...known, ...own.flatMap(({ v }) => (v === null ? [v] : []))],
          known.length === 0 ? null : ((known[(known.length - 1) >> 1] ?? 0) + (known[known.length >> 1] ?? 0)) / 2,
        ],
        weight: 1,
      })
    }
  }
  return { rows: tableOf(rows), late: tableOf(late) }
}

/** How many events there are, how far apart, how much out of order. */
interface Events {
  readonly atLeast: number
  readonly atMost: number
  readonly every: number
  readonly disorder: number
  readonly delay: bigint
  /** One in so many takes one back that came before. */
  readonly takeBack?: number
}

const few: Events = { atLeast: 5, atMost: 44, every: 5, disorder: 70, delay: 20n }

function randomEvents(seed: number, { atLeast, atMost, every, disorder, delay, takeBack }: Events): Event[] {
  const random = randomOf(seed)
  let newest = 0n
  const there: Event[] = []
  return Array.from({ length: atLeast + random.below(atMost - atLeast + 1) }, (_, at) => {
    const watermark = newest === 0n ? NO_WATERMARK : newest - delay
    if (takeBack !== undefined && there.length > 0 && random.below(takeBack) === 0) {
      const [gone] = there.splice(random.below(there.length), 1)
      if (gone !== undefined) return { ...gone, watermark, weight: -1, at }
    }
    const t = BigInt(100 + at * every + random.below(disorder))
    if (t > newest) newest = t
    const k = random.below(6) === 0 ? null : BigInt(random.below(3))
    const event = { k, v: random.below(6) === 0 ? null : random.below(4), t, watermark, weight: 1, at }
    there.push(event)
    return event
  })
}

function drive(
  seed: number,
  partitioned: boolean,
  window: AggregateNode['window'] | undefined,
  appendOnly: boolean,
  workers: number,
  memory: MemoryOptions = {},
  drawn: Events = few,
): void {
  const events = randomEvents(seed, drawn)
  const random = randomOf(seed ^ 0x5eed)
  const harness = harnessOf(node(partitioned, window), appendOnly, workers, memory)
  for (let at = 0; at < events.length; ) {
    const step = events.slice(at, at + 1 + random.below(Math.ceil(drawn.atMost / 4)))
    at += step.length
    const last = events[at]?.watermark ?? step.at(-1)?.watermark ?? NO_WATERMARK
    harness.now += 3n
    const rows = step.map(
      ({ k, v, t, watermark, weight }): FedRow => ({ input: 0, values: [k, v, t], watermark, weight }),
    )
    harness.step(rows, { watermarks: [last] }, 1 + random.below(Math.ceil(drawn.atMost / 8)))
    if (random.below(4) === 0) harness.restart(partitioned ? 1 + random.below(workers) : 1)
  }
  harness.step([], { ended: true })
  const expected = recompute(events, partitioned, window !== undefined, window?.allowedLateness ?? 0n)
  assert.deepEqual(harness.table(), expected.rows, `rows, seed ${seed}`)
  assert.deepEqual(tableOf(harness.sides.get('late') ?? []), expected.late, `late rows, seed ${seed}`)
  if (window !== undefined && !window.changes && window.allowedLateness === 0n) {
    assert.ok(harness.main.every(({ weight }) => weight === 1))
  }
}

const close = { start: 0, end: 2, allowedLateness: 0n, changes: false }
const adding = {
  initial: 0n,
  step: (state: Value, [v]: readonly Value[]): Value => BigInt(Number(state)) + BigInt(Number(v ?? 0)),
  retract: (state: Value, [v]: readonly Value[]): Value => BigInt(Number(state)) - BigInt(Number(v ?? 0)),
  merge: (a: Value, b: Value): Value => BigInt(Number(a)) + BigInt(Number(b)),
  source: '',
}

const modes: Record<string, AggregateNode['window'] | undefined> = {
  'on close': close,
  'with allowed lateness': { ...close, allowedLateness: 12n },
  'with changes': { ...close, changes: true },
  'with changes now and then': { ...close, changes: true, emitEvery: 8n },
  'without a watermark': undefined,
}

for (const [name, window] of Object.entries(modes)) {
  for (const partitioned of [true, false]) {
    test(`sessions ${name}, ${partitioned ? 'by key' : 'of all rows'}, equal a recomputation`, () => {
      fc.assert(
        fc.property(fc.integer(), fc.boolean(), fc.integer({ min: 1, max: 3 }), (seed, appendOnly, workers) => {
          drive(seed, partitioned, window, appendOnly, partitioned ? workers : 1)
        }),
        { numRuns: 80 },
      )
    })
  }
}

for (const [name, window] of Object.entries(modes)) {
  for (const partitioned of [true, false]) {
    test(`sessions ${name}, ${partitioned ? 'by key' : 'of all rows'}, split as rows are taken back`, () => {
      const shapes: readonly Events[] = [
        { ...few, takeBack: 3 },
        { atLeast: 40, atMost: 120, every: 3, disorder: 40, delay: 30n, takeBack: 2 },
        { atLeast: 40, atMost: 120, every: 2, disorder: 300, delay: 400n, takeBack: 3 },
      ]
      fc.assert(
        fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, workers) => {
          for (const shape of shapes) drive(seed, partitioned, window, false, partitioned ? workers : 1, {}, shape)
        }),
        { numRuns: 12 },
      )
    })
  }
}

test('by the processing clock a row that is taken back leaves the session of the time at which it came', () => {
  for (const [name, window] of Object.entries({ 'on close': close, 'with changes': modes['with changes'] })) {
    for (let seed = 0; seed < 6; seed++) {
      const random = randomOf(seed)
      const harness = harnessOf(
        node(true, window, { time: 'processing', of: [call(windowed, 'sum', ['v'])] }),
        false,
        2,
      )
      const came = new Map<number, bigint>()
      const closed: { readonly start: bigint; readonly end: bigint; readonly sum: bigint }[] = []
      const sessions = () => {
        const found: { start: bigint; end: bigint; rows: number[] }[] = []
        for (const [v, t] of [...came].toSorted((a, b) => Number(a[1] - b[1]))) {
          const last = found.at(-1)
          if (last === undefined || last.end < t) found.push({ start: t, end: t + GAP, rows: [v] })
          else Object.assign(last, { end: t + GAP, rows: [...last.rows, v] })
        }
        return found
      }
      const end = (until: bigint): void => {
        for (const each of sessions().filter(session => session.end <= until)) {
          closed.push({ ...each, sum: BigInt(each.rows.reduce((a, b) => a + b, 0)) })
          for (const v of each.rows) came.delete(v)
        }
      }
      for (let v = 1; v <= 60; v++) {
        const rows: FedRow[] = []
        if (random.below(5) < 3) {
          came.set(v, harness.now)
          rows.push({ input: 0, values: [1n, v, null] })
        }
        const gone = [...came.keys()][random.below(came.size + 3)]
        if (gone !== undefined) {
          came.delete(gone)
          rows.push({ input: 0, values: [1n, gone, null], weight: -1 })
        }
        harness.step(rows)
        end(harness.now)
        if (random.below(8) === 0) harness.restart(1 + random.below(2))
        harness.now += BigInt(random.below(9))
      }
      harness.step([], { ended: true })
      end(10n ** 9n)
      const expected = closed.map(({ start, end: until, sum }) => ({
        values: [start, 1n, until, until - 1000n, sum],
        weight: 1,
      }))
      assert.deepEqual(harness.table(), tableOf(expected), `${name}, seed ${seed}`)
    }
  }
})

test('a fold that retracts and merges follows its sessions as a sum does', () => {
  const folded = { ...call(windowed, 'sum0', ['v']), name: 'fold', type: types.bigint, fold: adding }
  const of = [folded, call(windowed, 'sum0', ['v'])]
  for (const window of Object.values(modes)) {
    for (let seed = 0; seed < 8; seed++) {
      const events = randomEvents(seed, { atLeast: 40, atMost: 120, every: 3, disorder: 40, delay: 30n, takeBack: 3 })
      const harness = harnessOf(node(true, window, { of }), false, 2)
      for (const { k, v, t, watermark, weight, at } of events) {
        harness.step([{ input: 0, values: [k, v, t], watermark, weight }], { watermarks: [watermark] })
        if (at % 40 === 30) harness.restart(1)
      }
      harness.step([], { ended: true })
      assert.ok(harness.main.length > 0)
      for (const { values } of harness.main) assert.equal(values[4], values[5], `seed ${seed}`)
    }
  }
})

test('many sessions of a key in a batch, that merge, end and begin anew, equal a recomputation', () => {
  const shapes: readonly Events[] = [
    // Almost every row is a session; those that come in between join them.
    { atLeast: 300, atMost: 400, every: 12, disorder: 60, delay: 40n },
    // Nothing ends before the last row.
    { atLeast: 300, atMost: 400, every: 7, disorder: 2500, delay: 5000n },
    // A few rows are late, and sessions end within a batch.
    { atLeast: 300, atMost: 400, every: 9, disorder: 30, delay: 5n },
  ]
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), fc.integer({ min: 1, max: 3 }), (seed, appendOnly, workers) => {
      for (const shape of shapes) drive(seed, true, close, appendOnly, workers, {}, shape)
    }),
    { numRuns: 12 },
  )
})

test('sessions that close together leave by their ends, then in the order in which they began', () => {
  const harness = harnessOf(node(true, close), true)
  const row = (k: bigint, t: bigint): FedRow => ({ input: 0, values: [k, 1, t] })
  harness.step([row(1n, 30n), row(2n, 5n), row(3n, 20n), row(4n, 30n), row(5n, 30n)])
  // 3 ends with 1, 4 and 5 now, and began between them; 5 has grown beyond.
  harness.step([row(3n, 30n), row(5n, 31n)])
  harness.step([], { watermarks: [40n] })
  harness.step([], { ended: true })
  assert.deepEqual(
    harness.main.map(({ values: [start, k, end], ordinal }) => [k, start, end, ordinal]),
    [
      [2n, 5n, 15n, 1n],
      [1n, 30n, 40n, 0n],
      [3n, 20n, 40n, 2n],
      [4n, 30n, 40n, 3n],
      [5n, 30n, 41n, 4n],
    ],
  )
})

test('a session that another took in is not looked for in a page that was freed and made anew', () => {
  const rowsAPage = 16_384
  const shape = { gap: 64n, of: [call(windowed, 'count', [])] }
  const harness = harnessOf(node(true, close, shape), true)
  let keys = 0n
  let watermark = NO_WATERMARK
  const feed = (rows: readonly (readonly [key: bigint, time: bigint])[], next: bigint): void => {
    harness.step(
      rows.map(([key, t]): FedRow => ({ input: 0, values: [key, 1, t], watermark })),
      { watermarks: [next] },
    )
    watermark = next
  }
  const begun = (count: number, t: bigint) => Array.from({ length: count }, () => [keys++, t] as const)
  const key = 1_000_000n
  // A page of sessions until 74, the last of them until 64; then one until 114, the first of them of `key`.
  feed([...begun(rowsAPage - 1, 10n), ...begun(1, 0n)], NO_WATERMARK)
  feed([[key, 50n], ...begun(rowsAPage - 1, 50n)], 65n)
  // A session of `key` takes the place of the one that closed; all others of its page close.
  feed([[key, 120n]], 80n)
  // The older session takes it in, so that its page goes; the page is made anew, and what was taken in is due.
  feed([[key, 100n]], 81n)
  feed(begun(5, 130n), 82n)
  feed([], 186n)
  harness.step([], { watermarks: [10_000n], ended: true })
  assert.equal(harness.main.length, 2 * rowsAPage + 5)
  assert.deepEqual(
    harness.main.filter(({ values }) => values[1] === key).map(({ values }) => values),
    [[50n, key, 184n, 184n - 1000n, 3n]],
  )
  assert.ok(harness.main.every(({ values }) => values[1] === key || values[4] === 1n))
})

test('rows without a time are in no session', () => {
  const harness = harnessOf(node(true, close), true)
  harness.step(
    [
      { input: 0, values: [1n, 1, null] },
      { input: 0, values: [1n, 2, 5n] },
    ],
    { ended: true },
  )
  assert.deepEqual(
    harness.main.map(({ values }) => values.slice(0, 5)),
    [[5n, 1n, 15n, -985n, 1n]],
  )
})

for (const [mode, memory] of Object.entries(memoryModes)) {
  test(`sessions in a memory ${mode}`, () => {
    for (let seed = 0; seed < 12; seed++)
      drive(seed, seed % 3 > 0, seed % 4 === 0 ? undefined : close, seed % 2 === 0, 1, memory)
  })
}
