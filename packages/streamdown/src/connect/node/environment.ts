import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Environment } from '../../session/environment.ts'
import { printable } from '../../values/printable.ts'
import { systemClock, systemStopwatch } from './clock.ts'
import { nodeConnectors } from './connectors.ts'
import { inferFile } from './infer-file.ts'
import { openSpillFiles } from './spill-files.ts'
import { openStateDirectory } from './state-directory.ts'
import { stripTypes } from './strip-types.ts'

/** The machine that Node.js runs on: its clock, files, sockets and standard output. */
export async function createNodeEnvironment(): Promise<Environment> {
  const write = (text: string): void => {
    process.stdout.write(text)
  }
  const writeError = (text: string): void => {
    process.stderr.write(text)
  }
  return {
    connectors: nodeConnectors({
      write: text => write(process.stdout.isTTY ? printable(text) : text),
      writeError: text => writeError(process.stderr.isTTY ? printable(text) : text),
    }),
    clock: systemClock,
    stopwatch: systemStopwatch,
    inferFile,
    openState: openStateDirectory,
    openSpill: openSpillFiles,
    sleep,
    code: { stripTypes, importModule: async path => await import(pathToFileURL(resolve(path)).href) },
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
