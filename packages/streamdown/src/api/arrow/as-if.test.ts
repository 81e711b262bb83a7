import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { memory, simulate, stream, t } from '../../index.ts'

type Row = { a: number; b: number; r: number; q: number; i: number; s: string; z: boolean; m: string | null }

const rows = stream(memory(), {
  schema: t.row({
    a: t.double,
    b: t.double,
    r: t.real,
    q: t.real,
    i: t.int,
    s: t.string,
    z: t.boolean,
    m: t.optional(t.string),
  }),
})

const double = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 5))
const real = fc.oneof(fc.float(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 5))
const text = fc.constantFrom('', 'x', 'é', '\u{1f600}')
const row: fc.Arbitrary<Row> = fc.record({
  a: double,
  b: double,
  r: real,
  q: real,
  i: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  s: text,
  z: fc.boolean(),
  m: fc.option(text),
})

/** All of these are compiled. */
const arrows = {
  less: (r: Row) => r.a < r.b,
  lessOrEqual: (r: Row) => r.a <= r.b,
  greater: (r: Row) => r.a > r.b,
  greaterOrEqual: (r: Row) => r.a >= 1,
  same: (r: Row) => r.a === r.b,
  other: (r: Row) => r.a !== r.b,
  whole: (r: Row) => r.i > r.a,
  wholes: (r: Row) => r.i * 2 - 1 <= r.i + 5,
  realGreater: (r: Row) => r.r > 5,
  realLess: (r: Row) => 0 < r.r,
  realSame: (r: Row) => r.r === r.q,
  realOther: (r: Row) => r.r !== r.q,
  realAndDouble: (r: Row) => r.r >= r.a,
  realSum: (r: Row) => r.r + r.q * r.i,
  sum: (r: Row) => r.a + r.b * 2,
  quotient: (r: Row) => (r.a - 1) / r.b,
  minus: (r: Row) => -r.a,
  texts: (r: Row) => r.s === 'x' || r.s !== 'é',
  missing: (r: Row) => r.m === null,
  maybe: (r: Row) => r.m === 'x',
  logic: (r: Row) => (r.z && r.a > 0) || !(r.i < 3),
  choice: (r: Row) => (r.z ? r.a : 5),
  nested: (r: Row) => (r.a > 1 ? 'big' : r.z ? 'yes' : 'no'),
}

test('what is compiled gives what JavaScript gives, for every row', async () => {
  const view = rows.derive(arrows)
  const explained = await view.explain()
  assert.equal(explained.split('compiled; reads').length - 1, Object.keys(arrows).length, explained)
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), given => {
      const sim = simulate({ view }).push(rows, ...given)
      assert.deepEqual(sim.deadLetters(), [])
      const found = sim.rows(view)
      for (const [at, one] of given.entries()) {
        for (const [name, arrow] of Object.entries(arrows)) {
          assert.deepEqual(
            Object.entries(found[at] ?? {}).find(([column]) => column === name)?.[1],
            arrow(one),
            `${name} of ${JSON.stringify(one)}`,
          )
        }
      }
    }),
    { numRuns: Number(process.env.DSD_RUNS ?? 50) },
  )
})
