/**
 * Versioned views, the newest row of each key by event time: as of a left row's time each row of the table below was the
 * newest of its key until the next one, in whatever order they came. DuckDB's ASOF JOIN over all rows says what is right.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import type { SessionOptions } from '../packages/streamdown/src/session/session.ts'
import { type Draw, drawFrom } from './property/draw.ts'
import { type Cells, differenceOf, openOracle, ourRows, rowsOfOracle, seed } from './property/oracle.ts'

const environment = await createNodeEnvironment()
const oracle = await openOracle()

/** No row is late: all times lie within the out-of-orderness. */
const time = "ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR"
const newest = 'SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS place FROM rates'
const setUp = (kind: string): string => `
  CREATE TABLE orders (id INT, k INT, ${time})${kind};
  CREATE TABLE rates (k INT, rate INT, ${time})${kind};
  CREATE VIEW versions AS SELECT ts, rate, k FROM (${newest}) WHERE place = 1;
  CREATE VIEW numbered AS SELECT * FROM (${newest}) WHERE place = 1;
  CREATE VIEW highs AS SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS place
    FROM rates WHERE rate > 3) WHERE place <= 1`

const queries = [
  ['inner', 'JOIN versions', 'r.rate', 'ASOF JOIN rates'],
  ['left', 'LEFT JOIN versions', 'r.rate', 'ASOF LEFT JOIN rates'],
  ['with its number', 'LEFT JOIN numbered', 'r.rate, r.place', 'ASOF LEFT JOIN (SELECT *, 1 AS place FROM rates)'],
  ['over some rows', 'LEFT JOIN highs', 'r.rate', 'ASOF LEFT JOIN (SELECT * FROM rates WHERE rate > 3)'],
] as const

const modes: readonly SessionOptions[] = [
  { workers: 1, stepRows: 1 },
  { workers: 1, stepRows: 100_000 },
  { workers: 3, stepRows: 'random', seed },
]

const at = (second: number): string =>
  `TIMESTAMP '2026-01-01 00:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}'`

function drawInserts(draw: Draw): readonly string[] {
  const key = (): string => draw.oneOf(['1', '2', 'NULL'])
  // Of versions of the same key and time only one can be right.
  const free = Array.from({ length: 60 }, (_, second) => second)
  return Array.from({ length: draw.integer(2, 10) }, (_, n) => {
    if (draw.sometimes(2)) return `INSERT INTO orders VALUES (${n}, ${key()}, ${at(draw.integer(0, 60))})`
    const rows = Array.from({ length: draw.integer(1, 4) }, () => {
      const [second = 0] = free.splice(draw.integer(0, free.length - 1), 1)
      return `(${key()}, ${draw.integer(0, 9)}, ${at(second)})`
    })
    return `INSERT INTO rates VALUES ${rows.join(', ')}`
  })
}

async function expectedOf(inserts: readonly string[]): Promise<readonly (readonly Cells[])[]> {
  await oracle.run('CREATE OR REPLACE TABLE orders (id INT, k INT, ts TIMESTAMP)')
  await oracle.run('CREATE OR REPLACE TABLE rates (k INT, rate INT, ts TIMESTAMP)')
  for (const insert of inserts) await oracle.run(insert)
  const all: (readonly Cells[])[] = []
  for (const [, , columns, join] of queries)
    all.push(
      await rowsOfOracle(oracle, `SELECT o.id, ${columns} FROM orders AS o ${join} AS r ON o.k = r.k AND o.ts >= r.ts`),
    )
  return all
}

for (const kind of ['', ' APPEND ONLY']) {
  test(`each row of the table${kind.toLowerCase()} is a version, whatever the order of arrival`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async g => {
        const inserts = drawInserts(drawFrom(g))
        const expected = await expectedOf(inserts)
        for (const options of modes) {
          const session = await createSession({ dialect: 'flink', ...options }, environment)
          await session.execute(`${setUp(kind)}; ${inserts.join('; ')}`)
          for (const [i, [name, join, columns]] of queries.entries()) {
            const sql = `SELECT o.id, ${columns} FROM orders AS o ${join} FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k`
            const [result] = await session.execute(sql)
            assert.equal(result?.is, 'rows')
            const difference = differenceOf(ourRows(result.schema, result.rows), expected[i] ?? [], [])
            assert.equal(
              difference,
              undefined,
              `${difference}\n${name} ${JSON.stringify(options)}\n${inserts.join(';\n')}`,
            )
          }
          await session.close()
        }
      }),
      { numRuns: 12, seed },
    )
  })
}
