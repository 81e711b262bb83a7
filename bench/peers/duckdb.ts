// DuckDB over the same NDJSON file, single-threaded.
import { resourceUsage } from 'node:process'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'

const bid = `SELECT bid.auction AS auction, bid.bidder AS bidder, bid.price AS price, bid.dateTime AS dateTime, bid.extra AS extra
  FROM read_ndjson($file, columns = {event_type: 'INTEGER',
    bid: 'STRUCT(auction BIGINT, bidder BIGINT, price BIGINT, dateTime TIMESTAMP, extra VARCHAR)'})
  WHERE event_type = 2`

/** Each gives a row count and a sum that ours must equal. */
const queries: Readonly<Record<string, string>> = {
  q1: `SELECT COUNT(*) AS n, SUM(0.908 * price) AS answer, MAX(length(extra)), MAX(dateTime), MAX(bidder) FROM bid`,
  q2: `SELECT COUNT(*) AS n, SUM(price) AS answer FROM bid WHERE auction % 123 = 0`,
  tumble: `SELECT COUNT(*) AS n, SUM(n + total) AS answer FROM (
    SELECT auction, time_bucket(INTERVAL '10 seconds', dateTime) AS w, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY 1, 2)`,
}

const { values } = parseArgs({
  options: {
    file: { type: 'string', default: '' },
    query: { type: 'string', default: 'q1' },
    events: { type: 'string', default: '0' },
  },
})
const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
const sql = `WITH bid AS (${bid.replace('$file', `'${values.file}'`)}) ${queries[values.query] ?? ''}`
const [row] = (await connection.runAndReadAll(sql)).getRowsJson()
const end = resourceUsage()
const cpu = (end.userCPUTime + end.systemCPUTime) / 1e6
const events = Number(values.events)
console.log(
  JSON.stringify({
    query: values.query,
    rows: row?.[0],
    answer: row?.[1],
    cpu_s: cpu,
    events_per_cpu_s: Math.round(events / cpu),
  }),
)
