/** Kills programs at random moments: `npm run kills -- --rounds 20 --seed 7 --workers 2 --memory 4mb`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argumentsOf, wholeNumber } from '../../scripts/arguments.ts'
import { runKills } from './campaign.ts'

const usage = 'npm run kills -- [--rounds N] [--seed N] [--orders N] [--workers N] [--memory SIZE]'
const values = argumentsOf(usage, {
  rounds: { type: 'string', default: '20' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  orders: { type: 'string', default: '20000' },
  workers: { type: 'string', default: '1' },
  memory: { type: 'string', default: '64mb' },
})
const campaign = {
  seed: wholeNumber('seed', values.seed, 0, usage),
  rounds: wholeNumber('rounds', values.rounds, 1, usage),
  orders: wholeNumber('orders', values.orders, 1, usage),
  workers: wholeNumber('workers', values.workers, 1, usage),
  memory: values.memory,
}
console.log(JSON.stringify(campaign))
const folder = mkdtempSync(join(tmpdir(), 'dsd-kills-'))
const report = await runKills({ ...campaign, folder })
for (const [name, rows] of report.rows) console.log(`${name}: ${rows} rows`)
console.log(`ended ${report.rounds} times, ${report.inTheMiddle} of them after it had written`)
for (const problem of report.problems) console.log(problem)
if (report.problems.length === 0) rmSync(folder, { recursive: true })
else {
  console.log(`The files are in ${folder}.`)
  process.exitCode = 1
}
