import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import type { Session } from '../../session/session.ts'
import type { Value } from '../../types/value.ts'

async function rowsOf(session: Session, query: string): Promise<readonly (readonly Value[])[]> {
  const [result] = await session.execute(query)
  assert.equal(result?.is, 'rows')
  return result?.is === 'rows' ? result.rows : []
}

test("on_error = 'null': what fails in an expression of a materialized view is NULL there, and nowhere else", async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`
    SET on_error = 'null';
    CREATE TABLE t (k INT NOT NULL, d INT NOT NULL, s VARCHAR NOT NULL);
    CREATE MATERIALIZED VIEW parts AS SELECT k, 12 / d AS q, 12 / d IS NULL AS failed, COALESCE(s::INT, -1) AS n FROM t;
    CREATE MATERIALIZED VIEW sums AS SELECT SUM(12 / d) AS all_of, SUM(12 / d) FILTER (WHERE 12 / d > 3) AS some,
      COUNT(12 / d) AS counted FROM t;
    CREATE MATERIALIZED VIEW few AS SELECT k FROM t WHERE 12 / d > 3;
    CREATE MATERIALIZED VIEW pairs AS SELECT a.k, b.k AS other FROM t AS a JOIN t AS b ON 12 / a.d = b.d;
    INSERT INTO t VALUES (1, 0, 'x'), (2, 2, '7'), (3, 6, '99999999999'), (4, 2147483647, '')`)
  // By hand: 12 / 0 fails, and so do the casts of 'x', 99999999999 and ''.
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM parts ORDER BY k'), [
    [1, null, true, -1],
    [2, 6, false, 7],
    [3, 2, false, -1],
    [4, 0, false, -1],
  ])
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM sums'), [[8n, 6n, 3n]])
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM few'), [[2]])
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM pairs ORDER BY 1, 2'), [
    [2, 3],
    [3, 2],
    [4, 1],
  ])
  assert.equal(session.deadLetters().length, 0)
  await assert.rejects(session.execute('SELECT 12 / d FROM t'), /DSD4002|zero/)
  await session.execute('DELETE FROM t WHERE k IN (1, 3)')
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM sums'), [[6n, 6n, 2n]])
  await session.close()
})

test('a table that is APPEND ONLY keeps the first row of a key', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`
    CREATE TABLE once (k INT PRIMARY KEY, v INT) APPEND ONLY;
    CREATE MATERIALIZED VIEW sums AS SELECT SUM(v) AS s FROM once;
    INSERT INTO once VALUES (1, 1), (1, 5); INSERT INTO once VALUES (1, 7), (2, 2)`)
  assert.deepEqual(await rowsOf(session, 'SELECT s FROM sums'), [[3n]])
  for (const action of ['OVERWRITE', 'DO UPDATE FULL'])
    await assert.rejects(
      session.execute(`CREATE TABLE o (k INT PRIMARY KEY) APPEND ONLY ON CONFLICT ${action}`),
      /APPEND ONLY/,
    )
  await assert.rejects(session.execute('SELECT k FROM once LIMIT 9223372036854775808'), /LIMIT/)
  await session.close()
})
