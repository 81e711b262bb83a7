/**
 * Session windows over tables that change: rows come, go and move, so that sessions begin, merge, shrink, split and end.
 * After every statement each view holds what DuckDB answers to a batch query that finds the gaps.
 */
import { test } from 'node:test'
import fc from 'fast-check'
import { assertFollows, type Followed } from './follows.ts'
import { type Draw, drawFrom } from './property/draw.ts'
import { runs, seed } from './property/oracle.ts'

const tables = ['CREATE TABLE t (id INT PRIMARY KEY, k INT, g INT, v INT, s VARCHAR, ts TIMESTAMP)']

/** The rows with the number, and the bounds, of their session among those of the same `by`. */
const islands = (by: string): string => {
  const per = by === '' ? '' : `PARTITION BY ${by}`
  const session = by === '' ? 'n' : `${by}, n`
  return `SELECT *, MIN(ts) OVER (PARTITION BY ${session}) AS window_start,
      MAX(ts) OVER (PARTITION BY ${session}) + INTERVAL '10' MINUTE AS window_end
    FROM (SELECT *, SUM(begins) OVER (${per} ORDER BY ts) AS n FROM (
      SELECT *, CASE WHEN ts > LAG(ts) OVER (${per} ORDER BY ts) + INTERVAL '10' MINUTE THEN 1 ELSE 0 END AS begins
      FROM t WHERE ts IS NOT NULL))`
}

const sessions = (by: string): string =>
  `SESSION(TABLE t${by === '' ? '' : ` PARTITION BY ${by}`}, DESCRIPTOR(ts), INTERVAL '10' MINUTE)`

const over = (by: string, of: string, keys: string): Followed['queries'][number] => {
  const query = (rows: string): string =>
    `SELECT ${keys}, window_start, window_end, ${of} FROM ${rows} GROUP BY ${keys}, window_start, window_end`
  return [query(`TABLE(${sessions(by)})`), query(`(${islands(by)})`)]
}

const queries: Followed['queries'] = [
  over('k', 'COUNT(*) AS n, SUM(v) AS total, MIN(v) AS low, MAX(v) AS high', 'k'),
  over('k', 'COUNT(DISTINCT v) AS n, COUNT(v) FILTER (WHERE g = 1) AS m, SUM(DISTINCT v) AS d', 'k'),
  over('k', "STRING_AGG(s, ',' ORDER BY id) AS texts, ARG_MIN(id, id) AS f, MAX(s) AS m", 'k'),
  over('k', 'MEDIAN(CAST(v AS DOUBLE)) AS m, ARG_MAX(id, id) AS last', 'k'),
  over('k', 'COUNT(*) AS n, SUM(v) AS total', 'k, g'),
  over('k', 'BIT_AND(v - 5) AS a, BIT_OR(CAST(v AS BIGINT) * 8589934592 - 3) AS o, COUNT(DISTINCT s) AS d', 'k'),
  [
    `SELECT window_start, window_end, COUNT(*) AS n, MAX(v) AS high FROM TABLE(${sessions('')}) GROUP BY window_start, window_end`,
    `SELECT window_start, window_end, COUNT(*) AS n, MAX(v) AS high FROM (${islands('')}) GROUP BY window_start, window_end`,
  ],
  [
    `SELECT id, window_start, window_end FROM TABLE(${sessions('k')})`,
    `SELECT id, window_start, window_end FROM (${islands('k')})`,
  ],
  [
    `SELECT k, COUNT(*) AS sessions FROM (SELECT k, window_start FROM TABLE(${sessions('k')}) GROUP BY k, window_start, window_end) AS q GROUP BY k`,
    `SELECT k, COUNT(*) AS sessions FROM (SELECT k, window_start FROM (${islands('k')}) GROUP BY k, window_start, window_end) AS q GROUP BY k`,
  ],
]

function drawChanges(draw: Draw): readonly string[] {
  let next = 0
  const minutes = draw.oneOf([120, 400, 900])
  const orNull = (text: string): string => (draw.sometimes(12) ? 'NULL' : text)
  const time = (): string => {
    const at = draw.integer(0, minutes)
    const [hour, minute] = [Math.floor(at / 60), at % 60].map(part => String(part).padStart(2, '0'))
    return orNull(`TIMESTAMP '2026-01-01 ${hour}:${minute}:00'`)
  }
  const row = (): string =>
    `(${next++}, ${orNull(String(draw.integer(1, 2)))}, ${draw.integer(1, 2)}, ${orNull(String(draw.integer(0, 9)))}, ${orNull(`'s${draw.integer(0, 4)}'`)}, ${time()})`
  const insert = (rows: number): string => `INSERT INTO t VALUES ${Array.from({ length: rows }, row).join(', ')}`
  return [
    insert(draw.integer(20, 60)),
    ...Array.from({ length: 16 }, (): string => {
      const id = draw.integer(0, next - 1)
      switch (draw.integer(0, 6)) {
        case 0:
          return `DELETE FROM t WHERE id = ${id}`
        case 1:
          return `DELETE FROM t WHERE id % 7 = ${draw.integer(0, 6)}`
        case 2:
          return `UPDATE t SET ts = ts + INTERVAL '11' MINUTE WHERE id IN (${id}, ${id + 1})`
        case 3:
          return `UPDATE t SET v = v + 1, g = 3 - g WHERE id % 5 = ${draw.integer(0, 4)}`
        case 4:
          return `DELETE FROM t WHERE ts BETWEEN ${time()} AND ${time()}`
        default:
          return insert(draw.integer(1, 6))
      }
    }),
    'DELETE FROM t WHERE k = 1',
    'DELETE FROM t',
    insert(5),
  ]
}

test('sessions over tables that change', () =>
  fc.assert(
    fc.asyncProperty(fc.gen(), g => {
      const draw = drawFrom(g)
      return assertFollows({ tables, queries, changes: drawChanges(draw), workers: draw.integer(1, 3) })
    }),
    { numRuns: Math.ceil(runs / 20), seed, endOnFailure: true },
  ))
