import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { brackets } from './brackets.fixture.ts'

/** The operators of one level of PostgreSQL's precedence table, tightest first. */
const levels: readonly (readonly string[])[] = [
  ['^'],
  ['*', '/', '%'],
  ['+', '-'],
  ['||', '&', '|', '#', '<<', '>>', '->', '->>', '@>', '<@', '&&', '~', '!~*'],
  ['LIKE', 'ILIKE', 'SIMILAR TO'],
  ['<', '>', '=', '<=', '>=', '<>'],
  ['IS DISTINCT FROM'],
  ['AND'],
  ['OR'],
]
const shown = (operator: string) => ({ 'SIMILAR TO': 'SIMILAR', 'IS DISTINCT FROM': 'DISTINCT' })[operator] ?? operator

describe('precedence, as in the PostgreSQL manual', () => {
  for (const [tight, tighter] of levels.entries()) {
    for (const looser of levels.slice(tight + 1)) {
      test(`${tighter.join(' ')} binds tighter than ${looser.join(' ')}`, () => {
        for (const a of tighter) {
          for (const b of looser) {
            assert.equal(brackets(`x ${b} y ${a} z`), `(x ${shown(b)} (y ${shown(a)} z))`)
            assert.equal(brackets(`x ${a} y ${b} z`), `((x ${shown(a)} y) ${shown(b)} z)`)
          }
        }
      })
    }
  }

  test('operators of one level lean left', () => {
    for (const level of levels.slice(0, 4)) {
      for (const a of level) {
        for (const b of level) assert.equal(brackets(`x ${a} y ${b} z`), `((x ${a} y) ${b} z)`)
      }
    }
  })

  const cases: readonly (readonly [string, string])[] = [
    ['-3 ^ 2', '((- 3) ^ 2)'],
    ['-x::int', '(- CAST(x INT))'],
    ['- - x', '(- (- x))'],
    ['a - -1', '(a - (- 1))'],
    ['2 | 3 & 4', '((2 | 3) & 4)'],
    ['NOT a = b', '(NOT (a = b))'],
    ['NOT a AND b', '((NOT a) AND b)'],
    ['NOT NOT a IS NULL', '(NOT (NOT (a IS NULL)))'],
    ['a = b IS NULL', '((a = b) IS NULL)'],
    ['a AND b AND c OR d', '((a AND b AND c) OR d)'],
    ['(a AND b) AND c', '((a AND b) AND c)'],
    ['a OR b AND NOT c OR d', '(a OR (b AND (NOT c)) OR d)'],
    ['a BETWEEN b + 1 AND c * 2 AND d', '((a BETWEEN (b + 1) (c * 2)) AND d)'],
    ['a NOT BETWEEN 1 AND 2 OR b', '((a NOT BETWEEN 1 2) OR b)'],
    ["ts AT TIME ZONE 'UTC' + x", '((ts AT "UTC") + x)'],
    ["a - ts AT TIME ZONE 'UTC'", '(a - (ts AT "UTC"))'],
    ["ts AT TIME ZONE 'a' AT TIME ZONE 'b'", '((ts AT "a") AT "b")'],
    ['a || b COLLATE "C" = \'x\'', '((a || (b COLLATE C)) = "x")'],
    ['|/ x::int + 1', '(|/ (CAST(x INT) + 1))'],
    ['0.5 - ||/ 0.125 < 1', '((0.5 - (||/ 0.125)) < 1)'],
    ["j -> 'a' ->> 'b' = 'c'", '(((j -> "a") ->> "b") = "c")'],
    ['a[1][2].f::int', 'CAST(a[1][2]->f INT)'],
    ['1 * array[1][1]', '(1 * [1][1])'],
    ['x == y', '(x = y)'],
    ['x != y', '(x <> y)'],
    ['a LIKE b || c', '(a LIKE (b || c))'],
    ['a IN (1, 2) = b', '((a IN [1, 2]) = b)'],
    ['a < b = c', '((a < b) = c)'],
  ]
  for (const [sql, tree] of cases) test(sql, () => assert.equal(brackets(sql), tree))
})

describe('forms', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a.b.c', 'a.b.c'],
    ['(a).b.c', 'a->b->c'],
    ['f(x).y[1].z', 'f(x)->y[1]->z'],
    ['s.f(1)', 's.f(1)'],
    ['x[1:2]', 'x[1:2]'],
    ['x[:2]', 'x[:2]'],
    ['x[1:]', 'x[1:]'],
    ['x[:]', 'x[:]'],
    ['x[-1:a + 1]', 'x[(- 1):(a + 1)]'],
    ["m['k']['l']", 'm["k"]["l"]'],
    ['ARRAY[1, [2, 3], ARRAY[]]', '[1, [2, 3], []]'],
    ['[1, 2][1]', '[1, 2][1]'],
    ["MAP['a', 1, 'b', 2]", '{"a": 1, "b": 2}'],
    ["MAP {'a': 1, 'b': MAP{}}", '{"a": 1, "b": {}}'],
    ["{a: 1, 'b c': 2}", 'ROW(a: 1, b c: 2)'],
    ['ROW(1, t.*, *)', 'ROW(1, t.*, *)'],
    ['ROW()', 'ROW()'],
    ['(1, (2, 3))', 'row(1, row(2, 3))'],
    ['((1))', '1'],
    ['|x| x + 1', '|x| (x + 1)'],
    ['f(a, |k, v| v > 1 AND k)', 'f(a, |k, v| ((v > 1) AND k))'],
    ['transform(a, x -> x > 5)', 'transform(a, |x| (x > 5))'],
    ['f(j -> 5)', 'f((j -> 5))'],
    ['f(a, (x, y) -> x + y)', 'f(a, |x, y| (x + y))'],
    ["DATE '2020-01-01'", '<DATE "2020-01-01">'],
    ["date'2020-01-01'", '<DATE "2020-01-01">'],
    ["TIMESTAMP(3) WITH TIME ZONE 'x'", '<TIMESTAMP WITH TIME ZONE(3) "x">'],
    ["DOUBLE PRECISION '1'", '<DOUBLE PRECISION "1">'],
    ["bool 't' = bool 'f'", '(<BOOL "t"> = <BOOL "f">)'],
    ["INTERVAL '1' DAY", '<interval "1" DAY>'],
    ["INTERVAL '1 day'", '<interval "1 day">'],
    ['INTERVAL 2 SECONDS', '<interval 2 SECOND>'],
    ["INTERVAL -'1' HOUR", '<interval -"1" HOUR>'],
    ["INTERVAL '1 2:3' DAY(3) TO SECOND(6)", '<interval "1 2:3" DAY/SECOND 3,6>'],
    ["INTERVAL '1.5' SECOND(2, 3)", '<interval "1.5" SECOND 2,3>'],
    ['INTERVAL n DAY', '<interval n DAY>'],
    ['INTERVAL (n + 1) MINS', '<interval (n + 1) MINUTE>'],
    ['interval + 1', '(interval + 1)'],
    ["'a'::interval", 'CAST("a" INTERVAL)'],
    ['1::double precision::varchar(3)', 'CAST(CAST(1 DOUBLE PRECISION) VARCHAR(3))'],
    ['CAST(x AS INT NOT NULL)', 'CAST(x INT NOT NULL)'],
    ['TRY_CAST(x AS INT)', 'TRY_CAST(x INT)'],
    ['CASE WHEN a THEN b END', '(CASE WHEN a THEN b)'],
    ['CASE a WHEN 1, 2 THEN b ELSE c END', '(CASE a WHEN 1, 2 THEN b ELSE c)'],
    ['a IS NOT NULL', '(a IS NOT NULL)'],
    ['a ISNULL', '(a IS NULL)'],
    ['a IS NOT UNKNOWN', '(a IS NOT UNKNOWN)'],
    ['a IS JSON OBJECT', '(a IS JSON OBJECT)'],
    ['a IS NOT DISTINCT FROM b', '(a SAME b)'],
    ['a BETWEEN SYMMETRIC 1 AND 2', '(a BETWEEN SYMMETRIC 1 2)'],
    ['(a, b) IN ((1, 2), (3, 4))', '(row(a, b) IN [row(1, 2), row(3, 4)])'],
    ['a NOT IN (SELECT 1)', '(a NOT IN <query>)'],
    ['a IN ((SELECT 1), 2)', '(a IN [<query>, 2])'],
    ['a IN ((SELECT 1) UNION SELECT 2)', '(a IN <query>)'],
    ['a IN (VALUES (1), (2))', '(a IN <query>)'],
    ["a NOT LIKE 'x' ESCAPE '!'", '(a NOT LIKE "x" ESCAPE "!")'],
    ["a SIMILAR TO 'x'", '(a SIMILAR "x")'],
    ['a = ANY (b)', '(a = ANY b)'],
    ['a < SOME (SELECT 1)', '(a < ANY <query>)'],
    ['a <> ALL (1, 2)', '(a <> ALL row(1, 2))'],
    ["a NOT LIKE ANY (ARRAY['x'])", '(a NOT LIKE ANY ["x"])'],
    ['EXISTS (SELECT 1)', 'EXISTS <query>'],
    ['exists(a, x -> x)', 'exists(a, |x| x)'],
    ['ARRAY(SELECT 1)', 'ARRAY <query>'],
    ['((SELECT 1) + 1)', '(<query> + 1)'],
    ['(((SELECT 1)) UNION SELECT 2)', '<query>'],
    ['((SELECT 1), 2)', 'row(<query>, 2)'],
    ['ts AT LOCAL', '(ts AT LOCAL)'],
    ['EXTRACT(epoch FROM ts)', 'EXTRACT(EPOCH ts)'],
    ["EXTRACT('year' FROM ts)", 'EXTRACT(YEAR ts)'],
    ['SUBSTRING(x FROM 2 FOR 3)', 'SUBSTRING(x, 2, 3)'],
    ['SUBSTRING(x FOR 3)', 'SUBSTRING(x, 1, 3)'],
    ['SUBSTRING(x, 2)', 'SUBSTRING(x, 2)'],
    ["POSITION('a' IN b)", 'POSITION("a", b)'],
    ['OVERLAY(a PLACING b FROM 2 FOR 3)', 'OVERLAY(a, b, 2, 3)'],
    ["TRIM(LEADING 'x' FROM y)", 'TRIM(LEADING "x" y)'],
    ['TRIM(BOTH FROM y)', 'TRIM(BOTH - y)'],
    ["TRIM('x' FROM y)", 'TRIM(BOTH "x" y)'],
    ['TRIM(y)', 'TRIM(y)'],
    ['TRIM(y, z)', 'TRIM(y, z)'],
    ['FLOOR(ts TO DAY)', 'FLOOR(ts, <DAY>)'],
    ['CEIL(x)', 'CEIL(x)'],
    ['TIMESTAMPADD(SQL_TSI_DAY, 1, x)', 'TIMESTAMPADD(<DAY>, 1, x)'],
    ['COUNT(*)', 'COUNT(*)'],
    ['COUNT(t.*)', 'COUNT(t.*)'],
    ['COUNT(DISTINCT a, b)', 'COUNT(DISTINCT a, b)'],
    ["string_agg(a, ',' ORDER BY b DESC NULLS LAST, c)", 'string_agg(a, "," ORDER b DESC LAST, c)'],
    ['f(a => 1, b := 2)', 'f(a => 1, b => 2)'],
    ['f(VARIADIC a)', 'f(VARIADIC a)'],
    ['f(TABLE t PARTITION BY a, b ORDER BY c, DESCRIPTOR(ts, x.y))', 'f(TABLE t BY a, b ORDER c, DESCRIPTOR(ts, x.y))'],
    ['f(SELECT 1)', 'f(TABLE <query>)'],
    ['p(0.5) WITHIN GROUP (ORDER BY a DESC)', 'p(0.5) WITHIN a DESC'],
    ['sum(a) FILTER (WHERE b > 1) OVER w', 'sum(a) FILTER (b > 1) OVER w'],
    ['first_value(a IGNORE NULLS) OVER ()', 'first_value(a) IGNORE OVER <window>'],
    ['first_value(f(a) IGNORE NULLS) OVER ()', 'first_value(f(a)) IGNORE OVER <window>'],
    ['array_agg(f(a) IGNORE NULLS ORDER BY b)', 'array_agg(f(a) ORDER b) IGNORE'],
    ['(first_value(a) IGNORE NULLS)', 'first_value(a) IGNORE'],
    ['lag(a, 1) RESPECT NULLS OVER (ORDER BY b)', 'lag(a, 1) RESPECT OVER <window>'],
    ['FINAL LAST(A.x)', 'FINAL LAST(A.x)'],
    ['CURRENT_TIMESTAMP + x', '(CURRENT_TIMESTAMP + x)'],
    ['CURRENT_TIMESTAMP(3)', 'CURRENT_TIMESTAMP(3)'],
    ['? + ? + $3 + :name', '((($1 + $2) + $3) + $name)'],
    ['?||?|?', '(($1 || $2) | $3)'],
    ["j ?| ARRAY['a'] AND ?", '((j ?| ["a"]) AND $1)'],
    ["JSON_OBJECT(KEY 'a' VALUE 1, 'b' : 2)", 'JSON_OBJECT("a", 1, "b", 2)'],
  ]
  for (const [sql, tree] of cases) test(sql, () => assert.equal(brackets(sql), tree))

  test('words of the grammar are names where they cannot be more', () => {
    const words =
      'timestamp start end count value user date window rows key offset partition year month day hour first last rank ' +
      'current time type any filter over left right if replace row map array interval exists position trim json set show ' +
      'values order group full limit'
    for (const word of words.split(' ')) {
      assert.equal(brackets(word), word)
      assert.equal(brackets(`${word} = 1`), `(${word} = 1)`)
      assert.equal(brackets(`t.${word}`), `t.${word}`)
    }
    for (const word of ['select', 'from', 'case', 'null'])
      assert.equal(brackets(`t.${word}.${word}`), `t.${word}.${word}`)
  })
})
