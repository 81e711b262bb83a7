/** SHOW and the statements around it, as Flink's documentation writes them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../create.ts'
import type { Session } from '../session.ts'

const tables = `CREATE TABLE dim (a INT); CREATE TABLE person (a INT); CREATE TABLE x_1 (a INT); CREATE TABLE x21 (a INT);
  CREATE TABLE orders (\`user\` BIGINT NOT NULL, product VARCHAR(32), amount INT, ts TIMESTAMP(3), ptime AS PROCTIME())`

async function inFlink(use: (session: Session) => Promise<void>): Promise<void> {
  const session = await createSession({ dialect: 'flink', clock: 0n }, await createNodeEnvironment())
  await session.execute(tables)
  await use(session)
  await session.close()
}

/** The first column of the answer. */
async function first(session: Session, sql: string): Promise<readonly unknown[]> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? result.rows.map(row => row[0]) : []
}

test('LIKE, NOT LIKE and ILIKE say which names are shown', () =>
  inFlink(async session => {
    for (const [sql, names] of [
      ["SHOW TABLES LIKE '%n'", ['person']],
      ["SHOW TABLES NOT LIKE '%n'", ['dim', 'orders', 'x21', 'x_1']],
      ["SHOW TABLES LIKE 'P%'", []],
      ["SHOW TABLES ILIKE 'P%'", ['person']],
      ["SHOW TABLES LIKE 'x_1'", ['x21', 'x_1']],
      ["SHOW TABLES LIKE 'x\\_1'", ['x_1']],
      ["SHOW TABLES LIKE '.*'", []],
      ["SHOW COLUMNS FROM orders LIKE '%r'", ['user']],
      ["SHOW COLUMNS IN orders NOT LIKE '%_r'", ['product', 'amount', 'ts', 'ptime']],
      ["SHOW FUNCTIONS LIKE 'f%'", []],
    ] as const)
      assert.deepEqual(await first(session, sql), names, sql)
  }))

test('there is one catalog, whose databases are schemas', () =>
  inFlink(async session => {
    await session.execute('CREATE DATABASE db1')
    assert.deepEqual(await first(session, 'SHOW CATALOGS'), ['default_catalog'])
    assert.deepEqual(await first(session, 'SHOW CURRENT CATALOG'), ['default_catalog'])
    assert.deepEqual(await first(session, 'SHOW DATABASES'), ['db1', 'default_database'])
    assert.deepEqual(await first(session, 'SHOW CURRENT DATABASE'), ['default_database'])
    assert.deepEqual(await first(session, 'SHOW MODULES'), ['core'])
    assert.deepEqual(await first(session, 'SHOW JARS'), [])
    assert.deepEqual(await first(session, 'SET'), await first(session, 'SHOW SETTINGS'))
  }))

test('EXPLAIN STATEMENT SET explains all of its statements', () =>
  inFlink(async session => {
    await session.execute("CREATE TABLE nowhere (a INT) WITH ('connector' = 'blackhole')")
    const lines = await first(
      session,
      'EXPLAIN STATEMENT SET BEGIN INSERT INTO nowhere SELECT a FROM dim; INSERT INTO nowhere SELECT a FROM person; END',
    )
    for (const name of ['dim', 'person'])
      assert.ok(
        lines.some(line => String(line).includes(name)),
        name,
      )
  }))

test('DROP of several columns', () =>
  inFlink(async session => {
    await session.execute('ALTER TABLE orders DROP (product, amount)')
    assert.deepEqual(await first(session, 'SHOW COLUMNS FROM orders'), ['user', 'ts', 'ptime'])
  }))

test('statements about what there is not are refused with what to do instead', () =>
  inFlink(async session => {
    for (const sql of [
      "ADD JAR '/path/hello.jar'",
      'LOAD MODULE hive',
      'USE MODULES core, hive',
      "CALL sys.compact('db.t')",
      'ANALYZE TABLE orders COMPUTE STATISTICS FOR ALL COLUMNS',
      "STOP JOB '228d70913eab60dda85c5e7f78b5782c' WITH SAVEPOINT",
      "COMPILE PLAN 'file:///plan.json' FOR INSERT INTO dim SELECT 1",
      "CREATE MODEL m INPUT (a STRING) OUTPUT (b STRING) WITH ('provider' = 'openai')",
      "CREATE MATERIALIZED TABLE m FRESHNESS = INTERVAL '1' MINUTE AS SELECT 1",
      'DESCRIBE FUNCTION EXTENDED upper',
      'SHOW CREATE CATALOG c',
      'SHOW PARTITIONS orders',
    ])
      await assert.rejects(session.execute(sql), { code: 'DSD2005' }, sql)
  }))

test("DESCRIBE has Flink's six columns in its dialect", async () => {
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE t (a INT NOT NULL, b STRING, c AS a + 1, m STRING METADATA FROM 'x' VIRTUAL,
    ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'feed');
    CREATE TABLE u (s STRING, ts AS TO_TIMESTAMP(s), WATERMARK FOR ts AS ts) WITH ('connector' = 'feed')`)
  // As DESCRIBE of Flink 2.2 gives them, but for the quotes around names.
  const [t] = await session.execute('DESCRIBE t')
  assert.ok(t?.is === 'rows')
  assert.deepEqual(
    t.schema.map(({ name }) => name),
    ['name', 'type', 'null', 'key', 'extras', 'watermark'],
  )
  assert.deepEqual(t.rows, [
    ['a', 'INT', false, 'PRI(a)', null, null],
    ['b', 'STRING', true, null, null, null],
    ['c', 'INT', false, null, 'AS a + 1', null],
    ['m', 'STRING', true, null, "METADATA FROM 'x'", null],
    ['ts', 'TIMESTAMP(3)', true, null, null, "ts - INTERVAL '1' SECOND"],
  ])
  const [u] = await session.execute('DESC u')
  assert.ok(u?.is === 'rows')
  assert.deepEqual(u.rows[1], ['ts', 'TIMESTAMP(3)', true, null, 'AS TO_TIMESTAMP(s)', 'ts'])
  await session.close()
})
