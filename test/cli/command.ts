/** The command as its users start it. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../packages/streamdown/bin/data-streamdown.js', import.meta.url))

/** Generous: machines that test are busy. */
const TIME_LIMIT_MS = 60_000

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export const dsd = (...args: readonly string[]): Ended =>
  spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', timeout: TIME_LIMIT_MS })

/** A command that runs: what it wrote so far, and its end. */
export class Running {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #ended: Promise<number | null>
  stdout = ''
  stderr = ''
  #isOver = false

  constructor(file: string, args: readonly string[]) {
    this.#process = spawn(file, args)
    this.#process.stdout.on('data', (part: Buffer) => {
      this.stdout += part.toString()
    })
    this.#process.stderr.on('data', (part: Buffer) => {
      this.stderr += part.toString()
    })
    this.#ended = new Promise(resolve => this.#process.on('close', resolve))
    this.#process.on('close', () => {
      this.#isOver = true
    })
  }

  type(text: string): void {
    this.#process.stdin.write(text)
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** Waits until the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    const end = performance.now() + TIME_LIMIT_MS
    while (!condition()) {
      if (this.#isOver || performance.now() > end) {
        this.#process.kill('SIGKILL')
        throw new Error(`waited too long; it wrote ${this.stdout}${this.stderr}`)
      }
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  async end(): Promise<Ended> {
    return { status: await this.#ended, stdout: this.stdout, stderr: this.stderr }
  }
}

export const start = (...args: readonly string[]): Running => new Running(process.execPath, [script, ...args])

/** The command in a terminal of 80 x 24. `exec`, since a shell between may end of the Ctrl-C that the command handles. */
export function startInTerminal(...args: readonly string[]): Running {
  const quoted = [process.execPath, script, ...args].map(arg => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ')
  return new Running('script', ['-qec', `stty cols 80 rows 24; exec ${quoted}`, '/dev/null'])
}
