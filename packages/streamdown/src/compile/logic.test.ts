import assert from 'node:assert/strict'
import { test } from 'node:test'
import { field, types } from '../types/data-type.ts'
import { runSql } from './expressions.fixture.ts'

type Truth = boolean | null
const truths: readonly Truth[] = [true, false, null]
const pairs = truths.flatMap(a => truths.map((b): readonly [Truth, Truth] => [a, b]))
const schema = [field('a', types.boolean), field('b', types.boolean)]

const and = (a: Truth, b: Truth): Truth => (a === false || b === false ? false : a === null || b === null ? null : true)
const or = (a: Truth, b: Truth): Truth => (a === true || b === true ? true : a === null || b === null ? null : false)
const equal = (a: Truth, b: Truth): Truth => (a === null || b === null ? null : a === b)

const table: Record<string, (a: Truth, b: Truth) => Truth> = {
  'a AND b': and,
  'a OR b': or,
  'NOT a': a => (a === null ? null : !a),
  'a AND b AND a': (a, b) => and(and(a, b), a),
  'NOT (a AND b) OR a': (a, b) => or(and(a, b) === null ? null : !and(a, b), a),
  'a = b': equal,
  'a <> b': (a, b) => (a === null || b === null ? null : a !== b),
  'a IS NULL': a => a === null,
  'a IS NOT NULL': a => a !== null,
  'a IS TRUE': a => a === true,
  'a IS NOT TRUE': a => a !== true,
  'a IS FALSE': a => a === false,
  'a IS NOT FALSE': a => a !== false,
  'a IS UNKNOWN': a => a === null,
  'a IS DISTINCT FROM b': (a, b) => a !== b,
  'a IS NOT DISTINCT FROM b': (a, b) => a === b,
  'a IN (b)': equal,
  'a IN (TRUE, b)': (a, b) => or(equal(a, true), equal(a, b)),
  'a NOT IN (TRUE, b)': (a, b) => {
    const found = or(equal(a, true), equal(a, b))
    return found === null ? null : !found
  },
  'a BETWEEN b AND TRUE': (a, b) => and(a === null || b === null ? null : a >= b, a === null ? null : true),
  'COALESCE(a, b)': (a, b) => a ?? b,
  'NULLIF(a, b)': (a, b) => (equal(a, b) === true ? null : a),
  'IF(a, b, FALSE)': (a, b) => (a === true ? b : false),
  'CASE WHEN a THEN b END': (a, b) => (a === true ? b : null),
  'CASE a WHEN b THEN TRUE ELSE a END': (a, b) => (equal(a, b) === true ? true : a),
  'GREATEST(a, b)': (a, b) => (a === null || b === null ? null : a || b),
  'LEAST(a, b)': (a, b) => (a === null || b === null ? null : a && b),
  // A right side that is jumped over: text comparisons cost a call.
  "a AND CAST(b AS STRING) = 'TRUE'": and,
  "a OR CAST(b AS STRING) = 'TRUE'": or,
}

for (const [sql, expected] of Object.entries(table)) {
  test(sql, () => {
    const { rows, failed } = runSql(schema, pairs, [sql])
    assert.equal(failed.size, 0)
    assert.deepEqual(
      rows,
      pairs.map(([a, b]) => [expected(a, b)]),
    )
    const kept = runSql(schema, pairs, ['a', 'b'], { filter: sql })
    assert.deepEqual(
      kept.rows,
      pairs.filter(([a, b]) => expected(a, b) === true),
    )
  })
}

test('what the written order skips does not fail', () => {
  const numbers = [field('x', types.int), field('y', types.int)]
  const rows = [
    [0, 1],
    [2, 10],
    [null, 5],
    [5, null],
  ]
  const cases: Record<string, readonly unknown[]> = {
    'x <> 0 AND y / x > 2': [false, true, null, null],
    'x = 0 OR y / x > 2': [true, true, null, null],
    'CASE WHEN x = 0 THEN -1 ELSE y / x END': [-1, 5, null, null],
    'CASE WHEN y BETWEEN 100 AND 100 / x THEN 1 ELSE 0 END': [0, 0, 0, 0],
    'CASE WHEN x IS NULL THEN 0 WHEN x = 0 THEN 1 ELSE 10 / x END': [1, 5, 0, 2],
    'COALESCE(y, 1 / (x - x))': [1, 10, 5, 'error'],
    'IF(x = 0, 0, y / x)': [0, 5, null, null],
    'x IN (0, 10 / x)': [true, false, null, false],
    'TRY_CAST(CAST(y AS STRING) AS INT)': [1, 10, 5, null],
  }
  for (const [sql, expected] of Object.entries(cases)) {
    const { rows: results, failed } = runSql(numbers, rows, ['x', sql])
    const good = expected.flatMap((value, i) => (value === 'error' ? [] : [[rows[i]?.[0], value]]))
    assert.deepEqual(results, good, sql)
    assert.deepEqual(
      [...failed.keys()],
      expected.flatMap((value, i) => (value === 'error' ? [i] : [])),
      sql,
    )
  }
})

test('a filter stops at the first operand that is not true', () => {
  const numbers = [field('x', types.int)]
  const { rows, failed } = runSql(numbers, [[0], [1], [4], [null]], ['x'], { filter: 'x <> 0 AND 10 / x > 5' })
  assert.deepEqual(rows, [[1]])
  assert.equal(failed.size, 0)
})

test('TRY_CAST gives NULL for its own failure only', () => {
  const texts = [field('s', types.string), field('x', types.int)]
  const rows = [
    ['12', 1],
    ['nope', 1],
    [null, 1],
    ['7', 0],
  ]
  const { rows: results, failed } = runSql(texts, rows, ['TRY_CAST(s AS INT)', 'TRY_CAST(10 / x AS TINYINT)'])
  assert.deepEqual(results, [
    [12, 10],
    [null, 10],
    [null, 10],
  ])
  assert.deepEqual([...failed], [[3, 2]])
})
