import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'

async function answer(sql: string): Promise<readonly (readonly unknown[])[]> {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  try {
    const result = (await session.execute(sql)).at(-1)
    assert.ok(result?.is === 'rows')
    return result.rows
  } finally {
    await session.close()
  }
}

test('LIMIT without an order reads no further than it needs', async () => {
  assert.deepEqual(await answer('SELECT g FROM generate_series(1::bigint, 1000000000000) g LIMIT 2'), [[1n], [2n]])
  const behind = await answer('SELECT g FROM generate_series(1::bigint, 1000000000000) g LIMIT 1 OFFSET 20000')
  assert.deepEqual(behind, [[20001n]])
})

test('a long series is joined by its numbers', async () => {
  const inner = 'SELECT count(*) FROM generate_series(1, 20000) a(i) JOIN generate_series(1, 60000, 3) b(j) ON i = j'
  assert.deepEqual(await answer(inner), [[6667n]])
  const right = 'SELECT count(*) FROM generate_series(1, 9) a(i) RIGHT JOIN generate_series(5, 20004) b(j) ON i = j'
  assert.deepEqual(await answer(right), [[20000n]])
  assert.deepEqual(await answer('SELECT count(*) FROM generate_series(1, 3) a(i), generate_series(1, i) b(j)'), [[6n]])
})

test('rows that end are there when the statement that inserts them returns', async () => {
  const table = 'CREATE TABLE t (i INT); INSERT INTO t SELECT * FROM generate_series(1, 20000);'
  assert.deepEqual(await answer(`${table} SELECT count(*), sum(i) FROM t`), [[20000n, 200010000n]])
  const view = 'CREATE MATERIALIZED VIEW v AS SELECT count(*) AS c FROM generate_series(1, 20000) AS g(i);'
  assert.deepEqual(await answer(`${view} SELECT c FROM v`), [[20000n]])
})
