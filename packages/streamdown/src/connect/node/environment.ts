import { StreamdownError } from '../../errors/error.ts'
import type { Environment } from '../../session/environment.ts'
import { systemClock } from './clock.ts'
import { nodeConnectors } from './connectors.ts'

/** The machine that Node.js runs on: its clock, files, sockets and standard output. */
export async function createNodeEnvironment(): Promise<Environment> {
  const write = (text: string): void => {
    process.stdout.write(text)
  }
  const writeError = (text: string): void => {
    process.stderr.write(text)
  }
  return {
    connectors: nodeConnectors({ clock: systemClock, write, writeError }),
    clock: systemClock,
    inferFile: async path => {
      throw new StreamdownError(
        'DSD3002',
        `The columns of '${path}' cannot be inferred: declare them with CREATE TABLE.`,
      )
    },
    sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
    write,
  }
}
