import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import type { JoinKind, JoinNode, RankNode } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { createJoin } from './join/join.ts'
import { type FedRow, OperatorHarness, textOf } from './operator-harness.fixture.ts'
import { createRank } from './rank/rank.ts'

const left: Schema = [field('k', types.int), field('v', types.int)]
const right: Schema = [field('j', types.int), field('w', types.int)]
const input = (schema: Schema) => ({ is: 'values', schema, rows: [] }) as const

const joins: Readonly<Record<JoinKind, string>> = {
  inner: 'SELECT l.k, l.v, r.j, r.w FROM l JOIN r ON l.k = r.j AND l.v < r.w',
  left: 'SELECT l.k, l.v, r.j, r.w FROM l LEFT JOIN r ON l.k = r.j AND l.v < r.w',
  right: 'SELECT l.k, l.v, r.j, r.w FROM l RIGHT JOIN r ON l.k = r.j AND l.v < r.w',
  full: 'SELECT l.k, l.v, r.j, r.w FROM l FULL JOIN r ON l.k = r.j AND l.v < r.w',
  semi: 'SELECT l.k, l.v FROM l SEMI JOIN r ON l.k = r.j AND l.v < r.w',
  anti: 'SELECT l.k, l.v FROM l ANTI JOIN r ON l.k = r.j AND l.v < r.w',
}

const literal = (value: Value): string => (value === null ? 'NULL' : String(value))
const rowsText = (rows: readonly FedRow[]): string =>
  rows.map(({ values }) => `(${values.map(literal).join(', ')})`).join(', ')
const sorted = (rows: readonly (readonly Value[])[]): string[] => rows.map(textOf).sort()
const emitted = (harness: OperatorHarness): (readonly Value[])[] =>
  [...harness.table()].flatMap(([text, weight]) => Array.from({ length: weight }, () => JSON.parse(text)))

async function oracle(): Promise<(sql: string) => Promise<(readonly Value[])[]>> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  return async sql => {
    const result = await connection.runAndReadAll(sql)
    const plain = (value: unknown): Value => (value === null ? null : Number(value))
    return result.getRows().map(row => row.map(plain))
  }
}

const small = fc.option(fc.integer({ min: 0, max: 4 }), { freq: 6 })
const seed = Number(process.env.DSD_SEED ?? 20_261_124)

test('joins give what DuckDB gives', async () => {
  const query = await oracle()
  const row = fc.record({ input: fc.constantFrom(0, 1), a: small, b: small })
  for (const sample of fc.sample(fc.array(row, { minLength: 5, maxLength: 60 }), { numRuns: 8, seed })) {
    const rows = sample.map(({ input, a, b }): FedRow => ({ input, values: [a, b] }))
    for (const side of [0, 1]) {
      const own = rows.filter(({ input }) => input === side)
      const columns = side === 0 ? 'k, v' : 'j, w'
      const table = side === 0 ? 'l' : 'r'
      const values = own.length === 0 ? 'SELECT NULL::INT, NULL::INT WHERE false' : `VALUES ${rowsText(own)}`
      await query(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM (${values}) t(${columns})`)
    }
    for (const kind of ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const) {
      const node: JoinNode = {
        is: 'join',
        kind,
        left: input(left),
        right: input(right),
        keys: [{ left: 0, right: 0, nullsMatch: false }],
        condition: {
          is: 'call',
          name: '<',
          args: [
            { is: 'column', index: 1, name: 'v', type: types.int, nullable: true },
            { is: 'column', index: 3, name: 'w', type: types.int, nullable: true },
          ],
          type: types.boolean,
          nullable: true,
        },
        schema: kind === 'semi' || kind === 'anti' ? left : [...left, ...right],
      }
      const shapes = [
        { schema: left, appendOnly: true },
        { schema: right, appendOnly: true },
      ] as const
      const harness = new OperatorHarness(
        context => createJoin(node, context, shapes),
        [
          { schema: left, routeBy: [0] },
          { schema: right, routeBy: [0] },
        ],
        2,
      )
      harness.step(rows, {}, 7)
      assert.deepEqual(sorted(emitted(harness)), sorted(await query(joins[kind])), kind)
    }
  }
})

test('ranks give what DuckDB gives', async () => {
  const query = await oracle()
  const row = fc.record({ p: small, x: small })
  const schema: Schema = [field('p', types.int), field('x', types.int), field('id', types.int)]
  for (const sample of fc.sample(fc.array(row, { minLength: 5, maxLength: 60 }), { numRuns: 8, seed })) {
    const rows = sample.map(({ p, x }, id): FedRow => ({ input: 0, values: [p, x, id] }))
    await query(`CREATE OR REPLACE TABLE t AS SELECT * FROM (VALUES ${rowsText(rows)}) t(p, x, id)`)
    for (const ranking of ['row_number', 'rank', 'dense_rank'] as const) {
      const node: RankNode = {
        is: 'rank',
        function: ranking,
        input: input(schema),
        partitionBy: [0],
        orderBy: [{ column: 1, descending: true, nullsFirst: false }],
        from: 1,
        to: 3,
        output: true,
        schema: [...schema, field('n', types.bigint, false)],
      }
      const harness = new OperatorHarness(
        context => createRank(node, context, { schema, appendOnly: true }),
        [{ schema, routeBy: [0] }],
        2,
      )
      harness.step(rows, {}, 7)
      // Equal row numbers go to the row that arrived first; ranks know no such order.
      const ties = ranking === 'row_number' ? ', id' : ''
      const over = `OVER (PARTITION BY p ORDER BY x DESC NULLS LAST${ties})`
      const expected = await query(`SELECT p, x, id, n FROM (SELECT *, ${ranking}() ${over} AS n FROM t) WHERE n <= 3`)
      const numbers = emitted(harness).map(values =>
        values.map(value => (typeof value === 'string' ? Number.parseInt(value, 10) : value)),
      )
      assert.deepEqual(sorted(numbers), sorted(expected), ranking)
    }
  }
})
