import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'

/** Queries in the postgres dialect and their rows, as PostgreSQL (the window: RisingWave) documents them. */
const answers: readonly (readonly [sql: string, rows: readonly (readonly unknown[])[]])[] = [
  // In the C collation capitals come before small letters.
  [`SELECT 'a' < 'B' COLLATE "C", ('b' || 'c') COLLATE "POSIX"`, [[false, 'bc']]],
  [`SELECT s FROM (VALUES ('a'), ('B'), ('ä')) AS t(s) ORDER BY s COLLATE "C"`, [['B'], ['a'], ['ä']]],
  // A date is its midnight.
  [
    `SELECT n, window_start::DATE::VARCHAR, window_end::VARCHAR FROM TUMBLE(days, d, INTERVAL '2' DAY) ORDER BY n`,
    [
      [1, '2026-01-01', '2026-01-03 00:00:00'],
      [2, '2026-01-03', '2026-01-05 00:00:00'],
    ],
  ],
]

test('collations by code point, windows over dates', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE days (n INT, d DATE);
    INSERT INTO days VALUES (1, '2026-01-02'), (2, '2026-01-03')`)
  for (const [sql, rows] of answers) {
    const [result] = await session.execute(sql)
    assert.deepEqual(result?.is === 'rows' && result.rows, rows, sql)
  }
  await assert.rejects(session.execute(`SELECT 'a' COLLATE "de_DE"`), /DSD2005.*COLLATE "de_DE".*COLLATE "C"/s)
  for (const none of ['"c"', '"posix"', '"Invalid"'])
    await assert.rejects(session.execute(`SELECT 'a' COLLATE ${none}`), /DSD2006.*There is no collation/s)
  await assert.rejects(session.execute('CREATE TABLE t (a INT COLLATE "C")'), /DSD2004.*takes text/s)
  await assert.rejects(session.execute(`SELECT 1 COLLATE "C"`), /DSD2004.*takes text/s)
  await session.close()
})
