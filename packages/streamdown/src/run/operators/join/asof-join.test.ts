import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { AsofJoinNode, type PlanNode } from '../../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type FedRow, OperatorHarness, textOf } from '../operator-harness.fixture.ts'
import { createAsofJoin } from './asof-join.ts'

const left: Schema = [field('k', types.int), field('t', types.int)]
const right: Schema = [field('u', types.int), field('j', types.int), field('id', types.int)]
const input = (schema: Schema): PlanNode => ({ is: 'values', schema, rows: [] })

type Operator = AsofJoinNode['nearest']['operator']
const operators: readonly Operator[] = ['>=', '>', '<=', '<']

function harnessOf(kind: 'inner' | 'left', operator: Operator, keyed: boolean): OperatorHarness {
  const keys = keyed ? [{ left: 0, right: 1, nullsMatch: false }] : []
  const node = AsofJoinNode.create(kind, input(left), input(right), keys, { left: 1, right: 0, operator }, [2])
  return new OperatorHarness(
    context =>
      createAsofJoin(node, context, [
        { schema: left, appendOnly: false },
        { schema: right, appendOnly: false },
      ]),
    [
      { schema: left, routeBy: keyed ? [0] : [] },
      { schema: right, routeBy: keyed ? [1] : [] },
    ],
  )
}

/** Which of several equally near rows DuckDB takes is open, so the row's number is not compared here. */
const emitted = (harness: OperatorHarness): string[] =>
  [...harness.table()]
    .flatMap(([text, weight]) => Array.from({ length: weight }, () => JSON.parse(text) as Value[]))
    .map(row => textOf(row.slice(0, 4)))
    .sort()

const literal = (value: Value): string => (value === null ? 'NULL' : String(value))

test('the nearest row, as DuckDB finds it, after every step of rows that come and go', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const fill = async (table: string, columns: string, rows: readonly (readonly Value[])[]): Promise<void> => {
    const none = `SELECT ${columns
      .split(', ')
      .map(() => 'NULL::INT')
      .join(', ')} WHERE false`
    const values = rows.length === 0 ? none : `VALUES ${rows.map(row => `(${row.map(literal).join(', ')})`).join(', ')}`
    await connection.run(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM (${values}) x(${columns})`)
  }
  const small = fc.option(fc.nat(6), { freq: 8 })
  const event = fc.oneof(
    fc.record({
      is: fc.constantFrom('left' as const, 'right' as const),
      k: fc.option(fc.nat(1), { freq: 8 }),
      t: small,
    }),
    fc.record({ is: fc.constant('remove' as const), side: fc.nat(1), which: fc.nat(30) }),
  )
  const script = fc.array(
    fc.record({ events: fc.array(event, { maxLength: 8 }), restart: fc.option(fc.integer({ min: 1, max: 3 })) }),
    {
      maxLength: 8,
    },
  )
  await fc.assert(
    fc.asyncProperty(
      script,
      fc.constantFrom('inner' as const, 'left' as const),
      fc.constantFrom(...operators),
      fc.boolean(),
      async (steps, kind, operator, keyed) => {
        const harness = harnessOf(kind, operator, keyed)
        const there: [Value[][], Value[][]] = [[], []]
        let id = 0
        for (const { events, restart } of steps) {
          const fed: FedRow[] = []
          for (const each of events) {
            if (each.is === 'remove') {
              const rows = there[each.side === 0 ? 0 : 1]
              const [gone] = rows.splice(each.which % Math.max(1, rows.length), 1)
              if (gone !== undefined) fed.push({ input: each.side, values: gone, weight: -1 })
              continue
            }
            const side = each.is === 'left' ? 0 : 1
            const values = side === 0 ? [each.k, each.t] : [each.t, each.k, id++]
            there[side].push(values)
            fed.push({ input: side, values })
          }
          harness.step(fed, {}, 3)
          if (restart !== null) harness.restart(restart)
          await fill('l', 'k, t', there[0])
          await fill('r', 'u, j, id', there[1])
          const on = `${keyed ? 'l.k = r.j AND ' : ''}l.t ${operator} r.u`
          const join = kind === 'left' ? 'ASOF LEFT JOIN' : 'ASOF JOIN'
          const result = await connection.runAndReadAll(`SELECT l.k, l.t, r.u, r.j FROM l ${join} r ON ${on}`)
          const expected = result
            .getRows()
            .map(row => textOf(row.map(value => (value === null ? null : Number(value)))))
          assert.deepEqual(emitted(harness), expected.sort())
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('of rows as near as each other the one with the least key', () => {
  const harness = harnessOf('inner', '>=', true)
  const rows = (): string[] => [...harness.table().keys()]
  harness.step([
    { input: 0, values: [1, 9] },
    { input: 1, values: [5, 1, 20] },
    { input: 1, values: [5, 1, 10] },
  ])
  assert.deepEqual(rows(), ['[1,9,5,1,10]'])
  harness.step([{ input: 1, values: [5, 1, 10], weight: -1 }])
  assert.deepEqual(rows(), ['[1,9,5,1,20]'])
})
