/** A dead letter says in which column or condition its row failed; `on_error = 'fail'` where the record was read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSession, writeLines } from './session.ts'

const lines = [
  '{"id": 1, "q": 1, "price": 10, "text": "1"}',
  '{"id": 2, "q": 1, "price": 4000000000, "text": "2"}',
  '{"id": 3, "q": 0, "price": 4, "text": "3"}',
  '{"id": 4, "q": 1, "price": 4, "text": "d1"}',
  '{"id": 5, "q": 1, "price": 4, "text": "300"}',
]

const created = (input: string): string =>
  `CREATE TABLE p (id INT, q INT, price BIGINT, text STRING) WITH (connector = 'file', path = '${input}', format = 'json')`

for (const [mode, options] of Object.entries({
  'one row a step': { stepRows: 1 },
  'one step': {},
  'two workers': { workers: 2 },
})) {
  test(`a failed row names the column or the condition, ${mode}`, () =>
    withSession(async (session, folder) => {
      await session.execute(`
        ${created(writeLines(folder, 'in.ndjson', lines))};
        CREATE MATERIALIZED VIEW v AS
          SELECT id, price * price * 4000000000 AS total, CAST(text AS TINYINT) AS small FROM p
          WHERE id > 0 AND 10 / q > 0;
        CREATE MATERIALIZED VIEW sums AS SELECT q, SUM(price * price * price * price) AS s FROM p WHERE id < 3 GROUP BY q;
        CREATE MATERIALIZED VIEW pairs AS SELECT a.id FROM p AS a JOIN p AS b ON a.id = b.id AND 100 / a.q > b.price`)
      await session.run({ stop: () => false })
      assert.deepEqual(
        session
          .deadLetters()
          .map(({ code, problem }) => `${code} ${problem}`)
          .sort(),
        [
          'DSD4002 condition (10 / q) > 0: Division by zero',
          'DSD4002 condition CAST(100 / q AS BIGINT) > price: Division by zero',
          'DSD4003 ((price * price) * price) * price: Numeric overflow',
          'DSD4003 column "total": Numeric overflow',
          `DSD4004 column "small": 'd1' is not a valid TINYINT`,
          'DSD4004 column "small": 300 is out of range of TINYINT',
        ],
      )
    }, options))
}

test("on_error = 'fail' says where the record was read", () =>
  withSession(async (session, folder) => {
    const input = writeLines(folder, 'in.ndjson', [lines[0] ?? '', '{"id": 2, "q": "x"}'])
    await session.execute(`SET on_error = 'fail'; ${created(input)}; CREATE MATERIALIZED VIEW v AS SELECT id, q FROM p`)
    await assert.rejects(session.run({ stop: () => false }), {
      code: 'DSD4001',
      message: `DSD4001 column "q": expected INT at byte 15 (in p, ${input}:44)`,
    })
  }))
