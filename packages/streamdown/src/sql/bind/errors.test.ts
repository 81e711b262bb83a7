import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound } from '../../../test/sql-plans.ts'
import { StreamdownError } from '../../errors/error.ts'

const before =
  'CREATE TABLE orders (id INT, customer STRING, amount DECIMAL(10, 2), at TIMESTAMP(3)); CREATE VIEW big AS SELECT id FROM orders;'

/** Statements that must not bind: the code, and what the message says. */
const refused: readonly (readonly [sql: string, code: string, says: RegExp])[] = [
  ['SELECT * FROM ordrs', 'DSD2001', /Did you mean "orders"/],
  ['SELECT custmer FROM orders', 'DSD2002', /Did you mean "customer"/],
  ['SELECT o.nothing FROM orders o', 'DSD2002', /Columns: id, customer, amount, at/],
  ['SELECT id FROM orders, big', 'DSD2002', /several tables/],
  ['SELECT UPPPER(customer) FROM orders', 'DSD2003', /Did you mean UPPER/],
  ['SELECT UPPER(id, 1) FROM orders', 'DSD2004', /It takes/],
  ['SELECT id FROM orders WHERE amount', 'DSD2004', /BOOLEAN/],
  ['SELECT customer, id FROM orders GROUP BY customer', 'DSD2009', /must be in GROUP BY/],
  ['SELECT id FROM orders WHERE COUNT(*) > 1', 'DSD2009', /HAVING/],
  ['SELECT id FROM orders GROUP BY 3', 'DSD2010', /1 columns/],
  ['SELECT id, customer FROM orders UNION ALL SELECT id FROM orders', 'DSD2004', /2 columns, the right side 1/],
  ['SELECT id FROM orders UNION SELECT at FROM orders', 'DSD2004', /INT and TIMESTAMP/],
  ["SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(id), INTERVAL '1' MINUTE))", 'DSD2004', /TIMESTAMP column/],
  ["SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(at), INTERVAL '1' MONTH))", 'DSD2004', /fixed length/],
  [
    'SELECT SUM(amount) OVER (ORDER BY at ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM orders',
    'DSD2009',
    /before it starts/,
  ],
  ['SELECT SUM(amount) OVER (ORDER BY id, at RANGE 1 PRECEDING) FROM orders', 'DSD2009', /exactly one ORDER BY/],
  ["SELECT SUM(amount) OVER (ORDER BY at RANGE INTERVAL '1' MONTH PRECEDING) FROM orders", 'DSD2004', /months/],
  ['SELECT SUM(amount) OVER (ORDER BY at ROWS -1 PRECEDING) FROM orders', 'DSD2004', /not negative/],
  ['SELECT NTH_VALUE(amount, 0) OVER (ORDER BY at) FROM orders', 'DSD2004', /counts from 1/],
  ['SELECT LAG(amount) FILTER (WHERE amount > 1) OVER (ORDER BY at) FROM orders', 'DSD2012', /FILTER/],
  ['SELECT SUM(amount) OVER w FROM orders', 'DSD2009', /no window "w"/],
  ["SELECT * FROM GAP_FILL(orders, id, INTERVAL '1' DAY)", 'DSD2004', /TIMESTAMP column/],
  ["SELECT * FROM GAP_FILL(orders, at, INTERVAL '1' DAY, INTERPOLATE(customer))", 'DSD2004', /takes numbers/],
  ["SELECT * FROM GAP_FILL(orders, at, INTERVAL '0' DAY, LOCF(amount))", 'DSD2004', /longer than nothing/],
  ['SELECT UPPER(id) OVER (ORDER BY at) FROM orders', 'DSD2003', /no aggregate UPPER/],
  [
    'SELECT * FROM orders MATCH_RECOGNIZE (ORDER BY at MEASURES LISTAGG(A.id) AS x PATTERN (A) DEFINE A AS id > 1)',
    'DSD2005',
    /COUNT, SUM, AVG, MIN and MAX/,
  ],
  ['WITH r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r', 'DSD2001', /RECURSIVE/],
  ['INSERT INTO orders SELECT id FROM orders', 'DSD2010', /has 4/],
  ['INSERT INTO orders (id, id) VALUES (1, 2)', 'DSD2008', /named twice/],
  ['INSERT INTO orders (id) SELECT customer FROM orders', 'DSD2004', /Use CAST/],
  ['INSERT INTO big VALUES (1)', 'DSD2006', /is a view/],
  ['UPDATE orders SET amout = 1', 'DSD2002', /Did you mean "amount"/],
  ['CREATE TABLE orders (id INT)', 'DSD2008', /already/],
  ['CREATE TABLE x (a INTT)', 'DSD2004', /Did you mean "INT"/],
  ['CREATE TABLE x (a INT, a INT)', 'DSD2008', /twice/],
  ['CREATE TABLE x (a INT, WATERMARK FOR a AS a)', 'DSD2004', /TIMESTAMP/],
  ['CREATE TABLE x (a INT, PRIMARY KEY (b) NOT ENFORCED)', 'DSD2002', /"b"/],
  ['DROP TABLE orders', 'DSD2013', /used by big/],
  ['DROP VIEW orders', 'DSD2001', /DROP TABLE/],
  ['SELECT * FROM LATE(TABLE big)', 'DSD2011', /late rows/],
]

for (const [sql, code, says] of refused) {
  test(sql, () => {
    assert.throws(
      () => bound(sql, { before }),
      (error: unknown) => {
        assert.ok(error instanceof StreamdownError, String(error))
        assert.equal(error.code, code, error.message)
        assert.match(error.message, says)
        return true
      },
    )
  })
}

test('an error shows the place in the text', () => {
  assert.throws(
    () => bound('SELECT id,\n  custmer\nFROM orders', { before }),
    /line 2, column 3:\n {2}\| {3}custmer\n {2}\| {3}\^{7}/,
  )
})

test('names follow the dialect', () => {
  const create = 'CREATE TABLE People ("Name" STRING, age INT);'
  assert.throws(() => bound('SELECT * FROM people', { before: create }), { code: 'DSD2001' })
  assert.throws(() => bound('SELECT name FROM People', { dialect: 'postgres', before: create }), { code: 'DSD2002' })
  const folded = bound('SELECT "Name", AGE FROM PEOPLE', { dialect: 'postgres', before: create })
  assert.ok(folded.is === 'select')
  assert.deepEqual(
    folded.plan.schema.map(field => field.name),
    ['Name', 'age'],
  )
  const settings = { identifier_case: 'insensitive' }
  assert.equal(bound('SELECT NAME FROM pEOPLE', { settings, before: create }).is, 'select')
})
