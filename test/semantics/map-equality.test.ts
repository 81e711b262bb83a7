/**
 * Maps are equal when they hold the same entries, in whatever order they came: java.util.Map.equals, which Flink's maps
 * follow. So they are one group, one distinct value and one key of a join, also within rows and arrays.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const tables = 'CREATE TABLE t (id INT, m MAP<STRING, INT>); CREATE TABLE s (id INT, m MAP<STRING, INT>);'
const changes = `
  INSERT INTO t VALUES (1, MAP['a', 1, 'b', 2]), (2, MAP['b', 2, 'a', 1]), (3, MAP['a', 1]), (4, MAP['b', 1, 'a', 2]);
  INSERT INTO s VALUES (5, MAP['b', 2, 'a', 1]), (6, MAP['a', 2, 'b', 1]), (7, MAP['b', 2]), (8, NULL);`

const cases: Readonly<Record<string, { readonly sql: string; readonly rows: readonly string[] }>> = {
  'by =': {
    sql: "SELECT id FROM t WHERE m = MAP['b', 2, 'a', 1]",
    rows: ['1', '2'],
  },
  'as groups': { sql: 'SELECT MIN(id) AS low, COUNT(*) AS n FROM t GROUP BY m', rows: ['1 2', '3 1', '4 1'] },
  'as distinct values': { sql: 'SELECT COUNT(*) AS n FROM (SELECT DISTINCT m FROM t)', rows: ['3'] },
  'in COUNT(DISTINCT)': { sql: 'SELECT COUNT(DISTINCT m) AS n FROM t', rows: ['3'] },
  'as keys of a join': {
    sql: 'SELECT t.id, s.id AS other FROM t JOIN s ON t.m = s.m',
    rows: ['1 5', '2 5', '4 6'],
  },
  'in IN': { sql: 'SELECT id FROM t WHERE m IN (SELECT m FROM s)', rows: ['1', '2', '4'] },
  'in set operations': {
    sql: 'SELECT CARDINALITY(m) AS n FROM (SELECT m FROM t INTERSECT SELECT m FROM s)',
    rows: ['2', '2'],
  },
  'as partitions': {
    sql: 'SELECT id, ROW_NUMBER() OVER (PARTITION BY m ORDER BY id) AS n FROM t',
    rows: ['1 1', '2 2', '3 1', '4 1'],
  },
  'within rows': { sql: 'SELECT COUNT(*) AS n FROM (SELECT DISTINCT ROW(1, m) FROM t)', rows: ['3'] },
  'within arrays': { sql: 'SELECT COUNT(*) AS n FROM (SELECT DISTINCT ARRAY[m] FROM t)', rows: ['3'] },
  'of maps': {
    sql: "SELECT COUNT(*) AS n FROM (SELECT DISTINCT MAP['x', m, 'y', m] FROM t)",
    rows: ['3'],
  },
  'of other functions': {
    sql: "SELECT id FROM t WHERE MAP_UNION(m, MAP['c', 3]) = MAP_UNION(MAP['c', 3], MAP['a', 1, 'b', 2])",
    rows: ['1', '2'],
  },
}

for (const [what, { sql, rows }] of Object.entries(cases)) {
  test(`equal maps ${what}`, () =>
    withSession('flink', async session => {
      await session.execute(`${tables} CREATE MATERIALIZED VIEW v AS ${sql}; ${changes}`)
      assert.deepEqual(await answer(session, 'SELECT * FROM v'), rows)
      assert.deepEqual(await answer(session, sql), rows)
    }))
}

test('a map that came in another order takes its row back', () =>
  withSession('flink', async session => {
    await session.execute(`${tables} CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM t GROUP BY m; ${changes}`)
    await session.execute(
      "DELETE FROM t WHERE m = MAP['a', 1, 'b', 2]; UPDATE t SET m = MAP['b', 1, 'a', 2] WHERE id = 3",
    )
    assert.deepEqual(await answer(session, 'SELECT * FROM v'), ['2'])
  }))
