/**
 * NULL as a key: rows without a value are one group, one distinct value and one partition, but meet nothing in a join by
 * `=`; IS NOT DISTINCT FROM joins them. A list or subquery with a NULL makes NOT IN true for nothing.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const tables = `
  CREATE TABLE t (id INT, k INT);
  CREATE TABLE s (id INT, k INT);`
const changes = `
  INSERT INTO t VALUES (1, NULL), (2, NULL), (3, 7);
  INSERT INTO s VALUES (4, NULL), (5, 7), (6, 8);`

const cases: Readonly<Record<string, { readonly sql: string; readonly rows: readonly string[] }>> = {
  'a group': { sql: 'SELECT k, COUNT(*) AS n, COUNT(k) AS m FROM t GROUP BY k', rows: ['7 1 1', 'NULL 2 0'] },
  'a distinct value': { sql: 'SELECT DISTINCT k FROM t', rows: ['7', 'NULL'] },
  'no value of COUNT(DISTINCT)': { sql: 'SELECT COUNT(DISTINCT k) AS n FROM t', rows: ['1'] },
  'a partition': {
    sql: 'SELECT id, ROW_NUMBER() OVER (PARTITION BY k ORDER BY id) AS n FROM t',
    rows: ['1 1', '2 2', '3 1'],
  },
  'equal to another in set operations': { sql: 'SELECT k FROM t INTERSECT SELECT k FROM s', rows: ['7', 'NULL'] },
  'without a match in a join': { sql: 'SELECT t.id, s.id AS other FROM t JOIN s ON t.k = s.k', rows: ['3 5'] },
  'shown without a match by an outer join': {
    sql: 'SELECT t.id, s.id AS other FROM t FULL JOIN s ON t.k = s.k',
    rows: ['1 NULL', '2 NULL', '3 5', 'NULL 4', 'NULL 6'],
  },
  'equal to another where it is asked for': {
    sql: 'SELECT t.id, s.id AS other FROM t JOIN s ON t.k IS NOT DISTINCT FROM s.k',
    rows: ['1 4', '2 4', '3 5'],
  },
  'unknown for NOT IN': { sql: 'SELECT id FROM t WHERE k NOT IN (SELECT k FROM s)', rows: [] },
  'unknown for IN': {
    sql: 'SELECT id, k IN (SELECT k FROM s WHERE k = 8) AS among FROM t',
    rows: ['1 NULL', '2 NULL', '3 false'],
  },
  'without a match for NOT EXISTS': {
    sql: 'SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.k = t.k)',
    rows: ['1', '2'],
  },
}

for (const [what, { sql, rows }] of Object.entries(cases)) {
  test(`a NULL key is ${what}`, () =>
    withSession('postgres', async session => {
      await session.execute(`${tables} CREATE MATERIALIZED VIEW v AS ${sql}; ${changes}`)
      assert.deepEqual(await answer(session, 'SELECT * FROM v'), rows)
      assert.deepEqual(await answer(session, sql), rows)
    }))
}
