import { resourceUsage } from 'node:process'
import { parseArgs } from 'node:util'
import { type Checksum, checksumConnector } from '../../packages/streamdown/src/connect/checksum.ts'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { isQuery, type QueryName, queries, sideTables } from './queries.ts'
import { nexmarkTables } from './tables.ts'

/** One line of `npm run bench -- --json`. */
export interface RunLine {
  readonly query: string
  readonly source: string
  readonly workers: number
  readonly events: number
  readonly rows_in: number
  readonly rows_out: number
  readonly checksum: string
  readonly wall_s: number
  readonly cpu_s: number
  readonly events_per_cpu_s: number
  readonly rss_mb: number
  readonly state_mb: number
}

/** Runs one query in this process, which is made for it: CPU seconds and peak memory are the whole process's. */
async function runQuery(
  query: QueryName,
  source: string,
  events: number,
  rate: number,
  workers: number,
  file: string,
): Promise<RunLine> {
  const results = new Map<string, Checksum>()
  const environment = await createNodeEnvironment()
  const session = await createSession(
    { workers },
    { ...environment, connectors: [...environment.connectors, checksumConnector(results)] },
  )
  const from =
    source === 'nexmark' ? ({ is: 'nexmark', events, rate } as const) : ({ is: 'ndjson', path: file } as const)
  await session.execute(`${nexmarkTables(from)}${sideTables[query] ?? ''}
    CREATE TABLE result WITH ('connector' = 'checksum');
    INSERT INTO result ${queries[query]}`)
  const start = performance.now()
  let state = 0
  let steps = 0
  await session.run({
    stop: () => false,
    // A table that could still change never ends.
    untilIdle: sideTables[query] !== undefined,
    onStep: () => {
      if (steps++ % 64 === 0) state = Math.max(state, stateOf())
    },
  })
  const wall = (performance.now() - start) / 1000
  const usage = resourceUsage()
  const cpu = (usage.userCPUTime + usage.systemCPUTime) / 1e6
  const result = results.get('result') ?? { rows: 0, sum: 0n }
  const rowsIn = session.status().reduce((sum, job) => sum + job.rowsIn, 0)
  await session.close()
  return {
    query,
    source,
    workers,
    events,
    rows_in: rowsIn,
    rows_out: result.rows,
    checksum: result.sum.toString(16).padStart(16, '0'),
    wall_s: rounded(wall),
    cpu_s: rounded(cpu),
    events_per_cpu_s: Math.round(events / cpu),
    rss_mb: Math.round(usage.maxRSS / 1024),
    state_mb: rounded(state / 2 ** 20),
  }

  function stateOf(): number {
    return session.status().reduce((sum, job) => sum + job.stateBytes, 0)
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

const { values } = parseArgs({
  options: {
    query: { type: 'string', default: 'q0' },
    source: { type: 'string', default: 'nexmark' },
    events: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '1' },
    file: { type: 'string', default: '' },
  },
})
if (!isQuery(values.query))
  throw new RangeError(`no query ${values.query}; there are ${Object.keys(queries).join(', ')}`)
const line = await runQuery(
  values.query,
  values.source,
  Number(values.events),
  Number(values.rate),
  Number(values.workers),
  values.file,
)
console.log(JSON.stringify(line))
