import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import type { Session, SessionOptions } from '../../session/session.ts'
import type { Value } from '../../types/value.ts'

/** Expected rows by hand from what EMIT ON WINDOW CLOSE promises: a row leaves once, when its time has passed. */
const modes: readonly SessionOptions[] = [
  { dialect: 'postgres', workers: 1, stepRows: 1000, seed: 1 },
  { dialect: 'postgres', workers: 2, stepRows: 'random', seed: 7 },
]

const readings = `CREATE TABLE readings (ts TIMESTAMP, sensor INT, v INT, WATERMARK FOR ts AS ts - INTERVAL '5' MINUTE)
  APPEND ONLY`

const at = (minute: number): string =>
  `'2024-03-01 ${String(9 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00'`

async function insert(session: Session, ...rows: readonly (readonly [minute: number, sensor: number, v: number])[]) {
  await session.execute(
    `INSERT INTO readings VALUES ${rows.map(([minute, sensor, v]) => `(${at(minute)}, ${sensor}, ${v})`).join(', ')}`,
  )
}

async function rowsOf(session: Session, view: string): Promise<readonly (readonly Value[])[]> {
  const [result] = await session.execute(`SELECT * FROM ${view} ORDER BY 1, 2, 3`)
  assert.equal(result?.is, 'rows')
  return result?.is === 'rows'
    ? result.rows.map(row => row.map(value => (typeof value === 'bigint' ? Number(value) : value)))
    : []
}

/** The test in every mode: also with a snapshot taken and restored in another session before each look. */
function inAllModes(
  name: string,
  views: string,
  look: (session: () => Session, again: () => Promise<void>) => Promise<void>,
) {
  for (const options of modes) {
    test(`${name}, ${options.workers} workers`, async () => {
      const environment = await createNodeEnvironment()
      let session = await createSession(options, environment)
      await session.execute(`${readings}; ${views}`)
      await look(
        () => session,
        async () => {
          const snapshot = await session.snapshot()
          await session.close()
          session = await createSession(options, environment)
          await session.restore(snapshot)
        },
      )
      await session.close()
    })
  }
}

inAllModes(
  'rows of a plain query wait for the watermark',
  'CREATE MATERIALIZED VIEW held AS SELECT v, sensor, ts FROM readings WHERE v > 0 EMIT ON WINDOW CLOSE',
  async (session, again) => {
    await insert(session(), [0, 1, 1], [2, 1, 2], [3, 1, -1], [10, 1, 3])
    await again()
    assert.deepEqual(
      (await rowsOf(session(), 'held')).map(([v]) => v),
      [1, 2],
    )
    await insert(session(), [16, 2, 4])
    assert.deepEqual(
      (await rowsOf(session(), 'held')).map(([v]) => v),
      [1, 2, 3],
    )
  },
)

inAllModes(
  'calls that look ahead wait for the rows behind the watermark that say their frames',
  `CREATE MATERIALIZED VIEW ahead AS SELECT v, sensor,
     LEAD(v) OVER w AS next, SUM(v) OVER (w ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS around,
     ROW_NUMBER() OVER w AS n, LAG(v) OVER w AS before
   FROM readings WINDOW w AS (PARTITION BY sensor ORDER BY ts) EMIT ON WINDOW CLOSE`,
  async (session, again) => {
    await insert(session(), [0, 1, 10], [1, 2, 20], [2, 1, 30], [4, 1, 40], [11, 1, 50])
    await again()
    // Those before minute 6 have passed; the last of each sensor has no next one among them.
    assert.deepEqual(await rowsOf(session(), 'ahead'), [
      [10, 1, 30, 40, 1, null],
      [30, 1, 40, 80, 2, 10],
    ])
    await insert(session(), [20, 2, 60], [30, 1, 70])
    await again()
    assert.deepEqual(await rowsOf(session(), 'ahead'), [
      [10, 1, 30, 40, 1, null],
      [20, 2, 60, 80, 1, null],
      [30, 1, 40, 80, 2, 10],
      [40, 1, 50, 120, 3, 30],
    ])
  },
)

inAllModes(
  'a session frame is said by the first row of the next session',
  `CREATE MATERIALIZED VIEW sessions AS SELECT v, sensor, COUNT(*) OVER (
     PARTITION BY sensor ORDER BY ts SESSION WITH GAP INTERVAL '5 minutes') AS n
   FROM readings EMIT ON WINDOW CLOSE`,
  async (session, again) => {
    await insert(session(), [0, 1, 1], [4, 1, 2], [9, 1, 3], [12, 1, 4], [17, 1, 5], [17, 2, 6])
    await again()
    // Minutes 0 and 4 are one session, 9 is 5 minutes away; 12 has not passed.
    assert.deepEqual(await rowsOf(session(), 'sessions'), [
      [1, 1, 2],
      [2, 1, 2],
    ])
    await insert(session(), [30, 2, 7])
    assert.deepEqual(await rowsOf(session(), 'sessions'), [
      [1, 1, 2],
      [2, 1, 2],
      [3, 1, 2],
      [4, 1, 2],
    ])
  },
)

inAllModes(
  'the first of each window leaves when the window closes, though only its start is among the keys',
  `CREATE MATERIALIZED VIEW least AS SELECT v, sensor FROM (
     SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start ORDER BY v) AS n
     FROM TUMBLE(readings, ts, INTERVAL '10 minutes')) AS t WHERE n = 1 EMIT ON WINDOW CLOSE`,
  async (session, again) => {
    await insert(session(), [1, 1, 5], [2, 1, 3], [12, 1, 9])
    await again()
    assert.deepEqual(
      await session()
        .execute('SELECT v, sensor FROM least')
        .then(([r]) => r?.is === 'rows' && r.rows),
      [],
    )
    await insert(session(), [15, 1, 8])
    assert.deepEqual(
      await session()
        .execute('SELECT v, sensor FROM least')
        .then(([r]) => r?.is === 'rows' && r.rows),
      [[3, 1]],
    )
  },
)

inAllModes(
  'gaps are filled up to the last row that has passed',
  `CREATE MATERIALIZED VIEW filled AS SELECT v, sensor, ts FROM GAP_FILL(readings, ts, INTERVAL '1 minute',
     INTERPOLATE(v), PARTITION_BY(sensor)) EMIT ON WINDOW CLOSE`,
  async (session, again) => {
    await insert(session(), [0, 1, 0], [3, 1, 30], [10, 1, 100])
    await again()
    assert.deepEqual(
      (await rowsOf(session(), 'filled')).map(([v]) => v),
      [0, 10, 20, 30],
    )
  },
)

const frames = `SELECT k, COUNT(*) OVER (ORDER BY k ROWS BETWEEN 1 PRECEDING AND 3 PRECEDING) AS a,
    SUM(k) OVER (ORDER BY k ROWS BETWEEN 2 FOLLOWING AND 1 FOLLOWING) AS b,
    COUNT(*) OVER (ORDER BY k RANGE BETWEEN 1 PRECEDING AND 2 PRECEDING) AS c,
    LAG(k, 3 - 2) OVER (ORDER BY k) AS d, SUM(k) OVER (ORDER BY k ROWS 2 - 1 PRECEDING) AS e
  FROM (VALUES (1), (2), (4)) AS t (k) ORDER BY k`

test('a frame that ends before it starts is empty; distances may be computed', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  const [result] = await session.execute(frames)
  // As PostgreSQL answers.
  assert.deepEqual(result?.is === 'rows' && result.rows.map(row => row.map(v => (v === null ? null : Number(v)))), [
    [1, 0, null, 0, null, 1],
    [2, 0, null, 0, 1, 3],
    [4, 0, null, 0, 2, 6],
  ])
  await assert.rejects(
    session.execute(
      'SELECT COUNT(*) OVER (ORDER BY k ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM (VALUES (1)) AS t (k)',
    ),
  )
  await session.close()
})

test('without event time there is no close to wait for: it is refused, with what gives one', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(
    `${readings}; CREATE TABLE plain (ts TIMESTAMP); CREATE TABLE orders (sensor INT, at TIMESTAMP, WATERMARK FOR at AS at);
     CREATE MATERIALIZED VIEW newest AS SELECT sensor, MAX(ts) AS ts FROM readings GROUP BY sensor;
     CREATE MATERIALIZED VIEW moved AS SELECT sensor, ts + INTERVAL '1 hour' AS ts FROM readings`,
  )
  const refused = {
    plain: /WATERMARK/,
    newest: /"newest" may be taken back.*a plain VIEW/,
    moved: /"moved" hands none on/,
  }
  for (const [table, message] of Object.entries(refused)) {
    const counts = `SELECT window_start, COUNT(*) FROM TUMBLE(${table}, ts, INTERVAL '1 minute') GROUP BY window_start`
    await session.execute(counts)
    await assert.rejects(session.execute(`${counts} EMIT ON WINDOW CLOSE`), { code: 'DSD2011', message })
  }
  await assert.rejects(
    session.execute('SELECT * FROM orders AS o JOIN newest FOR SYSTEM_TIME AS OF o.at AS n ON o.sensor = n.sensor'),
    { code: 'DSD2011', message: refused.newest },
  )
  await session.close()
})
