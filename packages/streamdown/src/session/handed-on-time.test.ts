import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { SeededRandom } from '../run/clock.ts'
import { lone, type Partition } from '../run/partition.fixture.ts'
import { createSession } from './create.ts'
import type { Session, SessionOptions } from './session.ts'

/**
 * Event time behind materialized views: a query over one gives what it gives over a plain view of the same text, which
 * is one program with it.
 */

const tables = `
  CREATE TABLE t (id INT, k INT, v INT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '5' MINUTE) APPEND ONLY;
  CREATE TABLE u (id INT, k INT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '2' MINUTE) APPEND ONLY;
  CREATE TABLE prices (k INT PRIMARY KEY, price INT, since TIMESTAMP, WATERMARK FOR since AS since)`

/** What may be materialized: rows as they are, and windows that close. */
const views = (create: string): string => `
  ${create} a AS SELECT id, k, v + 1 AS v, ts FROM t WHERE v % 5 <> 0;
  ${create} a2 AS SELECT id, k, ts AS happened FROM u;
  ${create} w AS SELECT k, window_start, window_end, window_time, COUNT(*) AS n, SUM(v) AS total
    FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' MINUTE))
    GROUP BY k, window_start, window_end, window_time EMIT ON WINDOW CLOSE;
  ${create} ends AS SELECT window_end AS ended, window_time AS at, n, total FROM w;
  ${create} both AS SELECT id, k, v, ts FROM a UNION ALL SELECT id, k, 0, happened FROM a2`

const queries: Readonly<Record<string, string>> = {
  rows: 'SELECT * FROM a EMIT ON WINDOW CLOSE',
  tumble: `SELECT k, window_start, COUNT(*) AS n, SUM(v) AS total FROM TUMBLE(a, ts, INTERVAL '10 minutes')
    GROUP BY k, window_start EMIT ON WINDOW CLOSE`,
  hop: `SELECT k, window_end, COUNT(*) AS n FROM HOP(a, ts, INTERVAL '5 minutes', INTERVAL '15 minutes')
    GROUP BY k, window_end EMIT ON WINDOW CLOSE`,
  sessions: `SELECT k, window_start, window_end, SUM(v) AS total
    FROM TABLE(SESSION(TABLE a PARTITION BY k, DESCRIPTOR(ts), INTERVAL '4' MINUTE))
    GROUP BY k, window_start, window_end EMIT ON WINDOW CLOSE`,
  over: `SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS lately
    FROM a EMIT ON WINDOW CLOSE`,
  'interval join': `SELECT l.id, r.id AS other FROM a AS l JOIN a2 AS r
    ON l.k = r.k AND r.happened BETWEEN l.ts - INTERVAL '3' MINUTE AND l.ts + INTERVAL '4' MINUTE EMIT ON WINDOW CLOSE`,
  'outer interval join': `SELECT l.id, r.id AS other FROM a AS l LEFT JOIN a2 AS r
    ON l.k = r.k AND r.happened BETWEEN l.ts - INTERVAL '3' MINUTE AND l.ts EMIT ON WINDOW CLOSE`,
  'self join': `SELECT l.id, r.id AS other FROM a AS l JOIN a AS r
    ON l.k = r.k AND l.id < r.id AND r.ts BETWEEN l.ts AND l.ts + INTERVAL '2' MINUTE`,
  'temporal join': `SELECT a.id, a.v * p.price AS cost FROM a LEFT JOIN prices FOR SYSTEM_TIME AS OF a.ts AS p
    ON a.k = p.k`,
  pattern: `SELECT * FROM a MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES FIRST(x.id) AS first, LAST(x.id) AS last
    ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (x y) DEFINE y AS y.v > x.v) AS m`,
  union: `SELECT window_end, COUNT(*) AS n, MAX(v) AS most FROM TUMBLE(both, ts, INTERVAL '10 minutes')
    GROUP BY window_end EMIT ON WINDOW CLOSE`,
  'windows again': `SELECT window_end, COUNT(*) AS ks, SUM(n) AS n FROM w GROUP BY window_start, window_end
    EMIT ON WINDOW CLOSE`,
  'windows of windows': `SELECT window_start, SUM(n) AS n FROM TUMBLE(ends, at, INTERVAL '30 minutes')
    GROUP BY window_start EMIT ON WINDOW CLOSE`,
  'windows of ends': `SELECT window_start, SUM(total) AS n
    FROM TUMBLE(ends, ended, INTERVAL '30 minutes') GROUP BY window_start EMIT ON WINDOW CLOSE`,
  'first of each window': `SELECT k, window_end, n FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, k) AS place FROM w) AS numbered
    WHERE place = 1 EMIT ON WINDOW CLOSE`,
  'join of windows': `SELECT l.k, l.window_end, l.n - r.n AS more FROM w AS l JOIN w AS r
    ON l.window_start = r.window_start AND l.window_end = r.window_end AND l.k = r.k + 1`,
}

/** Joins meet late rows or not as their inputs come; all others treat them alike, however the input is cut. */
const joins = new Set(['interval join', 'outer interval join', 'self join', 'temporal join', 'union'])

/** Several inserts of rows that are out of order by so many minutes. */
function inserts(minutes: number): readonly string[] {
  const random = new SeededRandom(5)
  const below = (bound: number): number => Math.floor(random.next() * bound)
  const text = (of: number): string => String(of).padStart(2, '0')
  const at = (second: number): string =>
    `'2024-03-01 ${text(6 + Math.floor(second / 3600))}:${text(Math.floor(second / 60) % 60)}:${text(second % 60)}'`
  return Array.from({ length: 12 }, (_, step) => {
    const rows = (of: (id: number, time: string) => string): string =>
      Array.from({ length: 8 }, (_row, i) => {
        const time = 900 + (step * 8 + i) * 90 - below(minutes * 60)
        return `(${of(step * 8 + i, at(time))})`
      }).join(', ')
    return `INSERT INTO t VALUES ${rows((id, time) => `${id}, ${below(3)}, ${below(20)}, ${time}`)};
      INSERT INTO u VALUES ${rows((id, time) => `${id}, ${below(3)}, ${time}`)};
      INSERT INTO prices VALUES (${below(3)}, ${below(9) + 1}, ${at(900 + step * 720)})`
  })
}

interface Mode {
  readonly options: SessionOptions
  /** Goes on in another session, from a snapshot, before some of the inserts. */
  readonly again?: true
  /** The views come when all rows are there. */
  readonly afterwards?: true
}

const modes: Readonly<Record<string, Mode>> = {
  'in one step': { options: { workers: 1, stepRows: 100_000, seed: 1 } },
  'a row a step': { options: { workers: 1, stepRows: 1, seed: 1 } },
  'with three workers': { options: { workers: 3, stepRows: 'random', seed: 3 } },
  'restored again and again': { options: { workers: 2, stepRows: 3, seed: 4 }, again: true },
  'over rows that are there': { options: { workers: 1, stepRows: 7, seed: 1 }, afterwards: true },
}

const outputs = [...Object.entries(queries), ['late rows', 'SELECT * FROM LATE(TABLE q1)'] as const].map(
  ([title, text], at) => ({ title, name: `q${at}`, text }),
)

/** The rows of every query once all inserts are there. */
async function results(
  create: string,
  minutes: number,
  { options, again, afterwards }: Mode,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const environment = await createNodeEnvironment()
  const opened = (): Promise<Session> => createSession({ dialect: 'postgres', ...options }, environment)
  let session = await opened()
  await session.execute(tables)
  const made = [views(create), ...outputs.map(({ name, text }) => `CREATE MATERIALIZED VIEW ${name} AS ${text}`)].join(
    ';',
  )
  if (afterwards !== true) await session.execute(made)
  for (const [at, text] of inserts(minutes).entries()) {
    if (again === true && at % 6 === 4) {
      const snapshot = await session.snapshot()
      await session.close()
      session = await opened()
      await session.restore(snapshot)
    }
    await session.execute(text)
  }
  if (afterwards === true) await session.execute(made)
  const found = new Map<string, readonly string[]>()
  for (const { name, title } of outputs) {
    const [result] = await session.execute(`SELECT * FROM ${name}`)
    assert.equal(result?.is, 'rows')
    found.set(title, result.rows.map(row => row.map(String).join(' ')).sort())
  }
  await session.close()
  return found
}

for (const [disorder, minutes] of Object.entries({ 'in time': 2, 'some of them late': 12 })) {
  let inOneProgram: ReturnType<typeof results> | undefined
  for (const [name, mode] of Object.entries(modes)) {
    test(`event time goes through materialized views: rows ${disorder}, ${name}`, async () => {
      const found = await results('CREATE MATERIALIZED VIEW', minutes, mode)
      inOneProgram ??= results('CREATE VIEW', minutes, modes['in one step']!)
      for (const [title, rows] of await inOneProgram) {
        if (joins.has(title) && disorder !== 'in time') continue
        // A table keeps the newest version of a key: those before are gone.
        if (title === 'temporal join' && mode.afterwards === true) continue
        if (title !== 'late rows') assert.notEqual(rows.length, 0, title)
        assert.deepEqual(found.get(title), rows, title)
      }
      assert.equal(found.get('late rows')?.length === 0, disorder === 'in time')
    })
  }
}

const MINUTE = 60_000_000n

/** Tables a and b, each a partition that the test fills, and a materialized view of each. */
const lonely = ['a', 'b']
  .map(
    name => `CREATE TABLE ${name} (name STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
      WITH ('connector' = 'lone', 'name' = '${name}', 'scan.watermark.idle-timeout' = '5 min');
    CREATE MATERIALIZED VIEW of_${name} AS SELECT ts FROM ${name} WHERE EXTRACT(MINUTE FROM ts) <> 30;`,
  )
  .join('')

test('a view whose sources are idle or have ended holds nothing back, also after a restart', async () => {
  const partitions = new Map<string, Partition>()
  const environment = {
    ...(await createNodeEnvironment()),
    connectors: [lone((name, partition) => partitions.set(name, partition))],
  }
  const opened = (): Promise<Session> => createSession({ clock: 0n }, environment)
  const given = (name: string): Partition => {
    const partition = partitions.get(name)
    assert.ok(partition !== undefined)
    return partition
  }
  let session = await opened()
  await session.execute(`${lonely}
    CREATE MATERIALIZED VIEW counted AS SELECT window_start, COUNT(*) AS n
      FROM TABLE(TUMBLE(TABLE (SELECT * FROM of_a UNION ALL SELECT * FROM of_b), DESCRIPTOR(ts), INTERVAL '1' MINUTE))
      GROUP BY window_start, window_end`)
  const minutes = async (): Promise<readonly string[]> => {
    const [result] = await session.execute('SELECT * FROM counted')
    assert.equal(result?.is, 'rows')
    return result.rows.map(([start, n]) => `${BigInt(String(start)) / MINUTE}: ${n}`)
  }
  for (const partition of partitions.values()) partition.whenEmpty = 'idle'
  given('a').push(1, 2, 8)
  given('b').push(1, 2)
  await session.settle()
  assert.deepEqual(await minutes(), ['1: 2'])

  // b falls idle after five minutes; what a then gives closes the windows of both.
  await session.advance(4n * MINUTE)
  given('a').push(20)
  await session.settle()
  assert.deepEqual(await minutes(), ['1: 2'])
  await session.advance(2n * MINUTE)
  assert.deepEqual(await minutes(), ['1: 2', '2: 2', '8: 1'])

  const snapshot = await session.snapshot()
  await session.close()
  session = await opened()
  await session.restore(snapshot)
  for (const partition of partitions.values()) partition.whenEmpty = 'idle'

  // No row of minute 30 goes on, but its time does; b is idle still.
  given('a').push(30)
  await session.settle()
  assert.deepEqual(await minutes(), ['1: 2', '2: 2', '8: 1', '20: 1'])

  given('b').push(40)
  given('a').push(41)
  await session.settle()
  given('b').whenEmpty = 'ended'
  await session.settle()
  assert.deepEqual((await minutes()).slice(4), ['40: 1'])
  given('a').whenEmpty = 'ended'
  await session.settle()
  assert.deepEqual((await minutes()).slice(4), ['40: 1', '41: 1'])
  await session.close()
})
