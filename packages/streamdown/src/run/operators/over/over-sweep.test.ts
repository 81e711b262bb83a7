import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column } from '../../../plan/expressions/build.ts'
import { type Frame, type OverCall, OverNode } from '../../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import { SeededRandom } from '../../clock.ts'
import { callsInput } from '../aggregate/aggregate-input.ts'
import { inputNode } from '../aggregate/aggregate-model.fixture.ts'
import { type FedRow, OperatorHarness, tableOf } from '../operator-harness.fixture.ts'
import { createOver } from './over.ts'

/** Calls whose frames begin with the partition, over rows that come and go: against what they say, row by row. */

const schema: Schema = [
  field('p', types.int, false),
  field('o', types.int, false),
  field('id', types.int, false),
  field('x', types.int),
]
const seed = Number(process.env.DSD_SEED ?? 20_261_125)

interface Row {
  readonly p: number
  readonly o: number
  readonly id: number
  readonly x: number | null
}

interface Case {
  readonly call: OverCall
  /** Of the rows of the frame, those of the partition in order, and the row's place. */
  result(frame: readonly Row[], all: readonly Row[], at: number): number | bigint | null
}

const rows: Frame = { unit: 'rows', start: 'unbounded', end: 0, exclude: 'none' }
const range: Frame = { ...rows, unit: 'range' }
const few: Frame = { ...rows, start: -2, end: 1 }

const call = (name: string, frame: Frame, rest: Partial<OverCall> = {}): OverCall => ({
  name,
  args: name === 'count' ? [] : [column(schema, 3)],
  distinct: false,
  type: ['count', 'row_number', 'rank', 'dense_rank'].includes(name) ? types.bigint : types.int,
  nullable: true,
  frame,
  ...rest,
})
const window = (name: NonNullable<OverCall['window']>, frame: Frame, rest: Partial<OverCall> = {}) =>
  call(name, frame, { window: name, ...(name.endsWith('_value') || name === 'lag' ? {} : { args: [] }), ...rest })

const present = (frame: readonly Row[]): number[] => frame.flatMap(({ x }) => x ?? [])
const sum = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]): number | null => {
  const total = sum(values)
  return total === null ? null : total / values.length
}

const aggregates = (frame: Frame): Readonly<Record<string, Case>> => ({
  sum: { call: call('sum', frame), result: of => sum(present(of)) },
  count: { call: call('count', frame), result: of => BigInt(of.length) },
  avg: { call: call('avg', frame, { type: types.double }), result: of => mean(present(of)) },
  max: {
    call: call('max', frame),
    result: of => present(of).reduce((a: number | null, b) => Math.max(a ?? b, b), null),
  },
  first: { call: window('first_value', frame), result: of => of[0]?.x ?? null },
  last: {
    call: window('last_value', frame, { ignoreNulls: true }),
    result: of => present(of).at(-1) ?? null,
  },
  third: { call: window('nth_value', frame, { count: 3 }), result: of => of[2]?.x ?? null },
  thirdPresent: {
    call: window('nth_value', frame, { count: 3, ignoreNulls: true }),
    result: of => present(of)[2] ?? null,
  },
})

const byRows: Readonly<Record<string, Case>> = {
  ...aggregates(rows),
  number: { call: window('row_number', rows), result: (_, _all, at) => BigInt(at + 1) },
  lag: { call: window('lag', rows, { count: 2 }), result: (_, all, at) => all[at - 2]?.x ?? null },
  lagPresent: {
    call: window('lag', rows, { count: 2, ignoreNulls: true }),
    result: (_, all, at) => present(all.slice(0, at)).at(-2) ?? null,
  },
  around: { call: call('sum', few), result: (_, all, at) => sum(present(all.slice(Math.max(0, at - 2), at + 2))) },
}

const before = (all: readonly Row[], at: number): readonly Row[] => all.filter(({ o }) => o < (all[at]?.o ?? 0))
const byPeers: Readonly<Record<string, Case>> = {
  ...aggregates(range),
  rank: { call: window('rank', range), result: (_, all, at) => BigInt(before(all, at).length + 1) },
  dense: {
    call: window('dense_rank', range),
    result: (_, all, at) => BigInt(new Set(before(all, at).map(({ o }) => o)).size + 1),
  },
}

function harnessOf(cases: readonly Case[], peers: boolean): OperatorHarness {
  const calls = cases.map(each => each.call)
  const key = (of: number) => ({ column: of, descending: false, nullsFirst: true })
  const node = OverNode.create(inputNode(schema), {
    partitionBy: [0],
    orderBy: peers ? [key(1)] : [key(1), key(2)],
    calls,
    emit: 'update',
    ties: 'peers',
  })
  const shape = { schema, appendOnly: false }
  const create = (context: Parameters<typeof createOver>[2]) =>
    createOver(node, callsInput(calls, schema), context, shape)
  return new OperatorHarness(create, [{ schema, routeBy: [0] }])
}

/** `there` as the rows arrived: those that tie stand so. */
function expected(there: readonly Row[], cases: readonly Case[], peers: boolean) {
  return there.map(row => {
    const all = there.filter(({ p }) => p === row.p).sort((a, b) => a.o - b.o || (peers ? 0 : a.id - b.id))
    const at = all.indexOf(row)
    const frame = peers ? all.filter(({ o }) => o <= row.o) : all.slice(0, at + 1)
    const results = cases.map(each => each.result(frame, all, at))
    return { values: [row.p, row.o, row.id, row.x, ...results], weight: 1 }
  })
}

const fed = ({ p, o, id, x }: Row, weight: number): FedRow => ({ input: 0, values: [p, o, id, x], weight })

function follow(cases: readonly Case[], peers: boolean, random: SeededRandom): void {
  const harness = harnessOf(cases, peers)
  const draw = (below: number): number => Math.floor(random.next() * below)
  let there: Row[] = []
  let next = 0
  const spread = draw(2) === 0 ? 2 : 12
  const made = (id: number): Row => ({ p: draw(2), o: draw(spread), id, x: draw(5) === 0 ? null : draw(9) })
  for (let step = 0; step < 24; step++) {
    const changes: FedRow[] = []
    // Many rows first and now and then; else one or two.
    for (let count = step % 8 === 0 ? 60 : 1 + draw(2); count > 0; count--) {
      const old = there[draw(there.length)]
      const kind = old === undefined ? 0 : draw(3)
      if (old !== undefined && kind > 0) {
        there = there.filter(row => row !== old)
        changes.push(fed(old, -1))
      }
      if (kind === 1) continue
      const row = made(kind === 0 || old === undefined ? next++ : old.id)
      // Most updates stay in their place.
      const changed = kind === 2 && old !== undefined && draw(4) > 0 ? { ...row, p: old.p, o: old.o } : row
      there.push(changed)
      changes.push(fed(changed, 1))
    }
    harness.step(changes)
    assert.deepEqual(harness.table(), tableOf(expected(there, cases, peers)), `step ${step}`)
    if (step % 5 === 4) harness.restart(1 + draw(3))
  }
}

for (const [of, cases, peers] of [
  ['rows', byRows, false],
  ['peers', byPeers, true],
] as const) {
  test(`running results over ${of} that come and go`, () => {
    const random = new SeededRandom(seed)
    for (const [name, one] of Object.entries(cases)) {
      try {
        follow([one], peers, random)
      } catch (cause) {
        throw new Error(name, { cause })
      }
    }
    follow(Object.values(cases), peers, random)
  })
}
