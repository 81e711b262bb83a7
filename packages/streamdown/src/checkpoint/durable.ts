import { StreamdownError } from '../errors/error.ts'
import type { Clock } from '../run/clock.ts'
import { Checkpoints } from './checkpoints.ts'
import type { StateStore } from './state-store.ts'
import type { StoredBytes } from './stored-bytes.ts'

export interface DurableOptions {
  readonly store: StateStore
  /** Text that is the same when, and only when, the program goes on from the same state. */
  readonly identity: string
  readonly clock: Clock
  /** µs between two checkpoints; asked each time. */
  intervalMicros(): bigint
  /** The whole state between two steps, in parts that are made as they are written: until then no step is run. */
  capture(): Promise<Iterable<Uint8Array>>
  /** The last capture is kept: sinks commit what it holds. */
  kept(): Promise<void>
  /** The run has failed: what came behind the last checkpoint, the last capture too, is not to be published. */
  failed(): Promise<void>
}

/** It stopped between two steps because its memory is used up: it goes on from there with more. */
const OVER_BUDGET: ReadonlySet<string> = new Set(['DSD7101', 'DSD7103'])

/** Keeps a program's state: a checkpoint before its first step, every so often, and one at the end. */
export class Durable {
  readonly #options: DurableOptions
  readonly #checkpoints: Checkpoints
  #writtenAt: bigint | undefined

  private constructor(options: DurableOptions, checkpoints: Checkpoints) {
    this.#options = options
    this.#checkpoints = checkpoints
  }

  static async open(options: DurableOptions): Promise<Durable> {
    try {
      return new Durable(options, await Checkpoints.open(options.store, options.identity))
    } catch (error) {
      await options.store.close()
      throw error
    }
  }

  /** Goes on from the last checkpoint; false, and nothing is done, at the first start. */
  async goOn(from: (last: StoredBytes) => Promise<void>): Promise<boolean> {
    const last = await this.#checkpoints.last()
    if (last === undefined) return false
    try {
      await from(last)
    } finally {
      last.close()
    }
    return true
  }

  /**
   * A run from its first step to where it finishes; the state is kept then, and where it stops because its memory is
   * used up (it goes on from there with more). Where it fails otherwise, it goes on from the checkpoint before.
   */
  async around(run: () => Promise<void>): Promise<void> {
    try {
      await this.#run(run)
    } catch (error) {
      await this.#options.failed()
      throw error
    }
  }

  async #run(run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (error instanceof StreamdownError && OVER_BUDGET.has(error.code)) await this.write()
      throw error
    }
    await this.write()
  }

  /** Between steps: writes a checkpoint when it is time for one. */
  async tick(): Promise<void> {
    if (this.#writtenAt !== undefined) {
      if (this.#options.clock.now() < this.#writtenAt + this.#options.intervalMicros()) return
    }
    await this.write()
  }

  async write(): Promise<void> {
    await this.#checkpoints.write(await this.#options.capture())
    await this.#options.kept()
    this.#writtenAt = this.#options.clock.now()
  }

  close(): Promise<void> {
    return this.#checkpoints.close()
  }
}
