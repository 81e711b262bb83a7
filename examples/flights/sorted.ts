import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Progress } from './progress.ts'
import { readProgram, runSql } from './run-sql.ts'

/** The 3,000,000 flights of vega-datasets. */
export const flightsFile = fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')))
export const FLIGHTS = 3_000_000

export interface SortOptions {
  readonly folder: string
  /** Only so many, the first to become known. */
  readonly rows: number
  readonly stop: () => boolean
  readonly progress: () => Progress
}

/**
 * The flights in the order in which they become known, as one Parquet file. Made once: a stamp beside the file says what
 * it was made from, and is written when the file is whole. Undefined if it was stopped.
 */
export async function sortedDepartures({ folder, rows, stop, progress }: SortOptions): Promise<string | undefined> {
  const program = await readProgram('sort.sql')
  const source = await stat(flightsFile)
  const stamp = createHash('sha256').update(`${program}\n${source.size}\n${rows}`).digest('hex')
  const path = join(folder, 'departures.parquet')
  const stampPath = join(folder, 'departures.stamp')
  if ((await textOf(stampPath)) === stamp && (await stat(path).catch(() => undefined))?.isFile() === true) return path
  await mkdir(folder, { recursive: true })
  await rm(stampPath, { force: true })
  const part = join(folder, 'departures.part')
  await rm(part, { force: true })
  const parameters = { flights: flightsFile, departures: part, rows: String(rows) }
  if ((await runSql(program, parameters, { stop, progress: progress() })).stopped) {
    await rm(part, { force: true })
    return undefined
  }
  await rename(part, path)
  await writeFile(stampPath, stamp)
  return path
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
