import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { createChangelog } from './changelog.ts'
import { createConsolidate } from './consolidate.ts'
import { type EmittedRow, type FedRow, OperatorHarness, tableOf, textOf } from './operator-harness.fixture.ts'
import { createUpsertSource } from './upsert-source.ts'

const schema: Schema = [field('s', types.string), field('k', types.int), field('d', types.double)]
const long = 'a string that is longer than a view holds'
const changelogNode = { is: 'changelog', input: { is: 'values', schema, rows: [] }, schema } as const

/** Steps over a keyed table: each change is a weighted row; a key has at most one row after each step. */
const keyedSteps = fc
  .array(
    fc.array(
      fc.record({
        k: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 5 }),
        s: fc.option(fc.constantFrom('a', 'b', long), { freq: 4 }),
        d: fc.constantFrom(0, 1.5, Number.NaN),
      }),
      { maxLength: 10 },
    ),
    { maxLength: 5 },
  )
  .map(steps => {
    const there = new Map<number | null, readonly Value[]>()
    return steps.map(changes =>
      changes.flatMap(({ k, s, d }): FedRow[] => {
        const old = there.get(k)
        const out: FedRow[] = old === undefined ? [] : [{ input: 0, values: old, weight: -1 }]
        if (s === null) {
          there.delete(k)
          return out
        }
        const values = [s, k, d]
        there.set(k, values)
        return [...out, { input: 0, values, weight: 1 }]
      }),
    )
  })

const keyOf = (values: readonly Value[]): string => textOf(values.slice(1, 2))

test('changes are consolidated by key: at most one old and one new row, old first, none that changes nothing', () => {
  fc.assert(
    fc.property(keyedSteps, steps => {
      const harness = new OperatorHarness(
        context => createConsolidate({ schema, key: [1] }, context),
        [{ schema, routeBy: [1] }],
        2,
      )
      const before: FedRow[] = []
      for (const rows of steps) {
        harness.main.length = 0
        harness.step(rows, {}, 2)
        assert.deepEqual(harness.table(), tableOf(rows.map(({ values, weight = 1 }) => ({ values, weight }))))
        const signs = new Map<string, number[]>()
        for (const { values, weight } of harness.main) {
          signs.set(keyOf(values), [...(signs.get(keyOf(values)) ?? []), weight])
        }
        for (const weights of signs.values())
          assert.ok(['-1', '1', '-1,1'].includes(weights.join(',')), weights.join(','))
        before.push(...rows)
      }
    }),
    { numRuns: 100 },
  )
})

test('without a key equal rows are added up, in the order in which they were touched', () => {
  const harness = new OperatorHarness(context => createConsolidate({ schema }, context), [{ schema, routeBy: [] }])
  const row = (s: string, weight: number): FedRow => ({ input: 0, values: [s, 1, 0], weight })
  harness.step([row('c', 1), row('a', 2), row('b', 1), row('b', -1), row('c', -3), row('a', 1)])
  assert.deepEqual(
    harness.main.map(({ values, weight }) => [values[0], weight]),
    [
      ['c', -2],
      ['a', 3],
    ],
  )
})

test('before a sink with a key a row that comes twice is there once, and its last change counts', () => {
  const options = { schema, key: [0], single: true }
  const harness = new OperatorHarness(context => createConsolidate(options, context), [{ schema, routeBy: [] }])
  const row = (s: string, weight: number): FedRow => ({ input: 0, values: [s, 1, 0], weight })
  harness.step([
    row('twice', 1),
    row('gone', 1),
    row('twice', 1),
    row('gone', 1),
    row('gone', -1),
    row('back', -1),
    row('back', 1),
  ])
  assert.deepEqual(
    harness.main.map(({ values, weight }) => [values[0], weight]),
    [['twice', 1]],
  )
})

/** Applies changes by their op and by key. */
function applied(rows: readonly EmittedRow[]): Map<string, number> {
  const table = new Map<string, readonly Value[]>()
  for (const { values, weight } of rows) {
    assert.equal(weight, 1)
    const op = values.at(-1)
    const row = values.slice(0, -1)
    const key = keyOf(row)
    const old = table.get(key)
    if (op === '+I') assert.equal(old, undefined)
    else assert.ok(old !== undefined)
    if (op === '+I' || op === '+U') table.set(key, row)
    else assert.equal(textOf(old ?? []), textOf(row))
    if (op === '-D') table.delete(key)
  }
  return tableOf([...table.values()].map(values => ({ values, weight: 1 })))
}

test('a changelog says +I, -U with +U, or -D for each key, and leaves the table when applied', () => {
  fc.assert(
    fc.property(keyedSteps, steps => {
      const shape = { schema, appendOnly: false, key: [1] }
      const harness = new OperatorHarness(
        context => createChangelog(changelogNode, context, shape),
        [{ schema, routeBy: [1] }],
      )
      const all: FedRow[] = []
      for (const rows of steps) {
        harness.step(rows, {}, 3)
        all.push(...rows)
        assert.deepEqual(applied(harness.main), tableOf(all.map(({ values, weight = 1 }) => ({ values, weight }))))
      }
    }),
    { numRuns: 100 },
  )
})

test('a changelog of a stream is +I at once, as often as the row counts', () => {
  const shape = { schema, appendOnly: true }
  const harness = new OperatorHarness(
    context => createChangelog(changelogNode, context, shape),
    [{ schema, routeBy: [] }],
  )
  harness.step([
    { input: 0, values: ['a', 1, 0], weight: 2 },
    { input: 0, values: ['b', 1, 0] },
  ])
  assert.deepEqual(
    harness.main.map(({ values }) => [values[0], values[3]]),
    [
      ['a', '+I'],
      ['a', '+I'],
      ['b', '+I'],
    ],
  )
})

test('upserts by key become weights that add up to the last row of each key', () => {
  const upserts = fc.array(
    fc.record({
      rows: fc.array(
        fc.record({
          k: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 5 }),
          s: fc.option(fc.constantFrom('a', 'b', long), { freq: 4 }),
          d: fc.integer({ min: 0, max: 2 }),
          gone: fc.boolean(),
        }),
        { maxLength: 10 },
      ),
      restart: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }),
    }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(upserts, fc.boolean(), (steps, tight) => {
      const harness = new OperatorHarness(
        context => createUpsertSource({ schema, key: [1], every: false }, context),
        [{ schema, routeBy: [1] }],
        1,
        tight ? { growAlways: true } : {},
      )
      const model = new Map<number | null, readonly Value[]>()
      for (const { rows, restart } of steps) {
        const fed = rows.map(({ k, s, d, gone }): FedRow => {
          if (gone) model.delete(k)
          else model.set(k, [s, k, d])
          return { input: 0, values: gone ? [null, k, null] : [s, k, d], weight: gone ? -1 : 1 }
        })
        harness.step(fed, {}, 4)
        assert.deepEqual(harness.table(), tableOf([...model.values()].map(values => ({ values, weight: 1 }))))
        if (restart !== null) harness.restart(restart)
      }
    }),
    { numRuns: 100 },
  )
})
