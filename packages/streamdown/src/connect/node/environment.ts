import type { Environment } from '../../session/environment.ts'
import { systemClock, systemStopwatch } from './clock.ts'
import { nodeConnectors } from './connectors.ts'
import { inferFile } from './infer-file.ts'
import { openStateDirectory } from './state-directory.ts'

/** The machine that Node.js runs on: its clock, files, sockets and standard output. */
export async function createNodeEnvironment(): Promise<Environment> {
  const write = (text: string): void => {
    process.stdout.write(text)
  }
  const writeError = (text: string): void => {
    process.stderr.write(text)
  }
  return {
    connectors: nodeConnectors({ write, writeError }),
    clock: systemClock,
    stopwatch: systemStopwatch,
    inferFile,
    openState: openStateDirectory,
    sleep,
    turn: () => new Promise(resolve => setImmediate(resolve)),
    write,
  }
}

function sleep(ms: number, sooner?: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    sooner?.then(
      () => {
        clearTimeout(timer)
        resolve()
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
