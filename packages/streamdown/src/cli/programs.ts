import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assemble } from '../api/program/assemble.ts'
import { inferSources } from '../api/program/infer.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { StreamdownError } from '../errors/error.ts'
import { optimiseProgram } from '../plan/optimise/optimise.ts'
import type { Program } from '../plan/program.ts'
import { createSession } from '../session/create.ts'
import { readProgram, sessionOptionsOf, unreadable } from './options.ts'

export interface PlannedFile {
  /** Optimised. */
  readonly program: Program
  /** What explain says of its memory, where its text or an option sets it. */
  readonly memoryLines: readonly string[]
}

/** The program of a file in SQL or TypeScript, without running it. */
export async function planFile(file: string, set: readonly string[]): Promise<PlannedFile> {
  const environment = await createNodeEnvironment()
  if (isSql(file)) {
    const session = await createSession(sessionOptionsOf(set, undefined), environment)
    try {
      const program = await session.plan(await readProgram(file))
      return { program, memoryLines: session.memoryLines() }
    } finally {
      await session.close()
    }
  }
  const exported = await importProgram(file)
  const { program } = assemble(exported, await inferSources(exported, path => environment.inferFile(path)))
  // Its memory is said where it is run: `run(program, { memory })`.
  return { program: optimiseProgram(program), memoryLines: [] }
}

export const isSql = (file: string): boolean => /\.sql$/i.test(file)

/** A module of exported jobs, tables and streams. */
export async function importProgram(file: string): Promise<object> {
  if (!/\.m?[jt]s$/i.test(file)) throw new StreamdownError('DSD8001', `a program is FILE.sql or FILE.ts, not ${file}`)
  await access(file).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  const module: unknown = await import(pathToFileURL(resolve(file)).href)
  if (module === null || typeof module !== 'object') throw new StreamdownError('DSD8001', `${file} is no module`)
  return module
}
