import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'

test('a window ordered by a row value goes element by element', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  const over = 'OVER (ORDER BY (a, b) ROWS UNBOUNDED PRECEDING)'
  await session.execute(`CREATE TABLE t (a INT, b INT, n INT);
    CREATE MATERIALIZED VIEW v AS SELECT a, b, SUM(n) ${over} AS total, ROW_NUMBER() OVER (ORDER BY ROW(a, b) DESC) AS place FROM t;
    INSERT INTO t VALUES (1, 300, 1), (1, 2, 10), (2, 1, 100), (1, -5, 1000), (-1, 1000, 10000)`)
  const [result] = await session.execute('SELECT * FROM v ORDER BY a, b')
  assert.deepEqual(result?.is === 'rows' && result.rows, [
    [-1, 1000, 10_000n, 5n],
    [1, -5, 11_000n, 4n],
    [1, 2, 11_010n, 3n],
    [1, 300, 11_011n, 2n],
    [2, 1, 11_111n, 1n],
  ])
  await session.close()
})
