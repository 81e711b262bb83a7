import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { END_OF_TIME, NO_WATERMARK } from '../../../batch/batch.ts'
import { type JoinKind, type JoinNode, NO_BOUND } from '../../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { lowest } from '../hidden.ts'
import { type FedRow, OperatorHarness, tableOf } from '../operator-harness.fixture.ts'
import { createJoin } from './join.ts'

const left: Schema = [field('k', types.int), field('t', types.timestamp()), field('a', types.string)]
const right: Schema = [field('t', types.timestamp()), field('k', types.int), field('b', types.int)]
const kinds: readonly JoinKind[] = ['inner', 'left', 'right', 'full', 'semi', 'anti']
const shapes = [
  { schema: left, appendOnly: true },
  { schema: right, appendOnly: true },
] as const

function node(kind: JoinKind, time: NonNullable<JoinNode['time']>, keyed = true): JoinNode {
  const input = (schema: Schema) => ({ is: 'values', schema, rows: [] }) as const
  return {
    is: 'join',
    kind,
    left: input(left),
    right: input(right),
    keys: keyed ? [{ left: 0, right: 1, nullsMatch: false }] : [],
    time,
    schema: kind === 'semi' || kind === 'anti' ? left : [...left, ...right],
  }
}

const timeOf = ({ input, values }: FedRow): bigint | null => {
  const time = values[input === 0 ? 1 : 0]
  return typeof time === 'bigint' ? time : null
}
const keyOf = ({ input, values }: FedRow): Value => values[input === 0 ? 0 : 1] ?? null

interface Model {
  readonly table: Map<string, number>
  readonly late: readonly FedRow[]
}

/**
 * Row by row: `expires` is a row's last moment, `late` whether it comes too late to meet anything, `meets` whether two
 * rows fit. `steps` give the rows and each input's watermark after the step.
 */
function naive(
  kind: JoinKind,
  keyed: boolean,
  steps: readonly Step[],
  rules: {
    late(row: FedRow, time: bigint, watermark: bigint): boolean
    expires(row: FedRow, time: bigint): bigint
    meets(left: bigint, right: bigint): boolean
  },
): Model {
  const stored: { row: FedRow; time: bigint; matched: boolean }[] = []
  const alone: FedRow[] = []
  const late: FedRow[] = []
  const out: { values: readonly Value[]; weight: number }[] = []
  const current = [NO_WATERMARK, NO_WATERMARK]
  for (const { rows, watermarks } of steps) {
    for (const row of rows) {
      const watermark = lowest([current[1 - row.input] ?? NO_WATERMARK, row.watermark ?? NO_WATERMARK])
      const time = timeOf(row)
      if (time !== null && rules.late(row, time, watermark)) {
        late.push(row)
        continue
      }
      if (time === null || (keyed && keyOf(row) === null)) {
        alone.push(row)
        continue
      }
      const own = { row, time, matched: false }
      for (const each of stored) {
        if (each.row.input === row.input || (keyed && keyOf(each.row) !== keyOf(row))) continue
        const [l, r] = row.input === 0 ? [own, each] : [each, own]
        if (rules.expires(each.row, each.time) < watermark || !rules.meets(l.time, r.time)) continue
        own.matched = true
        each.matched = true
        if (kind !== 'semi' && kind !== 'anti') out.push({ values: [...l.row.values, ...r.row.values], weight: 1 })
      }
      stored.push(own)
    }
    for (const [input, watermark] of watermarks.entries()) current[input] = watermark
  }
  const nulls = [null, null, null]
  for (const { row, matched } of [...stored, ...alone.map(row => ({ row, matched: false }))]) {
    if (row.input === 0) {
      if ((kind === 'left' || kind === 'full') && !matched) out.push({ values: [...row.values, ...nulls], weight: 1 })
      if ((kind === 'semi' && matched) || (kind === 'anti' && !matched)) out.push({ values: row.values, weight: 1 })
    } else if ((kind === 'right' || kind === 'full') && !matched) {
      out.push({ values: [...nulls, ...row.values], weight: 1 })
    }
  }
  return { table: tableOf(out), late }
}

interface Step {
  readonly rows: readonly FedRow[]
  readonly watermarks: readonly bigint[]
  readonly restart: number | null
}

/** Rows about in order, with each input's watermark 3 behind its newest. */
const script = (times: fc.Arbitrary<bigint>): fc.Arbitrary<Step[]> =>
  fc
    .array(
      fc.record({
        rows: fc.array(
          fc.record({
            input: fc.constantFrom(0, 1),
            k: fc.option(fc.integer({ min: 0, max: 2 }), { freq: 8 }),
            ahead: fc.option(times, { freq: 15 }),
          }),
          { maxLength: 10 },
        ),
        restart: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }),
      }),
      { maxLength: 8 },
    )
    .map(steps => {
      const newest = [0n, 0n]
      const current = [NO_WATERMARK, NO_WATERMARK]
      let base = 0n
      let label = 0
      return steps.map(({ rows, restart }) => {
        base += 4n
        const fed = rows.map(({ input, k, ahead }): FedRow => {
          const time = ahead === null ? null : base + ahead
          label++
          const values = input === 0 ? [k, time, `row ${label} of a text too long for a view`] : [time, k, label]
          const row = { input, values, watermark: current[input] ?? NO_WATERMARK }
          if (time !== null && time > (newest[input] ?? 0n)) {
            newest[input] = time
            current[input] = time - 3n
          }
          return row
        })
        return { rows: fed, restart, watermarks: [...current] }
      })
    })

function run(harness: OperatorHarness, steps: readonly Step[]): void {
  for (const { rows, watermarks, restart } of steps) {
    harness.step(rows, { watermarks }, 3)
    if (restart !== null) harness.restart(restart)
  }
  const ended = [END_OF_TIME, END_OF_TIME]
  harness.step([], { watermarks: ended, ended: true })
  assert.ok(harness.main.every(({ weight }) => weight > 0))
}

const times = fc.bigInt({ min: -8n, max: 8n })

/** The row with the end of its window of 5 in the place of its time. */
function windowEnded(row: FedRow): FedRow {
  const at = timeOf(row)
  const end = at === null ? null : at - (((at % 5n) + 5n) % 5n) + 5n
  return { ...row, values: row.values.map((value, index) => (index === (row.input === 0 ? 1 : 0) ? end : value)) }
}

test('an interval join gives each pair whose times fit while both can still meet, and takes nothing back', () => {
  const near = fc.bigInt({ min: -6n, max: 4n })
  const joins = fc.oneof(
    fc
      .tuple(fc.constantFrom(...kinds), near, fc.bigInt({ min: -1n, max: 8n }))
      .map(([kind, lower, width]) => [kind, lower, lower + width] as const),
    // Without a bound rows of one side stay: joins that show none of them at their end.
    fc
      .tuple(fc.constantFrom('inner', 'left', 'semi', 'anti'), near)
      .map(([kind, lower]) => [kind, lower, NO_BOUND] as const),
    fc.tuple(fc.constantFrom('inner', 'right', 'semi'), near).map(([kind, upper]) => [kind, -NO_BOUND, upper] as const),
  )
  fc.assert(
    fc.property(joins, fc.boolean(), script(times), ([kind, lower, upper], keyed, steps) => {
      const time = { kind: 'interval', left: 1, right: 0, lower, upper } as const
      const harness = new OperatorHarness(
        context => createJoin(node(kind, time, keyed), context, shapes),
        [
          { schema: left, routeBy: keyed ? [0] : [] },
          { schema: right, routeBy: keyed ? [1] : [] },
        ],
      )
      run(harness, steps)
      const shown = [
        ['left', 'full', 'anti'],
        ['right', 'full'],
      ] as const
      const model = naive(kind, keyed, steps, {
        late: (row, at, watermark) =>
          !(shown[row.input] ?? []).some(each => each === kind) && at + upper - lower < watermark,
        expires: (row, at) => (row.input === 0 ? at - lower : at + upper),
        meets: (l, r) => l - r >= lower && l - r <= upper,
      })
      assert.deepEqual(harness.table(), model.table)
      assert.equal(harness.sides.get('late')?.length ?? 0, model.late.length)
      assert.ok(harness.stateBytes() < 1_000_000)
    }),
    { numRuns: 160 },
  )
})

test('a window join gives pairs of equal windows and lone rows when the window closes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), script(times), (kind, steps) => {
      const windowed = steps.map(step => ({
        ...step,
        rows: step.rows.map(windowEnded),
      }))
      const time = { kind: 'window', leftEnd: 1, rightEnd: 0 } as const
      const harness = new OperatorHarness(
        context => createJoin(node(kind, time), context, shapes),
        [
          { schema: left, routeBy: [0] },
          { schema: right, routeBy: [1] },
        ],
      )
      run(harness, windowed)
      const ends = harness.main.map(({ values }) => values[1] ?? values[3])
      assert.ok(harness.main.every(({ watermark }, at) => ends[at] == null || BigInt(String(ends[at])) > watermark))
      const model = naive(kind, true, windowed, {
        late: (_, end, watermark) => end <= watermark,
        expires: (_, end) => end,
        meets: (l, r) => l === r,
      })
      assert.deepEqual(harness.table(), model.table)
      assert.equal(harness.sides.get('late')?.length ?? 0, model.late.length)
    }),
    { numRuns: 80 },
  )
})

test('a join that keeps rows for a time forgets them by the processing clock', () => {
  const time = { kind: 'keep', ttl: 100n } as const
  const harness = new OperatorHarness(
    context => createJoin(node('inner', time), context, shapes),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [1] },
    ],
  )
  const rightRow = (b: number): FedRow => ({ input: 1, values: [0n, 1, b] })
  harness.step([{ input: 0, values: [1, 0n, 'x'] }])
  harness.now = 99n
  harness.step([rightRow(1)])
  harness.now = 100n
  harness.step([rightRow(2)])
  assert.deepEqual([...harness.table().keys()], ['[1,"0n","x","0n",1,1]'])
})

test('rows that are taken back before they end leave no trace in a window join', () => {
  const undone = fc.array(fc.boolean(), { minLength: 90, maxLength: 90 })
  fc.assert(
    fc.property(fc.constantFrom(...kinds), script(times), undone, (kind, steps, undo) => {
      const windowed = steps.map(step => ({ ...step, rows: step.rows.map(windowEnded) }))
      const time = { kind: 'window', leftEnd: 1, rightEnd: 0 } as const
      const changing = [
        { schema: left, appendOnly: false },
        { schema: right, appendOnly: false },
      ] as const
      const harness = new OperatorHarness(
        context => createJoin(node(kind, time), context, changing),
        [
          { schema: left, routeBy: [0] },
          { schema: right, routeBy: [1] },
        ],
      )
      let at = 0
      const kept: Step[] = []
      for (const step of windowed) {
        const gone = step.rows.filter(() => undo[at++ % undo.length] === true)
        const back = gone.map((row): FedRow => ({ ...row, weight: -1 }))
        harness.step([...step.rows, ...back], { watermarks: step.watermarks }, 3)
        if (step.restart !== null) harness.restart(step.restart)
        kept.push({ ...step, rows: step.rows.filter(row => !gone.includes(row)) })
      }
      harness.step([], { watermarks: [END_OF_TIME, END_OF_TIME], ended: true })
      const model = naive(kind, true, kept, {
        late: (_, end, watermark) => end <= watermark,
        expires: (_, end) => end,
        meets: (l, r) => l === r,
      })
      assert.deepEqual(harness.table(), model.table)
    }),
    { numRuns: 60 },
  )
})

test('the state of an interval join ends with the watermark', () => {
  const time = { kind: 'interval', left: 1, right: 0, lower: 0n, upper: 1_000_000n } as const
  const harness = new OperatorHarness(
    context => createJoin(node('full', time), context, shapes),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [1] },
    ],
  )
  const sizes: number[] = []
  for (let step = 0n; step < 12n; step++) {
    const rows = Array.from({ length: 2000 }, (_, at): FedRow => {
      const now = step * 2_000_000n + BigInt(at) * 1000n
      return at % 2 === 0
        ? { input: 0, values: [at, now, 'a text that is too long for a view'] }
        : { input: 1, values: [now, at, at] }
    })
    const watermark = (step + 1n) * 2_000_000n
    harness.step(rows, { watermarks: [watermark, watermark] })
    sizes.push(harness.stateBytes())
  }
  assert.ok(Math.max(...sizes.slice(3)) <= (sizes[2] ?? 0), sizes.join(' '))
})

test('a window join gives nothing before its window closes', () => {
  const time = { kind: 'window', leftEnd: 1, rightEnd: 0 } as const
  const harness = new OperatorHarness(
    context => createJoin(node('full', time), context, shapes),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [1] },
    ],
  )
  const rows: FedRow[] = [
    { input: 0, values: [1, 10n, 'a'] },
    { input: 1, values: [10n, 1, 7] },
    { input: 0, values: [null, 10n, 'no key'] },
    { input: 1, values: [20n, 1, 8] },
  ]
  harness.step(rows, { watermarks: [12n, 9n] })
  assert.equal(harness.main.length, 0)
  harness.step([], { watermarks: [12n, 10n] })
  assert.deepEqual(
    harness.main.map(({ values }) => values),
    [
      [null, 10n, 'no key', null, null, null],
      [1, 10n, 'a', 10n, 1, 7],
    ],
  )
})
