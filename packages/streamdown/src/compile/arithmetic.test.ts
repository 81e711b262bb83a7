import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DataType, field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { divideRounded, fitsPrecision, powerOfTen, rescaled } from '../values/decimal-digits.ts'
import { bindSql, runSql } from './expressions.fixture.ts'

const runs = Number(process.env.DSD_RUNS ?? 60)

const edges: Record<string, readonly bigint[]> = {
  tinyint: [-128n, -1n, 0n, 1n, 127n],
  smallint: [-32768n, -1n, 0n, 1n, 32767n],
  int: [-2147483648n, -1n, 0n, 1n, 46341n, 2147483647n],
  bigint: [-(2n ** 63n), -(2n ** 32n), -1n, 0n, 1n, 3037000500n, 2n ** 63n - 1n],
}
const widths: Record<string, number> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }

const integers = (name: string): fc.Arbitrary<bigint | null> =>
  fc.oneof(
    fc.constantFrom(...(edges[name] ?? [])),
    fc.bigInt({ min: -50n, max: 50n }),
    fc.bigInt({ min: -(2n ** BigInt((widths[name] ?? 8) - 1)), max: 2n ** BigInt((widths[name] ?? 8) - 1) - 1n }),
    fc.constant(null),
  )

const inRange = (value: bigint, name: string): boolean => BigInt.asIntN(widths[name] ?? 64, value) === value

/** BigInt's answer, or the error byte. */
function oracle(
  operator: '+' | '-' | '*' | '/' | '%',
  a: bigint | null,
  b: bigint | null,
  type: string,
): bigint | null | 'error 2' | 'error 3' {
  if (a === null || b === null) return null
  if ((operator === '/' || operator === '%') && b === 0n) return 'error 2'
  const result = { '+': () => a + b, '-': () => a - b, '*': () => a * b, '/': () => a / b, '%': () => a % b }[
    operator
  ]()
  return inRange(result, type) ? result : 'error 3'
}

for (const name of ['tinyint', 'smallint', 'int', 'bigint']) {
  const type =
    name === 'tinyint'
      ? types.tinyint
      : name === 'smallint'
        ? types.smallint
        : name === 'int'
          ? types.int
          : types.bigint
  const convert = (value: bigint | null): Value => (value === null ? null : name === 'bigint' ? value : Number(value))
  test(`${name} arithmetic is exact or fails`, () => {
    const schema: Schema = [field('a', type), field('b', type)]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(integers(name), integers(name)), { minLength: 1, maxLength: 50 }),
        fc.constantFrom(...(['+', '-', '*', '/', '%'] as const)),
        (rows, operator) => {
          const { rows: results, failed } = runSql(
            schema,
            rows.map(([a, b]) => [convert(a), convert(b)]),
            [`a ${operator} b`],
          )
          const expected = rows.map(([a, b]) => oracle(operator, a, b, name))
          assert.deepEqual(
            results,
            expected.flatMap(value => (typeof value === 'string' ? [] : [[convert(value)]])),
          )
          assert.deepEqual(
            [...failed],
            expected.flatMap((value, i) => (typeof value === 'string' ? [[i, Number(value.slice(6))]] : [])),
          )
        },
      ),
      { numRuns: runs },
    )
  })
}

test('bigint by constants, as the compiler shortens them', () => {
  const schema: Schema = [field('a', types.bigint)]
  for (const constant of ['1', '2', '908', '1000', '-1', '0', '9223372036854775807', '-3']) {
    for (const operator of ['+', '-', '*', '/', '%'] as const) {
      const rows = [...(edges['bigint'] ?? []), 10158368101931537n, 10158368101931538n].map((a): [bigint] => [a])
      const { rows: results, failed } = runSql(schema, rows, [`a ${operator} ${constant}`])
      const expected = rows.map(([a]) => oracle(operator, a, BigInt(constant), 'bigint'))
      assert.deepEqual(
        results,
        expected.flatMap(value => (typeof value === 'string' ? [] : [[value]])),
        `${operator} ${constant}`,
      )
      assert.equal(failed.size, expected.filter(value => typeof value === 'string').length)
    }
  }
})

const shapes = [
  [5, 2],
  [10, 0],
  [18, 6],
  [19, 0],
  [25, 4],
  [38, 10],
  [38, 0],
  [38, 38],
] as const

test('decimal arithmetic and comparison are exact at any scale', () => {
  const shape = fc.constantFrom(...shapes)
  const digitsOf = (precision: number) =>
    fc.oneof(
      fc.bigInt({ min: 1n - powerOfTen(precision), max: powerOfTen(precision) - 1n }),
      fc.bigInt({ min: -99n, max: 99n }),
      fc.constant(null),
    )
  fc.assert(
    fc.property(
      fc
        .tuple(shape, shape, fc.constantFrom('+', '-', '*', '/', '%', '<', '='))
        .chain(([p, q, operator]) =>
          fc.tuple(
            fc.constant([p, q, operator] as const),
            fc.array(fc.tuple(digitsOf(p[0]), digitsOf(q[0])), { minLength: 1, maxLength: 20 }),
          ),
        ),
      ([[[p, s], [q, t], operator], rows]) => {
        const schema: Schema = [field('a', types.decimal(p, s)), field('b', types.decimal(q, t))]
        const { type } = bindSql(`a ${operator} b`, schema)
        const { rows: results, failed } = runSql(schema, rows, [`a ${operator} b`])
        const expected = rows.map(([a, b]) => decimalOracle(operator, a, b, s, t, type))
        const good = expected.filter(value => value !== 'error')
        assert.deepEqual(
          results,
          good.map(value => [value]),
        )
        assert.equal(failed.size, expected.length - good.length)
      },
    ),
    { numRuns: runs * 3 },
  )
})

function decimalOracle(
  operator: string,
  a: bigint | null,
  b: bigint | null,
  s: number,
  t: number,
  type: DataType,
): Value {
  if (a === null || b === null) return null
  const scale = Math.max(s, t)
  const x = rescaled(a, s, scale)
  const y = rescaled(b, t, scale)
  if (operator === '<') return x < y
  if (operator === '=') return x === y
  if (type.is !== 'decimal') throw new Error('not a decimal')
  if ((operator === '/' || operator === '%') && y === 0n) return 'error'
  const result =
    operator === '+'
      ? rescaled(x + y, scale, type.scale)
      : operator === '-'
        ? rescaled(x - y, scale, type.scale)
        : operator === '*'
          ? rescaled(a * b, s + t, type.scale)
          : operator === '/'
            ? divideRounded(x * powerOfTen(type.scale), y)
            : rescaled(x % y, scale, type.scale)
  return fitsPrecision(result, type.precision) ? result : 'error'
}

test('casts between decimals round half away and check digits', () => {
  fc.assert(
    fc.property(
      fc
        .constantFrom(...shapes)
        .chain(([p, s]) =>
          fc.tuple(fc.constant([p, s] as const), fc.bigInt({ min: 1n - powerOfTen(p), max: powerOfTen(p) - 1n })),
        ),
      fc.constantFrom(...shapes),
      ([[p, s], digits], [q, t]) => {
        const { rows, failed } = runSql(
          [field('a', types.decimal(p, s))],
          [[digits]],
          [`CAST(a AS DECIMAL(${q}, ${t}))`],
        )
        const result = rescaled(digits, s, t)
        if (fitsPrecision(result, q)) assert.deepEqual(rows, [[result]])
        else assert.deepEqual([...failed.values()], [3])
      },
    ),
    { numRuns: runs * 3 },
  )
})

test('doubles to integers, by both rules', () => {
  const schema: Schema = [field('x', types.double)]
  const values = [0.5, 1.5, 2.5, -0.5, -1.5, 2147483647.4, 2147483648, Number.NaN, Infinity, -2147483648.9, 1e300]
  const flink = runSql(
    schema,
    values.map(x => [x]),
    ['CAST(x AS INT)'],
  )
  assert.deepEqual(
    flink.rows.flat(),
    [0, 1, 2, 0, -1, 2147483647, -2147483648].map(x => x + 0),
  )
  assert.deepEqual([...flink.failed.keys()], [6, 7, 8, 10])
  const postgres = runSql(
    schema,
    values.map(x => [x]),
    ['CAST(x AS INT)'],
    { dialect: 'postgres' },
  )
  assert.deepEqual(
    postgres.rows.flat(),
    [0, 2, 2, 0, -2, 2147483647].map(x => x + 0),
  )
})

test('NaN equals itself and is the largest', () => {
  const schema: Schema = [field('a', types.double), field('b', types.double)]
  const values = [Number.NaN, Infinity, 1, -0, 0, -Infinity]
  const rows = values.flatMap(a => values.map(b => [a, b]))
  const rank = (x: number | undefined): number =>
    x === undefined || Number.isNaN(x) ? 9 : x === Infinity ? 8 : x === -Infinity ? -8 : x
  const { rows: results } = runSql(schema, rows, ['a = b', 'a < b', 'a <= b', 'a > b', 'a >= b', 'a <> b'])
  assert.deepEqual(
    results,
    rows.map(([a, b]) => {
      const [x, y] = [rank(a), rank(b)]
      return [x === y, x < y, x <= y, x > y, x >= y, x !== y]
    }),
  )
})
