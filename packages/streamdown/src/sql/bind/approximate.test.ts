import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import type { Session } from '../../session/session.ts'

async function rowsOf(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? result.rows : []
}

const within = (got: unknown, exact: number, error: number): void =>
  assert.ok(
    typeof got === 'number' && Math.abs(got - exact) <= Math.abs(exact) * error * (1 + 1e-9),
    `${got}: ${exact}`,
  )

/** Of a, each number from -1000 to 1000 in one of ten groups; quantiles of whole numbers in a row are counted out by hand. */
const numbers = `CREATE TABLE t (g INT, a INT);
  INSERT INTO t SELECT n % 10, n - 1000 FROM generate_series(0, 2000) AS s(n)`

test('approx_percentile is as far off as it may be, follows changes and survives a restart', async () => {
  const environment = await createNodeEnvironment()
  const options = { dialect: 'postgres', workers: 2, seed: 3 } as const
  let session = await createSession(options, environment)
  await session.execute(numbers)
  const quantile = (fraction: number, error = ''): string =>
    `approx_percentile(${fraction}${error}) WITHIN GROUP (ORDER BY a)`
  await session.execute(`CREATE MATERIALIZED VIEW v AS SELECT ${quantile(0.01)} AS low, ${quantile(0.5)} AS middle,
    ${quantile(0.99, ', 0.1')} AS high, approx_percentile(0.25, 0.01) WITHIN GROUP (ORDER BY a DESC) AS last FROM t`)
  const check = async (low: number, middle: number, high: number, last: number): Promise<void> => {
    const [row = []] = await rowsOf(session, 'SELECT * FROM v')
    for (const [i, exact] of [low, middle, high, last].entries()) within(row[i], exact, i === 2 ? 0.1 : 0.01)
  }
  await check(-980, 0, 980, 500)
  const bytes = await session.snapshot()
  await session.close()
  session = await createSession(options, environment)
  await session.restore(bytes)
  await session.execute('DELETE FROM t WHERE a < 0')
  // 1001 numbers from 0: the first at or after a hundredth of them is the 11th.
  await check(10, 500, 990, 750)
  await session.execute('DELETE FROM t')
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM v'), [[null, null, null, null]])
  await session.close()
})

test('approx_percentile says what it takes', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(numbers)
  for (const call of [
    'approx_percentile(1.5) WITHIN GROUP (ORDER BY a)',
    'approx_percentile(g) WITHIN GROUP (ORDER BY a)',
    'approx_percentile(0.5, 0) WITHIN GROUP (ORDER BY a)',
    'approx_percentile(0.5, 0.1, 0.1) WITHIN GROUP (ORDER BY a)',
    'approx_percentile(0.5)',
  ])
    await assert.rejects(session.execute(`SELECT ${call} FROM t`), /DSD2012.*APPROX_PERCENTILE\(fraction/s, call)
  await session.close()
})

test('approx_count_distinct is exact for few values and where rows are taken back', async () => {
  const session = await createSession({ dialect: 'postgres', workers: 2, seed: 1 }, await createNodeEnvironment())
  await session.execute(`${numbers};
    CREATE MATERIALIZED VIEW v AS SELECT g, approx_count_distinct(a) AS n FROM t GROUP BY g;
    CREATE MATERIALIZED VIEW w AS SELECT approx_count_distinct(a) AS n FROM t;
    DELETE FROM t WHERE a > 500;
    INSERT INTO t SELECT g, a FROM t WHERE a > 0`)
  assert.deepEqual(await rowsOf(session, 'SELECT n FROM w'), [[1501n]])
  assert.deepEqual(await rowsOf(session, 'SELECT DISTINCT n FROM v WHERE g > 0'), [[150n]])
  await session.close()
})

test('approx_count_distinct keeps a sketch of many values, and puts those of sessions together', async () => {
  const session = await createSession({ dialect: 'flink', workers: 2, seed: 1 }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE t (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) APPEND ONLY;
    CREATE MATERIALIZED VIEW v AS SELECT APPROX_COUNT_DISTINCT(a) AS n
      FROM TABLE(SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`)
  // Two sessions of 20000 values each, 10000 of them the same; the last row, of their middle, joins them.
  const insert = (from: number, minute: number): string => `INSERT INTO t
    SELECT CAST(n AS INT), TIMESTAMP '2026-01-01 00:00:00' + INTERVAL '${minute}' MINUTE FROM TABLE(range(${from}, ${from + 20_000}, 1)) AS s(n)`
  await session.execute(insert(0, 10))
  await session.execute(insert(10_000, 11))
  await session.execute(
    `INSERT INTO t VALUES (5, TIMESTAMP '2026-01-01 00:10:30'), (5, TIMESTAMP '2026-01-01 02:00:00')`,
  )
  const [row = []] = await rowsOf(session, 'SELECT n FROM v')
  assert.notEqual(row[0], undefined)
  within(Number(row[0]), 30_000, 0.08)
  await session.close()
})
