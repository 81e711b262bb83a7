import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SortKey, SortNode } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { type FedRow, OperatorHarness, textOf } from './operator-harness.fixture.ts'
import { createSort } from './sort.ts'

const schema: Schema = [field('s', types.string), field('x', types.int), field('d', types.decimal(10, 2))]

function node(orderBy: readonly SortKey[], limit?: number, offset?: number): SortNode {
  return {
    is: 'sort',
    input: { is: 'values', schema, rows: [] },
    orderBy,
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    schema,
  }
}

function compare(a: Value, b: Value, { descending, nullsFirst }: SortKey): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1
  const order = a < b ? -1 : a > b ? 1 : 0
  return descending ? -order : order
}

/** All rows that are there, copies apart, in order. */
function naive(orderBy: readonly SortKey[], rows: readonly FedRow[], each: boolean): (readonly Value[])[] {
  const there = new Map<string, { values: readonly Value[]; weight: number; at: number }>()
  for (const [at, { values, weight = 1 }] of rows.entries()) {
    const text = each ? `${at}` : textOf(values)
    const row = there.get(text) ?? { values, weight: 0, at }
    row.weight += weight
    if (row.weight === 0) there.delete(text)
    else there.set(text, row)
  }
  const sorted = [...there.values()].sort((a, b) => {
    for (const key of orderBy) {
      const order = compare(a.values[key.column] ?? null, b.values[key.column] ?? null, key)
      if (order !== 0) return order
    }
    return a.at - b.at
  })
  return sorted.flatMap(({ values, weight }) => Array.from({ length: Math.max(0, weight) }, () => values))
}

const keys = fc.uniqueArray(
  fc.record({ column: fc.constantFrom(0, 1, 2), descending: fc.boolean(), nullsFirst: fc.boolean() }),
  { maxLength: 3, selector: key => key.column },
)
const steps = (weights: readonly number[]) =>
  fc.array(
    fc.record({
      rows: fc.array(
        fc.record({
          s: fc.option(fc.constantFrom('a', 'b', 'a string that is longer than a view holds'), { freq: 5 }),
          x: fc.option(fc.integer({ min: -2, max: 3 }), { freq: 5 }),
          d: fc.integer({ min: -1, max: 1 }),
          weight: fc.constantFrom(...weights),
        }),
        { maxLength: 12 },
      ),
      restart: fc.option(fc.integer({ min: 1, max: 2 }), { freq: 3 }),
    }),
    { maxLength: 5 },
  )

for (const appendOnly of [true, false]) {
  test(`the rows of ${appendOnly ? 'a stream' : 'a changing table'} in order when the input has ended`, () => {
    const bound = fc.option(fc.integer({ min: 0, max: 8 }))
    fc.assert(
      fc.property(
        keys,
        steps(appendOnly ? [1, 1, 2] : [1, 1, 2, -1]),
        bound,
        bound,
        (orderBy, script, limit, offset) => {
          const sort = node(orderBy, limit ?? undefined, offset ?? undefined)
          const harness = new OperatorHarness(
            context => createSort(sort, context, { schema, appendOnly }),
            [{ schema, routeBy: [] }],
          )
          const all: FedRow[] = []
          for (const { rows, restart } of script) {
            const fed = rows.map(({ s, x, d, weight }): FedRow => ({ input: 0, values: [s, x, BigInt(d)], weight }))
            all.push(...fed)
            harness.step(fed, {}, 3)
            if (restart !== null) harness.restart(restart)
          }
          assert.equal(harness.main.length, 0)
          harness.step([], { ended: true })
          const from = offset ?? 0
          const expected = naive(orderBy, all, appendOnly).slice(from, limit === null ? undefined : from + limit)
          const emitted = harness.main.flatMap(({ values, weight }) => Array.from({ length: weight }, () => values))
          assert.deepEqual(emitted, expected)
        },
      ),
      { numRuns: 60 },
    )
  })
}

test('a limit over a stream keeps about that many rows', () => {
  const orderBy = [{ column: 1, descending: true, nullsFirst: false }]
  const harness = new OperatorHarness(
    context => createSort(node(orderBy, 3), context, { schema, appendOnly: true }),
    [{ schema, routeBy: [] }],
  )
  const rows = (from: number): FedRow[] =>
    Array.from({ length: 10_000 }, (_, at) => ({ input: 0, values: ['a', from + at, 0n] }))
  harness.step(rows(0))
  const bytes = harness.stateBytes()
  for (let step = 1; step < 4; step++) harness.step(rows(step * 10_000))
  assert.ok(harness.stateBytes() <= bytes * 2)
  harness.step([], { ended: true })
  assert.deepEqual(
    harness.main.map(({ values }) => values[1]),
    [39_999, 39_998, 39_997],
  )
})
