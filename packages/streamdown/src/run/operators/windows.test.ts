import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { END_OF_TIME } from '../../batch/batch.ts'
import type { RankNode, Windowing, WindowNode } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { type FedRow, OperatorHarness, textOf } from './operator-harness.fixture.ts'
import { createWindowRank } from './rank/window-rank.ts'
import { createUnion } from './union.ts'
import { createWindow } from './window.ts'

const schema: Schema = [field('s', types.string), field('t', types.timestamp())]
const windowed: Schema = [
  ...schema,
  field('window_start', types.timestamp(), false),
  field('window_end', types.timestamp(), false),
  field('window_time', types.timestamp(), false),
]

function node(windowing: Windowing, time: WindowNode['time'] = 1): WindowNode {
  return { is: 'window', input: { is: 'values', schema, rows: [] }, windowing, time, emit: 'close', schema: windowed }
}

/** All windows that a time can be in, tried one by one. */
function windowsOf(time: bigint, windowing: Windowing): [bigint, bigint][] {
  const out: [bigint, bigint][] = []
  if (windowing.kind === 'session') return out
  const { size, offset } = windowing
  const every = windowing.kind === 'hop' ? windowing.slide : size
  const first = time - size - every
  for (let start = first; start <= time; start++) {
    if ((((start - offset) % every) + every) % every !== 0n) continue
    if (windowing.kind !== 'cumulate') {
      if (start + size > time) out.push([start, start + size])
      continue
    }
    for (let end = start + windowing.step; end <= start + size; end += windowing.step) {
      if (end > time) out.push([start, end])
    }
  }
  return out
}

const offset = fc.bigInt({ min: -3n, max: 9n })
const windowings: fc.Arbitrary<Windowing> = fc.oneof(
  fc.record({ kind: fc.constant('tumble' as const), size: fc.bigInt({ min: 1n, max: 9n }), offset }),
  fc.record({
    kind: fc.constant('hop' as const),
    size: fc.bigInt({ min: 1n, max: 9n }),
    slide: fc.bigInt({ min: 1n, max: 12n }),
    offset,
  }),
  fc
    .record({
      kind: fc.constant('cumulate' as const),
      parts: fc.bigInt({ min: 1n, max: 4n }),
      step: fc.bigInt({ min: 1n, max: 4n }),
      offset,
    })
    .map(({ parts, step, ...rest }) => ({ ...rest, step, size: step * parts })),
)

test('each row once per window of its time, earliest first, with its ordinal, weight and watermark', () => {
  const rows = fc.array(fc.option(fc.bigInt({ min: -30n, max: 30n }), { freq: 6 }), { maxLength: 20 })
  fc.assert(
    fc.property(windowings, rows, (windowing, times) => {
      const harness = new OperatorHarness(
        context => createWindow(node(windowing), context, { schema, appendOnly: true }),
        [{ schema, routeBy: [] }],
      )
      const fed = times.map(
        (time, row): FedRow => ({
          input: 0,
          values: [`${row}`, time],
          weight: row % 3 === 0 ? -2 : 1,
          watermark: BigInt(row),
        }),
      )
      harness.step(fed)
      const expected = fed.flatMap(({ values, weight, watermark }, row) => {
        const time = values[1]
        if (typeof time !== 'bigint') return []
        return windowsOf(time, windowing).map(([start, end]) => ({
          values: [...values, start, end, end - 1000n],
          weight,
          watermark,
          ordinal: BigInt(row),
        }))
      })
      assert.deepEqual(harness.main, expected)
    }),
    { numRuns: 80 },
  )
})

test('a row in many more windows than a chunk holds', () => {
  const hop = { kind: 'hop', size: 10_000n, slide: 1n, offset: 0n } as const
  const harness = new OperatorHarness(
    context => createWindow(node(hop), context, { schema, appendOnly: true }),
    [{ schema, routeBy: [] }],
  )
  harness.step([
    { input: 0, values: ['a', 5n] },
    { input: 0, values: ['b', null] },
    { input: 0, values: ['c', 6n] },
  ])
  assert.equal(harness.main.length, 20_000)
  assert.deepEqual(harness.main.at(9_999)?.values, ['a', 5n, 5n, 10_005n, 9_005n])
})

test('windows of processing time are those of the step', () => {
  const tumble = { kind: 'tumble', size: 60n, offset: 0n } as const
  const harness = new OperatorHarness(
    context => createWindow(node(tumble, 'processing'), context, { schema, appendOnly: true }),
    [{ schema, routeBy: [] }],
  )
  harness.now = 125n
  harness.step([{ input: 0, values: ['a', null] }])
  assert.deepEqual(
    harness.main.map(({ values }) => values),
    [['a', null, 120n, 180n, -820n]],
  )
})

test('a union holds each row to the lowest watermark of its inputs', () => {
  const union = { is: 'union', inputs: [], schema } as const
  const shapes = [
    { schema, appendOnly: true },
    { schema, appendOnly: true },
  ]
  const inputs = [
    { schema, routeBy: [] },
    { schema, routeBy: [] },
  ]
  const harness = new OperatorHarness(context => createUnion(union, context, shapes), inputs)
  harness.step(
    [
      { input: 0, values: ['a', 0n], watermark: 10n },
      { input: 1, values: ['b', 0n], watermark: 4n },
      { input: 0, values: ['c', 0n], watermark: 11n },
      { input: 1, values: ['d', 0n], watermark: 20n },
    ],
    { watermarks: [12n, 30n] },
  )
  harness.restart(1)
  harness.step([{ input: 1, values: ['e', 0n], watermark: 30n }])
  const lowest = -(2n ** 63n)
  assert.deepEqual(
    harness.main.map(({ values, watermark }) => [values[0], watermark]),
    [
      ['a', lowest],
      ['b', 4n],
      ['c', 4n],
      ['d', 11n],
      ['e', 12n],
    ],
  )
})

const ranked: Schema = [
  field('s', types.string),
  field('p', types.int),
  field('x', types.int),
  field('e', types.timestamp()),
]

function rankNode(from: number, to: number, output: boolean): RankNode {
  return {
    is: 'rank',
    function: 'row_number',
    input: { is: 'values', schema: ranked, rows: [] },
    partitionBy: [3, 1],
    orderBy: [{ column: 2, descending: true, nullsFirst: false }],
    from,
    to,
    output,
    window: { end: 0 },
    schema: output ? [...ranked, field('n', types.bigint, false)] : ranked,
  }
}

test('a top-N of windows comes once, in order, when each window closes; rows of closed windows are late', () => {
  const step = fc.record({
    rows: fc.array(
      fc.record({
        p: fc.option(fc.integer({ min: 0, max: 1 }), { freq: 6 }),
        x: fc.option(fc.integer({ min: 0, max: 4 }), { freq: 6 }),
        e: fc.bigInt({ min: 0n, max: 4n }),
      }),
      { maxLength: 10 },
    ),
    forward: fc.bigInt({ min: 0n, max: 15n }),
    restart: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }),
  })
  const bounds = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 2 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), bounds, fc.boolean(), (steps, [from, more], appendOnly) => {
      const create = rankNode(from, from + more, true)
      const harness = new OperatorHarness(
        context => createWindowRank(create, context, { schema: ranked, appendOnly }),
        [{ schema: ranked, routeBy: [3, 1] }],
        2,
      )
      let watermark = 0n
      let label = 0
      let late = 0
      const open = new Map<string, Value[][]>()
      const expected: Value[][] = []
      const close = (before: bigint): void => {
        const due = [...open].filter(([, rows]) => Number(rows[0]?.[3]) <= Number(before))
        for (const [key, rows] of due) {
          open.delete(key)
          const score = (row: Value[]): number => (typeof row[2] === 'number' ? row[2] : -1)
          const sorted = rows.map((row, at) => ({ row, at })).sort((a, b) => score(b.row) - score(a.row) || a.at - b.at)
          sorted.forEach(({ row }, at) => {
            if (at + 1 >= from && at + 1 <= from + more) expected.push([...row, BigInt(at + 1)])
          })
        }
      }
      for (const { rows, forward, restart } of steps) {
        const fed = rows.map(({ p, x, e }): FedRow => {
          const values = [`${label++} of a text too long for a view`, p, x, (watermark / 10n + e) * 10n]
          if (Number(values[3]) <= Number(watermark)) late++
          else
            open.set(textOf(values.slice(1, 2).concat(values.slice(3))), [
              ...(open.get(textOf(values.slice(1, 2).concat(values.slice(3)))) ?? []),
              values,
            ])
          return { input: 0, values, watermark }
        })
        watermark += forward
        harness.step(fed, { watermarks: [watermark] }, 3)
        close(watermark)
        if (restart !== null) harness.restart(restart)
      }
      harness.step([], { watermarks: [END_OF_TIME], ended: true })
      close(END_OF_TIME)
      const byText = (rows: readonly (readonly Value[])[]) => rows.map(textOf).sort()
      assert.deepEqual(byText(harness.main.map(({ values }) => values)), byText(expected))
      assert.ok(harness.main.every(({ weight }) => weight === 1))
      assert.equal(harness.sides.get('late')?.length ?? 0, late)
    }),
    { numRuns: 80 },
  )
})

test('the copies of a row that missed several windows are one late row', () => {
  const hop = { kind: 'hop', size: 30n, slide: 10n, offset: 0n } as const
  const hopped = { ...node(hop), schema: ranked }
  const harness = new OperatorHarness(
    context =>
      createWindowRank({ ...rankNode(1, 1, false), input: hopped }, context, { schema: ranked, appendOnly: true }),
    [{ schema: ranked, routeBy: [3, 1] }],
  )
  const copy = (end: bigint): FedRow => ({ input: 0, values: ['a', 1, 1, end], watermark: 25n, ordinal: 7n })
  harness.step([copy(10n), copy(20n), copy(30n)], { watermarks: [25n] })
  assert.deepEqual(
    harness.sides.get('late')?.map(({ values }) => values),
    [['a', 1, 1, 10n, 2, 3]],
  )
  harness.step([], { watermarks: [30n] })
  assert.deepEqual(
    harness.main.map(({ values, watermark }) => [values, watermark]),
    [[['a', 1, 1, 30n], 25n]],
  )
})
