-- Programs that gave something else than DuckDB once, each as small as it could be made: `npm run fuzz` prints them so.
-- CASE a frame from 0 PRECEDING to 0 PRECEDING was refused
-- ENGINE TABLES
CREATE TABLE t (id INT, k INT);
-- QUERY
SELECT id, SUM(k) OVER (ORDER BY id ROWS BETWEEN 0 PRECEDING AND 0 PRECEDING) AS n FROM t;
-- CHANGES
INSERT INTO t VALUES (1, 2), (2, 3);

-- CASE IGNORE NULLS behind a call within the argument was taken for that call's
-- ENGINE TABLES
CREATE TABLE t (id INT, k BIGINT);
-- QUERY
SELECT id, FIRST_VALUE(GCD(CAST(-1 AS BIGINT), k) IGNORE NULLS) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS w FROM t;
-- CHANGES
INSERT INTO t VALUES (1, NULL), (3, NULL), (2, 0);
-- DUCKDB
CREATE TABLE t (id INT, k BIGINT);
-- QUERY
SELECT id, FIRST_VALUE(GCD(CAST(-1 AS BIGINT), k) IGNORE NULLS) OVER (ORDER BY id NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS w FROM t;
-- CHANGES
INSERT INTO t VALUES (1, NULL), (3, NULL), (2, 0);

-- CASE windows over input that has ended were sent again after a restart
-- ENGINE TABLES
CREATE TABLE d (k INT, d0 INT);
-- QUERY
SELECT v0, COUNT(*) OVER (PARTITION BY v0 ORDER BY v0) AS w FROM (VALUES (CAST('a' AS VARCHAR))) AS v(v0);
-- CHANGES
INSERT INTO d VALUES (0, 0);
DELETE FROM d WHERE k <= 0;
-- DUCKDB
CREATE TABLE d (k INT, d0 INT);
-- QUERY
SELECT v0, COUNT(*) OVER (PARTITION BY v0 ORDER BY v0 NULLS LAST) AS w FROM (VALUES (CAST('a' AS VARCHAR))) AS v(v0);
-- CHANGES
INSERT INTO d VALUES (0, 0);
DELETE FROM d WHERE k <= 0;

-- CASE NTILE over rows that change was taken for a choice of a value
-- ENGINE TABLES
CREATE TABLE t (id INT, k INT);
-- QUERY
SELECT id, NTILE(1) OVER (ORDER BY id) AS w FROM t;
-- CHANGES
INSERT INTO t VALUES (1, 0);

-- CASE a RANGE distance with more digits than the column was refused
-- ENGINE TABLES
CREATE TABLE t (id INT, k INT);
-- QUERY
SELECT id, COUNT(*) OVER (ORDER BY id RANGE BETWEEN 1.5 PRECEDING AND 0.5 PRECEDING) AS w FROM t;
-- CHANGES
INSERT INTO t VALUES (1, 0), (2, 0), (4, 0);

-- CASE a row taken back took two rows that had arrived with it
-- ENGINE TABLES
CREATE TABLE t (id INT, k INT);
-- QUERY
SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY id) AS a0, COUNT(*) AS a1 FROM t WHERE k = 0 OR k IN (SELECT id FROM t);
-- CHANGES
INSERT INTO t VALUES (2, 0);
