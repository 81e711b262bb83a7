/** A statement that ends by itself fails as a whole, says where and what to do, and changes nothing. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { StreamdownError } from '../../packages/streamdown/src/errors/error.ts'
import { rowsOf, withSession, writeLines } from './session.ts'

test('an unknown column is shown in the text, with the nearest name', () =>
  withSession(async session => {
    await session.execute('CREATE TABLE orders (id INT, price INT)')
    await assert.rejects(session.execute('SELECT id,\n  pricee * 2\nFROM orders'), error => {
      assert.ok(error instanceof StreamdownError)
      assert.equal(error.code, 'DSD2002')
      assert.match(error.message, /line 2, column 3:\n {2}\| {3}pricee \* 2\n {2}\| {3}\^{6}/)
      assert.match(error.message, /price/)
      assert.notEqual(error.fix, '')
      return true
    })
    assert.deepEqual(await rowsOf(session, 'SELECT * FROM orders'), [])
  }))

test('the place of an error counts from the beginning of the script', () =>
  withSession(async session => {
    const script = 'CREATE TABLE a (x INT);\nCREATE VIEW v AS\nSELECT nofunction(x)\nFROM a;'
    await assert.rejects(session.execute(script), {
      code: 'DSD2003',
      message: /at line 3, column 8:\n {2}\| SELECT nofunction\(x\)\n {2}\| {8}\^{13}$/,
    })
  }))

test('a missing file is named', () =>
  withSession(async (session, folder) => {
    const path = join(folder, 'nothing-here.ndjson')
    await assert.rejects(session.execute(`SELECT * FROM '${path}'`), error => {
      assert.ok(error instanceof StreamdownError)
      assert.equal(error.code, 'DSD3003')
      assert.match(error.message, /nothing-here\.ndjson/)
      return true
    })
    const table = `CREATE TABLE gone (a INT) WITH (connector = 'file', path = '${path}', format = 'json')`
    await assert.rejects(session.execute(`${table}; SELECT * FROM gone`), { code: 'DSD3003' })
  }))

test('a SELECT fails on its first failing row', () =>
  withSession(async session => {
    await session.execute('CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (0), (2)')
    await assert.rejects(session.execute('SELECT 10 / a FROM t'), { code: 'DSD4002' })
    await assert.rejects(session.execute("SELECT CAST('x' || a AS INT) FROM t"), { code: 'DSD4004' })
    await assert.rejects(session.execute('SELECT a * 2147483647 FROM t'), { code: 'DSD4003' })
    assert.deepEqual(await rowsOf(session, 'SELECT 10 / a FROM t WHERE a <> 0'), [[10], [5]])
    assert.deepEqual(await rowsOf(session, 'SELECT CASE WHEN a = 0 THEN -1 ELSE 10 / a END FROM t'), [[-1], [10], [5]])
  }))

test('INSERT, UPDATE and DELETE that fail change nothing', () =>
  withSession(async session => {
    await session.execute('CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (0), (2)')
    await session.execute('CREATE MATERIALIZED VIEW total AS SELECT SUM(a) AS s FROM t')
    await assert.rejects(session.execute('INSERT INTO t VALUES (7), (1 / 0)'), { code: 'DSD4002' })
    await assert.rejects(session.execute('UPDATE t SET a = 10 / a'), { code: 'DSD4002' })
    await assert.rejects(session.execute('DELETE FROM t WHERE 10 / a > 1'), { code: 'DSD4002' })
    assert.deepEqual(await rowsOf(session, 'SELECT a FROM t'), [[0], [1], [2]])
    assert.deepEqual(await rowsOf(session, 'SELECT s FROM total'), [[3n]])
  }))

test('records that cannot be decoded are dead letters of a SELECT: their neighbours are in the answer', () =>
  withSession(async (session, folder) => {
    const path = writeLines(folder, 'mixed.ndjson', [
      '{"a": 1, "b": "x"}',
      '{"a": "one", "b": "wrong type"}',
      '{"a": 2, "b":',
      '{"a": 99999999999999999999, "b": "too large"}',
      '{"a": 3, "b": "z"}',
    ])
    await session.execute(
      `CREATE TABLE t (a INT, b STRING) WITH (connector = 'file', path = '${path}', format = 'json')`,
    )
    const result = (await session.execute('SELECT a, b FROM t')).at(-1)
    assert.ok(result?.is === 'rows')
    assert.deepEqual(result.rows, [
      [1, 'x'],
      [3, 'z'],
    ])
    assert.equal(result.dead, 3)
    const letters = session.deadLetters()
    assert.equal(letters.length, 3)
    assert.equal(new TextDecoder().decode(letters[1]?.raw).trimEnd(), '{"a": 2, "b":')
    for (const { code, position, problem } of letters) {
      assert.equal(code, 'DSD4001')
      assert.ok(position !== undefined && problem !== '')
    }
    await assert.rejects(session.execute('SELECT 1 / (a - 1) FROM t'), { code: 'DSD4002' })
    await assert.rejects(session.execute("SET on_error = 'fail'; SELECT a, b FROM t"), { code: 'DSD4001' })
  }))
