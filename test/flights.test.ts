/**
 * The main job against DuckDB: every row that it writes is computed again from the same sorted file by the rule of event
 * time, in SQL and in TypeScript. The first 400,000 flights here (the first alert is among them), all 3,000,000 with FLIGHTS_ALL=1.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { FLIGHTS, flightsFile } from '../examples/flights/sorted.ts'

const rows = process.env.FLIGHTS_ALL === '1' ? FLIGHTS : 400_000
const folder = fileURLToPath(new URL(`../examples/flights/out/${rows === FLIGHTS ? 'all' : rows}`, import.meta.url))
const departures = `${folder}/departures.parquet`

let duckdb: DuckDBConnection

const outputs = ['statistics', 'alerts', 'worst-of-day', 'late', 'late-by-day'] as const

/** The columns as the job's NDJSON has them. */
const jsonTypes: Readonly<Record<Exclude<(typeof outputs)[number], 'statistics'>, string>> = {
  alerts:
    "{origin: 'VARCHAR', window_start: 'TIMESTAMP', window_end: 'TIMESTAMP', flights: 'BIGINT', mean_delay: 'DOUBLE', mean_delay_before: 'DOUBLE'}",
  'worst-of-day': "{day: 'TIMESTAMP', place: 'BIGINT', origin: 'VARCHAR', flights: 'BIGINT', mean_delay: 'DOUBLE'}",
  late: "{date: 'TIMESTAMP', delay: 'BIGINT', distance: 'BIGINT', origin: 'VARCHAR', destination: 'VARCHAR', missed: 'BIGINT', total: 'BIGINT'}",
  'late-by-day':
    "{date: 'TIMESTAMP', delay: 'BIGINT', distance: 'BIGINT', origin: 'VARCHAR', destination: 'VARCHAR', missed: 'BIGINT', total: 'BIGINT'}",
}

before(async () => {
  for (const flags of [[], ['--typescript']]) {
    const script = fileURLToPath(new URL('../examples/flights/run.ts', import.meta.url))
    const run = spawnSync(process.execPath, [script, '--rows', String(rows), ...flags], { encoding: 'utf8' })
    assert.equal(run.status, 0, run.stderr)
    assert.match(run.stdout, /Totals\n/)
  }
  duckdb = await (await DuckDBInstance.create()).connect()
  await duckdb.run('SET threads = 2')
  await expected()
  for (const language of ['sql', 'typescript'] as const) await written(language)
})

/** What the job should write, as tables by the names of its files. */
async function expected(): Promise<void> {
  // A row meets the watermark of the rows before it: their newest event time minus 60 minutes.
  await duckdb.run(`
    CREATE TABLE arrived AS
    SELECT *, max(date) OVER (ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - INTERVAL 60 MINUTE AS watermark
    FROM (SELECT date::TIMESTAMP AS date, delay, distance, origin, destination, file_row_number AS ordinal
          FROM read_parquet('${departures}', file_row_number = true))`)
  await windowed('hop', "date_trunc('hour', date) - to_hours(back)", '[0, 1, 2]', 'INTERVAL 3 HOUR')
  await windowed('tumble', "date_trunc('day', date) - to_hours(back)", '[0]', 'INTERVAL 1 DAY')
  await duckdb.run(`
    CREATE TABLE expected_statistics AS
    SELECT origin, window_start, window_end, count(*) AS flights, avg(delay::DOUBLE) AS mean_delay, max(delay)::BIGINT AS max_delay
    FROM hop WHERE NOT late GROUP BY ALL`)
  await duckdb.run(`
    CREATE TABLE expected_alerts AS
    SELECT now.origin, now.window_start, now.window_end, now.flights, now.mean_delay, before.mean_delay AS mean_delay_before
    FROM expected_statistics AS now JOIN expected_statistics AS before
      ON now.origin = before.origin AND now.window_start = before.window_start + INTERVAL 1 HOUR
    WHERE now.flights >= 20 AND before.flights >= 20 AND now.mean_delay >= before.mean_delay + 30`)
  await duckdb.run(`
    CREATE TABLE by_day AS
    SELECT window_start AS day, origin, count(*) AS flights, avg(delay::DOUBLE) AS mean_delay
    FROM tumble WHERE NOT late GROUP BY ALL`)
  await duckdb.run(`
    CREATE TABLE "expected_worst-of-day" AS
    SELECT * FROM (
      SELECT day, row_number() OVER (PARTITION BY day ORDER BY mean_delay DESC) AS place, origin, flights, mean_delay
      FROM by_day WHERE flights >= 20)
    WHERE place <= 10`)
  for (const [name, windows] of [
    ['late', 'hop'],
    ['late-by-day', 'tumble'],
  ] as const) {
    await duckdb.run(`
      CREATE TABLE "expected_${name}" AS
      SELECT date, delay::BIGINT AS delay, distance::BIGINT AS distance, origin, destination, missed, total
      FROM (SELECT any_value(date) AS date, any_value(delay) AS delay, any_value(distance) AS distance,
              any_value(origin) AS origin, any_value(destination) AS destination,
              count(*) FILTER (WHERE late) AS missed, count(*) AS total
            FROM ${windows} GROUP BY ordinal)
      WHERE missed > 0`)
  }
}

/** Each row in each of its windows, and whether it is late there: whether the window ended by the watermark it met. */
async function windowed(name: string, start: string, backs: string, size: string): Promise<void> {
  await duckdb.run(`
    CREATE TABLE ${name} AS
    SELECT *, coalesce(window_end <= watermark, false) AS late
    FROM (SELECT *, window_start + ${size} AS window_end
          FROM (SELECT *, ${start} AS window_start FROM (SELECT *, unnest(${backs}) AS back FROM arrived)))`)
}

async function written(language: 'sql' | 'typescript'): Promise<void> {
  await duckdb.run(`
    CREATE TABLE ${language}_statistics AS
    SELECT origin, window_start::TIMESTAMP AS window_start, window_end::TIMESTAMP AS window_end, flights::BIGINT AS flights,
      mean_delay, max_delay::BIGINT AS max_delay
    FROM '${folder}/${language}/statistics.parquet'`)
  for (const [name, types] of Object.entries(jsonTypes)) {
    await duckdb.run(`
      CREATE TABLE "${language}_${name}" AS
      SELECT * FROM read_json('${folder}/${language}/${name}.ndjson', format = 'newline_delimited', columns = ${types})`)
  }
}

async function count(query: string): Promise<number> {
  const reader = await duckdb.runAndReadAll(`SELECT count(*) FROM (${query})`)
  return Number(reader.getRows()[0]?.[0])
}

/** Rows of one relation that the other does not have as often. */
const difference = (left: string, right: string): string =>
  `(FROM ${left} EXCEPT ALL FROM ${right}) UNION ALL (FROM ${right} EXCEPT ALL FROM ${left})`

/** Both sides have the same rows: `key` alone tells them apart, `exact` are equal, `near` equal to 1e-9 of themselves. */
async function sameRows(
  left: string,
  right: string,
  columns: { readonly key: readonly string[]; readonly exact: readonly string[]; readonly near: readonly string[] },
): Promise<void> {
  const { key, exact, near } = columns
  assert.equal(await count(`FROM "${left}"`), await count(`FROM "${right}"`), `${left} and ${right} in number`)
  assert.equal(await count(`SELECT DISTINCT ${key.join(', ')} FROM "${right}"`), await count(`FROM "${right}"`))
  const equal = [
    ...exact.map(name => `l.${name} IS NOT DISTINCT FROM r.${name}`),
    ...near.map(name => `abs(l.${name} - r.${name}) <= 1e-9 * greatest(abs(l.${name}), abs(r.${name}))`),
  ]
  const wrong = `
    FROM "${left}" AS l FULL JOIN "${right}" AS r ON ${key.map(name => `l.${name} = r.${name}`).join(' AND ')}
    WHERE (${equal.join(' AND ')}) IS NOT TRUE`
  assert.equal(await count(`SELECT 1 ${wrong}`), 0, `${left} and ${right}`)
}

const window = ['origin', 'window_start', 'window_end']

test('the flights are sorted into the order in which they become known, ties as they are', async () => {
  const known = `date + to_minutes(greatest(delay, 0)::BIGINT)`
  await duckdb.run(`
    CREATE TABLE in_order AS
    SELECT row_number() OVER () - 1 AS ordinal, * FROM (
      SELECT date::TIMESTAMP AS date, delay, distance, origin, destination
      FROM read_parquet('${flightsFile}', file_row_number = true) ORDER BY ${known}, file_row_number LIMIT ${rows})`)
  assert.equal(await count('FROM arrived'), rows)
  const columns = 'ordinal, date, delay, distance, origin, destination'
  assert.equal(await count(difference(`(SELECT ${columns} FROM arrived)`, `(SELECT ${columns} FROM in_order)`)), 0)
})

for (const language of ['sql', 'typescript'] as const) {
  test(`${language}: the statistics of every airport and window`, async () => {
    await sameRows('expected_statistics', `${language}_statistics`, {
      key: window,
      exact: ['flights', 'max_delay'],
      near: ['mean_delay'],
    })
  })

  test(`${language}: the alerts`, async () => {
    assert.ok((await count('FROM expected_alerts')) > 0)
    await sameRows('expected_alerts', `${language}_alerts`, {
      key: window,
      exact: ['flights'],
      near: ['mean_delay', 'mean_delay_before'],
    })
  })

  test(`${language}: the worst airports of each day, where equal means may stand in any order`, async () => {
    const worst = `${language}_worst-of-day`
    await sameRows('expected_worst-of-day', worst, { key: ['day', 'place'], exact: [], near: ['mean_delay'] })
    assert.equal(await count(`SELECT DISTINCT day, origin FROM "${worst}"`), await count(`FROM "${worst}"`))
    const told = `
      SELECT 1 FROM "${worst}" AS w JOIN by_day AS d ON w.day = d.day AND w.origin = d.origin AND w.flights = d.flights
      WHERE abs(w.mean_delay - d.mean_delay) <= 1e-9 * abs(d.mean_delay)`
    assert.equal(await count(told), await count(`FROM "${worst}"`))
  })

  for (const late of ['late', 'late-by-day']) {
    test(`${language}: ${late}.ndjson has each late row once, with the windows missed and in all`, async () => {
      assert.ok((await count(`FROM "expected_${late}"`)) > 0)
      assert.equal(await count(difference(`"expected_${late}"`, `"${language}_${late}"`)), 0)
    })
  }
}

test('SQL and TypeScript write the same rows', async () => {
  for (const name of outputs) {
    assert.equal(await count(difference(`"sql_${name}"`, `"typescript_${name}"`)), 0, name)
  }
})
