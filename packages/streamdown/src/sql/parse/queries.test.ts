import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compact } from './compact.fixture.ts'
import { parseStatement } from './parse.ts'

const tree = (sql: string) => compact(parseStatement(sql).statement)
const select = (parts: object) => ({ is: 'select', items: [{ is: 'selectItem', value: '*' }], ...parts })
const query = (body: unknown, parts: object = {}) => ({ is: 'query', body, ...parts })
const one = (value: string, alias?: string) => ({ is: 'selectItem', value, ...(alias === undefined ? {} : { alias }) })
const table = (name: string, parts: object = {}) => ({ is: 'table', name, ...parts })
const alias = (name: string, ...columns: string[]) => ({
  is: 'tableAlias',
  name,
  ...(columns.length ? { columns } : {}),
})
const values = (...rows: string[][]) => query({ is: 'values', rows })

function from(sql: string): unknown {
  const parsed = tree(`SELECT * FROM ${sql}`)
  assert.ok(typeof parsed === 'object' && parsed !== null && 'body' in parsed)
  const { body } = parsed
  assert.ok(typeof body === 'object' && body !== null && 'from' in body)
  return body.from
}

describe('select', () => {
  test('every clause', () => {
    assert.deepEqual(
      tree(
        `SELECT a AS x, b "Y y", c AS 'day', d + 1 FROM t WHERE a > 1 GROUP BY a, 2 HAVING count(*) > 1
         WINDOW w AS (PARTITION BY a ORDER BY b DESC), v AS (w ROWS 2 PRECEDING) QUALIFY n = 1
         ORDER BY a DESC NULLS LAST, 2 LIMIT 10 OFFSET 5 ROWS EMIT ON WINDOW CLOSE;`,
      ),
      query(
        {
          is: 'select',
          items: [one('a', 'x'), one('b', '"Y y"'), one('c', '"day"'), one('(d + 1)')],
          from: [table('t')],
          where: '(a > 1)',
          groupBy: { is: 'groupBy', items: ['a', '2'] },
          having: '(count(*) > 1)',
          windows: [
            {
              is: 'namedWindow',
              name: 'w',
              window: { is: 'windowSpecification', partitionBy: ['a'], orderBy: ['b DESC'] },
            },
            {
              is: 'namedWindow',
              name: 'v',
              window: {
                is: 'windowSpecification',
                base: 'w',
                frame: { is: 'frame', unit: 'ROWS', start: { is: 'preceding', distance: '2' }, end: 'currentRow' },
              },
            },
          ],
          qualify: '(n = 1)',
        },
        { orderBy: ['a DESC LAST', '2'], limit: '10', offset: '5', emit: { is: 'emit', mode: 'ON WINDOW CLOSE' } },
      ),
    )
  })

  test('distinct', () => {
    assert.deepEqual(tree('SELECT DISTINCT * FROM t'), query(select({ distinct: 'distinct', from: [table('t')] })))
    assert.deepEqual(
      tree('SELECT DISTINCT ON (a, b) *'),
      query(select({ distinct: { is: 'distinct', on: ['a', 'b'] } })),
    )
    assert.deepEqual(tree('SELECT ALL a'), query({ is: 'select', items: [one('a')] }))
  })

  test('stars', () => {
    assert.deepEqual(
      tree('SELECT *, t.*, (r).*, * EXCEPT (a, t.b), s.t.* REPLACE (a + 1 AS a)'),
      query({
        is: 'select',
        items: [one('*'), one('t.*'), one('r.*'), one('*-a-t.b'), one('s.t.*')],
      }),
    )
  })

  test('fetch', () => {
    assert.deepEqual(tree('SELECT * FETCH FIRST 3 ROWS WITH TIES'), query(select({}), { limit: '3', withTies: true }))
    assert.deepEqual(tree('SELECT * OFFSET 2 FETCH NEXT ROW ONLY'), query(select({}), { limit: '1', offset: '2' }))
    assert.deepEqual(tree('SELECT * LIMIT ALL'), query(select({})))
  })

  test('grouping sets', () => {
    const set = (...items: string[]) => (items.length === 0 ? 'groupingSet' : { is: 'groupingSet', items })
    assert.deepEqual(
      tree('SELECT * GROUP BY a, GROUPING SETS ((a, b), c, (), ROLLUP(a, (b, c))), CUBE (a, b), ()'),
      query(
        select({
          groupBy: {
            is: 'groupBy',
            items: [
              'a',
              {
                is: 'groupingSets',
                sets: [set('a', 'b'), set('c'), set(), { is: 'rollup', sets: [set('a'), set('b', 'c')] }],
              },
              { is: 'cube', sets: [set('a'), set('b')] },
              { is: 'groupingSets', sets: [set()] },
            ],
          },
        }),
      ),
    )
    assert.deepEqual(tree('SELECT * GROUP BY ALL'), query(select({ groupBy: { is: 'groupBy', all: true } })))
  })

  test('hints', () => {
    assert.deepEqual(
      tree(`SELECT /*+ STATE_TTL('a' = '1d', b = '2d'), BROADCAST(t) */ * FROM t /*+ OPTIONS('k' = 'v') */ AS u`),
      query(
        select({
          hints: [
            {
              is: 'hint',
              name: 'STATE_TTL',
              args: [
                { is: 'hintArgument', key: 'a', value: '1d' },
                { is: 'hintArgument', key: 'b', value: '2d' },
              ],
            },
            { is: 'hint', name: 'BROADCAST', args: [{ is: 'hintArgument', value: 't' }] },
          ],
          from: [
            table('t', {
              hints: [{ is: 'hint', name: 'OPTIONS', args: [{ is: 'hintArgument', key: 'k', value: 'v' }] }],
              alias: alias('u'),
            }),
          ],
        }),
      ),
    )
  })
})

describe('set operations', () => {
  const side = (value: string) => ({ is: 'select', items: [one(value)] })

  test('INTERSECT binds tighter, equals lean left, the tail belongs to the whole', () => {
    assert.deepEqual(
      tree('SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4 ORDER BY 1 LIMIT 2'),
      query(
        {
          is: 'setOperation',
          op: 'EXCEPT',
          left: {
            is: 'setOperation',
            op: 'UNION',
            all: true,
            left: side('1'),
            right: { is: 'setOperation', op: 'INTERSECT', left: side('2'), right: side('3') },
          },
          right: side('4'),
        },
        { orderBy: ['1'], limit: '2' },
      ),
    )
  })

  test('parentheses keep a tail of their own', () => {
    assert.deepEqual(
      tree('(SELECT 1 LIMIT 1) UNION (SELECT 2)'),
      query({ is: 'setOperation', op: 'UNION', left: query(side('1'), { limit: '1' }), right: query(side('2')) }),
    )
    assert.deepEqual(tree('((SELECT 1))'), query(side('1')))
  })

  test('corresponding', () => {
    assert.deepEqual(
      tree('SELECT 1 UNION CORRESPONDING BY (a, b) SELECT 2'),
      query({
        is: 'setOperation',
        op: 'UNION',
        corresponding: { is: 'corresponding', columns: ['a', 'b'] },
        left: side('1'),
        right: side('2'),
      }),
    )
  })

  test('with, values, table', () => {
    assert.deepEqual(
      tree('WITH RECURSIVE a(x) AS (VALUES (1), (2)), b AS MATERIALIZED (TABLE t) SELECT * FROM a'),
      query(select({ from: [table('a')] }), {
        with: {
          is: 'with',
          recursive: true,
          tables: [
            { is: 'commonTable', name: 'a', columns: ['x'], query: values(['1'], ['2']) },
            { is: 'commonTable', name: 'b', query: query({ is: 'tableQuery', table: 't' }) },
          ],
        },
      }),
    )
    assert.deepEqual(tree('VALUES (1, 2), ROW(3, 4), 5'), values(['1', '2'], ['3', '4'], ['5']))
    assert.deepEqual(tree('VALUES (ROW(1, 2)), ((3, 4))'), values(['ROW(1, 2)'], ['row(3, 4)']))
    assert.deepEqual(tree('VALUES (SELECT 1), (1) + 2'), values(['<query>'], ['(1 + 2)']))
  })
})

describe('from', () => {
  const join = (kind: string, left: unknown, right: unknown, parts: object = {}) => ({
    is: 'join',
    kind,
    left,
    right,
    ...parts,
  })

  const cases: readonly (readonly [string, unknown])[] = [
    ['a.b.c AS d', [table('a.b.c', { alias: alias('d') })]],
    ['TABLE t u(x, y)', [table('t', { alias: alias('u', 'x', 'y') })]],
    ["'p.ndjson' p", [{ is: 'file', path: 'p.ndjson', alias: alias('p') }]],
    ['(VALUES (1)) AS t(a)', [{ is: 'derived', query: values(['1']), alias: alias('t', 'a') }]],
    ['r FOR SYSTEM_TIME AS OF o.ts AS x', [table('r', { systemTime: 'o.ts', alias: alias('x') })]],
    ['r AS x FOR SYSTEM_TIME AS OF o.ts', [table('r', { systemTime: 'o.ts', alias: alias('x') })]],
    [
      'f(1) WITH ORDINALITY AS t(a, n)',
      [{ is: 'tableFunction', call: 'f(1)', withOrdinality: true, alias: alias('t', 'a', 'n') }],
    ],
    [
      'f(1) AS t(a int, b text)',
      [{ is: 'tableFunction', call: 'f(1)', alias: { ...alias('t', 'a', 'b'), columnTypes: ['INT', 'TEXT'] } }],
    ],
    ['LATERAL TABLE(f(a)) u', [{ is: 'tableFunction', call: 'f(a)', wrapped: true, lateral: true, alias: alias('u') }]],
    ['UNNEST(a, b) u', [{ is: 'unnest', values: ['a', 'b'], alias: alias('u') }]],
    [
      "TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY))",
      [{ is: 'tableFunction', call: 'TUMBLE(TABLE t, DESCRIPTOR(ts), <interval "1" DAY>)', wrapped: true }],
    ],
    ['a, b CROSS JOIN c', [table('a'), join('CROSS', table('b'), table('c'))]],
    ['a NATURAL JOIN b', [join('INNER', table('a'), table('b'), { natural: true })]],
    ['a LEFT OUTER JOIN b USING (x, y)', [join('LEFT', table('a'), table('b'), { using: ['x', 'y'] })]],
    ['a LEFT ANTI JOIN b ON c', [join('LEFT ANTI', table('a'), table('b'), { on: 'c' })]],
    ['a ASOF LEFT JOIN b ON c', [join('LEFT', table('a'), table('b'), { asof: true, on: 'c' })]],
    [
      'a LEFT ASOF JOIN b MATCH_CONDITION (a.t >= b.t) ON c',
      [join('LEFT', table('a'), table('b'), { asof: true, on: 'c', matchCondition: '(a.t >= b.t)' })],
    ],
    [
      'a JOIN b ON x FULL JOIN c ON y',
      [join('FULL', join('INNER', table('a'), table('b'), { on: 'x' }), table('c'), { on: 'y' })],
    ],
    [
      'a JOIN b JOIN c ON y ON x',
      [join('INNER', table('a'), join('INNER', table('b'), table('c'), { on: 'y' }), { on: 'x' })],
    ],
    ['(a CROSS JOIN b) AS j', [join('CROSS', table('a'), table('b'), { alias: alias('j') })]],
    [
      '((SELECT 1) t CROSS JOIN u)',
      [
        join(
          'CROSS',
          { is: 'derived', query: query({ is: 'select', items: [one('1')] }), alias: alias('t') },
          table('u'),
        ),
      ],
    ],
    [
      'a CROSS APPLY UNNEST(b) u',
      [join('CROSS', table('a'), { is: 'unnest', values: ['b'], lateral: true, alias: alias('u') })],
    ],
    [
      'a OUTER APPLY f(b)',
      [join('LEFT', table('a'), { is: 'tableFunction', call: 'f(b)', lateral: true }, { on: 'true' })],
    ],
  ]
  for (const [sql, expected] of cases) test(sql, () => assert.deepEqual(from(sql), expected))

  test('MATCH_RECOGNIZE', () => {
    const variable = (name: string) => ({ is: 'variable', name })
    assert.deepEqual(
      from(`t MATCH_RECOGNIZE (
        PARTITION BY a ORDER BY ts MEASURES LAST(A.x) AS x, 1 AS y ALL ROWS PER MATCH AFTER MATCH SKIP TO FIRST B
        PATTERN (A (B | C)+? D{2,} E? {- F -} ^ PERMUTE(G, H)) WITHIN INTERVAL '1' HOUR
        SUBSET U = (A, B) DEFINE A AS x > 1, B AS PREV(x) < 2) AS m`),
      [
        {
          is: 'matchRecognize',
          input: table('t'),
          partitionBy: ['a'],
          orderBy: ['ts'],
          measures: [
            { is: 'measure', value: 'LAST(A.x)', alias: 'x' },
            { is: 'measure', value: '1', alias: 'y' },
          ],
          rowsPerMatch: 'ALL ROWS',
          afterMatch: { is: 'skipToFirst', variable: 'B' },
          pattern: {
            is: 'sequence',
            items: [
              variable('A'),
              { is: 'repeat', item: { is: 'alternation', items: [variable('B'), variable('C')] }, min: 1 },
              { is: 'repeat', item: variable('D'), min: 2, greedy: true },
              { is: 'repeat', item: variable('E'), min: 0, max: 1, greedy: true },
              { is: 'exclusion', item: variable('F') },
              { is: 'anchor', place: 'START' },
              { is: 'permute', items: [variable('G'), variable('H')] },
            ],
          },
          within: '<interval "1" HOUR>',
          subsets: [{ is: 'subset', name: 'U', variables: ['A', 'B'] }],
          defines: [
            { is: 'define', variable: 'A', condition: '(x > 1)' },
            { is: 'define', variable: 'B', condition: '(PREV(x) < 2)' },
          ],
          alias: alias('m'),
        },
      ],
    )
  })
})
