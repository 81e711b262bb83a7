/**
 * Queries drawn by a seed against DuckDB: DSD_SEED and DSD_RUNS say which and how many; `npm run fuzz` draws more. Each is
 * a view from before the rows came (two workers, steps of random size, a snapshot to bytes and a restore in the middle),
 * and where its inputs are tables is asked of the final rows as well.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { seed } from '../property/oracle.ts'
import { runCampaign } from './campaign.ts'
import { Checker } from './check.ts'
import { faults } from './faults.ts'
import { planted } from './planted.ts'
import { problemsOf, summary } from './report.ts'
import { shrink } from './shrink.ts'
import { Tape } from './tape.ts'
import { parse, print } from './text.ts'

const queries = Number(process.env.DSD_RUNS ?? 500)
const regressions = parse(readFileSync(new URL('regressions.sql', import.meta.url), 'utf8'))

let checker: Checker

before(async () => {
  checker = await Checker.open(await createNodeEnvironment())
})

after(() => checker.close())

test('queries that were drawn', { timeout: 600_000 }, async () => {
  console.log(`DSD_SEED=${seed} DSD_RUNS=${queries}`)
  const report = await runCampaign(checker, { queries, seed })
  console.log(summary(report))
  assert.deepEqual(
    report.failures.map(({ text }) => text),
    [],
    report.failures.map(({ text }) => text).join('\n\n'),
  )
  assert.deepEqual(problemsOf(report), [])
})

test('what once was wrong', async () => {
  assert.ok(regressions.length > 0)
  for (const { title, program } of regressions) {
    for (const cut of [1, 2, 3]) {
      const [outcome] = await checker.check([program], cut)
      assert.equal(outcome?.is, 'same', `${title}: ${outcome?.is === 'failed' ? outcome.detail : outcome?.is}`)
    }
  }
})

test('programs are printed as they are read', () => {
  for (const { title, program } of regressions) {
    assert.deepEqual(parse(`-- CASE ${title}\n${print(program)}\n`), [{ title, program }])
  }
})

test('the texts that faults are planted in are there', () => {
  for (const fault of faults) {
    const source = readFileSync(new URL(`../../packages/streamdown/src/${fault.file}`, import.meta.url), 'utf8')
    assert.notEqual(planted(fault, source), source)
  }
})

test('what fails is made as small as it can be', async () => {
  const drawn = (tape: Tape): readonly number[] => tape.list(0, 20, 8, () => tape.integer(0, 99))
  const fails = (numbers: readonly number[]): boolean => numbers.some(number => number >= 10) && numbers.length >= 2
  const tape = Array.from({ length: 20 }, (_, at) => Tape.random(at)).find(candidate => fails(drawn(candidate)))
  assert.ok(tape !== undefined)
  const [smallest = []] = await shrink(
    [tape.choices],
    ([candidate]) => Promise.resolve(candidate !== undefined && fails(drawn(candidate))),
    2000,
  )
  const numbers = drawn(Tape.replay(smallest))
  assert.deepEqual([...numbers].sort(), [0, 10])
})
