import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'

const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())

async function rowsOf(sql: string): Promise<unknown> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? result.rows : undefined
}

test('functions that give rows within the arguments of others: the inner ones come first', async () => {
  assert.deepEqual(await rowsOf("SELECT unnest(regexp_matches('a1b2', '([a-z])([0-9])', 'g'))"), [
    ['a'],
    ['1'],
    ['b'],
    ['2'],
  ])
  assert.deepEqual(await rowsOf('SELECT generate_series(1, generate_series(1, 3)), 7'), [
    [1, 7],
    [1, 7],
    [2, 7],
    [1, 7],
    [2, 7],
    [3, 7],
  ])
})

test('COMMENT ON what is there', async () => {
  await session.execute(`CREATE TABLE told (a INT); COMMENT ON TABLE told IS 'a table';
    COMMENT ON COLUMN told.a IS 'a column'; COMMENT ON COLUMN told.a IS NULL`)
  await assert.rejects(session.execute("COMMENT ON COLUMN told.b IS ''"), { code: 'DSD2002' })
  await assert.rejects(session.execute("COMMENT ON VIEW nothing IS ''"), { code: 'DSD2001' })
})

test('statements that change rows are refused within WITH by name', async () => {
  const sql = 'WITH w AS (INSERT INTO told VALUES (1) RETURNING *) SELECT * FROM w'
  await assert.rejects(session.execute(sql), /DSD1001.*changes rows/s)
})

test('DOUBLE: halves round to the even neighbour, and e to the power of a number fails out of range', async () => {
  assert.deepEqual(
    await rowsOf('SELECT round(0.5::float8), round(1.5::float8), round(2.5::float8), round(-3.2::real)'),
    [[0, 2, 2, -3]],
  )
  assert.deepEqual(await rowsOf("SELECT exp('inf'::float8), exp('-inf'::float8)"), [[Number.POSITIVE_INFINITY, 0]])
  await assert.rejects(session.execute('SELECT exp(1000::float8)'), { code: 'DSD4003' })
  await assert.rejects(session.execute('SELECT exp(-1000::float8)'), { code: 'DSD4003' })
})
