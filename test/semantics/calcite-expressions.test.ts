/** What Calcite's own tests (core/src/test/resources/sql) give for words and forms that PostgreSQL does not have. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'

const setup = `CREATE TYPE point AS (x INT, y INT); CREATE TABLE t (month INT, unknown INT)`

const cases: Readonly<Record<string, readonly string[]>> = {
  // operator.iq: weeks begin on Sunday.
  "SELECT FLOOR(DATE '2019-07-05' TO WEEK), CEIL(DATE '2019-07-05' TO WEEK)": ['2019-06-30 2019-07-07'],
  "SELECT FLOOR(v TO WEEK), CEIL(v TO WEEK) FROM (VALUES (TIMESTAMP '2019-07-05 12:34:56')) AS t(v)": [
    '2019-06-30 00:00:00 2019-07-07 00:00:00',
  ],
  "SELECT FLOOR(v TO WEEK), CEIL(v TO WEEK) FROM (VALUES (TIMESTAMP '2019-07-07 00:00:00')) AS t(v)": [
    '2019-07-07 00:00:00 2019-07-07 00:00:00',
  ],
  // big-query.iq
  "SELECT DATE_TRUNC(DATE '1993-12-25', WEEK), TIMESTAMP_TRUNC(TIMESTAMP '2019-07-05 12:34:56', MINUTE)": [
    '1993-12-19 2019-07-05 12:34:00',
  ],
  "SELECT TIME_TRUNC(TIME '12:34:56', HOUR)": ['12:00:00'],
  "SELECT DATE_PART(month, TIMESTAMP '2019-07-05 12:34:56')": ['7'],
  // scalar.iq, agg.iq
  'SELECT UNKNOWN IS NULL, UNKNOWN OR TRUE, NOT UNKNOWN': ['t t NULL'],
  'SELECT ROUND(PI, 4)': ['3.1416'],
  'SELECT MAX(v), MIN(v) FROM (VALUES CAST(-86.4 AS DOUBLE), CAST(-100 AS DOUBLE)) AS t(v)': ['-86.4 -100'],
  'VALUES CAST(POWER(0.5, 2) AS DOUBLE)': ['0.25'],
  'SELECT * FROM (VALUES 1, 2, 3) AS t(x) MINUS SELECT 2': ['1', '3'],
  // struct.iq
  'SELECT point(1, 2), point(3, NULL).x': ['(1,2) 3'],
}

test('forms of Calcite', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(setup)
  for (const [sql, expected] of Object.entries(cases)) {
    const [result] = await session.execute(sql)
    assert.equal(result?.is, 'rows', sql)
    const lines = result.rows.map(row =>
      row.map((value, i) => textOf(value, result.schema[i]?.type ?? { is: 'null' }, 'postgres')).join(' '),
    )
    assert.deepEqual(lines, expected, sql)
  }
  await session.close()
})

test('a column goes before the word', async () => {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  await session.execute(`${setup}; INSERT INTO t VALUES (7, 8)`)
  const [result] = await session.execute('SELECT unknown FROM t')
  assert.deepEqual(result?.is === 'rows' && result.rows, [[8]])
  await assert.rejects(session.execute("SELECT DATE_PART(month, DATE '2019-07-05') FROM t"), { code: 'DSD2004' })
  await assert.rejects(session.execute('SELECT point(1)'), { code: 'DSD2004' })
  await session.close()
})
