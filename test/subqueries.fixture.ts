/** Two tables, and what happens to them while views with subqueries follow. */
export const tables = [
  'CREATE TABLE t (id INT PRIMARY KEY, g VARCHAR, x INT)',
  'CREATE TABLE u (id INT PRIMARY KEY, g VARCHAR, y INT)',
]

export const changes = [
  "INSERT INTO t VALUES (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (4, NULL, 7), (5, 'a', 10)",
  "INSERT INTO u VALUES (1, 'a', 5), (2, 'a', 15), (3, 'c', 25), (4, 'a', 15)",
  "INSERT INTO u VALUES (5, 'b', NULL), (6, NULL, 8), (7, 'b', 29)",
  'DELETE FROM u WHERE id = 2',
  "UPDATE t SET g = 'b', x = 16 WHERE id = 1",
  'DELETE FROM t WHERE id IN (2, 4)',
  'UPDATE u SET y = y + 10 WHERE id < 5',
  'DELETE FROM u',
]
