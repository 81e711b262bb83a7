/** A program that keeps running goes on behind a row that fails: it is a dead letter, and its neighbours are kept. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { rowsOf, withSession, writeLines } from './session.ts'

test('a view over a table: a division by zero is a dead letter, and is no more when its row is deleted', () =>
  withSession(async session => {
    await session.execute('CREATE TABLE t (a INT)')
    await session.execute('CREATE MATERIALIZED VIEW shares AS SELECT a, 12 / a AS share FROM t')
    await session.execute('INSERT INTO t VALUES (3), (0), (4)')
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM shares'), [
      [3, 4],
      [4, 3],
    ])
    const [letter, ...others] = session.deadLetters()
    assert.deepEqual(others, [])
    assert.equal(letter?.code, 'DSD4002')
    assert.deepEqual(letter?.row, [0])
    assert.ok(letter?.step !== undefined && letter.where !== '')
    await session.execute('DELETE FROM t WHERE a = 0; INSERT INTO t VALUES (6)')
    assert.deepEqual(session.deadLetters(), [])
    assert.equal(session.status()[0]?.dead, 0)
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM shares'), [
      [3, 4],
      [4, 3],
      [6, 2],
    ])
  }))

test('an INSERT that runs goes on behind records that are malformed, too wide, or fail in it', () =>
  withSession(async (session, folder) => {
    const input = writeLines(folder, 'in.ndjson', [
      '{"id": 1, "n": 5}',
      '{"id": 2, "n": 0}',
      'no JSON at all',
      '{"id": 3, "n": "five"}',
      '{"id": 4, "n": 2}',
    ])
    const output = join(folder, 'out.ndjson')
    await session.execute(`
      CREATE TABLE source (id INT, n INT) WITH (connector = 'file', path = '${input}', format = 'json');
      CREATE TABLE target (id INT, share INT) WITH (connector = 'file', path = '${output}', format = 'json');
      INSERT INTO target SELECT id, 10 / n FROM source`)
    await session.run({ stop: () => false })
    const [status] = session.status()
    const codes = session.deadLetters().map(({ code }) => code)
    await session.close()
    assert.equal(status?.dead, 3)
    assert.deepEqual([...codes].sort(), ['DSD4001', 'DSD4001', 'DSD4002'])
    const lines = readFileSync(output, 'utf8').trim().split('\n')
    assert.deepEqual(
      lines.map(line => JSON.parse(line)),
      [
        { id: 1, share: 2 },
        { id: 4, share: 5 },
      ],
    )
  }))

test("on_error = 'fail' stops the program at the first such row", () =>
  withSession(async (session, folder) => {
    const input = writeLines(folder, 'in.ndjson', ['{"n": 5}', '{"n": 0}', '{"n": 2}'])
    await session.execute(`
      SET on_error = 'fail';
      CREATE TABLE source (n INT) WITH (connector = 'file', path = '${input}', format = 'json');
      CREATE TABLE target (share INT) WITH (connector = 'blackhole');
      INSERT INTO target SELECT 10 / n FROM source`)
    await assert.rejects(session.run({ stop: () => false }), { code: 'DSD4002' })
  }))

test("on_error = 'fail' keeps the code of what failed", () =>
  withSession(async (session, folder) => {
    const input = writeLines(
      folder,
      'in.ndjson',
      [0, 2].map(x => `{"x": ${x}}`),
    )
    await session.execute(`
      SET on_error = 'fail';
      CREATE TABLE source (x INT, p AS PROCTIME()) WITH (connector = 'file', path = '${input}', format = 'json');
      CREATE TABLE target (x INT) WITH (connector = 'blackhole');
      INSERT INTO target SELECT * FROM source MATCH_RECOGNIZE (
        ORDER BY p MEASURES A.x AS x AFTER MATCH SKIP TO LAST B PATTERN (A B? C)
        DEFINE A AS x = 0, B AS x = 1, C AS x = 2)`)
    await assert.rejects(session.run({ stop: () => false }), { code: 'DSD4008' })
  }))

test('an aggregate that overflows withholds its group until it fits again, and no other', () =>
  withSession(async session => {
    const largest = '9223372036854775807'
    await session.execute("SET sum_type = 'bigint'")
    await session.execute('CREATE TABLE t (k INT, v BIGINT)')
    await session.execute('CREATE MATERIALIZED VIEW sums AS SELECT k, SUM(v) AS s, COUNT(*) AS n FROM t GROUP BY k')
    await session.execute(`INSERT INTO t VALUES (1, ${largest}), (2, 5)`)
    const kept = [2, 5n, 1n]
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM sums'), [[1, BigInt(largest), 1n], kept])
    await session.execute('INSERT INTO t VALUES (1, 10)')
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM sums'), [kept])
    assert.deepEqual(
      session.deadLetters().map(({ code }) => code),
      ['DSD4003'],
    )
    await session.execute('INSERT INTO t VALUES (1, -11)')
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM sums'), [[1, BigInt(largest) - 1n, 3n], kept])
    assert.deepEqual(session.deadLetters(), [])
    await session.execute(`INSERT INTO t VALUES (1, 100); DELETE FROM t WHERE v = ${largest}`)
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM sums'), [[1, 99n, 3n], kept])
  }))

test('a failed condition of a join is a dead letter, and other pairs are kept', () =>
  withSession(async session => {
    await session.execute('CREATE TABLE l (k INT, a INT); CREATE TABLE r (k INT, b INT)')
    await session.execute(
      'CREATE MATERIALIZED VIEW pairs AS SELECT l.a, r.b FROM l JOIN r ON l.k = r.k AND l.a / r.b > 1',
    )
    await session.execute('INSERT INTO l VALUES (1, 8); INSERT INTO r VALUES (1, 2), (1, 0), (1, 3), (2, 0)')
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM pairs'), [
      [8, 2],
      [8, 3],
    ])
    assert.deepEqual(
      session.deadLetters().map(({ code }) => code),
      ['DSD4002'],
    )
  }))
