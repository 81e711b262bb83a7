import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { DeadLetter } from '../api/dead-letter.ts'
import { type RunOptions, run as runProgram } from '../api/run.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { StreamdownError } from '../errors/error.ts'
import { createSession } from '../session/create.ts'
import type { JobStatus, StatementResult } from '../session/session.ts'
import { byteSizeText } from '../values/byte-size.ts'
import { printable } from '../values/printable.ts'
import { exitCodes } from './exit-codes.ts'
import { Interrupt } from './interrupt.ts'
import { byteSize, oneFile, readProgram, sessionOptionsOf, wholeNumber, workersOf } from './options.ts'
import { importProgram, isSql } from './programs.ts'
import { showStatements } from './show.ts'

/** Runs a program until its inputs end, a limit is reached, or Ctrl-C: then the step is finished and flushed. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      workers: { type: 'string' },
      memory: { type: 'string' },
      'until-idle': { type: 'boolean', default: false },
      limit: { type: 'string' },
      drain: { type: 'boolean', default: false },
      state: { type: 'string' },
    },
  })
  const file = oneFile(positionals, 'run')
  const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--limit', values.limit)
  const interrupt = new Interrupt()
  try {
    if (!isSql(file)) {
      refuseSettings(values.set)
      const options = {
        untilIdle: values['until-idle'],
        limit,
        ...(values.state === undefined ? {} : { state: values.state }),
        ...(values.workers === undefined ? {} : { workers: workersOf(values.workers) }),
        ...(values.memory === undefined ? {} : { memory: byteSize('--memory', values.memory) }),
      }
      return await runModule(file, options, { interrupt, drain: values.drain, json: values.json })
    }
    const set = values.memory === undefined ? values.set : [...values.set, `memory_limit=${values.memory}`]
    const session = await createSession(sessionOptionsOf(set, values.workers), await createNodeEnvironment())
    try {
      const text = await readProgram(file)
      const goesOn = values.state !== undefined && (await session.openState(values.state, text))
      const show = { json: values.json, limit: Number.POSITIVE_INFINITY, messages: false }
      const last = goesOn ? undefined : await showStatements(session, text, show, interrupt)
      await session.run({ stop: () => interrupt.requested, untilIdle: values['until-idle'], limit })
      if (values.drain) await session.drain()
      const jobs = session.status()
      if (jobs.length === 0 && !goesOn) sayWhatWasDone(last)
      report(jobs, values.json)
      if (!values.json) reportDead(session.deadLetters().map(letter => ({ ...letter, operator: letter.where })))
    } finally {
      await session.close()
    }
    return exitCodes.done
  } finally {
    interrupt.release()
  }
}

/** Where no program runs, the end of the statements is all that there is to say. */
function sayWhatWasDone(last: StatementResult | undefined): void {
  if (last === undefined) process.stderr.write('There is no statement in the file.\n')
  else if (last.is === 'done') process.stderr.write(`${last.message}; nothing runs on\n`)
}

/** @throws StreamdownError DSD8001: a program in TypeScript says how it runs in its own text. */
function refuseSettings(set: readonly string[]): void {
  if (set.length > 0)
    throw new StreamdownError(
      'DSD8001',
      '--set is for SQL programs; for TypeScript there are --workers, --memory and --state',
    )
}

/** A TypeScript program: everything its module exports lives until its inputs end. */
async function runModule(file: string, options: RunOptions, rules: ModuleRules): Promise<number> {
  const app = await runProgram(await importProgram(file), options)
  const { signal } = rules.interrupt
  const interrupted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
  await Promise.race([app.$.finished, interrupted])
  await app.$.stop({ drain: rules.drain })
  report([{ name: basename(file), ...app.$.status() }], rules.json)
  if (!rules.json) reportDead(app.$.deadLetters())
  return exitCodes.done
}

interface ModuleRules {
  readonly interrupt: Interrupt
  readonly drain: boolean
  readonly json: boolean
}

const openText = (windows: number): string => (windows === 1 ? '1 window stays open' : `${windows} windows stay open`)

/** State that is smaller is of no interest to who runs a program. */
const WORTH_SAYING_BYTES = 64 << 20

/** What was done, on standard error: standard output belongs to the program. */
function report(jobs: readonly Omit<JobStatus, 'ended'>[], json: boolean): void {
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
    const [largest] = job.operators
    if (largest !== undefined && job.stateBytes >= WORTH_SAYING_BYTES) {
      const all = byteSizeText(job.stateBytes)
      const limit = byteSizeText(job.stateLimitBytes)
      const amount = job.stateBytes <= job.stateLimitBytes ? `${all} of ${limit}` : `${all}, spilled over ${limit}`
      parts.push(`state ${amount} (${largest.name} ${byteSizeText(largest.stateBytes)})`)
    }
    if (job.openWindows > 0) parts.push(openText(job.openWindows))
    process.stderr.write(`${job.name}: ${parts.join(', ')}\n`)
  }
}

/** So many say what is wrong with all of them. */
const SHOWN_LETTERS = 3

/** The first of the dead letters that are kept, and how to see the others. */
function reportDead(letters: readonly Pick<DeadLetter, 'code' | 'problem' | 'operator' | 'position'>[]): void {
  for (const { code, problem, operator, position } of letters.slice(0, SHOWN_LETTERS)) {
    process.stderr.write(
      `  ${printable(`${code} ${operator}${position === undefined ? '' : ` ${position}`}: ${problem}`)}\n`,
    )
  }
  const more = letters.length - SHOWN_LETTERS
  if (more > 0) process.stderr.write(`  ${more} more: a table with connector 'dead-letters' has them\n`)
}
