/** Grouping sets, and aggregates with DISTINCT, FILTER and an order, over a table whose rows come, change and go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import { assertFollows, type Followed } from './follows.ts'

const tables = ['CREATE TABLE t (id INT PRIMARY KEY, g VARCHAR, h VARCHAR, x INT)']

const changes = [
  "INSERT INTO t VALUES (1, 'a', 'p', 10), (2, 'a', 'q', 20), (3, 'b', 'p', 30), (4, 'b', 'p', 30), (5, NULL, 'r', 7)",
  "INSERT INTO t VALUES (6, 'c', NULL, NULL), (7, 'a', 'p', 20), (8, 'c', 'q', 5)",
  'DELETE FROM t WHERE id IN (3, 5)',
  "UPDATE t SET x = x + 15, h = 'z' WHERE g = 'a'",
  "UPDATE t SET g = 'b' WHERE id = 7",
  "DELETE FROM t WHERE g = 'c'",
  "INSERT INTO t VALUES (9, NULL, NULL, 1), (10, 'a', 'p', 2)",
  'DELETE FROM t',
]

const queries: Followed['queries'] = [
  'SELECT g, h, GROUPING(g), GROUPING(h), SUM(x) FROM t GROUP BY ROLLUP (g, h)',
  'SELECT g, h, GROUPING(g, h), COUNT(*) FROM t GROUP BY CUBE (g, h)',
  'SELECT g, h, GROUPING(g, h), COUNT(x) FROM t GROUP BY GROUPING SETS ((g), (h), ())',
  'SELECT g, h, COUNT(*) FROM t GROUP BY g, ROLLUP (h)',
  'SELECT g, h, COUNT(*) FROM t GROUP BY GROUPING SETS (g, ROLLUP (h))',
  'SELECT g, h, COUNT(*) FROM t GROUP BY GROUPING SETS ((g, h), CUBE (g)) HAVING GROUPING(h) = 1',
  "SELECT CASE WHEN GROUPING(g) = 1 THEN 'all' ELSE g END, MAX(x) FROM t GROUP BY ROLLUP (g)",
  "SELECT COALESCE(g, 'all'), COUNT(DISTINCT x) FROM t GROUP BY CUBE (g)",
  'SELECT x % 2 AS odd, g, COUNT(*) FROM t GROUP BY ROLLUP (x % 2, g)',
  'SELECT g, h, SUM(x), RANK() OVER (PARTITION BY GROUPING(h) ORDER BY SUM(x) DESC NULLS LAST) FROM t GROUP BY ROLLUP (g, h)',
  "SELECT g, COUNT(DISTINCT x) FILTER (WHERE h = 'p'), COUNT(DISTINCT h) FROM t GROUP BY g",
  'SELECT COUNT(DISTINCT x) FILTER (WHERE x > 10), SUM(DISTINCT x) FILTER (WHERE id < 4), MIN(DISTINCT x) FROM t',
  "SELECT g, SUM(DISTINCT x) FILTER (WHERE h <> 'q'), SUM(x) FILTER (WHERE h = 'q'), SUM(x) FROM t GROUP BY g",
  "SELECT g, h, COUNT(DISTINCT x) FILTER (WHERE x > 10), COUNT(*) FILTER (WHERE h = 'p') FROM t GROUP BY CUBE (g, h)",
  'SELECT g, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x), PERCENTILE_DISC(0.25) WITHIN GROUP (ORDER BY x) FROM t GROUP BY g',
  'SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x DESC), PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY x) FROM t',
  'SELECT g, PERCENTILE_DISC(0.7) WITHIN GROUP (ORDER BY x DESC) FILTER (WHERE id > 1), MEDIAN(x + id) FROM t GROUP BY g',
  // Of equally frequent values the smallest; DuckDB's own takes any.
  [
    'SELECT g, MODE() WITHIN GROUP (ORDER BY x) FROM t GROUP BY g',
    'SELECT g, (SELECT x FROM t AS o WHERE o.g IS NOT DISTINCT FROM t.g AND x IS NOT NULL GROUP BY x ORDER BY COUNT(*) DESC, x LIMIT 1) FROM t GROUP BY g',
  ],
  'SELECT g, ARG_MIN(h, x * 100 - id), ARG_MAX(x, id) FILTER (WHERE id <> 9), ARG_MIN(id, h || g || id) FROM t GROUP BY g',
  [
    'SELECT g, FIRST_VALUE(x ORDER BY id DESC), LAST_VALUE(h ORDER BY x NULLS FIRST, id) FROM t GROUP BY g',
    'SELECT g, FIRST(x ORDER BY id DESC) FILTER (WHERE x IS NOT NULL), LAST(h ORDER BY x NULLS FIRST, id) FILTER (WHERE h IS NOT NULL) FROM t GROUP BY g',
  ],
  "SELECT g, STRING_AGG(h, ',' ORDER BY x DESC NULLS LAST, id), STRING_AGG(h, ';' ORDER BY id) FROM t GROUP BY g",
  "SELECT g, STRING_AGG(DISTINCT h, ',' ORDER BY h), STRING_AGG(h, ',' ORDER BY id) FILTER (WHERE x > 10) FROM t GROUP BY g",
  "SELECT g, MAX(x) FILTER (WHERE h = 'p') - MIN(x) FROM t GROUP BY g HAVING COUNT(*) FILTER (WHERE x > 10) > 0",
  'SELECT g, COUNT(*), SUM(COUNT(*)) OVER () FROM t GROUP BY g',
  'SELECT g, BOOL_AND(x > 5), BIT_OR(x), ARG_MAX(id, x * 100 + id), COUNT(*) FILTER (WHERE x IS NULL) FROM t GROUP BY g',
  'SELECT g, COUNT(*) FROM t GROUP BY ALL',
  'SELECT g, x > 10, h, SUM(x), GROUPING(x > 10) FROM t GROUP BY GROUPING SETS ((g, x > 10), (g, h), (x > 10, h), (x > 10))',
]

for (const workers of [1, 2])
  test(`groups of rows that change, ${workers} worker(s)`, () => assertFollows({ tables, changes, queries, workers }))

/** A session with the first rows, and what it answers. */
async function grouped() {
  const session = await createSession({ dialect: 'postgres', clock: 0n }, await createNodeEnvironment())
  await session.execute(`${tables[0]}; ${changes[0]}`)
  const rows = async (sql: string): Promise<unknown> => {
    const [result] = await session.execute(sql)
    return result?.is === 'rows' ? result.rows : undefined
  }
  return { session, rows }
}

test('GROUP BY DISTINCT takes equal sets once, as PostgreSQL documents it', async () => {
  const { session, rows } = await grouped()
  assert.deepEqual(
    await rows('SELECT g, COUNT(*) FROM t GROUP BY DISTINCT ROLLUP (g), ROLLUP (g) ORDER BY g'),
    await rows('SELECT g, COUNT(*) FROM t GROUP BY ROLLUP (g) ORDER BY g'),
  )
  await session.close()
})

test('GROUP_ID tells equal sets apart, as Oracle documents it', async () => {
  const { session, rows } = await grouped()
  assert.deepEqual(
    await rows(
      "SELECT g, GROUP_ID() AS id, COUNT(*) FROM t WHERE g = 'a' GROUP BY GROUPING SETS (g, (), g, ()) ORDER BY g, id",
    ),
    [
      ['a', 0n, 2n],
      ['a', 1n, 2n],
      [null, 0n, 2n],
      [null, 1n, 2n],
    ],
  )
  assert.deepEqual(await rows('SELECT GROUP_ID(), SUM(3) FROM t WHERE id < 0'), [[0n, null]])
  await session.close()
})
