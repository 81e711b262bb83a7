import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound, planOf } from '../../../test/sql-plans.ts'
import { check } from '../check.ts'
import { optimise } from '../optimise/optimise.ts'
import { explainMermaid, explainTree } from './explain.ts'

const before =
  "CREATE TABLE a (id INT, v DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (connector = 'kafka'); CREATE TABLE m (id INT, ts TIMESTAMP(3)) WITH (connector = 'kafka');"
const plan = (sql: string) => optimise(planOf(bound(sql, { before })))

test('a shared node is written once', () => {
  const node = plan('SELECT x.id FROM a x JOIN a y ON x.id = y.id')
  assert.equal(
    explainTree([{ title: 'View v', node }]),
    [
      'View v',
      '  Project: id  {append}',
      '    Join inner on id = id  {append}',
      '      [1] Scan a (kafka): id of 3 columns  {append}',
      '      [1] as above',
    ].join('\n'),
  )
})

test('mermaid', () => {
  assert.equal(
    explainMermaid([{ title: 'Sink out', node: plan('SELECT id FROM a WHERE id > 1') }]),
    [
      'flowchart TD',
      '  n0["Scan a (kafka): id of 3 columns"]',
      '  n1["Filter: id > 1"]',
      '  n0 --> n1',
      '  r0(["Sink out"])',
      '  n1 --> r0',
    ].join('\n'),
  )
})

test('check names what grows, what never closes, and what may differ', () => {
  const codes = (sql: string) => check([plan(sql)]).map(finding => finding.code)
  assert.deepEqual(codes('SELECT id FROM a'), [])
  assert.deepEqual(codes('SELECT id, COUNT(*) FROM a GROUP BY id'), ['DSC001'])
  assert.deepEqual(codes("SELECT SUM(id) FROM a GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)"), [])
  assert.deepEqual(codes("SELECT SUM(id) FROM m GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)"), ['DSC002', 'DSC001'])
  assert.deepEqual(codes("SELECT SUM(v) FROM a GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)"), ['DSC005'])
  assert.deepEqual(codes('SELECT id, n, RAND() FROM (SELECT id, COUNT(*) AS n FROM a GROUP BY id)'), [
    'DSC001',
    'DSC003',
  ])
  assert.deepEqual(codes('SELECT id, RAND() FROM (SELECT DISTINCT id FROM a)'), ['DSC001'])
  assert.deepEqual(codes('SELECT a.id FROM a, m WHERE a.id > m.id'), ['DSC001', 'DSC006'])
  const other = '(SELECT * FROM a WHERE v > 1) AS b ON a.id = b.id AND a.ts >= b.ts'
  assert.deepEqual(codes(`SELECT a.id FROM a JOIN ${other}`), ['DSC001'])
  assert.deepEqual(codes(`SELECT a.id FROM a JOIN ${other} AND a.ts <= b.ts + INTERVAL '1' HOUR`), [])
})
