import { parseArgs } from 'node:util'
import { run as runProgram } from '../api/run.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from '../session/create.ts'
import type { JobStatus, Session } from '../session/session.ts'
import { exitCodes } from './exit-codes.ts'
import { oneFile, readProgram, sessionOptionsOf, wholeNumber } from './options.ts'
import { jsonLinesOf, tableOf } from './output.ts'
import { importProgram, isSql } from './programs.ts'

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
  const interrupt = new AbortController()
  const onSignal = (): void => interrupt.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    if (!isSql(file)) return await runModule(file, interrupt.signal)
    const session = await createSession(sessionOptionsOf(values.set, values.workers), await createNodeEnvironment())
    try {
      for (const result of await session.execute(await readProgram(file))) {
        if (result.is !== 'rows') continue
        process.stdout.write(values.json ? jsonLinesOf(result) : tableOf(result, process.stdout.columns ?? 100))
      }
      const stopped = (): boolean => interrupt.signal.aborted || rowsIn(session) >= limit
      await session.run({ stop: stopped, untilIdle: values['until-idle'] })
      if (values.drain) await session.end()
      report(session.status(), values.json, stopped() && !values.drain)
    } finally {
      await session.close()
    }
    return exitCodes.done
  } finally {
    process.removeListener('SIGINT', onSignal)
    process.removeListener('SIGTERM', onSignal)
  }
}

/** A TypeScript program: everything its module exports lives until its inputs end. */
async function runModule(file: string, signal: AbortSignal): Promise<number> {
  const app = await runProgram(await importProgram(file))
  const interrupted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
  await Promise.race([app.$.finished, interrupted])
  await app.$.stop()
  return exitCodes.done
}

const rowsIn = (session: Session): number => session.status().reduce((sum, job) => sum + job.rowsIn, 0)

/** What was done, on standard error: standard output belongs to the program. */
function report(jobs: readonly JobStatus[], json: boolean, stopped: boolean): void {
  for (const job of jobs) {
    if (json) {
      process.stderr.write(
        `${JSON.stringify({ ...job, watermark: String(job.watermark), newestEventTime: String(job.newestEventTime) })}\n`,
      )
      continue
    }
    const parts = [`${job.rowsIn} rows in`, `${job.rowsOut} out`]
    if (job.late > 0) parts.push(`${job.late} late`)
    if (job.dead > 0) parts.push(`${job.dead} dead letters`)
    if (stopped && job.openWindows > 0) parts.push(`${job.openWindows} windows stay open`)
    process.stderr.write(`${job.name}: ${parts.join(', ')}\n`)
  }
}
