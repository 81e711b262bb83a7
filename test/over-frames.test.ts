/**
 * OVER with frames told by values and by groups, and with frames that begin with the partition, over tables that change: after every statement each view holds what DuckDB
 * answers to the same query.
 */
import { test } from 'node:test'
import fc from 'fast-check'
import { assertFollows, type Followed } from './follows.ts'
import { type Draw, drawFrom } from './property/draw.ts'
import { runs, seed } from './property/oracle.ts'

const tables = ['CREATE TABLE t (id INT PRIMARY KEY, k INT, x INT, y BIGINT, d DATE, ts TIMESTAMP, v INT)']

const over = (calls: string, order: string, frame: string): string =>
  `SELECT id, ${calls} FROM (SELECT * FROM t) AS q WINDOW w AS (PARTITION BY k ORDER BY ${order} ${frame})`
const sum = 'SUM(v) OVER w AS a'

const queries: Followed['queries'] = [
  over(sum, 'x', 'RANGE BETWEEN 2 PRECEDING AND CURRENT ROW'),
  over(sum, 'x', 'RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING'),
  over(sum, 'x', 'RANGE BETWEEN 3 PRECEDING AND 1 PRECEDING'),
  over(sum, 'x', 'RANGE BETWEEN 1 FOLLOWING AND 4 FOLLOWING'),
  over(sum, 'x DESC NULLS FIRST', 'RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING'),
  over(sum, 'x DESC NULLS LAST', 'RANGE BETWEEN 3 PRECEDING AND 2 PRECEDING'),
  over(sum, 'x NULLS FIRST', 'RANGE BETWEEN CURRENT ROW AND CURRENT ROW'),
  over(sum, 'y', 'RANGE BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE CURRENT ROW'),
  over(sum, 'y', 'RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE TIES'),
  // A distance between two values
  over(sum, 'y', 'RANGE BETWEEN 2.5 PRECEDING AND 1.5 FOLLOWING'),
  over(sum, 'y DESC NULLS LAST', 'RANGE BETWEEN 2.5 PRECEDING AND 0.5 PRECEDING'),
  over(sum, 'y', 'RANGE BETWEEN 0.5 FOLLOWING AND 2.5 FOLLOWING'),
  over(sum, 'd', "RANGE BETWEEN INTERVAL '2' DAY PRECEDING AND INTERVAL '1' DAY FOLLOWING"),
  over(sum, 'd DESC NULLS LAST', "RANGE BETWEEN INTERVAL '36' HOUR PRECEDING AND CURRENT ROW"),
  over(sum, 'ts', "RANGE BETWEEN INTERVAL '90' MINUTE PRECEDING AND CURRENT ROW"),
  over(sum, 'ts DESC NULLS FIRST', "RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND INTERVAL '2' HOUR FOLLOWING"),
  over(sum, 'x', 'GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW'),
  over(sum, 'x', 'GROUPS BETWEEN 2 PRECEDING AND 1 PRECEDING'),
  over(sum, 'x DESC NULLS LAST', 'GROUPS BETWEEN 1 FOLLOWING AND 2 FOLLOWING'),
  over(sum, 'x, y', 'GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP'),
  over(
    'MAX(v) OVER w AS a, COUNT(*) OVER w AS b, FIRST_VALUE(id) OVER w AS c',
    'x, id',
    'RANGE BETWEEN CURRENT ROW AND CURRENT ROW',
  ),
  over(
    'ARG_MIN(DISTINCT v % 3, v % 3) OVER w AS a, ARG_MAX(DISTINCT v % 3, v % 3) OVER w AS b',
    'x, id',
    'ROWS BETWEEN 2 PRECEDING AND CURRENT ROW',
  ),
  // Several frames at once
  `SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY x RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS a,
     SUM(v) OVER (PARTITION BY k ORDER BY x GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS b,
     SUM(v) OVER (PARTITION BY k ORDER BY x, id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS c FROM t`,
  `SELECT id, SUM(v) OVER w AS a, LAG(v) OVER v AS b, LEAD(v, 2) OVER v AS c FROM t
     WINDOW w AS (PARTITION BY k ORDER BY x, id RANGE BETWEEN CURRENT ROW AND CURRENT ROW), v AS (PARTITION BY k ORDER BY x, id)`,
  // With one that reaches all rows
  `SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY x, id RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS a,
     ROW_NUMBER() OVER (PARTITION BY k ORDER BY x, id) AS b FROM t`,
  over('NTILE(2) OVER w AS a, PERCENT_RANK() OVER w AS b, CUME_DIST() OVER w AS c, COUNT(*) OVER w AS n', 'x, id', ''),
  // Frames that begin with the partition
  over('SUM(v) OVER w AS a, COUNT(v) OVER w AS b, MAX(y) OVER w AS c', 'x', ''),
  over('COUNT(*) OVER w AS a', 'x DESC NULLS LAST', ''),
  over('MIN(v) OVER w AS a, ROUND(AVG(CAST(v AS DOUBLE)) OVER w, 6) AS b', 'x, id', 'ROWS UNBOUNDED PRECEDING'),
  over('SUM(v) FILTER (WHERE y > 5) OVER w AS a, BOOL_OR(v > 90) OVER w AS b', 'y NULLS FIRST', ''),
  over('FIRST_VALUE(v) OVER w AS a, LAST_VALUE(v) OVER w AS b, NTH_VALUE(v, 3) OVER w AS c', 'x, id', ''),
  over('SUM(v) OVER w AS a, LAG(v, 2) OVER w AS b, LEAD(v) OVER w AS c, ROW_NUMBER() OVER w AS d', 'ts, id', ''),
  // Frames that begin with the partition and end before the row
  over('SUM(v) OVER w AS a, COUNT(*) OVER w AS b', 'x, id', 'ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING'),
  over('MAX(v) OVER w AS a, FIRST_VALUE(v) OVER w AS b', 'y, id', 'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING'),
  over(
    'LAST_VALUE(v) OVER w AS a, NTH_VALUE(v, 2) OVER w AS b',
    'x, id',
    'ROWS BETWEEN UNBOUNDED PRECEDING AND 5 PRECEDING',
  ),
  `SELECT id, SUM(v) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 3 PRECEDING) AS a, ROW_NUMBER() OVER w AS b, LAG(v) OVER w AS c,
     MIN(v) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS d, SUM(v) OVER (w ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS e
     FROM t WINDOW w AS (PARTITION BY k ORDER BY x, id)`,
  // Frames that end with the partition
  over('SUM(v) OVER w AS a, MIN(v) OVER w AS b', 'x, id', 'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING'),
  over(
    'MAX(v) OVER w AS a, COUNT(v) OVER w AS b',
    'x DESC NULLS LAST',
    'RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
  ),
  over('SUM(v) OVER w AS a, LAST_VALUE(id) OVER w AS b', 'x, id', 'ROWS BETWEEN 2 FOLLOWING AND UNBOUNDED FOLLOWING'),
  over(
    'FIRST_VALUE(id) OVER w AS a, LAG(v) OVER w AS b, LEAD(v, 2) OVER w AS c',
    'y NULLS FIRST, id',
    'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
  ),
  over('RANK() OVER w AS a, DENSE_RANK() OVER w AS b, ROUND(STDDEV_POP(CAST(v AS DOUBLE)) OVER w, 6) AS c', 'x', ''),
]

function drawChanges(draw: Draw): readonly string[] {
  let next = 0
  const orNull = (text: string): string => (draw.sometimes(12) ? 'NULL' : text)
  const row = (): string => {
    const x = orNull(String(draw.integer(-6, 12)))
    const day = orNull(`DATE '2026-02-${String(draw.integer(20, 28))}'`)
    const ts = orNull(
      `TIMESTAMP '2026-01-01 ${String(draw.integer(0, 9)).padStart(2, '0')}:${draw.integer(10, 59)}:00'`,
    )
    return `(${next++}, ${draw.integer(1, 2)}, ${x}, ${orNull(String(draw.integer(0, 15)))}, ${day}, ${ts}, ${orNull(String(draw.integer(1, 99)))})`
  }
  const insert = (rows: number): string => `INSERT INTO t VALUES ${Array.from({ length: rows }, row).join(', ')}`
  return [
    insert(30),
    ...Array.from({ length: 14 }, (): string => {
      const id = draw.integer(0, next - 1)
      switch (draw.integer(0, 5)) {
        case 0:
          return `DELETE FROM t WHERE id = ${id}`
        case 1:
          return `UPDATE t SET v = v + 1 WHERE id IN (${id}, ${id + 3})`
        case 2:
          return `UPDATE t SET x = ${draw.integer(-6, 12)}, y = y + 2, ts = ts + INTERVAL '1' HOUR WHERE id = ${id}`
        case 3:
          return `DELETE FROM t WHERE x = ${draw.integer(-6, 12)}`
        default:
          return insert(draw.integer(1, 4))
      }
    }),
    'DELETE FROM t WHERE k = 1',
  ]
}

test('frames of values and groups over tables that change', () =>
  fc.assert(
    fc.asyncProperty(fc.gen(), g => {
      const draw = drawFrom(g)
      return assertFollows({ tables, queries, changes: drawChanges(draw), workers: draw.integer(1, 3) })
    }),
    { numRuns: Math.ceil(runs / 20), seed, endOnFailure: true },
  ))

test('a row leaves, or comes, right before the NULLs that stand last', () =>
  assertFollows({
    tables: ['CREATE TABLE n (id INT PRIMARY KEY, x INT, v INT)'],
    queries: [
      `SELECT id, SUM(v) OVER (ORDER BY x RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS a, LEAD(v, 2) OVER w AS b, LAG(v) OVER w AS c
         FROM n WINDOW w AS (ORDER BY x, id)`,
    ],
    changes: [
      'INSERT INTO n VALUES (1, 1, 10), (2, 2, 20), (3, 3, 30), (4, 4, 40), (5, NULL, 50), (6, NULL, 60), (7, NULL, 70)',
      'DELETE FROM n WHERE id = 4',
      'INSERT INTO n VALUES (8, 9, 80)',
      'DELETE FROM n WHERE x IS NULL',
      'INSERT INTO n VALUES (9, 10, 90)',
    ],
    workers: 1,
  }))

test('distances reach to the ends of the types', () =>
  assertFollows({
    tables: ['CREATE TABLE e (id INT PRIMARY KEY, x INT, y BIGINT, v INT)'],
    queries: [
      'SELECT id, SUM(v) OVER (ORDER BY x RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) AS a FROM e WHERE x < 2147483640 AND x > -2147483640',
      [
        'SELECT id, SUM(v) OVER (ORDER BY x RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING) AS a FROM e',
        'SELECT id, (SELECT SUM(v) FROM e AS o WHERE CAST(o.x AS BIGINT) BETWEEN CAST(e.x AS BIGINT) - 5 AND CAST(e.x AS BIGINT) + 5) AS a FROM e',
      ],
    ],
    changes: [
      'INSERT INTO e VALUES (1, 2147483647, 1, 1), (2, 2147483645, 1, 2), (3, -2147483648, 1, 4), (4, -2147483644, 1, 8), (5, 0, 0, 16)',
      'UPDATE e SET v = 32 WHERE id = 1',
      'DELETE FROM e WHERE id = 4',
      'INSERT INTO e VALUES (6, 3, 0, 64), (7, 2147483643, 0, 128)',
    ],
    workers: 1,
  }))
