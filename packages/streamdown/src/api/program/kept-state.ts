import { Durable } from '../../checkpoint/durable.ts'
import { StreamdownError } from '../../errors/error.ts'
import { fingerprint } from '../../plan/fingerprint.ts'
import type { Program } from '../../plan/program.ts'
import type { Environment } from '../../session/environment.ts'
import type { Job } from '../../session/job.ts'
import { savedSession, sessionRecords } from '../../session/saved.ts'
import { settingsIdentity } from '../../sql/settings.ts'
import { durationMicros } from '../duration.ts'
import type { RunOptions } from '../run.ts'
import type { Assembled } from './assemble.ts'
import type { LiveView } from './live-view.ts'

/** How a job is named in what is kept: a program is one. */
const JOB = 'program'

/** Opens the job from the state that `run(program, { state })` names; undefined, and nothing is opened, without one. */
export async function keptState(
  job: Job,
  views: ReadonlyMap<string, LiveView>,
  program: Program,
  assembled: Assembled,
  environment: Environment,
  { state, checkpointInterval = '10 seconds' }: RunOptions,
): Promise<Durable | undefined> {
  if (state === undefined) return undefined
  if (environment.openState === undefined) throw new StreamdownError('DSD5006', 'There is no place for state here.')
  const interval = durationMicros(checkpointInterval)
  const durable = await Durable.open({
    store: await environment.openState(state),
    identity: `${settingsIdentity(assembled.context.bind.settings)}\n${fingerprint(program)}`,
    clock: environment.clock,
    intervalMicros: () => interval,
    capture: async () => {
      await job.takeFed()
      return sessionRecords({
        statements: [],
        now: environment.clock.now(),
        stores: Object.fromEntries([...views].map(([name, view]) => [name, { rows: view.kept() }])),
        deadLetters: job.letters.letters(),
        jobs: { [JOB]: await job.snapshot() },
      })
    },
    kept: () => job.commit(),
    failed: () => job.fail(),
  })
  try {
    const goesOn = await durable.goOn(async last => {
      const { stores, deadLetters, jobs } = savedSession(last)
      job.letters.add(deadLetters)
      for (const [name, view] of views) view.take(stores[name]?.rows ?? [])
      await job.open(jobs.get(JOB))
    })
    if (!goesOn) await job.open()
  } catch (error) {
    await job.close()
    await durable.close()
    throw error
  }
  return durable
}
