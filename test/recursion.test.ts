/**
 * WITH RECURSIVE over a graph that changes: after every step each view holds what DuckDB answers to the same query, with
 * edges coming, going and changing, cycles among them, and a snapshot restored in between.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import type { Session, SessionOptions } from '../packages/streamdown/src/session/session.ts'
import { type Draw, drawFrom } from './property/draw.ts'
import { assertSameRows, openOracle, ourRows, rowsOfOracle, runs, seed } from './property/oracle.ts'

const environment = await createNodeEnvironment()
const oracle = await openOracle()

const tables = [
  'CREATE TABLE e (a INT, b INT, w INT)',
  'CREATE TABLE s (n INT)',
  'CREATE TABLE parts (whole INT, part INT, times INT)',
]

const closure = 'tc(a, b) AS (SELECT a, b FROM e UNION SELECT tc.a, e.b FROM tc JOIN e ON tc.b = e.a)'
const hops = 'h(n, d) AS (SELECT n, 0 FROM s UNION SELECT e.b, h.d + 1 FROM h JOIN e ON e.a = h.n WHERE h.d < 6)'
const needs =
  'bom(whole, part, times) AS (SELECT * FROM parts UNION ALL SELECT bom.whole, p.part, bom.times * p.times FROM bom JOIN parts AS p ON bom.part = p.whole)'

const queries = [
  // Transitive closure, of a graph with cycles, and what is made of it
  `WITH RECURSIVE ${closure} SELECT * FROM tc`,
  `WITH RECURSIVE ${closure} SELECT a, COUNT(*) FROM tc GROUP BY a`,
  `WITH RECURSIVE ${closure} SELECT n, EXISTS (SELECT 1 FROM tc WHERE tc.a = s.n AND tc.b = s.n) FROM s`,
  // Reached from several starts
  'WITH RECURSIVE r(n) AS (SELECT n FROM s UNION SELECT e.b FROM r, e WHERE e.a = r.n) SELECT n FROM r',
  'WITH RECURSIVE r(n) AS (SELECT n FROM s UNION SELECT e.b FROM r JOIN e ON e.a = r.n AND e.w > 1) SELECT n FROM r WHERE n <> 2',
  // Hops, and the shortest
  `WITH RECURSIVE ${hops} SELECT n, MIN(d) FROM h GROUP BY n`,
  `WITH RECURSIVE ${hops} SELECT * FROM h`,
  // Costs
  'WITH RECURSIVE c(n, cost) AS (SELECT n, 0 FROM s UNION SELECT e.b, c.cost + e.w FROM c JOIN e ON e.a = c.n WHERE c.cost + e.w < 8) SELECT n, MIN(cost) FROM c GROUP BY n',
  // A bill of materials: the parts are a tree or a net without cycles
  `WITH RECURSIVE ${needs} SELECT * FROM bom`,
  `WITH RECURSIVE ${needs} SELECT whole, part, SUM(times) FROM bom GROUP BY whole, part`,
  // Steps with more than one join, negation, DISTINCT and an outer join
  'WITH RECURSIVE r(n) AS (SELECT n FROM s UNION SELECT f.b FROM r JOIN e ON e.a = r.n JOIN e AS f ON f.a = e.b) SELECT n FROM r',
  'WITH RECURSIVE r(n) AS (SELECT n FROM s UNION SELECT e.b FROM r JOIN e ON e.a = r.n WHERE NOT EXISTS (SELECT 1 FROM s AS x WHERE x.n = e.b)) SELECT n FROM r',
  'WITH RECURSIVE r(n, d) AS (SELECT n, 0 FROM s UNION ALL SELECT DISTINCT e.b, r.d + 1 FROM r JOIN e ON e.a = r.n WHERE r.d < 4) SELECT * FROM r',
  'WITH RECURSIVE r(n, d) AS (SELECT n, 0 FROM s UNION SELECT COALESCE(e.b, 9), r.d + 1 FROM r LEFT JOIN e ON e.a = r.n WHERE r.d < 3) SELECT * FROM r',
  // Rows from values, and rows around a row, of one round each
  'WITH RECURSIVE r(n, d) AS (SELECT n, 0 FROM s UNION SELECT u.x, r.d + 1 FROM r, UNNEST(ARRAY[r.n + 1, r.n * 2]) AS u(x) WHERE r.d < 3) SELECT * FROM r',
  'WITH RECURSIVE r(n, d) AS (SELECT n, 0 FROM s UNION ALL SELECT u.x, r.d + 1 FROM r JOIN e ON e.a = r.n, UNNEST(ARRAY[e.b, e.w]) AS u(x) WHERE r.d < 2) SELECT * FROM r',
  'WITH RECURSIVE r(n, d, c) AS (SELECT n, 0, 0 FROM s UNION SELECT e.b, r.d + 1, CAST(COUNT(*) OVER (PARTITION BY e.b) AS INT) FROM r JOIN e ON e.a = r.n WHERE r.d < 3) SELECT * FROM r',
  'WITH RECURSIVE r(n, d, t) AS (SELECT n, 0, 0 FROM s UNION ALL SELECT e.b, r.d + 1, CAST(SUM(e.w) OVER (PARTITION BY e.a ORDER BY e.b) AS INT) FROM r JOIN e ON e.a = r.n WHERE r.d < 3) SELECT * FROM r',
  // From the row around, whose values the rows carry from round to round
  'SELECT n, (WITH RECURSIVE r(m) AS (SELECT s.n UNION SELECT e.b FROM r JOIN e ON e.a = r.m) SELECT COUNT(*) FROM r) FROM s',
  'SELECT n FROM s WHERE EXISTS (WITH RECURSIVE r(m) AS (SELECT b FROM e WHERE e.a = s.n UNION SELECT e.b FROM r JOIN e ON e.a = r.m AND e.w <> s.n) SELECT 1 FROM r WHERE r.m = s.n)',
  // Two, one over the other
  `WITH RECURSIVE ${closure}, r(n) AS (SELECT n FROM s UNION SELECT tc.b FROM r JOIN tc ON tc.a = r.n) SELECT n FROM r`,
]

function drawChanges(draw: Draw): readonly string[] {
  const node = (): number => draw.integer(1, 6)
  const edges = new Set<string>()
  const rows = (row: () => string): string => Array.from({ length: draw.integer(1, 4) }, row).join(', ')
  const part = (): string => {
    const whole = draw.integer(1, 5)
    return `(${whole}, ${draw.integer(whole + 1, 6)}, ${draw.integer(1, 3)})`
  }
  const edge = (): string => {
    const text = `(${node()}, ${node()}, ${draw.integer(1, 3)})`
    edges.add(text)
    return text
  }
  return Array.from({ length: draw.integer(3, 10) }, (): string => {
    switch (draw.integer(0, 7)) {
      case 0:
        return `INSERT INTO s VALUES ${rows(() => `(${node()})`)}`
      case 1:
        return `DELETE FROM s WHERE n = ${node()}`
      case 2:
        return `DELETE FROM e WHERE a = ${node()}`
      case 3:
        return `DELETE FROM e WHERE b = ${node()} AND w <> ${draw.integer(1, 3)}`
      case 4:
        return `UPDATE e SET b = ${node()} WHERE a = ${node()}`
      case 5:
        return draw.sometimes(2) ? `DELETE FROM parts WHERE part = ${node()}` : `INSERT INTO parts VALUES ${rows(part)}`
      default:
        return `INSERT INTO e VALUES ${rows(edge)}`
    }
  })
}

async function assertViews(session: Session, told: () => string): Promise<void> {
  for (const [at, query] of queries.entries()) {
    const [result] = await session.execute(`SELECT * FROM v${at}`)
    assert.equal(result?.is, 'rows')
    const expected = await rowsOfOracle(oracle, query)
    try {
      assertSameRows(ourRows(result.schema, result.rows), expected, [])
    } catch (cause) {
      throw new Error(`${query}\n${told()}`, { cause })
    }
  }
}

test('recursive views over graphs that change', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async g => {
      const draw = drawFrom(g)
      const changes = drawChanges(draw)
      const before = draw.integer(0, 2)
      const restoreAt = draw.integer(before + 1, changes.length)
      const options: SessionOptions = {
        dialect: 'postgres',
        workers: draw.integer(1, 2),
        stepRows: draw.oneOf([1, 'random']),
        clock: 0n,
        seed,
      }
      for (const table of ['e', 's', 'parts']) await oracle.run(`DROP TABLE IF EXISTS ${table}`)
      let session = await createSession(options, environment)
      for (const table of tables) {
        await oracle.run(table)
        await session.execute(table)
      }
      for (const [at, change] of changes.entries()) {
        if (at === before)
          for (const [i, query] of queries.entries())
            await session.execute(`CREATE MATERIALIZED VIEW v${i} AS ${query}`)
        if (at === restoreAt) {
          const bytes = await session.snapshot()
          await session.close()
          session = await createSession(options, environment)
          await session.restore(bytes)
        }
        await session.execute(change)
        await oracle.run(change)
        if (at >= before) await assertViews(session, () => changes.slice(0, at + 1).join(';\n'))
      }
      assert.deepEqual(session.deadLetters(), [])
      await session.close()
    }),
    { seed, numRuns: Math.ceil(runs / 10) },
  )
})

async function answer(
  sql: string,
  dialect: 'flink' | 'postgres' = 'postgres',
): Promise<readonly (readonly string[])[]> {
  const session = await createSession({ dialect, clock: 0n }, environment)
  try {
    const result = (await session.execute(sql)).at(-1)
    assert.equal(result?.is, 'rows')
    return ourRows(result.schema, result.rows)
  } finally {
    await session.close()
  }
}

test('queries over what is there now', async () => {
  const asked = [
    'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 100) SELECT SUM(n), COUNT(*) FROM r',
    "WITH RECURSIVE p(n, path) AS (SELECT 1, 'a' UNION ALL SELECT n + 1, path || 'b' FROM p WHERE n < 5) SELECT * FROM p",
    'WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 1000) SELECT a FROM f ORDER BY a DESC LIMIT 3',
    'WITH RECURSIVE r(n) AS (VALUES (1), (2) UNION ALL SELECT n + 2 FROM r WHERE n < 9) SELECT n FROM r',
    'WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n % 7 + 3 FROM r) SELECT n FROM r',
    'SELECT * FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r) AS x WHERE n > 1',
  ]
  for (const sql of asked) assertSameRows(await answer(sql), await rowsOfOracle(oracle, sql), [])
})

test('a chain of a thousand rounds, cut in the middle', async () => {
  const session = await createSession({ dialect: 'postgres', clock: 0n }, environment)
  const chain = Array.from({ length: 1000 }, (_, i) => `(${i}, ${i + 1})`).join(', ')
  await session.execute(`
    CREATE TABLE e (a INT, b INT);
    CREATE MATERIALIZED VIEW r AS
      WITH RECURSIVE r(n) AS (SELECT 0 UNION SELECT e.b FROM r JOIN e ON e.a = r.n) SELECT COUNT(*) AS n FROM r;
    INSERT INTO e VALUES ${chain}`)
  const count = async (): Promise<unknown> => {
    const [result] = await session.execute('SELECT n FROM r')
    return result?.is === 'rows' ? result.rows : undefined
  }
  assert.deepEqual(await count(), [[1001n]])
  await session.execute('DELETE FROM e WHERE a = 400')
  assert.deepEqual(await count(), [[401n]])
  await session.execute('INSERT INTO e VALUES (1000, 0), (10, 401)')
  assert.deepEqual(await count(), [[1001n]])
  await session.close()
})

test('a recursion that does not end, and what its step cannot have', async () => {
  await assert.rejects(
    answer('WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r'),
    /DSD7102/,
  )
  await assert.rejects(
    answer(
      "SET recursion_limit = '3'; WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 9) SELECT * FROM r",
    ),
    /DSD7102.*3 rounds/s,
  )
  const refused = [
    ['SELECT 1 UNION SELECT COUNT(*) FROM r', 'DSD2005', /aggregate without GROUP BY/],
    ['SELECT n FROM r', 'DSD2006', /base UNION/],
    ['SELECT n FROM r UNION SELECT n + 1 FROM r', 'DSD2006', /no rows to begin with/],
    ['SELECT 1 UNION SELECT n + 1 FROM r LIMIT 3', 'DSD2005', /LIMIT/],
    ['SELECT 1 UNION SELECT x.n FROM (SELECT 1 AS n) AS x LEFT JOIN r ON r.n = x.n', 'DSD2005', /optional side/],
    ['SELECT 1, 2 UNION SELECT n FROM r', 'DSD2004', /2 columns/],
  ] as const
  for (const [body, code, message] of refused)
    await assert.rejects(answer(`WITH RECURSIVE r(n) AS (${body}) SELECT * FROM r`), (error: Error) => {
      assert.match(error.message, new RegExp(code), body)
      assert.match(error.message, message)
      return true
    })
  await assert.rejects(
    answer('WITH r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r'),
    /WITH RECURSIVE/,
  )
})
