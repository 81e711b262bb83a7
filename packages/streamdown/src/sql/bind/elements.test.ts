import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import type { Value } from '../../types/value.ts'

async function run(dialect: 'flink' | 'postgres', use: (value: (sql: string) => Promise<Value>) => Promise<void>) {
  const session = await createSession({ dialect }, await createNodeEnvironment())
  try {
    await session.execute("CREATE TABLE t (a INT, s STRING); INSERT INTO t VALUES (3, 'x')")
    await use(async sql => {
      const result = (await session.execute(`SELECT ${sql} FROM t`)).at(-1)
      assert.ok(result?.is === 'rows')
      return result.rows[0]?.[0] ?? null
    })
  } finally {
    await session.close()
  }
}

const cases: readonly (readonly [string, Value])[] = [
  ['array_transform(ARRAY[1, 2, 3], |x| x * 2)', [2, 4, 6]],
  ['array_transform(ARRAY[1, 2], x -> x + a)', [4, 5]],
  ['array_transform(ARRAY[1, NULL], |x| COALESCE(x, a))', [1, 3]],
  ["array_transform(ARRAY['a long text of its own', 'b'], |x| concat(x, s))", ['a long text of its ownx', 'bx']],
  ['array_transform(ARRAY[ARRAY[1], ARRAY[2, 3]], |l| array_transform(l, |x| x * 10 + a))', [[13], [23, 33]]],
  ['array_transform(array_filter(ARRAY[1, 2, 3], |x| x <> 2), |x| CAST(x AS STRING))', ['1', '3']],
  ['array_filter(ARRAY[1, 2, NULL, 5], |x| x < a)', [1, 2]],
  ['array_transform(CAST(NULL AS INT ARRAY), |x| x)', null],
  ['any_match(ARRAY[1, 5], |x| x > a)', true],
  ['any_match(ARRAY[1, NULL], |x| x > a)', null],
  ['all_match(ARRAY[1, 2], |x| x < a)', true],
  ['all_match(ARRAY[1, NULL, 9], |x| x < a)', false],
  ['none_match(ARRAY[1, NULL], |x| x > a)', null],
  ["map_filter(MAP['k', 1, 'l', 5], |k, v| v > a)", [['l', 5]]],
  ["transform_values(MAP['k', 1], |k, v| v + a)", [['k', 4]]],
  ["transform_keys(MAP['k', 1], |k, v| concat(k, s))", [['kx', 1]]],
]

test('lambdas over elements, with the columns around them', () =>
  run('flink', async value => {
    for (const [sql, expected] of cases) assert.deepEqual(await value(sql), expected, sql)
    assert.deepEqual(await value("map_filter(MAP['k', 1], |k, v| v > a)"), [])
  }))

test('a cast names the fields of a row, though every value stays', () =>
  run('flink', async value => {
    assert.equal(await value("CAST(ROW(a, 'y') AS ROW<n INT, t STRING>).t"), 'y')
    assert.equal(await value("CAST(ARRAY[ROW(a, 'y')] AS ARRAY<ROW<n INT, t STRING>>)[1].n"), 3)
  }))

test("PostgreSQL's rules: a map of which no entry is left is NULL", () =>
  run('postgres', async value => assert.equal(await value("map_filter(MAP {'k': 1}, |k, v| v > a)"), null)))

test('more elements than a chunk has rows', () =>
  run('flink', async value => {
    assert.equal(await value('CARDINALITY(array_filter(SEQUENCE(1, 10000), |x| x > a))'), 9997)
  }))

test('an element that fails makes the row fail; what does not fit is said', () =>
  run('flink', async value => {
    await assert.rejects(value('array_transform(ARRAY[1, 0], |x| a / x)'), { code: 'DSD4002' })
    assert.deepEqual(await value('CASE WHEN a > 5 THEN array_transform(ARRAY[0], |x| a / x) END'), null)
    await assert.rejects(value('array_filter(ARRAY[1], |x| x + 1)'), { code: 'DSD2004' })
    await assert.rejects(value('array_filter(ARRAY[1], |x, y| TRUE)'), { code: 'DSD2004' })
    await assert.rejects(value('map_filter(ARRAY[1], |k, v| TRUE)'), { code: 'DSD2004' })
    await assert.rejects(value('upper(|x| x)'), { code: 'DSD2005' })
    await assert.rejects(value('array_filter(ARRAY[1], |x| nowhere > 1)'), { code: 'DSD2002' })
  }))
