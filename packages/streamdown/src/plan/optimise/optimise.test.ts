import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound, explained, planOf } from '../../../test/sql-plans.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode, Relation } from '../nodes/node.ts'
import { ScanNode } from '../nodes/node.ts'
import { derive } from '../properties.ts'
import { nodesOf } from '../visitor/transform.ts'
import { optimise, optimiseProgram } from './optimise.ts'

const before = `
CREATE TABLE a (id INT, x INT, y INT, s STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (connector = 'kafka');
CREATE TABLE b (id INT, z INT, s STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (connector = 'kafka');
CREATE TABLE c (id INT, bid INT) WITH (connector = 'kafka');
`
const plan = (sql: string) => explained(sql, { before }).replace(/ +\{.*\}/g, '')

test('a condition that can fail does not pass one that guards it, nor a join', () => {
  assert.equal(
    plan('SELECT a.x FROM a JOIN b ON a.id = b.id WHERE b.z <> 0 AND a.x / a.y > 1'),
    [
      'Project: x',
      '  Join inner on id = id AND (x / y) > 1',
      '    Scan a (kafka): id, x, y of 5 columns',
      '    Filter: z <> 0',
      '      Scan b (kafka): id, z of 4 columns',
    ].join('\n'),
  )
})

test('a computed key that can fail is not computed before its guard', () => {
  assert.match(plan('SELECT a.x FROM a JOIN b ON a.x > b.z AND CAST(a.s AS INT) = b.id'), /Join inner on .*x > z.*CAST/)
  assert.match(
    plan("SELECT a.x FROM a JOIN b ON a.s <> 'none' AND CAST(a.s AS INT) = b.z"),
    /Project: x, CAST\(s AS INT\) AS .*\n +Filter: s <> 'none'/,
  )
})

test('below a condition that no row passes nothing is left', () => {
  const nothing = 'Values: 0 rows'
  assert.equal(plan('SELECT id FROM c WHERE 1 / bid > 0 AND 1 = 2'), nothing)
  assert.equal(plan('SELECT id FROM c WHERE 1 / bid > 0 GROUP BY id HAVING NOT NULL = NULL'), nothing)
  assert.equal(plan('SELECT id FROM c WHERE bid NOT IN (1 / id, NULL)'), nothing)
})

test('what stands behind the first constant of COALESCE is not computed', () => {
  assert.equal(
    plan('SELECT COALESCE(NULL, 1, MAX(10 / bid)) AS one, COUNT(*) AS n FROM c'),
    ['Project: 1 AS one, count AS n', '  Aggregate all rows: COUNT(*)', '    Scan c (kafka): id of 2 columns'].join(
      '\n',
    ),
  )
})

test('a condition that cannot fail comes before one of a level below that can', () => {
  assert.equal(
    plan('SELECT id FROM c WHERE 10 / bid > 1 GROUP BY id HAVING id IS NULL'),
    ['Aggregate by id', '  Filter: id IS NULL AND ((10 / bid) > 1)', '    Scan c (kafka): all columns'].join('\n'),
  )
})

test('filters move below projections, unions, windows and grouping keys', () => {
  assert.equal(
    plan('SELECT * FROM (SELECT id AS k, x + 1 AS v FROM a UNION ALL SELECT id, z FROM b) WHERE k = 3'),
    [
      'Union of 2',
      '  Project: id AS k, x + 1 AS v',
      '    Filter: id = 3',
      '      Scan a (kafka): id, x of 5 columns',
      '  Filter: id = 3',
      '    Scan b (kafka): id, z of 4 columns',
    ].join('\n'),
  )
  assert.equal(
    plan("SELECT * FROM (SELECT s, COUNT(*) AS n FROM a GROUP BY s) WHERE s = 'x' AND n > 2"),
    [
      'Project: s, count AS n',
      '  Filter: count > 2',
      '    Aggregate by s: COUNT(*)',
      "      Filter: s = 'x'",
      '        Scan a (kafka): s of 5 columns',
    ].join('\n'),
  )
})

test('inputs joined by commas are ordered by their equalities', () => {
  assert.equal(
    plan('SELECT a.x, b.z FROM a, b, c WHERE a.id = c.id AND b.id = c.bid'),
    [
      'Project: x, z',
      '  Join inner on bid = id',
      '    Join inner on id = id',
      '      Scan a (kafka): id, x of 5 columns',
      '      Scan c (kafka): all columns',
      '    Scan b (kafka): id, z of 4 columns',
    ].join('\n'),
  )
})

test('event time is read only where something follows it', () => {
  assert.equal(plan('SELECT x FROM a'), 'Scan a (kafka): x of 5 columns')
  assert.match(plan("SELECT COUNT(*) FROM a GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)"), /event time ts/)
})

test('the number of a top-N is not made when nobody reads it', () => {
  const optimised = optimise(
    planOf(
      bound(
        'SELECT x FROM (SELECT x, ROW_NUMBER() OVER (PARTITION BY id ORDER BY y) AS n FROM a) WHERE n BETWEEN 2 AND 3',
        { before },
      ),
    ),
  )
  const rank = nodesOf([optimised]).find(node => node.is === 'rank')
  assert.ok(rank?.is === 'rank')
  assert.deepEqual([rank.from, rank.to, rank.output], [2, 3, false])
})

test('constants are folded, impossible branches go', () => {
  assert.equal(
    plan('SELECT CASE WHEN TRUE THEN x ELSE y END AS r FROM a WHERE TRUE AND (FALSE OR x > 1)'),
    'Project: x AS r\n  Filter: x > 1\n    Scan a (kafka): x of 5 columns',
  )
  assert.match(
    plan("SELECT x FROM a WHERE ts > TIMESTAMP '2024-01-31 00:00:00' + INTERVAL '1' MONTH"),
    /> TIMESTAMP '2024-02-29 00:00:00'/,
  )
})

test('behind column = constant other branches of a CASE are not read', () => {
  assert.equal(
    plan('SELECT id, CASE WHEN id = 1 THEN x WHEN id = 2 THEN y END AS v FROM a WHERE id = 2'),
    'Project: id, y AS v\n  Filter: id = 2\n    Scan a (kafka): id, y of 5 columns',
  )
})

test('columns, names and types of a root stay', () => {
  for (const sql of [
    'SELECT * FROM a',
    'SELECT s, s AS t, x FROM a',
    'SELECT COUNT(*) FROM a',
    'SELECT a.id, b.id FROM a JOIN b ON a.id = b.id',
    'SELECT 1 AS one FROM a',
  ]) {
    const written = planOf(bound(sql, { before }))
    const optimised = optimise(written)
    assert.deepEqual(
      optimised.schema.map(f => [f.name, f.type]),
      written.schema.map(f => [f.name, f.type]),
      sql,
    )
  }
})

test('sinks of one program share what is equal, and each keeps its columns', () => {
  const set = bound(
    `EXECUTE STATEMENT SET BEGIN
      INSERT INTO one SELECT id, COUNT(*) FROM a GROUP BY id;
      INSERT INTO two SELECT id, COUNT(*) + 1 FROM a GROUP BY id;
    END`,
    {
      before: `${before} CREATE TABLE one (k INT, n BIGINT) WITH (connector = 'print'); CREATE TABLE two (k INT, n BIGINT) WITH (connector = 'print');`,
    },
  )
  assert.ok(set.is === 'statementSet')
  const program = optimiseProgram({ sinks: set.inserts.map(insert => insert.sink), views: [] })
  const nodes = nodesOf(program.sinks.map(sink => sink.input))
  assert.equal(nodes.filter(node => node.is === 'aggregate').length, 1)
  assert.equal(nodes.filter(node => node.is === 'scan').length, 1)
  assert.deepEqual(
    program.sinks.map(sink => sink.input.schema.map(f => f.name)),
    [
      ['k', 'n'],
      ['k', 'n'],
    ],
  )
})

test('what an arrow sees is not taken from it', () => {
  const relation: Relation = {
    name: 'r',
    schema: ['p', 'q', 'r'].map(name => ({ name, type: types.int, nullable: true })),
    connector: 'memory',
    options: {},
    primaryKey: [],
    changes: 'append',
  }
  const scan = ScanNode.create(relation)
  const project: PlanNode = {
    is: 'project',
    input: scan,
    expressions: [
      {
        is: 'lambda',
        arrow: row => row[2] ?? null,
        source: 'row => row.r',
        input: scan.schema,
        type: types.int,
        nullable: true,
      },
    ],
    schema: [{ name: 'v', type: types.int, nullable: true }],
  }
  const optimised = optimise(project)
  assert.ok(optimised.is === 'project' && optimised.input.is === 'scan')
  assert.equal(optimised.input.columns.length, 3)
})

test('what is proven of rows', () => {
  const of = (sql: string) => derive(optimise(planOf(bound(sql, { before }))))
  assert.equal(of('SELECT x FROM a').appendOnly, true)
  assert.equal(of('SELECT id, COUNT(*) FROM a GROUP BY id').appendOnly, false)
  assert.deepEqual(of('SELECT id, COUNT(*) FROM a GROUP BY id').keys, [[0]])
  assert.deepEqual(of('SELECT COUNT(*) FROM a').keys, [[]])
  const windowed = of(
    "SELECT id, window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY id, window_start, window_end",
  )
  assert.equal(windowed.final, true)
  assert.equal(windowed.eventTime, 1)
  assert.equal(of('SELECT a.id FROM a LEFT JOIN b ON a.id = b.id').appendOnly, false)
})

test('a projection of rows of literals becomes rows, unless a cell fails or may differ', () => {
  const overRows = (text: string): PlanNode => {
    const node = planOf(bound(text, { before }))
    const evaluate = (e: Expression): Value | undefined => {
      assert.ok(e.is === 'call' && e.args.every(arg => arg.is === 'literal'))
      const [x] = e.args.map(arg => (arg.is === 'literal' ? arg.value : undefined))
      return x === 3 ? undefined : `${e.name} ${x}`
    }
    return optimise(node, { evaluate })
  }
  const rows = overRows('SELECT k, ABS(v) FROM (VALUES (1, 2), (4, 5)) AS t (v, k)')
  assert.ok(rows.is === 'values')
  assert.deepEqual(
    rows.rows.map(row => row.map(cell => (cell.is === 'literal' ? cell.value : cell))),
    [
      [2, 'abs 1'],
      [5, 'abs 4'],
    ],
  )
  assert.equal(overRows('SELECT k, ABS(v) FROM (VALUES (1, 2), (3, 5)) AS t (v, k)').is, 'project')
  assert.equal(overRows('SELECT k, RAND() FROM (VALUES (1, 2)) AS t (v, k)').is, 'project')
})

test('whether there is a partner is asked of its distinct keys', () => {
  assert.equal(
    plan('SELECT x FROM a WHERE id IN (SELECT bid FROM c)'),
    [
      'Project: x',
      '  Join semi on id = bid',
      '    Scan a (kafka): id, x of 5 columns',
      '    Aggregate by bid',
      '      Scan c (kafka): bid of 2 columns',
    ].join('\n'),
  )
  // Each key is there once, or more than the key is asked for.
  assert.doesNotMatch(
    plan('SELECT x FROM a WHERE id IN (SELECT bid FROM c GROUP BY bid HAVING COUNT(*) > 1)'),
    /join.*by bid.*by bid/is,
  )
  assert.doesNotMatch(plan('SELECT x FROM a WHERE EXISTS (SELECT 1 FROM c WHERE c.id = a.id AND bid > x)'), /Aggregate/)
})

test('distinct rows of rows that are only added are only added', () => {
  const distinct = (input: string): boolean =>
    derive(optimise(planOf(bound(`SELECT DISTINCT x FROM (${input}) AS q`, { before })))).appendOnly
  assert.equal(distinct('SELECT x, y FROM a'), true)
  assert.equal(distinct('SELECT COUNT(*) AS x FROM a GROUP BY y'), false)
})
