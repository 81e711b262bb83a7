import type { StateStore } from '../checkpoint/state-store.ts'
import type { Connector } from '../connect/source.ts'
import type { SourceTools } from '../functions/user/source.ts'
import type { Relation } from '../plan/nodes/node.ts'
import type { Clock } from '../run/clock.ts'
import type { SpillStore } from '../run/spill/spill-store.ts'
import type { Stopwatch } from '../run/step-size.ts'

/** What a session needs from the platform it runs on. The Node.js one is `connect/node/environment.ts`. */
export interface Environment {
  readonly connectors: readonly Connector[]
  readonly clock: Clock
  /** Measures how long steps take. */
  readonly stopwatch: Stopwatch
  /** The relation that a quoted path in FROM stands for, its columns inferred. */
  inferFile(path: string): Promise<Relation>
  /** Where a program keeps its state; absent where there is no such place. */
  openState?(place: string): Promise<StateStore>
  /** Where state goes that does not fit into memory, in a directory or where the platform has room; absent: nowhere. */
  openSpill?(directory: string | undefined): SpillStore
  /** Resolves after about this many milliseconds, or as soon as `sooner` has resolved; then no timer is left. */
  sleep(ms: number, sooner?: Promise<unknown>): Promise<void>
  /** Lets the platform see to what has happened meanwhile: signals, timers, bytes that arrived. */
  turn(): Promise<void>
  /** What functions written in TypeScript are built with. */
  readonly code: SourceTools
  /** Text that `print` and progress go to. */
  write(text: string): void
}
