import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Expression } from '../../../plan/expressions/expression.ts'
import type { JoinKind, JoinNode } from '../../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type FedRow, OperatorHarness, tableOf } from '../operator-harness.fixture.ts'
import { createJoin } from './join.ts'

const left: Schema = [field('k', types.int), field('v', types.int), field('s', types.string)]
const right: Schema = [field('w', types.int), field('k', types.int), field('r', types.string)]
const kinds: readonly JoinKind[] = ['inner', 'left', 'right', 'full', 'semi', 'anti']

const column = (index: number, name: string): Expression => ({
  is: 'column',
  index,
  name,
  type: types.int,
  nullable: true,
})
const condition: Expression = {
  is: 'call',
  name: '<',
  args: [column(1, 'v'), column(3, 'w')],
  type: types.boolean,
  nullable: true,
}

interface Case {
  readonly kind: JoinKind
  readonly conditional: boolean
  readonly nullsMatch: boolean
  readonly keyed: boolean
}

function node({ kind, conditional, nullsMatch, keyed }: Case): JoinNode {
  const input = (schema: Schema) => ({ is: 'values', schema, rows: [] }) as const
  return {
    is: 'join',
    kind,
    left: input(left),
    right: input(right),
    keys: keyed ? [{ left: 0, right: 1, nullsMatch }] : [],
    ...(conditional ? { condition } : {}),
    schema: kind === 'semi' || kind === 'anti' ? left : [...left, ...right],
  }
}

type Weighted = { readonly values: readonly Value[]; readonly weight: number }

/** The join of the inputs' sums of weights, recomputed. */
function naive(of: Case, rows: readonly FedRow[]): Map<string, number> {
  const side = (input: number): Weighted[] =>
    [...tableOf(rows.filter(row => row.input === input).map(({ values, weight = 1 }) => ({ values, weight })))].map(
      ([text, weight]) => ({ values: JSON.parse(text), weight }),
    )
  const [lefts, rights] = [side(0), side(1)]
  const fits = (l: readonly Value[], r: readonly Value[]): boolean => {
    if (of.keyed && !(l[0] === r[1] && (l[0] !== null || of.nullsMatch))) return false
    if (!of.conditional) return true
    const [v, w] = [l[1], r[0]]
    return typeof v === 'number' && typeof w === 'number' && v < w
  }
  const out: Weighted[] = []
  const { kind } = of
  const leftOnly = kind === 'semi' || kind === 'anti'
  for (const l of lefts) {
    const met = rights.filter(r => fits(l.values, r.values))
    const matched = met.reduce((sum, { weight }) => sum + weight, 0) > 0
    if (!leftOnly) for (const r of met) out.push({ values: [...l.values, ...r.values], weight: l.weight * r.weight })
    if ((kind === 'left' || kind === 'full') && !matched) out.push({ ...l, values: [...l.values, null, null, null] })
    if (kind === 'semi' && matched) out.push(l)
    if (kind === 'anti' && !matched) out.push(l)
  }
  if (kind === 'right' || kind === 'full') {
    for (const r of rights) {
      const matched = lefts.filter(l => fits(l.values, r.values)).reduce((sum, { weight }) => sum + weight, 0) > 0
      if (!matched) out.push({ ...r, values: [null, null, null, ...r.values] })
    }
  }
  return tableOf(out)
}

const smallInt = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 5 })
const text = fc.constantFrom('a', 'a string that is longer than a view holds', 'b')
const rowOf = (weights: readonly number[]) =>
  fc.record({
    input: fc.constantFrom(0, 1),
    a: smallInt,
    b: smallInt,
    s: text,
    weight: fc.constantFrom(...weights),
  })
const cases: fc.Arbitrary<Case> = fc.record({
  kind: fc.constantFrom(...kinds),
  conditional: fc.boolean(),
  nullsMatch: fc.boolean(),
  keyed: fc.boolean(),
})

function property(appendOnly: boolean, options = {}) {
  const steps = fc.array(
    fc.record({
      rows: fc.array(rowOf(appendOnly ? [1, 1, 2] : [1, 1, 1, 2, -1, -1, -2]), { maxLength: 12 }),
      restart: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }),
      chunk: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 6 },
  )
  return fc.property(cases, steps, (of, script) => {
    const shapes = [
      { schema: left, appendOnly },
      { schema: right, appendOnly },
    ] as const
    const inputs = [
      { schema: left, routeBy: of.keyed ? [0] : [] },
      { schema: right, routeBy: of.keyed ? [1] : [] },
    ]
    const harness = new OperatorHarness(context => createJoin(node(of), context, shapes), inputs, 1, options)
    const all: FedRow[] = []
    for (const { rows, restart, chunk } of script) {
      const fed = rows.map(({ input, a, b, s, weight }): FedRow => ({ input, values: [a, b, s], weight }))
      all.push(...fed)
      harness.step(fed, {}, chunk)
      assert.deepEqual(harness.table(), naive(of, all))
      if (restart !== null) harness.restart(restart)
    }
  })
}

test('a join of changing inputs is the join of what they add up to, after every step', () => {
  fc.assert(property(false), { numRuns: 80 })
})

test('a join of append-only inputs', () => {
  fc.assert(property(true), { numRuns: 60 })
})

test('joins where memory grows at every allocation, and above 2 GiB', () => {
  fc.assert(property(false, { growAlways: true }), { numRuns: 10 })
  fc.assert(property(false, { heapStart: 2 ** 31 }), { numRuns: 3 })
})

test('joined rows have the larger ordinal, the smaller watermark and the product of the weights', () => {
  const of = { kind: 'inner', conditional: false, nullsMatch: false, keyed: true } as const
  const shapes = [
    { schema: left, appendOnly: true },
    { schema: right, appendOnly: true },
  ] as const
  const harness = new OperatorHarness(
    context => createJoin(node(of), context, shapes),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [1] },
    ],
  )
  harness.step([{ input: 0, values: [1, 1, 'a'], weight: 2, ordinal: 9n, watermark: 50n }], { watermarks: [60n, 10n] })
  harness.step([{ input: 1, values: [1, 1, 'b'], weight: 3, ordinal: 4n, watermark: 30n }], { watermarks: [60n, 40n] })
  harness.step([{ input: 0, values: [1, 2, 'c'], ordinal: 11n, watermark: 60n }])
  assert.deepEqual(
    harness.main.map(({ weight, ordinal, watermark }) => [weight, ordinal, watermark]),
    [
      [6, 9n, 30n],
      [3, 11n, 40n],
    ],
  )
})

test('a pair on which the condition fails is a dead letter, with the weight of the pair', () => {
  const of = { kind: 'left', conditional: false, nullsMatch: false, keyed: true } as const
  const int = (value: number): Expression => ({ is: 'literal', value, type: types.int, nullable: false })
  const call = (name: string, args: readonly Expression[], type: Expression['type']): Expression => ({
    is: 'call',
    name,
    args,
    type,
    nullable: true,
  })
  const failing = call('<', [call('/', [int(10), column(1, 'v')], types.int), column(3, 'w')], types.boolean)
  const shapes = [
    { schema: left, appendOnly: false },
    { schema: right, appendOnly: false },
  ] as const
  const harness = new OperatorHarness(
    context => createJoin({ ...node(of), condition: failing }, context, shapes),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [1] },
    ],
  )
  harness.step([{ input: 1, values: [7, 1, 'r'], weight: 2 }])
  harness.step([{ input: 0, values: [1, 0, 'zero'] }])
  harness.step([{ input: 0, values: [1, 5, 'five'] }])
  harness.step([{ input: 0, values: [1, 0, 'zero'], weight: -1 }])
  assert.deepEqual(
    harness.sides.get('dead')?.map(({ values, weight }) => [values[2], values[6], weight]),
    [
      ['zero', 'DSD4002', 2],
      ['zero', 'DSD4002', -2],
    ],
  )
  assert.deepEqual([...harness.table()], [['[1,5,"five",7,1,"r"]', 2]])
})

test('a key with more matches than are looked at together', () => {
  const of = { kind: 'full', conditional: true, nullsMatch: false, keyed: true } as const
  const shapes = [
    { schema: left, appendOnly: true },
    { schema: right, appendOnly: true },
  ] as const
  const harness = new OperatorHarness(
    context => createJoin(node(of), context, shapes),
    [
      { schema: left, routeBy: [0] },
      { schema: right, routeBy: [1] },
    ],
  )
  const rights = Array.from({ length: 500 }, (_, at): FedRow => ({ input: 1, values: [at, 1, 'r'] }))
  const lefts = Array.from({ length: 400 }, (_, at): FedRow => ({ input: 0, values: [1, at + 99, 'l'] }))
  harness.step(rights)
  harness.step(lefts)
  assert.deepEqual(harness.table(), naive(of, [...rights, ...lefts]))
})
