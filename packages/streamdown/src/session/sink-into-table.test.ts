import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import type { Value } from '../types/value.ts'
import { createSession } from './create.ts'
import type { Session, SessionOptions } from './session.ts'

const modes: readonly SessionOptions[] = [
  { dialect: 'postgres', workers: 1, stepRows: 1000, seed: 1 },
  { dialect: 'postgres', workers: 2, stepRows: 'random', seed: 5 },
  { dialect: 'postgres', workers: 2, stepRows: 1, seed: 7 },
]

async function rowsOf(session: Session, query: string): Promise<readonly (readonly Value[])[]> {
  const [result] = await session.execute(query)
  assert.equal(result?.is, 'rows')
  return result?.is === 'rows' ? result.rows : []
}

for (const options of modes) {
  test(`rows of two sinks meet in one table by its key, ${options.workers} workers, ${options.stepRows} rows`, async () => {
    const environment = await createNodeEnvironment()
    let session = await createSession(options, environment)
    await session.execute(`
      CREATE TABLE names (id INT PRIMARY KEY, name VARCHAR);
      CREATE TABLE prices (id INT PRIMARY KEY, price INT);
      CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR, price INT) ON CONFLICT DO UPDATE IF NOT NULL;
      CREATE MATERIALIZED VIEW dear AS SELECT name FROM items WHERE price > 10;
      CREATE SINK of_names INTO items (id, name) FROM names;
      CREATE SINK of_prices INTO items (id, price) AS SELECT id, price FROM prices WHERE price > 0;
      INSERT INTO names VALUES (1, 'pen'), (2, 'ink');
      INSERT INTO prices VALUES (1, 20), (3, 5), (2, -1)`)
    const all = 'SELECT * FROM items ORDER BY id'
    assert.deepEqual(await rowsOf(session, all), [
      [1, 'pen', 20],
      [2, 'ink', null],
      [3, null, 5],
    ])
    const snapshot = await session.snapshot()
    await session.close()
    session = await createSession(options, environment)
    await session.restore(snapshot)
    await session.execute(`UPDATE prices SET price = 30 WHERE id = 1; UPDATE names SET name = 'quill' WHERE id = 1;
      DELETE FROM names WHERE id = 2`)
    assert.deepEqual(await rowsOf(session, all), [
      [1, 'quill', 30],
      [3, null, 5],
    ])
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM dear'), [['quill']])
    await assert.rejects(session.execute('DROP TABLE items'), /of_names, of_prices/)
    await session.execute('DROP SINK of_names; DROP TABLE names; INSERT INTO prices VALUES (4, 1)')
    assert.equal((await rowsOf(session, all)).length, 3)
    await session.execute('DROP TABLE prices CASCADE')
    await assert.rejects(session.execute('DROP SINK of_prices'), /no sink/)
    assert.equal((await rowsOf(session, all)).length, 3)
    await session.close()
  })
}

test('a sink that ignores deletes leaves what was written', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`
    CREATE TABLE live (id INT PRIMARY KEY, v INT);
    CREATE TABLE seen (id INT PRIMARY KEY, v INT);
    CREATE SINK remembered INTO seen FROM live WITH (ignore_delete = 'true');
    INSERT INTO live VALUES (1, 1), (2, 2);
    UPDATE live SET v = 10 WHERE id = 1;
    DELETE FROM live WHERE id = 2`)
  assert.deepEqual(await rowsOf(session, 'SELECT * FROM seen ORDER BY id'), [
    [1, 10],
    [2, 2],
  ])
  await session.close()
})

for (const stepRows of [1000, 1])
  test(`the changes of a table are rows: 1 inserted, 2 deleted, 3 and 4 new and old of an update, ${stepRows} a step`, async () => {
    const session = await createSession(
      { dialect: 'postgres', workers: 1, stepRows, seed: 1 },
      await createNodeEnvironment(),
    )
    await session.execute(`
    CREATE TABLE keyed (id INT PRIMARY KEY, v INT);
    CREATE TABLE plain (id INT, v INT);
    CREATE MATERIALIZED VIEW keyed_changes AS WITH c AS CHANGELOG FROM keyed SELECT * FROM c;
    CREATE MATERIALIZED VIEW plain_changes AS SELECT id, v, changelog_op FROM CHANGELOG(TABLE plain) AS c`)
    for (const table of ['keyed', 'plain'])
      await session.execute(`
      INSERT INTO ${table} VALUES (1, 1), (2, 2);
      UPDATE ${table} SET v = 5 WHERE id = 1;
      DELETE FROM ${table} WHERE id = 2`)
    for (const view of ['keyed_changes', 'plain_changes'])
      assert.deepEqual(await rowsOf(session, `SELECT * FROM ${view} ORDER BY id, changelog_op`), [
        [1, 1, 1],
        [1, 5, 3],
        [1, 1, 4],
        [2, 2, 1],
        [2, 2, 2],
      ])
    await session.close()
  })
