import { MemoryPool } from '../batch/memory-pool.ts'
import { optimiseProgram } from '../plan/optimise/optimise.ts'
import type { Program } from '../plan/program.ts'
import { type Clock, VirtualClock } from '../run/clock.ts'
import type { Stopwatch } from '../run/step-size.ts'
import { Catalog } from '../sql/catalog.ts'
import { type Settings, settingsOf } from '../sql/settings.ts'
import { DeadLetterLog } from './dead-letters.ts'
import type { Environment } from './environment.ts'
import { Evaluator } from './evaluator.ts'
import { ForeignSettings } from './foreign-settings.ts'
import { History } from './history.ts'
import { Jobs } from './jobs.ts'
import { Relations } from './relations.ts'
import type { SavedSession } from './saved.ts'
import type { SessionOptions } from './session.ts'

/** What the statements of a session work on, and leave for the next ones. */
export class Workspace {
  readonly options: SessionOptions
  readonly environment: Environment
  readonly clock: Clock
  /** Measures steps where nothing says how large they are: neither an option nor a virtual clock. */
  readonly stopwatch: Stopwatch | undefined
  readonly catalog = new Catalog()
  readonly relations: Relations
  readonly jobs: Jobs
  readonly evaluator: Evaluator
  /** Of its queries, which come and go. */
  readonly memories = new MemoryPool()
  readonly history = new History()
  /** Of its programs and its queries. */
  readonly letters = new DeadLetterLog()
  settings: Settings
  readonly foreignSettings = new ForeignSettings()
  /** Where its state is kept, if it is. */
  statePlace: string | undefined
  /** While a statement is carried out: aborted to end its query. */
  signal: AbortSignal | undefined
  /** While a snapshot is restored: what was saved. */
  restoring: SavedSession | undefined
  /** While a text is only planned: the programs that its statements would run. */
  planned: Program[] | undefined

  constructor(options: SessionOptions, environment: Environment) {
    this.options = options
    this.environment = environment
    this.clock = options.clock === undefined ? environment.clock : new VirtualClock(options.clock)
    this.stopwatch = options.stepRows === undefined && options.clock === undefined ? environment.stopwatch : undefined
    this.settings = this.firstSettings()
    this.relations = new Relations(environment.connectors, this.letters)
    this.jobs = new Jobs(environment, this.relations)
    this.evaluator = new Evaluator(this.clock, options.seed ?? 0, () => this.settings)
  }

  /** The settings with which the session opened. */
  firstSettings(): Settings {
    return settingsOf(this.options.dialect ?? 'flink', this.options.settings)
  }

  optimised(program: Program): Program {
    return optimiseProgram(program, { evaluate: expression => this.evaluator.constant(expression) })
  }
}
