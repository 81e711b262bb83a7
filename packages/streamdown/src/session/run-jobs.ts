import type { Environment } from './environment.ts'
import type { Job } from './job.ts'

export interface RunRules {
  /** Asked between steps: true finishes the run. Default: runs to the end. */
  stop?(): boolean
  /** End when no source has anything more now. */
  readonly untilIdle?: boolean
  /** Rows that are read at most, over all jobs and since their start. */
  readonly limit?: number
  /** Whether something may still come for a job that has nothing now; the run ends when that is so of none. */
  mayGetMore?(job: Job): boolean
  /** Called between steps, for progress. */
  onStep?(): void
  /** Called before each round, when every job is between two steps: state can be kept then. */
  betweenSteps?(): Promise<void>
  /** Called when a job has nothing to take now: what is fed to it may be fed then. */
  onIdle?(job: Job): void
}

/** How long to wait at most before `stop` is asked again. */
const LOOK_AGAIN_MS = 50

/**
 * Runs jobs, a step of each in turn, until all their sources have ended or the rules say so; what sinks hold back is
 * written out then. `jobs` is asked each round: they may come and go.
 */
export async function runJobs(
  jobs: () => readonly Job[],
  { sleep, turn }: Pick<Environment, 'sleep' | 'turn'>,
  {
    stop = () => false,
    untilIdle = false,
    limit = Number.POSITIVE_INFINITY,
    mayGetMore = () => true,
    onStep,
    betweenSteps,
    onIdle,
  }: RunRules = {},
): Promise<void> {
  const left = (): number => limit - jobs().reduce((sum, { engine }) => sum + engine.rowsIn, 0)
  const stopped = (): boolean => stop() || left() <= 0
  while (!stopped()) {
    await betweenSteps?.()
    let moved = false
    for (const job of jobs()) {
      if (!job.engine.pending() || stopped()) continue
      moved = true
      await job.runStep(left())
      onStep?.()
      await turn()
    }
    const open = jobs().filter(job => !job.engine.ended)
    if (open.length === 0) break
    if (moved) continue
    for (const job of open) {
      job.assertRunning()
      await job.flush()
      onIdle?.(job)
    }
    if (open.some(({ engine }) => engine.pending())) continue
    if (!open.some(mayGetMore)) break
    if (untilIdle && open.every(({ engine }) => engine.idle())) break
    const wait = Math.min(LOOK_AGAIN_MS, ...open.map(job => job.untilTimerMs()))
    await sleep(wait, Promise.race(open.map(({ engine }) => engine.ready())))
  }
  for (const job of jobs()) await job.flush()
}
