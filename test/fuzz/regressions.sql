-- Programs that gave something else than DuckDB once, each as small as it could be made: `npm run fuzz` prints them so.
-- CASE a frame from 0 PRECEDING to 0 PRECEDING was refused
-- ENGINE TABLES
CREATE TABLE t (id INT, k INT);
-- QUERY
SELECT id, SUM(k) OVER (ORDER BY id ROWS BETWEEN 0 PRECEDING AND 0 PRECEDING) AS n FROM t;
-- CHANGES
INSERT INTO t VALUES (1, 2), (2, 3);
