/** A program with every operator that keeps state between steps, each with a file of its own for its result. */
import { join } from 'node:path'

interface Output {
  readonly name: string
  readonly columns: string
  /** Whether rows are taken back: then the file holds changes. */
  readonly changes: boolean
  readonly query: string
}

const perWindow = (table: string): string => `SELECT k, window_start, COUNT(*), SUM(v)
  FROM TABLE(${table}) GROUP BY k, window_start, window_end`

export const outputs: readonly Output[] = [
  { name: 'copied', columns: 'id BIGINT, note STRING', changes: false, query: 'SELECT id, UPPER(note) FROM orders' },
  {
    name: 'tumbled',
    columns: 'k BIGINT, w TIMESTAMP(3), n BIGINT, s BIGINT',
    changes: false,
    query: perWindow("TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)"),
  },
  {
    name: 'hopped',
    columns: 'k BIGINT, w TIMESTAMP(3), n BIGINT, s BIGINT',
    changes: false,
    query: perWindow("HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND)"),
  },
  {
    name: 'sessions',
    columns: 'k BIGINT, w TIMESTAMP(3), n BIGINT, s BIGINT',
    changes: false,
    query: perWindow("SESSION(TABLE orders PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND)"),
  },
  {
    name: 'pairs',
    columns: 'id BIGINT, rate BIGINT',
    changes: false,
    query: `SELECT o.id, r.rate FROM orders AS o JOIN rates AS r
      ON o.k = r.k AND r.ts BETWEEN o.ts - INTERVAL '5' SECOND AND o.ts + INTERVAL '2' SECOND`,
  },
  {
    name: 'converted',
    columns: 'id BIGINT, rate BIGINT',
    changes: false,
    query: 'SELECT o.id, r.rate FROM orders AS o LEFT JOIN versions FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k',
  },
  {
    name: 'running',
    columns: 'id BIGINT, s BIGINT, before BIGINT',
    changes: false,
    query: `SELECT id, SUM(v) OVER w, LAG(v) OVER w FROM orders
      WINDOW w AS (PARTITION BY k ORDER BY ts, id ROWS BETWEEN 5 PRECEDING AND CURRENT ROW)`,
  },
  {
    name: 'matched',
    columns: 'k BIGINT, b BIGINT, e BIGINT',
    changes: false,
    query: `SELECT k, b, e FROM orders MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts, id
      MEASURES FIRST(up.id) AS b, LAST(up.id) AS e AFTER MATCH SKIP PAST LAST ROW
      PATTERN (start up{2,}) WITHIN INTERVAL '1' MINUTE DEFINE up AS v > PREV(v))`,
  },
  {
    name: 'joined',
    columns: 'id BIGINT, g BIGINT',
    changes: true,
    query: 'SELECT o.id, a.g FROM orders AS o LEFT JOIN accounts AS a ON o.id = a.id WHERE o.v < 500',
  },
  {
    name: 'ranked',
    columns: 'k BIGINT, id BIGINT, n BIGINT',
    changes: true,
    query: `SELECT k, id, n FROM (
      SELECT k, id, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) AS n FROM orders) WHERE n <= 3`,
  },
  {
    name: 'grouped',
    columns: 'g BIGINT, n BIGINT, s BIGINT, low BIGINT, d BIGINT',
    changes: true,
    query: 'SELECT g, COUNT(*), SUM(v), MIN(v), COUNT(DISTINCT v) FROM accounts GROUP BY g',
  },
  {
    name: 'resessioned',
    columns: 'g BIGINT, w TIMESTAMP(3), n BIGINT, s BIGINT',
    changes: true,
    query: `SELECT g, window_start, COUNT(*), SUM(v)
      FROM TABLE(SESSION(TABLE accounts PARTITION BY g, DESCRIPTOR(ts), INTERVAL '4' SECOND))
      GROUP BY g, window_start, window_end`,
  },
  {
    name: 'reranked',
    columns: 'g BIGINT, id BIGINT, n BIGINT',
    changes: true,
    query: 'SELECT g, id, RANK() OVER (PARTITION BY g ORDER BY v) FROM accounts WHERE v < 20',
  },
  {
    name: 'without',
    columns: 'v BIGINT',
    changes: true,
    query: 'SELECT v FROM accounts EXCEPT ALL SELECT v FROM orders WHERE k < 3',
  },
  {
    name: 'absent',
    columns: 'id BIGINT',
    changes: true,
    query: 'SELECT id FROM accounts AS a WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.k = a.g AND o.v = a.v)',
  },
]

export const outputFile = (folder: string, { name }: Output): string => join(folder, `${name}.ndjson`)

/** `input` is the folder of the files that are read, `output` that of the results. */
export function programText(input: string, output: string): string {
  const read = (table: string, columns: string, format: string): string =>
    `CREATE TABLE ${table} (${columns}) WITH ('connector' = 'filesystem', 'path' = '${join(input, `${table}.ndjson`)}',
      'format' = '${format}', 'source.monitor-interval' = '20 ms');`
  const write = (each: Output): string => `
    CREATE TABLE ${each.name} (${each.columns}) WITH ('connector' = 'filesystem', 'path' = '${outputFile(output, each)}',
      'format' = '${each.changes ? 'debezium-json' : 'json'}');
    INSERT INTO ${each.name} ${each.query};`
  const time = "ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND"
  return `SET on_error = 'fail';
    ${read('orders', `id BIGINT, k BIGINT, v BIGINT, state STRING, note STRING, ${time}`, 'json')}
    ${read('rates', `k BIGINT, rate BIGINT, ${time}`, 'json')}
    ${read('accounts', 'id BIGINT, g BIGINT, v BIGINT, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED', 'debezium-json')}
    CREATE VIEW versions AS SELECT k, rate, ts FROM (
      SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n FROM rates) WHERE n = 1;
    ${outputs.map(write).join('\n')}`
}
