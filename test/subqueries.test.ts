/**
 * Correlated subqueries, LATERAL and set operations over tables that change: after every statement each view holds what
 * DuckDB answers to the same query.
 */
import { test } from 'node:test'
import { assertFollows, type Followed } from './follows.ts'
import { changes, tables } from './subqueries.fixture.ts'

const queries: Followed['queries'] = [
  // Set operations
  'SELECT g FROM t INTERSECT ALL SELECT g FROM u',
  'SELECT g FROM t EXCEPT ALL SELECT g FROM u',
  'SELECT g FROM u EXCEPT ALL SELECT g FROM t',
  'SELECT g, x FROM t INTERSECT DISTINCT SELECT g, y FROM u',
  'SELECT g FROM t EXCEPT DISTINCT SELECT g FROM u',
  '(SELECT g FROM t UNION ALL SELECT g FROM u) EXCEPT ALL SELECT g FROM t INTERSECT ALL SELECT g FROM u',
  // Partners by keys alone
  'SELECT id FROM t WHERE g IN (SELECT g FROM u)',
  'SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.g = t.g)',
  'SELECT id FROM t WHERE (g, x) IN (SELECT g, y + 5 FROM u)',
  // IN, EXISTS, ANY and ALL inside of expressions
  "SELECT id, CASE WHEN EXISTS (SELECT 1 FROM u WHERE u.g = t.g) THEN 'y' ELSE 'n' END FROM t",
  'SELECT id FROM t WHERE x > 25 OR EXISTS (SELECT 1 FROM u WHERE u.g = t.g AND u.y < t.x)',
  'SELECT id FROM t WHERE x > 25 OR g IN (SELECT g FROM u WHERE u.y < t.x)',
  'SELECT id, g IN (SELECT g FROM u WHERE u.y < t.x) FROM t',
  'SELECT id, g NOT IN (SELECT g FROM u WHERE u.y < t.x) FROM t',
  'SELECT id, x + 5 IN (SELECT y FROM u WHERE u.g = t.g) FROM t',
  'SELECT id FROM t WHERE g NOT IN (SELECT g FROM u WHERE u.y > t.x) OR id = 1',
  'SELECT id, x > ANY (SELECT y FROM u WHERE u.g = t.g) FROM t',
  'SELECT id, x >= ALL (SELECT y FROM u WHERE u.g = t.g) FROM t',
  'SELECT id, x < ALL (SELECT y FROM u) FROM t',
  'SELECT id, 9 > ANY (SELECT y FROM u) FROM t',
  'SELECT id, NOT EXISTS (SELECT 1 FROM u WHERE u.g = t.g) AND x > 3 FROM t',
  'SELECT g, COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)) FROM t GROUP BY g',
  'SELECT g, SUM((SELECT MAX(y) FROM u WHERE u.id = t.id)) FROM t GROUP BY g',
  'SELECT t.id FROM t JOIN u ON t.id = u.id AND EXISTS (SELECT 1 FROM u AS v WHERE v.g = t.g AND v.id <> u.id)',
  // Values made of outer columns: NULL where there is no row
  'SELECT id, (SELECT COALESCE(u.y, t.x) FROM u WHERE u.id = t.id) FROM t',
  'SELECT id, (SELECT t.x FROM u WHERE u.id = t.id) FROM t',
  'SELECT t.id, l.z FROM t LEFT JOIN LATERAL (SELECT t.x + 1 AS z FROM u WHERE u.id = t.id) AS l ON TRUE',
  'SELECT t.id, l.z FROM t LEFT JOIN LATERAL (SELECT u.y AS z FROM u WHERE u.g = t.g) AS l ON l.z > t.x',
  [
    "SELECT t.id, l.z FROM t LEFT JOIN LATERAL (SELECT COALESCE(u.y, t.x) AS z FROM u WHERE u.y < t.x) AS l ON l.z > 5 AND t.g = 'b'",
    "SELECT t.id, u.y FROM t LEFT JOIN u ON u.y < t.x AND u.y > 5 AND t.g = 'b'",
  ],
  // Columns of a query further out
  [
    'SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.g = t.g AND EXISTS (SELECT 1 FROM u AS v WHERE v.y > u.y AND v.id <> t.id))',
    'SELECT DISTINCT t.id FROM t JOIN u ON u.g = t.g JOIN u AS v ON v.y > u.y AND v.id <> t.id',
  ],
  'SELECT id, (SELECT SUM(y) FROM u WHERE u.id IN (SELECT v.id FROM u AS v WHERE v.g = t.g)) FROM t',
  'SELECT id, (SELECT COUNT(*) FROM u WHERE u.y > (SELECT MIN(v.y) FROM u AS v WHERE v.g = t.g AND v.id <> u.id)) FROM t',
  'SELECT id, (SELECT MAX((SELECT COUNT(*) FROM u AS v WHERE v.y < t.x AND v.g = u.g)) FROM u) FROM t',
  'SELECT id, (SELECT (SELECT COUNT(*) FROM u AS v WHERE v.g = t.g AND v.y > u.y) FROM u WHERE u.g = t.g ORDER BY u.id LIMIT 1) FROM t',
  'SELECT id FROM t WHERE x > (SELECT MIN(y) FROM u WHERE u.g = t.g HAVING MIN(y) < (SELECT MAX(v.y) FROM u AS v WHERE v.y < t.x))',
  // Aggregates without rows
  'SELECT id FROM t WHERE EXISTS (SELECT COUNT(*) FROM u WHERE u.g = t.g)',
  'SELECT id FROM t WHERE 0 IN (SELECT COUNT(*) FROM u WHERE u.g = t.g)',
  'SELECT id, (SELECT COUNT(*) FROM u WHERE u.g = t.g HAVING COUNT(*) > 1) FROM t',
  'SELECT id, (SELECT SUM(COALESCE(l.n, -1)) FROM (SELECT COUNT(*) AS n FROM u WHERE u.g = t.g HAVING COUNT(*) < 2) AS l) FROM t',
  'SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.g = t.g HAVING COUNT(*) < 2)',
  'SELECT id, (SELECT COUNT(*) FROM u WHERE u.g = t.g HAVING COUNT(*) <= (SELECT MIN(v.y) FROM u AS v)) FROM t',
  'SELECT id, (SELECT COUNT(*) + (SELECT COUNT(*) FROM u AS v) FROM u WHERE u.g = t.g) FROM t',
  'SELECT id, (SELECT SUM(COUNT(*)) OVER () FROM u WHERE u.g = t.g) FROM t',
  'SELECT id, (SELECT COUNT(*) FROM u WHERE u.g = t.g LIMIT 0) FROM t',
  'SELECT id, (SELECT COUNT(*) FROM u WHERE u.g = t.g OFFSET 1) FROM t',
  'SELECT id, (SELECT COUNT(*) FROM u WHERE u.y < t.x HAVING COUNT(*) <> 1) FROM t',
  'SELECT id FROM t WHERE x IN (SELECT COUNT(*) * 10 FROM u WHERE u.g = t.g UNION ALL SELECT 30 + COUNT(*) FROM u WHERE u.y > t.x)',
  'SELECT t.id, l.n, l.s FROM t LEFT JOIN LATERAL (SELECT COUNT(*) AS n, SUM(y) AS s FROM u WHERE u.g = t.g) AS l ON l.n < 2',
  // Grouping sets, the empty one among them
  'SELECT t.id, l.g, l.n, l.s FROM t, LATERAL (SELECT u.g, COUNT(*) AS n, SUM(u.y) AS s FROM u WHERE u.g = t.g GROUP BY ROLLUP (u.g)) AS l',
  // DuckDB gives NULL for GROUPING of what it joins no row to.
  [
    'SELECT t.id, l.g, l.n, l.z FROM t, LATERAL (SELECT u.g, COUNT(*) AS n, GROUPING(u.g) AS z FROM u WHERE u.y < t.x GROUP BY CUBE (u.g)) AS l',
    'SELECT t.id, u.g, COUNT(*), 0 FROM t JOIN u ON u.y < t.x GROUP BY t.id, u.g UNION ALL SELECT t.id, NULL, COUNT(u.id), 1 FROM t LEFT JOIN u ON u.y < t.x GROUP BY t.id',
  ],
  'SELECT t.id, l.g, l.n FROM t LEFT JOIN LATERAL (SELECT u.g, COUNT(u.y) AS n FROM u WHERE u.g = t.g AND u.y < t.x GROUP BY GROUPING SETS ((u.g, u.id), (), (u.id))) AS l ON l.n < 2',
  'SELECT id FROM t WHERE EXISTS (SELECT COUNT(*) FROM u WHERE u.g = t.g GROUP BY ROLLUP (u.y) HAVING COUNT(*) = 0)',
  'SELECT id, (SELECT MIN(n) FROM (SELECT COUNT(*) AS n FROM u WHERE u.g = t.g GROUP BY ROLLUP (u.y)) AS l) FROM t',
  'SELECT id FROM t WHERE x - 7 IN (SELECT COUNT(*) FROM u WHERE u.g = t.g OR u.y > t.x GROUP BY CUBE (u.g, u.y))',
  'SELECT t.id, l.n, l.m FROM t, LATERAL (SELECT COUNT(*) + t.x AS n, MAX(u.y + t.x) AS m FROM u GROUP BY ROLLUP (u.g)) AS l',
  // Aggregates over columns of both queries
  'SELECT id, (SELECT SUM(u.y * t.x) FROM u WHERE u.g = t.g) FROM t',
  'SELECT id, (SELECT COUNT(*) FILTER (WHERE u.y < t.x) FROM u) FROM t',
  'SELECT t.id, l.s, l.n FROM t LEFT JOIN LATERAL (SELECT SUM(u.y) FILTER (WHERE u.y < t.x) AS s, COUNT(*) AS n FROM u WHERE u.g = t.g) AS l ON TRUE',
  'SELECT id FROM t WHERE x < (SELECT MAX(u.y + t.id) FROM u WHERE u.y > t.id HAVING MIN(u.y * t.id) > 5)',
  // LIMIT and ORDER BY
  'SELECT id, (SELECT y FROM u WHERE u.y < t.x ORDER BY y DESC LIMIT 1) FROM t',
  'SELECT id, (SELECT u.id FROM u WHERE y IS NOT NULL ORDER BY abs(u.y - t.x), u.id LIMIT 1) FROM t',
  'SELECT id, (SELECT u.id FROM u WHERE u.g = t.g OR u.y > t.x ORDER BY u.id LIMIT 1 OFFSET 1) FROM t',
  'SELECT id, (SELECT DISTINCT y FROM u WHERE u.y < t.x ORDER BY y DESC LIMIT 1 OFFSET 1) FROM t',
  // LATERAL
  'SELECT t.id, l.y FROM t, LATERAL (SELECT y FROM u WHERE u.g = t.g ORDER BY y DESC, id LIMIT 2) AS l',
  'SELECT t.id, l.y FROM t LEFT JOIN LATERAL (SELECT y FROM u WHERE u.g = t.g ORDER BY y DESC, id LIMIT 2) AS l ON TRUE',
  'SELECT t.id, l.id AS other FROM t CROSS JOIN LATERAL (SELECT u.id FROM u WHERE u.y < t.x ORDER BY y DESC, id LIMIT 2) AS l',
  'SELECT t.id, l.id AS other FROM t LEFT JOIN LATERAL (SELECT u.id FROM u WHERE u.y < t.x ORDER BY y DESC, id LIMIT 1) AS l ON TRUE',
  'SELECT t.id, l.n, l.m FROM t LEFT JOIN LATERAL (SELECT COUNT(*) AS n, MAX(y) AS m FROM u WHERE u.y < t.x) AS l ON TRUE',
  'SELECT t.id, l.n FROM t CROSS JOIN LATERAL (SELECT COUNT(*) AS n FROM u WHERE u.g = t.g AND u.y > 5) AS l',
  'SELECT t.id, l.id, l.r FROM t, LATERAL (SELECT u.id, ROW_NUMBER() OVER (ORDER BY y, id) AS r FROM u WHERE u.g = t.g) AS l',
  'SELECT t.id, l.id, l.s FROM t, LATERAL (SELECT u.id, SUM(y) OVER (ORDER BY id) AS s FROM u WHERE u.y < t.x) AS l',
  'SELECT t.id, l.z FROM t, LATERAL (SELECT y + t.x AS z FROM u WHERE u.id = t.id UNION ALL SELECT t.x) AS l',
  'SELECT t.id, l.g FROM t, LATERAL (SELECT g FROM u WHERE u.y < t.x EXCEPT SELECT g FROM u WHERE u.id = t.id) AS l',
  "SELECT t.id, l.k, l.v FROM t, LATERAL (VALUES ('x', t.x), ('id', t.id)) AS l(k, v)",
  'SELECT s.g, l.id FROM (SELECT DISTINCT g FROM t) AS s, LATERAL (SELECT id FROM t WHERE t.g = s.g ORDER BY x DESC, id LIMIT 2) AS l',
]

for (const workers of [1, 2])
  test(`views over tables that change, ${workers} worker(s)`, () =>
    assertFollows({ tables, changes, queries, workers }))
