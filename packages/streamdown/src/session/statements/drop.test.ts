import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../create.ts'

test('DROP and ALTER take the kind of thing that CREATE made, and say which', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`
    CREATE TABLE t (a INT); CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
    CREATE INDEX i ON t (a); CREATE SOURCE s (a INT) WITH (connector = 'datagen', datagen.rows.per.second = '1')`)
  const kinds = { t: 'TABLE', v: 'VIEW', m: 'MATERIALIZED VIEW', i: 'INDEX', s: 'SOURCE' }
  for (const [name, made] of Object.entries(kinds)) {
    for (const kind of Object.values(kinds)) {
      if (kind === made) continue
      await assert.rejects(session.execute(`DROP ${kind} ${name}`), { code: 'DSD2001' }, `${kind} ${name}`)
      await assert.rejects(session.execute(`ALTER ${kind} ${name} RENAME TO x`), { code: 'DSD2006' })
    }
  }
  await assert.rejects(session.execute('DROP TABLE m'), {
    message: /"m" is a materialized view: use DROP MATERIALIZED/,
  })
  await session.execute('DROP INDEX i; DROP VIEW v; DROP MATERIALIZED VIEW m; DROP TABLE t; DROP SOURCE s')
  await session.close()
})

test('SHOW gives what was SET of a setting that is not known here, until it is reset', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  const shown = async (name: string): Promise<unknown> => {
    const [result] = await session.execute(`SHOW ${name}`)
    return result?.is === 'rows' ? result.rows : undefined
  }
  await session.execute("SET unknown_setting = 'accept'; SET Application_Name TO 'console'; SET x.y = 2")
  assert.deepEqual(await shown('application_name'), [['console']])
  assert.deepEqual(await shown('X.Y'), [['2']])
  await session.execute('SET x.y TO DEFAULT; RESET application_name')
  for (const name of ['x.y', 'application_name']) await assert.rejects(shown(name), { code: 'DSD2014' })
  await session.close()
})

test('a time zone that there is none of is refused, in every spelling', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  const zone = async (): Promise<unknown> => {
    const [result] = await session.execute('SHOW timezone')
    return result?.is === 'rows' ? result.rows : undefined
  }
  await session.execute("SET TIME ZONE 'America/Los_Angeles'")
  for (const sql of [
    "SET timezone = 'Invalid'",
    'SET TIME ZONE utcx',
    'SET TIME ZONE NULL',
    'SET TIME ZONE 12.3',
    "SET TIME ZONE INTERVAL '1' HOUR",
  ])
    await assert.rejects(session.execute(sql), { code: 'DSD2014', message: /takes a time zone such as/ }, sql)
  assert.deepEqual(await zone(), [['America/Los_Angeles']])
  await session.execute("SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE")
  assert.deepEqual(await zone(), [['-08:00']])
  await session.execute('SET TIME ZONE LOCAL')
  assert.deepEqual(await zone(), [['UTC']])
  await session.close()
})
