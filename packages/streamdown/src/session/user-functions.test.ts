import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'
import type { Session, SessionOptions } from './session.ts'

const open = async (options: SessionOptions = {}): Promise<Session> =>
  createSession(options, await createNodeEnvironment())

async function rowsOf(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  const result = (await session.execute(sql)).at(-1)
  return result?.is === 'rows' ? result.rows : assert.fail(`no rows: ${sql}`)
}

/** The rows of the last of some statements, in a session of their own. */
async function answer(sql: string, options: SessionOptions = {}): Promise<readonly (readonly unknown[])[]> {
  const session = await open(options)
  try {
    return await rowsOf(session, sql)
  } finally {
    await session.close()
  }
}

const twoNumbers = 'CREATE TABLE n (a INT, b INT); INSERT INTO n VALUES (25, 15), (7, NULL), (NULL, NULL);'

test('a scalar function: statements that return, as RisingWave has them', async () => {
  // gcd(25, 15) is 5: RisingWave's own example.
  const gcd = `CREATE FUNCTION gcd(a int, b int) RETURNS int LANGUAGE javascript AS $$
    if (a == null || b == null) return null;
    while (b != 0) { let t = b; b = a % b; a = t; }
    return a;
  $$;`
  assert.deepEqual(await answer(`${gcd} ${twoNumbers} SELECT gcd(a, b) FROM n`), [[5], [null], [null]])
  assert.deepEqual(await answer(`${gcd} SELECT gcd(25, 15), GCD(12, 18) + 1`), [[5, 7]])
})

test('a scalar function: an arrow or a function with types', async () => {
  const arrow = `CREATE FUNCTION label(a INT, b STRING) RETURNS STRING LANGUAGE TYPESCRIPT AS $$
    (a: number, b: string | null): string => \`\${a}/\${b ?? 'none'}\`
  $$;`
  const sql = `${arrow} CREATE FUNCTION twice(x BIGINT) RETURNS BIGINT LANGUAGE TYPESCRIPT AS
      $$ function twice(x: bigint): bigint { return 2n * x } $$;
    SELECT label(1, 'x'), label(2, NULL), twice(4611686018427387000)`
  assert.deepEqual(await answer(sql), [['1/x', '2/none', 9223372036854774000n]])
})

test('values of every type go in and out', async () => {
  const sql = `
    CREATE FUNCTION cents(x DECIMAL(10, 2)) RETURNS BIGINT LANGUAGE TYPESCRIPT AS $$ (x) => BigInt(x.times(100).toString().split('.')[0]) $$;
    CREATE FUNCTION next_day(t TIMESTAMP(3)) RETURNS TIMESTAMP(3) LANGUAGE TYPESCRIPT AS $$ (t: Date) => new Date(t.getTime() + 86400000) $$;
    CREATE FUNCTION total(xs ARRAY<INT>) RETURNS INT LANGUAGE TYPESCRIPT AS $$ xs => xs.reduce((a, b) => a + b, 0) $$;
    CREATE FUNCTION pair(a INT) RETURNS ROW<x INT, y STRING> LANGUAGE TYPESCRIPT AS $$ a => ({ x: a, y: 'n' + a }) $$;
    SELECT cents(12.34), CAST(next_day(TIMESTAMP '2026-01-31 12:00:00') AS STRING), total(ARRAY[1, 2, 3]), pair(7).y, pair(8).x`
  assert.deepEqual(await answer(sql), [[1234n, '2026-02-01 12:00:00.000', 6, 'n7', 8]])
})

test('STRICT is not called over NULL; else NULL comes as null', async () => {
  const sql = (how: string) => `${twoNumbers}
    CREATE FUNCTION known(a INT) RETURNS BOOLEAN ${how} LANGUAGE TYPESCRIPT AS $$ a => a !== null $$;
    SELECT known(b) FROM n`
  assert.deepEqual(await answer(sql('STRICT')), [[true], [null], [null]])
  assert.deepEqual(await answer(sql('RETURNS NULL ON NULL INPUT')), [[true], [null], [null]])
  assert.deepEqual(await answer(sql('CALLED ON NULL INPUT')), [[true], [false], [false]])
})

const series = `CREATE FUNCTION series(n INT) RETURNS TABLE (x INT) LANGUAGE javascript AS $$
    for (let i = 0; i < n; i++) yield i;
  $$;`

test('table functions stand in FROM, beside the rows before them', async () => {
  const words = `CREATE FUNCTION words(line STRING) RETURNS TABLE (word STRING, length INT) LANGUAGE TYPESCRIPT AS $$
      (line: string) => (line ?? '').split(' ').filter(w => w !== '').map(word => ({ word, length: word.length }))
    $$;
    CREATE TABLE lines (id INT, line STRING); INSERT INTO lines VALUES (1, 'a bc'), (2, ''), (3, 'def');`
  assert.deepEqual(await answer(`${series} SELECT * FROM series(3)`), [[0], [1], [2]])
  assert.deepEqual(await answer(`${series} SELECT x FROM TABLE(series(2)) AS s`), [[0], [1]])
  const beside = [
    [1, 'a', 1],
    [1, 'bc', 2],
    [3, 'def', 3],
  ]
  for (const from of [
    'lines, LATERAL TABLE(words(line)) AS w',
    'lines CROSS JOIN LATERAL TABLE(words(line)) AS w(word, length)',
    'lines JOIN LATERAL words(line) w ON TRUE',
  ])
    assert.deepEqual(await answer(`${words} SELECT id, word, w.length FROM ${from} ORDER BY id, word`), beside, from)
  const outer = `${words} SELECT id, word FROM lines LEFT JOIN LATERAL TABLE(words(line)) AS w(word, n) ON TRUE ORDER BY id, word`
  assert.deepEqual(await answer(outer), [
    [1, 'a'],
    [1, 'bc'],
    [2, null],
    [3, 'def'],
  ])
})

// RisingWave's example of an aggregate: 15 * 2 + 25 * 3 + ... by hand (1 * 3 + 2 * 2 + 4 * 1) / 6 = 11 / 6.
const weighted = `CREATE AGGREGATE weighted_avg(value INT, weight INT) RETURNS DOUBLE LANGUAGE javascript AS $$
    export function create_state() { return { sum: 0, weight: 0 } }
    export function accumulate(state, value, weight) {
      if (value == null || weight == null) return state;
      state.sum += value * weight;
      state.weight += weight;
      return state;
    }
    export function finish(state) { return state.weight == 0 ? null : state.sum / state.weight }
  $$;
  CREATE TABLE w (k STRING, v INT, n INT); INSERT INTO w VALUES ('a', 1, 3), ('b', 5, 1), ('a', 2, 2), ('a', 4, 1), ('c', NULL, 1);`

test('aggregates: with keys, without, over no rows, with FILTER and beside others', async () => {
  assert.deepEqual(await answer(`${weighted} SELECT k, weighted_avg(v, n) FROM w GROUP BY k ORDER BY k`), [
    ['a', 11 / 6],
    ['b', 5],
    ['c', null],
  ])
  assert.deepEqual(await answer(`${weighted} SELECT COUNT(*), weighted_avg(v, n) + 1 FROM w`), [[5n, 16 / 7 + 1]])
  assert.deepEqual(await answer(`${weighted} SELECT weighted_avg(v, n) FROM w WHERE k = 'z'`), [[null]])
  assert.deepEqual(await answer(`${weighted} SELECT weighted_avg(v, n) FILTER (WHERE v > 1) FROM w WHERE k = 'a'`), [
    [8 / 3],
  ])
  assert.deepEqual(await answer(`${weighted} SELECT k FROM w GROUP BY k HAVING weighted_avg(v, n) > 3`), [['b']])
})

test('aggregates follow rows that change, and frames', async () => {
  const session = await open()
  await session.execute(
    `${weighted} CREATE MATERIALIZED VIEW by_key AS SELECT k, weighted_avg(v, n) AS w FROM w GROUP BY k`,
  )
  await session.execute("DELETE FROM w WHERE v = 4; UPDATE w SET v = 7 WHERE k = 'b'")
  // (1 * 3 + 2 * 2) / 5
  assert.deepEqual(await rowsOf(session, "SELECT * FROM by_key WHERE k <> 'c' ORDER BY k"), [
    ['a', 7 / 5],
    ['b', 7],
  ])
  const frames = `SELECT v, weighted_avg(v, n) OVER (ORDER BY v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM w WHERE k = 'a' ORDER BY v`
  assert.deepEqual(await rowsOf(session, frames), [
    [1, 1],
    [2, 7 / 5],
  ])
  await session.close()
})

test('code from a module, by its name or as the default', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'user-functions-'))
  try {
    const path = join(folder, 'own.ts')
    writeFileSync(
      path,
      `export const shout = (s: string): string => s.toUpperCase() + '!'
       export default function (n: number): number { return n + 1 }
       export function create_state(): string[] { return [] }
       export function accumulate(state: string[], s: string): void { state.push(s) }
       export function finish(state: string[]): string { return state.toSorted().join('+') }`,
    )
    const sql = `CREATE FUNCTION shout(s STRING) RETURNS STRING FROM '${path}';
      CREATE FUNCTION next(n INT) RETURNS INT LANGUAGE TYPESCRIPT FROM '${path}';
      CREATE AGGREGATE joined(s STRING) RETURNS STRING LANGUAGE TYPESCRIPT FROM '${path}';
      CREATE TABLE t (s STRING); INSERT INTO t VALUES ('b'), ('a');
      SELECT shout('a'), next(1), (SELECT joined(s) FROM t)`
    assert.deepEqual(await answer(sql), [['A!', 2, 'a+b']])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('what throws, or gives a value of another type, fails its row', async () => {
  const bad = `CREATE FUNCTION bad(a INT) RETURNS INT LANGUAGE TYPESCRIPT AS $$ a => { throw new Error('never') } $$; ${twoNumbers} SELECT bad(a) FROM n`
  await assert.rejects(answer(bad), { code: 'DSD4007', message: /never/ })
  const text = `CREATE FUNCTION text(a INT) RETURNS INT LANGUAGE TYPESCRIPT AS $$ a => 'x' $$; ${twoNumbers} SELECT text(a) FROM n`
  await assert.rejects(answer(text), { message: /text\(\).*an integer/ })
})

test('code that cannot be used is refused, with what is wrong', async () => {
  const create = (code: string, more = '') =>
    answer(`CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE TYPESCRIPT AS $$ ${code} $$; ${more} SELECT f(1)`)
  await assert.rejects(create('(a => '), { code: 'DSD2007' })
  await assert.rejects(create('export const g = 5'), { code: 'DSD2007', message: /exports no function f/ })
  await assert.rejects(create('a => a', 'SELECT f(1, 2);'), { code: 'DSD2004' })
  await assert.rejects(answer("CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE python AS 'x'"), { code: 'DSD2005' })
  await assert.rejects(answer("CREATE FUNCTION f(a INT) RETURNS INT FROM '/nowhere/f.ts'"), { code: 'DSD2007' })
  await assert.rejects(answer('CREATE FUNCTION f(a INT) LANGUAGE TYPESCRIPT AS $$ a => a $$'), {
    code: 'DSD2006',
    message: /RETURNS/,
  })
})

test('CREATE OR REPLACE, IF NOT EXISTS, SHOW, DROP; a snapshot keeps them', async () => {
  const session = await open()
  const create = (how: string, n: number) =>
    session.execute(
      `CREATE ${how.startsWith('OR') ? how : ''} FUNCTION ${how.startsWith('IF') ? how : ''} plus(a INT) RETURNS INT LANGUAGE TYPESCRIPT AS $$ a => a + ${n} $$`,
    )
  await create('', 1)
  await session.execute('CREATE VIEW v AS SELECT plus(1) AS one')
  await assert.rejects(create('', 2), { code: 'DSD2008' })
  await create('IF NOT EXISTS', 3)
  assert.deepEqual(await rowsOf(session, 'SELECT plus(1)'), [[2]])
  await create('OR REPLACE', 4)
  assert.deepEqual(await rowsOf(session, 'SELECT plus(1), one FROM v'), [[5, 2]], 'a view keeps what it was made of')
  assert.deepEqual(await rowsOf(session, 'SHOW FUNCTIONS'), [['plus']])
  const again = await open()
  await again.restore(await session.snapshot())
  assert.deepEqual(await rowsOf(again, 'SELECT plus(1)'), [[5]])
  await session.execute('DROP FUNCTION plus')
  assert.deepEqual(await rowsOf(session, 'SHOW FUNCTIONS'), [])
  await assert.rejects(rowsOf(session, 'SELECT plus(1)'), { code: 'DSD2003' })
  await session.execute('DROP FUNCTION IF EXISTS plus')
  await session.close()
  await again.close()
})
