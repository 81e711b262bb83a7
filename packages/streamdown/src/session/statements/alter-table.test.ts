import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import type { Value } from '../../types/value.ts'
import { createSession } from '../create.ts'
import type { Session } from '../session.ts'

const open = async (): Promise<Session> =>
  createSession({ dialect: 'postgres', clock: 1_000_000n }, await createNodeEnvironment())

async function using(
  use: (session: Session, rows: (sql: string) => Promise<readonly (readonly Value[])[]>) => Promise<void>,
) {
  const session = await open()
  try {
    await use(session, sql => rowsOf(session, sql))
  } finally {
    await session.close()
  }
}

async function rowsOf(session: Session, sql: string): Promise<readonly (readonly Value[])[]> {
  const result = (await session.execute(sql)).at(-1)
  return result?.is === 'rows' ? result.rows : []
}

test('a new column has its default in every row, and views go on', () =>
  using(async (session, rows) => {
    await session.execute(`CREATE TABLE t (a INT, b INT DEFAULT 2 + 3);
      INSERT INTO t VALUES (0), (1);
      CREATE MATERIALIZED VIEW v AS SELECT sum(a) s, sum(b) FROM t;
      ALTER TABLE t ADD COLUMN c INT DEFAULT 3, ADD d TEXT;
      INSERT INTO t VALUES (7, 7, NULL); INSERT INTO t VALUES (8)`)
    assert.deepEqual(await rows('SELECT * FROM t ORDER BY a'), [
      [0, 5, 3, null],
      [1, 5, 3, null],
      [7, 7, null, null],
      [8, 5, 3, null],
    ])
    assert.deepEqual(await rows('SELECT * FROM v'), [[16n, 22n]])
    await session.execute('DELETE FROM t WHERE a = 1; UPDATE t SET b = 100 WHERE c = 3 AND a = 0')
    assert.deepEqual(await rows('SELECT * FROM v'), [[15n, 112n]])
  }))

test('DEFAULT now() is one time for the rows that there are, a later one for later rows', () =>
  using(async (session, rows) => {
    await session.execute('CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2)')
    await session.advance(1_000_000n)
    await session.execute('ALTER TABLE t ADD at TIMESTAMPTZ DEFAULT now()')
    await session.advance(1_000_000n)
    await session.execute('INSERT INTO t VALUES (3)')
    assert.deepEqual(await rows('SELECT * FROM t ORDER BY a'), [
      [1, 2_000_000n],
      [2, 2_000_000n],
      [3, 3_000_000n],
    ])
  }))

test('a column that a view reads is not dropped; another one is, and rows keep their places', () =>
  using(async (session, rows) => {
    await session.execute(`CREATE TABLE t (a INT PRIMARY KEY, b INT, c INT CHECK (c > 0), d INT);
      INSERT INTO t VALUES (1, 10, 100, 1000), (2, 20, 200, 2000);
      CREATE MATERIALIZED VIEW v AS SELECT a, d FROM t;
      CREATE VIEW w AS SELECT d FROM v`)
    await assert.rejects(session.execute('ALTER TABLE t DROP COLUMN d'), { code: 'DSD2013' })
    await assert.rejects(session.execute('ALTER TABLE t DROP COLUMN a'), { code: 'DSD2013' })
    await assert.rejects(session.execute('ALTER TABLE t DROP COLUMN x'), { code: 'DSD2002' })
    await session.execute('ALTER TABLE t DROP COLUMN IF EXISTS x, DROP COLUMN c')
    assert.deepEqual(await rows('SELECT * FROM t ORDER BY a'), [
      [1, 10, 1000],
      [2, 20, 2000],
    ])
    await session.execute(`UPDATE t SET d = 5 WHERE b = 10; DELETE FROM t WHERE b = 20;
      INSERT INTO t VALUES (3, 30, 3000); INSERT INTO t VALUES (3, 31, 3001);
      ALTER TABLE t ADD c TEXT DEFAULT 'again'`)
    assert.deepEqual(await rows('SELECT * FROM t ORDER BY a'), [
      [1, 10, 5, 'again'],
      [3, 31, 3001, 'again'],
    ])
    assert.deepEqual(await rows('SELECT * FROM v ORDER BY a'), [
      [1, 5],
      [3, 3001],
    ])
  }))

test('columns and tables are renamed, defaults and NOT NULL changed', () =>
  using(async (session, rows) => {
    await session.execute(`CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 2);
      ALTER TABLE t RENAME COLUMN a TO k, ALTER COLUMN b SET DEFAULT 9, ALTER k SET NOT NULL;
      INSERT INTO t (k) VALUES (4);
      ALTER TABLE t RENAME TO u`)
    assert.deepEqual(await rows('SELECT k, b FROM u ORDER BY k'), [
      [1, 2],
      [4, 9],
    ])
    await assert.rejects(session.execute('SELECT * FROM t'), { code: 'DSD2001' })
    await assert.rejects(session.execute('INSERT INTO u (b) VALUES (1)'), { code: 'DSD4006' })
    await assert.rejects(session.execute('ALTER TABLE u RENAME k TO b'), { code: 'DSD2008' })
    await session.execute('INSERT INTO u VALUES (5, NULL)')
    await assert.rejects(session.execute('ALTER TABLE u ALTER b SET NOT NULL'), { code: 'DSD4006' })
    await assert.rejects(session.execute('ALTER TABLE u ADD c INT NOT NULL'), { code: 'DSD4006' })
    await session.execute('CREATE MATERIALIZED VIEW v AS SELECT b FROM u')
    await session.execute('ALTER TABLE IF EXISTS nothing ADD c INT')
  }))

test('a table with a connector, and one that a program writes to, are not altered', () =>
  using(async session => {
    await session.execute("CREATE TABLE d (a INT) WITH (connector = 'datagen'); CREATE TABLE t (a INT)")
    await assert.rejects(session.execute('ALTER TABLE d ADD b INT'), { code: 'DSD2005' })
    await session.execute('INSERT INTO t SELECT a FROM d')
    await assert.rejects(session.execute('ALTER TABLE t ADD b INT'), { code: 'DSD2013' })
  }))

test('UNIQUE is enforced, as a column, a constraint and an index; NULL is equal to nothing', () =>
  using(async (session, rows) => {
    await session.execute('CREATE TABLE t (a INT UNIQUE, b INT); INSERT INTO t VALUES (1, 1), (NULL, 1), (NULL, 1)')
    const twice = { code: 'DSD2015', message: /UNIQUE/ }
    await assert.rejects(session.execute('INSERT INTO t VALUES (2, 2), (1, 3)'), twice)
    await assert.rejects(session.execute('CREATE UNIQUE INDEX i ON t (b)'), twice)
    await session.execute('DELETE FROM t WHERE a IS NULL; INSERT INTO t VALUES (2, 2); CREATE UNIQUE INDEX i ON t (b)')
    await assert.rejects(session.execute('CREATE UNIQUE INDEX i ON t (b)'), { code: 'DSD2008' })
    await session.execute('CREATE UNIQUE INDEX IF NOT EXISTS i ON t (b)')
    await assert.rejects(session.execute('UPDATE t SET b = 2'), twice)
    await session.execute('UPDATE t SET b = 3 - b')
    assert.deepEqual(await rows('SELECT * FROM t ORDER BY a'), [
      [1, 2],
      [2, 1],
    ])
    await session.execute('DROP INDEX i; UPDATE t SET b = 2; ALTER TABLE t DROP COLUMN a; INSERT INTO t VALUES (2)')
    assert.deepEqual(await rows('SELECT * FROM t'), [[2], [2], [2]])
    await assert.rejects(session.execute('CREATE UNIQUE INDEX j ON t (b + 1)'), { code: 'DSD2005' })
  }))

test('SHOW CREATE TABLE gives what made the table as it is', () =>
  using(async (session, rows) => {
    await session.execute('CREATE TABLE t (a INT); ALTER TABLE t ADD b INT; ALTER TABLE t RENAME TO u')
    assert.deepEqual(await rows('SHOW CREATE TABLE u'), [
      ['CREATE TABLE t (a INT);\nALTER TABLE t ADD b INT;\nALTER TABLE t RENAME TO u;'],
    ])
  }))

test('a snapshot holds an altered table', async () => {
  const session = await open()
  await session.execute(`CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 2);
    CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
    ALTER TABLE t DROP COLUMN b, ADD c NUMERIC DEFAULT 1.50, ADD UNIQUE (a);
    CREATE TABLE x (a INT); ALTER TABLE x RENAME TO y; INSERT INTO y VALUES (5);
    INSERT INTO t VALUES (2)`)
  const bytes = await session.snapshot()
  await session.close()
  await using(async (restored, rows) => {
    await restored.restore(bytes)
    assert.deepEqual(await rows('SELECT a, CAST(c AS TEXT) FROM t ORDER BY a'), [
      [1, '1.50'],
      [2, '1.50'],
    ])
    assert.deepEqual(await rows('SELECT a FROM y'), [[5]])
    await assert.rejects(restored.execute('INSERT INTO t VALUES (2)'), { code: 'DSD2015' })
    await restored.execute('INSERT INTO t VALUES (3)')
    assert.deepEqual(await rows('SELECT a FROM v ORDER BY a'), [[1], [2], [3]])
  })
})

test('ALTER VIEW … AS makes a view another query, as in Flink', () =>
  using(async (session, rows) => {
    await session.execute(
      'CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 2); CREATE VIEW v AS SELECT a FROM t',
    )
    await session.execute('ALTER VIEW v AS SELECT b, a FROM t')
    assert.deepEqual(await rows('SELECT * FROM v'), [[2, 1]])
    await assert.rejects(session.execute('ALTER VIEW w AS SELECT 1'), { code: 'DSD2001' })
    await assert.rejects(session.execute('ALTER VIEW t AS SELECT 1'), { code: 'DSD2001' })
    const restored = await open()
    await restored.restore(await session.snapshot())
    assert.deepEqual(await rowsOf(restored, 'SELECT * FROM v'), [[2, 1]])
    await restored.close()
  }))

test('options of a view are refused, not ignored', () =>
  using(async session => {
    await session.execute('CREATE TABLE t (a INT)')
    const view = "CREATE MATERIALIZED VIEW v WITH ('emit_final' = 'a') AS SELECT a FROM t"
    await assert.rejects(session.execute(view), { code: 'DSD2005' })
  }))
