/**
 * Conditions on the processing clock in queries that keep running: after every change and every move of the virtual
 * clock each view holds what DuckDB answers to the same query with the clock's time in the place of NOW().
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import type { Session } from '../packages/streamdown/src/session/session.ts'
import { type Draw, drawFrom } from './property/draw.ts'
import { assertSameRows, openOracle, ourRows, rowsOfOracle, runs, seed } from './property/oracle.ts'

const START = Date.UTC(2026, 0, 1)
const environment = await createNodeEnvironment()
const oracle = await openOracle()

const tables = [
  'CREATE TABLE t (id INT PRIMARY KEY, g VARCHAR, ts TIMESTAMP, ends TIMESTAMP)',
  'CREATE TABLE u (g VARCHAR, y INT, ts TIMESTAMP)',
]

const queries = [
  "SELECT * FROM t WHERE ts > NOW() - INTERVAL '10' SECOND",
  "SELECT * FROM t WHERE ts >= NOW() - INTERVAL '10' SECOND AND id > 3",
  "SELECT * FROM t WHERE ts <= NOW() - INTERVAL '5' SECOND",
  'SELECT * FROM t WHERE ts < NOW()',
  'SELECT * FROM t WHERE NOW() >= ts AND NOW() < ends',
  'SELECT * FROM t WHERE NOW() BETWEEN ts AND ends',
  "SELECT * FROM t WHERE ts BETWEEN NOW() - INTERVAL '20' SECOND AND NOW() - INTERVAL '10' SECOND",
  "SELECT * FROM t WHERE NOT (ts + INTERVAL '10' SECOND <= NOW())",
  "SELECT * FROM t WHERE g = 'a' OR ts > NOW() - INTERVAL '7' SECOND",
  "SELECT * FROM t WHERE (g = 'a' AND ts > NOW() - INTERVAL '3' SECOND) OR ends IS NULL",
  'SELECT * FROM t WHERE ts > NOW() AND ends > NOW()',
  "SELECT * FROM t WHERE date_trunc('minute', ts) = date_trunc('minute', NOW())",
  "SELECT * FROM t WHERE date_trunc('second', ts) < date_trunc('second', NOW()) - INTERVAL '3' SECOND",
  "SELECT * FROM t WHERE ts > date_trunc('second', NOW() - INTERVAL '2' SECOND)",
  "SELECT * FROM t WHERE ts >= date_trunc('second', NOW())",
  "SELECT * FROM t WHERE date_trunc('second', NOW()) >= ts",
  'SELECT * FROM t WHERE CAST(ts AS DATE) = CAST(NOW() AS DATE) AND CAST(NOW() AS DATE) - 1 = CAST(ends AS DATE)',
  "SELECT * FROM t WHERE NOW() - ts < INTERVAL '8' SECOND AND INTERVAL '5' SECOND >= ends - NOW()",
  "SELECT g, COUNT(*), MAX(id) FROM t WHERE ts > NOW() - INTERVAL '10' SECOND GROUP BY g",
  "SELECT t.id, u.y FROM t JOIN u ON t.g = u.g WHERE t.ts > NOW() - INTERVAL '10' SECOND AND u.ts <= NOW()",
  "SELECT t.id, u.y FROM t JOIN u ON t.g = u.g AND u.ts > NOW() - INTERVAL '4' SECOND",
  "SELECT t.id, v.y FROM t LEFT JOIN (SELECT * FROM u WHERE ts > NOW() - INTERVAL '6' SECOND) AS v ON t.g = v.g",
  "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.g = t.g AND u.ts > NOW() - INTERVAL '6' SECOND)",
  "SELECT g FROM t GROUP BY g HAVING MAX(ts) > NOW() - INTERVAL '8' SECOND",
  "SELECT g, COUNT(*) FROM (SELECT g FROM t WHERE ts > NOW() - INTERVAL '10' SECOND UNION ALL SELECT g FROM u WHERE ts < NOW()) AS b GROUP BY g",
]

const asText = (ms: number): string => `TIMESTAMP '${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')}'`

interface Change {
  readonly advanceMs: number
  readonly sql: string | undefined
}

function drawChanges(draw: Draw): readonly Change[] {
  let now = START
  let id = 0
  const time = (): string =>
    draw.sometimes(8) ? 'NULL' : asText(now + draw.integer(-25, 15) * 1000 + draw.integer(0, 1) * 500)
  const group = (): string => draw.oneOf(["'a'", "'b'", 'NULL'])
  return Array.from({ length: draw.integer(4, 14) }, () => {
    const advanceMs = draw.sometimes(2) ? 0 : draw.integer(1, 24) * 500
    now += advanceMs
    const kind = draw.integer(0, 5)
    if (kind === 0) return { advanceMs, sql: undefined }
    if (kind === 1) return { advanceMs, sql: `DELETE FROM t WHERE id % 3 = ${draw.integer(0, 2)}` }
    if (kind === 2) return { advanceMs, sql: `UPDATE t SET ts = ${time()} WHERE id % 4 = ${draw.integer(0, 3)}` }
    if (kind === 3) return { advanceMs, sql: `INSERT INTO u VALUES (${group()}, ${draw.integer(0, 3)}, ${time()})` }
    const rows = Array.from({ length: draw.integer(1, 5) }, () => `(${++id}, ${group()}, ${time()}, ${time()})`)
    return { advanceMs, sql: `INSERT INTO t VALUES ${rows.join(', ')}` }
  })
}

async function start(workers: number): Promise<Session> {
  const options = { dialect: 'postgres', clock: BigInt(START) * 1000n, workers, seed } as const
  return createSession(options, environment)
}

async function assertViews(session: Session, now: number, told: string): Promise<void> {
  for (const [at, query] of queries.entries()) {
    const [result] = await session.execute(`SELECT * FROM v${at}`)
    assert.equal(result?.is, 'rows')
    const expected = await rowsOfOracle(oracle, query.replaceAll('NOW()', asText(now)))
    try {
      assertSameRows(ourRows(result.schema, result.rows), expected, [])
    } catch (cause) {
      throw new Error(`${query}\n${told}`, { cause })
    }
  }
}

test('rows come and go with the clock', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async g => {
      const draw = drawFrom(g)
      const changes = drawChanges(draw)
      const restoreAt = draw.integer(0, changes.length)
      const workers = draw.integer(1, 2)
      for (const table of ['t', 'u']) await oracle.run(`DROP TABLE IF EXISTS ${table}`)
      let session = await start(workers)
      for (const table of tables) {
        await oracle.run(table)
        await session.execute(table)
      }
      for (const [at, query] of queries.entries()) await session.execute(`CREATE MATERIALIZED VIEW v${at} AS ${query}`)
      let now = START
      for (const [at, { advanceMs, sql }] of changes.entries()) {
        if (at === restoreAt) {
          const bytes = await session.snapshot()
          await session.close()
          session = await start(3 - workers)
          await session.restore(bytes)
        }
        now += advanceMs
        await session.advance(BigInt(advanceMs) * 1000n)
        if (sql !== undefined) {
          await session.execute(sql)
          await oracle.run(sql)
        }
        const told = changes.slice(0, at + 1).map(change => `${change.advanceMs} ms; ${change.sql}`)
        await assertViews(session, now, told.join('\n'))
      }
      assert.deepEqual(session.deadLetters(), [])
      await session.close()
    }),
    { seed, numRuns: Math.ceil(runs / 8) },
  )
})

test('rows that have gone are forgotten: state does not grow with the stream', async () => {
  const session = await start(1)
  await session.execute(`
    CREATE TABLE events (id INT, ts TIMESTAMP) WITH (connector = 'memory');
    CREATE MATERIALIZED VIEW recent AS SELECT COUNT(*) AS n FROM events WHERE ts > NOW() - INTERVAL '10' SECOND;
    CREATE MATERIALIZED VIEW due AS SELECT * FROM events WHERE ts <= NOW() - INTERVAL '10' SECOND AND id < 0`)
  const bytes: number[] = []
  for (let second = 0; second < 400; second++) {
    const ts = BigInt(START) * 1000n + BigInt(second) * 1_000_000n
    session.push(
      'events',
      Array.from({ length: 50 }, (_, i) => ({ values: [second * 50 + i, ts] })),
    )
    await session.advance(1_000_000n)
    bytes.push(session.status().reduce((sum, { stateBytes }) => sum + stateBytes, 0))
  }
  const [result] = await session.execute('SELECT n FROM recent')
  assert.equal(result?.is, 'rows')
  // At second 400: those of the seconds 391 to 399.
  assert.deepEqual(result.rows, [[450n]])
  assert.equal(Math.max(...bytes.slice(200)), Math.max(...bytes.slice(20, 200)))
  await session.close()
})

test('the rows of today, this week and this month in the zone of the session', async () => {
  // 23:30 on Saturday, 28 March 2026 in Berlin; the 29th has 23 hours there.
  const clock = BigInt(Date.UTC(2026, 2, 28, 22, 30)) * 1000n
  const session = await createSession({ dialect: 'postgres', clock, seed }, environment)
  await session.execute(`
    SET timezone = 'Europe/Berlin';
    CREATE TABLE t (id INT, ts TIMESTAMPTZ, d DATE);
    INSERT INTO t VALUES (1, '2026-03-28 22:59+00', '2026-03-28'), (2, '2026-03-28 23:00+00', '2026-03-29'),
      (3, '2026-03-29 21:59+00', '2026-03-29'), (4, '2026-03-29 22:00+00', '2026-03-30'), (5, NULL, NULL);
    CREATE MATERIALIZED VIEW today AS SELECT id FROM t WHERE ts::date = CURRENT_DATE;
    CREATE MATERIALIZED VIEW same_day AS SELECT id FROM t WHERE d = CURRENT_DATE;
    CREATE MATERIALIZED VIEW since_yesterday AS SELECT id FROM t WHERE d >= CURRENT_DATE - 1;
    CREATE MATERIALIZED VIEW week AS SELECT id FROM t WHERE date_trunc('week', ts) = date_trunc('week', NOW());
    CREATE MATERIALIZED VIEW month AS SELECT id FROM t WHERE ts >= date_trunc('month', NOW());
    DELETE FROM t WHERE id = 1`)
  const held = async (): Promise<unknown> => {
    const rows: Record<string, unknown> = {}
    for (const view of ['today', 'same_day', 'since_yesterday', 'week', 'month']) {
      const [result] = await session.execute(`SELECT id FROM ${view} ORDER BY id`)
      rows[view] = result?.is === 'rows' ? result.rows.flat().join(' ') : undefined
    }
    return rows
  }
  const HOUR = 3_600_000_000n
  assert.deepEqual(await held(), { today: '', same_day: '', since_yesterday: '2 3 4', week: '2 3', month: '2 3 4' })
  await session.advance(HOUR / 2n)
  assert.deepEqual(await held(), {
    today: '2 3',
    same_day: '2 3',
    since_yesterday: '2 3 4',
    week: '2 3',
    month: '2 3 4',
  })
  await session.advance(23n * HOUR)
  assert.deepEqual(await held(), { today: '4', same_day: '4', since_yesterday: '2 3 4', week: '4', month: '2 3 4' })
  await session.advance(72n * HOUR)
  assert.deepEqual(await held(), { today: '', same_day: '', since_yesterday: '', week: '4', month: '' })
  await session.close()
})

test('what cannot be turned into moments says so', async () => {
  const session = await start(1)
  await session.execute(tables[0] ?? '')
  const refused = (condition: string): Promise<unknown> =>
    session.execute(`CREATE MATERIALIZED VIEW v AS SELECT * FROM t WHERE ${condition}`)
  await assert.rejects(refused("ts > NOW() - INTERVAL '1' MONTH"), /DSD2005.*days/s)
  await assert.rejects(refused('CURRENT_DATE <> CAST(ts AS DATE)'), { code: 'DSD2005' })
  await assert.rejects(refused('EXTRACT(HOUR FROM NOW()) < 12'), /DSD2005.*ts > NOW\(\)/s)
  await session.close()
})

test('conditions on chance are refused where rows may be taken back', async () => {
  // As RisingWave's e2e_test/streaming/impure_expr_materialize.slt has it.
  const session = await start(1)
  await session.execute('CREATE TABLE c (a INT, b INT); CREATE TABLE only (a INT) APPEND ONLY')
  const refused = [
    'SELECT * FROM c WHERE RAND() > 0.5',
    'SELECT SUM(a) FILTER (WHERE RAND() > 0.5) FROM c',
    'SELECT a, COUNT(*) FROM c GROUP BY a HAVING RAND() > 0.5',
    'SELECT c.a FROM c JOIN c AS d ON c.a = d.a AND RAND() > 0.5',
  ]
  for (const query of refused)
    await assert.rejects(session.execute(`CREATE MATERIALIZED VIEW v AS ${query}`), { code: 'DSD2005' }, query)
  for (const query of refused.slice(0, 2)) await session.execute(query)
  await session.execute('CREATE MATERIALIZED VIEW v AS SELECT * FROM only WHERE RAND() > 0.5')
  await session.close()
})
