/**
 * Subqueries that DuckDB does not answer, over tables that change: after every statement each view holds what PostgreSQL
 * answers to the same query.
 */
import { test } from 'node:test'
import { assertFollows, type Followed } from '../follows.ts'

const tables = [
  'CREATE TABLE t (id INT PRIMARY KEY, g VARCHAR, x INT)',
  'CREATE TABLE u (id INT PRIMARY KEY, g VARCHAR, y INT)',
]

const changes = [
  "INSERT INTO t VALUES (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (4, NULL, 7), (5, 'a', 10)",
  "INSERT INTO u VALUES (1, 'a', 5), (2, 'a', 15), (3, 'c', 25), (4, 'a', 15)",
  "INSERT INTO u VALUES (5, 'b', NULL), (6, NULL, 8), (7, 'b', 29)",
  'DELETE FROM u WHERE id = 2',
  "UPDATE t SET g = 'b', x = 16 WHERE id = 1",
  'DELETE FROM t WHERE id IN (2, 4)',
  'UPDATE u SET y = y + 10 WHERE id < 5',
  'DELETE FROM u',
]

const queries: Followed['queries'] = [
  // Grouping sets, the empty one among them
  'SELECT t.id, l.g, l.n, l.z FROM t, LATERAL (SELECT u.g, COUNT(*) AS n, GROUPING(u.g) AS z FROM u WHERE u.y < t.x GROUP BY CUBE (u.g)) AS l',
  'SELECT t.id, l.n FROM t, LATERAL (SELECT COUNT(*) AS n FROM u LEFT JOIN u AS v ON v.y > u.y AND v.g = t.g GROUP BY ROLLUP (u.g)) AS l',
  'SELECT t.id, l.n, l.k FROM t, LATERAL (SELECT COUNT(*) AS n, (SELECT COUNT(*) FROM u AS v WHERE v.g = t.g) AS k FROM u LEFT JOIN u AS w ON w.id = u.id AND w.y > t.x GROUP BY ROLLUP (u.g)) AS l',
  'SELECT t.id, l.n FROM t, LATERAL (SELECT COUNT(*) AS n FROM u WHERE u.g = t.g GROUP BY GROUPING SETS ((), ())) AS l',
]

for (const workers of [1, 2])
  test(`views over tables that change, ${workers} worker(s)`, () =>
    assertFollows({ tables, changes, queries, workers, oracle: 'postgres' }))
