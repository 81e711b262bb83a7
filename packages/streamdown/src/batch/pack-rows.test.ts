import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { createMemory } from './linear-memory.ts'
import { packRows } from './pack-rows.ts'
import { batchFromRows, readValue } from './values.ts'

const fields = [
  field('flag', types.boolean),
  field('small', types.smallint),
  field('count', types.int),
  field('id', types.bigint),
  field('share', types.double),
  field('price', types.decimal(38, 2)),
  field('name', types.string),
  field('inner', types.row([field('x', types.int), field('y', types.string)])),
  field('list', types.array(types.bigint)),
]
const type = { is: 'row', fields } as const

const orNull = (values: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.option(values, { nil: null })
const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const row: fc.Arbitrary<readonly Value[]> = fc.tuple(
  orNull(fc.boolean()),
  orNull(fc.integer({ min: -32768, max: 32767 })),
  orNull(fc.integer()),
  orNull(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  orNull(fc.double()),
  orNull(fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n)),
  orNull(text),
  orNull(fc.tuple(orNull(fc.integer()), orNull(text))),
  orNull(fc.array(orNull(fc.bigInt(-5n, 5n)), { maxLength: 4 })),
)

for (const [name, options] of [
  ['plain memory', {}],
  ['memory that grows at every allocation', { growAlways: true }],
  ['memory above 2 GiB', { heapStart: 2 ** 31 }],
] as const) {
  test(`columns packed to ROWs read back as they were, in ${name}`, () => {
    const memory = createMemory(options)
    fc.assert(
      fc.property(fc.array(fc.tuple(row, fc.boolean()), { maxLength: 20 }), rows => {
        const mark = memory.mark()
        const batch = batchFromRows(
          memory,
          fields,
          rows.map(([values]) => values),
        )
        const validity = memory.chunk(Math.max(rows.length, 1))
        memory.u8(validity, rows.length).set(rows.map(([, there]) => (there ? 1 : 0)))
        const all = packRows(memory, type, batch.columns, rows.length)
        const some = packRows(memory, type, batch.columns, rows.length, validity)
        rows.forEach(([values, there], index) => {
          assert.deepEqual(readValue(memory, all, index), values)
          assert.deepEqual(readValue(memory, some, index), there ? values : null)
        })
        memory.release(mark)
      }),
      { numRuns: 60 },
    )
  })
}

test('short ROWs lie within their views', () => {
  const memory = createMemory()
  const inner = { is: 'row', fields: [field('x', types.int)] } as const
  const batch = batchFromRows(memory, inner.fields, [[1], [null]])
  const packed = packRows(memory, inner, batch.columns, 2)
  assert.deepEqual([readValue(memory, packed, 0), readValue(memory, packed, 1)], [[1], [null]])
})
