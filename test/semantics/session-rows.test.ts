/** Rows of SESSION that no aggregate takes: as Flink's and Calcite's documentation print them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'
import { answer, withSession } from './session.ts'

const table = `CREATE TABLE Bid (bidtime TIMESTAMP(3), price DECIMAL(10, 2), item STRING,
  WATERMARK FOR bidtime AS bidtime - INTERVAL '1' SECOND);`
const rows = [
  "TIMESTAMP '2020-04-15 08:07:00', 4.00, 'A'",
  "TIMESTAMP '2020-04-15 08:06:00', 2.00, 'A'",
  "TIMESTAMP '2020-04-15 08:09:00', 5.00, 'B'",
  "TIMESTAMP '2020-04-15 08:08:00', 3.00, 'A'",
  "TIMESTAMP '2020-04-15 08:17:00', 1.00, 'B'",
]
const bids = `${table} INSERT INTO Bid VALUES ${rows.map(row => `(${row})`).join(', ')};`
const byItem = "SESSION(TABLE Bid PARTITION BY item, DESCRIPTOR(bidtime), INTERVAL '5' MINUTES)"

const byItemRows = [
  '1.00 B 2020-04-15 08:17:00.000 2020-04-15 08:22:00.000 2020-04-15 08:21:59.999',
  '2.00 A 2020-04-15 08:06:00.000 2020-04-15 08:13:00.000 2020-04-15 08:12:59.999',
  '3.00 A 2020-04-15 08:06:00.000 2020-04-15 08:13:00.000 2020-04-15 08:12:59.999',
  '4.00 A 2020-04-15 08:06:00.000 2020-04-15 08:13:00.000 2020-04-15 08:12:59.999',
  '5.00 B 2020-04-15 08:09:00.000 2020-04-15 08:14:00.000 2020-04-15 08:13:59.999',
]

/** Each column as text. */
const shown = (...columns: readonly string[]): string => columns.map(column => `CAST(${column} AS VARCHAR)`).join(', ')
const bounds = ['window_start', 'window_end', 'window_time']

test('the sessions of each key, and of all rows', () =>
  withSession('flink', async session => {
    await session.execute(bids)
    const of = (source: string) => answer(session, `SELECT ${shown('price', 'item', ...bounds)} FROM ${source}`)
    assert.deepEqual(await of(byItem), byItemRows)
    assert.deepEqual(
      await of("SESSION(TABLE Bid, DESCRIPTOR(bidtime), DESCRIPTOR(item), INTERVAL '5' MINUTES)"),
      byItemRows,
      "Calcite's key",
    )
    assert.deepEqual(
      await of("SESSION(DATA => TABLE Bid, TIMECOL => DESCRIPTOR(bidtime), GAP => INTERVAL '5' MINUTES)"),
      [
        '1.00 B 2020-04-15 08:17:00.000 2020-04-15 08:22:00.000 2020-04-15 08:21:59.999',
        '2.00 A 2020-04-15 08:06:00.000 2020-04-15 08:14:00.000 2020-04-15 08:13:59.999',
        '3.00 A 2020-04-15 08:06:00.000 2020-04-15 08:14:00.000 2020-04-15 08:13:59.999',
        '4.00 A 2020-04-15 08:06:00.000 2020-04-15 08:14:00.000 2020-04-15 08:13:59.999',
        '5.00 B 2020-04-15 08:06:00.000 2020-04-15 08:14:00.000 2020-04-15 08:13:59.999',
      ],
    )
  }))

test('what stands on the rows of a session: a filter does not move its bounds, a rank closes with it', () =>
  withSession('flink', async session => {
    await session.execute(bids)
    assert.deepEqual(
      await answer(
        session,
        `SELECT item, ${shown('SUM(price)', 'window_start')} FROM ${byItem} WHERE price > 2
          GROUP BY item, window_start, window_end`,
      ),
      ['A 7.00 2020-04-15 08:06:00.000', 'B 5.00 2020-04-15 08:09:00.000'],
    )
    const ranked = `SELECT *, ROW_NUMBER() OVER (PARTITION BY item, window_start, window_end ORDER BY price DESC) AS n FROM ${byItem}`
    assert.deepEqual(await answer(session, `SELECT item, ${shown('price')} FROM (${ranked}) WHERE n = 1`), [
      'A 4.00',
      'B 1.00',
      'B 5.00',
    ])
  }))

test('a view gives rows when their session ends, also across a restore', async () => {
  const environment = await createNodeEnvironment()
  const options = { dialect: 'flink', stepRows: 1, workers: 2, clock: 0n } as const
  let session = await createSession(options, environment)
  const changes = () => {
    const schema = session.columns('v')
    return session
      .changes('v')
      .map(({ op, values }) => [op, ...values.map((v, i) => textOf(v, schema[i]!.type, 'postgres'))].join(' '))
      .sort()
  }
  await session.execute(`${table} CREATE MATERIALIZED VIEW v AS SELECT price, item, window_end FROM ${byItem}`)
  for (const row of rows.slice(0, 4)) await session.execute(`INSERT INTO Bid VALUES (${row})`)
  assert.deepEqual(changes(), [])
  const bytes = await session.snapshot()
  await session.close()
  session = await createSession(options, environment)
  await session.restore(bytes)
  await session.execute(`INSERT INTO Bid VALUES (${rows[4]})`)
  assert.deepEqual(changes(), [
    '+I 2.00 A 2020-04-15 08:13:00',
    '+I 3.00 A 2020-04-15 08:13:00',
    '+I 4.00 A 2020-04-15 08:13:00',
    '+I 5.00 B 2020-04-15 08:14:00',
  ])
  await session.end()
  assert.deepEqual(changes(), ['+I 1.00 B 2020-04-15 08:22:00'])
  await session.close()
})

test('where results are corrected, the rows of a session move with it', () =>
  withSession('postgres', async session => {
    await session.execute(`CREATE TABLE t (x INT, ts TIMESTAMP); CREATE MATERIALIZED VIEW v AS
      SELECT x, window_start FROM SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE)`)
    const of = (): Promise<readonly string[]> => answer(session, `SELECT x, ${shown('window_start')} FROM v`)
    await session.execute("INSERT INTO t VALUES (1, '2020-01-01 00:00:00'), (2, '2020-01-01 00:08:00')")
    assert.deepEqual(await of(), ['1 2020-01-01 00:00:00', '2 2020-01-01 00:08:00'])
    await session.execute("INSERT INTO t VALUES (3, '2020-01-01 00:04:00')")
    assert.deepEqual(await of(), ['1 2020-01-01 00:00:00', '2 2020-01-01 00:00:00', '3 2020-01-01 00:00:00'])
  }))
