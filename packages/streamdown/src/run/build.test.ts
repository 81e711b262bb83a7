import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from '../session/create.ts'
import { buildGraph } from './build.ts'

const payments = `
  CREATE TABLE payments (card STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
  CREATE VIEW spend AS
    SELECT card, window_start, window_end, SUM(amount) AS total FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
    GROUP BY card, window_start, window_end;`

/** The operators between a query and a sink with this key. */
async function operatorsInto(key: string): Promise<readonly string[]> {
  const session = await createSession({}, await createNodeEnvironment())
  try {
    const program = await session.plan(`${payments}
      CREATE TABLE target (
        card STRING, window_start TIMESTAMP(3), window_end TIMESTAMP(3), total BIGINT, PRIMARY KEY (${key}) NOT ENFORCED
      ) WITH ('connector' = 'print');
      INSERT INTO target SELECT * FROM spend`)
    return buildGraph(program).vertices.flatMap(vertex => (vertex.is === 'operator' ? [vertex.name] : []))
  } finally {
    await session.close()
  }
}

test('a sink keeps no state for appended rows whose key comes once', async () => {
  const operators = await operatorsInto('card, window_start, window_end')
  assert.ok(!operators.includes('upsert') && !operators.includes('consolidate'), operators.join(', '))
})

test('a sink whose key the query does not prove keeps the last row of each key', async () => {
  const operators = await operatorsInto('card')
  assert.ok(operators.includes('upsert'), operators.join(', '))
})

test('the last row of each key of a stream goes to a sink of that key as it comes', async () => {
  const session = await createSession({}, await createNodeEnvironment())
  try {
    const program = await session.plan(`${payments}
      CREATE TABLE target (card STRING, amount INT, ts TIMESTAMP(3), PRIMARY KEY (card) NOT ENFORCED) WITH ('connector' = 'print');
      INSERT INTO target SELECT card, amount, ts
        FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ts DESC) AS n FROM payments) WHERE n = 1`)
    const names = buildGraph(program).vertices.flatMap(vertex => (vertex.is === 'operator' ? [vertex.name] : []))
    assert.ok(!names.includes('consolidate') && !names.includes('upsert'), names.join(', '))
  } finally {
    await session.close()
  }
})

/** The operators of a view over this query of payments. */
async function operatorsOf(query: string): Promise<readonly string[]> {
  const session = await createSession({}, await createNodeEnvironment())
  try {
    const program = await session.plan(`${payments}
      CREATE TABLE target WITH ('connector' = 'print') AS ${query}`)
    return buildGraph(program).vertices.flatMap(vertex => (vertex.is === 'operator' ? [vertex.name] : []))
  } finally {
    await session.close()
  }
}

test('groups give what a step changed once, so that nothing consolidates it again', async () => {
  const operators = await operatorsOf('SELECT card, SUM(amount) AS total FROM payments GROUP BY card')
  assert.ok(operators.includes('aggregate') && !operators.includes('consolidate'), operators.join(', '))
})

test('groups of merging sessions, and rows that lose a key, are consolidated', async () => {
  for (const query of [
    `SELECT card, window_end, SUM(amount) AS total
      FROM TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
      GROUP BY card, window_start, window_end EMIT CHANGES`,
    'SELECT SUM(amount) AS total FROM payments GROUP BY card',
  ]) {
    const operators = await operatorsOf(query)
    assert.ok(operators.includes('consolidate'), operators.join(', '))
  }
})
