import type { Durable } from '../../checkpoint/durable.ts'
import { optimiseProgram } from '../../plan/optimise/optimise.ts'
import type { Environment } from '../../session/environment.ts'
import type { Job } from '../../session/job.ts'
import { runJobs } from '../../session/run-jobs.ts'
import { type DeadLetter, letterObject } from '../dead-letter.ts'
import type { Program, ProgramStatus, Running, RunOptions } from '../run.ts'
import { assemble } from './assemble.ts'
import { inferSources } from './infer.ts'
import { keptState } from './kept-state.ts'
import { LiveView } from './live-view.ts'
import { programJob } from './runner.ts'

/** Puts a program together and runs it. */
export function startProgram<M extends object>(program: M, options: RunOptions): Promise<Running<M>>
export async function startProgram(program: object, options: RunOptions): Promise<object> {
  const { createNodeEnvironment } = await import('../../connect/node/environment.ts')
  return startIn(program, options, await createNodeEnvironment())
}

async function startIn(program: object, options: RunOptions, environment: Environment): Promise<object> {
  const assembled = assemble(program, await inferSources(program, path => environment.inferFile(path)))
  const views = new Map(assembled.views.map(view => [view.name, new LiveView(view)]))
  const optimised = optimiseProgram(assembled.program)
  const job = programJob(assembled, optimised, environment, options, (name, rows) => views.get(name)?.take(rows))
  const durable = await keptState(job, views, optimised, assembled, environment, options)
  if (durable === undefined) await job.open()
  const handle = new Handle(job, durable, environment, options, () => {
    for (const view of views.values()) view.end()
  })
  const alive = new Map<string, unknown>(views)
  for (const { name } of assembled.jobs) alive.set(name, { done: handle.finished })
  return {
    ...nested(alive),
    $: handle,
    [Symbol.asyncDispose]: async () => {
      await handle.stop()
    },
  }
}

/** Names with dots are members of lists: `default.0`. */
function nested(alive: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const names: Record<string, unknown> = {}
  for (const [name, value] of alive) {
    const [list = '', place] = name.split('.')
    if (place === undefined) names[list] = value
    else {
      const members: unknown = names[list]
      const known: unknown[] = Array.isArray(members) ? members : []
      known[Number(place)] = value
      names[list] = known
    }
  }
  return names
}

class Handle implements Program {
  readonly finished: Promise<void>
  readonly #job: Job
  readonly #durable: Durable | undefined
  #stopping = false

  constructor(
    job: Job,
    durable: Durable | undefined,
    environment: Environment,
    { limit, untilIdle }: RunOptions,
    onEnd: () => void,
  ) {
    this.#job = job
    this.#durable = durable
    const running = (): Promise<void> =>
      runJobs(() => [job], environment, {
        stop: () => this.#stopping,
        ...(limit === undefined ? {} : { limit }),
        ...(untilIdle === undefined ? {} : { untilIdle }),
        ...(durable === undefined ? {} : { betweenSteps: () => durable.tick() }),
      })
    this.finished = (durable === undefined ? running() : durable.around(running)).finally(onEnd)
    // Whoever does not wait for the end learns of a failure by `stop`.
    this.finished.catch(() => undefined)
  }

  status(): ProgramStatus {
    const { name: _name, ended: _ended, ...status } = this.#job.status()
    return status
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#job.letters.letters().map(letterObject)
  }

  async stop({ drain = false }: { readonly drain?: boolean } = {}): Promise<void> {
    this.#stopping = true
    if (drain) {
      await this.finished
      await this.#job.drain()
      await this.#durable?.write()
    }
    // The last checkpoint is taken of an open job; where there is none, closing wakes a run that waits for its sources.
    if (this.#durable !== undefined) await this.finished.catch(() => undefined)
    await this.#job.close()
    await this.#durable?.close()
    await this.finished
  }
}
