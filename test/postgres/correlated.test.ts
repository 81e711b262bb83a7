/** Subqueries that use columns of the queries around them, wherever SQL lets them. Expected rows are counted by hand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answers } from './answers.ts'

const SETUP = `
  CREATE TABLE team (id INT, name VARCHAR, boss INT);
  INSERT INTO team VALUES (1, 'red', 10), (2, 'blue', 11), (3, 'grey', NULL);
  CREATE TABLE member (id INT, team INT, age INT);
  INSERT INTO member VALUES (10, 1, 40), (11, 2, 35), (12, 1, 20), (13, 1, 30);
  CREATE TABLE badge (member INT, team INT, title VARCHAR);
  INSERT INTO badge VALUES (10, 1, 'gold'), (12, 1, 'tin'), (11, 1, 'odd');
`

const cases: readonly { readonly what: string; readonly sql: string; readonly gives: readonly string[] }[] = [
  {
    what: 'in the condition of a join',
    sql: `SELECT name FROM team t WHERE EXISTS (
            SELECT 1 FROM member m JOIN badge b ON b.member = m.id AND b.team = t.id AND m.team = t.id) ORDER BY id`,
    gives: ['red'],
  },
  {
    what: 'in the condition of an outer join, where it decides what stays unmatched',
    sql: `SELECT name, (SELECT COUNT(b.title) FROM member m LEFT JOIN badge b ON b.member = m.id AND b.team = t.id)
          FROM team t ORDER BY id`,
    gives: ['red | 3', 'blue | 0', 'grey | 0'],
  },
  {
    what: 'in a table of FROM',
    sql: `SELECT name, (SELECT MAX(age) FROM (SELECT age FROM member WHERE team = t.id) own) FROM team t ORDER BY id`,
    gives: ['red | 40', 'blue | 35', 'grey | NULL'],
  },
  {
    what: 'from two queries further out',
    sql: `SELECT name FROM team t WHERE EXISTS (
            SELECT 1 FROM member m WHERE m.team = t.id AND m.id IN (SELECT b.member FROM badge b WHERE b.team = t.id))
          ORDER BY id`,
    gives: ['red'],
  },
  {
    what: 'on both sides of a UNION',
    sql: `SELECT name FROM team t WHERE EXISTS (
            SELECT 1 FROM member m WHERE m.id = t.boss AND m.age > 38
            UNION ALL SELECT 1 FROM badge b WHERE b.team = t.id AND b.title = 'none') ORDER BY id`,
    gives: ['red'],
  },
  {
    what: 'a window over the rows of each outer row alone',
    sql: `SELECT name, (SELECT SUM(age) OVER () FROM member m WHERE m.team = t.id ORDER BY age LIMIT 1)
          FROM team t ORDER BY id`,
    gives: ['red | 90', 'blue | 35', 'grey | NULL'],
  },
  {
    what: 'LIMIT under a condition that is no equality',
    sql: `SELECT name, (SELECT age FROM member m WHERE m.id > t.boss ORDER BY age LIMIT 1) FROM team t ORDER BY id`,
    gives: ['red | 20', 'blue | 20', 'grey | NULL'],
  },
  {
    what: 'as a key of grouping sets',
    sql: `SELECT name, (SELECT COUNT(*) FROM (SELECT t.id FROM member GROUP BY GROUPING SETS ((t.id), ())) g)
          FROM team t ORDER BY id`,
    gives: ['red | 2', 'blue | 2', 'grey | 2'],
  },
  {
    what: 'elements of an array of the outer row',
    sql: `SELECT k, (SELECT SUM(e) FROM UNNEST(list) AS e), (SELECT MAX(e) FROM (SELECT UNNEST(list) AS e) q)
          FROM (VALUES (1, ARRAY[1, 2, 3]), (2, ARRAY[5])) AS v(k, list) ORDER BY k`,
    gives: ['1 | 6 | 3', '2 | 5 | 5'],
  },
  {
    what: 'on the left of IN',
    sql: `SELECT name FROM team t WHERE t.boss = (
            SELECT MIN(m.id) FROM member m WHERE t.name IN (SELECT 'red' FROM badge)) ORDER BY id`,
    gives: ['red'],
  },
  {
    what: 'on the left of NOT IN and of ALL, inside of EXISTS',
    sql: `SELECT name FROM team t WHERE EXISTS (SELECT 1 FROM member m WHERE t.boss NOT IN (SELECT b.member FROM badge b))
            OR EXISTS (SELECT 1 FROM member m WHERE t.id >= ALL (SELECT b.team + 2 FROM badge b)) ORDER BY id`,
    gives: ['grey'],
  },
  {
    what: 'on the left of IN as a value',
    sql: `SELECT name, (SELECT COUNT(*) FROM member m WHERE m.age > 38 OR t.id IN (SELECT b.team FROM badge b))
          FROM team t ORDER BY id`,
    gives: ['red | 4', 'blue | 1', 'grey | 1'],
  },
  {
    what: 'in HAVING',
    sql: `SELECT name, (SELECT MAX(age) FROM member m WHERE m.team = t.id GROUP BY m.team HAVING MIN(m.id) = t.boss)
          FROM team t ORDER BY id`,
    gives: ['red | 40', 'blue | 35', 'grey | NULL'],
  },
  {
    what: 'in HAVING, of another table than in WHERE',
    sql: `SELECT t.name, m.id FROM team t JOIN member m ON m.age > (
            SELECT MIN(o.age) FROM member o WHERE o.team = m.team GROUP BY o.team HAVING MAX(o.id) > t.boss)
          ORDER BY m.id, t.id`,
    gives: ['red | 10', 'blue | 10', 'red | 13', 'blue | 13'],
  },
  {
    what: 'beside its own columns in the select list of LATERAL',
    sql: `SELECT q.n, q.next, q.x FROM team t, LATERAL (
            SELECT t.name AS n, t.id + 1 AS next, u.x FROM UNNEST(ARRAY[7, 8]) AS u(x)) AS q WHERE t.id = 2 ORDER BY q.x`,
    gives: ['blue | 3 | 7', 'blue | 3 | 8'],
  },
  {
    what: 'what is lateral sees the tables before a comma',
    sql: `SELECT a, b, x FROM (VALUES (1)) AS p(a), (VALUES (2)) AS q(b) CROSS JOIN UNNEST(ARRAY[a, b]) AS u(x) ORDER BY x`,
    gives: ['1 | 2 | 1', '1 | 2 | 2'],
  },
  {
    what: 'in a table of WITH, read twice',
    sql: `SELECT name, (WITH own(a) AS (SELECT age FROM member m WHERE m.team = t.id)
            SELECT COUNT(*) FROM own x JOIN own y ON x.a > y.a) FROM team t ORDER BY t.id`,
    gives: ['red | 3', 'blue | 0', 'grey | 0'],
  },
  {
    what: 'in a table of WITH that another one reads',
    sql: `SELECT name, (WITH own AS (SELECT age FROM member m WHERE m.team = t.id), old AS (SELECT age FROM own WHERE age > 25)
            SELECT SUM(age) FROM old) FROM team t ORDER BY t.id`,
    gives: ['red | 70', 'blue | 35', 'grey | NULL'],
  },
  {
    what: 'in a table of WITH with LIMIT, and one with UNION',
    sql: `SELECT name, (WITH two AS (SELECT age FROM member m WHERE m.team = t.id ORDER BY age DESC LIMIT 2)
            SELECT MIN(age) FROM two), (WITH more AS (SELECT age FROM member m WHERE m.team = t.id UNION SELECT t.id)
            SELECT SUM(age) FROM more) FROM team t ORDER BY t.id`,
    gives: ['red | 30 | 91', 'blue | 35 | 37', 'grey | NULL | 3'],
  },
  {
    what: 'in a table of WITH, read where its name for the outer table means another one',
    sql: `SELECT name, (WITH own AS (SELECT age FROM member WHERE team = t.id)
            SELECT COUNT(*) FROM (SELECT 99 AS id, 2 AS team) t WHERE EXISTS (SELECT 1 FROM own WHERE age > t.team))
          FROM team t ORDER BY t.id`,
    gives: ['red | 1', 'blue | 1', 'grey | 0'],
  },
  {
    what: 'in a table of WITH of a lateral query',
    sql: `SELECT name, n FROM team t LEFT JOIN LATERAL (WITH own AS (SELECT age FROM member m WHERE m.team = t.id)
            SELECT age AS n FROM own ORDER BY age LIMIT 1) c ON TRUE ORDER BY t.id`,
    gives: ['red | 20', 'blue | 35', 'grey | NULL'],
  },
]

for (const { what, sql, gives } of cases)
  test(`a column of the query around it: ${what}`, async () => {
    assert.deepEqual(await answers(`${SETUP}${sql}`), gives)
  })

test('a subquery as a value gives one row at most', async () => {
  await assert.rejects(answers(`${SETUP}SELECT (SELECT age FROM member)`), /more than one row/)
  await assert.rejects(
    answers(`${SETUP}SELECT (SELECT age FROM member m WHERE m.team = t.id) FROM team t`),
    /more than/,
  )
  assert.deepEqual(await answers(`${SETUP}SELECT (SELECT age FROM member WHERE id = 12)`), ['20'])
})

test('ARRAY(SELECT …) keeps the order of its query', async () => {
  assert.deepEqual(await answers(`${SETUP}SELECT ARRAY(SELECT age FROM member ORDER BY id DESC)`), ['{30,20,35,40}'])
  assert.deepEqual(
    await answers(
      `${SETUP}SELECT name, ARRAY(SELECT id FROM member m WHERE m.team = t.id ORDER BY age) FROM team t ORDER BY id`,
    ),
    ['red | {12,13,10}', 'blue | {11}', 'grey | {}'],
  )
})
