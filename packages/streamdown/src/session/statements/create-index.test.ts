import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../create.ts'
import type { Session } from '../session.ts'

const open = async (): Promise<Session> => createSession({ dialect: 'postgres' }, await createNodeEnvironment())

async function rowsOf(session: Session, sql: string): Promise<unknown> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? result.rows : undefined
}

async function restored(session: Session): Promise<Session> {
  const bytes = await session.snapshot()
  await session.close()
  const next = await open()
  await next.restore(bytes)
  return next
}

test("an index's name reads its table, the key first; INCLUDE says what else", async () => {
  let session = await open()
  await session.execute(`
    CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT); INSERT INTO t VALUES (1, 10, 100);
    CREATE INDEX by_a ON t (a); CREATE INDEX by_sum ON t ((a + b)) INCLUDE (id) DISTRIBUTED BY ((a + b));
    CREATE MATERIALIZED VIEW v AS SELECT * FROM by_a`)
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM by_a'), [[10, 1, 100]])
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM by_sum'), [[110, 1]])
    await assert.rejects(session.execute('DROP INDEX by_a'), { code: 'DSD2013', message: /used by v/ })
    session = await restored(session)
  }
  await session.execute('UPDATE t SET a = 11')
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM v'), [[11, 1, 100]])
  await session.execute('DROP INDEX by_a CASCADE')
  await assert.rejects(session.execute('SELECT * FROM v'), { code: 'DSD2001' })
  await session.close()
})

test('an index follows what happens to its table', async () => {
  const session = await open()
  await session.execute(`
    CREATE TABLE t (a INT, b INT, c INT); INSERT INTO t VALUES (1, 2, 3);
    CREATE INDEX by_b ON t (b); CREATE INDEX by_c ON t (c);
    ALTER TABLE t DROP COLUMN a; ALTER TABLE t RENAME TO u; ALTER INDEX by_c RENAME TO third`)
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM third'), [[3, 2]])
  await session.execute('ALTER TABLE u DROP COLUMN b')
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM third'), [[3]])
  await assert.rejects(session.execute('SELECT * FROM by_b'), { code: 'DSD2001' })
  await session.execute('DROP TABLE u')
  await assert.rejects(session.execute('SELECT * FROM third'), { code: 'DSD2001' })
  await session.execute('CREATE TABLE third (x INT)')
  await session.close()
})

test('a unique index stays a rule under its new name, and goes with DROP INDEX', async () => {
  let session = await open()
  await session.execute(`
    CREATE TABLE t (a INT); INSERT INTO t VALUES (1);
    CREATE UNIQUE INDEX one ON t (a); ALTER INDEX one RENAME TO only`)
  session = await restored(session)
  await assert.rejects(session.execute('INSERT INTO t VALUES (1)'), { message: /UNIQUE/ })
  await session.execute('DROP INDEX only; INSERT INTO t VALUES (1)')
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM t'), [[1], [1]])
  await session.close()
})

test('an index is refused without its table, over a view without rows, under a taken name, in another schema', async () => {
  const session = await open()
  await session.execute('CREATE TABLE t (a INT, b INT); CREATE VIEW v AS SELECT a FROM t; CREATE INDEX i ON t (a)')
  const refused: readonly (readonly [string, string])[] = [
    ['CREATE INDEX j ON missing (a)', 'DSD2001'],
    ['CREATE INDEX j ON t (missing)', 'DSD2002'],
    ['CREATE INDEX j ON v (a)', 'DSD2006'],
    ['CREATE INDEX i ON t (b)', 'DSD2008'],
    ['CREATE INDEX t ON t (b)', 'DSD2008'],
    ['CREATE INDEX public.j ON t (b)', 'DSD2006'],
    ['CREATE INDEX j ON t (a) INCLUDE (b) DISTRIBUTED BY (b)', 'DSD2006'],
    ['DROP INDEX missing', 'DSD2001'],
    ['DROP INDEX t', 'DSD2001'],
    ['DROP TABLE i', 'DSD2001'],
    ['INSERT INTO i VALUES (1, 2)', 'DSD2006'],
  ]
  for (const [sql, code] of refused) await assert.rejects(session.execute(sql), { code }, sql)
  await session.execute('CREATE INDEX IF NOT EXISTS i ON t (b); DROP INDEX IF EXISTS missing')
  // PostgreSQL names an index without a name after its table and columns.
  await session.execute('CREATE INDEX ON t (b, a); DROP INDEX t_b_a_idx')
  await session.close()
})
