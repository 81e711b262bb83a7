import { encodeSnapshot } from '../run/snapshot.ts'
import type { Environment } from './environment.ts'
import type { DeadLetter, Job } from './job.ts'
import type { Relations } from './relations.ts'
import type { JobStatus, RunOptions } from './session.ts'

/** How long a run sleeps at most before it looks again for something to take. */
const LOOK_AGAIN_MS = 50

/** The running programs of a session, stepped in turn. */
export class Jobs {
  readonly #jobs = new Map<string, Job>()
  readonly #environment: Environment
  readonly #relations: Relations

  constructor(environment: Environment, relations: Relations) {
    this.#environment = environment
    this.#relations = relations
  }

  names(): readonly string[] {
    return [...this.#jobs.keys()]
  }

  /** A name that no job has, made of the wanted one. */
  freeName(wanted: string): string {
    return this.#jobs.has(wanted) ? `${wanted} ${this.#jobs.size + 1}` : wanted
  }

  add(job: Job): void {
    this.#jobs.set(job.name, job)
  }

  drop(name: string): void {
    const job = this.#jobs.get(name)
    this.#jobs.delete(name)
    void job?.close()
  }

  /** Runs steps until no source has anything more now. */
  async settle(): Promise<void> {
    for (let moved = true; moved; ) {
      moved = false
      for (const job of this.#jobs.values()) {
        if (!job.engine.pending()) continue
        moved = true
        await job.settle()
      }
    }
  }

  /** Runs until every source has ended, or as the options say. */
  async run({ stop, untilIdle = false, onStep }: RunOptions): Promise<void> {
    while (!stop()) {
      let moved = false
      for (const job of this.#jobs.values()) {
        if (!job.engine.pending() || stop()) continue
        moved = true
        await job.runStep()
        onStep?.()
      }
      const open = [...this.#jobs.values()].filter(job => !job.engine.ended)
      if (open.length === 0) break
      if (moved) continue
      for (const job of open) await job.flush()
      if (untilIdle && open.every(job => job.engine.idle())) break
      await Promise.race([...open.map(job => job.engine.ready()), this.#environment.sleep(LOOK_AGAIN_MS)])
    }
    for (const job of this.#jobs.values()) await job.flush()
  }

  /** Says that the inputs have ended, and runs to the end. */
  async end(): Promise<void> {
    for (const job of this.#jobs.values()) {
      await job.run(
        () => false,
        ms => this.#environment.sleep(ms),
        () => this.#relations.endFeeds(job.engine.graph),
      )
    }
    await this.settle()
  }

  status(): readonly JobStatus[] {
    return [...this.#jobs.values()].map(job => job.status())
  }

  deadLetters(): readonly DeadLetter[] {
    return [...this.#jobs.values()].flatMap(job => job.deadLetters)
  }

  snapshots(): Readonly<Record<string, Uint8Array>> {
    return Object.fromEntries([...this.#jobs].map(([name, job]) => [name, encodeSnapshot(job.engine.snapshot())]))
  }

  async close(): Promise<void> {
    for (const job of this.#jobs.values()) await job.close()
    this.#jobs.clear()
  }
}
