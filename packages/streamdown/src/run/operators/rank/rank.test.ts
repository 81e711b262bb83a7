import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RankNode, SortKey } from '../../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type EmittedRow, type FedRow, OperatorHarness, tableOf, textOf } from '../operator-harness.fixture.ts'
import { createUpsertMaterialize } from '../upsert-materialize.ts'
import { createRank } from './rank.ts'

const schema: Schema = [
  field('s', types.string),
  field('p', types.int),
  field('x', types.int),
  field('y', types.bigint),
]

interface Case {
  readonly function: RankNode['function']
  readonly from: number
  readonly to: number
  readonly output: boolean
  readonly partitioned: boolean
  /** Ties go to the row that arrived last. */
  readonly latest: boolean
  readonly orderBy: readonly SortKey[]
}

function node(of: Case): RankNode {
  return {
    is: 'rank',
    function: of.function,
    input: { is: 'values', schema, rows: [] },
    partitionBy: of.partitioned ? [1] : [],
    orderBy: of.orderBy,
    from: of.from,
    to: of.from + of.to,
    output: of.output,
    latest: of.latest,
    schema: of.output ? [...schema, field('n', types.bigint, false)] : schema,
  }
}

interface Standing {
  readonly values: readonly Value[]
  weight: number
  /** Its place among all rows, and its ordinal: rows that were made of one have the same. */
  arrived: number
  ordinal: number
}

/** Rows with their weights; equal rows stand where the first of them arrived unless each stands for itself. */
function standing(rows: readonly FedRow[], each: boolean, latest: boolean): Standing[] {
  const ordinalOf = (arrived: number): number => Number(rows[arrived]?.ordinal ?? arrived)
  if (each) return rows.map(({ values, weight = 1 }, at) => ({ values, weight, arrived: at, ordinal: ordinalOf(at) }))
  const out = new Map<string, Standing>()
  for (const [arrived, { values, weight = 1 }] of rows.entries()) {
    const text = textOf(values)
    const row = out.get(text) ?? { values, weight: 0, arrived, ordinal: ordinalOf(arrived) }
    row.weight += weight
    if (latest && weight > 0) {
      row.arrived = arrived
      row.ordinal = ordinalOf(arrived)
    }
    if (row.weight === 0) out.delete(text)
    else out.set(text, row)
  }
  return [...out.values()]
}

function compare(a: Value, b: Value, { descending, nullsFirst }: SortKey): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1
  const order = a < b ? -1 : a > b ? 1 : 0
  return descending ? -order : order
}

function naive(of: Case, rows: readonly FedRow[], each: boolean): Map<string, number> {
  const partitions = new Map<Value, Standing[]>()
  for (const row of standing(rows, each, of.latest)) {
    const key = of.partitioned ? (row.values[1] ?? null) : null
    partitions.set(key, [...(partitions.get(key) ?? []), row])
  }
  const out: { values: Value[]; weight: number }[] = []
  const byKeys = (a: Standing, b: Standing): number => {
    for (const key of of.orderBy) {
      const order = compare(a.values[key.column] ?? null, b.values[key.column] ?? null, key)
      if (order !== 0) return order
    }
    return 0
  }
  for (const partition of partitions.values()) {
    const byOrdinal = (a: Standing, b: Standing): number => (of.latest ? b.ordinal - a.ordinal : a.ordinal - b.ordinal)
    partition.sort((a, b) => byKeys(a, b) || byOrdinal(a, b) || a.arrived - b.arrived)
    let position = 0
    let rank = 0
    let dense = 0
    let before: Standing | undefined
    for (const row of partition) {
      for (let copy = 0; copy < row.weight; copy++) {
        position++
        if (before === undefined || byKeys(before, row) !== 0) {
          rank = position
          dense++
        }
        before = row
        const number = { row_number: position, rank, dense_rank: dense }[of.function]
        if (number < of.from || number > of.from + of.to) continue
        out.push({ values: of.output ? [...row.values, BigInt(number)] : [...row.values], weight: 1 })
      }
    }
  }
  return tableOf(out)
}

const small = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 6 })
const cases: fc.Arbitrary<Case> = fc.record({
  function: fc.constantFrom('row_number', 'rank', 'dense_rank'),
  from: fc.integer({ min: 1, max: 2 }),
  to: fc.integer({ min: 0, max: 3 }),
  output: fc.boolean(),
  partitioned: fc.boolean(),
  latest: fc.boolean(),
  orderBy: fc.uniqueArray(
    fc.record({ column: fc.constantFrom(0, 2, 3), descending: fc.boolean(), nullsFirst: fc.boolean() }),
    { maxLength: 2, selector: key => key.column },
  ),
})
const script = (weights: readonly number[]) =>
  fc.array(
    fc.record({
      rows: fc.array(
        fc.record({
          s: fc.constantFrom('a', 'a string that is longer than a view holds'),
          p: small,
          x: small,
          y: fc.integer({ min: 0, max: 2 }),
          weight: fc.constantFrom(...weights),
        }),
        { maxLength: 14 },
      ),
      restart: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }),
      chunk: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 6 },
  )
const fedRow = ({
  s,
  p,
  x,
  y,
  weight,
}: {
  s: string
  p: number | null
  x: number | null
  y: number
  weight: number
}) => ({
  input: 0,
  values: [s, p, x, BigInt(y)],
  weight,
})

function property(appendOnly: boolean, options = {}) {
  return fc.property(cases, script(appendOnly ? [1, 1, 2] : [1, 1, 1, 2, -1, -1]), (of, steps) => {
    const inputs = [{ schema, routeBy: of.partitioned ? [1] : [] }]
    const harness = new OperatorHarness(
      context => createRank(node(of), context, { schema, appendOnly }),
      inputs,
      1,
      options,
    )
    const all: FedRow[] = []
    for (const { rows, restart, chunk } of steps) {
      const fed = rows.map(fedRow)
      all.push(...fed)
      harness.step(fed, {}, chunk)
      assert.deepEqual(harness.table(), naive(of, all, appendOnly))
      if (restart !== null) harness.restart(restart)
    }
  })
}

test('a top-N of a changing table is that of what it adds up to, after every step', () => {
  fc.assert(property(false), { numRuns: 80 })
})

test('a top-N of a stream', () => {
  fc.assert(property(true), { numRuns: 60 })
})

test('a numbered top of a stream brings of each number at most an old row and then another, step by step', () => {
  const numbered = cases.map(of => ({ ...of, function: 'row_number' as const, output: true, partitioned: true }))
  fc.assert(
    fc.property(numbered, script([1]), (of, steps) => {
      const harness = new OperatorHarness(
        context => createRank(node(of), context, { schema, appendOnly: true }),
        [{ schema, routeBy: [1] }],
      )
      for (const { rows, chunk } of steps) {
        const from = harness.main.length
        harness.step(rows.map(fedRow), {}, chunk)
        const seen = new Map<string, EmittedRow[]>()
        for (const row of harness.main.slice(from)) {
          const key = textOf([row.values[1] ?? null, row.values.at(-1) ?? null])
          seen.set(key, [...(seen.get(key) ?? []), row])
        }
        for (const changes of seen.values()) {
          assert.match(changes.map(({ weight }) => weight).join(), /^(-1|1|-1,1)$/)
          assert.equal(new Set(changes.map(({ values }) => textOf(values))).size, changes.length)
        }
      }
    }),
    { numRuns: 40 },
  )
})

/** Rows that tie, of which some go and come back; `together`: how many have one ordinal. */
function ties(appendOnly: boolean) {
  const weight = appendOnly ? fc.constant(1) : fc.constantFrom(1, 1, -1)
  const changes = fc.array(fc.record({ s: fc.constantFrom('a', 'b', 'c'), weight }), { maxLength: 12 })
  const steps = fc.array(
    fc.record({ changes, chunk: fc.integer({ min: 1, max: 12 }), restart: fc.option(fc.integer({ min: 1, max: 3 })) }),
    { maxLength: 5 },
  )
  const together = fc.integer({ min: 1, max: 4 })
  return fc.property(steps, fc.boolean(), fc.integer({ min: 0, max: 2 }), together, (script, latest, to, together) => {
    const of: Case = { ...largest(to, true), latest }
    const harness = new OperatorHarness(
      context => createRank(node(of), context, { schema, appendOnly }),
      [{ schema, routeBy: [1] }],
    )
    const all: FedRow[] = []
    for (const step of script) {
      const fed = step.changes.map(({ s, weight }, at): FedRow => {
        const ordinal = BigInt(Math.floor((all.length + at) / together))
        return { input: 0, values: [s, 1, 5, 0n], weight, ordinal }
      })
      all.push(...fed)
      harness.step(fed, {}, step.chunk)
      assert.deepEqual(harness.table(), naive(of, all, appendOnly))
      if (step.restart !== null) harness.restart(step.restart)
    }
  })
}

test('of rows that tie stands first what arrived first, whatever the size of batches, and after a restore', () => {
  fc.assert(ties(false), { numRuns: 200 })
  fc.assert(ties(true), { numRuns: 100 })
})

test('ranks where memory grows at every allocation, and above 2 GiB', () => {
  fc.assert(property(false, { growAlways: true }), { numRuns: 10 })
  fc.assert(property(true, { heapStart: 2 ** 31 }), { numRuns: 3 })
})

test('a top without an end numbers all rows', () => {
  for (const to of [Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER]) {
    for (const appendOnly of [true, false]) {
      const of: Case = {
        function: 'row_number',
        from: 2,
        to,
        output: true,
        partitioned: false,
        latest: false,
        orderBy: [],
      }
      const harness = new OperatorHarness(
        context => createRank(node(of), context, { schema, appendOnly }),
        [{ schema, routeBy: [] }],
      )
      const rows = ['a', 'b', 'c'].map((s): FedRow => ({ input: 0, values: [s, 1, 1, 0n] }))
      harness.step(rows)
      assert.deepEqual([...harness.table().keys()], ['["b",1,1,"0n","2n"]', '["c",1,1,"0n","3n"]'])
    }
  }
})

/** The `to` rows with the largest third column of each second one. */
const largest = (to: number, output: boolean): Case => ({
  function: 'row_number',
  from: 1,
  to,
  output,
  partitioned: true,
  latest: false,
  orderBy: [{ column: 2, descending: true, nullsFirst: false }],
})

/** Over rows that are only added. */
function topOf(of: Case): OperatorHarness {
  return new OperatorHarness(
    context => createRank(node(of), context, { schema, appendOnly: true }),
    [{ schema, routeBy: [1] }],
  )
}

test('the latest row is kept as it came, also where it equals the one before', () => {
  const fields = [field('p', types.int), field('x', types.int), field('n', types.numeric)]
  const of: RankNode = {
    ...node({ ...largest(1, false), latest: true }),
    partitionBy: [0],
    orderBy: [{ column: 1, descending: true, nullsFirst: false }],
    to: 1,
  }
  for (const appendOnly of [true, false]) {
    const harness = new OperatorHarness(
      context =>
        createRank({ ...of, input: { is: 'values', schema: fields, rows: [] }, schema: fields }, context, {
          schema: fields,
          appendOnly,
        }),
      [{ schema: fields, routeBy: [0] }],
    )
    harness.step([{ input: 0, values: [1, 5, { digits: 10n, scale: 1 }] }])
    harness.step([{ input: 0, values: [1, 5, { digits: 100n, scale: 2 }] }])
    const [row] = harness.main.filter(({ weight }) => weight > 0).slice(-1)
    assert.deepEqual(row?.values[2], { digits: 100n, scale: 2 })
  }
})

test('a stream keeps only the rows that can be in its top', () => {
  const harness = topOf(largest(1, false))
  const rows = (from: number): FedRow[] =>
    Array.from({ length: 60 }, (_, at) => ({ input: 0, values: ['a', at % 3, from + at, 0n] }))
  let next = 0
  const most = (steps: number): number =>
    Math.max(
      ...Array.from({ length: steps }, () => {
        harness.step(rows(60 * next++))
        return harness.stateBytes()
      }),
    )
  // A step replaces three rows; those that are left move when a thousand are gone from their page.
  const first = most(800)
  assert.ok(most(800) <= first)
})

test('rows that stay in a top while others come and go are moved, and the tops with them', () => {
  const of = largest(2, true)
  const harness = topOf(of)
  const all: FedRow[] = []
  for (let step = 0; step < 60; step++) {
    // In each step a hundred rows of ten partitions lead, and three rows of partitions of their own stay for ever.
    const leading = Array.from({ length: 100 }, (_, at): FedRow => {
      return { input: 0, values: [`row ${at} of step ${step}`, at % 10, step * 100 + at, BigInt(step)] }
    })
    const staying = [0, 1, 2].map((at): FedRow => {
      return { input: 0, values: [at === 0 ? null : `stays, ${step}`, 100 + step, at === 1 ? null : 7, BigInt(at)] }
    })
    harness.step([...leading, ...staying], {}, 37)
    all.push(...leading, ...staying)
    if (step % 20 === 13) harness.restart(2)
  }
  assert.deepEqual(harness.table(), naive(of, all, true))
})

/** For each key the row that is there and arrived last. */
function latest(rows: readonly FedRow[]): Map<string, number> {
  const there = new Map<string, Omit<Standing, 'ordinal'>>()
  for (const [arrived, { values, weight = 1 }] of rows.entries()) {
    const text = textOf(values)
    const row = there.get(text) ?? { values, weight: 0, arrived }
    row.weight += weight
    if (weight > 0) row.arrived = arrived
    if (row.weight === 0) there.delete(text)
    else there.set(text, row)
  }
  const last = new Map<string, Omit<Standing, 'ordinal'>>()
  for (const row of there.values()) {
    if (row.weight < 0) continue
    const key = textOf([row.values[1] ?? null])
    const before = last.get(key)
    if (before === undefined || before.arrived < row.arrived) last.set(key, row)
  }
  return tableOf([...last.values()].map(({ values }) => ({ values, weight: 1 })))
}

for (const appendOnly of [false, true]) {
  test(`a sink with a key of its own holds what arrived last (${appendOnly ? 'stream' : 'changing table'})`, () => {
    const steps = script(appendOnly ? [1] : [1, 1, 1, -1])
    fc.assert(
      fc.property(steps, script => {
        const create = { schema, key: [1], appendOnly }
        const harness = new OperatorHarness(
          context => createUpsertMaterialize(create, context),
          [{ schema, routeBy: [] }],
        )
        const all: FedRow[] = []
        for (const { rows, restart } of script) {
          const fed = rows.map(fedRow)
          all.push(...fed)
          harness.step(fed, {}, 1)
          assert.deepEqual(harness.table(), latest(all))
          if (restart !== null) harness.restart(restart)
        }
      }),
      { numRuns: 60 },
    )
  })
}
