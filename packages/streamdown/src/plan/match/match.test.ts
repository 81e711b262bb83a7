import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound, explained, planOf } from '../../../test/sql-plans.ts'
import { check } from '../check.ts'
import { flinkSQL } from '../flink/query.ts'
import { optimise } from '../optimise/optimise.ts'
import { derive } from '../properties.ts'

const before = `
  CREATE TABLE ticks (symbol STRING, price INT, tax DECIMAL(8, 2), note STRING, ts TIMESTAMP(3),
    WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH (connector = 'kafka');
  CREATE TABLE counts (symbol STRING, n INT) WITH (connector = 'kafka')`

const falling = (select: string, clauses = '') => `SELECT ${select} FROM ticks MATCH_RECOGNIZE (
  PARTITION BY symbol ORDER BY ts, price DESC
  MEASURES LAST(down.price) AS lowest, SUM(down.tax * 2) AS taxes, MATCH_ROWTIME() AS t
  AFTER MATCH SKIP TO LAST up
  PATTERN (top down{2,}? (up | flat)*) ${clauses}
  DEFINE down AS price < LAST(down.price, 1) OR COUNT(down.price) = 1, up AS price > LAST(down.price))`

const plan = (sql: string) => planOf(bound(sql, { before }))

test('explain shows the pattern; only columns that are read are kept', () => {
  assert.equal(
    explained(falling('symbol, lowest', "WITHIN INTERVAL '1' HOUR"), { before }),
    [
      'Match (top down{2,}? (up | flat)*) by symbol ordered by ts, price DESC within 1 h; down AS (price < LAST(down.price, 1)) OR (COUNT(down.price) = 1); up AS price > LAST(down.price); one row per match, skip to last up  {append}',
      '  Scan ticks (kafka): symbol, price, ts of 5 columns, event time ts - 1 s  {append}',
    ].join('\n'),
  )
})

test('a condition on the partition is asked of its rows', () => {
  const tree = explained(`${falling('lowest', "WITHIN INTERVAL '1' HOUR")} WHERE symbol = 'ACME' AND lowest > 3`, {
    before,
  })
  const lines = tree.split('\n').map(line => line.trim().replace(/ {2}\{.*/, ''))
  assert.deepEqual([lines[0], lines[2]], ['Filter: lowest > 3', "Filter: symbol = 'ACME'"], tree)
})

test('matches are only added, and the time of their last row is event time', () => {
  const { appendOnly, final, timeColumns } = derive(plan(falling('t, lowest')))
  assert.deepEqual({ appendOnly, final, timeColumns }, { appendOnly: true, final: true, timeColumns: [0] })
})

test('a pattern without a limit of rows or time may grow for ever', () => {
  const codes = (sql: string) => check([optimise(plan(sql))]).map(finding => finding.code)
  assert.deepEqual(codes(falling('lowest')), ['DSC001'])
  assert.deepEqual(codes(falling('lowest', "WITHIN INTERVAL '1' HOUR")), [])
})

test('as Flink SQL', () => {
  const refuse = () => assert.fail('there is no arrow')
  const text = flinkSQL(plan(falling('*', "WITHIN INTERVAL '1' HOUR SUBSET moved = (up, down)")), refuse)
  for (const line of [
    'PARTITION BY symbol',
    'ORDER BY ts, price DESC',
    'MEASURES LAST(down.price) AS lowest, SUM(down.unseen_5) AS taxes, MATCH_ROWTIME() AS t',
    'ONE ROW PER MATCH',
    'AFTER MATCH SKIP TO LAST up',
    "PATTERN (top down{2,}? (up | flat)*) WITHIN INTERVAL '1' HOUR",
    'DEFINE down AS (price < LAST(down.price, 1)) OR (COUNT(down.price) = CAST(1 AS BIGINT)), up AS price > LAST(down.price)',
  ])
    assert.ok(
      text.split('\n').some(one => one.trim() === line),
      `${line}\nin\n${text}`,
    )
  const cannot = (sql: string) => assert.throws(() => flinkSQL(plan(sql), refuse), { code: 'DSD5011' })
  cannot('SELECT x FROM ticks MATCH_RECOGNIZE (ORDER BY ts MEASURES PREV(A.price) AS x PATTERN (A) DEFINE A AS TRUE)')
  cannot('SELECT * FROM ticks MATCH_RECOGNIZE (ORDER BY ts ALL ROWS PER MATCH PATTERN (A) DEFINE A AS TRUE)')
})

const match = (inside: string, table = 'ticks') => `SELECT * FROM ${table} MATCH_RECOGNIZE (${inside})`

const refused: readonly (readonly [what: string, sql: string, code: string, message: RegExp])[] = [
  ['no order', match('MEASURES A.price AS x PATTERN (A) DEFINE A AS TRUE'), 'DSD2011', /ORDER BY its event time/],
  [
    'an order that never ends',
    match('ORDER BY price MEASURES A.price AS x PATTERN (A) DEFINE A AS TRUE'),
    'DSD2011',
    /ORDER BY its event time/,
  ],
  [
    'rows that change',
    match(
      'ORDER BY n MEASURES A.n AS x PATTERN (A) DEFINE A AS TRUE',
      '(SELECT symbol, SUM(n) AS n FROM counts GROUP BY symbol)',
    ),
    'DSD2011',
    /never changed/,
  ],
  ['an unknown variable', match('ORDER BY ts MEASURES A.price AS x PATTERN (A) DEFINE B AS TRUE'), 'DSD2006', /"B"/],
  ['nothing to show', match('ORDER BY ts PATTERN (A) DEFINE A AS TRUE'), 'DSD2006', /a measure/],
  [
    'two variables in one row',
    match('ORDER BY ts MEASURES LAST(A.price + B.price) AS x PATTERN (A B) DEFINE A AS TRUE'),
    'DSD2006',
    /same variable/,
  ],
  [
    'FINAL while matching',
    match('ORDER BY ts MEASURES A.price AS x PATTERN (A) DEFINE A AS FINAL LAST(A.price) > 1'),
    'DSD2006',
    /FINAL/,
  ],
  [
    'a skip to where the match began',
    match('ORDER BY ts MEASURES A.price AS x AFTER MATCH SKIP TO FIRST A PATTERN (A B) DEFINE A AS TRUE'),
    'DSD2006',
    /again and again/,
  ],
  [
    'other aggregates',
    match('ORDER BY ts MEASURES LISTAGG(A.note) AS x PATTERN (A+) DEFINE A AS TRUE'),
    'DSD2005',
    /COUNT, SUM, AVG, MIN and MAX/,
  ],
  [
    'a pattern that is too large',
    match('ORDER BY ts MEASURES A.price AS x PATTERN ((A{200} B){200}) DEFINE A AS TRUE'),
    'DSD2006',
    /10000 variables/,
  ],
  [
    'a distance that is no number',
    match('ORDER BY ts MEASURES A.price AS x PATTERN (A) DEFINE A AS PREV(price, tax) > 1'),
    'DSD2012',
    /whole number/,
  ],
]

// A view keeps running: what orders its rows must be known before they end.
for (const [what, sql, code, message] of refused)
  test(`refused: ${what}`, () => assert.throws(() => bound(`CREATE VIEW v AS ${sql}`, { before }), { code, message }))
