/**
 * Subqueries that DuckDB does not answer, over tables that change: after every statement each view holds what PostgreSQL
 * answers to the same query.
 */
import { test } from 'node:test'
import { assertFollows, type Followed } from '../follows.ts'
import { changes, tables } from '../subqueries.fixture.ts'

const queries: Followed['queries'] = [
  // Grouping sets, the empty one among them
  'SELECT t.id, l.g, l.n, l.z FROM t, LATERAL (SELECT u.g, COUNT(*) AS n, GROUPING(u.g) AS z FROM u WHERE u.y < t.x GROUP BY CUBE (u.g)) AS l',
  'SELECT t.id, l.n FROM t, LATERAL (SELECT COUNT(*) AS n FROM u LEFT JOIN u AS v ON v.y > u.y AND v.g = t.g GROUP BY ROLLUP (u.g)) AS l',
  'SELECT t.id, l.n, l.k FROM t, LATERAL (SELECT COUNT(*) AS n, (SELECT COUNT(*) FROM u AS v WHERE v.g = t.g) AS k FROM u LEFT JOIN u AS w ON w.id = u.id AND w.y > t.x GROUP BY ROLLUP (u.g)) AS l',
  'SELECT t.id, l.n FROM t, LATERAL (SELECT COUNT(*) AS n FROM u WHERE u.g = t.g GROUP BY GROUPING SETS ((), ())) AS l',
  // Joins that keep rows of the right side
  'SELECT t.id, (SELECT COUNT(v.id) FROM u RIGHT JOIN u AS v ON v.y > u.y AND u.g = t.g) FROM t',
  'SELECT t.id, l.* FROM t, LATERAL (SELECT u.id AS a, v.id AS b FROM u RIGHT JOIN u AS v ON v.y = u.y AND u.id < v.id AND v.g = t.g) AS l',
  'SELECT t.id, l.* FROM t, LATERAL (SELECT a.id AS a, b.id AS b FROM (SELECT * FROM u WHERE u.g = t.g) AS a FULL JOIN (SELECT * FROM u WHERE u.y > t.x) AS b ON a.id = b.id) AS l',
  'SELECT t.id, (SELECT COUNT(*) FROM u FULL JOIN (SELECT * FROM u WHERE y < t.x) AS v USING (g)) FROM t',
  'SELECT t.id, l.g FROM t LEFT JOIN LATERAL (SELECT g FROM (SELECT * FROM u WHERE y > t.x) AS a FULL JOIN (SELECT * FROM u WHERE y < t.x) AS v USING (g)) AS l ON l.g = t.g',
  'SELECT t.id FROM t WHERE EXISTS (SELECT 1 FROM u RIGHT JOIN t AS s ON s.g = u.g AND u.y > t.x WHERE u.id IS NULL AND s.id <> t.id)',
  'SELECT t.id, (SELECT SUM(s.x) FROM u, u AS w RIGHT JOIN t AS s ON s.g = w.g AND w.y > t.x WHERE u.id = s.id) FROM t',
  'SELECT t.id, (SELECT COUNT(*) FROM u LEFT JOIN (u AS v JOIN t AS s ON s.g = v.g AND v.y < t.x) ON s.id = u.id AND v.id <> t.id) FROM t',
  'SELECT t.id, (SELECT COUNT(*) FROM u LEFT JOIN (u AS v RIGHT JOIN t AS s ON s.g = v.g AND v.y < t.x) ON s.id = u.id) FROM t',
  'SELECT t.id, (SELECT SUM(j.p) FROM (u AS v JOIN t AS s ON s.g = v.g AND v.y < t.x) AS j(p, q, r, s) WHERE j.q = t.g) FROM t',
  'SELECT SUM(j.y), COUNT(j.g) FROM (u LEFT JOIN t USING (g)) AS j',
  'SELECT t.id, (SELECT COUNT(*) FROM u FULL JOIN u AS v ON u.id = v.id + 1 LEFT JOIN t AS s ON s.id = v.id AND s.x < t.x) FROM t',
  // Subqueries in ON of outer joins
  'SELECT t.id, u.id FROM t LEFT JOIN u ON u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y)',
  'SELECT t.id, u.id FROM t LEFT JOIN u ON u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id > t.id)',
  'SELECT t.g, u.g FROM (SELECT g FROM t) AS t LEFT JOIN (SELECT g, y FROM u) AS u ON u.g = t.g AND u.y NOT IN (SELECT MAX(v.y) FROM u AS v WHERE v.g = t.g)',
  'SELECT t.id, u.id FROM t RIGHT JOIN u ON u.g = t.g AND t.x > (SELECT MIN(v.y) FROM u AS v WHERE v.g = u.g)',
  'SELECT t.id, u.id FROM t LEFT JOIN u ON u.y < (SELECT MAX(s.x) FROM t AS s) OR t.id IN (SELECT v.id FROM u AS v)',
  'SELECT t.id, g FROM t LEFT JOIN (SELECT g, id FROM u) AS u USING (g)',
  [
    'SELECT t.id, u.id FROM t FULL JOIN u ON u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id > t.id)',
    'WITH p AS (SELECT t.id AS a, u.id AS b FROM t JOIN u ON u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id > t.id)) SELECT a, b FROM p UNION ALL SELECT id, NULL FROM t WHERE id NOT IN (SELECT a FROM p) UNION ALL SELECT NULL, id FROM u WHERE id NOT IN (SELECT b FROM p)',
  ],
  [
    'SELECT t.id FROM t LEFT SEMI JOIN u ON u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id > t.id)',
    'SELECT t.id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id > t.id))',
  ],
  [
    'SELECT t.id FROM t LEFT ANTI JOIN u ON u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id > t.id)',
    'SELECT t.id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id > t.id))',
  ],
  'SELECT t.id, (SELECT COUNT(v.id) FROM u LEFT JOIN u AS v ON v.g = u.g AND v.y > (SELECT MIN(w.y) FROM u AS w WHERE w.g = t.g)) FROM t',
  'SELECT t.id, (SELECT COUNT(v.id) FROM u LEFT JOIN u AS v ON v.id = u.id AND EXISTS (SELECT 1 FROM u AS w WHERE w.g = t.g AND w.y > v.y AND w.id <> u.id)) FROM t',
  'SELECT t.id, (SELECT COUNT(v.id) FROM u JOIN u AS v ON v.id = u.id AND EXISTS (SELECT 1 FROM u AS w WHERE w.g = t.g AND w.y > v.y)) FROM t',
  // Recursion from values of the row around
  'SELECT t.id, (WITH RECURSIVE r(n) AS (SELECT t.x UNION ALL SELECT n - t.id FROM r WHERE n > t.id) SELECT SUM(n) FROM r) FROM t',
  'SELECT t.id, (WITH RECURSIVE r(n) AS (VALUES (t.x) UNION SELECT n / 2 FROM r WHERE n > 1) SELECT COUNT(*) FROM r) FROM t',
  'SELECT t.id, (WITH RECURSIVE r(id) AS (SELECT u.id FROM u WHERE u.g = t.g UNION SELECT v.id FROM u AS v JOIN r ON v.id = r.id + 1) SELECT COUNT(*) FROM r) FROM t',
  'SELECT t.id, (WITH RECURSIVE r(id) AS (SELECT 1 UNION SELECT v.id FROM u AS v JOIN r ON v.id > r.id AND v.y < t.x) SELECT SUM(id) FROM r) FROM t',
  'SELECT t.id FROM t WHERE EXISTS (WITH RECURSIVE r(id, d) AS (SELECT u.id, 0 FROM u WHERE u.y < t.x UNION SELECT r.id + 1, d + 1 FROM r WHERE d < 3) SELECT 1 FROM r WHERE r.id = t.id + 2 AND d > 1)',
  'SELECT t.id, l.n, l.d FROM t, LATERAL (WITH RECURSIVE r(n, d) AS (SELECT t.x, 0 UNION ALL SELECT n + 1, d + 1 FROM r WHERE d < 2) SELECT n, d FROM r WHERE n <> t.id + 10) AS l',
  'SELECT t.id, (WITH RECURSIVE r(n) AS (SELECT MAX(u.y) FROM u WHERE u.g = t.g UNION ALL SELECT n - 10 FROM r WHERE n > 10) SELECT COUNT(*) FROM r) FROM t',
  'SELECT t.id, (WITH RECURSIVE r(n) AS (SELECT t.id UNION SELECT n + 1 FROM (SELECT n FROM r WHERE n < t.x) AS s WHERE EXISTS (SELECT 1 FROM u WHERE u.id = s.n)) SELECT MAX(n) FROM r) FROM t',
  'SELECT t.id, (SELECT SUM((WITH RECURSIVE r(n) AS (SELECT u.id UNION SELECT n + t.id FROM r WHERE n < 9) SELECT COUNT(*) FROM r)) FROM u WHERE u.g = t.g) FROM t',
  'SELECT t.id, (WITH RECURSIVE r(n) AS (SELECT t.id UNION SELECT n + 1 FROM r WHERE n < 5), s AS (SELECT a.n FROM r AS a JOIN r AS b ON a.n = b.n + 1) SELECT COUNT(*) FROM s WHERE n <> t.x) FROM t',
  'SELECT t.id, (WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 5) SELECT COUNT(*) FROM r WHERE n <= t.id) FROM t',
  // Rows made of values, under conditions, and of queries
  'SELECT t.id, (SELECT COUNT(*) FROM u JOIN (SELECT g FROM u WHERE y < t.x) AS v USING (g)) FROM t',
  'SELECT t.id, n FROM t LEFT JOIN generate_series(1, t.x / 5) AS s(n) ON n > t.id',
  'SELECT t.id, e, n FROM t LEFT JOIN UNNEST(ARRAY[t.x, t.id, 8]) WITH ORDINALITY AS s(e, n) ON e > 8 AND n <> t.id',
  'SELECT t.id, a, b FROM t LEFT JOIN UNNEST(ARRAY[t.x, t.id], ARRAY[t.g]) AS s(a, b) ON b IS NULL AND a < 10',
  'SELECT t.id, e FROM t LEFT JOIN UNNEST(ARRAY(SELECT u.y FROM u WHERE u.g = t.g)) AS s(e) ON TRUE',
  'SELECT t.id, e FROM t LEFT JOIN UNNEST(ARRAY(SELECT u.y FROM u WHERE u.y > t.x)) AS s(e) ON e <> 29',
  'SELECT e FROM UNNEST(ARRAY(SELECT y FROM u)) AS s(e)',
  'SELECT t.id, (SELECT SUM(e) FROM UNNEST(ARRAY(SELECT u.y FROM u WHERE u.g = t.g)) AS s(e) WHERE e > t.id) FROM t',
  'SELECT t.id, n FROM t, generate_series(1, (SELECT COUNT(*) FROM u WHERE u.g = t.g)) AS s(n)',
  'SELECT t.id, n FROM t JOIN generate_series(1, 30) AS s(n) ON n IN (SELECT y FROM u WHERE u.g = t.g)',
  'SELECT t.id, n FROM t LEFT JOIN generate_series(1, t.x) AS s(n) ON EXISTS (SELECT 1 FROM u WHERE u.g = t.g AND u.y = s.n)',
  'SELECT t.id, (SELECT COUNT(*) FROM u LEFT JOIN generate_series(1, 3) AS s(n) ON n > u.y - t.x) FROM t',
  'SELECT t.id, n FROM t RIGHT JOIN generate_series(1, 3) AS s(n) ON n = t.id AND t.x > 10',
  'SELECT t.id, l.y FROM t LEFT JOIN LATERAL (SELECT u.y FROM u WHERE u.g = t.g) AS l ON l.y IN (SELECT MAX(v.y) FROM u AS v WHERE v.id <> t.id)',
]

for (const workers of [1, 2])
  test(`views over tables that change, ${workers} worker(s)`, () =>
    assertFollows({ tables, changes, queries, workers, oracle: 'postgres' }))
