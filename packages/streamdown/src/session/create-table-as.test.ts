import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'

const opened = async () => createSession({ dialect: 'flink' }, await createNodeEnvironment())

test('CREATE TABLE AS with a connector is a program: what comes later is written too', async () => {
  const session = await opened()
  await session.execute(`CREATE TABLE src (a INT, b STRING) WITH ('connector' = 'feed');
    CREATE TABLE dst WITH ('connector' = 'feed') AS SELECT a * 2 AS double, b FROM src`)
  session.push('src', [{ op: '+I', values: [1, 'x'] }])
  await session.settle()
  session.push('src', [{ op: '+I', values: [2, 'y'] }])
  await session.settle()
  const rows = session.changes('dst').map(({ values }) => values)
  assert.deepEqual(rows, [
    [2, 'x'],
    [4, 'y'],
  ])
  assert.deepEqual(
    session.columns('dst').map(({ name }) => name),
    ['double', 'b'],
  )
  await session.close()
})

test('such a program goes on after a restore', async () => {
  const first = await opened()
  await first.execute(`CREATE TABLE src (a INT) WITH ('connector' = 'feed');
    CREATE TABLE dst WITH ('connector' = 'feed') AS SELECT SUM(a) AS total FROM src`)
  first.push('src', [{ op: '+I', values: [1] }])
  await first.settle()
  const bytes = await first.snapshot()
  await first.close()
  const second = await opened()
  await second.restore(bytes)
  second.push('src', [{ op: '+I', values: [4] }])
  await second.settle()
  assert.deepEqual(second.changes('dst').at(-1)?.values, [5])
  await second.close()
})

test('SHOW CREATE gives the statement that made a table or view', async () => {
  const session = await opened()
  await session.execute("CREATE TABLE src (a INT) WITH ('connector' = 'feed'); CREATE VIEW v AS SELECT a FROM src")
  for (const [what, statement] of [
    ['TABLE src', "CREATE TABLE src (a INT) WITH ('connector' = 'feed');"],
    ['VIEW v', 'CREATE VIEW v AS SELECT a FROM src;'],
  ]) {
    const [shown] = await session.execute(`SHOW CREATE ${what}`)
    assert.ok(shown?.is === 'rows')
    assert.equal(String(shown.rows[0]?.[0]).trim(), statement)
  }
  await assert.rejects(session.execute('SHOW CREATE TABLE nothing'), { code: 'DSD2001' })
  await session.close()
})

test('PostgreSQL: names before AS are those of the first columns of the query', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`CREATE TABLE t (v1 INT, v2 INT); INSERT INTO t VALUES (1, 2);
    CREATE TABLE both (v2, b) AS SELECT v1, v2 FROM t; CREATE TABLE one (a) AS SELECT v1, v2 FROM t`)
  const [result] = await session.execute('SELECT both.v2, both.b, one.a, one.v2 FROM both, one')
  assert.deepEqual(result?.is === 'rows' && result.rows, [[1, 2, 1, 2]])
  await assert.rejects(session.execute('CREATE TABLE more (a, b, c) AS SELECT v1, v2 FROM t'), { code: 'DSD2010' })
  await assert.rejects(session.execute('CREATE TABLE twice AS SELECT v1 AS a, v2 AS a FROM t'), { code: 'DSD2008' })
  await session.close()
})
