import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import type { Session } from '../../session/session.ts'

async function rowsOf(session: Session, sql: string): Promise<unknown> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? result.rows : undefined
}

// Values 1, 2, 2 and NULL in group 1, 5 in group 2; by PostgreSQL's definitions NULL comes last, with DESC first.
const data = `CREATE TABLE t (g INT, a INT, b VARCHAR);
  INSERT INTO t VALUES (1, 1, 'x'), (1, 2, 'y'), (1, 2, 'z'), (1, NULL, 'q'), (2, 5, 'q')`

test('the place that a value would have in its group', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(data)
  const ranks = `RANK(2) WITHIN GROUP (ORDER BY a), RANK(3) WITHIN GROUP (ORDER BY a DESC),
    RANK(2, 'z') WITHIN GROUP (ORDER BY a, b DESC), RANK(2) WITHIN GROUP (ORDER BY a) FILTER (WHERE b <> 'x')`
  assert.deepEqual(await rowsOf(session, `SELECT ${ranks} FROM t`), [[2n, 3n, 2n, 1n]])
  const others = `DENSE_RANK(3) WITHIN GROUP (ORDER BY a), PERCENT_RANK(2) WITHIN GROUP (ORDER BY a),
    CUME_DIST(2) WITHIN GROUP (ORDER BY a)`
  await session.execute(`CREATE MATERIALIZED VIEW v AS SELECT g, ${others} FROM t GROUP BY g`)
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM v ORDER BY g'), [
    [1, 3n, 0.25, 0.8],
    [2, 1n, 0, 0.5],
  ])
  await session.execute('DELETE FROM t WHERE a = 1')
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM v WHERE g = 1'), [[1, 2n, 0, 0.75]])
  assert.deepEqual(await rowsOf(session, `SELECT ${others} FROM t WHERE FALSE`), [[1n, 0, 1]])
  await session.close()
})
