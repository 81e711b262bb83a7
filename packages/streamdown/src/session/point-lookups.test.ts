import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'
import { pointLookups } from './point-lookups.ts'

const tables = `
  CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR);
  CREATE TABLE pairs (a BIGINT, b VARCHAR, n NUMERIC, PRIMARY KEY (a, b));
  CREATE TABLE numbers (n NUMERIC PRIMARY KEY);
  CREATE TABLE plain (id INT, v VARCHAR)`

/** Of each query, the keys that it asks for. */
const queries: readonly (readonly [sql: string, keys: readonly (readonly unknown[])[]])[] = [
  ['SELECT v FROM t WHERE id = 2', [[2]]],
  ["SELECT v FROM t WHERE 2 = id AND v <> 'x'", [[2]]],
  ['SELECT COUNT(*) FROM t WHERE id = 1 + 1', [[2]]],
  ['SELECT v FROM t WHERE id = 2 OR id = 3', []],
  ['SELECT v FROM t WHERE id = NULL', []],
  ['SELECT v FROM t WHERE id > 2', []],
  ["SELECT v FROM t WHERE v = 'b'", []],
  ["SELECT n FROM pairs WHERE b = 'x' AND a = 1", [[1n, 'x']]],
  ['SELECT n FROM pairs WHERE a = 1', []],
  ['SELECT n FROM numbers WHERE n = 1.00', []],
  ['SELECT v FROM plain WHERE id = 2', []],
  ['SELECT t.v FROM t JOIN pairs ON pairs.a = t.id WHERE t.id = 1', [[1]]],
  ['SELECT v FROM t WHERE id = 2 UNION ALL SELECT v FROM t', []],
  ['SELECT v FROM t WHERE id = 2 UNION ALL SELECT v FROM t WHERE id = 3', []],
]

test('the key of the one row that a query asks for is found', async () => {
  for (const [sql, keys] of queries) {
    const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
    const { views } = await session.plan(`${tables}; CREATE MATERIALIZED VIEW q AS ${sql}`)
    const found = views.flatMap(view => [...pointLookups(view.input).values()])
    assert.deepEqual(found, keys, sql)
    await session.close()
  }
})

test('a row that is looked up by its key is the one that reading all finds', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  const rows = async (sql: string): Promise<unknown> => {
    const result = (await session.execute(sql)).at(-1)
    return result?.is === 'rows' ? result.rows : undefined
  }
  await session.execute(`${tables};
    INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');
    INSERT INTO pairs VALUES (1, 'x', 1.0), (1, 'y', 2), (2, 'x', 3);
    INSERT INTO numbers VALUES (1.0);
    CREATE MATERIALIZED VIEW counts AS SELECT a, COUNT(*) AS n FROM pairs GROUP BY a`)
  assert.deepEqual(await rows('SELECT * FROM t WHERE id = 2'), [[2, 'b']])
  assert.deepEqual(await rows('SELECT * FROM t WHERE id = 4'), [])
  assert.deepEqual(await rows("SELECT * FROM t WHERE id = 2 AND v = 'c'"), [])
  assert.deepEqual(await rows("SELECT a FROM pairs WHERE a = 1 AND b = 'x'"), [[1n]])
  assert.deepEqual(await rows('SELECT COUNT(*) FROM numbers WHERE n = 1.00'), [[1n]])
  assert.deepEqual(await rows('SELECT n FROM counts WHERE a = 1'), [[2n]])
  assert.deepEqual(await rows('SELECT l.v, r.v FROM t AS l, t AS r WHERE l.id = 1 AND r.id = 3'), [['a', 'c']])
  await session.execute("UPDATE t SET id = 9, v = 'z' WHERE id = 2; DELETE FROM t WHERE id = 1")
  assert.deepEqual(await rows('SELECT * FROM t ORDER BY id'), [
    [3, 'c'],
    [9, 'z'],
  ])
  assert.deepEqual(await rows('SELECT * FROM t WHERE id = 2'), [])
  assert.deepEqual(await rows('SELECT v FROM t WHERE id = 9'), [['z']])
  await session.close()
})
