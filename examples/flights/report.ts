import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { tableOf } from '../../packages/streamdown/src/cli/table.ts'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Session } from '../../packages/streamdown/src/session/session.ts'
import { whole } from './progress.ts'

export const outputs = [
  'statistics.parquet',
  'alerts.ndjson',
  'worst-of-day.ndjson',
  'late.ndjson',
  'late-by-day.ndjson',
] as const

const WIDTH = 80

/** What came out: tables of the worst, totals, and where the files are. Queries the files that the job wrote. */
export async function report(out: string, rowsIn: number, write: (text: string) => void): Promise<void> {
  const session = await createSession({}, await createNodeEnvironment())
  try {
    const [alerts, worst, late, lateByDay] = await Promise.all(outputs.slice(1).map(name => linesOf(join(out, name))))
    const statistics = await countOf(session, join(out, 'statistics.parquet'))
    if (worst !== 0) {
      write(`The ten worst airport-days (mean delay in minutes, at least 20 flights)\n`)
      write(await tableFrom(session, worstDays(out)))
    }
    if (alerts !== 0) {
      write('\nThe sharpest alerts (mean delay of 3 hours against that of an hour before)\n')
      write(await tableFrom(session, sharpestAlerts(out)))
    }
    const totals: readonly (readonly [string, number])[] = [
      ['rows in', rowsIn],
      ['statistics of an airport and 3 hours', statistics],
      ['alerts', alerts ?? 0],
      ["rows of the days' worst airports", worst ?? 0],
      ['rows late for a window of 3 hours', late ?? 0],
      ['rows late for their day', lateByDay ?? 0],
    ]
    write('\nTotals\n')
    for (const [what, count] of totals) write(`  ${whole(count).padStart(11)}  ${what}\n`)
    write('\nFiles\n')
    for (const name of outputs) write(`  ${relative(process.cwd(), join(out, name))}\n`)
  } finally {
    await session.close()
  }
}

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`

const worstDays = (out: string): string => `
  SELECT SUBSTRING(CAST(\`day\` AS STRING) FROM 1 FOR 10) AS \`day\`, origin, flights,
    CAST(mean_delay AS DECIMAL(10, 1)) AS mean_delay
  FROM ${quoted(join(out, 'worst-of-day.ndjson'))} AS worst ORDER BY worst.mean_delay DESC LIMIT 10`

const sharpestAlerts = (out: string): string => `
  SELECT SUBSTRING(CAST(window_start AS STRING) FROM 1 FOR 16) AS \`from\`, origin, flights,
    CAST(mean_delay_before AS DECIMAL(10, 1)) AS mean_before, CAST(mean_delay AS DECIMAL(10, 1)) AS mean_delay
  FROM ${quoted(join(out, 'alerts.ndjson'))} AS alerts
  ORDER BY alerts.mean_delay - alerts.mean_delay_before DESC LIMIT 10`

async function tableFrom(session: Session, sql: string): Promise<string> {
  const [result] = await session.execute(sql)
  return result?.is === 'rows' ? tableOf(result, WIDTH) : ''
}

async function countOf(session: Session, path: string): Promise<number> {
  const [result] = await session.execute(`SELECT COUNT(*) FROM ${quoted(path)}`)
  return result?.is === 'rows' ? Number(result.rows[0]?.[0] ?? 0) : 0
}

async function linesOf(path: string): Promise<number> {
  const bytes = await readFile(path)
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}
