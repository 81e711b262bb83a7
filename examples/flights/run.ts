// The main job: 3,000,000 real flights through a streaming program, live in the terminal.
//   node examples/flights/run.ts [--typescript] [--rows N]
// --typescript runs flights.ts instead of flights.sql, --rows N only the first N flights that become known.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { argumentsOf, wholeNumber } from '../../scripts/arguments.ts'
import { Progress } from './progress.ts'
import { outputs, report } from './report.ts'
import { type Outcome, readProgram, runSql } from './run-sql.ts'
import { runTypeScript } from './run-typescript.ts'
import { FLIGHTS, sortedDepartures } from './sorted.ts'

const usage = 'npm start -- [--typescript] [--rows N]'
const values = argumentsOf(usage, {
  typescript: { type: 'boolean', default: false },
  rows: { type: 'string', default: String(FLIGHTS) },
})
const rows = wholeNumber('rows', values.rows, 1, usage)

const write = (text: string): void => {
  process.stdout.write(text)
}
const progress = (title: string, total: number): Progress =>
  new Progress({ title, total, terminal: process.stdout.isTTY === true, write })

// Whoever reads the output may stop reading, as `head` does.
process.stdout.on('error', error => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1))

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())
const stop = (): boolean => interrupt.signal.aborted

const folder = join(fileURLToPath(new URL('out', import.meta.url)), rows >= FLIGHTS ? 'all' : String(rows))
const departures = await sortedDepartures({
  folder,
  rows,
  stop,
  progress: () => progress('Sorting the flights into the order in which they become known (once)', FLIGHTS),
})
if (departures === undefined) write('Stopped.\n')
else await streamFrom(departures)

async function streamFrom(path: string): Promise<void> {
  const out = join(folder, values.typescript ? 'typescript' : 'sql')
  await mkdir(out, { recursive: true })
  for (const name of outputs) await rm(join(out, name), { force: true })
  const { rowsIn, stopped, openWindows } = await run(path, out)
  if (stopped) write(`Stopped after ${rowsIn} rows; ${openWindows} windows stay open.\n`)
  else await report(out, rowsIn, write)
}

async function run(path: string, out: string): Promise<Outcome> {
  const total = Math.min(rows, FLIGHTS)
  if (values.typescript) {
    const shown = progress('Streaming the flights through flights.ts', total)
    return runTypeScript(path, out, { signal: interrupt.signal, progress: shown })
  }
  const shown = progress('Streaming the flights through flights.sql', total)
  return runSql(await readProgram('flights.sql'), { departures: path, out }, { stop, progress: shown })
}
