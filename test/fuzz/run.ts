/**
 * Draws queries and compares what they give with DuckDB: `npm run fuzz -- --queries 5000 --seed 7`. With `--planted`
 * each of the faults in `faults.ts` is planted in turn, in a process of its own, and should be found.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { argumentsOf, wholeNumber } from '../../scripts/arguments.ts'
import { runCampaign } from './campaign.ts'
import { Checker } from './check.ts'
import { faults } from './faults.ts'
import { problemsOf, summary } from './report.ts'

const usage = 'npm run fuzz -- [--queries N] [--seed N] [--until-failure] | --planted'
const values = argumentsOf(usage, {
  queries: { type: 'string', default: '500' },
  seed: { type: 'string', default: process.env.DSD_SEED ?? String(Date.now() % 1_000_000) },
  planted: { type: 'boolean', default: false },
  'until-failure': { type: 'boolean', default: false },
})

/** Of the planted faults so many may stay unseen. */
const UNSEEN = 2

if (values.planted) findPlanted()
else await fuzz(wholeNumber('queries', values.queries, 1, usage), wholeNumber('seed', values.seed, 0, usage))

async function fuzz(queries: number, seed: number): Promise<void> {
  console.log(`DSD_SEED=${seed} queries=${queries}`)
  const checker = await Checker.open(await createNodeEnvironment())
  const untilFailure = values['until-failure']
  const report = await runCampaign(checker, {
    queries,
    seed,
    untilFailure,
    onFailure: ({ kind, text, query }) => console.log(`\n-- query ${query}, ${kind}\n${text}`),
  })
  checker.close()
  console.log(summary(report))
  for (const problem of problemsOf(report)) {
    console.log(problem)
    process.exitCode = 1
  }
}

function findPlanted(): void {
  const plant = fileURLToPath(new URL('plant.ts', import.meta.url))
  const own = fileURLToPath(import.meta.url)
  let found = 0
  for (const { name } of faults) {
    const args = ['--import', plant, own, '--until-failure', '--queries', values.queries, '--seed', values.seed]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, DSD_FAULT: name },
    })
    const [, query] = /^-- query (\d+)/m.exec(stdout) ?? []
    if (query !== undefined) found++
    else if (status !== 0) console.log(stdout, stderr)
    console.log(`${query === undefined ? 'not found' : `found by query ${query}`}: ${name}`)
  }
  console.log(
    `${found} of ${faults.length} planted faults found, by ${values.queries} queries at most, seed ${values.seed}`,
  )
  if (found < faults.length - UNSEEN) process.exitCode = 1
}
