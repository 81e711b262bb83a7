import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory, query, simulate, stream, t } from '../index.ts'

const orders = stream(memory(), {
  schema: t.row({ id: t.int, country: t.optional(t.string), total: t.decimal(10, 2) }),
})

test('a row type that is the query’s, in any order', () => {
  const perCountry = query(t.row({ n: t.bigint, country: t.optional(t.string), most: t.optional(t.decimal(10, 2)) }))`
    SELECT country, MAX(total) AS most, COUNT(*) AS n FROM ${orders} GROUP BY country`
  const sim = simulate({ perCountry })
  sim.push(orders, { id: 1, country: 'CH', total: 1 }, { id: 2, total: '2.50' }, { id: 3, country: 'CH', total: 3 })
  const rows = sim.rows(perCountry).map(({ country, n, most }) => [country, n, most?.toString()])
  assert.deepEqual(
    rows.toSorted((a, b) => Number(a[1]) - Number(b[1])),
    [
      [null, 1n, '2.50'],
      ['CH', 2n, '3.00'],
    ],
  )
})

test('a row type that is not is refused when the program starts, with the column', () => {
  const refused = (program: object, message: RegExp) =>
    assert.throws(() => simulate(program), { code: 'DSD5012', message })
  refused({ x: query(t.row({ id: t.bigint }))`SELECT id FROM ${orders}` }, /'id' of the query is INT, .* says BIGINT/)
  refused({ x: query(t.row({ country: t.string }))`SELECT country FROM ${orders}` }, /'country' .* may be NULL/)
  refused({ x: query(t.row({ id: t.int }))`SELECT id, total FROM ${orders}` }, /a column 'total', DECIMAL\(10, 2\)/)
  refused({ x: query(t.row({ id: t.int, n: t.int }))`SELECT id FROM ${orders}` }, /no column 'n'/)
})
