import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'

test('an SQL function is its SELECT, with arguments by name and by number; AGGREGATE: calls a function with the list', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`
    CREATE FUNCTION twice(x INT) RETURNS BIGINT LANGUAGE SQL AS $$ SELECT x * 2 $$;
    CREATE FUNCTION between_signs(TEXT[], TEXT) RETURNS TEXT LANGUAGE SQL AS 'SELECT $2 || array_to_string($1, $2) || $2;';
    CREATE TABLE t (k INT, v INT, s TEXT);
    INSERT INTO t VALUES (1, 1, 'a'), (1, 3, 'c'), (1, 2, 'b'), (2, 5, 'e')`)
  const [result] = await session.execute(`SELECT k, twice(SUM(v)::INT), between_signs(ARRAY_AGG(s ORDER BY v), '-'),
    AGGREGATE:array_max(v) FROM t GROUP BY k ORDER BY k`)
  assert.deepEqual(result?.is === 'rows' && result.rows, [
    [1, 12n, '-a-b-c-', 3],
    [2, 10n, '-e-', 5],
  ])
  const [joined] = await session.execute(`SELECT AGGREGATE:cardinality(DISTINCT k ORDER BY k DESC) FROM t`)
  assert.equal(joined?.is === 'rows' && Number(joined.rows[0]?.[0]), 2)
  await assert.rejects(
    session.execute('CREATE FUNCTION r() RETURNS INT LANGUAGE SQL AS $$ SELECT v FROM t $$'),
    /reads tables/,
  )
  await session.close()
})
