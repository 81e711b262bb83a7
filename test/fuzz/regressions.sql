-- Programs that gave something else than DuckDB once, each as small as it could be made: `npm run fuzz` prints them so.
-- CASE a join by windows of both sides
-- ENGINE TABLES
CREATE TABLE t (id INT, k INT);
-- QUERY
SELECT k, COUNT(*) AS n FROM t GROUP BY k;
-- CHANGES
INSERT INTO t VALUES (1, 0), (2, NULL);
