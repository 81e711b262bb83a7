import { assertAlone } from '../connect/alone.ts'
import type { Claim } from '../connect/sink.ts'
import type { Snapshot } from '../run/snapshot.ts'
import type { Environment } from './environment.ts'
import type { Job } from './job.ts'
import type { Relations } from './relations.ts'
import { type RunRules, runJobs } from './run-jobs.ts'
import type { JobStatus } from './session.ts'

/** The running programs of a session, stepped in turn. */
export class Jobs {
  readonly #jobs = new Map<string, Job>()
  readonly #environment: Environment
  readonly #relations: Relations
  /** They take nothing yet: what they write shall come after a checkpoint that has them all. */
  waiting = false

  constructor(environment: Environment, relations: Relations) {
    this.#environment = environment
    this.#relations = relations
  }

  names(): readonly string[] {
    return [...this.#jobs.keys()]
  }

  /** Whether there is a job of that name, or one that wanted it. */
  has(wanted: string): boolean {
    return this.names().some(name => isFor(name, wanted))
  }

  /** A job that reads a relation, or a column of it. */
  readerOf(relation: string, column?: number): string | undefined {
    for (const [name, { engine }] of this.#jobs) {
      const reads = engine.graph.vertices.some(
        vertex =>
          vertex.is === 'source' &&
          vertex.scan.relation.name === relation &&
          (column === undefined || vertex.scan.columns.some(read => read.column === column)),
      )
      if (reads) return name
    }
    return undefined
  }

  /** A name that no job has: the wanted one, or with a number that does not hang on jobs of other names. */
  freeName(wanted: string): string {
    if (!this.#jobs.has(wanted)) return wanted
    for (let number = 2; ; number++) {
      const name = `${wanted} ${number}`
      if (!this.#jobs.has(name)) return name
    }
  }

  add(job: Job): void {
    this.#jobs.set(job.name, job)
  }

  /** Places that they write, which no other may. */
  claims(): readonly Claim[] {
    return [...this.#jobs.values()].flatMap(job => job.claims)
  }

  /** The snapshots that were taken are kept: what they hold is published. */
  async commit(): Promise<void> {
    for (const job of this.#jobs.values()) await job.commit()
  }

  /** The program has failed: what came behind its last checkpoint is not published. */
  async fail(): Promise<void> {
    for (const job of this.#jobs.values()) await job.fail()
  }

  /** Ends the job of that name, and those that wanted it. */
  async drop(wanted: string): Promise<void> {
    for (const [name, job] of this.#jobs) {
      if (!isFor(name, wanted)) continue
      this.#jobs.delete(name)
      await job.close()
    }
  }

  /** Runs steps until no source has anything more now; none while they wait. */
  async settle(): Promise<void> {
    for (let moved = !this.waiting; moved; ) {
      moved = false
      for (const job of this.#jobs.values()) {
        if (job.engine.ended || !(job.engine.pending() || job.engine.loading())) continue
        moved = true
        await job.settle()
      }
    }
  }

  /** Runs until every source has ended, or as the rules say; nothing else changes the session's own tables. */
  async run(rules: RunRules): Promise<void> {
    this.waiting = false
    const mayGetMore = (job: Job): boolean => !this.#relations.holdsAll(job.engine.graph)
    await runJobs(() => [...this.#jobs.values()], this.#environment, { mayGetMore, ...rules })
  }

  /** Says that the inputs have ended, and runs to the end. */
  async end(): Promise<void> {
    await this.run({ onIdle: job => this.#relations.endFeeds(job.engine.graph) })
    await this.settle()
  }

  /**
   * Ends all inputs where they are. Jobs over tables of the session take what those before them wrote, and those that read
   * dead letters the letters of all others.
   */
  async drain(): Promise<void> {
    const jobs = [...this.#jobs.values()]
    for (const job of [...jobs.filter(each => !each.readsLetters), ...jobs.filter(each => each.readsLetters)]) {
      if (this.#relations.holdsAll(job.engine.graph)) await job.settle()
      await job.drain()
    }
  }

  /** Takes what jobs have pushed to others: no row is under way then. */
  async takeFed(): Promise<void> {
    for (let job = this.#fed(); job !== undefined; job = this.#fed()) await job.takeFed()
  }

  #fed(): Job | undefined {
    return [...this.#jobs.values()].find(({ engine }) => engine.fed)
  }

  status(): readonly JobStatus[] {
    return [...this.#jobs.values()].map(job => job.status())
  }

  async snapshots(): Promise<Readonly<Record<string, Snapshot>>> {
    assertAlone(this.claims(), true)
    const snapshots: Record<string, Snapshot> = {}
    for (const [name, job] of this.#jobs) snapshots[name] = await job.snapshot()
    return snapshots
  }

  async close(): Promise<void> {
    for (const job of this.#jobs.values()) await job.close()
    this.#jobs.clear()
  }
}

/** Whether a job has the name, or the name with a number. */
const isFor = (name: string, wanted: string): boolean =>
  name === wanted || (name.startsWith(`${wanted} `) && /^\d+$/.test(name.slice(wanted.length + 1)))
