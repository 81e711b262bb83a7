import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../create.ts'
import type { Session } from '../session.ts'

const open = async (): Promise<Session> => createSession({ dialect: 'postgres' }, await createNodeEnvironment())

async function rowsOf(session: Session, sql: string): Promise<unknown> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? result.rows.flat() : undefined
}

async function restored(session: Session): Promise<Session> {
  const bytes = await session.snapshot()
  await session.close()
  const next = await open()
  await next.restore(bytes)
  return next
}

test('tables and views that others read get other names, and all of them go on', async () => {
  let session = await open()
  await session.execute(`
    CREATE TABLE t (a INT); INSERT INTO t VALUES (1);
    CREATE MATERIALIZED VIEW total AS SELECT SUM(a) AS s FROM t;
    CREATE VIEW shown AS SELECT s + 100 AS s FROM total;
    CREATE MATERIALIZED VIEW more AS SELECT s FROM shown;
    ALTER TABLE t RENAME TO u;
    ALTER MATERIALIZED VIEW total RENAME TO sums;
    ALTER VIEW shown RENAME TO seen;
    INSERT INTO u VALUES (2)`)
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await rowsOf(session, 'SELECT s FROM sums'), [3n])
    assert.deepEqual(await rowsOf(session, 'SELECT s FROM seen'), [103n])
    assert.deepEqual(await rowsOf(session, 'SELECT s FROM more'), [103n])
    for (const name of ['t', 'total', 'shown'])
      await assert.rejects(session.execute(`SELECT * FROM ${name}`), { code: 'DSD2001' })
    await assert.rejects(session.execute('DROP TABLE u'), /sums, seen, more/)
    session = await restored(session)
  }
  await session.execute('DELETE FROM u WHERE a = 1')
  assert.deepEqual(await rowsOf(session, 'SELECT s FROM more'), [102n])
  await session.close()
})

test('the old name is free for another table or view, whose rows are its own', async () => {
  let session = await open()
  await session.execute(`
    CREATE TABLE t (a INT); INSERT INTO t VALUES (1);
    CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
    ALTER TABLE t RENAME TO old_t; ALTER MATERIALIZED VIEW v RENAME TO old_v;
    CREATE TABLE t (b VARCHAR); INSERT INTO t VALUES ('x');
    CREATE MATERIALIZED VIEW v AS SELECT b FROM t;
    INSERT INTO old_t VALUES (2); INSERT INTO t VALUES ('y')`)
  session = await restored(session)
  await session.execute("INSERT INTO old_t VALUES (3); INSERT INTO t VALUES ('z')")
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM old_v ORDER BY a'), [1, 2, 3])
  assert.deepEqual(await rowsOf(session, 'SELECT b FROM v ORDER BY b'), ['x', 'y', 'z'])
  await session.execute('DROP MATERIALIZED VIEW v; DROP TABLE t; INSERT INTO old_t VALUES (4)')
  session = await restored(session)
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM old_v ORDER BY a'), [1, 2, 3, 4])
  await session.execute(
    'DROP TABLE old_t CASCADE; CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW v AS SELECT a FROM t',
  )
  session = await restored(session)
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM v'), [])
  await session.close()
})

test('a renamed table is dropped while a program that was written with its first name still stands', async () => {
  let session = await open()
  await session.execute(`CREATE TABLE t (a INT); CREATE TABLE copy (a INT);
    CREATE TABLE d (a INT) WITH (connector = 'feed'); INSERT INTO copy SELECT d.a FROM d JOIN t ON d.a = t.a;
    ALTER TABLE t RENAME TO u; DROP TABLE u`)
  session = await restored(session)
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM copy'), [])
  await assert.rejects(session.execute('SELECT * FROM u'), { code: 'DSD2001' })
  await session.close()
})

test('a plain view under the old name of a materialized one is dropped alone', async () => {
  const session = await open()
  await session.execute(`CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
    ALTER MATERIALIZED VIEW v RENAME TO w; CREATE VIEW v AS SELECT a FROM w; DROP VIEW v; INSERT INTO t VALUES (1)`)
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM w'), [1])
  await session.close()
})

test('a sink under the first name of a running view is refused; EXPLAIN shows what a sink would run', async () => {
  const session = await open()
  await session.execute(`CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
    ALTER MATERIALIZED VIEW v RENAME TO w`)
  const sink = (name: string): string => `CREATE SINK ${name} AS SELECT a FROM w WITH (connector = 'blackhole')`
  await assert.rejects(session.execute(sink('v')), { code: 'DSD2008' })
  assert.match(String(await rowsOf(session, `EXPLAIN ${sink('s')}`)), /sink s/i)
  await session.execute(`${sink('s')}; DROP SINK s; INSERT INTO t VALUES (1)`)
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM w'), [1])
  await session.close()
})

test('SET SCHEMA moves a table or view; what is not there, or of another kind, is refused', async () => {
  let session = await open()
  await session.execute(`CREATE SCHEMA s; CREATE TABLE t (a INT); CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
    ALTER TABLE t SET SCHEMA s; ALTER MATERIALIZED VIEW v SET SCHEMA s; INSERT INTO s.t VALUES (1)`)
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM s.v'), [1])
  await session.execute('ALTER TABLE s.t SET SCHEMA public; INSERT INTO t VALUES (2)')
  session = await restored(session)
  assert.deepEqual(await rowsOf(session, 'SELECT a FROM s.v ORDER BY a'), [1, 2])
  await assert.rejects(session.execute('ALTER TABLE t SET SCHEMA nowhere'), { code: 'DSD2001' })
  await assert.rejects(session.execute('ALTER TABLE nothing RENAME TO x'), { code: 'DSD2001' })
  await assert.rejects(session.execute('ALTER VIEW s.v RENAME TO x'), /MATERIALIZED VIEW/)
  await session.execute('CREATE TABLE x (a INT)')
  await assert.rejects(session.execute('ALTER TABLE t RENAME TO x'), { code: 'DSD2008' })
  await session.close()
})
