import { exitCodes } from './exit-codes.ts'

/** How long finishing may take without a word. */
const PATIENCE_MS = 1000

const sayHowToForce = (): void => {
  process.stderr.write('finishing what was begun; Ctrl-C again ends it at once\n')
}

/** Ctrl-C and SIGTERM while something runs: the first asks it to finish, the second ends the process at once. */
export class Interrupt {
  readonly #controller = new AbortController()
  #terminated = false
  #patience: NodeJS.Timeout | undefined

  constructor() {
    process.on('SIGINT', this.#onInterrupt)
    process.on('SIGTERM', this.#onTerminate)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get requested(): boolean {
    return this.signal.aborted
  }

  /** It was SIGTERM: not the statement but the process is to end. */
  get terminated(): boolean {
    return this.#terminated
  }

  /** From here on the signals do again what they do by default. */
  release(): void {
    clearTimeout(this.#patience)
    process.removeListener('SIGINT', this.#onInterrupt)
    process.removeListener('SIGTERM', this.#onTerminate)
  }

  readonly #onInterrupt = (): void => {
    if (this.requested) process.exit(exitCodes.interrupted)
    this.#controller.abort()
    this.#patience = setTimeout(sayHowToForce, PATIENCE_MS)
    this.#patience.unref()
  }

  readonly #onTerminate = (): void => {
    this.#terminated = true
    this.#onInterrupt()
  }
}
