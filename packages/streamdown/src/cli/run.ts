import { parseArgs } from 'node:util'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { StreamdownError } from '../errors/error.ts'
import { createSession } from '../session/create.ts'
import type { JobStatus, Session } from '../session/session.ts'
import { exitCodes } from './exit-codes.ts'
import { oneFile, readProgram, sessionOptionsOf, wholeNumber } from './options.ts'
import { jsonLinesOf, tableOf } from './output.ts'
import { loadProgram } from './typescript-program.ts'

/** Runs a program until its inputs end, a limit is reached, or Ctrl-C: then the step is finished and flushed. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      workers: { type: 'string' },
      'until-idle': { type: 'boolean', default: false },
      limit: { type: 'string' },
      drain: { type: 'boolean', default: false },
    },
  })
  const file = oneFile(positionals, 'run')
  const limit = values.limit === undefined ? Infinity : wholeNumber('--limit', values.limit)
  const session = await createSession(sessionOptionsOf(values.set, values.workers), await createNodeEnvironment())
  const interrupt = new AbortController()
  const onSignal = (): void => interrupt.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    if (/\.(sql)$/i.test(file)) {
      for (const result of await session.execute(await readProgram(file))) {
        if (result.is === 'rows') process.stdout.write(values.json ? jsonLinesOf(result) : tableOf(result, process.stdout.columns ?? 100))
      }
    } else if (/\.m?[jt]s$/i.test(file)) await loadProgram(file, session)
    else throw new StreamdownError('DSD8001', `run takes FILE.sql or FILE.ts, not ${file}`)
    const stopped = (): boolean => interrupt.signal.aborted || rowsIn(session) >= limit
    await session.run({ stop: stopped, untilIdle: values['until-idle'] })
    if (values.drain) await session.end()
    report(session.status(), values.json, stopped() && !values.drain)
    return exitCodes.done
  } finally {
    process.removeListener('SIGINT', onSignal)
    process.removeListener('SIGTERM', onSignal)
    await session.close()
  }
}

const rowsIn = (session: Session): number => session.status().reduce((sum, job) => sum + job.rowsIn, 0)

/** What was done, on standard error: standard output belongs to the program. */
function report(jobs: readonly JobStatus[], json: boolean, stopped: boolean): void {
  for (const job of jobs) {
    if (json) {
      process.stderr.write(`${JSON.stringify({ ...job, watermark: String(job.watermark) })}\n`)
      continue
    }
    const parts = [`${job.rowsIn} rows in`, `${job.rowsOut} out`]
    if (job.late > 0) parts.push(`${job.late} late`)
    if (job.dead > 0) parts.push(`${job.dead} dead letters`)
    if (stopped && job.openWindows > 0) parts.push(`${job.openWindows} windows stay open`)
    process.stderr.write(`${job.name}: ${parts.join(', ')}\n`)
  }
}
