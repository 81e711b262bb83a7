import fc from 'fast-check'
import { compareValues } from '../types/compare-values.ts'
import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { NUMERIC_INFINITY, NUMERIC_MINUS_INFINITY, NUMERIC_NAN } from '../values/numeric.ts'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('', 'twelve bytes', 'thirteen byte', '\ufeffmark'),
)

/** Random non-null values of a type, for property tests. */
export function anyOf(type: DataType): fc.Arbitrary<Value> {
  switch (type.is) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'tinyint':
      return fc.integer({ min: -128, max: 127 })
    case 'smallint':
      return fc.integer({ min: -32768, max: 32767 })
    case 'int':
    case 'date':
      return fc.integer()
    case 'bigint':
    case 'time':
    case 'timestamp':
      return fc.oneof(int64, fc.bigInt({ min: -3n, max: 3n }))
    case 'real':
      return fc.float()
    case 'double':
      return fc.double()
    case 'decimal':
      return fc.bigInt({ min: -(10n ** BigInt(type.precision)) + 1n, max: 10n ** BigInt(type.precision) - 1n })
    case 'numeric':
      return fc.oneof(
        fc.record({ digits: fc.bigInt(), scale: fc.nat(40) }, { noNullPrototype: true }),
        fc.constantFrom(NUMERIC_NAN, NUMERIC_INFINITY, NUMERIC_MINUS_INFINITY),
      )
    case 'string':
    case 'json':
      return text
    case 'bytes':
      return fc.uint8Array({ maxLength: 30 })
    case 'interval':
      return fc.record({ months: fc.integer(), days: fc.integer(), micros: int64 }, { noNullPrototype: true })
    case 'row':
      return fc.tuple(...type.fields.map(field => fc.option(anyOf(field.type))))
    case 'array':
      return fc.array(fc.option(anyOf(type.element)), { maxLength: 4 })
    case 'map':
      // As maps are kept: in the order of their keys.
      return fc
        .array(fc.tuple(anyOf(type.key), fc.option<Value>(anyOf(type.value))), { maxLength: 4 })
        .map(entries => entries.sort(([a], [b]) => compareValues(a, b)))
  }
}
