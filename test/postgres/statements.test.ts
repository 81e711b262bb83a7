/** Statements and clauses that mean what PostgreSQL's documentation says of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answers } from './answers.ts'

const PAIRS = `CREATE TABLE p (a INT, b INT, c VARCHAR); INSERT INTO p VALUES (1, 2, 'x'), (3, 4, 'y');`

test('UPDATE sets several columns to those of one row', async () => {
  const after = (assignments: string): Promise<readonly string[]> =>
    answers(`${PAIRS} UPDATE p SET ${assignments}; SELECT * FROM p ORDER BY c`)
  assert.deepEqual(await after('(a, b) = (SELECT 7, 8)'), ['7 | 8 | x', '7 | 8 | y'])
  assert.deepEqual(await after('(a, b) = (SELECT q.b, q.a FROM p q WHERE q.c = p.c)'), ['2 | 1 | x', '4 | 3 | y'])
  assert.deepEqual(await after('(a, c) = (b + 1, DEFAULT)'), ['3 | 2 | NULL', '5 | 4 | NULL'])
  await assert.rejects(after('(a, b) = (SELECT 7)'), { code: 'DSD2004' })
  await assert.rejects(after('a = 1, a = 2'), /set twice/)
  await assert.rejects(after('(a, b) = (1, 2), b = 3'), /set twice/)
  await assert.rejects(after('(a, b) = a + 1'), { code: 'DSD2006' })
  await assert.rejects(after('a = (SELECT b FROM p)'), /more than one row/)
})

test('LIMIT and OFFSET take expressions', async () => {
  const rows = (tail: string): Promise<readonly string[]> =>
    answers(`SELECT v FROM generate_series(1, 5) AS t(v) ORDER BY v ${tail}`)
  assert.deepEqual(await rows('LIMIT 1 + 1 OFFSET 3 - 2'), ['2', '3'])
  assert.deepEqual(await rows('LIMIT 1.5 * 2'), ['1', '2', '3'])
  assert.deepEqual(await rows('LIMIT NULL OFFSET 3'), ['4', '5'])
  await assert.rejects(rows('LIMIT 1 - 2'), { code: 'DSD2012' })
  await assert.rejects(rows('LIMIT v'), { code: 'DSD2002' })
  await assert.rejects(rows('LIMIT (SELECT 1)'), { code: 'DSD2012' })
})

test('EXCEPT after a star names columns, also of one table', async () => {
  assert.deepEqual(await answers(`${PAIRS} SELECT * EXCEPT (q.a, q.b, p.c) FROM p JOIN p q ON p.a = q.a ORDER BY 1`), [
    '1 | 2 | x',
    '3 | 4 | y',
  ])
  await assert.rejects(answers(`${PAIRS} SELECT * EXCEPT (d) FROM p`), { code: 'DSD2002' })
  await assert.rejects(answers(`${PAIRS} SELECT * EXCEPT (a) FROM p, p q`), { code: 'DSD2002' })
  await assert.rejects(answers(`${PAIRS} SELECT * EXCEPT (a, a) FROM p`), { code: 'DSD2008' })
})

test("arguments by name, also of functions of one's own", async () => {
  const own = 'CREATE FUNCTION minus(a INT, b INT) RETURNS INT LANGUAGE SQL AS $$ SELECT a - b $$;'
  assert.deepEqual(await answers(`${own} SELECT minus(b => 1, a => 5), minus(5, b := 1)`), ['4 | 4'])
  await assert.rejects(answers(`${own} SELECT minus(a => 1)`), { code: 'DSD2004' })
  await assert.rejects(answers(`${own} SELECT minus(a => 1, 2)`), { code: 'DSD2012' })
  await assert.rejects(answers('SELECT make_interval(1, years => 2)'), { code: 'DSD2012', message: /given twice/ })
  await assert.rejects(answers('SELECT make_interval(days => 1, eons => 2)'), {
    code: 'DSD2012',
    message: /it has years/,
  })
  await assert.rejects(answers('SELECT abs(x => 1)'), { code: 'DSD2012', message: /by place/ })
  await assert.rejects(answers('SELECT concat(VARIADIC a) FROM (SELECT ARRAY[1] AS a) t'), { code: 'DSD2005' })
})

test('WITH RECURSIVE takes its tables in any order, and none that read each other', async () => {
  const sql =
    'WITH RECURSIVE a AS (SELECT n + 1 AS n FROM b), b AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM b WHERE n < 3)'
  assert.deepEqual(await answers(`${sql} SELECT * FROM a ORDER BY n`), ['2', '3', '4'])
  await assert.rejects(
    answers('WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n FROM b), b AS (SELECT n FROM a) SELECT * FROM a'),
    { code: 'DSD2005', message: /read each other/ },
  )
})

test('WITH names a query once', async () => {
  await assert.rejects(answers('WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a'), { code: 'DSD2008' })
})

test('TRIM in all its spellings, of bytes too', async () => {
  for (const call of [
    "TRIM(BOTH 'xyz' FROM 'yxTomxx')",
    "TRIM(BOTH FROM 'yxTomxx', 'xyz')",
    "TRIM(BOTH 'yxTomxx', 'xyz')",
    "TRIM(FROM 'yxTomxx', 'xyz')",
    "TRIM('yxTomxx', 'xyz')",
  ])
    assert.deepEqual(await answers(`SELECT ${call}`), ['Tom'], call)
  assert.deepEqual(await answers("SELECT TRIM(LEADING '\\x9012'::bytea FROM '\\x1234567890'::bytea)"), ['\\x34567890'])
})

test('functions that give rows', async () => {
  const series =
    "generate_series('2020-03-28 00:00:00+00'::timestamptz, '2020-03-30 00:00:00+00', '1 day', 'Europe/Berlin')"
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["SELECT * FROM jsonb_array_elements('[1, [2, false]]')", ['1', '[2, false]']],
    ['SELECT x FROM jsonb_array_elements_text(\'["a", null]\') AS x', ['a', 'NULL']],
    ['SELECT x.value FROM jsonb_array_elements_text(\'["a", null]\') AS x', ['a', 'NULL']],
    ['SELECT * FROM jsonb_each(\'{"a": "foo", "b": 2}\')', ['a | "foo"', 'b | 2']],
    ['SELECT key, value FROM jsonb_each_text(\'{"a": "foo", "b": 2}\')', ['a | foo', 'b | 2']],
    ['SELECT jsonb_object_keys(\'{"f1": 1, "f2": {}}\')', ['f1', 'f2']],
    ["SELECT jsonb_path_query('{\"a\": [1, 2]}', '$.a[*]')", ['1', '2']],
    ["SELECT regexp_matches('foobarbequebaz', 'ba.', 'g')", ['{bar}', '{baz}']],
    ["SELECT regexp_matches('foobarbequebaz', 'ba.')", ['{bar}']],
    ["SELECT regexp_split_to_table('a b  c', '\\s+')", ['a', 'b', 'c']],
    ["SELECT string_to_table('xx~yy', '~')", ['xx', 'yy']],
    ['SELECT generate_subscripts(ARRAY[7, 8, 9], 1, true)', ['3', '2', '1']],
    ['SELECT * FROM UNNEST(ARRAY[ARRAY[1, 2], ARRAY[3]])', ['1', '2', '3']],
    [`SELECT EXTRACT(HOUR FROM s) FROM ${series} AS s`, ['0', '0', '23']],
  ]
  for (const [sql, rows] of cases) assert.deepEqual(await answers(sql), rows, sql)
  await assert.rejects(answers("SELECT * FROM jsonb_array_elements('{}')"), { code: 'DSD4005' })
})

test('regular expressions with a start, the n-th match and flags', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ["regexp_count('ABCABCAXYaxy', 'A.', 1, 'i')", '4'],
    ["regexp_instr('ABCDEF', 'c(.)(..)', 1, 1, 0, 'i', 2)", '5'],
    ["regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i', 2)", 'EF'],
    ["regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 3, 'i')", 'A PostgrXSQL function'],
    ["regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 0, 'i')", 'X PXstgrXSQL fXnctXXn'],
    ["regexp_match('abc', 'B', 'ic')", 'NULL'],
    ["regexp_match('abc', 'B', 'ci')", '{b}'],
  ]
  for (const [call, gives] of cases) assert.deepEqual(await answers(`SELECT ${call}`), [gives], call)
})

test('times are truncated as PostgreSQL types them', async () => {
  assert.deepEqual(await answers("SELECT pg_typeof(date_trunc('year', DATE '2024-05-06'))"), [
    'timestamp with time zone',
  ])
  assert.deepEqual(await answers("SELECT date_trunc('hour', TIME '02:47:33.5')"), ['02:00:00'])
  await assert.rejects(answers("SELECT date_trunc('week', INTERVAL '9 days')"), { code: 'DSD4005' })
})

test("JSON's null as a value of another type is NULL", async () => {
  assert.deepEqual(await answers("SELECT 'null'::jsonb::int, 'null'::jsonb::boolean IS NULL, '5'::jsonb::int"), [
    'NULL | t | 5',
  ])
})

test('tables of one name in several schemas', async () => {
  const setup = `CREATE SCHEMA s1; CREATE SCHEMA s2;
    CREATE TABLE s1.person (id INT, name VARCHAR); CREATE TABLE s2.person (id INT, mail VARCHAR);
    INSERT INTO s1.person VALUES (1, 'Ann'), (2, 'Bo'); INSERT INTO s2.person VALUES (2, 'bo@x');`
  const rows = (sql: string): Promise<readonly string[]> => answers(`${setup}${sql}`)
  assert.deepEqual(
    await rows('SELECT s1.person.name, s2.person.mail FROM s1.person JOIN s2.person ON s1.person.id = s2.person.id'),
    ['Bo | bo@x'],
  )
  assert.deepEqual(
    await rows(
      'SELECT name FROM s1.person WHERE NOT EXISTS (SELECT 1 FROM s2.person WHERE s2.person.id = s1.person.id)',
    ),
    ['Ann'],
  )
  assert.deepEqual(
    await rows(
      'SET search_path TO s2; CREATE TABLE own (a INT); INSERT INTO s2.own VALUES (7); SELECT a, mail FROM own, person',
    ),
    ['7 | bo@x'],
  )
  assert.deepEqual(await rows('DROP TABLE s2.person; SELECT COUNT(*) FROM s1.person'), ['2'])
  assert.deepEqual(await rows('DROP SCHEMA s1 CASCADE; SELECT COUNT(*) FROM s2.person'), ['1'])
  await assert.rejects(rows('SELECT person.id FROM s1.person, s2.person'), { code: 'DSD2002' })
  await assert.rejects(rows('SELECT s2.person.id FROM s1.person'), { code: 'DSD2002' })
  await assert.rejects(rows('SELECT s1.p.id FROM s1.person AS p'), { code: 'DSD2002' })
  await assert.rejects(rows('SELECT * FROM person'), { code: 'DSD2001' })
  await assert.rejects(rows('DROP SCHEMA s1'), { code: 'DSD2013' })
  await assert.rejects(rows('CREATE SCHEMA s1'), { code: 'DSD2008' })
})

test('tables of FROM have different names', async () => {
  await assert.rejects(answers(`${PAIRS} SELECT 1 FROM p, p`), { code: 'DSD2008' })
  await assert.rejects(answers(`${PAIRS} SELECT 1 FROM p AS q JOIN p AS q ON TRUE`), { code: 'DSD2008' })
  await assert.rejects(
    answers(`${PAIRS} CREATE SCHEMA s; CREATE TABLE s.w (a INT); WITH w AS (SELECT 1) SELECT 1 FROM s.w, w`),
    { code: 'DSD2008' },
  )
})

test('keys of JSON objects are scalars', async () => {
  assert.deepEqual(await answers("SELECT jsonb_build_object('a', ARRAY[1], 2, NULL)"), ['{"2": null, "a": [1]}'])
  for (const key of ['ARRAY[1]', 'ROW(1)', "'{}'::jsonb"])
    await assert.rejects(answers(`SELECT jsonb_build_object(${key}, 1)`), { code: 'DSD4005' }, key)
})

test('rows are ordered where literals of one read as the types of the other', async () => {
  // As RisingWave's e2e_test/batch/types/struct has it; PostgreSQL knows no such literals in rows.
  const rows = `CREATE TABLE r (a INT, b ROW<c INT, d VARCHAR>); INSERT INTO r VALUES (2, (1, '3')), (10, (1, '20'));`
  assert.deepEqual(await answers(`${rows} SELECT a, ROW(a, 1) < ROW('9', 1), b >= ROW('1', '3') FROM r ORDER BY a`), [
    '2 | t | t',
    '10 | f | f',
  ])
  assert.deepEqual(await answers(`${rows} SELECT ROW(a, ROW(a)) > ROW('2', ROW('1')) FROM r`), ['t', 't'])
  await assert.rejects(answers(`${rows} SELECT ROW(a, ROW(a)) > ROW('2', ROW(TRUE)) FROM r`), { code: 'DSD2004' })
})

test('a table or view goes into a schema that is there', async () => {
  for (const made of ['TABLE s1.t (a INT)', 'TABLE IF NOT EXISTS s1.t (a INT)', 'VIEW s1.v AS SELECT 1 AS a'])
    await assert.rejects(answers(`CREATE ${made}`), { code: 'DSD2001', message: /schema "s1"/ }, made)
  const made = 'CREATE SCHEMA s1; CREATE TABLE s1.t (a INT); CREATE TABLE public.t (b INT);'
  assert.deepEqual(await answers(`${made} INSERT INTO s1.t VALUES (1); SELECT a FROM s1.t`), ['1'])
})
