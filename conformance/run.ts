import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import type { Environment } from '../packages/streamdown/src/session/environment.ts'
import { argumentsOf } from '../scripts/arguments.ts'
import { type Case, Mismatch, type Mode, type Outcome, oneStep, restored, rowByRowRestored, straight } from './case.ts'
import { arroyoCases } from './suites/arroyo.ts'
import { felderaCases } from './suites/feldera.ts'
import { flinkCases } from './suites/flink.ts'
import { sltCases } from './suites/slt.ts'
import { isUnsupported } from './unsupported.ts'

const here = dirname(fileURLToPath(import.meta.url))
/** A case that runs longer than this has failed. */
const TIME_LIMIT_MS = 300_000

const usage = 'npm run conformance -- [--dir FOLDER] [--only PATTERN] [--json | --verbose]'
const values = argumentsOf(usage, {
  dir: { type: 'string' },
  json: { type: 'boolean' },
  only: { type: 'string' },
  verbose: { type: 'boolean' },
})
const dir = resolve(values.dir ?? process.env['CONFORMANCE_DIR'] ?? join(here, '../../shared/conformance'))

async function runAll(from: string): Promise<number> {
  const all = [
    ...sltCases(join(from, 'risingwave')),
    ...flinkCases(join(from, 'flink')),
    ...arroyoCases(join(from, 'arroyo')),
    ...felderaCases(join(from, 'feldera')),
  ]
  const pattern = new RegExp(values.only ?? '')
  const cases = all.filter(({ suite, name }) => pattern.test(`${suite}/${name}`))
  const passing = names('passing.txt')
  const stepSensitive = names('step-size-sensitive.txt')
  const reasons = reasonsOf('not-passing.txt')
  const environment = await createNodeEnvironment()
  const outcomes: Outcome[] = []
  for (const each of cases) {
    const outcome = await judge(each, stepSensitive, environment)
    outcomes.push(outcome)
    if (values.json === true) console.log(JSON.stringify(outcome))
    else if (values.verbose === true)
      console.log(`${outcome.status.padEnd(11)} ${outcome.suite}/${outcome.name}  ${outcome.detail}`)
  }
  if (values.json !== true) printTable(outcomes)
  if (values.json !== true) printFailing(outcomes, reasons)
  const broken = outcomes.filter(({ suite, name, status }) => status !== 'passed' && passing.has(`${suite}/${name}`))
  for (const { suite, name, detail } of broken) console.error(`no longer passes: ${suite}/${name}: ${detail}`)
  return broken.length > 0 ? 1 : 0
}

async function judge(each: Case, stepSensitive: ReadonlySet<string>, environment: Environment): Promise<Outcome> {
  const { suite, name } = each
  let modes: readonly Mode[] = [straight, restored, oneStep]
  let changes: string | undefined
  for (let at = 0; at < modes.length; at++) {
    const mode = modes[at] ?? straight
    try {
      const held = await limited(each.run(mode, environment))
      if (mode !== straight) continue
      changes = held.difference
      if (held.stepDecides === true || stepSensitive.has(`${suite}/${name}`)) modes = [straight, rowByRowRestored]
    } catch (error) {
      const status = error instanceof Mismatch || !isUnsupported(error) ? 'failed' : 'unsupported'
      const message = error instanceof Error ? error.message : String(error)
      const stack =
        values.verbose === true && !(error instanceof Mismatch) && error instanceof Error
          ? `\n${error.stack ?? ''}\n${causeOf(error)}`
          : ''
      const exact = each.givesChanges ? { exact: false } : {}
      return {
        suite,
        name,
        status,
        ...exact,
        detail: `${mode.name}: ${message.split('\n').slice(0, 4).join(' ')}${stack}`,
      }
    }
  }
  if (!each.givesChanges) return { suite, name, status: 'passed', detail: '' }
  const detail = changes === undefined ? '' : `changes: ${changes}`
  return { suite, name, status: 'passed', exact: changes === undefined, detail }
}

const causeOf = (error: Error): string => (error.cause instanceof Error ? (error.cause.stack ?? '') : '')

async function limited<T>(run: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Mismatch(`no answer within ${TIME_LIMIT_MS} ms`)), TIME_LIMIT_MS)
  })
  try {
    return await Promise.race([run, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** Case names, one a line; `#` starts a comment. */
function names(file: string): ReadonlySet<string> {
  const path = join(here, file)
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return new Set(lines.map(line => line.replace(/#.*/, '').trim()).filter(line => line !== ''))
}

/** Why a case does not pass, by its name. */
function reasonsOf(file: string): ReadonlyMap<string, string> {
  const reason = /^(?<name>[^#\s]+)\s+#\s+(?<why>.+)$/gm
  const text = readFileSync(join(here, file), 'utf8')
  return new Map([...text.matchAll(reason)].map(({ groups }) => [groups?.['name'] ?? '', groups?.['why'] ?? '']))
}

function printFailing(outcomes: readonly Outcome[], reasons: ReadonlyMap<string, string>): void {
  for (const { suite, name, status, detail } of outcomes) {
    if (status === 'passed') continue
    console.log(`${status}: ${suite}/${name}: ${detail}`)
    console.log(`  why: ${reasons.get(`${suite}/${name}`) ?? 'not known yet'}`)
  }
}

function printTable(outcomes: readonly Outcome[]): void {
  const suites = [...new Set(outcomes.map(({ suite }) => suite))]
  const line = (...[suite = '', ...cells]: readonly string[]): string =>
    `${suite.padEnd(12)} ${cells.map((cell, at) => cell.padStart([7, 7, 14, 12][at] ?? 0)).join(' ')}`
  console.log(line('suite', 'passed', 'failed', 'not supported', 'exact'))
  for (const suite of [...suites, 'all']) {
    const of = outcomes.filter(outcome => suite === 'all' || outcome.suite === suite)
    const count = (status: Outcome['status']): string => String(of.filter(outcome => outcome.status === status).length)
    const given = of.filter(({ exact }) => exact !== undefined)
    const exact = given.length === 0 ? '-' : `${given.filter(outcome => outcome.exact).length} of ${given.length}`
    console.log(line(suite, count('passed'), count('failed'), count('unsupported'), exact))
  }
}

if (!existsSync(dir)) {
  console.log('conformance: 0 run, folder absent')
} else {
  process.exitCode = await runAll(dir)
}
